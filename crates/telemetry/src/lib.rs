//! What is sent to the operator's servers about nodes.
//!
//! The crate knows no other crate of acecast and no process: documents go in, documents come out, so that another
//! program can send the same data its own way.

mod monitor;

pub use monitor::{NodeType, monitor_document};
