//! The planner's safety properties, checked in every small world: two ports, two streams and a support node, wanted
//! and running in every way that the vocabulary knows, with every state of the keys and every kind of policy.
//!
//! A property says what must never happen, whatever the world; the rules one by one are in the planner's tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use acecast_reconcile::testing::{apply, pid, port, running, support, uid};
use acecast_reconcile::{
    Action, BackOff, Decision, Desired, DesiredNode, Field, Foreign, HeldReason, KeyFacts, KeyState,
    KeyTrace, List, Listening, Observed, ObservedNode, Plan, Policy, Port, Processes, RestartReason, Role,
    Scope, Settings, Spec, StopReason, StopScope, Stream, StreamUid, Unidentified, Unknown, UnknownReason,
    WrongEntry, plan, plan_restart,
};

const PORTS: [u16; 2] = [8640, 8650];

/// What the config may say about one port. The letters are streams.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wants {
    Nothing,
    A,
    B,
    /// A support node that takes the stream of the other port of this host.
    Support,
    WrongEntry,
}

/// What may be found on one port. All streams come from the same URL, so another stream on a port is a rename.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Finds {
    Nothing,
    Unknown,
    UnknownBesideA,
    Taken,
    A,
    DriftedA,
    AListeningOnTheOtherPort,
    B,
    Support,
    Unidentified,
    TwiceA,
    AAndAnUnidentifiedDuplicate,
    BAndADuplicate,
    SupportAndADuplicate,
    UnidentifiedAndADuplicate,
    ContestedByAAndB,
}

/// What may be known of the keys of both streams.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Keys {
    Present,
    Missing,
    MissingOrDamagedOfKnownStreams,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Allows {
    Nothing,
    MassStop,
    MassStopAndNewKeys,
    /// Only the first port, with everything else allowed.
    OnlyOnePort,
    /// Mass stops, while on both ports a restart is asked for and a missing node backs off.
    RestartsAndNoStartsYet,
}

/// A config, as said and as parsed.
struct Config {
    wants: [Wants; 2],
    has_portless_entry: bool,
    roles: &'static [Role],
    desired: Desired,
}

/// A world, what is planned for it, and what it is once the plan is carried out.
struct Case<'a> {
    config: &'a Config,
    finds: [Finds; 2],
    keys: Keys,
    allows: Allows,
    observed: &'a Observed,
    policy: &'a Policy,
    /// That of the next run: a restart is asked for once.
    next_policy: &'a Policy,
    plan: Plan,
    after: Observed,
}

/// A property by name, for the failure's text.
type Property = (&'static str, fn(&Case<'_>) -> bool);

const PROPERTIES: [Property; 17] = [
    ("converges", converges),
    ("never_signals_unknown_or_stale", never_signals_unknown_or_stale),
    ("no_port_gets_two_nodes", no_port_gets_two_nodes),
    ("no_stream_gets_two_nodes", no_stream_gets_two_nodes),
    ("every_node_decided_once", every_node_decided_once),
    ("a_correct_node_is_kept", a_correct_node_is_kept),
    ("same_input_same_bytes", same_input_same_bytes),
    ("an_incomplete_list_stops_nothing", an_incomplete_list_stops_nothing),
    ("an_unreadable_port_restarts_nothing", an_unreadable_port_restarts_nothing),
    ("a_port_scope_only_starts", a_port_scope_only_starts),
    ("roles_out_of_scope_are_untouched", roles_out_of_scope_are_untouched),
    ("a_held_start_costs_no_stream_its_node", a_held_start_costs_no_stream_its_node),
    ("a_start_waits_for_what_it_needs", a_start_waits_for_what_it_needs),
    ("no_known_stream_gets_a_new_key", no_known_stream_gets_a_new_key),
    ("an_empty_list_stops_nothing", an_empty_list_stops_nothing),
    ("a_restart_has_its_reason", a_restart_has_its_reason),
    ("only_what_is_missing_backs_off", only_what_is_missing_backs_off),
];

