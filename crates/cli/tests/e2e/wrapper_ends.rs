//! A wrapper that outlives its engine.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Site, node};

/// It stays behind its engine and is deaf to TERM.
const WRAPPER: &str = "#!/bin/sh
trap : TERM
\"$(dirname \"$0\")/acestreamengine\" \"$@\"
while :; do sleep 0.2; done
";

#[test]
fn a_wrapper_that_had_to_be_killed_is_reported_as_killed() {
    let site = Site::new();
    let [stays, ends] = site.ports();
    let wrapper = site.path("beta/start-engine");
    fs::remove_file(&wrapper).unwrap();
    fs::write(&wrapper, WRAPPER).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    let mut beta = site.ts("stays", stays);
    beta["engine_version"] = "beta".into();
    site.sources(&[beta, site.ts("ends", ends)]);
    site.start();
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(node(&report, stays)["outcome"], "killed", "{report:#}");
    assert_eq!(node(&report, ends)["outcome"], "stopped", "{report:#}");
    site.await_quiet();
}
