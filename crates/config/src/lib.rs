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
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use acecast_config::{Ask, UreqFetch, load_app, load_nodes};
//!
//! let env = |name: &str| std::env::var(name).ok();
//! let (app, problems) = load_app("config/config.json".as_ref(), &std::env::current_dir()?, &env)?;
//! let fetch = UreqFetch::new(ureq::Agent::new_with_defaults());
//! let lists = load_nodes(&app, &Ask { source: true, support: true, get_metadata: false }, &fetch);
//! for problem in problems.iter().chain(&lists.problems()) {
//!     eprintln!("{problem}");
//! }
//! if let Ok(config) = lists.into_config(app) {
//!     let _desired = config.desired();
//! }
//! # Ok(())
//! # }
//! ```

mod app;
mod backup;
mod base64;
mod boundary;
mod desired;
mod document;
mod engines;
mod entries;
mod error;
mod exposed;
mod fetch;
mod file;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod get;
mod keys;
mod lists;
mod load;
mod load_backups;
mod mask;
mod mask_key;
mod mask_url;
mod metadata;
mod node;
mod object;
mod problem;
mod read_app;
mod read_backups;
mod read_list;
mod read_metadata;
mod read_nodes;
mod report;
mod root;
mod salvage;
mod scan;
mod snippet;
mod syntax;
mod ureq_fetch;
mod values;

pub use app::{AppConfig, Controller, Dirs, Location, RemoteUrl};
pub use backup::{Backup, Backups};
pub use error::LoadError;
pub use fetch::{Answer, Fetch, FetchError};
pub use keys::KEYS;
pub use lists::{Ask, Config, Lists, NodeList};
pub use load::{load_app, load_nodes};
pub use load_backups::{load_metadata, read_backup};
pub use metadata::{Metadata, PrivateKey};
pub use node::{Category, Common, Media, Quality, SourceNode, SupportNode};
pub use problem::{At, Problem, Severity, Snippet};
pub use salvage::Salvage;
pub use ureq_fetch::UreqFetch;
