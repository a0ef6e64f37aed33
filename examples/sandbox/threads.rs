//! Threads with small stacks: two hundred engines share one machine.

use std::io;
use std::thread::Builder;

/// Enough for request parsing and JSON; the default of 2 MiB is address space for nothing.
const STACK: usize = 192 * 1024;

/// Starts `work` on a detached thread, which ends with the process.
pub(crate) fn detach(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    Builder::new().name(name.to_owned()).stack_size(STACK).spawn(work).map(drop)
}
