//! A ts node is never started over a key that is damaged or contradicted, and what is wrong with a stream's numbers is
//! said.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Running, Site, decision, mode, node, with};
use crate::world::{key, skipped};

/// A stream that was here before, and runs no more.
fn known_stream(site: &Site, port: u16) {
    fs::create_dir_all(site.root().join("metadata")).unwrap();
    fs::write(site.metadata("news.sauth"), key('K')).unwrap();
    fs::write(site.metadata("news.restart"), "5").unwrap();
    site.sources(&[site.ts("news", port)]);
}

/// The node is held for this reason, by a plan and by a start, which says this about it.
#[track_caller]
fn is_held(site: &Site, port: u16, reason: &str, says: &str) {
    let plan = site.json(&["plan"], 1);
    assert_eq!(decision(&plan, port, "held")["reason"], reason, "{says}: {plan:#}");
    let run = site.acecast(&["start", "-o", "json"]).exit(1);
    assert_eq!(node(&run.doc(), port)["outcome"], "held", "{run}");
    run.says(says).hides("KKKKKKKK");
    assert!(site.pids().is_empty(), "{says}: a node was started");
}

#[test]
fn a_damaged_key_holds_its_node_whatever_the_damage() {
    let site = Site::new();
    let port = site.port();
    known_stream(&site, port);
    let path = site.metadata("news.sauth");
    let whole = key('K');
    let mut table: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "it is empty"),
        (b"\n\n".to_vec(), "it is empty"),
        (vec![0; 690], "zero bytes only"),
        (b"garbage\n".to_vec(), "no private key"),
        (vec![0xff; 690], "no private key"),
        (whole.replace("RSA PRIVATE KEY", "CERTIFICATE").into_bytes(), "no private key"),
        (whole.replace("RSA PRIVATE KEY", "RSA PUBLIC KEY").into_bytes(), "no private key"),
        (whole.replacen("RSA ", "EC ", 1).into_bytes(), "its end is missing"),
        (whole.replace("KKKK", "K!KK").into_bytes(), "characters that do not belong"),
        (whole.replacen(&format!("{}\n", "K".repeat(64)), "", 1).into_bytes(), "says that it has"),
        (format!("{whole}more").into_bytes(), "something follows"),
        ([whole.as_bytes()[..300].to_vec(), vec![0; 300]].concat(), "end is missing"),
    ];
    // All but the last byte, which is a newline that a key need not have.
    let cuts = (1..whole.len() - 1).step_by(53).chain([2, 31, 32, whole.len() - 2]);
    table.extend(cuts.map(|end| (whole.as_bytes()[..end].to_vec(), "news.sauth is damaged")));
    for (damaged, says) in table {
        fs::write(&path, &damaged).unwrap();
        is_held(&site, port, "key_damaged", says);
        assert_eq!(fs::read(&path).unwrap(), damaged, "a damaged key was touched");
    }
    fs::write(&path, whole.trim_end()).unwrap();
    site.acecast(&["start"]).exit(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), whole.trim_end());
}

#[test]
fn a_key_that_is_no_file_holds_its_node_and_nobody_waits_for_it() {
    let site = Site::new();
    let port = site.port();
    known_stream(&site, port);
    let path = site.metadata("news.sauth");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    is_held(&site, port, "key_unreadable", "is a folder");
    fs::remove_dir(&path).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    is_held(&site, port, "key_unreadable", "is a FIFO");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    is_held(&site, port, "key_unreadable", "is a device");
    fs::remove_file(&path).unwrap();
    fs::write(&path, vec![b'x'; 200_000]).unwrap();
    is_held(&site, port, "key_unreadable", "more than");
}

#[test]
fn a_key_that_may_not_be_read_holds_its_node() {
    let site = Site::new();
    let port = site.port();
    known_stream(&site, port);
    let path = site.metadata("news.sauth");
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    let Some(mut command) = without_override(&site, &["start", "-o", "json"]) else {
        return skipped("a key that may not be read", "setpriv cannot take root's rights away here");
    };
    command.current_dir(site.path("config"));
    let run = Running::start(command).wait().exit(1);
    assert_eq!(node(&run.doc(), port)["reason"], "key_unreadable", "{run}");
    run.says("Permission denied");
    assert!(site.pids().is_empty());
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), key('K'));
}

