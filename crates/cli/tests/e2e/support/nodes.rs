//! Finding nodes in acecast's JSON documents.

use std::collections::BTreeMap;

use serde_json::Value;

/// All nodes of a document.
fn nodes(doc: &Value) -> &[Value] {
    doc["nodes"].as_array().unwrap_or_else(|| panic!("no list of nodes in {doc:#}"))
}

/// The only node on the port.
#[track_caller]
pub(crate) fn node(doc: &Value, port: u16) -> &Value {
    let on_port: Vec<&Value> = nodes(doc).iter().filter(|node| node["port"] == port).collect();
    assert_eq!(on_port.len(), 1, "one node on port {port} in {doc:#}");
    on_port[0]
}

/// The node on the port about which this is decided.
#[track_caller]
pub(crate) fn decision<'a>(doc: &'a Value, port: u16, action: &str) -> &'a Value {
    let found = nodes(doc).iter().find(|node| node["port"] == port && node["action"] == action);
    found.unwrap_or_else(|| panic!("no {action} on port {port} in {doc:#}"))
}

/// The keys of the fields in which a node differs.
pub(crate) fn drift_fields(node: &Value) -> Vec<&str> {
    let drift = node["drift"].as_array().unwrap_or_else(|| panic!("no drift in {node:#}"));
    drift.iter().map(|change| change["field"].as_str().unwrap()).collect()
}

/// The ports of the nodes that have this value under this key, in order.
pub(crate) fn ports_with(doc: &Value, key: &str, value: &str) -> Vec<u16> {
    let port = |node: &Value| u16::try_from(node["port"].as_u64().unwrap()).unwrap();
    nodes(doc).iter().filter(|node| node[key] == value).map(port).collect()
}

/// How often each outcome is there.
pub(crate) fn outcomes(doc: &Value) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for node in nodes(doc) {
        *counts.entry(node["outcome"].as_str().unwrap_or("none")).or_default() += 1;
    }
    counts
}
