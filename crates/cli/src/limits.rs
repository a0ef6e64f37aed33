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
    /// How many nodes may be asked at the same time, a descriptor each.
    pub(crate) requests: NonZeroUsize,
    /// How many nodes may be worked on at the same time, two descriptors each.
    pub(crate) jobs: NonZeroUsize,
    /// Soft and hard limit as they were, for nodes; `None` if they were not changed.
    pub(crate) before: Option<(rlim_t, rlim_t)>,
}

impl OpenFiles {
    /// Raises the soft limit, if it has to and can be.
    pub(crate) fn raise() -> Self {
        let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
            return OpenFiles::of(0, None);
        };
        let wanted = WANTED.min(hard);
        if wanted > soft && setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() {
            return OpenFiles::of(wanted, Some((soft, hard)));
        }
        OpenFiles::of(soft, None)
    }

    fn of(limit: rlim_t, before: Option<(rlim_t, rlim_t)>) -> Self {
        let free = limit.saturating_sub(RESERVED);
        OpenFiles { requests: at_once(free), jobs: at_once(free / 2), before }
    }
}

fn at_once(most: rlim_t) -> NonZeroUsize {
    usize::try_from(most.clamp(8, MOST)).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_work_is_always_possible_and_never_too_much() {
        let most = |limit| {
            let OpenFiles { requests, jobs, before: _ } = OpenFiles::of(limit, None);
            (requests.get(), jobs.get())
        };
        assert_eq!(
            [0, 1024, 16_384, rlim_t::MAX].map(most),
            [(8, 8), (896, 448), (2048, 2048), (2048, 2048)]
        );
    }
}
