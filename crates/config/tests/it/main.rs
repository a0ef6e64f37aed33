//! What the crate makes of whole documents, as operators and controllers write them.
//!
//! Most tests are a document and the exact text of everything that is said about it.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

mod app;
mod backups;
mod built;
mod desired;
mod engines;
mod entries;
mod exposed;
mod forms;
mod hostile;
mod http;
mod metadata;
mod reference;
mod secret_files;
mod secrets;
mod source;
mod strays;
mod support;
mod world;
