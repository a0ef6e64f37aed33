//! A disk that is full or read-only, at each file that acecast writes: what was there stays whole, nothing half is
//! left, and no node is started without what it needs.

mod backups;
mod first_start;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Running, Site, node, with};
use crate::world::{key, skipped};

/// A small file system of its own, which goes with the test.
struct Disk(PathBuf);

impl Disk {
    /// `None`, with a word about it, where this user may not mount.
    fn mount(site: &Site) -> Option<Disk> {
        let path = site.path("disk");
        fs::create_dir(&path).unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=256k,mode=700", "none"], &path);
        if !mounted {
            skipped("a disk that is full", "this user may not mount a tmpfs");
        }
        mounted.then_some(Disk(path))
    }

    /// Not a byte more fits.
    fn fill(&self) {
        let dir = self.0.join("filler");
        fs::create_dir(&dir).unwrap();
        // What was removed a moment ago may still be on its way back to the free space.
        let (mut number, mut refused) = (0_u32, 0);
        while refused < 10 {
            number += 1;
            if fs::write(dir.join(number.to_string()), [b'x'; 4096]).is_ok() {
                refused = 0;
            } else {
                refused += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }

    fn free(&self) {
        fs::remove_dir_all(self.0.join("filler")).unwrap();
    }

    fn read_only(&self, yes: bool) {
        assert!(mount(&["-o", if yes { "remount,ro" } else { "remount,rw" }], &self.0));
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).stderr(Stdio::null()).status();
    }
}

fn mount(options: &[&str], path: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(options).arg(path).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The names of what is half written.
fn leftovers(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(".acecast-") || name.contains(".new-")).collect()
}

/// The start fails and says where; no node runs, and nothing half is left.
#[track_caller]
fn fails(site: &Site, disk: &Disk, args: &[&str], names: &str) {
    for form in ["text", "json"] {
        let run = site.acecast(&[&["start"], args, &["--ready-timeout", "5", "-o", form]].concat()).exit(1);
        assert!(run.all().contains(names), "expected to read {names}\n{run}");
        run.hides("KKKKKKKK");
    }
    assert!(site.pids().is_empty(), "a node was started: {:?}", site.pids());
    for dir in ["", "metadata", "public", "private"] {
        assert_eq!(leftovers(&disk.at(dir)), [""; 0]);
    }
}

fn brings(site: &Site, port: u16, last_seq: u64) -> Value {
    with(site.ts("news", port), json!({"metadata": {"private_key": key('K'), "last_seq": last_seq}}))
}

const RESTORE: &[&str] = &["--get-remote-metadata"];

#[test]
fn disk_full_while_a_key_is_restored() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let port = site.port();
    site.app(json!({"dirs": {"metadata": disk.at("metadata")}}));
    site.sources(&[brings(&site, port, 9000)]);
    fs::create_dir(disk.at("metadata")).unwrap();
    disk.fill();
    // Some kernels have a page in reserve: then it is the number that does not fit.
    fails(&site, &disk, RESTORE, "/metadata/news.");
    let there = fs::read_to_string(disk.at("metadata/news.sauth")).ok();
    assert!(there.is_none_or(|there| there == key('K')), "a key was cut");

    disk.free();
    site.acecast(&["start", "--get-remote-metadata"]).exit(0);
    assert_eq!(fs::read_to_string(disk.at("metadata/news.sauth")).unwrap(), key('K'));
}

#[test]
fn a_key_that_cannot_be_written_in_place_of_a_damaged_one() {
    let site = Site::new();
    if !has_prlimit() {
        return;
    }
    let port = site.port();
    let metadata = site.root().join("metadata");
    fs::create_dir_all(&metadata).unwrap();
    let damaged = &key('K')[..300];
    fs::write(metadata.join("news.sauth"), damaged).unwrap();
    fs::write(metadata.join("news.restart"), "5").unwrap();
    site.sources(&[brings(&site, port, 9000)]);
    let run = Running::start(limited(&site, 300, &["start", "--get-remote-metadata"])).wait().exit(1);
    let run = run.says("cannot write").says("news.sauth").hides(".acecast-").hides("os error");
    // The damaged one is kept, here or aside, whatever becomes of the new one.
    let names: Vec<PathBuf> = fs::read_dir(&metadata).unwrap().map(|entry| entry.unwrap().path()).collect();
    let keys: Vec<&PathBuf> =
        names.iter().filter(|path| path.to_string_lossy().contains("news.sauth")).collect();
    assert_eq!(keys.len(), 1, "{names:?}\n{run}");
    assert_eq!(fs::read_to_string(keys[0]).unwrap(), damaged);
    assert_eq!(leftovers(&metadata), [""; 0], "{run}");
    // Without the controller, nothing lets the engine make another one.
    site.sources(&[site.ts("news", port)]);
    site.acecast(&["start"]).exit(1).says("! held").says("news.sauth is");
    assert!(site.pids().is_empty());
    site.sources(&[brings(&site, port, 9000)]);
    site.acecast(&["start", "--get-remote-metadata"]).exit(0);
    assert_eq!(fs::read_to_string(metadata.join("news.sauth")).unwrap(), key('K'));
}

