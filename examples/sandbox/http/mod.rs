//! As much HTTP as the sandbox needs, on plain sockets.

pub(crate) mod client;
pub(crate) mod server;
