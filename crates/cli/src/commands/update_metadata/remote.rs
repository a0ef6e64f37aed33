//! To the controller: one POST for all streams, after a look at what the controller has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use acecast_config::{Backup, Backups, Location, Problem, load_metadata};
use acecast_engine::metadata::Inventory;
use acecast_reconcile::StreamUid;
use serde_json::Value;

use super::Done;
use super::echo::Pieces;
use super::shown::Outcome;
use super::sort::{Job, Target, There, sort_out};
use crate::commands::sending::{deliver, is_untrusted, receiver};
use crate::context::Context;
use crate::failure::{Failure, advice};
use crate::output::chained;

const KEY: &str = "controller.metadata_receiver";

/// How much of a server's own error message is shown, in characters.
const SHOWN_ERROR: usize = 200;

/// Keys may be sent there, and it is said where everybody on the way can read them.
pub(super) fn check(context: &Context) -> Result<(), Failure> {
    let url = context.app.controller.metadata_receiver.as_ref();
    receiver(url, KEY)?;
    if let Some(url) = context.app.forbidden_receiver() {
        let message =
            format_args!("{KEY} is {url}: require_https forbids to send private keys over plain http");
        return Err(
            Failure::config("https_required", message).hint("give it an https URL, or remove require_https")
        );
    }
    if let Some(url) = context.app.exposed_receiver() {
        let text = format!("private keys go to {url} over plain http: everybody on the way can read them");
        context.out.warning(&text);
    }
    Ok(())
}

/// What it is if a controller cannot be asked what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// It is taken as having nothing, with a warning: the one who asked for the backup reads it.
    IsNothing,
    /// Nothing is sent: it may have another key, and with nobody watching that would be gone.
    IsFailure,
}

pub(super) fn back_up(
    context: &Context,
    inventory: &Inventory,
    replace: &BTreeSet<StreamUid>,
    timeout: Duration,
    unknown: Unknown,
) -> Result<Done, Failure> {
    let to = receiver(context.app.controller.metadata_receiver.as_ref(), KEY)?;
    let remote = context.remote()?;
    let there =
        if inventory.streams.is_empty() { Known::default() } else { what_is_there(context, unknown)? };
    let target = Target {
        look: &|uid| there.of(uid),
        name: &|_| "the controller's backup".to_owned(),
        keeps_old: false,
        again: true,
    };
    let (jobs, mut streams) = sort_out(inventory, &target, replace);
    if jobs.is_empty() {
        return Ok(Done { streams, answer: None, error: None, hint: None });
    }
    let deadline = Instant::now() + timeout;
    let document = Job::document(&jobs);
    let result = deliver(context, remote, &to, document.as_ref(), deadline);
    let pieces = Pieces::of(&document);
    let hint = result.as_ref().err().filter(|error| is_untrusted(error)).map(|_| advice::TRUST);
    let (answer, error) = match result {
        Ok(sent) => {
            let error = refusal(&sent.body).map(|why| {
                // Cleaned before it is cut: the beginning of a secret would not be found any more.
                let why = context.out.clean(&pieces.hidden(&why));
                let start: String = why.chars().take(SHOWN_ERROR).collect();
                format!(
                    "{to}: the server answered: {start}{}",
                    if start.len() < why.len() { "…" } else { "" }
                )
            });
            (Some(pieces.hidden(&String::from_utf8_lossy(&sent.body))), error)
        }
        Err(error) => (None, Some(pieces.hidden(&format!("{to}: {error}")))),
    };
    let outcome = if error.is_some() { Outcome::Failed } else { Outcome::Sent };
    streams.extend(jobs.iter().flat_map(|job| job.results(outcome, error.as_deref())));
    Ok(Done { streams, answer, error, hint })
}

/// Why the server has not taken what it was sent, though its status says that all is well: controllers tell their errors
/// in the answer's `error`.
fn refusal(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let why = match answer.get("error")? {
        Value::Null | Value::Bool(false) => return None,
        Value::String(why) => why.clone(),
        other => other.to_string(),
    };
    (!why.is_empty()).then_some(why)
}

/// What the controller has.
#[derive(Default)]
struct Known {
    streams: BTreeMap<StreamUid, Backup>,
    /// What it has of these cannot be used, for these reasons.
    wrong: BTreeMap<StreamUid, String>,
}

impl Known {
    fn of(&self, uid: &StreamUid) -> There {
        if let Some(why) = self.wrong.get(uid) {
            return There::Broken(why.clone());
        }
        self.streams.get(uid).cloned().map_or(There::Nothing, There::Backup)
    }
}

/// What the controller has of each stream. One that does not tell is taken as having none, which is said.
fn what_is_there(context: &Context, unknown: Unknown) -> Result<Known, Failure> {
    let out = &context.out;
    let Some(Location::Url(url)) = &context.app.controller.source_node else {
        // Said again with every backup of a run, it would only fill its log.
        if unknown == Unknown::IsNothing {
            let is_file = context.app.controller.source_node.is_some();
            let why = if is_file { "is a file" } else { "is not set" };
            out.note(format_args!(
                "controller.source_node {why}, so the controller cannot be asked which keys it has"
            ));
        }
        return Ok(Known::default());
    };
    match load_metadata(url, context.app.require_https, context.remote()?) {
        Ok(Backups { streams, wrong, problems, offered, .. }) => {
            if let Some(url) = context.app.exposed_metadata_source() {
                out.warning(&format!(
                    "private keys come from {url} over plain http: everybody on the way can read them"
                ));
            }
            if !offered {
                out.warning(&format!(
                    "{url} sends no metadata when it is asked with get_metadata, so it is not known which keys it \
                     has; a backup with another key may be overwritten"
                ));
            }
            out.problems(&problems);
            let why = |uid: &StreamUid| {
                let its =
                    |problem: &&Problem| problem.is_error() && problem.entry.as_deref() == Some(uid.as_str());
                problems.iter().find(its).map_or("it is wrong", |problem| problem.message.as_str())
            };
            let wrong = wrong.iter().map(|uid| (uid.clone(), why(uid).to_owned())).collect();
            Ok(Known { streams, wrong })
        }
        Err(error) => {
            let unasked = format!("cannot ask the controller which keys it has: {}", chained(&error));
            if unknown == Unknown::IsFailure {
                return Err(Failure::failed(anyhow::anyhow!("{unasked}; nothing was sent")));
            }
            // Under cron, too.
            out.alarm(&format!(
                "{unasked}; what is here is sent all the same, and a backup with another key may be overwritten"
            ));
            Ok(Known::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_refuse_in_its_answer() {
        for (answer, why) in [
            (r#"{"error": "disk full"}"#, Some("disk full")),
            (r#"{"error": {"code": 5}}"#, Some(r#"{"code":5}"#)),
            (r#"{"error": true}"#, Some("true")),
            (r#"{"result": "ok", "error": null}"#, None),
            (r#"{"error": ""}"#, None),
            (r#"{"error": false}"#, None),
            (r#"{"result": "error"}"#, None),
            ("error", None),
            ("", None),
        ] {
            assert_eq!(refusal(answer.as_bytes()).as_deref(), why, "{answer}");
        }
    }
}
