//! The binary, as far as it can be tried without nodes: usage, configs, plans and statuses of an empty realm.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

mod check;
mod config;
mod help;
mod host;
mod init;
mod lists;
mod realm;
mod secret_files;
mod site;
mod usage;
