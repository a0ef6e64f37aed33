//! The list of faults in `docs/faults.md`, row by row, with real processes, sockets and files.
//!
//! Each test quotes its row. Stories of everyday use are in `../e2e`, whose site and helpers are used here.
//!
//! What a machine cannot do makes a test say "skipped", on stderr and past the test runner's capturing: see
//! [`machine`].

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

#[path = "../e2e/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other tests use what these do not")]
mod support;

mod machine;
mod many;
mod strangers;

mod chained_moves;
mod clocks;
mod killed_at_every_step;
mod locks;
mod long_waits;
mod out_of;
mod pid_files;
mod racing_runs;
mod root;
mod wrong_process;
