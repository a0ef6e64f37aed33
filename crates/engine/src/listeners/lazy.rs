//! A table that is read at most once, and only if somebody asks.

use std::io;

use super::Listeners;

/// The table of listening sockets, read when somebody first needs it: a host where all nodes answer never does.
#[derive(Default)]
pub(crate) struct LazyListeners {
    table: Option<Listeners>,
    failed: Option<io::Error>,
}

impl LazyListeners {
    /// The table; an empty one if it cannot be read, which [`LazyListeners::complete`] tells at the end.
    pub(crate) fn get(&mut self) -> &Listeners {
        let LazyListeners { table, failed } = self;
        table.get_or_insert_with(|| {
            Listeners::read().unwrap_or_else(|error| {
                *failed = Some(error);
                Listeners::default()
            })
        })
    }

    /// What was asked for could be read.
    pub(crate) fn complete(self) -> io::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}