#[test]
fn disk_full_while_numbers_are_restored() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let [port, tv] = site.ports();
    site.app(json!({"dirs": {"metadata": disk.at("metadata")}}));
    site.sources(&[brings(&site, port, 9000)]);
    fs::create_dir(disk.at("metadata")).unwrap();
    fs::write(disk.at("metadata/news.sauth"), key('K')).unwrap();
    fs::write(disk.at("metadata/news.restart"), "5").unwrap();
    disk.fill();
    fails(&site, &disk, RESTORE, "news.restart");
    assert_eq!(fs::read_to_string(disk.at("metadata/news.restart")).unwrap(), "5");
    assert_eq!(fs::read_to_string(disk.at("metadata/news.sauth")).unwrap(), key('K'));

    disk.free();
    let name = format!("{}_stream_0", "0123456789".repeat(4));
    let sequence = disk.at(&format!("metadata/{name}.json"));
    fs::write(&sequence, "{\"seq\": 4}").unwrap();
    site.sources(&[with(site.hls("tv", tv), json!({"metadata": {"hls_sequence": {&name: 42}}}))]);
    disk.fill();
    fails(&site, &disk, RESTORE, &name);
    assert_eq!(fs::read_to_string(&sequence).unwrap(), "{\"seq\": 4}");
}

#[test]
fn disk_full_while_transport_files_are_made() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let tv = site.port();
    for full in ["public", "private"] {
        site.app(json!({"dirs": {full: disk.at(full)}}));
        site.sources(&[site.hls("tv", tv)]);
        site.start();
        site.acecast(&["stop", "all"]).exit(0);
        let files: Vec<PathBuf> = ["public/tv.acelive", "private/tv_private.acelive"]
            .map(|name| if name.starts_with(full) { disk.at(name) } else { site.root().join(name) })
            .to_vec();
        let before: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
        site.sources(&[with(site.hls("tv", tv), json!({"title": "Another title"}))]);
        disk.fill();
        fails(&site, &disk, &[], "tv");
        let after: Vec<Vec<u8>> = files.iter().map(|path| fs::read(path).unwrap()).collect();
        assert_eq!(before, after, "{full}: an old file was touched");
        disk.free();
        site.acecast(&["start"]).exit(0);
        assert_ne!(before, files.iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>());
        site.acecast(&["stop", "all"]).exit(0);
        fs::remove_dir_all(site.root()).unwrap();
    }
}

#[test]
fn disk_full_while_the_port_map_is_written() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let [one, two] = site.ports();
    site.app(json!({"dirs": {"public": disk.at("public")}}));
    site.sources(&[site.ts("one", one)]);
    site.start();
    let pids = site.pids();
    let map = fs::read(disk.at("public/port_map.json")).unwrap();
    site.sources(&[
        with(site.ts("one", one), json!({})),
        with(site.ts("two", two), json!({"title": "x".repeat(1000)})),
    ]);
    disk.fill();
    let run = site.acecast(&["start", "--ready-timeout", "2"]).exit(1);
    // The file's own name, without that of the one beside it, and in words.
    let run = run.says("cannot write ").says("/public/port_map.json: ").says(" is full");
    run.hides(".acecast-").hides("os error");
    assert_eq!(fs::read(disk.at("public/port_map.json")).unwrap(), map);
    assert_eq!(leftovers(&disk.at("public")), [""; 0]);
    assert_eq!(site.pids()[&one], pids[&one], "a node that ran was touched");
    disk.free();
    site.acecast(&["start", "--ready-timeout", "5"]).exit(0);
    assert!(fs::read_to_string(disk.at("public/port_map.json")).unwrap().contains("\"two\""));
}

