//! The monitoring document of one node.

use serde_json::{Map, Value};

/// The role of a node, as monitoring servers know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeType {
    /// Takes an original stream in.
    Source,
    /// Takes a stream from a source node.
    Support,
}

impl NodeType {
    /// `source` or `support`.
    pub fn as_str(self) -> &'static str {
        match self {
            NodeType::Source => "source",
            NodeType::Support => "support",
        }
    }
}

/// A node's status answer, whole and in its order, with the node's `port` and `type`.
///
/// Both are said by the caller: engine 3.0.5.1 does not tell its port, and a HLS source says `support` of itself
/// (seen on 3.2.3).
///
/// ```
/// use acecast_telemetry::{NodeType, monitor_document};
///
/// let answer = serde_json::from_str(r#"{"version": "3.0.5.1", "type": "support"}"#)?;
/// let document = monitor_document(answer, 8640, NodeType::Source);
/// assert_eq!(
///     serde_json::to_string(&document)?,
///     r#"{"version":"3.0.5.1","type":"source","port":8640}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn monitor_document(answer: Map<String, Value>, port: u16, node_type: NodeType) -> Map<String, Value> {
    let mut document = answer;
    document.insert("port".to_owned(), port.into());
    document.insert("type".to_owned(), node_type.as_str().into());
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_and_their_order_are_kept() {
        let answer = r#"{"z":[1,{"deep":null}],"port":1,"a":1.5,"type":"support","new_field":"x"}"#;
        let document = monitor_document(serde_json::from_str(answer).unwrap(), 8641, NodeType::Source);
        let sent = serde_json::to_string(&document).unwrap();
        assert_eq!(sent, r#"{"z":[1,{"deep":null}],"port":8641,"a":1.5,"type":"source","new_field":"x"}"#);
    }
}
