//! The arguments of `acecast help`.

use clap::Args;

use super::Cli;
use crate::help::Topic;

/// `acecast help`.
#[derive(Debug, Args)]
pub(crate) struct HelpArgs {
    /// A command, `exit-codes` or `config`
    #[arg(value_name = "COMMAND|TOPIC")]
    pub(crate) words: Vec<String>,
}

impl HelpArgs {
    /// The page that is asked for; none if it is a command's help.
    pub(crate) fn topic(&self) -> Option<Topic> {
        match self.words.as_slice() {
            [name] => Topic::named(name),
            _ => None,
        }
    }
}

/// A command's help, which clap takes for an error. A page has no parts to ask for.
pub(super) fn check(help: &HelpArgs) -> Result<(), clap::Error> {
    if help.topic().is_some() {
        return Ok(());
    }
    if let [topic, word, ..] = help.words.as_slice()
        && Topic::named(topic).is_some()
    {
        return Err(super::conflict("help", &format!("`{topic}` has no topic `{word}`")));
    }
    let words = ["acecast"].into_iter().chain(help.words.iter().map(String::as_str)).chain(["--help"]);
    Cli::read(words.map(Into::into)).map(|_| ())
}
