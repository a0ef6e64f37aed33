//! The ports and streams of this host: what is configured, what runs, and what has a key.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use acecast_config::{AppConfig, Ask, Entry, Lists, load_app, load_nodes};
use acecast_engine::Observer;
use acecast_engine::observe::Trace;
use acecast_engine::status::Unasked;
use acecast_reconcile::{Port, Role, StreamUid, escape};

use crate::context::variable;
use crate::last_lists::Answers;

/// What can be offered, each with a word on what it is.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) ports: BTreeMap<Port, String>,
    pub(super) uids: BTreeMap<StreamUid, String>,
}

/// Everything that this app config leads to.
pub(super) fn known(config: &Path, current_dir: &Path) -> Option<Known> {
    let mut known = Known::default();
    match load_app(config, current_dir, &variable) {
        Ok((app, _)) => {
            // Lists on servers are the ones that `acecast run` was given last.
            let answers = Answers::load(&app.dirs.state).unwrap_or_default();
            known.configured(&load_nodes(&app, Ask::both(), &answers));
            known.running(&app);
            known.with_keys(&app.dirs.metadata);
        }
        Err(acecast_config::LoadError::App { salvage, .. }) => {
            known.configured(&salvage.lists(Ask::both(), &Answers::default()));
        }
        Err(_) => return None,
    }
    Some(known)
}

impl Known {
    fn configured(&mut self, lists: &Lists) {
        for entry in lists.entries() {
            let Some(port) = entry.port() else { continue };
            let what = match entry {
                Entry::Source(node) => {
                    let title = escape(&node.title);
                    self.uids.insert(node.uid.clone(), format!("{title}, port {port}"));
                    format!("{} {}", Role::Source, node.uid)
                }
                Entry::Support(node) => format!("{} of {}", Role::Support, node.source),
                // It is one to look at.
                Entry::Wrong(..) => String::new(),
            };
            self.ports.insert(port, what);
        }
    }

    /// Nodes by their command lines, and by the pid files that engines leave.
    fn running(&mut self, app: &AppConfig) {
        for (port, trace) in Observer::new(app, &Unasked).ports().unwrap_or_default() {
            let what = || match trace {
                Trace::Process(Some(role)) => format!("{role}, not in the config"),
                Trace::Process(None) => "not in the config".to_owned(),
                _ => "pid file".to_owned(),
            };
            self.ports.entry(port).or_insert_with(what);
        }
    }

    /// Streams that have, or had, a key on this host.
    fn with_keys(&mut self, metadata: &Path) {
        for entry in fs::read_dir(metadata).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let uid = name.to_str().and_then(|name| name.strip_suffix(".sauth"));
            if let Some(uid) = uid.and_then(|uid| uid.parse::<StreamUid>().ok()) {
                self.uids.entry(uid).or_insert_with(|| "key".to_owned());
            }
        }
    }
}
