//! A host with nodes in all states, and with names that were made to hurt.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::web::Pages;

/// The name of a node that tries to be a script.
pub(super) const HOSTILE: &str = "<script>document.title='x'</script>";

#[derive(Default)]
pub(super) struct Shown {
    recovered: AtomicBool,
}

impl Shown {
    /// The node that was down answers.
    pub(super) fn recover(&self) {
        self.recovered.store(true, Ordering::SeqCst);
    }
}

/// A wave of rates, with a gap where nobody looked.
fn trend(down: u64, up: u64) -> Value {
    let points = (0..60u64).rev().map(|i| {
        let wave = if i < 12 && down.is_multiple_of(2) { 40 + i } else { 85 + (i * 37 % 23) };
        let at = |rate: u64| if (30..34).contains(&i) { Value::Null } else { json!(rate * wave / 100) };
        json!([i * 5, at(down), at(up)])
    });
    points.collect()
}

fn node(port: u16, role: &str, name: &str, stream: &str, state: &str, speeds: (u64, u64)) -> Value {
    json!({"port": port, "role": role, "name": name, "state": state, "listed": true, "pid": 4000 + u32::from(port),
        "engine_version": "stable", "version": "3.2.3", "uptime_s": u64::from(port) * 31, "download_speed": speeds.0,
        "upload_speed": speeds.1, "peers": port % 57, "rss_bytes": u64::from(port) * 23_456, "error": null,
        "restarts": port % 3, "note": null, "stream": stream, "trend": trend(speeds.0, speeds.1)})
}

fn altered(mut node: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { return node };
    for (key, value) in changes {
        node[key] = value;
    }
    node
}

impl Pages for Shown {
    fn status(&self) -> Value {
        let nothing = json!({"pid": null, "version": null, "uptime_s": null, "download_speed": null,
            "upload_speed": null, "peers": null, "rss_bytes": null, "trend": []});
        let down = node(6107, "support", "192.0.2.10:6101", "Example News", "down", (0, 0));
        let down = altered(
            altered(down, nothing),
            json!({"restarts": 7, "note": "ended 3 times in a row; is started again in 8 s"}),
        );
        let last = if self.recovered.load(Ordering::SeqCst) {
            node(6107, "support", "192.0.2.10:6101", "Example News", "answering", (1, 1))
        } else {
            down
        };
        let silent = node(6103, "source", "example_film", "Example Film HD", "silent", (0, 0));
        let silent = altered(
            silent,
            json!({"error": "GET http://127.0.0.1:6103/app/10/monitor: timed out after 2 s", "download_speed": null, "upload_speed": null, "peers": null}),
        );
        let no_input = node(6102, "source", "example_sport", "Example Sport", "no-input", (0, 1_250_000));
        let no_input = altered(no_input, json!({"note": "nothing has come in for 74 s"}));
        let stranger = node(6106, "support", "192.0.2.11:6101", "", "answering", (412_000, 2_500_000));
        let stranger = altered(stranger, json!({"listed": false, "stream": null}));
        let starting = node(6104, "source", "example_kids", "Example Kids", "starting", (0, 0));
        json!({"schema": 1, "refreshed_s": 0.4, "nodes": [
            node(6101, "source", "example_news", "Example News", "answering", (1_125_000, 18_400_000)),
            no_input,
            silent,
            altered(starting, json!({"uptime_s": 3, "trend": []})),
            node(6105, "source", HOSTILE, "<img src=x onerror=alert(1)> \u{202e}txet", "answering", (625_000, 999_960)),
            node(6108, "source", &"example_name_of_two_hundred_characters_".repeat(6)[..200], &"A title that is as long. ".repeat(8), "answering", (2_000_000, 43_000_000)),
            stranger,
            last,
        ]})
    }

    fn plan(&self) -> Value {
        let one = |action: &str, port: u16, name: &str, reason: &str, detail: &str| {
            json!({"action": action, "role": "source", "port": port, "name": name, "pid": null, "reason": reason,
                "detail": detail, "drift": [], "noted": [], "new_key": false})
        };
        let restart = altered(
            one("restart", 6101, "example_news", "drift", ""),
            json!({"drift": [{"field": "bitrate", "from": 1, "to": 2}, {"field": "title", "from": "a", "to": "b"}]}),
        );
        json!({"schema": 1, "changes": 1, "refused": null,
            "errors": [{"source": "nodes.json", "line": 12, "column": 5, "path": "[3].bitrate", "message": "expected a number, found \"fast\""}],
            "nodes": [restart, one("keep", 6102, "example_sport", "in_sync", ""),
                one("held", 6109, "example_music", "key_damaged", "example_music.sauth is damaged")]})
    }

    fn events(&self) -> Value {
        let one = |time: &str,
                   event: &str,
                   port: u16,
                   name: Option<&str>,
                   outcome: Option<&str>,
                   detail: &str| {
            let (port, role) =
                if port == 0 { (Value::Null, Value::Null) } else { (json!(port), json!("source")) };
            json!({"time": time, "event": event, "port": port, "role": role, "name": name, "outcome": outcome, "detail": detail})
        };
        json!({"schema": 1, "events": [
            one("2026-11-22T15:58:01Z", "start", 6101, Some("example_news"), Some("ready"), "missing"),
            one("2026-11-22T15:58:03Z", "died", 6107, Some("example_news"), None, "after 3 s; is started again in 1 s"),
            one("2026-11-22T15:58:04Z", "start", 6107, Some("example_news"), Some("failed"), "ended at once with exit code 1; its log is /var/log/acecast/6107.log"),
            one("2026-11-22T15:59:30Z", "stalled", 6102, Some("example_sport"), None, "no input for 60 s"),
            one("2026-11-22T16:00:00Z", "held", 6105, Some(HOSTILE), None, "the port is taken by another program"),
            one("2026-11-22T16:00:40Z", "config_good", 0, None, None, "8 nodes"),
        ]})
    }

    fn metrics(&self, _: acecast_telemetry::metrics::Format) -> String {
        String::new()
    }

    fn is_ready(&self) -> bool {
        true
    }
}
