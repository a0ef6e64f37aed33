use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use acecast_config::{AppConfig, Metadata, PrivateKey};

use super::super::restore::check_stream;
use super::super::tests::pem;
use super::super::{MetadataError, RestoreOptions, restore_stream};
use super::*;
use crate::args::fixtures::app;

struct World {
    _dir: tempfile::TempDir,
    app: AppConfig,
}

impl World {
    fn new(key: &str, restart: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path());
        fs::create_dir(&app.dirs.metadata).unwrap();
        let world = World { _dir: dir, app };
        fs::write(world.path("news.sauth"), key).unwrap();
        if let Some(restart) = restart {
            fs::write(world.path("news.restart"), restart).unwrap();
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.app.dirs.metadata.join(name)
    }

    fn restore(&self, key: &str, last_seq: u64, replace_key: bool) -> Result<String, MetadataError> {
        let metadata = Metadata::Ts { last_seq, private_key: PrivateKey::new(key) };
        let options = RestoreOptions { unix_time: 7, replace_key };
        let uid = "news".parse().unwrap();
        let before = self.files();
        let checked =
            check_stream(&self.app, &uid, &metadata, replace_key).map_err(|error| error.to_string());
        assert_eq!(self.files(), before, "checking writes nothing");
        let dir = format!("{}/", self.app.dirs.metadata.display());
        let restored = restore_stream(&self.app, &uid, &metadata, options);
        if let Err(error) = &restored
            && !matches!(error, MetadataError::Files(_))
        {
            assert_eq!(checked, Err(error.to_string()), "checking refuses what restoring refuses");
        } else {
            assert_eq!(checked, Ok(()));
        }
        restored.map(|report| report.to_string().replace(&dir, ""))
    }

    /// All files with what they hold.
    fn files(&self) -> Vec<(String, String)> {
        let entries = fs::read_dir(&self.app.dirs.metadata).unwrap().map(|entry| entry.unwrap());
        let named = entries.map(|entry| entry.file_name().into_string().unwrap());
        let mut files: Vec<_> = named
            .map(|name| {
                let text = fs::read_to_string(self.path(&name)).unwrap_or_else(|_| "a folder".to_owned());
                (name, text)
            })
            .collect();
        files.sort();
        files
    }
}

fn files<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}

