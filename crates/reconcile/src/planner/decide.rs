//! What to do about one port: the config's wish for it beside what runs there.

use super::claim::{Claim, claim};
use super::obstacle;
use super::{Draft, World};
use crate::drift::{drift, noted};
use crate::plan::{Action, HeldReason, KeepReason, RestartReason, StartReason, StopReason};
use crate::{
    Decision, DesiredNode, Health, Identity, KeyState, Listening, ObservedNode, Port, Restore, Role, Stream,
};

/// Decides about every node that is wanted or runs on the port.
pub(super) fn port<'a>(world: &World<'a>, port: Port) -> Vec<Draft<'a>> {
    let wanted = world.desired.get(port);
    let nodes = world.nodes_on(port);
    if let Some(unknown) = world.unknown.get(&port) {
        return hold_all(world, port, HeldReason::PidUnknown, &unknown.reason.to_string());
    }
    if let Some((role, entry)) = world.wrong.get(&port) {
        let mut drafts = hold_all(world, port, HeldReason::ConfigEntryWrong, &entry.detail);
        if drafts.is_empty() {
            drafts.push(held_entry(*role, port, entry));
        }
        return drafts;
    }
    match claim(nodes) {
        Claim::Contested => {
            hold_all(world, port, HeldReason::PortContested, "two nodes claim to listen on this port")
        }
        Claim::Free => wanted.map(|wanted| start(world, wanted)).into_iter().collect(),
        Claim::Held { by, duplicates } => {
            let mut drafts: Vec<Draft<'a>> = duplicates
                .into_iter()
                .filter(|node| world.in_scope(node))
                .map(|node| duplicate(world, node))
                .collect();
            drafts.extend(claimed(world, wanted, by));
            drafts
        }
    }
}

/// A node has the port: is it the wanted one?
fn claimed<'a>(world: &World<'a>, wanted: Option<&'a DesiredNode>, node: &'a ObservedNode) -> Vec<Draft<'a>> {
    let Some(wanted) = wanted else {
        return vec![unwanted(world, node)];
    };
    if !world.in_scope(node) {
        let mut draft = Draft::wanted(wanted, placeholder());
        draft.hold(
            HeldReason::PortTaken,
            format!("a node that is not in scope runs here (pid {})", node.processes.pid()),
        );
        return vec![draft];
    }
    let spec = match &node.identity {
        Identity::Unidentified { why, .. } => {
            return vec![held(
                Draft::both(wanted, node, placeholder()),
                HeldReason::NodeUnidentified,
                why.to_string(),
            )];
        }
        Identity::Managed(spec) | Identity::Adopted(spec) => spec,
    };
    if same_node(&wanted.spec.stream, &spec.stream) {
        return vec![matched(world, wanted, node, spec)];
    }
    if world.policy.scope.only_starts() {
        let detail =
            format!("{} runs here (pid {}), and --port only starts nodes", spec.name(), node.processes.pid());
        return vec![held(Draft::both(wanted, node, placeholder()), HeldReason::StopNotInScope, detail)];
    }
    if let Some(detail) = renamed(world, wanted, spec) {
        return vec![held(Draft::both(wanted, node, placeholder()), HeldReason::StreamRenamed, detail)];
    }
    vec![unwanted(world, node), start(world, wanted)]
}

/// The wanted node runs where it should.
fn matched<'a>(
    world: &World<'a>,
    wanted: &'a DesiredNode,
    node: &'a ObservedNode,
    running: &'a crate::Spec,
) -> Draft<'a> {
    let drift = drift(wanted, node, running);
    let noted = noted(wanted, node);
    let processes = node.processes;
    if let Listening::Elsewhere(actual) = node.listening {
        let detail = format!("listens on port {actual}; stop it with: acecast stop {}", node.port);
        return held(Draft::both(wanted, node, placeholder()), HeldReason::WrongPort, detail);
    }
    if drift.is_empty() {
        let detail = (node.health != Health::Answering).then(|| node.health.to_string());
        return Draft::both(
            wanted,
            node,
            Action::Keep { reason: KeepReason::InSync, node: processes, detail, noted },
        );
    }
    let mut draft = Draft::both(
        wanted,
        node,
        Action::Restart {
            reason: RestartReason::Drift,
            node: processes,
            drift,
            noted,
            new_key: false,
            needs: None,
        },
    );
    if world.policy.scope.only_starts() {
        draft.hold(HeldReason::RestartNotInScope, "needs a restart, and --port only starts nodes".to_owned());
    } else if world.has_portless_entry(wanted.spec.role()) {
        let detail = "needs a restart, but an entry whose port cannot be read may mean this node".to_owned();
        draft.hold(HeldReason::ConfigIncomplete, detail);
    } else {
        match obstacle::to_restart(world, wanted) {
            Err((reason, detail)) => draft.hold(reason, detail),
            Ok(makes_key) => {
                if let Action::Restart { new_key, .. } = &mut draft.decision.action {
                    *new_key = makes_key;
                }
            }
        }
    }
    draft
}

/// The wanted node does not run on its port.
fn start<'a>(world: &World<'a>, wanted: &'a DesiredNode) -> Draft<'a> {
    match obstacle::to_start(world, wanted) {
        Err((reason, detail)) => held(Draft::wanted(wanted, placeholder()), reason, detail),
        Ok(new_key) => Draft::wanted(
            wanted,
            Action::Start { reason: StartReason::Missing, new_key, after: Vec::new(), needs: None },
        ),
    }
}

