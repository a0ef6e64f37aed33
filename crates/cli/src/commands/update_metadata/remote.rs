//! To the controller: one POST for all streams, after a look at what the controller has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use acecast_config::{Backup, Location, load_metadata};
use acecast_engine::metadata::Inventory;
use acecast_reconcile::StreamUid;

use super::shown::{Outcome, StreamResult};
use super::{Done, document, sort_out};
use crate::commands::sending::{deliver, receiver};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::one_line;

const KEY: &str = "controller.metadata_receiver";

/// Keys may be sent there, and it is said where everybody on the way can read them.
pub(super) fn check(context: &Context) -> Result<(), Failure> {
    let url = context.app.controller.metadata_receiver.as_ref();
    receiver(url, KEY)?;
    if let Some(url) = context.app.forbidden_receiver() {
        let message =
            format_args!("{KEY} is {url}: require_https forbids to send private keys over plain http");
        return Err(Failure::config("https_required", message).hint("give it an https URL"));
    }
    if let Some(url) = context.app.exposed_receiver() {
        let text = format!("private keys go to {url} over plain http: everybody on the way can read them");
        context.out.warning(&text);
    }
    Ok(())
}

pub(super) fn back_up(
    context: &Context,
    inventory: &Inventory,
    replace: &BTreeSet<StreamUid>,
    timeout: Duration,
) -> Result<Done, Failure> {
    let to = receiver(context.app.controller.metadata_receiver.as_ref(), KEY)?;
    let remote = context.remote()?;
    let there = if inventory.streams.is_empty() { BTreeMap::new() } else { what_is_there(context)? };
    let (good, mut streams) = sort_out(inventory, &|uid| Ok(there.get(uid).cloned()), replace, true);
    let mut answer = None;
    if !good.is_empty() {
        let sent: Vec<_> = good.iter().map(|(stream, metadata)| (&stream.uid, metadata)).collect();
        let deadline = Instant::now() + timeout;
        let result = deliver(context, remote, &to, document(&sent).as_ref(), deadline);
        let (outcome, error) = match result {
            Ok(sent) => {
                answer = Some(String::from_utf8_lossy(&sent.body).into_owned());
                (Outcome::Sent, None)
            }
            Err(error) => (Outcome::Failed, Some(format!("{to}: {error}"))),
        };
        streams.extend(good.iter().map(|(stream, _)| StreamResult::of(stream, outcome, error.clone())));
    }
    Ok(Done { streams, answer })
}

/// What the controller has of each stream. One that does not tell is taken as having none.
fn what_is_there(context: &Context) -> Result<BTreeMap<StreamUid, Backup>, Failure> {
    let Some(Location::Url(url)) = &context.app.controller.source_node else {
        context
            .out
            .note("the list of source nodes is no server's, so it is not known what is backed up already");
        return Ok(BTreeMap::new());
    };
    match load_metadata(url, context.app.require_https, context.remote()?) {
        Ok(backups) => {
            if !backups.offered {
                context.out.warning("the controller tells no metadata, so it is taken as having none");
            }
            context.out.problems(&backups.problems);
            Ok(backups.streams)
        }
        Err(error) => {
            let error = one_line(&Failure::load("the controller's metadata", error).error);
            context.out.warning(&format!("{error}; the controller is taken as having none"));
            Ok(BTreeMap::new())
        }
    }
}
