use std::time::Duration;

use acecast_engine::Answer;
use acecast_engine::observe::PidFile;
use acecast_reconcile::{
    Observed, ProcessId, Processes, Settings, Spec, Stream, Unidentified, Unknown, UnknownReason,
};
use serde_json::{Value as Json, json};

use super::*;

fn port(number: u64) -> Port {
    number.try_into().unwrap()
}

fn entry(role: Role, number: u64, name: &str) -> WantedNode {
    let channel = Some(Channel::Beta);
    WantedNode { role, port: port(number), name: Some(name.to_owned()), channel, url: None, wrong: None }
}

fn processes(pid: i64) -> Processes {
    let engine = ProcessId { pid: pid.try_into().unwrap(), start_ticks: 1 };
    Processes::Engine { engine, wrapper: None }
}

fn node(number: u64, pid: i64, uid: &str, health: Health) -> ObservedNode {
    let settings = Settings::from([(Field::EngineVersion, "stable".into())]);
    let stream = Stream::Source(uid.parse().unwrap());
    let identity = Identity::Managed(Spec { port: port(number), stream, settings });
    let mut node = ObservedNode::new(port(number), processes(pid), identity);
    node.health = health;
    node
}

fn facts(answer: &str) -> NodeFacts {
    let answer = Some(Answer::parse(answer).unwrap());
    let mut facts = NodeFacts::new(answer, Duration::from_millis(61_900));
    facts.rss_bytes = 5000;
    facts
}

fn snapshot(nodes: Vec<ObservedNode>, facts: Vec<(i64, NodeFacts)>) -> Snapshot {
    let mut observed = Observed::default();
    observed.nodes = nodes;
    let mut snapshot = Snapshot::new(observed);
    snapshot.facts = facts.into_iter().map(|(pid, facts)| (processes(pid), facts)).collect();
    snapshot
}

fn stale(number: u64) -> (Port, PidFile) {
    (port(number), PidFile::read(format!("/pid/acestreamengine-{number}.pid").as_ref()))
}

fn json_of(wanted: &Wanted, snapshot: &Snapshot) -> Json {
    json!(rows(wanted, snapshot))
}

fn states(rows: &[Row]) -> Vec<(u16, State, Option<bool>)> {
    rows.iter().map(|row| (row.port.get(), row.state, row.listed)).collect()
}

#[test]
fn a_running_source_shows_what_comes_in_and_a_configured_one_is_down() {
    let wanted = Wanted {
        nodes: vec![entry(Role::Source, 8640, "news"), entry(Role::Source, 8650, "tv")],
        ..Wanted::default()
    };
    let answer = r#"{"version":"3.2.3","download_speed":0,"source_download_rate":7,"upload_speed":8,
                     "connected_peers_count":9}"#;
    let world = snapshot(vec![node(8640, 42, "news", Health::Answering)], vec![(42, facts(answer))]);
    assert_eq!(
        json_of(&wanted, &world),
        json!([
            {
                "port": 8640, "role": "source", "name": "news", "state": "answering", "listed": true, "pid": 42,
                "engine_version": "stable", "version": "3.2.3", "uptime_s": 61, "download_speed": 7,
                "upload_speed": 8, "peers": 9, "rss_bytes": 5000, "error": null, "key_error": null
            },
            {
                "port": 8650, "role": "source", "name": "tv", "state": "down", "listed": true, "pid": null,
                "engine_version": "beta", "version": null, "uptime_s": null, "download_speed": null,
                "upload_speed": null, "peers": null, "rss_bytes": null, "error": null, "key_error": null
            },
        ])
    );
    assert!(!all_well(&wanted, &rows(&wanted, &world)), "one is down");
}

