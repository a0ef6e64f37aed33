//! The status document, field by field as real nodes of each version and kind have shown it.
//!
//! `templates/` holds those answers whole; here only what is true of this node is put in their place.
//! A version that lacks a field does not get it.

use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use crate::engine::clock::unix_seconds;
use crate::engine::node::Node;
use crate::engine::settings::Kind;
use crate::engine::version::Version;

/// The answer to `/app/monitor`, with more members at its end, byte for byte as they are given: a number that is read
/// and written again would not be the same.
pub(crate) fn text(node: &Node, extra: &str) -> String {
    let mut text = Value::from(document(node)).to_string();
    if !extra.is_empty() {
        text.truncate(text.len() - 1);
        text = format!("{text}, {extra}}}");
    }
    text
}

/// The same as a document.
pub(crate) fn document(node: &Node) -> Map<String, Value> {
    let phase = node.phase();
    let mut doc = Document::of(node, phase.running);
    let settings = &node.settings;
    let peers = peers(node);
    let now = unix_seconds();
    let rate = if node.input.is_connected() { node.input.meter.rate() } else { 0 };
    let is_ts = matches!(settings.kind, Kind::Ts(_));
    doc.put("type", if is_ts { "source" } else { "support" });
    doc.put("status", if phase.running { "running" } else { "starting" });
    doc.put("timestamp", now);
    doc.put("last_stats_update", if peers.is_empty() { 0 } else { now });
    doc.put("run_time", phase.since.elapsed().as_secs());
    doc.put("stats_report_interval", settings.stats_report_interval);
    doc.put("stats_report_peers", u8::from(settings.stats_report_peers));
    doc.put("max_peers", node.max_peers.load(Ordering::Relaxed));
    doc.put("private_node", settings.private_node);
    doc.put("download_from", pairs(&settings.download_from));
    doc.put("upload_to", pairs(&settings.upload_to));
    doc.put("download_speed", if is_ts { 0 } else { rate });
    doc.put("upload_speed", node.upload.rate());
    doc.put("connected_peers_count", peers.len());
    doc.put("connected_peers", if settings.stats_report_peers { peers } else { Vec::new() });
    doc.put("port", settings.port);
    doc.put("pid", std::process::id());
    doc.put("download_hash", node.stream.download_hash.as_str());
    doc.put("hls_manifest_url", node.stream.hls_manifest_url.as_deref());
    if let Kind::Ts(ts) = &settings.kind {
        let first = u64::from(!node.version.counts_first_connection());
        let reconnects = node.input.attempts.load(Ordering::Relaxed).saturating_sub(first);
        doc.put("source_url", ts.source.as_str());
        doc.put("source_connected", node.input.is_connected());
        doc.put("source_download_rate", rate);
        doc.put("source_last_connect", node.input.last_connect.load(Ordering::Relaxed));
        for name in ["source_reconnects", "source_reconnects_1", "source_reconnects_24"] {
            doc.put(name, reconnects);
        }
    }
    doc.0
}

struct Document(Map<String, Value>);

impl Document {
    fn of(node: &Node, running: bool) -> Self {
        let is_ts = matches!(node.settings.kind, Kind::Ts(_));
        let text = match (node.version, running, is_ts) {
            (Version::V3_2_3, true, true) => include_str!("templates/3.2.3-source-running.json"),
            (Version::V3_2_3, false, true) => include_str!("templates/3.2.3-source-starting.json"),
            (Version::V3_2_3, _, false) => include_str!("templates/3.2.3-support.json"),
            (Version::V3_0_5_1, false, _) => include_str!("templates/3.0.5.1-starting.json"),
            (Version::V3_0_5_1, true, true) => include_str!("templates/3.0.5.1-source-running.json"),
            (Version::V3_0_5_1, true, false) => include_str!("templates/3.0.5.1-support-running.json"),
        };
        let mut doc = serde_json::from_str(text).map_or_else(|_| Self(Map::new()), Self);
        if node.stream.hls_manifest_url.is_none() {
            doc.0.shift_remove("hls_manifest_url");
        }
        if !running {
            doc.put("transport_stats", Value::Null);
        }
        doc
    }

    /// In its place, if this version has it.
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        if let Some(place) = self.0.get_mut(name) {
            *place = value.into();
        }
    }
}

/// Those it takes from and those it feeds.
fn peers(node: &Node) -> Vec<Value> {
    let speeds = (node.input.meter.rate(), node.upload.rate());
    let fed = node.peers.list();
    let share = speeds.1 / (fed.len() as u64).max(1);
    let from = node.settings.download_from.first().filter(|_| node.input.is_connected());
    let from = from.map(|(ip, port)| peer(ip, *port, "L", speeds.0, 0));
    let to = fed.iter().map(|(ip, port)| peer(ip, *port, "R", 0, share));
    from.into_iter().chain(to).collect()
}

fn peer(ip: &str, port: u16, direction: &str, down: u64, up: u64) -> Value {
    let sample: Map<String, Value> =
        serde_json::from_str(include_str!("templates/3.0.5.1-support-running.json")).unwrap_or_default();
    let mut peer = sample.get("connected_peers").map_or(Value::Null, |peers| peers[0].clone());
    for (name, value) in [
        ("ip", json!(ip)),
        ("port", json!(port)),
        ("external_port", json!(port)),
        ("direction", json!(direction)),
        ("downrate", json!(down)),
        ("uprate", json!(up)),
        ("speed", json!(down)),
    ] {
        peer[name] = value;
    }
    peer
}

fn pairs(peers: &[(String, u16)]) -> Value {
    peers.iter().map(|(ip, port)| json!([ip, port])).collect()
}
