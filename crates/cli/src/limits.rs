//! How many files may be open: enough for a thousand nodes at a time.

use std::num::NonZeroUsize;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

/// What the soft limit is raised to where the hard one lets it.
const WANTED: rlim_t = 16_384;

/// Descriptors for everything that is not work side by side: output, logs, locks, lists.
const RESERVED: rlim_t = 128;

/// More at a time would only cost memory: a thread each.
const MOST: rlim_t = 2048;

/// The limit of open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenFiles {
    /// How many descriptors may be used for work side by side.
    pub(crate) at_once: NonZeroUsize,
    /// Soft and hard limit as they were, for nodes; `None` if they were not changed.
    pub(crate) before: Option<(rlim_t, rlim_t)>,
}

impl OpenFiles {
    /// Raises the soft limit, if it has to and can be.
    pub(crate) fn raise() -> Self {
        let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
            return OpenFiles { at_once: at_once(0), before: None };
        };
        let wanted = WANTED.min(hard);
        if wanted > soft && setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() {
            return OpenFiles { at_once: at_once(wanted), before: Some((soft, hard)) };
        }
        OpenFiles { at_once: at_once(soft), before: None }
    }
}

/// Work on a node takes up to two descriptors.
fn at_once(limit: rlim_t) -> NonZeroUsize {
    let most = (limit.saturating_sub(RESERVED) / 2).clamp(8, MOST);
    usize::try_from(most).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_work_is_always_possible_and_never_too_much() {
        assert_eq!([0, 64, 1024, 16_384, rlim_t::MAX].map(|limit| at_once(limit).get()), [8, 8, 448, 2048, 2048]);
    }
}
