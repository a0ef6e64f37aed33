//! Stories of `acecast run`: one process that keeps nodes running, with real nodes, servers and signals.
//!
//! Intervals are short and each wait is for something that shows: an event in the log, a line on stderr, a page, a
//! process. Stories of the one-shot commands are in `../e2e`, whose site and helpers are used here.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

#[path = "../e2e/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other tests use what these do not")]
mod support;

#[path = "../e2e/support/browser.rs"]
#[allow(dead_code, reason = "the page's own tests use more of it")]
mod browser;
#[path = "../e2e/support/http.rs"]
#[allow(clippy::duplicate_mod, reason = "what the support asks servers with is its own")]
mod http;
#[path = "../faults/machine.rs"]
#[allow(dead_code, reason = "the other tests use what these do not")]
mod machine;
#[path = "../faults/many.rs"]
mod many;

mod keeper;
mod kernel;

mod at_rest;
mod back_in_time;
mod beside;
mod broken_beta;
mod cannot;
mod config;
mod crash_loop;
mod ends;
mod events;
mod first_process;
mod from_nothing;
mod in_browser;
mod keys;
mod killed;
mod lists_lost;
mod pages;
mod stalls;
mod uploads;