#[test]
fn a_source_that_tells_no_source_rate_shows_its_download_speed() {
    let world =
        snapshot(vec![node(8640, 42, "tv", Health::Answering)], vec![(42, facts(r#"{"download_speed":5}"#))]);
    assert_eq!(json_of(&Wanted::default(), &world)[0]["download_speed"], 5);
}

#[test]
fn what_is_not_in_the_lists_is_told_apart_from_what_cannot_be_known() {
    let world = snapshot(vec![node(8640, 42, "news", Health::NoInput)], Vec::new());
    let known = rows(&Wanted::default(), &world);
    assert_eq!(states(&known), [(8640, State::NoInput, Some(false))]);
    let no_list = Wanted { missing: vec![Role::Source], ..Wanted::default() };
    assert_eq!(states(&rows(&no_list, &world)), [(8640, State::NoInput, None)]);
    let other_list = Wanted { missing: vec![Role::Support], ..Wanted::default() };
    assert_eq!(states(&rows(&other_list, &world)), [(8640, State::NoInput, Some(false))]);
}

#[test]
fn a_stale_pid_file_is_down_where_configured_and_stale_elsewhere() {
    let wanted = Wanted { nodes: vec![entry(Role::Source, 8640, "news")], ..Wanted::default() };
    let mut world = snapshot(Vec::new(), Vec::new());
    world.stale = vec![stale(8640), stale(8650), stale(8650)];
    let rows = rows(&wanted, &world);
    assert_eq!(states(&rows), [(8640, State::Down, Some(true)), (8650, State::Stale, Some(false))]);
    assert!(rows[1].error.as_deref().unwrap().contains("acestreamengine-8650.pid"));
}

#[test]
fn an_unknown_port_says_why_and_keeps_its_configured_name() {
    let wanted = Wanted { nodes: vec![entry(Role::Support, 8640, "10.0.0.1:80")], ..Wanted::default() };
    let mut world = snapshot(Vec::new(), Vec::new());
    let unknown = |number| Unknown::new(port(number), UnknownReason::PidFileGarbage);
    world.observed.unknown = vec![unknown(8640), unknown(8650)];
    let rows = rows(&wanted, &world);
    assert_eq!(states(&rows), [(8640, State::Unknown, Some(true)), (8650, State::Unknown, Some(false))]);
    assert_eq!((rows[0].role, rows[0].name.as_deref()), (Some(Role::Support), Some("10.0.0.1:80")));
    assert_eq!(rows[0].error.as_deref(), Some("pid file holds no pid"));
    assert!(!all_well(&wanted, &rows));
}

#[test]
fn another_role_on_a_configured_port_does_not_stand_in_for_it() {
    let wanted = Wanted { nodes: vec![entry(Role::Support, 8640, "10.0.0.1:80")], ..Wanted::default() };
    let world = snapshot(vec![node(8640, 42, "news", Health::Answering)], Vec::new());
    let rows = rows(&wanted, &world);
    assert_eq!(states(&rows), [(8640, State::Answering, Some(false)), (8640, State::Down, Some(true))]);
    assert!(!all_well(&wanted, &rows));
}

#[test]
fn a_node_that_cannot_be_identified_is_that_of_its_port() {
    let wanted = Wanted { nodes: vec![entry(Role::Source, 8640, "news")], ..Wanted::default() };
    let mut strange = node(8640, 42, "x", Health::Silent("connection refused".to_owned()));
    strange.identity = Identity::Unidentified { role: None, why: Unidentified::NewerSpec(9) };
    let rows = rows(&wanted, &snapshot(vec![strange], Vec::new()));
    assert_eq!(states(&rows), [(8640, State::Silent, Some(true))]);
    assert_eq!(
        (rows[0].name.as_deref(), rows[0].error.as_deref()),
        (Some("news"), Some("connection refused"))
    );
}

#[test]
fn a_wrong_entry_is_there_with_what_is_wrong() {
    let wrong = WantedNode {
        name: None,
        channel: None,
        wrong: Some("config entry wrong: bitrate".to_owned()),
        ..entry(Role::Source, 8640, "")
    };
    let wanted = Wanted { nodes: vec![wrong], ..Wanted::default() };
    let rows = rows(&wanted, &snapshot(Vec::new(), Vec::new()));
    assert_eq!(states(&rows), [(8640, State::Down, Some(true))]);
    assert_eq!(rows[0].error.as_deref(), Some("config entry wrong: bitrate"));
    assert!(!wanted.all_usable());
}
