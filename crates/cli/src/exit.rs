//! How the program ends: all exit codes, in their order of precedence.

use std::process::ExitCode;

/// The exit codes. The order is the order of precedence: if several apply, it is the first.
///
/// Programs outside of this repository rely on them: codes and meanings stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 130: SIGINT or SIGTERM ended a one-shot command.
    Interrupted,
    /// 2: the command line is wrong.
    Usage,
    /// 3: the config is wrong, missing or unreachable, and nothing was touched; a port that is not in the config; an
    /// endpoint that is not set. For `check`: any error, with `--strict` any warning.
    Config,
    /// 5: another run holds the lock.
    Locked,
    /// 4: the guard refuses the plan.
    Refused,
    /// 1: something failed, was skipped or held, or an entry of a list was wrong. For `status`: not every configured
    /// node is answering or starting.
    Problem,
    /// 6: changes are pending; only with `plan --detailed-exitcode`.
    Pending,
    /// 0: done.
    Done,
}

impl Exit {
    /// All of them, in their order of precedence.
    pub const ALL: [Exit; 8] = [
        Exit::Interrupted,
        Exit::Usage,
        Exit::Config,
        Exit::Locked,
        Exit::Refused,
        Exit::Problem,
        Exit::Pending,
        Exit::Done,
    ];

    /// The code for the shell.
    pub fn code(self) -> u8 {
        match self {
            Exit::Interrupted => 130,
            Exit::Usage => 2,
            Exit::Config => 3,
            Exit::Locked => 5,
            Exit::Refused => 4,
            Exit::Problem => 1,
            Exit::Pending => 6,
            Exit::Done => 0,
        }
    }

    /// The one that counts among all that apply; [`Exit::Done`] if none does.
    pub fn first(applying: impl IntoIterator<Item = Exit>) -> Exit {
        applying.into_iter().min().unwrap_or(Exit::Done)
    }

    /// [`Exit::Problem`] if there is one.
    pub(crate) fn problem_if(there_is_one: bool) -> Exit {
        if there_is_one { Exit::Problem } else { Exit::Done }
    }

    /// What it means, in the words of the help text.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Interrupted => "interrupted by SIGINT or SIGTERM",
            Exit::Usage => "wrong usage",
            Exit::Config => "config wrong, missing or unreachable; nothing was touched",
            Exit::Locked => "another run holds the lock",
            Exit::Refused => "refused: too many nodes would be stopped",
            Exit::Problem => "something failed, was skipped or held, or an entry was wrong",
            Exit::Pending => "changes are pending (plan --detailed-exitcode)",
            Exit::Done => "done",
        }
    }

    /// The list of all codes for the help text.
    pub(crate) fn help() -> String {
        let mut sorted = Exit::ALL;
        sorted.sort_by_key(|exit| exit.code());
        let lines = sorted.map(|exit| format!("  {:>3}  {}", exit.code(), exit.meaning()));
        format!("Exit codes:\n{}", lines.join("\n"))
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_contract_in_its_order() {
        assert_eq!(Exit::ALL.map(Exit::code), [130, 2, 3, 5, 4, 1, 6, 0]);
        assert!(Exit::ALL.is_sorted());
    }

    #[test]
    fn the_first_that_applies_counts() {
        assert_eq!(Exit::first([Exit::Problem, Exit::Refused]), Exit::Refused);
        assert_eq!(Exit::first([Exit::Refused, Exit::Locked, Exit::Done]), Exit::Locked);
        assert_eq!(Exit::first([Exit::Pending, Exit::Problem]), Exit::Problem);
        assert_eq!(Exit::first([Exit::Problem, Exit::Interrupted]), Exit::Interrupted);
        assert_eq!(Exit::first([]), Exit::Done);
    }
}