/// A node runs on a port where the config does not want it.
fn unwanted<'a>(world: &World<'a>, node: &'a ObservedNode) -> Draft<'a> {
    let draft = |action| Draft::running(node, action);
    let spec = match &node.identity {
        Identity::Unidentified { why, .. } => {
            return held(draft(placeholder()), HeldReason::NodeUnidentified, why.to_string());
        }
        Identity::Managed(spec) | Identity::Adopted(spec) => spec,
    };
    if world.policy.scope.only_starts() {
        let detail = "is not in the config, and --port only starts nodes".to_owned();
        return held(draft(placeholder()), HeldReason::StopNotInScope, detail);
    }
    let stop = |reason| draft(Action::Stop { reason, node: node.processes });
    if spec.stream.uid().is_some_and(|uid| world.homes.contains_key(uid)) {
        return stop(StopReason::Moved);
    }
    if world.incomplete(spec.role()) {
        let detail = format!("is not in the config, but an entry of the {} list is wrong", spec.role());
        return held(draft(placeholder()), HeldReason::ConfigIncomplete, detail);
    }
    stop(StopReason::NotInConfig)
}

/// Another node has this node's port.
fn duplicate<'a>(world: &World<'a>, node: &'a ObservedNode) -> Draft<'a> {
    let mut draft =
        Draft::running(node, Action::Stop { reason: StopReason::Duplicate, node: node.processes });
    if let Identity::Unidentified { why, .. } = &node.identity {
        draft.hold(HeldReason::NodeUnidentified, why.to_string());
    } else if world.policy.scope.only_starts() {
        draft.hold(HeldReason::StopNotInScope, "is a duplicate, and --port only starts nodes".to_owned());
    }
    draft
}

/// Nothing on the port is touched: one held decision for each running node and for what is wanted there.
fn hold_all<'a>(world: &World<'a>, port: Port, reason: HeldReason, detail: &str) -> Vec<Draft<'a>> {
    let wanted = world.desired.get(port);
    let mut nodes = world.nodes_on(port).iter().copied().filter(|node| world.in_scope(node));
    let first = match (wanted, nodes.next()) {
        (Some(wanted), Some(node)) => Some(Draft::both(wanted, node, placeholder())),
        (Some(wanted), None) => Some(Draft::wanted(wanted, placeholder())),
        (None, Some(node)) => Some(Draft::running(node, placeholder())),
        (None, None) => None,
    };
    let rest = nodes.map(|node| Draft::running(node, placeholder()));
    let mut drafts: Vec<Draft<'a>> =
        first.into_iter().chain(rest).map(|draft| held(draft, reason, detail.to_owned())).collect();
    if drafts.is_empty()
        && let Some(unknown) = world.unknown.get(&port)
    {
        let (role, name) = match world.wrong.get(&port) {
            Some((role, entry)) => (Some(*role), entry.name.clone()),
            None => (None, None),
        };
        let action = Action::Held { reason, pid: unknown.pid, detail: detail.to_owned(), drift: Vec::new() };
        let decision = Decision { role, port, name, action };
        drafts.push(Draft { decision, wanted: None, running: None });
    } else if let (Some(unknown), Some(draft)) = (world.unknown.get(&port), drafts.first_mut())
        && let Action::Held { pid: pid @ None, .. } = &mut draft.decision.action
    {
        *pid = unknown.pid;
    }
    drafts
}

fn held_entry<'a>(role: Role, port: Port, entry: &crate::WrongEntry) -> Draft<'a> {
    let action = Action::Held {
        reason: HeldReason::ConfigEntryWrong,
        pid: None,
        detail: entry.detail.clone(),
        drift: Vec::new(),
    };
    let decision = Decision { role: Some(role), port, name: entry.name.clone(), action };
    Draft { decision, wanted: None, running: None }
}

/// The running node is the wanted one, if perhaps with other settings: a support node is its port, a source node is
/// its stream.
fn same_node(wanted: &Stream, running: &Stream) -> bool {
    match (wanted, running) {
        (Stream::Source(wanted), Stream::Source(running)) => wanted == running,
        (Stream::Support(_), Stream::Support(_)) => true,
        _ => false,
    }
}

/// The same input on the same port under another uid, without a key of its own: the stream would silently become
/// another one and lose its viewers.
fn renamed(world: &World<'_>, wanted: &DesiredNode, running: &crate::Spec) -> Option<String> {
    use crate::Field;
    let (new, old) = (wanted.spec.stream.uid()?, running.stream.uid()?);
    let is = |field, spec: &crate::Spec, text: &str| spec.settings.get(&field) == Some(&text.into());
    if !is(Field::Type, &wanted.spec, "ts")
        || world.homes.contains_key(old)
        || world.policy.new_keys.contains(new)
    {
        return None;
    }
    if running.settings.get(&Field::Url)? != wanted.spec.settings.get(&Field::Url)? {
        return None;
    }
    let has_key = world
        .observed
        .keys
        .get(new)
        .is_some_and(|facts| facts.key == KeyState::Present || facts.restore == Restore::Fits);
    (!has_key).then(|| {
        format!(
            "renames the stream {old}, which would get a new key and lose its viewers; copy {old}.sauth to \
             {new}.sauth in the metadata dir, or allow a new stream with --new-key {new}"
        )
    })
}

fn held<'a>(mut draft: Draft<'a>, reason: HeldReason, detail: String) -> Draft<'a> {
    draft.hold(reason, detail);
    draft
}

/// What a draft holds until its `hold` is called.
fn placeholder() -> Action {
    Action::Held { reason: HeldReason::PidUnknown, pid: None, detail: String::new(), drift: Vec::new() }
}