const RESTART_PROPERTIES: [Property; 7] = [
    ("a_restart_touches_what_is_named", a_restart_touches_what_is_named),
    ("a_restart_leaves_nothing_stopped", a_restart_leaves_nothing_stopped),
    ("a_held_start_costs_no_stream_its_node", a_held_start_costs_no_stream_its_node),
    ("never_signals_unknown_or_stale", never_signals_unknown_or_stale),
    ("no_port_gets_two_nodes", no_port_gets_two_nodes),
    ("no_stream_gets_two_nodes", no_stream_gets_two_nodes),
    ("no_known_stream_gets_a_new_key", no_known_stream_gets_a_new_key),
];

#[test]
fn all_properties_hold_in_all_small_worlds() {
    let (configs, hosts) = (configs(), hosts());
    let half = configs.len().div_ceil(2);
    let found: Result<usize, String> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            configs.chunks(half).map(|configs| scope.spawn(|| check_all(configs, &hosts))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a property that fails does not panic")).sum()
    });
    let worlds = found.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(worlds, configs.len() * hosts.len() * ALLOWS.len());
    assert!(worlds > 200_000, "only {worlds} worlds");
}

fn check_all(configs: &[Config], hosts: &[Host]) -> Result<usize, String> {
    let policies = ALLOWS.map(|allows| {
        let policy = policy(allows);
        let mut next = policy.clone();
        next.restarts = BTreeMap::new();
        (allows, policy, next)
    });
    let mut worlds = 0;
    for config in configs {
        for Host { finds, keys, observed } in hosts {
            for (allows, policy, next_policy) in &policies {
                let plan = plan(&config.desired, observed, policy);
                let after = apply(&config.desired, observed, &plan);
                let case = Case {
                    config,
                    finds: *finds,
                    keys: *keys,
                    allows: *allows,
                    observed,
                    policy,
                    next_policy,
                    plan,
                    after,
                };
                for (name, holds) in PROPERTIES {
                    if !holds(&case) {
                        return Err(format!("{name} does not hold\n{case}"));
                    }
                }
                worlds += 1;
            }
            check_restart(config, *finds, *keys, observed)?;
        }
    }
    Ok(worlds)
}

/// The plan of `acecast restart` for the first port.
fn check_restart(config: &Config, finds: [Finds; 2], keys: Keys, observed: &Observed) -> Result<(), String> {
    let (allows, named) = (Allows::MassStop, [port(PORTS[0])].into());
    let policy = &policy(allows);
    let plan = plan_restart(&config.desired, observed, &StopScope::Ports(named));
    let after = apply(&config.desired, observed, &plan);
    let case = Case { config, finds, keys, allows, observed, policy, next_policy: policy, plan, after };
    match RESTART_PROPERTIES.iter().find(|(_, holds)| !holds(&case)) {
        Some((name, _)) => Err(format!("{name} does not hold for a restart of {}\n{case}", PORTS[0])),
        None => Ok(()),
    }
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { wants, has_portless_entry, roles, .. } = self.config;
        for (at, port) in PORTS.into_iter().enumerate() {
            writeln!(f, "port {port}: wants {:?}, finds {:?}", wants[at], self.finds[at])?;
        }
        writeln!(f, "roles {roles:?}, portless source entry {has_portless_entry}")?;
        writeln!(f, "keys {:?}, allows {:?}\n{}", self.keys, self.allows, self.plan)?;
        let next = plan(&self.config.desired, &self.after, self.next_policy);
        write!(f, "then\n{next}")
    }
}

// ---- properties ----

/// Carrying out a plan and planning again gives no change.
fn converges(case: &Case<'_>) -> bool {
    case.plan.refused.is_some() || plan(&case.config.desired, &case.after, case.next_policy).changes() == 0
}

/// Only nodes whose identity is proven are signalled: none on a port about which something is unknown or two nodes
/// contradict each other, none that is unidentified, and nothing that is no node.
fn never_signals_unknown_or_stale(case: &Case<'_>) -> bool {
    case.signalled().all(|(decision, processes)| {
        let on_port = || case.observed.nodes.iter().filter(|node| node.port == decision.port);
        on_port().any(|node| node.processes == *processes && node.identity.spec().is_some())
            && on_port().filter(|node| node.listening == Listening::OnPort).count() < 2
            && case.observed.unknown.iter().all(|unknown| unknown.port != decision.port)
    })
}

