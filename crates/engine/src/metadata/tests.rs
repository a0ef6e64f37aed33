//! Keys of all sorts, and a host that has them.

mod facts;
mod judging;
mod restoring;

use acecast_config::{AppConfig, Metadata, PrivateKey, SourceNode};
use acecast_reconcile::KeyFacts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::args::StreamPaths;
use crate::args::fixtures::{app, hls, ts};

/// A DER element of the right length, filled with `fill`.
fn der(fill: u8, len: usize) -> Vec<u8> {
    let mut der = vec![0x30, 0x82];
    der.extend(u16::try_from(len).unwrap().to_be_bytes());
    der.extend(std::iter::repeat_n(fill, len));
    der
}

fn pem_of(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", lines.join("\n"))
}

/// A key file's text; other numbers give other keys.
pub(super) fn pem(fill: u8) -> String {
    pem_of(&der(fill, 460))
}

struct World {
    _dir: tempfile::TempDir,
    app: AppConfig,
    node: SourceNode,
}

impl World {
    fn new(node: SourceNode) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path());
        fs::create_dir(&app.dirs.metadata).unwrap();
        fs::create_dir(&app.dirs.public).unwrap();
        World { _dir: dir, app, node }
    }

    fn ts() -> Self {
        World::new(ts())
    }

    fn brings(mut self, key: &str, last_seq: u64) -> Self {
        self.node.metadata = Some(Metadata::Ts { last_seq, private_key: PrivateKey::new(key) });
        self
    }

    fn paths(&self) -> StreamPaths<'_> {
        StreamPaths::new(&self.app.dirs, &self.node.uid)
    }

    fn has_key(self, key: impl AsRef<[u8]>) -> Self {
        fs::write(self.paths().key(), key).unwrap();
        self
    }

    fn has_restart(self, text: &str) -> Self {
        fs::write(self.paths().restart(), text).unwrap();
        self
    }

    fn facts(&self) -> KeyFacts {
        key_facts(&self.node, &self.app, None).unwrap()
    }

    /// Checking writes nothing and refuses exactly what restoring refuses.
    fn restore(&self) -> Result<String, MetadataError> {
        let before = self.files();
        let checked = check_restore(&self.node, &self.app).map_err(|error| error.to_string());
        assert_eq!(self.files(), before);
        let restored = self.restore_unchecked();
        assert_eq!(checked.err(), restored.as_ref().err().map(ToString::to_string));
        restored
    }

    fn restore_unchecked(&self) -> Result<String, MetadataError> {
        let dir = format!("{}/", self.app.dirs.metadata.display());
        restore(&self.node, &self.app, 1_700_000_000).map(|report| report.to_string().replace(&dir, ""))
    }

    fn key(&self) -> Vec<u8> {
        fs::read(self.paths().key()).unwrap()
    }

    fn last_seq(&self) -> String {
        fs::read_to_string(self.paths().restart()).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.app.dirs.metadata).into_iter().flatten();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}
