//! The manual pages.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::committed::{check, is_there, skipped};

/// All pages by the names of their files.
fn pages() -> BTreeMap<String, String> {
    let mut definition = acecast_cli::command().disable_help_subcommand(true);
    definition.build();
    let version = env!("CARGO_PKG_VERSION");
    let commands = definition.get_subcommands().map(|command| command.clone().version(version));
    let whole = definition.clone().display_name("acecast");
    commands.chain([whole]).map(|command| (format!("{}.1", name(&command)), page(command))).collect()
}

fn name(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: clap::Command) -> String {
    let is_whole = command.has_subcommands();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let title =
        format!(".TH {} 1 \"\" \"acecast {}\"\n", name(&command).to_uppercase(), env!("CARGO_PKG_VERSION"));
    let man = Man::new(command);
    let mut page = Vec::new();
    man.render_name_section(&mut page).unwrap();
    man.render_synopsis_section(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    if is_whole {
        man.render_subcommands_section(&mut page).unwrap();
    }
    sections(&after).to_writer(&mut page).unwrap();
    let mut also = Roff::new();
    also.control("SH", ["SEE ALSO"]);
    also.text([roman(if is_whole { "acecast help config, acecast help exit-codes" } else { "acecast(1)" })]);
    also.to_writer(&mut page).unwrap();
    let body = String::from_utf8(page).unwrap();
    // Every section begins with how to write a quote, which one is enough of.
    let quote = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";
    assert!(body.starts_with(quote));
    format!("{quote}{title}{}", body.replace(quote, "").replace(".br\n\n.br\n", ".sp\n"))
}

/// What stands at the end of a help text: headed parts, whose lines stay as they are.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::new();
    for part in text.split("\n\n").filter(|part| !part.is_empty()) {
        let (head, lines) = part.split_once('\n').unwrap();
        roff.control("SH", [head.trim_end_matches(':').to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        roff.control("fi", []);
    }
    roff
}

#[test]
fn the_pages_are_current() {
    check("docs/man", ".1", &pages());
}

#[test]
fn every_command_has_a_page() {
    let pages = pages();
    for command in acecast_cli::command().get_subcommands() {
        assert!(pages.contains_key(&format!("acecast-{}.1", command.get_name())));
    }
    assert!(pages["acecast.1"].contains("EXIT CODES") && pages["acecast-start.1"].contains("EXAMPLES"));
}

/// Runs a checker on every page. It must be content, and say nothing.
fn lint(program: &str, args: &[&str]) {
    if !is_there(program) {
        return skipped("manual pages", &format!("{program} is not installed"));
    }
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in pages() {
        let page = dir.path().join(&name);
        fs::write(&page, text).unwrap();
        let ran = Command::new(program).args(args).arg(page).env("LC_ALL", "C.UTF-8").output().unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        // With a date the pages would change with nothing else.
        let is_date = |line: &&str| line.contains("missing date, using");
        let said = String::from_utf8_lossy(&said)
            .lines()
            .filter(|line| !is_date(line))
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(said, "", "{name}");
    }
}

#[test]
fn groff_has_nothing_to_warn_of() {
    lint("groff", &["-man", "-ww", "-Tutf8", "-z"]);
}

#[test]
fn mandoc_has_nothing_to_warn_of() {
    lint("mandoc", &["-Tlint", "-Wwarning"]);
}
