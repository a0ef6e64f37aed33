//! The options that a command line gives.

use std::collections::BTreeMap;
use std::fmt;

use acecast_reconcile::ProcessId;

use crate::process::Proc;

/// Options without a value; every other option takes one.
const FLAGS: &[&str] = &[
    "--stream-source-node",
    "--stream-support-node",
    "--create-hls-transport",
    "--skip-internal-tracker",
    "--stats-report-peers",
    "--service-remote-access",
    "--permanent",
    "--hide-hls-segments",
    "--hide-hls-manifest",
    "--hls-broadcast-last-source-piece",
];

/// Options as a command line gives them, in either form: `--opt=value` or `--opt value`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Given(BTreeMap<String, Vec<String>>);

impl Given {
    /// Reads the options of a command line. What is no option is passed over.
    pub fn parse(args: &[String]) -> Self {
        let mut options: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut args = args.iter().peekable();
        while let Some(arg) = args.next() {
            if !arg.starts_with("--") {
                continue;
            }
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None if is_flag(arg) => (arg.as_str(), None),
                // The engine rejects a separate value that begins with a hyphen, so that is the next option.
                None => (arg.as_str(), args.next_if(|next| !next.starts_with('-')).cloned()),
            };
            options.entry(name.to_owned()).or_default().extend(value);
        }
        Given(options)
    }

    /// The options of a process that runs; `None` if it has ended, or may not be looked at.
    pub fn of_process(id: ProcessId) -> Option<Self> {
        let argv = Proc::open_exactly(id)?.argv().ok().filter(|argv| !argv.is_empty())?;
        Some(Given::parse(&argv))
    }

    /// The names of all options, such as `--port`, by name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The option is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The option's value; the last one if it is given several times, as the engine takes it.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.last().map(String::as_str)
    }

    /// All values of an option that may be repeated.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }
}

impl fmt::Debug for Given {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn is_flag(arg: &str) -> bool {
    FLAGS.contains(&arg) || arg.starts_with("--debug-")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::process::{Command, Stdio};

    use acecast_reconcile::Pid;

    use super::*;

    fn given(line: &str) -> Given {
        Given::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn both_forms_are_read() {
        let given = given(
            "engine --port=8641 --upload-to 10.0.0.1:1 --upload-to=10.0.0.2:2 --permanent --title=--port x",
        );
        assert_eq!(given.names().collect::<Vec<_>>(), ["--permanent", "--port", "--title", "--upload-to"]);
        assert_eq!(given.all("--upload-to").collect::<Vec<_>>(), ["10.0.0.1:1", "10.0.0.2:2"]);
        assert_eq!((given.last("--title"), given.last("--port")), (Some("--port"), Some("8641")));
        assert!(given.has("--permanent") && given.last("--permanent").is_none());
    }

    #[test]
    fn those_of_a_process() {
        // It says when it runs, and ends with its stdin.
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo; read line", "sh", "--port=8640"]);
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        shell.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
        let id = Proc::open(Pid::try_from(i64::from(shell.id())).unwrap()).unwrap().stat().unwrap().id;
        assert_eq!(Given::of_process(id), Some(given("--port 8640")));
        let before = ProcessId { start_ticks: id.start_ticks - 1, ..id };
        assert_eq!(Given::of_process(before), None, "another one that had its number");
        shell.wait().unwrap();
        assert_eq!(Given::of_process(id), None);
    }

    #[test]
    fn the_debug_form_shows_no_value() {
        assert_eq!(format!("{:?}", given("--service-access-token hunter2")), "{\"--service-access-token\"}");
    }
}
