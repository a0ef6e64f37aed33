//! The trackers of a host: at least one, each a URL.

use std::ops::Deref;

use thiserror::Error;

use crate::reference::MAX_URL;

/// The announce URLs of every source: at least one, none twice, each fit for the engine's command line. It reads like a
/// slice of texts.
///
/// ```
/// use acecast_config::{Trackers, TrackersError};
///
/// let trackers = Trackers::new(["udp://tracker.example.com:2710/announce"])?;
/// assert_eq!(trackers.len(), 1);
/// assert_eq!(Trackers::new(["tracker.example.com"]), Err(TrackersError::NotAUrl { number: 1 }));
/// # Ok::<(), TrackersError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trackers(Vec<String>);

/// Why texts are no trackers. It does not repeat them: a tracker's URL may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TrackersError {
    /// There is none.
    #[error("at least one tracker is needed")]
    None,
    /// One is not a URL of at most 8 KiB without white space and control characters.
    #[error("tracker {number} is not a URL like udp://tracker.example.com:2710/announce")]
    NotAUrl {
        /// Which one, counted from 1.
        number: usize,
    },
}

impl Trackers {
    /// These, in their order; one that is there twice counts once.
    ///
    /// # Errors
    ///
    /// If there is none, or one is no URL.
    pub fn new<T: Into<String>>(urls: impl IntoIterator<Item = T>) -> Result<Self, TrackersError> {
        let mut trackers: Vec<String> = Vec::new();
        for (at, url) in urls.into_iter().enumerate() {
            let url = url.into();
            if url.len() > MAX_URL || url.contains(char::is_control) || !is_url(&url) {
                return Err(TrackersError::NotAUrl { number: at + 1 });
            }
            if !trackers.contains(&url) {
                trackers.push(url);
            }
        }
        if trackers.is_empty() { Err(TrackersError::None) } else { Ok(Trackers(trackers)) }
    }
}

/// Any scheme, and something behind it: which trackers there are is the engine's affair.
pub(crate) fn is_url(text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        && !rest.is_empty()
        && !text.contains(char::is_whitespace)
}

impl Deref for Trackers {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Trackers {
    type Item = &'a String;
    type IntoIter = std::slice::Iter<'a, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_the_engine_can_be_given() {
        let long = "udp://h/".to_owned() + &"x".repeat(MAX_URL);
        for bad in
            ["", "tracker", "://h", "udp://", "1udp://h", "u p://h", "udp://h h", "udp://h\u{7}", &long]
        {
            let given = Trackers::new(["udp://a:1", bad]);
            assert_eq!(given, Err(TrackersError::NotAUrl { number: 2 }), "{bad:?}");
        }
        assert_eq!(Trackers::new([""; 0]), Err(TrackersError::None));
    }

    #[test]
    fn the_order_is_kept_and_none_is_there_twice() {
        let trackers = Trackers::new(["udp://b:1", "udp://a:1", "udp://b:1"]).unwrap();
        assert_eq!(trackers.to_vec(), ["udp://b:1", "udp://a:1"]);
    }
}
