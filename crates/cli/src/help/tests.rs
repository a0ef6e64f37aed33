use std::collections::BTreeSet;

use acecast_config::reference::REFERENCE;

use super::*;
use crate::args::{Cli, definition};

/// The arguments of an example, without what a shell does around them.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.split(" #").next()?;
    let line = &line[line.find("acecast ")?..];
    let line = line.split([')', '|']).next()?;
    Some(line.split_whitespace().map(str::to_owned).collect())
}

#[test]
fn every_command_has_examples_that_it_takes() {
    for command in definition().get_subcommands() {
        let name = command.get_name();
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let (_, examples) =
            help.split_once("Examples:\n").unwrap_or_else(|| panic!("{name} has no examples"));
        let examples: Vec<&str> = examples.lines().collect();
        assert!((2..=4).contains(&examples.len()), "{name}");
        for line in examples {
            assert!(line.starts_with("  ") && line.chars().count() <= 80, "{line}");
            let args = arguments(line).unwrap_or_else(|| panic!("{line}"));
            assert!(args.iter().any(|arg| arg == name), "{line}");
            match Cli::read(args.into_iter().map(Into::into)) {
                Ok(_) => {}
                // The help itself.
                Err(error) if !error.use_stderr() => assert_eq!(name, "help"),
                Err(error) => panic!("{line}: {error}"),
            }
        }
    }
}

#[test]
fn every_text_belongs_to_a_command() {
    let definition = definition();
    let commands: BTreeSet<&str> = definition.get_subcommands().map(Command::get_name).collect();
    let texts: BTreeSet<&str> = EXAMPLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(texts, commands);
}

#[test]
fn no_topic_has_the_name_of_a_command() {
    let definition = definition();
    for topic in Topic::ALL {
        assert!(definition.find_subcommand(topic.name()).is_none());
        assert_eq!(Topic::named(topic.name()), Some(topic));
    }
}

#[test]
fn pages_fit_a_terminal_and_have_no_gaps() {
    for topic in Topic::ALL {
        let text = topic.text();
        for line in text.lines() {
            assert!(line.chars().count() <= 80 && line.trim_end() == line, "{line}");
            let gap = line.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            assert!(gap.is_none(), "{line}");
        }
        assert!(text.ends_with('\n') && !text.contains("anything)"));
    }
}

#[test]
fn the_page_on_the_config_has_every_key() {
    let page = Topic::Config.text();
    // What a server answers with is told in words, and what encodes a key with the key.
    let elsewhere = ["answer", "encoded key"];
    for (object, keys) in REFERENCE.iter().filter(|(object, _)| !elsewhere.contains(object)) {
        for key in keys.iter().map(|key| key.name) {
            assert!(page.contains(&format!("\n  {key}  (")), "{object}.{key}");
        }
    }
}
