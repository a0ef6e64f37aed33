//! A decision in the making, with the nodes that it is about.

use crate::plan::{Action, Decision};
use crate::reason::{HeldReason, RestartReason};
use crate::{DesiredNode, ObservedNode, Port, Role, Spec, StreamUid};

/// What a decision is about.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    /// A node that the config asks for.
    Wanted(&'a DesiredNode),
    /// A node that runs.
    Running(&'a ObservedNode),
    /// A node that the config asks for, and the one that has its port.
    Both(&'a DesiredNode, &'a ObservedNode),
}

/// A decision that later steps may still turn into a held one.
pub(super) struct Draft<'a> {
    pub(super) decision: Decision,
    wanted: Option<&'a DesiredNode>,
    running: Option<&'a ObservedNode>,
    /// A restart was turned into a held decision: the wanted node runs, on its port.
    is_held_restart: bool,
}

impl<'a> Subject<'a> {
    /// The decision to do this about it.
    pub(super) fn decide(self, action: Action) -> Draft<'a> {
        let (wanted, running) = match self {
            Subject::Wanted(wanted) => (Some(wanted), None),
            Subject::Running(running) => (None, Some(running)),
            Subject::Both(wanted, running) => (Some(wanted), Some(running)),
        };
        let (role, port, name) = match self {
            Subject::Wanted(DesiredNode { spec, .. }) | Subject::Both(DesiredNode { spec, .. }, _) => {
                (Some(spec.role()), spec.port, Some(spec.name()))
            }
            Subject::Running(node) => (node.identity.role(), node.port, node.identity.spec().map(Spec::name)),
        };
        Draft { decision: Decision { role, port, name, action }, wanted, running, is_held_restart: false }
    }

    /// The decision to do nothing about it.
    pub(super) fn hold(self, reason: HeldReason, detail: String) -> Draft<'a> {
        let pid = match self {
            Subject::Wanted(_) => None,
            Subject::Running(running) | Subject::Both(_, running) => Some(running.processes.pid()),
        };
        self.decide(Action::Held { reason, pid, detail, drift: Vec::new() })
    }
}

impl<'a> Draft<'a> {
    /// The decision to do nothing about a port where neither a usable wish nor a proven node is.
    pub(super) fn hold_port(
        role: Option<Role>,
        port: Port,
        name: Option<String>,
        reason: HeldReason,
        detail: String,
    ) -> Self {
        let action = Action::Held { reason, pid: None, detail, drift: Vec::new() };
        let decision = Decision { role, port, name, action };
        Draft { decision, wanted: None, running: None, is_held_restart: false }
    }

    /// The node that the config asks for, if the decision is about one.
    pub(super) fn wanted(&self) -> Option<&'a DesiredNode> {
        self.wanted
    }

    /// The node that runs, if the decision is about one.
    pub(super) fn running(&self) -> Option<&'a ObservedNode> {
        self.running
    }

    /// The stream of the node that the config asks for.
    pub(super) fn wanted_uid(&self) -> Option<&'a StreamUid> {
        self.wanted.and_then(|node| node.spec.stream.uid())
    }

    /// The stream of the node that the config asks for, and its port.
    pub(super) fn home(&self) -> Option<(&'a StreamUid, Port)> {
        Some((self.wanted_uid()?, self.decision.port))
    }

    /// The decision was to restart the wanted node, which is held and so runs on.
    pub(super) fn is_held_restart(&self) -> bool {
        self.is_held_restart
    }

    /// Turns the decision into a held one. A restart that is held still says why it would be done: what differs, or
    /// a word behind the detail.
    pub(super) fn hold(&mut self, reason: HeldReason, mut detail: String) {
        let drift = match &mut self.decision.action {
            Action::Restart { reason, drift, .. } => {
                self.is_held_restart = true;
                if *reason != RestartReason::Drift {
                    detail = format!("{detail} ({reason})");
                }
                std::mem::take(drift)
            }
            _ => Vec::new(),
        };
        let pid = self.running.map(|node| node.processes.pid());
        self.decision.action = Action::Held { reason, pid, detail, drift };
    }
}
