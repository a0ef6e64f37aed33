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
    /// How many nodes may be stopped at the same time, three descriptors each: a handle, and what is read to verify it.
    pub(crate) stops: NonZeroUsize,
    /// How many nodes may be started at the same time, eight descriptors each: around exec there are its log twice,
    /// its input, a pipe and the handle.
    pub(crate) starts: NonZeroUsize,
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
        OpenFiles { requests: at_once(free), stops: at_once(free / 3), starts: at_once(free / 8), before }
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
            let OpenFiles { requests, stops, starts, before: _ } = OpenFiles::of(limit, None);
            (requests.get(), stops.get(), starts.get())
        };
        assert_eq!(
            [0, 1024, 16_384, rlim_t::MAX].map(most),
            [(8, 8, 8), (896, 298, 112), (2048, 2048, 2032), (2048, 2048, 2048)]
        );
    }
}
