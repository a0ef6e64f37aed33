//! What must outlive a server, as a controller sends it back.

use std::collections::BTreeMap;
use std::fmt;

use acecast_reconcile::SourceKind;

use crate::SequenceName;

/// What is to be restored before a source node starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metadata {
    /// Of a ts stream.
    Ts {
        /// The number of its last piece; 0 is a number like any other.
        last_seq: u64,
        /// Its key.
        private_key: PrivateKey,
    },
    /// Of a HLS stream.
    Hls {
        /// Its sequence numbers.
        sequences: BTreeMap<SequenceName, u64>,
    },
}

impl Metadata {
    /// The kind of stream that it is of.
    pub fn kind(&self) -> SourceKind {
        match self {
            Metadata::Ts { .. } => SourceKind::Ts,
            Metadata::Hls { .. } => SourceKind::Hls,
        }
    }
}

/// A stream's private key, byte for byte as received. Neither `Debug` nor `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(Vec<u8>);

impl PrivateKey {
    /// Takes the key in.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        PrivateKey(bytes.into())
    }

    /// The key itself, for requests and files with mode 0600 only.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

impl fmt::Display for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}
