//! What transport files were made from, and whether that is what the config says now.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use acecast_config::{AppConfig, Dirs, SourceNode};
use acecast_reconcile::{SourceKind, StreamUid};
use serde::{Deserialize, Serialize};

use crate::args::{StreamPaths, sidecar_uid};
use crate::files::{FilesError, PRIVATE, names_in, read_bounded, write_atomic};
use crate::infohash::is_infohash;

/// Why transport files have to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// There is no public file, or an empty one.
    PublicMissing,
    /// There is no private file, or an empty one.
    PrivateMissing,
    /// These inputs, by the config's keys, are others than those they were made from.
    InputsChanged(Vec<&'static str>),
    /// It cannot be told what they were made from.
    SidecarDamaged,
    /// It was asked for.
    Forced,
}

/// Whether, and why, the transport files have to be made before a node is started. Never of a ts stream, whose engine
/// makes its own. Nothing is changed.
pub(crate) fn needs_making(node: &SourceNode, app: &AppConfig, force: bool) -> Option<Reason> {
    if node.kind() != SourceKind::Hls {
        return None;
    }
    let paths = StreamPaths::new(&app.dirs, &node.uid);
    if force {
        return Some(Reason::Forced);
    }
    if is_missing(&paths.public_transport()) {
        return Some(Reason::PublicMissing);
    }
    if is_missing(&paths.private_transport()) {
        return Some(Reason::PrivateMissing);
    }
    match Sidecar::read(&paths.sidecar()) {
        Found::Nothing => None,
        Found::Damaged => Some(Reason::SidecarDamaged),
        Found::Sidecar(sidecar) => match sidecar.inputs.changed(&Inputs::of(node, app)) {
            changed if changed.is_empty() => None,
            changed => Some(Reason::InputsChanged(changed)),
        },
    }
}

/// Writes a sidecar for transport files that have none, with the inputs of now. True if it was written.
pub(crate) fn adopt(node: &SourceNode, app: &AppConfig) -> Result<bool, FilesError> {
    let path = StreamPaths::new(&app.dirs, &node.uid).sidecar();
    if needs_making(node, app, false).is_some() || !matches!(Sidecar::read(&path), Found::Nothing) {
        return Ok(false);
    }
    if node.kind() != SourceKind::Hls {
        return Ok(false);
    }
    let sidecar = Sidecar { v: VERSION, infohash: None, inputs: Inputs::of(node, app) };
    write_atomic(&path, &sidecar.to_bytes(), PRIVATE).map(|()| true)
}

// Here and not with the names of the files: what is in them is known here only.
impl StreamPaths<'_> {
    /// The infohash of a HLS stream's transport files, as the engine named it when they were made: 40 hex digits. It is
    /// read from the file beside them; `None` if that is missing or does not tell.
    pub fn infohash(&self) -> Option<String> {
        match Sidecar::read(&self.sidecar()) {
            Found::Sidecar(sidecar) => sidecar.infohash.filter(|hash| is_infohash(hash)),
            Found::Nothing | Found::Damaged => None,
        }
    }
}

/// The streams of all infohashes that the sidecars in the private dir name, in lower case. Streams from one source have
/// one infohash. Empty if there is no such dir; a sidecar that cannot be used names none.
pub(crate) fn infohashes(dirs: &Dirs) -> Result<BTreeMap<String, BTreeSet<StreamUid>>, FilesError> {
    let mut known: BTreeMap<String, BTreeSet<StreamUid>> = BTreeMap::new();
    for name in names_in(&dirs.private)? {
        let Some(uid) = name.to_str().and_then(sidecar_uid) else { continue };
        if let Found::Sidecar(Sidecar { infohash: Some(hash), .. }) = Sidecar::read(&dirs.private.join(&name))
            && is_infohash(&hash)
        {
            known.entry(hash.to_ascii_lowercase()).or_default().insert(uid);
        }
    }
    Ok(known)
}

