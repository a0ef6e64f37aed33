//! The files that an engine leaves: keys, numbers, transport files, pids.

pub(crate) mod base64;
pub(crate) mod key;
pub(crate) mod pid_file;
pub(crate) mod progress;
pub(crate) mod transport;
