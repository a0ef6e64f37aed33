//! What to do about one port: the config's wish for it beside what runs there.

use super::claim::{Claim, claim};
use super::draft::{Draft, Subject};
use super::site::Site;
use super::{World, obstacle, order};
use crate::drift::{drift, noted};
use crate::plan::Action;
use crate::reason::{HeldReason, KeepReason, RestartReason, StartReason, StopReason};
use crate::{DesiredNode, Field, Health, Identity, Listening, ObservedNode, Spec, Stream, Unknown};

/// Decides about every node that is wanted or runs on the port.
pub(super) fn site<'a>(world: &World<'a>, site: &Site<'a>, drafts: &mut Vec<Draft<'a>>) {
    if let Some(unknown) = world.unknown.get(&site.port) {
        return hold_unknown(world, site, unknown, drafts);
    }
    if let Some((_, entry)) = world.wrong.get(&site.port) {
        return hold_all(world, site, HeldReason::ConfigEntryWrong, &entry.detail, drafts);
    }
    match (claim(site.nodes), site.wanted) {
        (Claim::Contested, _) => {
            let detail = "two nodes claim to listen on this port";
            hold_all(world, site, HeldReason::PortContested, detail, drafts);
        }
        (Claim::Free, wanted) => drafts.extend(wanted.map(|wanted| start(world, wanted))),
        (Claim::Held { by, duplicates }, wanted) => {
            let duplicates = duplicates.iter().copied().filter(|node| world.in_scope(node));
            drafts.extend(duplicates.map(|node| duplicate(world, node)));
            match wanted {
                Some(wanted) => occupied(world, wanted, by, drafts),
                None if world.in_scope(by) => drafts.push(unwanted(world, by)),
                None => {}
            }
        }
    }
}

/// A node has the wanted port: is it the wanted node?
fn occupied<'a>(
    world: &World<'a>,
    wanted: &'a DesiredNode,
    node: &'a ObservedNode,
    drafts: &mut Vec<Draft<'a>>,
) {
    let pid = node.processes.pid();
    if !world.in_scope(node) {
        let detail = format!("a node of the other role runs here (pid {pid})");
        return drafts.push(Subject::Wanted(wanted).hold(HeldReason::PortTaken, detail));
    }
    let subject = Subject::Both(wanted, node);
    let running = match &node.identity {
        Identity::Unidentified { why, .. } => {
            return drafts.push(subject.hold(HeldReason::NodeUnidentified, why.to_string()));
        }
        Identity::Managed(spec) | Identity::Adopted(spec) => spec,
    };
    if same_node(&wanted.spec.stream, &running.stream) {
        return drafts.push(matched(world, wanted, node, running));
    }
    if world.policy.scope.only_starts() {
        let detail = format!("{} runs here (pid {pid}), and --port only starts nodes", running.name());
        return drafts.push(subject.hold(HeldReason::StopNotInScope, detail));
    }
    if let Some(detail) = renamed(world, wanted, running) {
        return drafts.push(subject.hold(HeldReason::StreamRenamed, detail));
    }
    drafts.extend([unwanted(world, node), start(world, wanted)]);
}

/// The wanted node runs where it should.
fn matched<'a>(
    world: &World<'a>,
    wanted: &'a DesiredNode,
    node: &'a ObservedNode,
    running: &'a Spec,
) -> Draft<'a> {
    let subject = Subject::Both(wanted, node);
    if let Listening::Elsewhere(actual) = node.listening {
        let detail = format!("listens on port {actual} instead; stop it with `acecast stop {}`", node.port);
        return subject.hold(HeldReason::WrongPort, detail);
    }
    let (drift, noted) = (drift(wanted, node, running), noted(wanted, node));
    let forced = world.policy.restarts.get(&node.port).copied();
    let reason = if drift.is_empty() { forced } else { Some(RestartReason::Drift) };
    let Some(reason) = reason else {
        let health = (node.health != Health::Answering).then(|| node.health.to_string());
        // Leave to make a new key takes nothing from it: as long as the node runs, none is made.
        let lost_key = world.observed.lost_key(node).map(|(_, _, why)| why);
        let words: Vec<String> = health.into_iter().chain(lost_key).collect();
        let detail = (!words.is_empty()).then(|| words.join("; "));
        let reason = KeepReason::InSync;
        return subject.decide(Action::Keep { reason, node: node.processes, detail, noted });
    };
    let permit = permit_restart(world, wanted);
    let new_key = permit == Ok(true);
    let mut decision =
        subject.decide(Action::Restart { reason, node: node.processes, drift, noted, new_key, needs: None });
    if let Err((obstacle, detail)) = permit {
        decision.hold(obstacle, detail);
    }
    decision
}

/// Whether the restart makes a new key, or why it may not be done.
fn permit_restart(world: &World<'_>, wanted: &DesiredNode) -> Result<bool, (HeldReason, String)> {
    if world.policy.scope.only_starts() {
        let detail = "needs a restart, and --port only starts nodes";
        return Err((HeldReason::RestartNotInScope, detail.to_owned()));
    }
    if world.has_portless_entry(wanted.spec.role()) {
        let detail = "needs a restart, but an entry whose port cannot be read may mean this node";
        return Err((HeldReason::ConfigIncomplete, detail.to_owned()));
    }
    obstacle::to_restart(world, wanted)
}

