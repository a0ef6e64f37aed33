//! `acecast restore-metadata`: puts back what a controller or a folder kept for this host's streams.
//!
//! Of a stream that is in the hands of a running engine, of whatever realm, nothing is written: the engine has the key in
//! memory and would write its own number over the restored one. It is compared, and only what differs is refused.

mod in_use;
mod ports;
mod shown;
mod source;

use std::collections::{BTreeMap, BTreeSet};

use acecast_config::{Backup, Metadata};
use acecast_engine::events::By;
use acecast_engine::files::remove_leftovers;
use acecast_engine::metadata::{MetadataError, RestoreOptions, Restored, restore_stream};
use acecast_engine::observe::StreamUser;
use acecast_reconcile::{SourceKind, StreamUid};

use super::at_work::is_run_at_work;
use crate::args::RestoreMetadataArgs;
use crate::context::{Context, unobserved};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::journal;
use crate::output::chained;
use crate::room;
use in_use::InUse;
use shown::{Outcome, StreamResult};

pub(super) fn run(context: &Context, args: &RestoreMetadataArgs) -> Result<Exit, Failure> {
    let kept = match &args.from {
        Some(dir) => source::folder(context, dir, &args.uids)?,
        None => source::controller(context, &args.uids)?,
    };
    super::change::may_start(context, true)?;
    let _lock = super::lock::acquire(context, args.lock_timeout)?;
    let users = context.observer().stream_users().map_err(unobserved)?;
    context.signals.begin_apply()?;
    remove_leftovers(&context.app.dirs.metadata);
    let replace: BTreeSet<&StreamUid> = args.replace_keys.iter().collect();
    let ports = ports::known(context, &kept.streams);
    let mut results: Vec<StreamResult> = kept.wrong;
    let wanted = wanted(&kept.streams, &args.uids);
    for uid in replace.iter().filter(|uid| !wanted.contains_key(*uid)) {
        let asked = args.uids.is_empty() || args.uids.contains(uid);
        let why = if asked { "has no backup" } else { "is not named" };
        context.out.warning(&format!("--replace-key {uid}: this stream {why}, so nothing is restored of it"));
    }
    for (uid, backup) in wanted {
        let backup = backup.filter(|backup| !backup.is_empty());
        if backup.is_none() && !results.iter().any(|result| result.uid == *uid) {
            results.extend(without(uid, kept.streams.get(uid), !args.uids.is_empty()));
        }
        for metadata in backup.into_iter().flat_map(Backup::metadata) {
            results.push(if context.signals.wanted() {
                StreamResult::skipped(uid, metadata.kind())
            } else {
                let (result, files) = one(context, uid, metadata, &users, args);
                let port = ports.get(uid).copied();
                let event = journal::restored(&context.out, uid.as_str(), port, &files, By::RestoreMetadata);
                // At once: whoever is killed before the next one has still told of this one.
                journal::write(context, event.as_slice());
                result
            });
        }
    }
    shown::show(&context.out, &results);
    let all_good = results.iter().all(|result| result.outcome.is_good()) && kept.whole;
    let interrupted = if context.signals.wanted() { Exit::Interrupted } else { Exit::Done };
    Ok(Exit::first([interrupted, Exit::problem_if(!all_good)]))
}

/// What there is to say of a stream without a backup. Whoever names it wants it back; of the others, every ts stream
/// that has ever run should have one.
fn without(uid: &StreamUid, known: Option<&Backup>, named: bool) -> Option<StreamResult> {
    let kind = known.and_then(|backup| backup.kind);
    if named {
        return Some(StreamResult::missing(uid, kind));
    }
    (kind == Some(SourceKind::Ts)).then(|| StreamResult::of(uid, SourceKind::Ts, Outcome::NoBackup))
}

/// The streams that are asked for, each with its backup if there is one; all there are if none is named.
fn wanted<'a>(
    there: &'a BTreeMap<StreamUid, Backup>,
    uids: &'a [StreamUid],
) -> BTreeMap<&'a StreamUid, Option<&'a Backup>> {
    match uids {
        [] => there.iter().map(|(uid, backup)| (uid, Some(backup))).collect(),
        uids => uids.iter().map(|uid| (uid, there.get(uid))).collect(),
    }
}

/// What became of it, and what was done to which file.
fn one(
    context: &Context,
    uid: &StreamUid,
    metadata: &Metadata,
    users: &[StreamUser],
    args: &RestoreMetadataArgs,
) -> (StreamResult, Vec<Restored>) {
    let kind = metadata.kind();
    if let Some(user) = users.iter().find(|user| user.uid == *uid) {
        let run_at_work = is_run_at_work(&context.app.dirs.pid);
        let in_use = InUse { user, metadata, from: args.from.as_deref(), run_at_work };
        return (in_use.compare(&context.app), Vec::new());
    }
    let mut options = RestoreOptions::new(super::change::unix_time());
    options.replace_key = args.replace_keys.contains(uid);
    match restore_stream(&context.app, uid, metadata, options) {
        Ok(report) if report.is_empty() => (StreamResult::of(uid, kind, Outcome::Unchanged), Vec::new()),
        Ok(report) => {
            let files = report.restored.iter().map(ToString::to_string).collect();
            (StreamResult { files, ..StreamResult::of(uid, kind, Outcome::Restored) }, report.restored)
        }
        Err(error) => {
            let conflict = matches!(error, MetadataError::Conflict { .. });
            let mut error = chained(&error);
            let room = room::hint(&error, &context.app.dirs).map(str::to_owned);
            let replace = format!("if the one to be restored is the right one, use --replace-key {uid}");
            for advice in conflict.then_some(replace).into_iter().chain(room) {
                error = format!("{error}; {advice}");
            }
            let outcome = if conflict { Outcome::Refused } else { Outcome::Failed };
            (StreamResult { error: Some(error), ..StreamResult::of(uid, kind, outcome) }, Vec::new())
        }
    }
}
