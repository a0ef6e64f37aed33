//! The scripts, in the shells that they are for.

use crate::committed::{is_there, skipped};
use crate::host::{Host, Said};

/// Runs a script of this shell.
fn run(host: &Host, shell: &str, args: &[&str]) -> Said {
    let said = Host::run(host.command(shell).args(args).env("TERM", "dumb"));
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    said
}

/// The shell is on this machine.
fn has(shell: &str) -> bool {
    let is_there = is_there(shell);
    if !is_there {
        skipped(&format!("completion in {shell}"), "it is not installed");
    }
    is_there
}

/// What bash would offer for the last word of a line.
fn bash(host: &Host, line: &str) -> Vec<String> {
    let script = r#"
        set -u
        source <(acecast completions bash)
        read -r _ _ function _ < <(complete -p acecast | grep -o -- '-F .*' | sed 's/^/x /')
        COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
        IFS=' ' read -ra COMP_WORDS <<< "$1"
        [[ "$1" == *' ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
        "$function" acecast "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]-}"
    "#;
    let said = run(host, "bash", &["--norc", "--noprofile", "-c", script, "bash", line]);
    said.stdout.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn in_bash() {
    if !has("bash") {
        return;
    }
    let host = Host::new();
    assert_eq!(bash(&host, "acecast stop ")[..4], ["all", "18640", "18641", "18650"]);
    assert_eq!(bash(&host, "acecast start --port 1865"), ["18650"]);
    assert_eq!(bash(&host, "acecast start --new-key n"), ["nature", "news"]);
    assert_eq!(bash(&host, "acecast check --st"), ["--strict"]);
    // The name of a file is not a piece of a program.
    host.write("z$(touch pwned);.json", "");
    assert_eq!(bash(&host, "acecast -c z"), [r"z\$\(touch\ pwned\)\;.json"]);
    host.write("config/config.json", "");
    assert_eq!(bash(&host, "acecast stop 1"), <[String; 0]>::default());
}

#[test]
fn in_fish() {
    if !has("fish") {
        return;
    }
    let host = Host::new();
    let script = "acecast completions fish | source; complete --do-complete \"$argv[1]\"";
    let fish = |line: &str| run(&host, "fish", &["--no-config", "-c", script, line]).stdout;
    assert_eq!(fish("acecast start --port 1865"), "18650\tsource nature\n");
    assert_eq!(fish("acecast restore-metadata new"), "news\tNEWS, port 18640\n");
    assert_eq!(fish("acecast stop 18641"), "18641\tsupport of 127.0.0.1:18640\n");
}

#[test]
fn in_zsh() {
    if !has("zsh") {
        return;
    }
    let host = Host::new();
    // A shell in a terminal of its own: a key is pressed there, and what the line has become is printed.
    let script = r#"
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1= RPS1= PROMPT_EOL_MARK=; stty -echo; autoload -U compinit && compinit -u -D'
        zpty -w shell 'source <(acecast completions zsh); bindkey "^I" complete-word; print READY''NOW'
        zpty -r -m shell out '*READYNOW*'
        zpty -n -w shell $'acecast '"$1"$'\t\C-aprint -r -- GOT\C-e :END\n'
        zpty -r -m shell out $'*\nGOT* :END*'
        zpty -d shell
        print -r -- "$out"
    "#;
    let zsh = |words: &str| {
        let said = run(&host, "zsh", &["-f", "-c", script, "zsh", words]).stdout;
        let line = said.lines().rev().find(|line| line.starts_with("GOT")).unwrap_or_default().to_owned();
        line.trim_end().to_owned()
    };
    assert_eq!(zsh("start --port 1865"), "GOTacecast start --port 18650 :END");
    assert_eq!(zsh("restore-metadata new"), "GOTacecast restore-metadata news :END");
}

#[test]
fn the_script_finds_the_program_from_everywhere() {
    let host = Host::new();
    let script = Host::run(host.command(crate::host::ACECAST).args(["completions", "bash"]));
    assert!(script.stdout.contains(crate::host::ACECAST), "a path stays a path: {}", script.stdout);
    let by_name = run(&host, "bash", &["-c", "acecast completions bash"]).stdout;
    assert!(by_name.contains("\"acecast\" --"), "a name stays a name: {by_name}");
}