/// A node is started only where, by then, no other node is, nothing else listens and nothing is unknown.
fn no_port_gets_two_nodes(case: &Case<'_>) -> bool {
    case.starts().all(|decision| {
        let port = decision.port;
        let uses = |node: &&ObservedNode| node.port == port || node.listening == Listening::Elsewhere(port);
        case.refused()
            || (case.after.nodes.iter().filter(uses).count() == 1
                && !case.after.taken.contains_key(&port)
                && case.after.unknown.iter().all(|unknown| unknown.port != port))
    })
}

/// A stream is started only if, by then, no other node carries it.
fn no_stream_gets_two_nodes(case: &Case<'_>) -> bool {
    case.starts().all(|decision| {
        let wanted = case.config.desired.get(decision.port).and_then(|node| node.spec.stream.uid());
        case.refused() || wanted.is_none_or(|uid| carriers(&case.after, uid).count() == 1)
    })
}

/// Every wanted and every running node that is in scope has one decision, and nothing else has any.
fn every_node_decided_once(case: &Case<'_>) -> bool {
    let decided = |port: Port| case.plan.decisions.iter().filter(move |decision| decision.port == port);
    let running = case.observed.nodes.iter().all(|node| {
        let times =
            decided(node.port).filter(|decision| decision.pid() == Some(node.processes.pid())).count();
        times == usize::from(case.decides_about(node))
    });
    let wanted = case.config.desired.nodes().filter(|node| case.has_port(node.spec.port)).all(|node| {
        let (mut done, mut held) = (0, 0);
        for decision in decided(node.spec.port).filter(|decision| decision.role == Some(node.spec.role())) {
            match &decision.action {
                Action::Stop { .. } => {}
                Action::Held { .. } => held += usize::from(decision.name == Some(node.spec.name())),
                _ => done += usize::from(decision.name == Some(node.spec.name())),
            }
        }
        done == 1 || (done == 0 && held >= 1)
    });
    let nothing_else = case.plan.decisions.iter().all(|decision| {
        case.has_port(decision.port)
            && decision.pid().is_none_or(|pid| {
                let is_node = |node: &ObservedNode| node.processes.pid() == pid && node.port == decision.port;
                case.observed.nodes.iter().any(is_node)
            })
    });
    running && wanted && nothing_else
}

/// A node that is alone on its port, and is what the config asks for there, is kept, unless its restart is asked for.
fn a_correct_node_is_kept(case: &Case<'_>) -> bool {
    case.config.desired.nodes().filter(|node| case.has_port(node.spec.port)).all(|wanted| {
        let port = wanted.spec.port;
        let on_port: Vec<_> = case.observed.nodes.iter().filter(|node| node.port == port).collect();
        let [node] = on_port[..] else { return true };
        let correct = node.identity.spec() == Some(&wanted.spec)
            && node.listening == Listening::OnPort
            && case.observed.unknown.iter().all(|unknown| unknown.port != port);
        let asked = case.policy.restarts.get(&port);
        let is_kept = |decision: &Decision| match &decision.action {
            Action::Keep { node: kept, .. } => *kept == node.processes && asked.is_none(),
            Action::Restart { node: restarted, reason, .. } => {
                *restarted == node.processes && asked == Some(reason)
            }
            // The restart is held.
            Action::Held { pid, .. } => *pid == Some(node.processes.pid()) && asked.is_some(),
            _ => false,
        };
        !correct || case.plan.decisions.iter().any(is_kept)
    })
}

/// The order in which nodes were found makes no difference, and the same input gives the same text.
fn same_input_same_bytes(case: &Case<'_>) -> bool {
    let mut turned = case.observed.clone();
    turned.nodes.reverse();
    turned.unknown.reverse();
    plan(&case.config.desired, &turned, case.policy) == case.plan
}

/// While an entry of a role's list is wrong, no node of that role is stopped as not in the config.
fn an_incomplete_list_stops_nothing(case: &Case<'_>) -> bool {
    case.stops(StopReason::NotInConfig).all(|(decision, _)| {
        let list = decision.role.and_then(|role| case.config.desired.list(role));
        list.is_some_and(|list| list.wrong().is_empty())
    })
}

