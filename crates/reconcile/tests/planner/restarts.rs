use acecast_reconcile::testing::{World, running, source, support};
use acecast_reconcile::{Channel, DesiredNode, Field, ObservedNode, Value};

use crate::checked;

#[track_caller]
fn drifts(wanted: DesiredNode, found: impl Into<ObservedNode>, expected: &str) -> String {
    let plan = checked(&World::new().wants(wanted).runs(found), expected);
    format!("{plan}{plan:?}{}", serde_json::to_string(&plan).expect("a plan has a JSON form"))
}

#[test]
fn every_changed_setting_is_listed() {
    drifts(
        source(8640, "brodilo").with(Field::Bitrate, 500_000).channel(Channel::Beta),
        source(8640, "brodilo").with(Field::Bitrate, 400_000).channel(Channel::Stable),
        "
        ~ restart  source  8640  brodilo  bitrate 400000 → 500000, engine_version stable → beta
        ",
    );
}

#[test]
fn another_channel_is_said_once_and_another_place_of_the_same_channel_too() {
    let moved = source(8640, "a").with(Field::EnginePath, "/opt/ace-3.3/start-engine");
    drifts(
        moved,
        source(8640, "a"),
        "
        ~ restart  source  8640  a  engine_path /opt/ace/stable/start-engine → /opt/ace-3.3/start-engine
        ",
    );
}

#[test]
fn lists_differ_as_sets() {
    let node = |items: &[&str]| source(8640, "a").with(Field::UploadTo, Value::set(items));
    drifts(
        node(&["10.0.0.2:1", "10.0.0.1:1"]),
        node(&["10.0.0.1:1", "10.0.0.2:1"]),
        "
        = keep  source  8640  a
        ",
    );
    drifts(
        node(&["10.0.0.2:1", "10.0.0.1:1"]),
        node(&["10.0.0.1:1"]),
        "
        ~ restart  source  8640  a  upload_to [10.0.0.1:1] → [10.0.0.1:1, 10.0.0.2:1]
        ",
    );
}

#[test]
fn a_support_node_with_another_source_is_the_same_node() {
    drifts(
        support(8641, "10.0.0.2:8650"),
        support(8641, "10.0.0.1:8640"),
        "
        ~ restart  support  8641  10.0.0.2:8650  source_ip 10.0.0.1 → 10.0.0.2, source_port 8640 → 8650
        ",
    );
}

#[test]
fn what_is_not_known_of_a_node_is_taken_as_equal() {
    let found = running(source(8640, "a").secret(Field::ProviderKey, "hunter2"))
        .adopted()
        .without(Field::ProviderKey)
        .without(Field::EngineVersion)
        .without(Field::EnginePath);
    drifts(
        source(8640, "a").channel(Channel::Beta),
        found,
        "
        = keep  source  8640  a
        ",
    );
}

#[test]
fn secrets_that_changed_are_not_shown() {
    let wanted =
        source(8640, "a").secret(Field::ProviderKey, "hunter2").secret(Field::NodeAccessToken, "hunter3");
    let shown = drifts(
        wanted,
        source(8640, "a").secret(Field::NodeAccessToken, "hunter4"),
        "
        ~ restart  source  8640  a  provider_key changed, node_access_token changed
        ",
    );
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn credentials_that_changed_are_not_shown() {
    let node = |password: &str| source(8640, "a").url(&format!("http://me:{password}@h/x"));
    let shown = drifts(
        node("hunter2"),
        node("hunter3"),
        "
        ~ restart  source  8640  a  url changed
        ",
    );
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn another_url_is_drift_and_its_credentials_are_not_said_again() {
    let shown = drifts(
        source(8640, "a").url("http://me:hunter2@h/y"),
        source(8640, "a").url("http://h/x"),
        "
        ~ restart  source  8640  a  url http://h/x → http://h/y
        ",
    );
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn a_new_session_token_is_noted_and_restarts_nothing() {
    let node = |token: &str| source(8640, "a").url(&format!("http://h/x?token={token}#{token}"));
    let shown = drifts(
        node("hunter2"),
        node("hunter3"),
        "
        = keep  source  8640  a  url has a new query, used at the next start
        ",
    );
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn a_restart_for_another_reason_notes_the_new_session_token_too() {
    let node = |token: &str| source(8640, "a").url(&format!("http://h/x?token={token}"));
    drifts(
        node("1").with(Field::Bitrate, 0),
        node("2"),
        "
        ~ restart  source  8640  a  bitrate 400000 → 0, url has a new query
        ",
    );
}

#[test]
fn pass_keys_of_trackers_are_not_shown() {
    let node = |urls: &[&str]| source(8640, "a").with(Field::Trackers, Value::set(urls));
    let one = "udp://me:hunter2@t.example:1/announce?key=hunter2";
    let shown = drifts(
        node(&[one, "udp://u/announce"]),
        node(&["udp://v"]),
        "
        ~ restart  source  8640  a  trackers [udp://v] → [udp://t.example:1/announce?****, udp://u/announce]
        ",
    );
    assert!(!shown.contains("hunter"), "{shown}");
    let shown = drifts(
        node(&[one]),
        node(&["udp://t.example:1/announce?key=hunter3"]),
        "
        ~ restart  source  8640  a  trackers changed
        ",
    );
    assert!(!shown.contains("hunter"), "{shown}");
}

#[test]
fn hostile_text_is_escaped_and_long_text_is_cut() {
    let title = format!("\u{1b}[2J\n{}", "x".repeat(100));
    drifts(source(8640, "a").with(Field::Title, title), source(8640, "a"), "
        ~ restart  source  8640  a  title \"The a channel\" → \\u{1b}[2J\\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
        ");
}
