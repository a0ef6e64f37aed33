//! The monitoring document of one node: what the node says of itself, and which node it is.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

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
/// (seen on 3.2.3). They stand in the place of the answer's own, or at the end. Everything else is as the node wrote
/// it, fields that nobody knows and numbers that no program can hold included; of a field that is there twice the
/// last one counts.
///
/// An answer that is not one JSON object is an error, which does not repeat it.
///
/// ```
/// use acecast_telemetry::{NodeType, monitor_document};
///
/// let answer = r#"{"version": "3.0.5.1", "type": "support", "sum": 1e400}"#;
/// assert_eq!(
///     monitor_document(answer, 8640, NodeType::Source)?,
///     r#"{"version":"3.0.5.1","type":"source","sum":1e400,"port":8640}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn monitor_document(answer: &str, port: u16, node_type: NodeType) -> Result<String, serde_json::Error> {
    // serde's own message would repeat what was found instead.
    if !answer.trim_start().starts_with('{') {
        return Err(serde_json::Error::custom("expected a JSON object"));
    }
    let mut fields: Fields<'_> = serde_json::from_str(answer)?;
    let port = port.to_string();
    let node_type = format!("\"{}\"", node_type.as_str());
    fields.set("\"port\"", &port);
    fields.set("\"type\"", &node_type);
    Ok(fields.document(answer.len()))
}

/// What is sent for a node that does not answer: its `port`, its `type` and why.
///
/// ```
/// use acecast_telemetry::{NodeType, silent_document};
///
/// assert_eq!(
///     silent_document(8640, NodeType::Support, "no answer within 2 s"),
///     r#"{"port":8640,"type":"support","error":"no answer within 2 s"}"#
/// );
/// ```
pub fn silent_document(port: u16, node_type: NodeType, error: &str) -> String {
    let error = serde_json::Value::from(error);
    format!(r#"{{"port":{port},"type":"{}","error":{error}}}"#, node_type.as_str())
}

/// An object's names and values, as they were written.
#[derive(Default)]
struct Fields<'a> {
    written: Vec<(&'a str, &'a str)>,
    /// Where the field of this name is: `"a"` and `"\u0061"` are the same name.
    places: BTreeMap<String, usize>,
}

impl<'a> Fields<'a> {
    fn set(&mut self, name: &'a str, value: &'a str) {
        // A name that is no text, such as half a surrogate pair, is only the same as itself.
        let meant = serde_json::from_str(name).unwrap_or_else(|_| name.to_owned());
        let place = *self.places.entry(meant).or_insert(self.written.len());
        match self.written.get_mut(place) {
            Some(field) => field.1 = value,
            None => self.written.push((name, value)),
        }
    }

    fn document(&self, about: usize) -> String {
        let mut text = String::with_capacity(about + 32);
        for (i, (name, value)) in self.written.iter().enumerate() {
            text.push(if i == 0 { '{' } else { ',' });
            text.push_str(name);
            text.push(':');
            text.push_str(value);
        }
        text.push('}');
        text
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Fields<'de>, M::Error> {
                let mut fields = Fields::default();
                while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                    fields.set(name.get(), value.get());
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, expected: &str) {
        assert_eq!(monitor_document(answer, 8641, NodeType::Source).unwrap(), expected);
    }

    #[test]
    fn unknown_fields_and_their_order_are_kept() {
        check(
            r#"{"z":[1,{"deep":null}],"port":1,"a":1.5,"type":"support","new_field":"x"}"#,
            r#"{"z":[1,{"deep":null}],"port":8641,"a":1.5,"type":"source","new_field":"x"}"#,
        );
    }

    #[test]
    fn everything_is_as_it_was_written() {
        check(
            " {\"big\" : 18446744073709551616000, \"huge\":1e400,\"z\":1.10,\"neg\":-0, \"q\":\"\\u00e9\\/\\ud800\"}\r\n",
            "{\"big\":18446744073709551616000,\"huge\":1e400,\"z\":1.10,\"neg\":-0,\"q\":\"\\u00e9\\/\\ud800\",\
             \"port\":8641,\"type\":\"source\"}",
        );
        check(r#"{"\ud800":1,"a\/b":2}"#, r#"{"\ud800":1,"a\/b":2,"port":8641,"type":"source"}"#);
        check("{}", r#"{"port":8641,"type":"source"}"#);
    }

    #[test]
    fn of_a_field_that_is_there_twice_the_last_one_counts() {
        check(
            r#"{"a":1,"b":2,"\u0061":3,"port":4,"po\u0072t":5}"#,
            r#"{"a":3,"b":2,"port":8641,"type":"source"}"#,
        );
    }

    #[test]
    fn what_nests_deeply_does_no_harm() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        check(&format!("{{\"a\":{deep}}}"), &format!("{{\"a\":{deep},\"port\":8641,\"type\":\"source\"}}"));
    }

    #[test]
    fn what_is_no_object_is_an_error_that_does_not_repeat_it() {
        for answer in [
            "",
            "[]",
            "\"secret\"",
            "secret",
            "{\"secret",
            "{\"secret\":}",
            "{secret:1}",
            "{} {}",
            "{\"a\":1,}",
        ] {
            let error = monitor_document(answer, 1, NodeType::Source).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn any_error_text_fits_into_a_document() {
        let document = silent_document(1, NodeType::Source, "a \"b\"\n\u{1b}");
        assert_eq!(document, r#"{"port":1,"type":"source","error":"a \"b\"\n\u001b"}"#);
    }
}