/// While the port of a wrong entry cannot be read, no node of its role is restarted.
fn an_unreadable_port_restarts_nothing(case: &Case<'_>) -> bool {
    let restarts = |decision: &&Decision| matches!(decision.action, Action::Restart { .. });
    case.plan.decisions.iter().filter(restarts).all(|decision| {
        let list = decision.role.and_then(|role| case.config.desired.list(role));
        list.is_some_and(|list| list.wrong().iter().all(|entry| entry.port.is_some()))
    })
}

/// With ports in scope nothing is signalled, and only nodes on those ports are started.
fn a_port_scope_only_starts(case: &Case<'_>) -> bool {
    let Scope::Ports(ports) = &case.policy.scope else { return true };
    case.signalled().next().is_none() && case.starts().all(|decision| ports.contains(&decision.port))
}

/// Nothing is decided about nodes of a role without a list.
fn roles_out_of_scope_are_untouched(case: &Case<'_>) -> bool {
    let in_scope = |decision: &Decision| decision.role.is_none_or(|role| case.config.roles.contains(&role));
    let unknown_role =
        |decision: &Decision| {
            let on_port = |node: &&ObservedNode| node.port == decision.port;
            decision.role.is_some()
                || case.observed.nodes.iter().filter(on_port).all(|node| {
                    Some(node.processes.pid()) != decision.pid() || node.identity.role().is_none()
                })
        };
    case.plan.decisions.iter().all(|decision| in_scope(decision) && unknown_role(decision))
}

/// A wanted stream that runs somewhere still runs somewhere once the plan is carried out.
fn a_held_start_costs_no_stream_its_node(case: &Case<'_>) -> bool {
    let uids = case.config.desired.nodes().filter_map(|node| node.spec.stream.uid());
    uids.filter(|uid| carriers(case.observed, uid).next().is_some())
        .all(|uid| carriers(&case.after, uid).next().is_some())
}

/// Nothing is decided about a port that was not named.
fn a_restart_touches_what_is_named(case: &Case<'_>) -> bool {
    case.plan.decisions.iter().all(|decision| decision.port.get() == PORTS[0])
}

/// Where a node was, a node is.
fn a_restart_leaves_nothing_stopped(case: &Case<'_>) -> bool {
    let there = |observed: &Observed| observed.nodes.iter().any(|node| node.port.get() == PORTS[0]);
    !there(case.observed) || there(&case.after)
}

/// A start waits for every stop that frees its port or its stream, and a support node for its source on this host.
fn a_start_waits_for_what_it_needs(case: &Case<'_>) -> bool {
    let stopped: BTreeSet<Processes> = case
        .plan
        .decisions
        .iter()
        .filter_map(|decision| match &decision.action {
            Action::Stop { node, .. } => Some(*node),
            _ => None,
        })
        .collect();
    let waits_for_stops = case.starts().all(|decision| {
        let Action::Start { after, .. } = &decision.action else { return false };
        let uid = case.config.desired.get(decision.port).and_then(|node| node.spec.stream.uid());
        let in_the_way = |node: &&ObservedNode| {
            node.port == decision.port
                || node.listening == Listening::Elsewhere(decision.port)
                || (uid.is_some() && node.identity.spec().and_then(|spec| spec.stream.uid()) == uid)
        };
        let nodes = case.observed.nodes.iter().filter(in_the_way).map(|node| node.processes);
        let expected: BTreeSet<Processes> = nodes.filter(|processes| stopped.contains(processes)).collect();
        after.iter().copied().collect::<BTreeSet<_>>() == expected && after.len() == expected.len()
    });
    let waits_for_sources = case.plan.decisions.iter().all(|decision| {
        let (Action::Start { needs, .. } | Action::Restart { needs, .. }) = &decision.action else {
            return true;
        };
        let source = match case.config.desired.get(decision.port).map(|node| &node.spec.stream) {
            Some(Stream::Support(source)) => source.port,
            _ => return needs.is_none(),
        };
        let is_source =
            |node: &ObservedNode| node.port == source && node.identity.role() == Some(Role::Source);
        let comes = case.after.nodes.iter().any(is_source);
        let wanted = case.config.desired.get(source);
        let is_wanted = wanted.is_some_and(|node| node.spec.role() == Role::Source);
        // A source that nobody knows of may be another realm's.
        case.refused() || if comes { *needs == Some(source) } else { needs.is_none() && !is_wanted }
    });
    waits_for_stops && waits_for_sources
}

