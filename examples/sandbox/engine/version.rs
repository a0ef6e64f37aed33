//! The engine versions whose behaviour is known, and where they differ.

use std::fs;
use std::path::Path;

/// A version seen at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V3_0_5_1,
    V3_2_3,
}

impl Version {
    /// The version that the folder says it is; the newer one if it says nothing.
    pub(crate) fn of(home: &Path) -> Self {
        let text = fs::read_to_string(home.join("version")).unwrap_or_default();
        if text.trim() == Self::V3_0_5_1.name() { Self::V3_0_5_1 } else { Self::V3_2_3 }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::V3_0_5_1 => "3.0.5.1",
            Self::V3_2_3 => "3.2.3",
        }
    }

    /// On a busy port 3.2.3 silently binds the next free one, 3.0.5.1 exits with 1.
    pub(crate) const fn takes_next_port(self) -> bool {
        matches!(self, Self::V3_2_3)
    }

    /// While its source has never been reached 3.2.3 keeps the port closed, 3.0.5.1 answers `starting`.
    pub(crate) const fn listens_without_input(self) -> bool {
        matches!(self, Self::V3_0_5_1)
    }

    /// TERM in that time ends 3.2.3 at once; 3.0.5.1 takes its time.
    pub(crate) const fn stops_at_once_without_input(self) -> bool {
        matches!(self, Self::V3_2_3)
    }

    /// The first connection counts as a reconnection in the status of 3.2.3 (seen).
    pub(crate) const fn counts_first_connection(self) -> bool {
        matches!(self, Self::V3_2_3)
    }
}