/// The wanted node does not run on its port.
fn start<'a>(world: &World<'a>, wanted: &'a DesiredNode) -> Draft<'a> {
    let subject = Subject::Wanted(wanted);
    let new_key = match obstacle::to_start(world, wanted) {
        Err((reason, detail)) => return subject.hold(reason, detail),
        Ok(new_key) => new_key,
    };
    let after = order::in_the_way(world, wanted);
    // Where something is stopped for it, the stream would be down for as long as the start waits.
    if after.is_empty()
        && let Some(back_off) = world.policy.backing_off.get(&wanted.spec.port)
    {
        return subject.hold(HeldReason::BackingOff, back_off.to_string());
    }
    subject.decide(Action::Start { reason: StartReason::Missing, new_key, after, needs: None })
}

/// A node runs on a port where the config does not want it.
fn unwanted<'a>(world: &World<'a>, node: &'a ObservedNode) -> Draft<'a> {
    let subject = Subject::Running(node);
    let spec = match &node.identity {
        Identity::Unidentified { why, .. } => {
            return subject.hold(HeldReason::NodeUnidentified, why.to_string());
        }
        Identity::Managed(spec) | Identity::Adopted(spec) => spec,
    };
    if world.policy.scope.only_starts() {
        let detail = "is not in the config, and --port only starts nodes".to_owned();
        return subject.hold(HeldReason::StopNotInScope, detail);
    }
    let stop = |reason| subject.decide(Action::Stop { reason, node: node.processes });
    if spec.stream.uid().is_some_and(|uid| world.home_of(uid).is_some()) {
        return stop(StopReason::Moved);
    }
    if world.is_incomplete(spec.role()) {
        let detail = format!("is not in the config, but an entry of the {} list is wrong", spec.role());
        return subject.hold(HeldReason::ConfigIncomplete, detail);
    }
    stop(StopReason::NotInConfig)
}

/// Another node has this node's port.
fn duplicate<'a>(world: &World<'a>, node: &'a ObservedNode) -> Draft<'a> {
    let subject = Subject::Running(node);
    if let Identity::Unidentified { why, .. } = &node.identity {
        return subject.hold(HeldReason::NodeUnidentified, why.to_string());
    }
    if world.policy.scope.only_starts() {
        let detail = "is a duplicate, and --port only starts nodes".to_owned();
        return subject.hold(HeldReason::StopNotInScope, detail);
    }
    subject.decide(Action::Stop { reason: StopReason::Duplicate, node: node.processes })
}

/// Nothing can be proven about the port.
fn hold_unknown<'a>(world: &World<'a>, site: &Site<'a>, unknown: &Unknown, drafts: &mut Vec<Draft<'a>>) {
    let first = drafts.len();
    hold_all(world, site, HeldReason::PidUnknown, &unknown.reason.to_string(), drafts);
    for draft in &mut drafts[first..] {
        if let Action::Held { pid: pid @ None, .. } = &mut draft.decision.action {
            *pid = unknown.pid;
        }
    }
}

/// Nothing on the port is touched: one held decision for each running node and for what is wanted there, and one
/// for the port itself if there is neither.
fn hold_all<'a>(
    world: &World<'a>,
    site: &Site<'a>,
    reason: HeldReason,
    detail: &str,
    drafts: &mut Vec<Draft<'a>>,
) {
    let mut nodes = site.nodes.iter().copied().filter(|node| world.in_scope(node));
    let first = match (site.wanted, nodes.next()) {
        (Some(wanted), Some(node)) => Subject::Both(wanted, node),
        (Some(wanted), None) => Subject::Wanted(wanted),
        (None, Some(node)) => Subject::Running(node),
        (None, None) => {
            let entry = world.wrong.get(&site.port);
            let role = entry.map(|(role, _)| *role);
            let name = entry.and_then(|(_, entry)| entry.name.clone());
            return drafts.push(Draft::hold_port(role, site.port, name, reason, detail.to_owned()));
        }
    };
    let subjects = std::iter::once(first).chain(nodes.map(Subject::Running));
    drafts.extend(subjects.map(|subject| subject.hold(reason, detail.to_owned())));
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
fn renamed(world: &World<'_>, wanted: &DesiredNode, running: &Spec) -> Option<String> {
    let (new, old) = (wanted.spec.stream.uid()?, running.stream.uid()?);
    if wanted.spec.settings.encoded(Field::Url)? != running.settings.encoded(Field::Url)?
        || world.home_of(old).is_some()
        || world.policy.new_keys.contains(new)
        || obstacle::key(world, wanted) == Ok(false)
    {
        return None;
    }
    Some(format!(
        "renames the stream {old}, which would get a new key and lose its viewers; copy {old}.sauth to {new}.sauth \
         in the metadata dir, or allow it with --new-key {new}"
    ))
}
