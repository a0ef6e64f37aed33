//! Observes and runs Ace Stream broadcast nodes on this host.
//!
//! The crate never decides what should run. It observes ([`mod@observe`]) and carries out what was decided
//! ([`mod@apply`]); what to do is the planner's affair (`acecast-reconcile`). Data flows one way: processes, files and
//! answers into a [`Snapshot`], a plan and a config into an apply and its report.
//!
//! Linux 5.3 or newer: processes are held by pidfds. The crate never prints, exits or reads the environment: what nodes
//! inherit is handed in as a [`ChildEnv`](apply::ChildEnv).
//!
//! # Look and plan
//!
//! Nothing is touched or written, and no lock is needed. Nodes are asked side by side, [`Observer::at_once`] at a time:
//! those that hang cost one [`status::DEADLINE`] for each so many of them.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use acecast_config::{Ask, UreqFetch, load_app, load_nodes, ureq};
//! use acecast_engine::{Observer, status::NodeClient};
//! use acecast_reconcile::{Policy, plan};
//!
//! let variable = |name: &str| std::env::var(name).ok();
//! let (app, _warnings) = load_app("config/config.json".as_ref(), &std::env::current_dir()?, &variable)?;
//! let fetch = UreqFetch::new(ureq::Agent::new_with_defaults());
//! let lists = load_nodes(&app, Ask::both(), &fetch);
//! let config = lists.into_config(app).map_err(|_| "a list of nodes cannot be read")?;
//!
//! let client = NodeClient::new();
//! let snapshot = Observer::new(&config.app, &client).observe(Some(&config))?;
//! print!("{}", plan(&config.desired(), &snapshot.observed, &Policy::default()));
//! # Ok(())
//! # }
//! ```
//!
//! # Carry it out
//!
//! The lock comes before the look, so that nobody else changes what was seen, and is held until the report is there.
//! Where processes are hidden ([`observe::none_hidden`]), nodes may have been missed and would be started a second
//! time: change nothing there. The last argument is asked between steps whether to end early; ending the program at any
//! moment does no harm either: what was being stopped then is finished by the next run.
//!
//! ```no_run
//! use std::error::Error;
//! use std::time::{Duration, SystemTime, UNIX_EPOCH};
//!
//! use acecast_config::Config;
//! use acecast_engine::Observer;
//! use acecast_engine::apply::{ChildEnv, Host, Options, Report, UnfinishedStops, apply};
//! use acecast_engine::lock::ApplyLock;
//! use acecast_engine::observe::none_hidden;
//! use acecast_engine::realm::Realm;
//! use acecast_reconcile::{Policy, plan};
//!
//! fn bring_about(config: &Config, observer: &Observer<'_>) -> Result<Report, Box<dyn Error>> {
//!     none_hidden()?;
//!     let pid_dir = &config.app.dirs.pid;
//!     std::fs::create_dir_all(pid_dir)?;
//!     let _lock = ApplyLock::acquire(pid_dir, Duration::from_secs(30), &|| false, &mut |_| ())?;
//!     let realm = Realm::open(pid_dir)?.ok_or("the pid dir has disappeared")?;
//!     let mut options = Options::new(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs());
//!     options.parallel = 4.try_into()?;
//!     // What a run was stopping when it was killed would look like what stays.
//!     let unfinished = UnfinishedStops::find(&config.app, &realm, options.stop_timeout)?;
//!     let _ended = unfinished.finish(options.parallel);
//!     let snapshot = observer.observe(Some(config))?;
//!     let plan = plan(&config.desired(), &snapshot.observed, &Policy::default());
//!     if let Some(refusal) = &plan.refused {
//!         return Err(refusal.to_string().into());
//!     }
//!     let env = ChildEnv::from_vars(std::env::vars_os());
//!     let host = Host::new(config, &realm, observer.client, &env);
//!     Ok(apply(&host, &plan, &snapshot, &options, &(), &|| false))
//! }
//! ```
//!
//! An [`apply::Progress`] in place of `()` hears of every step. What a report quotes of engines (`log`, and parts of
//! `error`) may hold secrets: [`redact::Redactor`] takes them out.
//!
//! # Hear of ends
//!
//! [`mod@deaths`] tells at once when a node ends, whoever started it; `acecast_reconcile::supervise` says when it is
//! started again.
//!
//! # Units, errors and panics
//!
//! Times are [`std::time::Duration`]s; sizes are bytes, rates bytes per second, and numbers in names say theirs
//! (`unix_time`: seconds since 1970). Errors are enums, one for each job, that will grow; their texts are fragments
//! without the cause, which is their `source()`. Only a report has texts, causes and all
//! ([`apply::NodeResult::error`], [`apply::Report::problems`]): it is kept, compared and shown when the errors are long
//! gone, and people read them. Programs go by the `outcome` and `engine_broken` of a node's result. Nothing panics but
//! what says so, such as [`apply::apply`] with a plan that the guard refused.
//!
//! What will grow is `non_exhaustive`: what is handed in has a constructor that takes what it cannot do without, and
//! public fields for the rest.

mod adopt;
mod answer;
pub mod apply;
pub mod args;
mod chain;
mod child_env;
pub mod cleanup;
mod command;
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
mod hidden;
mod infohash;
mod listeners;
pub mod lock;
pub mod log_follow;
pub mod log_tail;
pub mod memory;
pub mod metadata;
pub mod observe;
mod percent;
mod pid_file;
mod pidfd;
mod port_map;
mod process;
pub mod realm;
pub mod redact;
mod scan;
mod spawn;
mod spec_text;
pub mod status;
mod stop;
mod sweep;
mod transport;

pub use answer::{Answer, NotAnAnswer};
pub use observe::{NodeFacts, ObserveError, Observer, Snapshot, StreamUser};
pub use sweep::side_by_side;
