//! Reaping children that nobody waits for any more.
//!
//! A node that ends stays a zombie until its parent asks how it ended. A run that lasts lets go of its nodes once they
//! are ready, and as the first process of a container it is also given the orphans of others, such as an engine whose
//! wrapper has died. A zombie is not mistaken for a node, but it keeps its number and a place in the table of
//! processes.

use rustix::process::{WaitOptions, wait};

/// Reaps every child that has ended, and returns how many there were. Never waits.
///
/// Only to be called while nothing else in this process waits for a child of its own: no apply is under way, which
/// holds the nodes that it starts until they are ready and runs programs for transport files. Whoever asks about
/// a child that was reaped here learns nothing of how it ended: a node that died of itself would pass for one that could
/// not be waited for. Worse, a signal to its number may meet another process by now.
pub fn reap_children() -> usize {
    let mut reaped = 0;
    // `None` is for children that all live, an error for no children at all.
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {
        reaped += 1;
    }
    reaped
}
