//! A stream that cannot be stopped, and those that are to take its place one after the other.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;

use crate::machine::{NOBODY, can_be, tool};
use crate::strangers::chown_all;
use crate::support::{Running, Site, decision};

/// The node that is to leave its port first is another user's: those that wait for the port keep running.
#[test]
fn a_chain_whose_first_node_cannot_be_stopped_stays_as_it_is() {
    let test = "a_chain_whose_first_node_cannot_be_stopped_stays_as_it_is";
    // Sees everything, and may signal its own processes only.
    let Some(mut weak) = tool(test, "setpriv", &["--bounding-set=-kill", "--inh-caps=-kill"]) else { return };
    let site = Site::new();
    let [one, two, three, four] = site.ports();
    fs::set_permissions(site.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir_all(site.path("root")).unwrap();
    if !can_be(test, NOBODY, &site.path("config")) {
        return;
    }
    site.sources(&[site.ts("c", three)]);
    chown_all(&site.path("root"), NOBODY);
    let mut command = site.command(&["start"]);
    command.uid(NOBODY).gid(NOBODY);
    let _ = Running::start(command).wait().exit(0);
    chown_all(&site.path("root"), 0);
    site.sources(&[site.ts("a", one), site.ts("b", two), site.ts("c", three)]);
    site.start();
    let before: BTreeMap<u16, i32> = site.pids();

    site.sources(&[site.ts("a", two), site.ts("b", three), site.ts("c", four)]);
    let command = site.command(&["start", "--stop-timeout", "1", "-o", "json"]);
    weak.arg(command.get_program()).args(command.get_args());
    let ran = Running::start(weak).wait().exit(1);
    let report = ran.doc();
    assert_eq!(decision(&report, three, "stop")["outcome"], "failed", "{ran}");
    for (port, holds) in [(two, "c on port"), (one, "b on port")] {
        let stop = decision(&report, port, "stop");
        assert_eq!(stop["outcome"], "skipped", "{ran}");
        let why = stop["error"].as_str().unwrap();
        assert!(why.contains(holds) && why.contains("keeps running"), "{ran}");
    }
    assert_eq!(site.pids(), before, "{ran}");
}
