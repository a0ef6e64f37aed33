//! A program of another's on the libraries alone (`examples/embed`) makes a host run what is asked for, and the command
//! line and it know each other's nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Ran, Running, Site, with};

/// Runs the example; its reports go to a file.
#[track_caller]
fn embed(site: &Site, code: i32) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acecast-embed"));
    command.arg(site.path("config/config.json")).arg(site.path("reports")).current_dir(site.path(""));
    for (name, _) in std::env::vars().filter(|(name, _)| name.to_lowercase().ends_with("_proxy")) {
        command.env_remove(name);
    }
    Running::start(command).wait().exit(code)
}

/// The reports, by port; the last one of each counts.
fn reports(site: &Site) -> BTreeMap<u64, Value> {
    let text = fs::read_to_string(site.path("reports")).unwrap();
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    documents.map(|document| document.unwrap()).map(|doc| (doc["port"].as_u64().unwrap(), doc)).collect()
}

/// The config names a server, which must hear nothing: the transport is the program's own.
fn report_to_world(site: &Site) {
    site.app(json!({"controller": {"monitor": format!("{}/monitor", site.world.controller)}}));
}

#[test]
fn it_starts_what_is_asked_for_and_reports_over_its_own_transport() {
    let site = Site::new();
    report_to_world(&site);
    let [ts, hls, support] = site.ports();
    site.sources(&[site.ts("news", ts), site.hls("kids", hls)]);
    site.supports(&[site.support(support, ts)]);

    let run = embed(&site, 0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    let (plan, results) = lines.split_at(3);
    let outcomes: Vec<&str> = results.iter().copied().filter(|line| !line.starts_with(' ')).collect();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(plan[0])[..4], ["+", "start", "source", &ts.to_string()], "{run}");
    assert_eq!(words(plan[2])[..4], ["+", "start", "support", &support.to_string()], "{run}");
    assert_eq!(outcomes, [ts, hls, support].map(|port| format!("{port} ready")), "{run}");
    for port in [ts, hls, support] {
        assert!(run.stderr.contains(&format!("{port} … starting\n")), "{run}");
        assert!(run.stderr.contains(&format!("{port} reported, attempts: 1\n")), "{run}");
    }

    let sent = reports(&site);
    assert_eq!(
        sent.keys().copied().collect::<BTreeSet<_>>(),
        BTreeSet::from([ts, hls, support].map(u64::from))
    );
    for (port, role) in [(ts, "source"), (hls, "source"), (support, "support")] {
        let report = &sent[&u64::from(port)];
        assert_eq!(report["type"], role, "{report:#}");
        assert_eq!(report["version"], "3.2.3", "all that the node says is in it: {report:#}");
    }
    assert_eq!(site.world.posts("monitor").len(), 0, "the server was sent something");

    // Its nodes are known to the command line, and those of the command line to it.
    site.assert_nothing_to_do();
    site.acecast(&["stop", &hls.to_string()]).exit(0);
    site.start();
    let pids = site.pids();
    let again = embed(&site, 0);
    assert!(again.stdout.lines().take(3).all(|line| line.starts_with("= keep")), "{again}");
    assert_eq!(site.pids(), pids, "{again}");
}

#[test]
fn what_cannot_be_done_is_said_and_fails() {
    const SECRET: &str = "hunter2-of-the-provider";
    let site = Site::new();
    let monitor = format!("{}/monitor", site.world.controller);
    site.app(json!({"controller": {"monitor": monitor}, "provider_key": SECRET}));
    let [good, bad] = site.ports();
    let message = format!("Traceback: no module named ace\nkey is {SECRET}");
    site.script("beta", json!({"*": {"exit_at_start": 3, "exit_message": message}}));
    let broken = with(site.ts("broken", bad), json!({"engine_version": "beta"}));
    site.sources(&[site.ts("news", good), broken]);
    let run = embed(&site, 1).says(&format!("{bad} failed")).says(&format!("{good} ready"));
    let run = run.says("  | key is ****").hides(SECRET);
    assert!(run.stdout.contains("  | Traceback: no module named ace\n"), "the log's last lines\n{run}");
    assert_eq!(reports(&site).into_keys().collect::<Vec<_>>(), [u64::from(good)]);

    // A list that cannot be read stops nothing.
    fs::write(site.path("config/source_node.json"), "[").unwrap();
    let pids = site.pids();
    embed(&site, 1).says("a list of nodes cannot be read; nothing was changed");
    // Nor does one that lost its nodes, which the guard refuses.
    site.sources(&[]);
    embed(&site, 1).says("nothing was changed");
    assert_eq!(site.pids(), pids);
}

#[test]
fn without_a_config_it_says_how_it_is_called() {
    let run = Running::start(Command::new(env!("CARGO_BIN_EXE_acecast-embed"))).wait();
    run.exit(2).says("usage: embed CONFIG [REPORTS]");
}

/// Every piece of Rust in the README's parts for programmers is a piece of code that is compiled, line by line.
#[test]
fn the_readmes_code_is_compiled_code() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |name: &str| fs::read_to_string(top.join(name)).unwrap();
    let lines = |text: &str| -> Vec<String> {
        let code = |line: &str| line.trim().trim_start_matches("//!").trim().to_owned();
        text.lines().map(code).filter(|line| !line.is_empty()).collect()
    };
    let compiled: Vec<Vec<String>> = [
        "examples/embed/main.rs",
        "crates/reconcile/src/lib.rs",
        "crates/config/src/lib.rs",
        "crates/engine/src/lib.rs",
        "crates/telemetry/src/lib.rs",
    ]
    .map(|name| lines(&read(name)))
    .into();
    let readme = read("README.md");
    let blocks: Vec<&str> =
        readme.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 2, "one for embedders, one for plan testers at least");
    for block in blocks {
        let wanted = lines(block);
        let is_there =
            |file: &Vec<String>| file.windows(wanted.len()).any(|window| window == wanted.as_slice());
        assert!(compiled.iter().any(is_there), "this is in no example and no doc test:\n{block}");
    }
}
