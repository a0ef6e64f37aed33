//! Observes and runs Ace Stream broadcast nodes on this host.
//!
//! The crate never decides what should run. It observes ([`observe`]) and carries out single actions; what to do is the planner's
//! affair (`acecast-reconcile`). Data flows one way: processes, files and answers into a [`observe::Snapshot`], a plan
//! and a config into an [`apply`] and its report.
//!
//! Linux 5.3 or newer: processes are held by pidfds. The crate never prints, exits or reads the environment.

mod adopt;
mod answer;
pub mod apply;
pub mod args;
mod chain;
pub mod cleanup;
pub mod command;
pub mod deaths;
pub mod events;
#[cfg(feature = "failpoints")]
pub mod failpoint;
#[cfg(not(feature = "failpoints"))]
mod failpoint;
pub mod files;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod listeners;
pub mod lock;
pub mod log_follow;
pub mod log_tail;
pub mod memory;
pub mod metadata;
pub mod observe;
pub mod pid_file;
pub mod pidfd;
pub mod port_map;
pub mod process;
pub mod realm;
pub mod reap;
pub mod redact;
pub mod scan;
pub mod spawn;
pub mod spec_text;
pub mod status;
pub mod stop;
pub mod sweep;
pub mod transport;

pub use answer::Answer;
pub use observe::{NodeFacts, ObserveError, Observer, Snapshot, StreamUser};
