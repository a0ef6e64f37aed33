//! The keys that each document knows, as the parser takes them. What each means is in [`crate::reference`], which they
//! come from, so that whatever else describes them is in step.

use crate::reference;
use crate::reference::names;

pub(crate) const APP: &[&str] = &names(&reference::APP);

pub(crate) const ENGINE_PATH: &[&str] = &names(&reference::ENGINE_PATH);

pub(crate) const CONTROLLER: &[&str] = &names(&reference::CONTROLLER);

pub(crate) const DIRS: &[&str] = &names(&reference::DIRS);

pub(crate) const ANSWER: &[&str] = &names(&reference::ANSWER);

pub(crate) const SOURCE: &[&str] = &names(&reference::SOURCE);

pub(crate) const SUPPORT: &[&str] = &names(&reference::SUPPORT);

pub(crate) const METADATA_TS: &[&str] = &names(&reference::METADATA_TS);

pub(crate) const METADATA_HLS: &[&str] = &names(&reference::METADATA_HLS);

pub(crate) const ENCODED: &[&str] = &names(&reference::ENCODED);

/// Keys whose values are never shown.
pub(crate) const SECRET: &[&str] = &["provider_key", "node_access_token", "private_key"];

/// Keys whose values are URLs, or were meant to be.
pub(crate) const URL: &[&str] = &["url", "source_node", "support_node", "monitor", "metadata_receiver"];
