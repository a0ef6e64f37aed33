//! Pages for Prometheus, read back: by a strict reader of this folder, and by promtool where it is installed.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

mod examples;
mod pages;
mod promtool;
mod reader;
mod worlds;
