//! Backups that are restored or written where there is no room.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Disk, has_prlimit, leftovers, limited};
use crate::support::{Running, Site};
use crate::world::key;

/// What a backup of this stream holds.
fn backup(letter: char, last_seq: u64) -> String {
    json!({"news": {"last_seq": last_seq, "private_key": key(letter)}}).to_string()
}

/// Runs the command, which fails at a disk without room, in both forms.
#[track_caller]
fn no_room(site: &Site, args: &[&str], dir: &Path, names: &str) {
    let before = contents(dir);
    for form in ["text", "json"] {
        let run = site.acecast(&[args, &["-o", form]].concat()).exit(1);
        assert!(run.all().contains(names) && run.all().contains("No space left"), "{run}");
        let full = format!("the file system at {} is full", site.path("disk").display());
        assert!(run.all().contains(&full) && run.all().contains("; make room there"), "{run}");
        assert!(!run.all().contains("acecast cleanup"), "no logs and no caches are there\n{run}");
        run.hides("KKKKKKKK").hides("LLLLLLLL");
        assert_eq!(contents(dir), before, "something was changed, or something half is left");
    }
}

/// The files of a folder.
fn contents(dir: &Path) -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = paths
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn disk_full_while_metadata_is_restored_by_hand() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let metadata = disk.at("metadata");
    fs::create_dir(site.path("backup")).unwrap();
    fs::create_dir(&metadata).unwrap();
    site.app(json!({"dirs": {"metadata": metadata}}));
    fs::write(site.path("backup/news.json"), backup('L', 6)).unwrap();
    let restore = ["restore-metadata", "--from", "backup"];
    disk.fill();
    no_room(&site, &restore, &metadata, "/metadata/news.restart");
    disk.free();

    // A damaged key, and another one that is to be replaced.
    for there in [&key('K')[..300], &key('K')] {
        fs::write(metadata.join("news.sauth"), there).unwrap();
        fs::write(metadata.join("news.restart"), "9000").unwrap();
        disk.fill();
        no_room(
            &site,
            &[&restore[..], &["--replace-key", "news"]].concat(),
            &metadata,
            "/metadata/news.sauth",
        );
        disk.free();
    }
    site.acecast(&[&restore[..], &["--replace-key", "news"]].concat()).exit(0);
    assert_eq!(fs::read_to_string(metadata.join("news.sauth")).unwrap(), key('L'));
    assert_eq!(
        contents(&metadata).len(),
        4,
        "the old key and its number are kept: {:?}",
        contents(&metadata)
    );
}

#[test]
fn disk_full_while_a_backup_is_written() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let folder = disk.at("backup");
    fs::create_dir(&folder).unwrap();
    site.keep_ts("news", &key('K'), 9000);
    let update = ["update-metadata", "--to", "disk/backup"];
    disk.fill();
    no_room(&site, &update, &folder, "disk/backup/news.json");
    // Logs that are on the same disk, or would be, may be removed.
    site.app(json!({"dirs": {"log": disk.at("log")}}));
    site.acecast(&update).exit(1).says("`acecast cleanup` makes room there");
    site.app(json!({}));
    disk.free();
    // An older one, a broken one, and one with another key: each stays as it was.
    for there in [backup('K', 5), "broken".to_owned(), backup('L', 5)] {
        fs::write(folder.join("news.json"), there).unwrap();
        disk.fill();
        no_room(&site, &[&update[..], &["--replace-key", "news"]].concat(), &folder, "disk/backup/news.json");
        disk.free();
    }
    site.acecast(&[&update[..], &["--replace-key", "news"]].concat()).exit(0);
    assert_eq!(fs::read_to_string(folder.join("news.json")).unwrap(), {
        let key = json!(key('K'));
        format!("{{\"news\":{{\"last_seq\":9000,\"private_key\":{key}}}}}")
    });
    disk.read_only(true);
    site.keep("news.restart", "9001");
    site.acecast(&update).exit(1).says("Read-only file system").says("news.json");
    disk.read_only(false);
}

#[test]
fn a_size_limit_at_any_byte_leaves_keys_and_backups_whole() {
    let site = Site::new();
    if !has_prlimit() {
        return;
    }
    let (folder, metadata) = (site.path("config/backup"), site.root().join("metadata"));
    fs::create_dir(&folder).unwrap();
    let old = [("news.restart", "9000".to_owned()), ("news.sauth", key('K'))];
    for bytes in [0, 1, 3, 4, 100, 600, 900] {
        let args = ["restore-metadata", "--from", "backup", "--replace-key", "news"];
        let _ = fs::remove_dir_all(&metadata);
        site.keep_ts("news", &key('K'), 9000);
        fs::write(folder.join("news.json"), backup('L', 6)).unwrap();
        let run = Running::start(limited(&site, bytes, &args)).wait();
        assert_eq!(leftovers(&metadata), [""; 0], "{bytes}: {run}");
        if run.code != Some(0) {
            let there = old.clone().map(|(name, text)| (metadata.join(name), text));
            assert_eq!(contents(&metadata), there, "{bytes}: {run}");
        }
        Running::start(limited(&site, 100_000, &args)).wait().exit(0);
        assert_eq!(
            (site.kept("news.sauth"), site.kept("news.restart")),
            (key('L'), "6".to_owned()),
            "{bytes}"
        );

        // And back into the folder, over another key.
        let args = ["update-metadata", "--to", "backup", "--replace-key", "news"];
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("news.json"), backup('K', 9)).unwrap();
        let run = Running::start(limited(&site, bytes, &args)).wait();
        let written = fs::read_to_string(folder.join("news.json")).unwrap();
        assert_eq!(written == backup('K', 9), run.code == Some(1), "{bytes}: {run}");
        assert_eq!(contents(&folder).len(), if run.code == Some(0) { 2 } else { 1 }, "{bytes}: {run}");
    }
}
