//! What helps a stream that was left out: what is damaged comes from a backup, what may not be read does not.

use acecast_engine::metadata::Trouble;

/// What helps a stream whose files are not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cure {
    /// A backup, while its node does not run.
    Restore,
    /// Its node has the only copy of the key that is sure to be there.
    KeepRunning,
    /// Another user.
    Access,
}

impl Cure {
    /// For these troubles of a stream, if something is known to help.
    pub(super) fn of(troubles: &[Trouble]) -> Option<Self> {
        let unreadable = troubles.iter().find_map(|trouble| match trouble {
            Trouble::Unreadable { why, .. } => Some(why),
            _ => None,
        });
        match unreadable {
            Some(why) if why.contains("Permission denied") => Some(Cure::Access),
            Some(_) => None,
            None => Some(Cure::Restore),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_read_is_not_to_be_restored() {
        let path = || "/nowhere/news.sauth".into();
        let unreadable = |why: &str| Trouble::Unreadable { path: path(), why: why.to_owned() };
        let number = || Trouble::Number { path: path() };
        assert_eq!(Cure::of(&[number()]), Some(Cure::Restore));
        assert_eq!(Cure::of(&[number(), unreadable("Permission denied")]), Some(Cure::Access));
        assert_eq!(Cure::of(&[unreadable("Input/output error")]), None);
    }
}
