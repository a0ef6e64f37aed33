//! What is sent to the operator's servers about nodes: documents, retries, uploads.
//!
//! One idea: whether a document is sent again, and when, is decided in one place, [`send`], and is apart from what is
//! sent ([`monitor_document`], [`silent_document`], [`metadata_document`]) and from how ([`Post`], by default
//! [`UreqPost`]). [`AtOnce`] bounds how many requests a server gets at the same time. The URL's secrets are in
//! [`Receiver`], which shows none.
//!
//! The crate knows no other crate of acecast and no process, so that another program can send the same data its own
//! way:
//!
//! ```
//! use std::sync::Mutex;
//! use std::time::{Duration, Instant};
//!
//! use acecast_telemetry::{
//!     AtOnce, NodeType, Patience, Post, PostError, Receiver, Reply, monitor_document, send,
//! };
//!
//! /// A transport that keeps what it is given, after it has been refused once.
//! struct Queue(Mutex<Vec<String>>);
//!
//! impl Post for Queue {
//!     fn post(&self, to: &Receiver, body: &[u8], _deadline: Instant) -> Result<Reply, PostError> {
//!         let mut queue = self.0.lock().expect("no other thread panics");
//!         queue.push(format!("{to} {}", String::from_utf8_lossy(body)));
//!         if queue.len() == 1 { Err(PostError::Refused) } else { Ok(Reply::new(202)) }
//!     }
//! }
//!
//! let queue = Queue(Mutex::default());
//! let at_once = AtOnce::new(&queue, AtOnce::PER_SERVER);
//! let to = Receiver::new("https://user:password@example.com/monitor?token=secret")?;
//! let document = monitor_document(r#"{"version": "3.2.3"}"#, 8640, NodeType::Source)?;
//!
//! let patience = Patience::until(Instant::now() + Duration::from_secs(30));
//! // A program sleeps here, and returns false when it is asked to end.
//! let wait = |_pause: Duration| true;
//! let sent = send(&at_once, &to, document.as_bytes(), &patience, &wait)?;
//!
//! assert_eq!((sent.attempts, sent.status), (2, 202));
//! assert_eq!(
//!     queue.0.into_inner()?.last().map(String::as_str),
//!     Some(r#"https://example.com/monitor {"version":"3.2.3","port":8640,"type":"source"}"#)
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`metrics`] makes a page for Prometheus of the same nodes.
//!
//! # Units, errors and panics
//!
//! Times are [`Duration`](std::time::Duration)s and [`Instant`](std::time::Instant)s; sizes are bytes, rates bytes per
//! second. A [`SendError`] says how often it was tried and how the last try failed. A [`Post`] of your own says with its
//! error whether it is worth another try: `Refused`, `UnknownHost`, `Connection`, `Cut` and `TimedOut` are; `Untrusted`,
//! `Tls`, `TooLarge` and `Other` are not. Nothing panics, unless a [`Post`] or the `wait` that is handed in does.
//!
//! # What may grow
//!
//! Errors and results may, and so may what is handed in: a [`Reply`], a [`Patience`] and all that a page of [`metrics`]
//! tells have a constructor or a default that takes what they cannot do without, and fields to set. What is exhaustive
//! is so on purpose: whoever backs a stream up has to know all of [`StreamMetadata`] and [`Ts`], and servers, dashboards
//! and alert rules are written for the words of [`NodeType`] and [`metrics::State`], so one more is another major
//! version.

mod at_once;
mod metadata;
pub mod metrics;
mod monitor;
mod post;
mod receiver;
mod retry_after;
mod says;
mod send;
mod text;
mod untrusted;
mod ureq_post;

pub use at_once::AtOnce;
pub use metadata::{Body, StreamMetadata, Ts, metadata_document};
pub use monitor::{NodeType, monitor_document, silent_document};
pub use post::{Post, PostError, Reply};
pub use receiver::{Receiver, ReceiverError};
pub use send::{Failure, Patience, SendError, Sent, send};
/// The version that [`UreqPost`] takes agents of.
pub use ureq;
pub use ureq_post::UreqPost;
