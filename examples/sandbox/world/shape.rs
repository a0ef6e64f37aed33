//! What a controller may expect to receive; anything else is refused with the reason.

use serde_json::{Map, Value};

/// One node's data: an object with its port and type.
pub(crate) fn monitor(body: &Value) -> Result<(), String> {
    let node = object(body, "the body")?;
    let port = node.get("port").and_then(Value::as_u64);
    if !port.is_some_and(|port| (1..=65535).contains(&port)) {
        return Err("port: expected a number from 1 to 65535".to_owned());
    }
    match node.get("type").and_then(Value::as_str) {
        Some(kind) if !kind.is_empty() => Ok(()),
        _ => Err("type: expected a text".to_owned()),
    }
}

/// Streams by their uid: `{"UID": {"last_seq", "private_key"}}` or `{"UID": {"hls_sequence"}}`.
pub(crate) fn metadata(body: &Value) -> Result<(), String> {
    let streams = object(body, "the body")?;
    if streams.is_empty() {
        return Err("the body: no stream in it".to_owned());
    }
    streams.iter().try_for_each(|(uid, value)| stream(value).map_err(|reason| format!("{uid}: {reason}")))
}

fn stream(value: &Value) -> Result<(), String> {
    let fields = object(value, "the stream")?;
    if fields.is_empty() {
        return Err("nothing in it".to_owned());
    }
    for (name, value) in fields {
        match name.as_str() {
            "last_seq" if value.is_u64() => {}
            "private_key" if value.as_str().is_some_and(|key| key.contains("PRIVATE KEY")) => {}
            // A key that is no text.
            "private_key" if value["base64"].as_str().is_some_and(|key| !key.is_empty()) => {}
            "hls_sequence" => {
                for (name, value) in object(value, name)? {
                    sequence(name, value)?;
                }
            }
            "last_seq" | "private_key" => return Err(format!("{name}: wrong type or content")),
            _ => return Err(format!("{name}: unknown")),
        }
    }
    Ok(())
}

fn sequence(name: &str, value: &Value) -> Result<(), String> {
    let parts = name.split_once("_stream_");
    let sound = parts.is_some_and(|(hash, stream)| {
        hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit()) && stream.parse::<u32>().is_ok()
    });
    if !sound {
        return Err(format!("hls_sequence: {name:?} is no INFOHASH_stream_N"));
    }
    value.is_u64().then_some(()).ok_or_else(|| format!("hls_sequence: {name}: expected a number"))
}

fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{what}: expected an object"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{metadata, monitor};

    #[test]
    fn a_node_has_port_and_type() {
        assert!(monitor(&json!({"port": 8640, "type": "source", "more": 1})).is_ok());
        for wrong in [json!([]), json!({"port": "8640", "type": "source"}), json!({"port": 8640})] {
            assert!(monitor(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn metadata_is_keyed_by_stream() {
        let hash = "0123456789012345678901234567890123456789";
        let key = "-----BEGIN RSA PRIVATE KEY-----";
        assert!(metadata(&json!({"news": {"last_seq": 0, "private_key": key}})).is_ok());
        assert!(metadata(&json!({"news": {"private_key": {"base64": "AP/+"}}})).is_ok());
        assert!(metadata(&json!({"hls": {"hls_sequence": {format!("{hash}_stream_0"): 42}}})).is_ok());
        for wrong in [
            json!({}),
            json!([]),
            json!({"news": {}}),
            json!({"news": {"last_seq": "0"}}),
            json!({"news": {"private_key": ""}}),
            json!({"news": {"odd": 1}}),
            json!({"hls": {"hls_sequence": {"x_stream_0": 42}}}),
            json!({"hls": {"hls_sequence": {format!("{hash}_stream_0"): "42"}}}),
        ] {
            assert!(metadata(&wrong).is_err(), "{wrong}");
        }
    }
}