/// The engine makes a new key only where the plan says so, and only for a stream that was never seen or with leave.
fn no_known_stream_gets_a_new_key(case: &Case<'_>) -> bool {
    case.plan.decisions.iter().filter(|decision| decision.action.is_change()).all(|decision| {
        if let Action::Stop { .. } = decision.action {
            return true;
        }
        let wanted = case.config.desired.get(decision.port).and_then(|node| node.spec.stream.uid());
        let Some(uid) = wanted else { return !decision.action.new_key() };
        let facts = case.observed.keys.get(uid).cloned().unwrap_or_default();
        let is_known = facts.key != KeyState::Missing
            || !facts.traces.is_empty()
            || carriers(case.observed, uid).next().is_some();
        match facts.key {
            KeyState::Present => !decision.action.new_key(),
            _ => decision.action.new_key() && (!is_known || case.policy.new_keys.contains(uid)),
        }
    })
}

/// An empty list stops nothing as not in the config, unless that is allowed.
fn an_empty_list_stops_nothing(case: &Case<'_>) -> bool {
    case.refused()
        || case.policy.allow_mass_stop
        || case.stops(StopReason::NotInConfig).all(|(decision, _)| {
            let list = decision.role.and_then(|role| case.config.desired.list(role));
            list.is_some_and(|list| !list.is_empty())
        })
}

/// Where settings differ that is the reason; otherwise only the node is restarted whose restart is asked for.
fn a_restart_has_its_reason(case: &Case<'_>) -> bool {
    case.plan.decisions.iter().all(|decision| match &decision.action {
        Action::Restart { reason: RestartReason::Drift, drift, .. } => !drift.is_empty(),
        Action::Restart { reason, drift, .. } => {
            drift.is_empty() && case.policy.restarts.get(&decision.port) == Some(reason)
        }
        _ => true,
    })
}

/// A node backs off only if nothing is to be stopped for it, and then it is not started.
fn only_what_is_missing_backs_off(case: &Case<'_>) -> bool {
    case.plan.decisions.iter().all(|decision| {
        let backs_off = case.policy.backing_off.contains_key(&decision.port);
        match &decision.action {
            Action::Start { after, .. } => !backs_off || !after.is_empty(),
            Action::Held { reason: HeldReason::BackingOff, .. } => {
                let uid = case.config.desired.get(decision.port).and_then(|node| node.spec.stream.uid());
                let runs_elsewhere = uid.is_some_and(|uid| carriers(case.observed, uid).next().is_some());
                let uses = |node: &ObservedNode| {
                    node.port == decision.port || node.listening == Listening::Elsewhere(decision.port)
                };
                backs_off && !runs_elsewhere && !case.observed.nodes.iter().any(uses)
            }
            _ => true,
        }
    })
}

impl Case<'_> {
    fn refused(&self) -> bool {
        self.plan.refused.is_some()
    }

    fn starts(&self) -> impl Iterator<Item = &Decision> {
        self.plan.decisions.iter().filter(|decision| matches!(decision.action, Action::Start { .. }))
    }

    fn signalled(&self) -> impl Iterator<Item = (&Decision, &Processes)> {
        self.plan.decisions.iter().filter_map(|decision| match &decision.action {
            Action::Stop { node, .. } | Action::Restart { node, .. } => Some((decision, node)),
            _ => None,
        })
    }

    fn stops(&self, why: StopReason) -> impl Iterator<Item = (&Decision, &Processes)> {
        self.signalled().filter(
            move |(decision, _)| matches!(&decision.action, Action::Stop { reason, .. } if *reason == why),
        )
    }

    fn has_port(&self, port: Port) -> bool {
        match &self.policy.scope {
            Scope::Ports(ports) => ports.contains(&port),
            Scope::Roles => true,
        }
    }

    fn decides_about(&self, node: &ObservedNode) -> bool {
        self.has_port(node.port) && node.identity.role().is_none_or(|role| self.config.roles.contains(&role))
    }
}

