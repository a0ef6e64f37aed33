//! The arguments of `acecast init`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

/// `acecast init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder to write into [default: the current one; with --systemd, units are printed]
    #[arg(value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Write systemd units instead: the service, the timer, or both
    ///
    /// They name this program, and the app config that --config or `$ACECAST_CONFIG` names, else
    /// /etc/acecast/config.json.
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub(crate) systemd: Option<Units>,
    /// With --systemd: the user that acecast and its nodes run as
    #[arg(long, value_name = "NAME", default_value = "acecast", requires = "systemd")]
    pub(crate) user: UserName,
}

/// Which units are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Units {
    /// All of them, to choose from
    All,
    /// The service of `acecast run`
    Run,
    /// The timer of `acecast start`, and its service
    Timer,
}

/// A user as systemd takes it: a name, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserName(String);

/// The longest name that systemd takes.
const LONGEST: usize = 31;

impl FromStr for UserName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
        let goes_on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_name = text.len() <= LONGEST && text.starts_with(starts) && text.chars().all(goes_on);
        // The largest number of 16 and of 32 bits mean nobody.
        let is_number = text.parse::<u32>().is_ok_and(|number| {
            number.to_string() == text && number != u32::from(u16::MAX) && number != u32::MAX
        });
        if is_name || is_number {
            Ok(UserName(text.to_owned()))
        } else {
            Err("expected a user name of at most 31 letters, digits and the characters _ - .".to_owned())
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, Command};
    use super::*;

    fn read(line: &str) -> Result<InitArgs, clap::Error> {
        match Cli::read(line.split(' ').map(Into::into))?.command {
            Command::Init(args) => Ok(args),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_folder_behind_systemd_is_not_taken_for_the_kind_of_units() {
        let args = read("acecast init --systemd there").unwrap();
        assert_eq!((args.systemd, args.dir), (Some(Units::All), Some("there".into())));
        let args = read("acecast init --systemd=run").unwrap();
        assert_eq!((args.systemd, args.dir), (Some(Units::Run), None));
        assert_eq!(read("acecast init").unwrap().user.to_string(), "acecast");
        assert!(read("acecast init --systemd=neither").is_err());
    }

    #[test]
    fn a_user_is_for_units_only_and_cannot_end_its_line() {
        assert!(read("acecast init --user news").is_err());
        for name in ["news", "_a-b.c", "0", "1000"] {
            assert_eq!(name.parse::<UserName>().map(|user| user.to_string()), Ok(name.to_owned()));
        }
        let long = "x".repeat(LONGEST + 1);
        for name in ["", "-a", ".a", "a b", "a\nb", "%u", "é", "007", "65535", "4294967295", "+1", &long] {
            assert!(name.parse::<UserName>().is_err(), "{name:?}");
        }
    }
}