/// The command without root's right to read everything; `None` where that cannot be taken away.
fn without_override(site: &Site, args: &[&str]) -> Option<Command> {
    let rights = ["--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"];
    let plain = site.command(args);
    let mut command = Command::new("setpriv");
    if !nix::unistd::geteuid().is_root() {
        return Some(plain);
    }
    let tried = Command::new("setpriv").args(rights).args(["cat", "/proc/self/status"]).output().ok()?;
    tried.status.success().then(|| {
        command.args(rights).arg(plain.get_program()).args(plain.get_args());
        command
    })
}

#[test]
fn a_key_that_others_may_read_is_tightened() {
    let site = Site::new();
    let port = site.port();
    known_stream(&site, port);
    let path = site.metadata("news.sauth");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    site.acecast(&["plan"]).exit(0);
    assert_eq!(crate::support::mode_of(&path), 0o644, "a plan changes nothing");
    site.start();
    mode(&path, 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap(), key('K'));
}

fn brings(site: &Site, uid: &str, port: u16, key: &str, last_seq: u64) -> Value {
    with(site.ts(uid, port), json!({"metadata": {"private_key": key, "last_seq": last_seq}}))
}

fn number(path: &Path) -> u64 {
    fs::read_to_string(path).unwrap().trim().parse().unwrap()
}

#[test]
fn a_local_file_that_differs_from_the_one_to_be_restored() {
    let site = Site::new();
    let [lower, higher, other, zero] = site.ports();
    fs::create_dir_all(site.root().join("metadata")).unwrap();
    for (uid, letter, restart) in [("lower", 'A', "100"), ("higher", 'B', "90000"), ("other", 'C', "7")] {
        fs::write(site.metadata(&format!("{uid}.sauth")), key(letter)).unwrap();
        fs::write(site.metadata(&format!("{uid}.restart")), restart).unwrap();
    }
    site.use_controller();
    site.sources(&[
        brings(&site, "lower", lower, &key('A'), 80_000),
        brings(&site, "higher", higher, &key('B'), 5),
        brings(&site, "other", other, &key('E'), 0),
        brings(&site, "zero", zero, &key('F'), 0),
    ]);
    let ran = site.acecast(&["start", "--get-remote-metadata", "-o", "json"]).exit(1);
    let report = ran.doc();
    for port in [lower, higher, zero] {
        assert_eq!(node(&report, port)["outcome"], "ready", "{report:#}");
    }
    assert!((80_000..90_000).contains(&number(&site.metadata("lower.restart"))));
    assert!((90_000..100_000).contains(&number(&site.metadata("higher.restart"))));
    assert!(number(&site.metadata("zero.restart")) < 10_000);
    assert_eq!(fs::read_to_string(site.metadata("zero.sauth")).unwrap(), key('F'));

    let refused = node(&report, other);
    assert_eq!((&refused["outcome"], &refused["reason"]), (&json!("held"), &json!("key_conflict")));
    let detail = refused["detail"].as_str().unwrap();
    assert_eq!(detail.matches("SHA-256").count(), 2, "{detail}");
    assert_eq!(fs::read_to_string(site.metadata("other.sauth")).unwrap(), key('C'));
    assert_eq!(number(&site.metadata("other.restart")), 7);
    assert!(!site.pids().contains_key(&other));
}

#[test]
fn a_damaged_number_is_said() {
    let site = Site::new();
    let [news, tv] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    site.start();
    site.acecast(&["stop", "all"]).exit(0);
    let sequence = crate::support::listing(&site.root().join("metadata"))
        .into_keys()
        .find(|path| path.to_string_lossy().contains("_stream_"))
        .expect("the node wrote its sequence");
    for (restart, seq, says) in [
        ("", "", "holds no piece number"),
        ("12\u{0}4", "{\"seq\": 4", "holds no piece number"),
        ("-1", "{\"seq\": \"x\"}", "holds no piece number"),
    ] {
        fs::write(site.metadata("news.restart"), restart).unwrap();
        fs::write(&sequence, seq).unwrap();
        let report = site.acecast(&["start", "--ready-timeout", "5", "-o", "json"]).doc();
        for (port, path) in [(news, &site.metadata("news.restart")), (tv, &sequence)] {
            let notes = node(&report, port)["notes"].to_string();
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(notes.contains(name) && notes.contains(says), "{restart:?}: {report:#}");
        }
        site.acecast(&["stop", "all"]).exit(0);
    }
    fs::write(site.metadata("news.restart"), "garbage").unwrap();
    site.acecast(&["start", "source"]).says("news.restart holds no piece number");
}
