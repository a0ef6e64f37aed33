//! From JSON values to what this crate gives: one file for each document and for each part that several share.
//!
//! Each takes [`found`] values key by key ([`object`]), turns single ones into types ([`values`]), and says what is wrong
//! to the one [`report`] of its document. Secrets in files come through a function that is handed in; nothing else here
//! reads a file, and nothing asks a server.

pub(crate) mod app;
pub(crate) mod backups;
mod controller;
mod forms;
pub(crate) mod found;
pub(crate) mod list;
mod metadata;
mod nearest;
mod nodes;
pub(crate) mod object;
mod open_to_others;
pub(crate) mod paths;
pub(crate) mod report;
mod root;
mod secrets;
pub(crate) mod values;
