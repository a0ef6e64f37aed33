//! How long things may be.

/// Longest texts, in bytes. The engine takes each as one argument, of which Linux allows 128 KiB.
pub(crate) const MAX_TITLE: usize = 1024;
pub(crate) const MAX_URL: usize = 8 << 10;
pub(crate) const MAX_TEXT: usize = 4096;

/// The longest document that is read, from a file or a server: 16 MiB, far more than a thousand nodes need.
pub(crate) const MAX_DOCUMENT: usize = 16 << 20;
