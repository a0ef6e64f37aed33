//! What is hostile, damaged or full, end to end: the built program against everything that is not as it should be.
//!
//! The sites are those of the stories in `e2e`.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

#[path = "../e2e/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "made for more stories than are told here")]
mod support;

mod keys;
mod remote;
mod secrets;
mod status;
mod text;
mod unwritable;
mod world;
