//! Documents as text: where things are in them, what of them may be shown, and what they say as JSON.

pub(crate) mod base64;
pub(crate) mod boundary;
pub(crate) mod document;
pub(crate) mod pieces;
pub(crate) mod scan;
mod snippet;
pub(crate) mod syntax;
