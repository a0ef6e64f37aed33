//! The few words that some keys take, which are those of the types that they become.

/// The kinds of streams.
pub(super) const TYPES: [&str; 2] = ["ts", "hls"];

/// The versions of engines.
pub(super) const CHANNELS: [&str; 3] = ["stable", "beta", "alpha"];

/// What viewers are told.
pub(super) const QUALITIES: [&str; 3] = ["SD", "HD", "auto"];

/// All of them.
pub(crate) const WORDS: [&[&str]; 3] = [&TYPES, &CHANNELS, &QUALITIES];

#[cfg(test)]
mod tests {
    use acecast_reconcile::Channel;

    use super::*;
    use crate::Quality;

    #[test]
    fn the_words_are_those_of_the_types() {
        assert!(QUALITIES.into_iter().eq(Quality::ALL.iter().map(|quality| quality.as_str())));
        assert_eq!(CHANNELS, Channel::ALL.map(Channel::as_str));
    }
}
