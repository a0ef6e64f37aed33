//! The transport files of a HLS stream: the public one that viewers open, the private one that its node opens.
//!
//! One idea: they are made beside their places and come into them all at once, as far as a file system knows "at
//! once". A sidecar beside the private file holds what they were made from, so they are made again when that changes.
//!
//! # Commit, step by step
//!
//! Both files and the sidecar belong together, and three renames are not one. So [`Prepared::commit`]
//!
//! 1. replaces the sidecar by one that says "unfinished",
//! 2. renames the private file into its place,
//! 3. renames the public file into its place,
//! 4. replaces the sidecar by the one with the new inputs.
//!
//! A crash before step 1 leaves all as it was. One between 1 and 4 leaves files of which one, both or none may be new,
//! each of them whole, and a sidecar that matches no inputs: the next run makes them again, and as the same arguments
//! give the same bytes (seen on engine 3.2.3), that makes good whatever was mixed. Without step 1, a crash between 2
//! and 3 of a *forced* run, whose inputs have not changed, would leave two files of different age under a sidecar that
//! calls them good; and a crash after 3 of a *first* run would leave files without a sidecar, which count as made
//! from whatever the config says by the next run.
//!
//! Files without a sidecar are those of the old scripts. [`adopt`] writes one for them as soon as a node is started
//! with them; otherwise no later change could ever be seen.
//!
//! A run that is killed leaves temporary files behind. Their names are recognised, and the next [`make`] for the same
//! stream removes them; the caller holds the lock, so nobody else is making them at that time.

mod error;
mod inputs;
mod make;
mod run;
mod temporary;

pub(crate) use error::TransportError;
#[cfg(feature = "fuzzing")]
pub(crate) use inputs::rewritten;
pub(crate) use inputs::{adopt, infohashes, needs_making};
pub(crate) use make::{Prepared, TIMEOUT, make};

#[cfg(test)]
mod tests;