#[test]
fn disk_read_only_at_each_folder() {
    let site = Site::new();
    let Some(disk) = Disk::mount(&site) else { return };
    let [port, tv] = site.ports();
    site.sources(&[brings(&site, port, 9000), site.hls("tv", tv)]);
    for dir in ["metadata", "public", "private", "log", "cache", "state", "run"] {
        fs::create_dir_all(disk.at(dir)).unwrap();
        let key = if dir == "run" { "pid" } else { dir };
        site.app(json!({"dirs": {key: disk.at(dir)}}));
        disk.read_only(true);
        let run = site.acecast(&["start", "--get-remote-metadata"]).exit(1);
        let named = if dir == "run" { disk.at("run/.acecast.lock") } else { disk.at(dir) };
        assert!(run.all().contains(named.to_str().unwrap()), "expected to read {}\n{run}", named.display());
        assert!(!run.stderr.contains("panicked"), "{run}");
        // Only what needs the folder is not started.
        let needs_it = |port: u16| !site.pids().contains_key(&port);
        match dir {
            "metadata" => assert!(needs_it(port)),
            "private" => assert!(needs_it(tv)),
            _ => assert!(needs_it(port) && needs_it(tv), "{dir}: {:?}", site.pids()),
        }
        disk.read_only(false);
        site.app(json!({}));
        site.acecast(&["stop", "all"]).exit(0);
        site.await_quiet();
    }
}

/// Says so if not.
fn has_prlimit() -> bool {
    let version = Command::new("prlimit").arg("--version").stdout(Stdio::null()).status();
    let there = version.is_ok_and(|status| status.success());
    if !there {
        skipped("a limit of the size of files", "there is no prlimit");
    }
    there
}

/// The command with files limited to so many bytes.
fn limited(site: &Site, bytes: u64, args: &[&str]) -> Command {
    let plain = site.command(args);
    let mut command = Command::new("prlimit");
    command.arg(format!("--fsize={bytes}:{bytes}")).arg("--").arg(plain.get_program()).args(plain.get_args());
    command.current_dir(site.path("config"));
    command
}

#[test]
fn a_size_limit_at_any_byte_leaves_old_files_whole() {
    let site = Site::new();
    if !has_prlimit() {
        return;
    }
    let [news, tv] = site.ports();
    let title = |title: &str| [brings(&site, news, 9000), with(site.hls("tv", tv), json!({"title": title}))];
    let named =
        ["public/tv.acelive", "private/tv_private.acelive", "public/port_map.json", "metadata/news.sauth"];
    let files = || named.map(|name| fs::read(site.root().join(name)).unwrap_or_default());
    site.sources(&title("old"));
    site.acecast(&["start", "--get-remote-metadata"]).exit(0);
    site.acecast(&["stop", "all"]).exit(0);
    let old = files();
    site.sources(&title("new"));
    site.acecast(&["start"]).exit(0);
    site.acecast(&["stop", "all"]).exit(0);
    let new = files();
    assert!(old[0] != new[0] || old[1] != new[1]);

    for bytes in [0, 1, 30, 100, 200, 300, 400, 500, 700, 900, 1200, 2000] {
        site.sources(&title("old"));
        site.acecast(&["start"]).exit(0);
        site.acecast(&["stop", "all"]).exit(0);
        fs::remove_file(site.metadata("news.sauth")).unwrap();
        site.sources(&title("new"));
        let run = Running::start(limited(
            &site,
            bytes,
            &["start", "--get-remote-metadata", "--ready-timeout", "1"],
        ))
        .wait();
        assert!(run.code.is_some(), "acecast was killed\n{run}");
        for (name, (now, (old, new))) in named.iter().zip(files().iter().zip(old.iter().zip(&new))) {
            let gone = now.is_empty() && *name == "metadata/news.sauth";
            assert!(gone || now == old || now == new, "{name} was cut at {bytes}\n{run}");
        }
        for dir in ["metadata", "public", "private", "run"] {
            assert_eq!(leftovers(&site.root().join(dir)), [""; 0], "{bytes}: {run}");
        }
        // Whatever was left undone is done by the next run.
        let report = site.acecast(&["start", "--get-remote-metadata", "-o", "json"]).exit(0).doc();
        assert!(
            [news, tv]
                .iter()
                .all(|port| matches!(node(&report, *port)["outcome"].as_str(), Some("ready" | "kept"))),
            "{report:#}"
        );
        assert_eq!(files()[..3], new[..3], "{bytes}");
        site.acecast(&["stop", "all"]).exit(0);
    }
}

#[test]
fn what_killed_runs_left_does_not_pile_up() {
    let site = Site::new();
    let [news, tv] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    let old = ["metadata", "public", "private"].map(|dir| site.root().join(dir).join(".acecast-a1b2c3.tmp"));
    let making = [
        site.root().join("public/.tv.new-a1b2c3.acelive"),
        site.root().join("private/.tv_private.new-a1b2c3.acelive"),
    ];
    for path in old.iter().chain(&making) {
        crate::support::aged(path, "half");
    }
    site.start();
    for path in old.iter().chain(&making) {
        assert!(!path.exists(), "{} is still there", path.display());
    }
}
