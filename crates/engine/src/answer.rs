//! A node's status answer: kept whole, read leniently.
//!
//! Which fields there are and of which type varies by engine version (seen on 3.2.3 and 3.0.5.1), so each is read by
//! itself, and one of another type counts as absent.

use std::fmt;

use serde_json::{Map, Value};

/// A status answer.
#[derive(Clone, PartialEq)]
pub struct Answer {
    document: Map<String, Value>,
}

impl fmt::Debug for Answer {
    /// Names only: a node tells its source's URL with all that is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.document.keys()).finish()
    }
}

impl Answer {
    /// Reads an answer, which is one JSON object.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        // In two steps: asked for an object at once, serde's error would repeat all of a text that is none.
        match serde_json::from_str(text)? {
            Value::Object(document) => Ok(Answer { document }),
            _ => Err(serde::de::Error::custom("another kind of value")),
        }
    }

    /// The whole document, with the fields in their order.
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// `starting`, `running`.
    pub fn status(&self) -> Option<&str> {
        self.text("status")
    }

    /// The engine's version.
    pub fn version(&self) -> Option<&str> {
        self.text("version")
    }

    /// The pid of the process that answers. Engine 3.0.5.1 does not tell.
    pub fn pid(&self) -> Option<i64> {
        self.document.get("pid")?.as_i64()
    }

    /// A source node's input is connected; `None` if it does not tell.
    pub fn source_connected(&self) -> Option<bool> {
        match self.document.get("source_connected")? {
            Value::Bool(connected) => Some(*connected),
            number => number.as_i64().map(|n| n != 0),
        }
    }

    /// Seconds since the node began to run.
    pub fn run_time(&self) -> Option<u64> {
        self.number("run_time")
    }

    /// Bytes per second from other nodes.
    pub fn download_speed(&self) -> Option<u64> {
        self.number("download_speed")
    }

    /// Bytes per second to other nodes and viewers.
    pub fn upload_speed(&self) -> Option<u64> {
        self.number("upload_speed")
    }

    /// A source node's incoming bytes per second; its `download_speed` is 0.
    pub fn source_download_rate(&self) -> Option<u64> {
        self.number("source_download_rate")
    }

    /// How many peers are connected.
    pub fn peers(&self) -> Option<u64> {
        self.number("connected_peers_count")
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.document.get(field)?.as_str()
    }

    /// A number, whole or not; negative ones mean nothing here.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    fn number(&self, field: &str) -> Option<u64> {
        let value = self.document.get(field)?;
        let whole = |n: f64| (n.is_finite() && (0.0..9e15).contains(&n)).then(|| n.round() as u64);
        value.as_u64().or_else(|| value.as_f64().and_then(whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_both_versions_are_read_and_others_count_as_absent() {
        let new = r#"{"status": "running", "version": "3.2.3", "pid": 16, "source_connected": true, "cpu_percent": "?",
                      "source_download_rate": 94088, "run_time": 3, "connected_peers_count": 0}"#;
        let new = Answer::parse(new).unwrap();
        assert_eq!(
            (new.pid(), new.source_connected(), new.source_download_rate()),
            (Some(16), Some(true), Some(94088))
        );
        let old = Answer::parse(r#"{"status": 5, "source_connected": 0, "upload_speed": 1.6, "pid": "x"}"#)
            .unwrap();
        assert_eq!((old.status(), old.source_connected(), old.upload_speed()), (None, Some(false), Some(2)));
        assert_eq!((old.pid(), old.peers()), (None, None));
    }

    #[test]
    fn what_is_no_object_is_no_answer() {
        for text in ["", "null", "[]", "<html>", "{\"a\": 1", "12"] {
            assert!(Answer::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_document_keeps_its_order_and_unknown_fields() {
        let text = r#"{"z":1,"a":{"deep":[1,2]},"m":null}"#;
        assert_eq!(serde_json::to_string(Answer::parse(text).unwrap().document()).unwrap(), text);
    }
}
