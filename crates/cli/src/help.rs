//! The texts of the help that are longer than a line: examples of every command, and pages on single topics.

mod config;
mod exit_codes;

use clap::Command;

use crate::exit::Exit;

/// What stands at the end of a command's help.
const EXAMPLES: &[(&str, &str)] = &[
    ("start", include_str!("help/start.txt")),
    ("stop", include_str!("help/stop.txt")),
    ("restart", include_str!("help/restart.txt")),
    ("plan", include_str!("help/plan.txt")),
    ("status", include_str!("help/status.txt")),
    ("check", include_str!("help/check.txt")),
    ("run", include_str!("help/run.txt")),
    ("events", include_str!("help/events.txt")),
    ("logs", include_str!("help/logs.txt")),
    ("explain", include_str!("help/explain.txt")),
    ("transport", include_str!("help/transport.txt")),
    ("monitor", include_str!("help/monitor.txt")),
    ("update-metadata", include_str!("help/update-metadata.txt")),
    ("restore-metadata", include_str!("help/restore-metadata.txt")),
    ("metadata", include_str!("help/metadata.txt")),
    ("cleanup", include_str!("help/cleanup.txt")),
    ("init", include_str!("help/init.txt")),
    ("completions", include_str!("help/completions.txt")),
    ("help", include_str!("help/help.txt")),
];

/// The definition with examples at the end of every command's help, and pages named at the end of the whole.
pub(crate) fn with_examples(definition: Command) -> Command {
    let topics = Topic::ALL.map(|topic| format!("  acecast help {:<12} {}", topic.name(), topic.about()));
    let end = format!("{}\n\nMore:\n{}", Exit::help(), topics.join("\n"));
    definition.after_help(end).mut_subcommands(|command| {
        let Some((_, examples)) = EXAMPLES.iter().find(|(name, _)| *name == command.get_name()) else {
            return command;
        };
        let before = command.get_after_help().map(|text| format!("{text}\n\n")).unwrap_or_default();
        let end = format!("{before}{}", examples.trim_end());
        command.after_help(end)
    })
}

/// A page on what more than one command has to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    ExitCodes,
    Config,
}

impl Topic {
    pub(crate) const ALL: [Topic; 2] = [Topic::ExitCodes, Topic::Config];

    pub(crate) fn named(name: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Topic::ExitCodes => "exit-codes",
            Topic::Config => "config",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Topic::ExitCodes => "how every command ends, and which code counts if several apply",
            Topic::Config => "every key of the app config and of the node lists",
        }
    }

    pub(crate) fn text(self) -> String {
        match self {
            Topic::ExitCodes => exit_codes::page(),
            Topic::Config => config::page(),
        }
    }
}

/// What `acecast help` explains, each with a line on it.
pub(crate) fn pages(definition: &Command) -> Vec<(String, String)> {
    let commands = definition.get_subcommands().map(|command| {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        (command.get_name().to_owned(), about)
    });
    commands.chain(Topic::ALL.map(|topic| (topic.name().to_owned(), topic.about().to_owned()))).collect()
}

#[cfg(test)]
mod tests;
