//! Help on commands and on topics, and the scripts for shells.

use crate::site::{Ran, acecast};

fn run(args: &str) -> Ran {
    Ran::of(acecast().args(args.split_whitespace()))
}

#[test]
fn the_help_of_a_command_is_the_same_both_ways() {
    for command in ["start", "run", "update-metadata", "help"] {
        let long = run(&format!("{command} --help")).ends(0);
        assert_eq!(run(&format!("help {command}")).ends(0).stdout, long.stdout);
        assert!(long.stdout.contains("\nExamples:\n  acecast ") && long.stderr.is_empty(), "{}", long.stdout);
    }
    let whole = run("help").ends(0);
    assert_eq!(whole.stdout, run("--help").ends(0).stdout);
    for line in ["\n  help ", "\n  completions ", "\n  acecast help config ", "\n  acecast help exit-codes "]
    {
        assert!(whole.stdout.contains(line), "{line} in {}", whole.stdout);
    }
}

#[test]
fn what_there_is_no_help_on_is_wrong_usage() {
    for args in ["help frob", "help config start", "help start frob", "help --frob"] {
        let ran = run(args).ends(2);
        assert!(ran.stdout.is_empty() && ran.stderr.starts_with("error: "), "{ran:?}");
    }
    assert!(run("help stat").ends(2).stderr.contains("'status'"));
    // The word that is wrong is named, not the one that is right.
    let said = run("help config x").ends(2).stderr;
    assert!(said.starts_with("error: `config` has no topic `x`\n\nUsage: acecast help "), "{said}");
}

#[test]
fn topics_have_a_page() {
    let codes = run("help exit-codes").ends(0).stdout;
    assert!(codes.contains("  130  interrupted") && codes.contains("130, 2, 3, 5, 4, 1, 6, 0"), "{codes}");
    let config = run("-q help config").ends(0).stdout;
    for part in [
        "\n  provider_key_file  (path, ",
        "\n  bitrate  (whole number",
        "erotic_18_plus",
        "default \"stable\"",
    ] {
        assert!(config.contains(part), "{part} in {config}");
    }
}

#[test]
fn a_shell_gets_its_script_and_others_are_named() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&format!("completions {shell}")).ends(0);
        assert!(script.stdout.contains("ACECAST_COMPLETE") && script.stderr.is_empty(), "{script:?}");
    }
    assert!(run("completions tcsh").ends(2).stderr.contains("bash, zsh, fish"));
}
