//! The fields of an answer that acecast reads, each by itself.
//!
//! All others are passed over without being understood: a number that no type holds, or a text that is no Unicode, in
//! a field that nobody here needs is no reason not to read the rest.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::infohash::is_infohash;

/// What was understood; `None` for what is absent or of another type.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fields {
    pub(super) status: Option<Box<str>>,
    pub(super) version: Option<Box<str>>,
    pub(super) pid: Option<i64>,
    pub(super) source_connected: Option<bool>,
    pub(super) source_reconnects: Option<u64>,
    pub(super) source_download_rate: Option<u64>,
    pub(super) run_time: Option<u64>,
    pub(super) download_speed: Option<u64>,
    pub(super) upload_speed: Option<u64>,
    pub(super) peers: Option<u64>,
    pub(super) cpu_percent: Option<f64>,
    pub(super) download_hash: Option<Box<str>>,
}

impl Fields {
    /// Reads the fields of a JSON object. Of a field that is there twice, the last one counts.
    pub(super) fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    fn set(&mut self, name: Name, value: &RawValue) {
        match name {
            Name::Status => self.status = read(value),
            Name::Version => self.version = read(value),
            Name::Pid => self.pid = read(value),
            Name::SourceConnected => self.source_connected = flag(value),
            Name::SourceReconnects => self.source_reconnects = number(value),
            Name::SourceDownloadRate => self.source_download_rate = number(value),
            Name::RunTime => self.run_time = number(value),
            Name::DownloadSpeed => self.download_speed = number(value),
            Name::UploadSpeed => self.upload_speed = number(value),
            Name::ConnectedPeersCount => self.peers = number(value),
            Name::CpuPercent => self.cpu_percent = read(value),
            Name::DownloadHash => {
                self.download_hash = read::<Box<str>>(value).filter(|hash| is_infohash(hash));
            }
            Name::Other => {}
        }
    }
}

/// The names of fields that are read.
#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Name {
    Status,
    Version,
    Pid,
    SourceConnected,
    SourceReconnects,
    SourceDownloadRate,
    RunTime,
    DownloadSpeed,
    UploadSpeed,
    ConnectedPeersCount,
    CpuPercent,
    DownloadHash,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some((name, value)) = map.next_entry::<Name, &RawValue>()? {
                    fields.set(name, value);
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

fn read<T: DeserializeOwned>(value: &RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

/// `true`, `false`, or a number.
fn flag(value: &RawValue) -> Option<bool> {
    read::<bool>(value).or_else(|| read::<i64>(value).map(|n| n != 0))
}

/// A number, whole or not; negative ones mean nothing here.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn number(value: &RawValue) -> Option<u64> {
    let whole = |n: f64| (n.is_finite() && (0.0..9e15).contains(&n)).then(|| n.round() as u64);
    read::<u64>(value).or_else(|| read::<f64>(value).and_then(whole))
}
