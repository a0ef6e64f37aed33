//! Root, beside a user whose nodes these are.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;

use serde_json::json;

use crate::machine::{NOBODY, can_be};
use crate::strangers::chown_all;
use crate::support::{Running, Site, listing, outcomes, with};

/// Root may end the nodes, and starts none: they would be root's, and nothing that their user could look at or stop.
/// What root writes on the way stays that user's.
#[test]
fn root_ends_the_nodes_of_another_user_and_starts_none() {
    let site = Site::new();
    let [source, support] = site.ports();
    fs::set_permissions(site.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(site.root()).unwrap();
    if !can_be("root_ends_the_nodes_of_another_user_and_starts_none", NOBODY, &site.path("config")) {
        return;
    }
    chown_all(&site.root(), NOBODY);
    let as_nobody = |args: &[&str]| {
        let mut command = site.command(args);
        command.uid(NOBODY).gid(NOBODY);
        Running::start(command).wait()
    };
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    let _ = as_nobody(&["start"]).exit(0);
    let before = site.pids();

    site.supports(&[with(site.support(support, source), json!({"extended_logging": 1}))]);
    let said = "belongs to user nobody: run as nobody";
    let _ = site.acecast(&["plan", "support"]).exit(0).says(said);
    let _ = site.acecast(&["stop", "all", "--dry-run"]).exit(0).hides(said);
    for args in [&["start"][..], &["start", "support"], &["restart", "all"], &["run", "support"]] {
        let ran = site.acecast(args).exit(1);
        let _ = ran.says(said);
        assert_eq!(site.pids(), before, "{args:?}");
    }

    // Also where root is the first who needs a file.
    fs::remove_file(site.root().join("run/.acecast.lock")).unwrap();
    fs::remove_file(site.root().join("state/events.jsonl")).unwrap();
    // A link of that user's leads root nowhere.
    let elsewhere = site.path("elsewhere");
    symlink(&elsewhere, site.root().join("run/.acecast.stopping")).unwrap();
    let report = site.json(&["stop", "all"], 0);
    assert!(!elsewhere.exists());
    assert_eq!(outcomes(&report), [("stopped", 2)].into(), "{report:#}");
    assert!(site.root().join("state/events.jsonl").exists());
    for path in listing(&site.root()).keys().filter(|path| !path.ends_with("public/port_map.json")) {
        assert_eq!(fs::symlink_metadata(path).unwrap().uid(), NOBODY, "{}", path.display());
    }
    let ran = as_nobody(&["start", "-o", "json"]).exit(0);
    assert_eq!(outcomes(&ran.doc()), [("ready", 2)].into(), "{ran}");
    assert!(!ran.stderr.contains("warning"), "{ran}");
}
