//! What is known of one node.

use std::time::SystemTime;

use acecast_config::{Config, Entry, Lists, Problem};
use acecast_engine::Snapshot;
use acecast_engine::args::NodePaths;
use acecast_engine::events::{self, ReadEvent};
use acecast_engine::log_tail::log_tail;
use acecast_reconcile::{DesiredNode, Plan, Policy, Port, Role};

use super::files::{self, OneFile};
use super::options::{self, Options};
use super::running::{self, Running};
use crate::commands::status::name_sources;
use crate::context::Context;
use crate::output::chained;

/// How many events and lines of the log are shown.
const LAST: usize = 10;

/// What is known of the node on one port.
pub(super) struct Facts {
    pub(super) port: Port,
    pub(super) role: Option<Role>,
    pub(super) name: Option<String>,
    /// Where its list is.
    pub(super) list: Option<String>,
    /// `None` if the list that would tell could not be read.
    pub(super) listed: Option<bool>,
    pub(super) entry: Option<DesiredNode>,
    /// What is wrong with its entry.
    pub(super) wrong: Option<String>,
    pub(super) errors: Vec<Problem>,
    pub(super) running: Vec<Running>,
    /// Why it cannot be told what runs, or what is left behind.
    pub(super) unproven: Vec<String>,
    pub(super) options: Option<Options>,
    /// What a start would do about this port.
    pub(super) plan: Plan,
    /// Why a start would do nothing at all.
    pub(super) refused: Option<String>,
    pub(super) dirs: acecast_config::Dirs,
    pub(super) files: Vec<OneFile>,
    pub(super) events: Vec<(String, ReadEvent)>,
    pub(super) log: Vec<String>,
}

impl Facts {
    pub(super) fn gather(
        context: &Context,
        config: &Config,
        lists: &Lists,
        snapshot: &Snapshot,
        port: Port,
    ) -> Self {
        let app = &context.app;
        let desired = config.desired();
        let entry = desired.get(port).cloned();
        let listed = config.entry(port);
        let nodes = snapshot.observed.nodes.iter().filter(|node| node.port == port);
        let running: Vec<Running> = nodes.map(|node| Running::of(node, snapshot, entry.as_ref())).collect();
        let role = listed.map(Entry::role).or_else(|| running.iter().find_map(|node| node.role));
        let name = listed.and_then(Entry::name);
        let name = name.or_else(|| running.iter().find_map(|node| node.name.clone()));
        let unknown = snapshot.observed.unknown.iter().filter(|unknown| unknown.port == port);
        let unknown = unknown.map(|unknown| format!("not known: {}", unknown.reason));
        let stale = snapshot.stale.iter().filter(|(its, _)| *its == port);
        let stale = stale.map(|(_, file)| format!("only {} is left behind", file.path.display()));
        let mut all = acecast_reconcile::plan(&desired, &snapshot.observed, &Policy::default());
        name_sources(&mut all, snapshot, config);
        let plan = all.decisions.into_iter().filter(|decision| decision.port == port).collect();
        let uid = entry.as_ref().and_then(|entry| entry.spec.stream.uid().cloned());
        let uid = uid.or_else(|| running.iter().find_map(|node| node.uid.clone()));
        let kind = entry.as_ref().and_then(|entry| running::kind(&entry.spec));
        let kind = kind.or_else(|| running.iter().find_map(|node| node.kind));
        let stream = uid.as_ref().map(|uid| (uid, kind));
        let is_told = match role {
            Some(role) => lists.error(role).is_none(),
            None => lists.errors().next().is_none(),
        };
        let is_listed = listed.is_some();
        let roles: Vec<Role> = role.map_or(Role::ALL.to_vec(), |role| vec![role]);
        Facts {
            port,
            role,
            name,
            list: listed.and_then(|entry| app.controller.list(entry.role())).map(ToString::to_string),
            listed: if is_listed { Some(true) } else { is_told.then_some(false) },
            options: options::of(config, &desired, snapshot, port, &running),
            entry,
            wrong: listed.and_then(Entry::wrong).map(|entry| entry.detail.clone()),
            errors: config.problems.clone(),
            running,
            unproven: unknown.chain(stale).collect(),
            plan,
            refused: all.refused.map(|refusal| refusal.to_string()),
            dirs: app.dirs.clone(),
            files: files::of(&app.dirs, &roles, port, stream, SystemTime::now()),
            events: last_events(context, port),
            log: roles.iter().flat_map(|role| last_lines(context, *role, port)).collect(),
        }
    }

    /// The port is that of a node, wanted or running, or something of one is left there.
    pub(super) fn is_known(&self) -> bool {
        self.listed == Some(true) || !self.running.is_empty() || !self.unproven.is_empty()
    }
}

fn last_events(context: &Context, port: Port) -> Vec<(String, ReadEvent)> {
    let lines = events::read(&context.app.dirs.state, usize::MAX).unwrap_or_else(|error| {
        context.out.warning(&chained(&error));
        Vec::new()
    });
    let of_port = |line: String| {
        let event = events::parse(&line).filter(|event| event.port == Some(port))?;
        Some((line, event))
    };
    let mut events: Vec<(String, ReadEvent)> =
        lines.into_iter().rev().filter_map(of_port).take(LAST).collect();
    events.reverse();
    events
}

fn last_lines(context: &Context, role: Role, port: Port) -> Vec<String> {
    let path = NodePaths::new(&context.app.dirs, role, port).log();
    log_tail(&path, LAST, 0).unwrap_or_else(|error| {
        context.out.warning(&chained(&error));
        Vec::new()
    })
}
