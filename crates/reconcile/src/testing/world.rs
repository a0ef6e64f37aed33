//! A host with its config, built piece by piece.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use super::{apply, pid, port, uid};
use crate::{
    Action, BackOff, Desired, DesiredNode, Foreign, KeyFacts, KeyState, List, Observed, ObservedNode, Plan,
    Policy, RestartReason, Rival, Role, Scope, StopScope, Unknown, UnknownReason, WrongEntry,
};

/// What a config asks for, what runs, and what the planner is allowed to do. Both roles are in scope, with empty
/// lists, until something else is said.
#[derive(Clone, Debug, Default)]
pub struct World {
    nodes: Vec<DesiredNode>,
    wrong: Vec<(Role, WrongEntry)>,
    role: Option<Role>,
    /// What was found.
    pub observed: Observed,
    /// What is allowed.
    pub policy: Policy,
}

impl World {
    /// A host where nothing is wanted and nothing runs.
    #[must_use]
    pub fn new() -> Self {
        World::default()
    }

    /// The config asks for the node.
    #[must_use]
    pub fn wants(mut self, node: DesiredNode) -> Self {
        self.nodes.push(node);
        self
    }

    /// An entry of the role's list is wrong; its port may be readable.
    #[must_use]
    #[track_caller]
    pub fn wrong_entry(mut self, role: Role, number: Option<u16>) -> Self {
        let detail = "bitrate is no number".to_owned();
        self.wrong.push((role, WrongEntry { port: number.map(port), name: None, detail }));
        self
    }

    /// The node runs. The key of a ts source is there, unless something else is or will be said of it.
    #[must_use]
    pub fn runs(mut self, node: impl Into<ObservedNode>) -> Self {
        let node = node.into();
        if let Some(spec) = node.identity.spec().filter(|spec| !spec.is_hls())
            && let Some(uid) = spec.stream.uid()
        {
            let facts = || KeyFacts { key: KeyState::Present, ..KeyFacts::default() };
            self.observed.keys.entry(uid.clone()).or_insert_with(facts);
        }
        self.observed.nodes.push(node);
        self
    }

    /// Nothing can be proven about the port.
    #[must_use]
    #[track_caller]
    pub fn unknown(mut self, number: u16, reason: UnknownReason) -> Self {
        self.observed.unknown.push(Unknown { port: port(number), pid: None, reason });
        self
    }

    /// A web server listens on the port.
    #[must_use]
    #[track_caller]
    pub fn taken(mut self, number: u16) -> Self {
        let foreign = Foreign { pid: Some(pid(4242)), name: Some("nginx".to_owned()) };
        self.observed.taken.insert(port(number), foreign);
        self
    }

    /// An engine of another realm stands in the way of the node wanted on the port.
    #[must_use]
    #[track_caller]
    pub fn rival(mut self, number: u16, rival: Rival) -> Self {
        self.observed.rivals.insert(port(number), rival);
        self
    }

    /// What is known of the stream's key.
    #[must_use]
    #[track_caller]
    pub fn key(mut self, name: &str, facts: KeyFacts) -> Self {
        self.observed.keys.insert(uid(name), facts);
        self
    }

    /// The address is this host's own.
    #[must_use]
    #[track_caller]
    pub fn local(mut self, address: &str) -> Self {
        let address: IpAddr = address.parse().expect("a test's address is an address");
        self.observed.local.insert(address);
        self
    }

    /// Only source nodes are in scope.
    #[must_use]
    pub fn only_source(mut self) -> Self {
        self.role = Some(Role::Source);
        self
    }

    /// Only support nodes are in scope.
    #[must_use]
    pub fn only_support(mut self) -> Self {
        self.role = Some(Role::Support);
        self
    }

    /// Only the node on the port is in scope, to be started. Said again, it adds another port.
    #[must_use]
    #[track_caller]
    pub fn only_port(mut self, number: u16) -> Self {
        let ports = match &mut self.policy.scope {
            Scope::Ports(ports) => ports,
            scope @ Scope::Roles => {
                *scope = Scope::Ports(BTreeSet::new());
                return self.only_port(number);
            }
        };
        ports.insert(port(number));
        self
    }

    /// Most nodes may be stopped as not in the config.
    #[must_use]
    pub fn allow_mass_stop(mut self) -> Self {
        self.policy.allow_mass_stop = true;
        self
    }

    /// The stream may get a new key.
    #[must_use]
    #[track_caller]
    pub fn new_key(mut self, name: &str) -> Self {
        self.policy.new_keys.insert(uid(name));
        self
    }

    /// A node that runs on the port is restarted for this reason.
    #[must_use]
    #[track_caller]
    pub fn restarts(mut self, number: u16, reason: RestartReason) -> Self {
        self.policy.restarts.insert(port(number), reason);
        self
    }

    /// The node wanted on the port ended so many times in a row, and waits for so long.
    #[must_use]
    #[track_caller]
    pub fn backs_off(mut self, number: u16, failures: u32, left: Duration) -> Self {
        self.policy.backing_off.insert(port(number), BackOff { failures, left });
        self
    }

    /// What the config asks for, as far as it is in scope.
    #[track_caller]
    pub fn desired(&self) -> Desired {
        let list = |role: Role| {
            let nodes = self.nodes.iter().filter(|node| node.spec.role() == role).cloned();
            let wrong = self.wrong.iter().filter(|(of, _)| *of == role).map(|(_, entry)| entry.clone());
            let in_scope = self.role.is_none_or(|only| only == role);
            in_scope.then(|| List::new(nodes, wrong).expect("a test's list repeats nothing"))
        };
        Desired::new(list(Role::Source), list(Role::Support)).expect("a test's lists repeat no port")
    }

    /// What is to be done.
    #[track_caller]
    pub fn plan(&self) -> Plan {
        crate::plan(&self.desired(), &self.observed, &self.policy)
    }

    /// What `acecast stop` would do.
    pub fn plan_stop(&self, scope: &StopScope) -> Plan {
        crate::plan_stop(&self.observed, scope)
    }

    /// The plan of a restart.
    pub fn plan_restart(&self, scope: &StopScope) -> Plan {
        crate::plan_restart(&self.desired(), &self.observed, scope)
    }

    /// The world after the plan was carried out and everything went well. What was asked to be
    /// restarted is a new node by then.
    #[must_use]
    #[track_caller]
    pub fn apply(&self, plan: &Plan) -> World {
        let mut after = World { observed: apply(&self.desired(), &self.observed, plan), ..self.clone() };
        if plan.refused.is_none() {
            for decision in &plan.decisions {
                if let Action::Start { .. } | Action::Restart { .. } = decision.action {
                    after.policy.restarts.remove(&decision.port);
                }
            }
        }
        after
    }
}
