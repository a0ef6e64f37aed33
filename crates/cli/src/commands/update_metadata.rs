//! `acecast update-metadata`: backs up what must outlive the server, to the controller or to a folder.
//!
//! A backup is what is left when a server is gone, so it is never overwritten by another key: what is there already is
//! looked at first. A stream whose files are not whole is named and left out, and the others go.

mod folder;
mod remote;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use acecast_config::{Backup, Metadata};
use acecast_engine::metadata::{Inventory, StreamFiles, Verdict, against, inventory};
use acecast_reconcile::{SourceKind, StreamUid};
use acecast_telemetry::{Body, StreamMetadata, metadata_document};

use crate::args::UpdateMetadataArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use shown::{Outcome, StreamResult};

pub(super) fn run(context: &Context, args: &UpdateMetadataArgs) -> Result<Exit, Failure> {
    if args.to.is_none() {
        remote::check(context)?;
    }
    let inventory = take_stock(context)?;
    for uid in args.replace_keys.iter().filter(|uid| !inventory.streams.iter().any(|s| s.uid == **uid)) {
        context.out.warning(&format!("--replace-key {uid}: there is no metadata of this stream here"));
    }
    let replace = args.replace_keys.iter().cloned().collect();
    let done = match &args.to {
        Some(dir) => folder::back_up(&inventory, dir, &replace),
        None => remote::back_up(context, &inventory, &replace, args.send.timeout)?,
    };
    shown::show(&context.out, &inventory, &done);
    Ok(Exit::problem_if(!done.is_good()))
}

/// What came of a backup.
struct Done {
    streams: Vec<StreamResult>,
    /// What the server answered.
    answer: Option<String>,
}

impl Done {
    fn is_good(&self) -> bool {
        self.streams.iter().all(|stream| stream.outcome.is_good())
    }
}

/// What there is to back up. Which stream a number of a HLS stream belongs to, its running node may have to tell.
fn take_stock(context: &Context) -> Result<Inventory, Failure> {
    let infohashes = match context.observe(None) {
        Ok(snapshot) => snapshot.infohashes(),
        // A backup must not depend on what runs.
        Err(failure) => {
            context.out.why(&failure);
            context.out.warning("numbers of HLS streams may be left out: their running nodes cannot be seen");
            BTreeMap::new()
        }
    };
    let inventory = inventory(&context.app, &infohashes).map_err(Failure::failed)?;
    for stream in &inventory.streams {
        if let Ok(Metadata::Ts { private_key, .. }) = stream.whole() {
            context.out.hide_key(private_key.reveal());
        }
    }
    Ok(inventory)
}

/// Looks at every stream: those whose backup is to be made, and what became of the others. With `again`, a backup that
/// could not be better is made, too: who tells of the backups may be another server than the one that takes them.
fn sort_out<'a>(
    inventory: &'a Inventory,
    backups: &dyn Fn(&StreamUid) -> Result<Option<Backup>, String>,
    replace: &BTreeSet<StreamUid>,
    again: bool,
) -> (Vec<(&'a StreamFiles, Metadata)>, Vec<StreamResult>) {
    let (mut good, mut results) = (Vec::new(), Vec::new());
    for stream in &inventory.streams {
        let local = match stream.whole() {
            Ok(local) => local,
            Err(troubles) => {
                let error = troubles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                results.push(StreamResult::of(stream, Outcome::LeftOut, Some(error)));
                continue;
            }
        };
        let backup = match backups(&stream.uid) {
            Ok(backup) => backup,
            Err(error) => {
                results.push(StreamResult::of(stream, Outcome::Failed, Some(error)));
                continue;
            }
        };
        let backup = backup.and_then(|backup| backup.of(stream.kind()).cloned());
        let Some(backup) = backup else {
            good.push((stream, local));
            continue;
        };
        match against(&local, &backup) {
            Verdict::Send(merged) => good.push((stream, merged)),
            Verdict::Unchanged if again => good.push((stream, backup)),
            Verdict::Unchanged => results.push(StreamResult::of(stream, Outcome::Unchanged, None)),
            Verdict::OtherKey { .. } if replace.contains(&stream.uid) => good.push((stream, local)),
            Verdict::OtherKey { local, backup } => {
                let error = format!(
                    "the backup has another key (SHA-256 {backup}) than this host (SHA-256 {local}); if this host's \
                     is the right one, say --replace-key {}",
                    stream.uid
                );
                results.push(StreamResult::of(stream, Outcome::Refused, Some(error)));
            }
            Verdict::LocalDamaged(damage) => {
                results.push(StreamResult::of(stream, Outcome::LeftOut, Some(damage.to_string())));
            }
            _ => results.push(StreamResult::of(stream, Outcome::LeftOut, Some("it is not whole".to_owned()))),
        }
    }
    (good, results)
}

/// One document for these streams.
fn document(streams: &[(&StreamUid, &Metadata)]) -> Body {
    let mut by_uid: BTreeMap<&str, StreamMetadata<'_>> = BTreeMap::new();
    for (uid, metadata) in streams {
        let stream = by_uid.entry(uid.as_str()).or_default();
        match metadata {
            Metadata::Ts { last_seq, private_key } => {
                stream.ts =
                    Some(acecast_telemetry::Ts { last_seq: *last_seq, private_key: private_key.reveal() });
            }
            Metadata::Hls { sequences } => stream.hls = Some(sequences),
        }
    }
    metadata_document(by_uid)
}

/// The other kind of stream that a uid may have been.
fn other(kind: SourceKind) -> SourceKind {
    match kind {
        SourceKind::Ts => SourceKind::Hls,
        SourceKind::Hls => SourceKind::Ts,
    }
}
