//! A metadata dir with files of any age.

mod doubts;
mod found;

use std::cell::Cell;
use std::fs::{self, File, FileTimes};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use super::super::tests::pem;
use super::super::{Damage, fingerprint};
use super::*;
use crate::args::fixtures::app;

struct World {
    dir: tempfile::TempDir,
    app: AppConfig,
    /// When files were written.
    written: SystemTime,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path());
        fs::create_dir(&app.dirs.metadata).unwrap();
        fs::create_dir(&app.dirs.private).unwrap();
        World { dir, app, written: SystemTime::now() - Duration::from_secs(60) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.app.dirs.metadata.join(name)
    }

    /// An old file that only its owner can read.
    fn has(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(name, text.as_ref(), self.written);
        self
    }

    /// A file that was written at this moment.
    fn wrote(self, name: &str, text: &str) -> Self {
        self.write(name, text.as_bytes(), SystemTime::now());
        self
    }

    fn write(&self, name: &str, text: &[u8], when: SystemTime) {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_times(FileTimes::new().set_modified(when))
            .unwrap();
    }

    fn stream(self, name: &str) -> Self {
        self.has(&format!("{name}.sauth"), pem(7)).has(&format!("{name}.restart"), "42")
    }

    /// The record beside transport files.
    fn sidecar(self, uid: &str, infohash: &str) -> Self {
        let text = format!(
            r#"{{"v":1,"infohash":"{infohash}","title":"t","url":"u","base_url":"u","categories":[],"trackers":[],
                "provider_key":null}}"#
        );
        fs::write(self.app.dirs.private.join(format!("{uid}_private.acelive.inputs.json")), text).unwrap();
        self
    }

    fn take(&self) -> Inventory {
        inventory(&self.app, &BTreeMap::new()).unwrap()
    }

    /// The inventory with something that happens during the pause, and how many pauses there were.
    fn take_while(&self, happens: impl Fn()) -> (Inventory, u32) {
        let pauses = Cell::new(0);
        let mut pause = || {
            pauses.set(pauses.get() + 1);
            happens();
        };
        let taken = take(&self.app, &BTreeMap::new(), &mut pause).unwrap();
        (taken, pauses.get())
    }

    /// The only stream's troubles, as they are shown.
    fn troubles(&self) -> Vec<String> {
        let [stream] = &self.take().streams[..] else { panic!("not one stream") };
        let dir = format!("{}/", self.app.dirs.metadata.display());
        let spoiled = stream.whole().err().unwrap_or_default();
        let troubles = stream.troubles();
        assert!(troubles.iter().filter(|trouble| trouble.spoils()).eq(&spoiled));
        troubles.iter().map(|trouble| trouble.to_string().replace(&dir, "")).collect()
    }
}

fn sequence(digit: &str, number: u8) -> String {
    format!("{}_stream_{number}", digit.repeat(40))
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}
