//! The metric families: names, units, and where their values come from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::NodeType;
use crate::metrics::label::{label, with};
use crate::metrics::page::{Family, Kind, Page};
use crate::metrics::value::Value;
use crate::metrics::{Metrics, Node, PlanSize, State, Task};

/// Writes all families, in this order.
pub(super) fn write(metrics: &Metrics, page: &mut Page) {
    let Metrics { version, start_time_s, nodes, tasks, plan, events_dropped } = metrics;
    page.family(&BUILD, [(label("version", version), Value::yes(true))]);
    page.family(&START_TIME, Value::measured(Some(*start_time_s)).map(|value| ("", value)));
    write_nodes(nodes, page);
    write_tasks(tasks, page);
    page.family(&PLAN, plan.iter().flat_map(actions));
    page.family(&EVENTS_DROPPED, Value::count(*events_dropped).map(|value| ("", value)));
}

fn write_nodes(nodes: &[Node], page: &mut Page) {
    let nodes = distinct(nodes);
    for (family, value) in &NODE {
        page.family(family, nodes.iter().filter_map(|(labels, node)| Some((labels, value(node)?))));
    }
    let states = nodes.iter().flat_map(|(labels, node)| {
        State::ALL.map(|state| (with(labels, "state", state.as_str()), Value::yes(node.state == state)))
    });
    page.family(&NODE_STATE, states);
    let versions = nodes.iter().filter_map(|(labels, node)| {
        let version = node.version.as_deref()?;
        Some((with(labels, "version", version), Value::yes(true)))
    });
    page.family(&NODE_INFO, versions);
}

/// The nodes by port, each with its labels, and no labels twice: a page that has a series twice is refused whole.
fn distinct(nodes: &[Node]) -> Vec<(String, &Node)> {
    let mut distinct: BTreeMap<(u16, String), &Node> = BTreeMap::new();
    for node in nodes {
        let best = distinct.entry((node.port, labels(node))).or_insert(node);
        let rank = |node: &Node| (Reverse(node.alive), node.state);
        if rank(node) < rank(best) {
            *best = node;
        }
    }
    distinct.into_iter().map(|((_, labels), node)| (labels, node)).collect()
}

fn labels(node: &Node) -> String {
    let port = label("port", &node.port.to_string());
    let with_role = with(&port, "role", node.role.map_or("unknown", NodeType::as_str));
    with(&with_role, "name", &node.name)
}

fn write_tasks(tasks: &[Task], page: &mut Page) {
    let mut distinct: BTreeMap<&str, &Task> = BTreeMap::new();
    for task in tasks {
        distinct.entry(task.name).or_insert(task);
    }
    for (family, value) in &TASK {
        let samples = distinct.iter().filter_map(|(name, task)| Some((label("task", name), value(task)?)));
        page.family(family, samples);
    }
}

fn actions(plan: &PlanSize) -> [(String, Value); 4] {
    let PlanSize { starts, stops, restarts, held } = *plan;
    [("start", starts), ("stop", stops), ("restart", restarts), ("held", held)]
        .map(|(action, nodes)| (label("action", action), Value::Count(nodes)))
}

const BUILD: Family =
    Family { name: "acecast_build", kind: Kind::Info, unit: None, help: "The version of acecast." };

const START_TIME: Family = Family {
    name: "acecast_start_time_seconds",
    kind: Kind::Gauge,
    unit: Some("seconds"),
    help: "When acecast began to run, in seconds since 1970.",
};

/// A gauge also in OpenMetrics: a state set of that format would have to call its label `acecast_node_state`, and
/// the series would be another one there.
const NODE_STATE: Family = Family {
    name: "acecast_node_state",
    kind: Kind::Gauge,
    unit: None,
    help: "How the node is: 1 for the state that it is in, 0 for the others.",
};

const NODE_INFO: Family = Family {
    name: "acecast_node",
    kind: Kind::Info,
    unit: None,
    help: "The version of the engine that the node runs.",
};

