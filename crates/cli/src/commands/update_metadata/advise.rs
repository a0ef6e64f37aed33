//! What to do about the streams that were left out, as one command for all of them.

use std::path::Path;

use acecast_config::Location;
use acecast_reconcile::StreamUid;

use super::cure::Cure;
use super::shown::StreamResult;
use crate::context::Context;
use crate::failure::advice;
use crate::room;

/// So many streams are named; more of them are restored all together.
const NAMED: usize = 3;

/// Says what to do about the streams that were left out.
pub(super) fn advise(context: &Context, dir: Option<&Path>, streams: &[StreamResult]) {
    if context.out.is_json() {
        return;
    }
    let with = |cure: Cure| {
        let mut uids: Vec<&StreamUid> =
            streams.iter().filter(|stream| stream.cure == Some(cure)).map(|stream| &stream.uid).collect();
        uids.sort();
        uids.dedup();
        (!uids.is_empty()).then_some(uids)
    };
    if let Some(uids) = with(Cure::Restore) {
        let restore = restore(context, dir, &uids);
        let nodes = if uids.len() == 1 { "its node does not run" } else { "their nodes do not run" };
        context.out.hint(&format!("put back what a backup has, while {nodes}: {restore}"));
    }
    if let Some(uids) = with(Cure::KeepRunning) {
        let restore = restore(context, dir, &uids);
        let nodes = if uids.len() == 1 { "its node" } else { "their nodes" };
        context.out.hint(&format!("do not stop {nodes} unless a backup has the key; only then {restore}"));
    }
    if with(Cure::Access).is_some() {
        context.out.hint(advice::AS_OWNER);
    }
    let full = streams.iter().find_map(|stream| room::hint(stream.error()?, &context.app.dirs));
    if let Some(hint) = full {
        context.out.hint(hint);
    }
}

/// The command that restores these streams, from where backups are.
fn restore(context: &Context, dir: Option<&Path>, uids: &[&StreamUid]) -> String {
    let has_server = matches!(context.app.controller.source_node, Some(Location::Url(_)));
    let from = match dir {
        Some(dir) => format!(" --from {}", dir.display()),
        None if has_server => String::new(),
        None => " --from DIR".to_owned(),
    };
    let named = if uids.len() <= NAMED { uids } else { &[] };
    let words: Vec<&str> = named.iter().map(|uid| uid.as_str()).collect();
    format!("`{}`", format!("acecast restore-metadata{from} {}", words.join(" ")).trim_end())
}