/// What a sidecar says while its files are being put into place. It is read as a damaged one.
pub(super) const UNFINISHED: &[u8] = b"{\"v\":1,\"unfinished\":true}";

/// The version of the sidecar's format. Another one counts as damaged: the files are made again, which costs a second.
const VERSION: u64 = 1;

/// A sidecar holds a few hundred bytes, apart from long lists of trackers.
const MAX_SIDECAR: u64 = 1024 * 1024;

/// The sidecar's document. It holds the URL's session token and the provider key, as the private file itself does.
#[derive(Serialize, Deserialize)]
pub(super) struct Sidecar {
    v: u64,
    infohash: Option<String>,
    #[serde(flatten)]
    inputs: Inputs,
}

#[derive(PartialEq, Serialize, Deserialize)]
pub(super) struct Inputs {
    title: String,
    url: String,
    base_url: String,
    categories: Vec<String>,
    trackers: Vec<String>,
    provider_key: Option<String>,
}

enum Found {
    Nothing,
    Damaged,
    Sidecar(Sidecar),
}

impl Sidecar {
    pub(super) fn new(inputs: Inputs, infohash: String) -> Self {
        Sidecar { v: VERSION, infohash: Some(infohash), inputs }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a struct of texts always has a JSON form")
    }

    fn read(path: &Path) -> Found {
        match read_bounded(path, MAX_SIDECAR) {
            Ok(None) => Found::Nothing,
            Ok(Some(bytes)) => Sidecar::parse(&bytes).map_or(Found::Damaged, Found::Sidecar),
            Err(_) => Found::Damaged,
        }
    }

    fn parse(bytes: &[u8]) -> Option<Sidecar> {
        serde_json::from_slice::<Sidecar>(bytes).ok().filter(|sidecar| sidecar.v == VERSION)
    }
}

/// What acecast makes of a sidecar, whoever wrote it.
#[cfg(feature = "fuzzing")]
pub(crate) fn rewritten(bytes: &[u8]) -> Option<Vec<u8>> {
    Sidecar::parse(bytes).map(|sidecar| sidecar.to_bytes())
}

impl Inputs {
    /// What [`crate::args::transport_args`] passes on; lists without order, as the order changes nothing for viewers.
    pub(super) fn of(node: &SourceNode, app: &AppConfig) -> Self {
        let sorted = |mut list: Vec<String>| {
            list.sort();
            list.dedup();
            list
        };
        Inputs {
            title: node.title.clone(),
            url: node.url.reveal().to_owned(),
            base_url: node.url.reveal_base().to_owned(),
            categories: sorted(node.categories.iter().map(ToString::to_string).collect()),
            trackers: sorted(app.trackers.to_vec()),
            provider_key: app.provider_key.as_ref().map(|key| key.reveal().to_owned()),
        }
    }

    fn changed(&self, now: &Inputs) -> Vec<&'static str> {
        let Inputs { title, url, base_url, categories, trackers, provider_key } = self;
        let checks = [
            ("title", *title == now.title),
            ("url", *url == now.url && *base_url == now.base_url),
            ("categories", *categories == now.categories),
            ("trackers", *trackers == now.trackers),
            ("provider_key", *provider_key == now.provider_key),
        ];
        checks.into_iter().filter(|(_, same)| !same).map(|(key, _)| key).collect()
    }
}

/// No file, or an empty one. What cannot be looked at is the business of whoever opens it.
fn is_missing(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(file) => file.len() == 0,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::PublicMissing => f.write_str("the public transport file was missing"),
            Reason::PrivateMissing => f.write_str("the private transport file was missing"),
            Reason::InputsChanged(keys) => write!(f, "{} changed", keys.join(", ")),
            Reason::SidecarDamaged => f.write_str("the record of their inputs was damaged"),
            Reason::Forced => f.write_str("that was asked for"),
        }
    }
}
