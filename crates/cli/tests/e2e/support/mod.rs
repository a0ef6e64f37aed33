//! A whole site in a temporary folder, and what stories do with it.

mod backup;
mod edit;
mod files;
mod http;
mod nodes;
mod old_scripts;
mod ports;
mod procs;
mod ran;
mod site;
mod wait;
mod world;

#[allow(unused_imports, reason = "other tests back nothing up")]
pub(crate) use backup::{Proxy, all_outcomes, key, names, only, read, stream, ts_metadata};
pub(crate) use edit::{with, without};
pub(crate) use files::{Entry, age, aged, listing, mode, mode_of};
pub(crate) use nodes::{decision, drift_fields, node, outcomes, ports_with};
#[allow(unused_imports, reason = "the stories never name a run that has ended, other tests do")]
pub(crate) use ran::{Ran, Running};
pub(crate) use site::Site;
pub(crate) use wait::eventually;
