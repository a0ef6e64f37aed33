//! Transport files (`.acelive`): what names a stream. The private one of a HLS stream holds its URL.
//!
//! The vendor's format is its own; this one is a magic line, JSON, and a fingerprint, so that a cut or
//! damaged file is known as such.

use serde_json::{Map, Value};

use crate::digest::hash40;

const MAGIC: &str = "acelive-sandbox 1\n";

/// A transport file's content.
pub(crate) struct Transport(Map<String, Value>);

impl Transport {
    pub(crate) fn new(infohash: &str, title: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("infohash".to_owned(), infohash.into());
        fields.insert("title".to_owned(), title.into());
        Self(fields)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let body = Value::from(self.0.clone()).to_string();
        format!("{MAGIC}{body}\n{}\n", hash40(&[body.as_bytes()])).into_bytes()
    }

    /// The content of a sound file.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_prefix(MAGIC)?.strip_suffix('\n')?;
        let (body, fingerprint) = text.rsplit_once('\n')?;
        let fields = serde_json::from_str(body).ok()?;
        (hash40(&[body.as_bytes()]) == fingerprint).then_some(Self(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::Transport;

    #[test]
    fn comes_back_and_shows_damage() {
        let bytes = Transport::new("ab", "News").with("url", "http://a/").to_bytes();
        assert_eq!(Transport::parse(&bytes).unwrap().text("url"), Some("http://a/"));
        assert!(Transport::parse(&bytes[..bytes.len() - 2]).is_none());
        let mut damaged = bytes;
        damaged[30] ^= 1;
        assert!(Transport::parse(&damaged).is_none());
    }
}
