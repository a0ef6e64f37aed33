//! Whole pages, byte for byte.

use super::*;
use crate::NodeType;

fn node(port: u16, name: &str, state: State) -> Node {
    Node { role: Some(NodeType::Source), listed: Some(true), ..Node::new(port, name, state) }
}

fn page(nodes: Vec<Node>) -> Metrics {
    Metrics { nodes, ..Metrics::new("0.1.0", 1.5e9) }
}

/// The page's lines about one family, in the text format.
#[track_caller]
fn check(metrics: &Metrics, family: &str, expected: &[&str]) {
    let text = metrics.render(Format::Text);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.strip_prefix(family).is_some_and(|rest| rest.starts_with('{')))
        .collect();
    assert_eq!(lines, expected, "{text}");
}

fn whole() -> Metrics {
    let all_known = Node {
        version: Some("3.2.3".to_owned()),
        uptime_s: Some(61.25),
        restarts: 2,
        failures: 1,
        key_usable: Some(false),
        download_bytes_per_s: Some(50_000.0),
        upload_bytes_per_s: Some(1.0),
        source_bytes_per_s: Some(49_999.5),
        source_reconnects: Some(3),
        peers: Some(7),
        rss_bytes: Some(104_857_600),
        cpu_s: Some(0.75),
        ..node(8640, "news", State::Answering)
    };
    let down = Node { role: None, listed: None, ..node(8641, "a \"b\"", State::Down) };
    let config = Task { last_success_s: Some(1.6e9), runs: 4, ..Task::new("config") };
    let plan = PlanSize { starts: 1, stops: 0, restarts: 2, held: 3 };
    Metrics { tasks: vec![config], plan: Some(plan), events_dropped: Some(0), ..page(vec![down, all_known]) }
}

#[test]
fn a_page_in_the_text_format() {
    assert_eq!(whole().render(Format::Text), include_str!("tests/page.txt"));
}

#[test]
fn the_same_page_in_openmetrics() {
    assert_eq!(whole().render(Format::OpenMetrics), include_str!("tests/page.openmetrics"));
}

#[test]
fn what_is_not_known_is_left_out() {
    let nothing = Metrics { start_time_s: f64::NAN, ..page(vec![node(8640, "news", State::Silent)]) };
    assert_eq!(
        nothing.render(Format::Text),
        "# TYPE acecast_build_info gauge\n\
         # HELP acecast_build_info The version of acecast.\n\
         acecast_build_info{version=\"0.1.0\"} 1\n\
         # TYPE acecast_node_up gauge\n\
         # HELP acecast_node_up Whether the node's process is there, in whatever state.\n\
         acecast_node_up{port=\"8640\",role=\"source\",name=\"news\"} 1\n\
         # TYPE acecast_node_listed gauge\n\
         # HELP acecast_node_listed Whether the node is configured.\n\
         acecast_node_listed{port=\"8640\",role=\"source\",name=\"news\"} 1\n\
         # TYPE acecast_node_restarts_total counter\n\
         # HELP acecast_node_restarts_total How often the node's process was replaced by another, for whatever reason.\n\
         acecast_node_restarts_total{port=\"8640\",role=\"source\",name=\"news\"} 0\n\
         # TYPE acecast_node_consecutive_failures gauge\n\
         # HELP acecast_node_consecutive_failures How often in a row the node ended by itself or could not be started; 0 after a good run.\n\
         acecast_node_consecutive_failures{port=\"8640\",role=\"source\",name=\"news\"} 0\n\
         # TYPE acecast_node_state gauge\n\
         # HELP acecast_node_state How the node is: 1 for the state that it is in, 0 for the others.\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"answering\"} 0\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"starting\"} 0\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"no-input\"} 0\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"silent\"} 1\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"unknown\"} 0\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"down\"} 0\n\
         acecast_node_state{port=\"8640\",role=\"source\",name=\"news\",state=\"stale\"} 0\n"
    );
}

#[test]
fn nodes_stand_in_the_order_of_their_ports() {
    check(
        &page(vec![
            node(10000, "c", State::Down),
            node(9000, "b", State::Answering),
            node(80, "a", State::Silent),
        ]),
        "acecast_node_up",
        &[
            r#"acecast_node_up{port="80",role="source",name="a"} 1"#,
            r#"acecast_node_up{port="9000",role="source",name="b"} 1"#,
            r#"acecast_node_up{port="10000",role="source",name="c"} 0"#,
        ],
    );
}

#[test]
fn of_two_nodes_with_the_same_labels_the_better_one_is_shown() {
    let with_peers = |state, peers| Node { peers: Some(peers), ..node(8640, "news", state) };
    let of_two = |first, second| page(vec![with_peers(first, 1), with_peers(second, 2)]);
    let peers = |peers| format!(r#"acecast_node_peers{{port="8640",role="source",name="news"}} {peers}"#);
    for (first, second, shown) in [
        (State::Silent, State::Answering, 2),
        (State::Answering, State::Silent, 1),
        (State::Answering, State::Answering, 1),
        (State::Unknown, State::Silent, 2),
        (State::Silent, State::Down, 1),
        (State::Stale, State::Down, 2),
    ] {
        check(&of_two(first, second), "acecast_node_peers", &[&peers(shown)]);
    }
    // A process that is there counts more than what is said of the state.
    let there = Node { alive: true, ..with_peers(State::Unknown, 2) };
    check(&page(vec![with_peers(State::Down, 1), there]), "acecast_node_peers", &[&peers(2)]);
}

#[test]
fn two_streams_on_one_port_are_two_series() {
    check(
        &page(vec![node(8640, "old", State::Silent), node(8640, "new", State::Answering)]),
        "acecast_node_up",
        &[
            r#"acecast_node_up{port="8640",role="source",name="new"} 1"#,
            r#"acecast_node_up{port="8640",role="source",name="old"} 1"#,
        ],
    );
}

#[test]
fn names_that_only_differ_before_they_are_written_are_one_series() {
    let long = "x".repeat(300);
    check(
        &page(vec![node(1, &long, State::Answering), node(1, &(long.clone() + "y"), State::Answering)]),
        "acecast_node_up",
        &[&format!(r#"acecast_node_up{{port="1",role="source",name="{}…"}} 1"#, "x".repeat(255))],
    );
}

#[test]
fn a_node_without_facts_is_as_alive_as_its_state_lets_expect() {
    for state in State::ALL {
        let nothing = page(vec![Node::new(8640, "news", state)]).render(Format::Text);
        let alive = u8::from(!matches!(state, State::Unknown | State::Down | State::Stale));
        assert!(
            nothing.contains(&format!(
                "acecast_node_up{{port=\"8640\",role=\"unknown\",name=\"news\"}} {alive}\n"
            )),
            "{nothing}"
        );
        assert!(!nothing.contains("acecast_node_listed"), "{nothing}");
    }
}

#[test]
fn a_task_is_shown_once() {
    let task = |runs| Task { runs, failures: 1, ..Task::new("config") };
    let twice = Metrics { tasks: vec![task(1), task(2)], ..page(Vec::new()) };
    check(&twice, "acecast_task_runs_total", &[r#"acecast_task_runs_total{task="config"} 1"#]);
    check(&twice, "acecast_task_failures_total", &[r#"acecast_task_failures_total{task="config"} 1"#]);
    check(&twice, "acecast_task_last_success_timestamp_seconds", &[]);
}

#[test]
fn the_media_types() {
    assert_eq!(
        Format::ALL.map(Format::content_type),
        [
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "text/plain; version=0.0.4; charset=utf-8"
        ]
    );
}
