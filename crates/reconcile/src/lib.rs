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
//! # Testing plans
//!
//! With feature `testing`, a plan test needs neither a process nor a file:
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use acecast_reconcile::testing::{World, source};
//!
//! let world = World::new().wants(source(8640, "news")).runs(source(8650, "old"));
//! let plan = world.plan();
//! assert_eq!(
//!     plan.to_string(),
//!     "+ start  source  8640  news  missing, new key\n\
//!      - stop   source  8650  old   not in config\n"
//! );
//! // Once that is done, there is nothing left to do.
//! assert_eq!(world.apply(&plan).plan().to_string(), "= keep  source  8640  news\n");
//! # }
//! ```
//!
//! What a user may allow, and what may be touched, is the [`Policy`]; reasons are enums to match on.
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use acecast_reconcile::testing::{World, running, source};
//! use acecast_reconcile::{Action, Field, Refusal, RestartReason, Role};
//!
//! let brodilo = |bitrate| source(8640, "brodilo").with(Field::Bitrate, bitrate);
//! let plan = World::new().wants(brodilo(500_000)).runs(running(brodilo(400_000)).adopted()).plan();
//! let Action::Restart { reason, drift, .. } = &plan.decisions[0].action else { panic!("{plan}") };
//! assert_eq!((*reason, drift[0].field), (RestartReason::Drift, Field::Bitrate));
//!
//! // A list that lost its nodes is no reason to stop them all.
//! let emptied = World::new().runs(source(8640, "news"));
//! assert!(matches!(emptied.plan().refused, Some(Refusal::EmptyList { role: Role::Source, .. })));
//! assert_eq!(emptied.allow_mass_stop().plan().refused, None);
//! # }
//! ```
//!
//! # Planning
//!
//! The same with a program's own values, and no feature:
//!
//! ```
//! use acecast_reconcile::{Desired, DesiredNode, Field, List, Observed, Policy, Settings, Spec, Stream, plan};
//!
//! let relay = DesiredNode::new(Spec {
//!     port: "8641".parse()?,
//!     stream: Stream::Support("192.0.2.7:8640".parse()?),
//!     settings: Settings::from([(Field::EngineVersion, "stable".into())]),
//! });
//! // Source nodes are out of scope, which is not the same as an empty list of them.
//! let desired = Desired::new(None, Some(List::new([relay], [])?))?;
//! let plan = plan(&desired, &Observed::default(), &Policy::default());
//! assert_eq!(plan.to_string(), "+ start  support  8641  192.0.2.7:8640  missing\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Supervising
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
//! let mut policy = Policy::default();
//! policy.backing_off = supervisor.back_offs(now);
//! assert_eq!(policy.backing_off[&port].to_string(), "ended, or failed to start, 2 times in a row; it is started again in 2 s");
//! assert_eq!(supervisor.next_due(now), Some(Duration::from_secs(102)));
//! ```
//!
//! # Errors and panics
//!
//! Texts and numbers are checked where they become values ([`Port`], [`Pid`], [`StreamUid`], [`StreamUrl`],
//! [`Endpoint`], [`List`], [`Desired`]). Nothing panics but [`Desired::new`], if a list holds nodes of the other role,
//! and the helpers of `testing`.
//!
//! # What may grow
//!
//! Reasons and notices may, and so may the bags of facts: these have a constructor or a default, and fields to set. Show
//! a reason that you do not know by its `Display` or its `code()`. What is exhaustive is so on purpose: whoever carries
//! out an [`Action`] or acts on an [`Identity`] or a [`Health`] has to know all of them, so one more is another major
//! version.

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
mod restart;
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
pub use node::{Channel, Endpoint, EndpointError, NotAChannel, Role, SourceKind};
pub use numbers::{NotAPid, NotAPort, Pid, Port};
pub use observed::{
    Foreign, Health, Identity, Listening, Observed, ObservedNode, ProcessId, Processes, Rival, Unidentified,
    Unknown, UnknownReason,
};
pub use plan::{Action, Decision, Plan};
pub use planner::plan;
pub use policy::{BackOff, Policy, Scope};
pub use reason::{HeldReason, KeepReason, Refusal, RestartReason, StartReason, StopReason};
pub use restart::plan_restart;
pub use secret::Secret;
pub use settings::Settings;
pub use spec::{Secrets, Spec, Stream};
pub use stop::{StopScope, plan_stop};
pub use uid::{StreamUid, UidError};
pub use url::{Decoded, StreamUrl, UrlError};
pub use value::Value;
