//! `acecast update-metadata`: backs up what must outlive the server, to the controller or to a folder.
//!
//! A backup is what is left when a server is gone, so it is never overwritten by another key: what is there already is
//! looked at first. A stream whose files are not whole is named and left out, and the others go.

mod advise;
mod cure;
mod echo;
mod folder;
mod remote;
mod shown;
mod sort;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acecast_engine::metadata::{Inventory, inventory};
use acecast_engine::observe::{Snapshot, StreamUser};
use acecast_reconcile::{Health, SourceKind, StreamUid};

use crate::args::UpdateMetadataArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use remote::Unknown;
use shown::StreamResult;

pub(super) fn run(context: &Context, args: &UpdateMetadataArgs) -> Result<Exit, Failure> {
    if args.to.is_none() {
        remote::check(context)?;
    }
    let stock = take_stock(context)?;
    let inventory = &stock.inventory;
    for uid in args.replace_keys.iter().filter(|uid| !inventory.streams.iter().any(|s| s.uid == **uid)) {
        context.out.warning(&format!("--replace-key {uid}: there is no metadata of this stream here"));
    }
    let replace = args.replace_keys.iter().cloned().collect();
    let mut done = match &args.to {
        Some(dir) => folder::back_up(inventory, dir, &replace),
        None => remote::back_up(context, inventory, &replace, args.send.timeout, Unknown::IsNothing)?,
    };
    done.streams.extend(stock.lost.iter().map(StreamResult::missing));
    shown::show(&context.out, inventory, &done);
    advise::advise(context, args.to.as_deref(), &done.streams);
    if !stock.is_whole() {
        let error = anyhow::anyhow!("piece numbers of HLS streams are left out: cannot tell whose they are");
        context.out.error(&error, None);
    }
    Ok(Exit::problem_if(!done.is_good() || !stock.is_whole()))
}

/// Backs everything up to the controller once; what was not backed up, stream by stream, with its cause. Nobody watches:
/// nothing is sent to a controller that cannot be asked what it has.
pub(crate) fn update_metadata_once(context: &Context, timeout: Duration) -> Result<Vec<String>, Failure> {
    remote::check(context)?;
    let stock = take_stock(context)?;
    let mut done = remote::back_up(context, &stock.inventory, &BTreeSet::new(), timeout, Unknown::IsFailure)?;
    let lost = stock.lost.iter().map(StreamResult::missing);
    done.streams.extend(lost);
    // One document that did not arrive is one failure.
    let own = done.streams.iter().filter(|stream| !stream.failed_by(done.error.as_deref()));
    Ok(done.error.iter().cloned().chain(own.filter_map(StreamResult::failure)).collect())
}

/// What came of a backup.
struct Done {
    streams: Vec<StreamResult>,
    /// What the server answered, without what was sent to it.
    answer: Option<String>,
    /// Why none of them could be sent.
    error: Option<String>,
    /// What to do about that.
    hint: Option<&'static str>,
}

impl Done {
    fn is_good(&self) -> bool {
        self.streams.iter().all(|stream| stream.outcome.is_good())
    }
}

/// What there is to back up.
struct Stock {
    inventory: Inventory,
    /// The running nodes could be asked which streams they carry.
    nodes_seen: bool,
    /// Those that broadcast a ts stream of which nothing is left here: the only copy of its key is in their memory.
    lost: Vec<StreamUser>,
}

impl Stock {
    /// Nothing is left out because it could not be told whose it is. A number that is nobody's does not count: those
    /// of streams that were given up stay for ever.
    fn is_whole(&self) -> bool {
        let all_told = self.nodes_seen && self.inventory.private_dir.is_none();
        all_told || self.inventory.orphans.is_empty()
    }
}

/// What there is to back up. Which stream a number of a HLS stream belongs to, its running node may have to tell.
fn take_stock(context: &Context) -> Result<Stock, Failure> {
    let (infohashes, running) = match context.observe(None) {
        Ok(snapshot) => (snapshot.infohashes(), Some(snapshot)),
        // A backup must not depend on what runs.
        Err(failure) => {
            context.out.why(&failure);
            context.out.warning(
                "piece numbers of HLS streams may be left out, because their running nodes cannot be seen",
            );
            (BTreeMap::<String, StreamUid>::new(), None)
        }
    };
    let inventory = inventory(&context.app, &infohashes).map_err(Failure::files)?;
    if !inventory.orphans.is_empty() {
        super::hidden::warn(context);
    }
    let lost = running.as_ref().map(|running| lost(context, running, &inventory)).unwrap_or_default();
    Ok(Stock { inventory, nodes_seen: running.is_some(), lost })
}

/// The nodes that broadcast a ts stream of which nothing is left in the metadata dir. One that is starting may not have
/// made its key yet.
pub(super) fn lost(context: &Context, running: &Snapshot, inventory: &Inventory) -> Vec<StreamUser> {
    let broadcasts = |user: &StreamUser| {
        let mut nodes = running.observed.nodes.iter();
        nodes.any(|node| node.port == user.port && matches!(node.health, Health::Answering | Health::NoInput))
    };
    let is_there = |user: &StreamUser| inventory.streams.iter().any(|stream| stream.uid == user.uid);
    let users = context.observer().stream_users().unwrap_or_default().into_iter();
    users
        .filter(|user| user.here && user.kind == SourceKind::Ts && broadcasts(user) && !is_there(user))
        .collect()
}
