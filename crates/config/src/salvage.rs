//! What an app config that cannot be used still tells: enough to look for what is wrong with the lists, too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acecast_reconcile::{Channel, Secret};

use crate::Controller;
use crate::app::origin::Origin;

/// The readable parts of an app config that cannot be used. Nothing may be done with them but look.
#[derive(Clone, Debug, Default)]
pub struct Salvage {
    pub(crate) controller: Controller,
    pub(crate) engine_path: BTreeMap<Channel, PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    /// Also where it could not be read: then it may well be meant.
    pub(crate) require_https: bool,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) origin: Origin,
}

impl Salvage {
    /// Which certificate authorities to trust.
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// What must never be shown.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }
}
