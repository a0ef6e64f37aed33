//! Real requests to real servers on this host.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

mod http;
mod server;
mod tls;
