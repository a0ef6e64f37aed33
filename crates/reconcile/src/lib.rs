//! The vocabulary of acecast and its planner.
//!
//! One idea: *what should run* ([`Desired`]) and *what runs* ([`Observed`]) go in, and the ordered decisions that
//! turn the one into the other ([`Plan`]) come out. [`plan`] is a pure function: no I/O, no clock, no environment,
//! no randomness; the same input gives the same plan, byte for byte. Planning cannot fail: what cannot be done
//! safely is in the plan as [`Action::Held`], with its reason.
//!
//! The crate depends on `std` alone. Feature `serde` adds the JSON form of a plan; feature `testing` adds
//! `testing`, short helpers that build worlds for planner tests.
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use acecast_reconcile::testing::{source, World};
//!
//! let world = World::new().wants(source(8640, "news")).runs(source(8650, "old"));
//! assert_eq!(
//!     world.plan().to_string(),
//!     "+ start  source  8640  news  missing, new key\n\
//!      - stop   source  8650  old   not in config\n"
//! );
//! # }
//! ```
//!
//! Decisions about time are pure, too: [`supervise`] says when a node that ended is started again, and is told the
//! time instead of asking for it.
//!
//! ```
//! use std::time::Duration;
//! use acecast_reconcile::supervise::{SuperviseSettings, Supervisor};
//! use acecast_reconcile::{Policy, Port};
//!
//! let port: Port = "8640".parse().expect("it is a port");
//! let mut supervisor = Supervisor::new(SuperviseSettings::default());
//! let now = Duration::from_secs(100);
//! supervisor.start_failed(now, port, 0.0);
//! supervisor.start_failed(now, port, 0.0);
//! let policy = Policy { backing_off: supervisor.back_offs(now), ..Policy::default() };
//! assert_eq!(policy.backing_off[&port].to_string(), "ended 2 times in a row; is started again in 2 s");
//! assert_eq!(supervisor.next_due(now), Some(Duration::from_secs(102)));
//! ```

mod desired;
mod display;
mod drift;
mod escape;
mod field;
#[cfg(feature = "serde")]
mod json;
mod key;
mod node;
mod numbers;
mod observed;
mod plan;
mod planner;
mod policy;
mod reason;
mod secret;
mod settings;
mod spec;
mod stop;
pub mod supervise;
#[cfg(feature = "testing")]
pub mod testing;
mod uid;
mod url;
mod value;

pub use desired::{Desired, DesiredNode, List, Repeated, WrongEntry};
pub use drift::{Change, Drift, Noted};
pub use escape::escape;
pub use field::Field;
pub use key::{KeyFacts, KeyState, KeyTrace, Restore};
pub use node::{Channel, Endpoint, EndpointError, Role, SourceKind};
pub use numbers::{NotAPid, NotAPort, Pid, Port};
pub use observed::{
    Foreign, Health, Identity, Listening, Observed, ObservedNode, ProcessId, Processes, Rival, Unidentified,
    Unknown, UnknownReason,
};
pub use plan::{Action, Decision, Plan};
pub use planner::plan;
pub use policy::{BackOff, Policy, Scope};
pub use reason::{HeldReason, KeepReason, Refusal, RestartReason, StartReason, StopReason};
pub use secret::Secret;
pub use settings::Settings;
pub use spec::{Secrets, Spec, Stream};
pub use stop::{StopScope, plan_stop};
pub use uid::{StreamUid, UidError};
pub use url::{StreamUrl, UrlError};
pub use value::Value;
