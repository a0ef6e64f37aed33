//! Texts into desired nodes.
//!
//! One idea: what operators and controllers write is read once, here, into types that cannot hold a wrong value;
//! nothing downstream checks again. Everything that is wrong is said at once, each thing as a [`Problem`] with its
//! place in the document.
//!
//! [`load_app`] reads the app config, [`load_nodes`] the node lists that it points at, and [`Config::desired`] is
//! what the planner takes. [`load_metadata`] and [`read_backup`] read what streams are restored from. The crate never
//! prints, exits or reads the environment: variables, the current folder and the HTTP agent are handed in.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let folder = dir.path();
//! use acecast_config::{Ask, UreqFetch, load_app, load_nodes, ureq};
//!
//! # std::fs::write(folder.join("config.json"), r#"{
//! #     "engine_path": {"stable": "/bin/true"}, "root": "/srv/acecast",
//! #     "controller": {"source_node": "sources.json"}, "trackers": ["udp://tracker.example.com:2710/announce"],
//! #     "dirs": {"public": "a", "private": "b", "metadata": "c", "log": "d", "cache": "e", "pid": "f", "state": "g"}
//! # }"#.replace("sources.json", &folder.join("sources.json").display().to_string()))?;
//! # std::fs::write(folder.join("sources.json"), r#"[
//! #     {"stream_uid": "news", "port": 8640, "title": "News", "type": "ts", "bitrate": 400000,
//! #      "url": "http://192.0.2.10/news.ts", "categories": ["regional"]},
//! #     {"stream_uid": "kids", "port": 8650, "title": "Kids", "type": "ts", "bitrate": "much",
//! #      "url": "http://192.0.2.10/kids.ts", "categories": ["kids"]}
//! # ]"#)?;
//! let variable = |name: &str| std::env::var(name).ok();
//! // What comes with a usable config are warnings.
//! let (app, warnings) = load_app("config.json".as_ref(), folder, &variable)?;
//! let fetch = UreqFetch::new(ureq::Agent::new_with_defaults());
//! let lists = load_nodes(&app, Ask::both(), &fetch);
//! for problem in warnings.iter().chain(&lists.problems()) {
//!     eprintln!("{}: {problem}", problem.severity);
//! }
//! // A list that cannot be read changes nothing at all; a wrong entry is left out, and its port is left alone.
//! let config = lists.into_config(app).map_err(|_| "a list of nodes cannot be read")?;
//! let sources = config.sources.as_ref().ok_or("there is no list of source nodes")?;
//! assert_eq!((sources.nodes[0].uid.as_str(), sources.nodes.len()), ("news", 1));
//! // Who asks what is listed asks both lists at once.
//! let wrong = config.entry("8650".parse()?).ok_or("nobody asks for this port")?;
//! assert_eq!((wrong.name().as_deref(), wrong.is_usable()), (Some("kids"), false));
//! let _what_the_planner_takes = config.desired();
//! # Ok(())
//! # }
//! ```
//!
//! A program with settings of its own needs no file: [`AppConfig::new`] and [`Config::new`] make a config of values.
//!
//! Lists may come another way than by HTTP with [`UreqFetch`]: [`Fetch`] is one method, and redirects, retries, limits
//! and deadlines are decided apart from it.
//!
//! ```
//! use std::time::Instant;
//! use acecast_config::{Answer, Fetch, FetchError, RemoteUrl};
//!
//! /// Stands in for a controller.
//! struct Fixed(&'static str);
//!
//! impl Fetch for Fixed {
//!     fn get(&self, _url: &RemoteUrl, _deadline: Instant) -> Result<Answer, FetchError> {
//!         Ok(Answer::new(200, self.0))
//!     }
//! }
//! # let url = "https://example.com/sources".parse().expect("it is a URL");
//! # assert_eq!(Fixed("[]").get(&url, Instant::now()).expect("it is fixed").body, b"[]");
//! ```
//!
//! # Errors and panics
//!
//! A document that cannot be used at all is a [`LoadError`]; everything smaller is a [`Problem`], whose texts are safe to
//! show: escaped, shortened, secrets masked. Nothing panics but [`Config::desired`], for lists that were put together by
//! hand and repeat a port, and what calls a [`Fetch`] that does. A document is 16 MiB at most, and may take 10 s to come,
//! redirects and retries included.
//!
//! # What may grow
//!
//! Errors, problems and everything that is read may: what others may build ([`AppConfig`], [`Dirs`], [`Config`],
//! [`NodeList`], nodes, [`Answer`], [`Problem`], [`Backups`]) has a constructor or a default, and fields to set. What is
//! exhaustive is so on purpose: whoever acts on an [`Entry`] or a [`Severity`], starts a node from its [`Media`] or
//! restores [`Metadata`] has to know all of them, so one more is another major version.

mod app;
mod ask;
mod backup;
mod desired;
mod engines;
mod entry;
mod error;
mod exposed;
mod file;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod get;
mod keys;
mod lists;
mod load;
mod mask;
mod metadata;
mod node;
mod problem;
mod read;
pub mod reference;
mod salvage;
mod sequence_name;
mod text;
mod trackers;
mod without_number;

pub use app::new::AppConfigError;
pub use app::{AppConfig, Controller, Dirs, Location, RemoteUrl};
pub use ask::Ask;
pub use backup::{Backup, Backups};
pub use entry::Entry;
pub use error::LoadError;
pub use get::fetch::{Answer, Fetch, FetchError};
pub use get::ureq_fetch::UreqFetch;
pub use lists::{Config, Lists, NodeList};
pub use load::backups::{load_metadata, read_backup};
pub use load::{load_app, load_nodes};
pub use metadata::{Metadata, PrivateKey};
pub use node::{Category, Common, Media, Quality, SourceNode, SupportNode};
pub use problem::{At, Problem, Severity, Snippet};
pub use salvage::Salvage;
pub use sequence_name::{NotASequenceName, SequenceName};
pub use trackers::{Trackers, TrackersError};
/// The version that [`UreqFetch`] takes agents of.
pub use ureq;