const PLAN: Family = Family {
    name: "acecast_plan_changes",
    kind: Kind::Gauge,
    unit: None,
    help: "Nodes that the last plan would start, stop or restart, or holds because it cannot decide safely.",
};

const EVENTS_DROPPED: Family = Family {
    name: "acecast_events_dropped",
    kind: Kind::Counter,
    unit: None,
    help: "Events that could not be written to the log of events.",
};

/// A family of which each `T` has at most one sample.
type Each<T> = (Family, fn(&T) -> Option<Value>);

const fn gauge<T>(
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    value: fn(&T) -> Option<Value>,
) -> Each<T> {
    (Family { name, kind: Kind::Gauge, unit, help }, value)
}

const fn counter<T>(
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    value: fn(&T) -> Option<Value>,
) -> Each<T> {
    (Family { name, kind: Kind::Counter, unit, help }, value)
}

const NODE: [Each<Node>; 13] = [
    gauge("acecast_node_up", None, "Whether the node's process is there, in whatever state.", |node| {
        Some(Value::yes(node.alive))
    }),
    gauge("acecast_node_listed", None, "Whether the node is configured.", |node| node.listed.map(Value::yes)),
    gauge("acecast_node_uptime_seconds", Some("seconds"), "How long the node has been running.", |node| {
        Value::measured(node.uptime_s)
    }),
    counter(
        "acecast_node_restarts",
        None,
        "How often the node's process was replaced by another, for whatever reason.",
        |node| Value::count(Some(node.restarts)),
    ),
    gauge(
        "acecast_node_consecutive_failures",
        None,
        "How often in a row the node ended by itself or could not be started; 0 after a good run.",
        |node| Value::count(Some(node.failures)),
    ),
    gauge(
        "acecast_node_key_usable",
        None,
        "Whether the key of the node's stream is there and whole, so that the node could be started again.",
        |node| node.key_usable.map(Value::yes),
    ),
    gauge(
        "acecast_node_download_bytes_per_second",
        Some("bytes_per_second"),
        "What the node receives.",
        |node| Value::measured(node.download_bytes_per_s),
    ),
    gauge("acecast_node_upload_bytes_per_second", Some("bytes_per_second"), "What the node sends.", |node| {
        Value::measured(node.upload_bytes_per_s)
    }),
    gauge(
        "acecast_node_source_bytes_per_second",
        Some("bytes_per_second"),
        "What comes in from the original stream.",
        |node| Value::measured(node.source_bytes_per_s),
    ),
    counter(
        "acecast_node_source_reconnects",
        None,
        "How often the node connected to the original stream again.",
        |node| Value::count(node.source_reconnects),
    ),
    gauge("acecast_node_peers", None, "The peers that are connected to the node.", |node| {
        Value::count(node.peers)
    }),
    gauge("acecast_node_resident_memory_bytes", Some("bytes"), "The node's resident memory.", |node| {
        Value::count(node.rss_bytes)
    }),
    counter(
        "acecast_node_cpu_seconds",
        Some("seconds"),
        "The processor time that the node has used, user and system.",
        |node| Value::measured(node.cpu_s),
    ),
];

const TASK: [Each<Task>; 4] = [
    gauge(
        "acecast_task_last_success_timestamp_seconds",
        Some("seconds"),
        "When the task last succeeded, in seconds since 1970.",
        |task| Value::measured(task.last_success_s),
    ),
    gauge(
        "acecast_task_last_failure_timestamp_seconds",
        Some("seconds"),
        "When the task last failed, in seconds since 1970.",
        |task| Value::measured(task.last_failure_s),
    ),
    counter("acecast_task_runs", None, "How often the task was done, failures included.", |task| {
        Value::count(Some(task.runs))
    }),
    counter("acecast_task_failures", None, "How often the task failed.", |task| {
        Value::count(Some(task.failures))
    }),
];