#[test]
fn another_key_is_replaced_where_that_is_allowed_and_the_number_is_exactly_its_own() {
    let (old, new) = (pem(8), pem(7));
    let world = World::new(&old, Some("42\n"));
    fs::set_permissions(world.path("news.sauth"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(world.restore(&new, 5, false), Err(MetadataError::Conflict { .. })));
    let (old_print, new_print) = (fingerprint(old.as_bytes()), fingerprint(new.as_bytes()));
    let expected = format!(
        "news.restart: 5 restored, was 42\nnews.sauth: key restored (SHA-256 {new_print}), the other one \
         (SHA-256 {old_print}) kept as news.sauth.replaced-7"
    );
    assert_eq!(world.restore(&new, 5, true).unwrap(), expected);
    let kept = [
        ("news.restart", "5"),
        ("news.restart.replaced-7", "42"),
        ("news.sauth", &new),
        ("news.sauth.replaced-7", &old),
    ];
    assert_eq!(world.files(), files(kept));
    for (name, _) in kept {
        let mode = fs::metadata(world.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{name}");
    }
    assert_eq!(world.restore(&new, 4, true).unwrap(), "", "the same key now: the higher number stays");
}

#[test]
fn names_that_are_taken_are_left_alone() {
    let world = World::new(&pem(8), Some("42"));
    fs::write(world.path("news.sauth.replaced-7"), "first").unwrap();
    fs::write(world.path("news.restart.replaced-8"), "second").unwrap();
    let said = world.restore(&pem(7), 43, true).unwrap();
    assert!(said.contains("news.sauth.replaced-9"), "{said}");
    let kept = [
        ("news.restart", "43"),
        ("news.restart.replaced-8", "second"),
        ("news.restart.replaced-9", "42"),
        ("news.sauth", &pem(7)),
        ("news.sauth.replaced-7", "first"),
        ("news.sauth.replaced-9", &pem(8)),
    ];
    assert_eq!(world.files(), files(kept));
}

#[test]
fn a_number_that_is_none_has_no_second_name() {
    for (restart, said) in [(None, "was missing"), (Some(""), "held no piece number")] {
        let world = World::new(&pem(8), restart);
        let report = world.restore(&pem(7), 5, true).unwrap();
        assert!(report.starts_with(&format!("news.restart: 5 restored, {said}\n")), "{report}");
        let kept = [("news.restart", "5"), ("news.sauth", &pem(7)), ("news.sauth.replaced-7", &pem(8))];
        assert_eq!(world.files(), files(kept));
    }
    let world = World::new(&pem(8), Some("5"));
    assert!(!world.restore(&pem(7), 5, true).unwrap().contains("news.restart"), "the same number by chance");
}

#[test]
fn leave_to_replace_is_no_leave_to_guess() {
    let world = World::new(&pem(8), Some("42"));
    let before = world.files();
    assert!(matches!(world.restore(&pem(7)[..300], 5, true), Err(MetadataError::RemoteDamaged { .. })));
    assert_eq!(world.files(), before);
    fs::remove_file(world.path("news.sauth")).unwrap();
    fs::create_dir(world.path("news.sauth")).unwrap();
    assert!(matches!(world.restore(&pem(7), 5, true), Err(MetadataError::KeyUnreadable { .. })));
    let world = World::new("cut", Some("42"));
    let said = world.restore(&pem(7), 5, true).unwrap();
    assert!(said.starts_with("news.sauth is damaged"), "{said}");
    assert_eq!(fs::read_to_string(world.path("news.restart")).unwrap(), "42", "perhaps it is this key's");
}

#[test]
fn what_cannot_be_done_whole_is_undone() {
    let world = World::new(&pem(8), None);
    fs::create_dir(world.path("news.restart")).unwrap();
    let before = world.files();
    assert!(matches!(world.restore(&pem(7), 5, true), Err(MetadataError::Files(_))));
    assert_eq!(world.files(), before);
}

#[test]
fn undoing_never_takes_the_last_copy_of_a_key() {
    let world = World::new(&pem(7), Some("5"));
    fs::write(world.path("key aside"), pem(8)).unwrap();
    fs::write(world.path("number aside"), "42").unwrap();
    let (key, restart) = (world.path("news.sauth"), world.path("news.restart"));
    let (old, new) = (pem(8), pem(7));
    let its = Replacement {
        key: &key,
        restart: &restart,
        local: old.as_bytes(),
        remote: new.as_bytes(),
        last_seq: 5,
    };
    let (key_aside, number_aside) = (world.path("key aside"), world.path("number aside"));
    let asides = Asides { key: &key_aside, number: Some(&number_aside) };
    let before = world.files();
    undo(&its, &asides);
    assert_eq!(world.files(), before, "the new key is there already");
    fs::write(&key, &old).unwrap();
    undo(&its, &asides);
    assert_eq!(world.files(), files([("news.restart", "42"), ("news.sauth", &old)]));
}

#[test]
fn a_run_that_was_killed_before_the_key_was_renamed_is_made_good_by_the_next() {
    // As it looks then: both second names, the new number, the old key.
    let world = World::new(&pem(8), Some("5"));
    fs::write(world.path("news.sauth.replaced-7"), pem(8)).unwrap();
    fs::write(world.path("news.restart.replaced-7"), "42").unwrap();
    let _ = world.restore(&pem(7), 5, true).unwrap();
    let text = |name: &str| fs::read_to_string(world.path(name)).unwrap();
    assert_eq!((text("news.sauth"), text("news.restart")), (pem(7), "5".to_owned()));
    assert_eq!((text("news.sauth.replaced-7"), text("news.restart.replaced-7")), (pem(8), "42".to_owned()));
}
