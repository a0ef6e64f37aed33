//! Whether a node does its work; separate from what it is.

use std::time::Duration;

use acecast_reconcile::{Health, Role};

use crate::answer::Answer;
use crate::chain::chain;
use crate::status::Silence;

/// A node that is younger than this and does not answer yet is starting. Engines answer after 0.2 to 1 s (seen on
/// 3.2.3), on a busy host later.
pub(crate) const YOUNG: Duration = Duration::from_secs(15);

/// Judges an answer, or the lack of one; `None` is a node whose engine has not appeared.
pub(crate) fn health(role: Option<Role>, answer: Option<&Result<Answer, Silence>>, age: Duration) -> Health {
    match answer {
        Some(Ok(answer)) if answer.status() == Some("starting") => Health::Starting,
        Some(Ok(answer)) if role == Some(Role::Source) && answer.source_connected() == Some(false) => {
            Health::NoInput
        }
        Some(Ok(_)) => Health::Answering,
        _ if age < YOUNG => Health::Starting,
        Some(Err(silence)) => Health::Silent(chain(silence)),
        None => Health::Silent("only its wrapper script runs".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Duration = Duration::from_secs(3600);

    fn of(role: Role, text: &str, age: Duration) -> Health {
        health(Some(role), Some(&Ok(Answer::parse(text).unwrap())), age)
    }

    #[test]
    fn an_answer_is_judged_by_what_it_says() {
        assert_eq!(of(Role::Source, r#"{"status":"starting"}"#, OLD), Health::Starting);
        assert_eq!(
            of(Role::Source, r#"{"status":"running","source_connected":false}"#, OLD),
            Health::NoInput
        );
        assert_eq!(of(Role::Source, r#"{"status":"running","source_connected":1}"#, OLD), Health::Answering);
        assert_eq!(
            of(Role::Support, r#"{"status":"running","source_connected":false}"#, OLD),
            Health::Answering
        );
        assert_eq!(of(Role::Source, r#"{"status":"running"}"#, OLD), Health::Answering);
    }

    #[test]
    fn a_young_node_without_an_answer_is_starting_and_an_old_one_silent() {
        let refused = Err(Silence::Refused);
        assert_eq!(health(None, Some(&refused), Duration::ZERO), Health::Starting);
        assert_eq!(health(None, Some(&refused), OLD), Health::Silent("connection refused".to_owned()));
        assert!(matches!(health(None, None, OLD), Health::Silent(_)));
    }
}
