//! A node's status answer: kept whole, read leniently.
//!
//! Which fields there are and of which type varies by engine version (seen on 3.2.3 and 3.0.5.1), so each is read by
//! itself, and one of another type counts as absent. The text itself stays as it is: whoever passes it on passes on
//! what the node wrote, with fields that nobody here knows and numbers that no type here holds.

mod fields;

use std::fmt;

use serde::de::{Error as _, IgnoredAny};
use serde_json::Error;

use fields::Fields;

/// A status answer.
#[derive(Clone, PartialEq)]
pub struct Answer {
    text: Box<str>,
    fields: Fields,
}

impl fmt::Debug for Answer {
    /// Nothing of it: a node tells its source's URL with all that is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// If it is not one JSON object. A field of another type than it should have is none that is there, and no error.
    pub fn parse(text: &str) -> Result<Self, NotAnAnswer> {
        let fields = read(text).map_err(NotAnAnswer)?;
        Ok(Answer { fields, text: text.into() })
    }

    /// The whole answer, as the node wrote it: one JSON object.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `starting`, `running`.
    pub fn status(&self) -> Option<&str> {
        self.fields.status.as_deref()
    }

    /// The engine's version.
    pub fn version(&self) -> Option<&str> {
        self.fields.version.as_deref()
    }

    /// The pid of the process that answers. Engine 3.0.5.1 does not tell.
    pub fn pid(&self) -> Option<i64> {
        self.fields.pid
    }

    /// A source node's input is connected; `None` if it does not tell.
    pub fn source_connected(&self) -> Option<bool> {
        self.fields.source_connected
    }

    /// How often a source node lost its input and connected again.
    pub fn source_reconnects(&self) -> Option<u64> {
        self.fields.source_reconnects
    }

    /// Seconds since the node began to run.
    pub fn run_time(&self) -> Option<u64> {
        self.fields.run_time
    }

    /// Bytes per second from other nodes.
    pub fn download_speed(&self) -> Option<u64> {
        self.fields.download_speed
    }

    /// Bytes per second to other nodes and viewers.
    pub fn upload_speed(&self) -> Option<u64> {
        self.fields.upload_speed
    }

    /// A source node's incoming bytes per second; its `download_speed` is 0.
    pub fn source_download_rate(&self) -> Option<u64> {
        self.fields.source_download_rate
    }

    /// How many peers are connected.
    pub fn peers(&self) -> Option<u64> {
        self.fields.peers
    }

    /// Percent of one processor; `None` also where the node says `"?"`.
    pub fn cpu_percent(&self) -> Option<f64> {
        self.fields.cpu_percent
    }

    /// The infohash of the stream, 40 hex digits as the node writes them.
    pub fn download_hash(&self) -> Option<&str> {
        self.fields.download_hash.as_deref()
    }
}

/// The text is no status answer; the message says what is wrong with it, and where, and repeats nothing of it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NotAnAnswer(Error);

fn read(text: &str) -> Result<Fields, Error> {
    // Asked for an object, serde's error would repeat all of a text that is none.
    if !text.trim_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text)?;
        return Err(Error::custom("another kind of value"));
    }
    Fields::read(text)
}

#[cfg(test)]
mod tests;
