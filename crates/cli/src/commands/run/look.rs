//! How much a look at the host takes in.

/// How closely to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// What runs, and what each node has just said of how it is.
    Whole,
    /// Only what runs.
    Quick,
}