fn carriers<'a>(observed: &'a Observed, uid: &'a StreamUid) -> impl Iterator<Item = &'a ObservedNode> {
    observed.nodes.iter().filter(move |node| {
        node.identity.spec().and_then(|spec| spec.stream.uid()).is_some_and(|carried| carried == uid)
    })
}

// ---- worlds ----

const WANTS: [Wants; 5] = [Wants::Nothing, Wants::A, Wants::B, Wants::Support, Wants::WrongEntry];

const FINDS: [Finds; 16] = [
    Finds::Nothing,
    Finds::Unknown,
    Finds::UnknownBesideA,
    Finds::Taken,
    Finds::A,
    Finds::DriftedA,
    Finds::AListeningOnTheOtherPort,
    Finds::B,
    Finds::Support,
    Finds::Unidentified,
    Finds::TwiceA,
    Finds::AAndAnUnidentifiedDuplicate,
    Finds::BAndADuplicate,
    Finds::SupportAndADuplicate,
    Finds::UnidentifiedAndADuplicate,
    Finds::ContestedByAAndB,
];

const KEYS: [Keys; 3] = [Keys::Present, Keys::Missing, Keys::MissingOrDamagedOfKnownStreams];

const ALLOWS: [Allows; 5] = [
    Allows::Nothing,
    Allows::MassStop,
    Allows::MassStopAndNewKeys,
    Allows::OnlyOnePort,
    Allows::RestartsAndNoStartsYet,
];

const ROLES: [&[Role]; 3] = [&[Role::Source, Role::Support], &[Role::Source], &[Role::Support]];

/// Every config of two ports that says nothing twice.
fn configs() -> Vec<Config> {
    let mut configs: Vec<Config> = Vec::new();
    for (first, second, has_portless_entry, roles) in WANTS
        .into_iter()
        .flat_map(|first| WANTS.map(|second| (first, second)))
        .flat_map(|(first, second)| [false, true].map(|portless| (first, second, portless)))
        .flat_map(|(first, second, portless)| ROLES.map(|roles| (first, second, portless, roles)))
    {
        let wants = [first, second];
        if let Some(desired) = desired(wants, has_portless_entry, roles)
            && configs.iter().all(|config| config.desired != desired)
        {
            configs.push(Config { wants, has_portless_entry, roles, desired });
        }
    }
    configs
}

fn desired(wants: [Wants; 2], has_portless_entry: bool, roles: &[Role]) -> Option<Desired> {
    let entry = |port| WrongEntry::new(port, "wrong");
    let (mut nodes, mut wrong) = (Vec::new(), Vec::new());
    for (at, wants) in wants.into_iter().enumerate() {
        match wants {
            Wants::Nothing => {}
            Wants::A => nodes.push(source(PORTS[at], "a")),
            Wants::B => nodes.push(source(PORTS[at], "b")),
            Wants::Support => nodes.push(support(PORTS[at], &format!("127.0.0.1:{}", PORTS[1 - at]))),
            Wants::WrongEntry => wrong.push(entry(Some(port(PORTS[at])))),
        }
    }
    wrong.extend(has_portless_entry.then(|| entry(None)));
    let list = |role: Role| {
        let nodes = nodes.iter().filter(|node| node.spec.role() == role).cloned();
        let wrong = if role == Role::Source { wrong.clone() } else { Vec::new() };
        roles.contains(&role).then(|| List::new(nodes, wrong)).transpose()
    };
    Desired::new(list(Role::Source).ok()?, list(Role::Support).ok()?).ok()
}

struct Host {
    finds: [Finds; 2],
    keys: Keys,
    observed: Observed,
}

