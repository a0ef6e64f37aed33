//! What is made from the definitions of the command line and of the config: manual pages, JSON Schemas, completions.
//!
//! Manual pages and schemas are committed. `ACECAST_WRITE=1 cargo test -p acecast-cli --test generated` makes them again.

#![allow(clippy::unwrap_used, reason = "helpers of tests unwrap, too")]

mod agreement;
mod committed;
mod completions;
mod completions_shells;
mod documents;
mod host;
mod man;
mod package;
mod sample_values;
mod schema;
mod schema_text;
mod validator;
