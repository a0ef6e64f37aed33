//! On which ports the streams are to run, as far as that is known without asking anybody.

use std::collections::BTreeMap;

use acecast_config::{Ask, Backup, Entry, Fetch};
use acecast_reconcile::{Port, Role, StreamUid};

use crate::context::{Context, NoServer};
use crate::last_lists::Answers;

/// What the backups say, else the list in a file, else the list that a run has kept.
pub(super) fn known(context: &Context, backups: &BTreeMap<StreamUid, Backup>) -> BTreeMap<StreamUid, Port> {
    let kept = Answers::load(&context.app.dirs.state);
    let server: &dyn Fetch = kept.as_ref().map_or(&NoServer, |kept| kept);
    let lists = context.lists_by(Ask::of(Role::Source), server);
    let listed = lists.entries().filter_map(Entry::source).map(|node| (node.uid.clone(), node.common.port));
    let told = backups.iter().filter_map(|(uid, backup)| Some((uid.clone(), backup.port?)));
    listed.chain(told).collect()
}