fn hosts() -> Vec<Host> {
    let mut hosts = Vec::new();
    for first in FINDS {
        for second in FINDS {
            for keys in KEYS {
                let finds = [first, second];
                hosts.push(Host { finds, keys, observed: observed(finds, keys) });
            }
        }
    }
    hosts
}

fn observed(finds: [Finds; 2], keys: Keys) -> Observed {
    let mut observed = Observed::default();
    observed.local.insert(Ipv4Addr::LOCALHOST.into());
    for (at, finds) in finds.into_iter().enumerate() {
        let (here, there) = (PORTS[at], PORTS[1 - at]);
        let a = || running(source(here, "a"));
        let b = || running(source(here, "b"));
        let supports = || running(support(here, "10.0.0.1:8640"));
        let unidentified = || b().unidentified(None, Unidentified::NewerSpec(9));
        let duplicate = || a().listens_nowhere().not_in_pid_file().with_pid(30_000 + i32::from(here));
        let nodes = match finds {
            Finds::Nothing | Finds::Unknown | Finds::Taken => vec![],
            Finds::UnknownBesideA | Finds::A => vec![a()],
            Finds::DriftedA => vec![running(source(here, "a").with(Field::Title, "two")).adopted()],
            Finds::AListeningOnTheOtherPort => vec![a().listens_on(there)],
            Finds::B => vec![b()],
            Finds::Support => vec![supports()],
            Finds::Unidentified => vec![unidentified()],
            Finds::TwiceA => vec![a(), duplicate()],
            Finds::AAndAnUnidentifiedDuplicate => {
                vec![a(), unidentified().listens_nowhere().with_pid(30_000 + i32::from(here))]
            }
            Finds::BAndADuplicate => vec![b(), duplicate()],
            Finds::SupportAndADuplicate => vec![supports(), duplicate()],
            Finds::UnidentifiedAndADuplicate => vec![unidentified(), duplicate()],
            Finds::ContestedByAAndB => vec![a(), b().with_pid(30_000 + i32::from(here))],
        };
        observed.nodes.extend(nodes);
        if let Finds::Unknown | Finds::UnknownBesideA = finds {
            let reason = UnknownReason::PidFileGarbage;
            observed.unknown.push(Unknown::new(port(here), reason));
        }
        if finds == Finds::Taken {
            let mut foreign = Foreign::default();
            foreign.pid = Some(pid(4242));
            observed.taken.insert(port(here), foreign);
        }
    }
    let missing = KeyFacts::default();
    let facts = match keys {
        Keys::Present => ["a", "b"].map(|name| (name, KeyFacts::new(KeyState::Present))),
        Keys::Missing => ["a", "b"].map(|name| (name, missing.clone())),
        Keys::MissingOrDamagedOfKnownStreams => {
            let mut known = missing;
            known.traces = vec![KeyTrace::Restart];
            [("a", known), ("b", KeyFacts::new(KeyState::Damaged("empty".to_owned())))]
        }
    };
    observed.keys.extend(facts.map(|(name, facts)| (uid(name), facts)));
    observed
}

fn policy(allows: Allows) -> Policy {
    let mut policy = Policy::default();
    policy.allow_mass_stop = allows != Allows::Nothing;
    if let Allows::MassStopAndNewKeys | Allows::OnlyOnePort = allows {
        policy.new_keys.extend(["a", "b"].map(uid));
    }
    if allows == Allows::OnlyOnePort {
        policy.scope = Scope::Ports([port(PORTS[0])].into());
    }
    if allows == Allows::RestartsAndNoStartsYet {
        let reasons = [RestartReason::Requested, RestartReason::Stalled];
        policy.restarts = PORTS.map(port).into_iter().zip(reasons).collect();
        let back_off = BackOff::new(2, Duration::from_secs(2));
        policy.backing_off = PORTS.map(|number| (port(number), back_off)).into();
    }
    policy
}

/// A source with just the settings that the planner looks at: hundreds of thousands of worlds are copied.
fn source(number: u16, name: &str) -> DesiredNode {
    let spec = Spec { port: port(number), stream: Stream::Source(uid(name)), settings: Settings::new() };
    DesiredNode::new(spec).url("http://h/x").with(Field::Type, "ts").with(Field::Title, "one")
}
