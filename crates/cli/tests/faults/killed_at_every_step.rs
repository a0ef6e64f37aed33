//! Row: acecast is killed (SIGKILL) at any step of an apply: the next run converges.
//!
//! A build with the feature `failpoints` passes points before and after everything that it changes. A first run tells
//! how many there are; then, for every one of them, a host is made anew, acecast is killed there, and run again.

mod replaced_key;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::many;
use crate::support::{Ran, Running, Site, age, eventually, node, ports_with, with};

/// How many hosts at a time.
const AT_ONCE: usize = 8;

/// A host before an apply, and what has to be there after it.
struct Story {
    /// Makes the host, up to the moment before the apply, and says what the apply is to leave.
    host: fn(&Site) -> Wanted,
    /// How acecast is called.
    args: &'static [&'static str],
    /// How it is called after it was killed.
    next: &'static [&'static str],
    /// More that has to hold after acecast was killed, before it is run again.
    killed: fn(&Site, &Wanted),
    /// More that has to hold in the end.
    end: fn(&Site, &Wanted),
}

/// What has to be there in the end.
#[derive(Default)]
struct Wanted {
    /// The ports of the nodes that are to run.
    ports: Vec<u16>,
    /// Nodes that run already and have to be the same processes in the end.
    kept: BTreeMap<u16, i32>,
    /// Keys that have to be the same bytes in the end.
    keys: Vec<(&'static str, Vec<u8>)>,
    /// No node listens yet.
    silent: bool,
    /// The source node's entry without the key that is restored.
    bare: Value,
}

/// One step of a story.
struct Case {
    n: u64,
    step: String,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "killed at step {} ({})", self.n, self.step)
    }
}

impl Story {
    fn check(&self) {
        let site = Site::new();
        let wanted = (self.host)(&site);
        let whole = self.run(&site, 0).exit(0);
        let cases = steps(&whole);
        assert!(cases.len() > 20, "an apply has more steps than {}\n{whole}", cases.len());
        self.converges(&site, &wanted);
        drop(site);
        many::cases(&cases, AT_ONCE, |case| self.killed_at(case));
    }

    fn killed_at(&self, case: &Case) {
        let site = Site::new();
        let wanted = (self.host)(&site);
        let ran = self.run(&site, case.n);
        // Steps of nodes that are worked on side by side come in any order, but there are always as many.
        assert!(ran.code.is_none(), "{case}: it was not killed\n{ran}");
        (self.killed)(&site, &wanted);
        self.converges(&site, &wanted);
    }

    fn run(&self, site: &Site, die_at: u64) -> Ran {
        let mut command = site.command(self.args);
        command.env("ACECAST_DIE_AT", die_at.to_string());
        Running::start(command).wait()
    }

    /// The next run makes everything right, and the one after it finds nothing to do.
    #[track_caller]
    fn converges(&self, site: &Site, wanted: &Wanted) {
        let before = site.pids();
        // A child that was being started when acecast died may hold the lock until it has become the engine.
        let next = site.acecast(&[self.next, &["--lock-timeout", "10", "-o", "json"]].concat());
        let next = next.exit(0);
        // With a short --ready-timeout, a node may still be its wrapper.
        let all = || Some(site.pids()).filter(|pids| pids.keys().eq(&wanted.ports));
        let after = eventually(&format!("every wanted node runs, and no other\n{next}"), all);
        for (port, pid) in &wanted.kept {
            assert_eq!(after[port], *pid, "the node on port {port} had no reason to be touched\n{next}");
        }
        // What the killed run had started already is kept by the next one.
        for port in ports_with(&next.doc(), "action", "keep") {
            let same = before.get(&port).is_none_or(|before| *before == after[&port]);
            assert!(same, "port {port} got another engine\n{next}");
        }
        is_whole(site, wanted);
        let plan = site.json(&["plan"], 0);
        assert_eq!(plan["changes"], 0, "{plan:#}");
        (self.end)(site, wanted);
    }
}

/// Every engine is whole, and every file.
#[track_caller]
fn is_whole(site: &Site, wanted: &Wanted) {
    for (port, pid) in site.pids() {
        if !wanted.silent {
            site.await_status(port, "each engine answers on its own port", |doc| doc["pid"] == pid);
            let text = fs::read_to_string(site.pid_file(port)).unwrap_or_default();
            assert_eq!(text, pid.to_string(), "the pid file of port {port}");
        }
    }
    eventually("no helper of a killed run is left", || {
        let helper = |args: &[String]| args.iter().any(|arg| arg == "--create-hls-transport");
        (!site.procs().iter().any(|proc| helper(&proc.args))).then_some(())
    });
    for (name, bytes) in &wanted.keys {
        assert_eq!(fs::read(site.metadata(name)).unwrap(), *bytes, "{name} is another key");
    }
    whole_files(&site.root());
}

/// The steps that a run passed, as it told them.
fn steps(ran: &Ran) -> Vec<Case> {
    let steps = ran.stderr.lines().filter_map(|line| line.strip_prefix("step ")?.split_once(": "));
    steps.map(|(n, step)| Case { n: n.parse().unwrap(), step: step.to_owned() }).collect()
}

/// No file that others read is cut short.
#[track_caller]
fn whole_files(root: &Path) {
    for folder in ["public", "private", "metadata"] {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.starts_with('.') && path.extension().is_some_and(|end| end == "acelive" || end == "tmp") {
                // Beside its place, where nobody reads it.
                continue;
            }
            // Engines rewrite their numbers in place, so a read may catch a cut one.
            let look = || {
                let text = fs::read_to_string(&path).unwrap();
                is_whole_text(&path, &text).then_some(())
            };
            eventually(&format!("{} is whole", path.display()), look);
        }
    }
}

fn is_whole_text(path: &Path, text: &str) -> bool {
    match path.extension().and_then(|end| end.to_str()) {
        // A magic line, a document, its fingerprint.
        Some("acelive") => {
            let lines: Vec<&str> = text.lines().collect();
            lines.len() == 3 && lines[2].len() == 40 && text.ends_with('\n')
        }
        Some("json" | "inputs") => serde_json::from_str::<Value>(text).is_ok_and(|doc| doc.is_object()),
        Some("sauth") => text.trim_end().ends_with("-----END RSA PRIVATE KEY-----"),
        Some("restart") => text.trim_end().parse::<u64>().is_ok(),
        _ => !text.is_empty(),
    }
}

fn nothing_more(_: &Site, _: &Wanted) {}

/// Fast engines.
fn quick(site: &Site, script: Value) {
    site.script("stable", with(json!({"*": {"ready_ms": 10, "stop_ms": 5, "transport_ms": 1}}), script));
}

/// acecast is killed at any step of an apply to an empty host: no node twice, none lost, no file cut short.
#[test]
fn killed_at_every_step_on_an_empty_host() {
    Story {
        host: |site| {
            quick(site, json!({}));
            let ports: [u16; 3] = site.ports();
            let [one, two, support] = ports;
            site.sources(&[site.ts("one", one), site.hls("two", two)]);
            site.supports(&[site.support(support, one)]);
            Wanted { ports: ports.to_vec(), ..Wanted::default() }
        },
        args: &["start", "--parallel", "1"],
        next: &["start", "--parallel", "1"],
        killed: nothing_more,
        end: nothing_more,
    }
    .check();
}

/// acecast is killed at any step of an apply that stops, kills, restarts, makes transport files again and starts.
#[test]
fn killed_at_every_step_of_stops_restarts_and_starts() {
    Story {
        host: |site| {
            let ports: [u16; 5] = site.ports();
            let [kept, drifts, hls, gone, _] = ports;
            quick(site, json!({gone.to_string(): {"ignore_term": true}}));
            let stays = site.ts("kept", kept);
            site.sources(&[
                stays.clone(),
                site.ts("drifts", drifts),
                site.hls("hls", hls),
                site.ts("gone", gone),
            ]);
            site.start();
            let before = site.pids();
            let dead = site.root().join(format!("run/acestream-{gone}1.pid"));
            let dead = if gone > 6_000 { site.pid_file(ports[4]) } else { dead };
            fs::write(&dead, "4194304").unwrap();
            age(&dead);
            let keys =
                ["kept.sauth", "drifts.sauth"].map(|name| (name, fs::read(site.metadata(name)).unwrap()));
            quick(site, json!({}));
            site.sources(&[
                stays,
                with(site.ts("drifts", drifts), json!({"bitrate": 60_000})),
                with(site.hls("hls", hls), json!({"title": "another title"})),
                site.ts("new", gone),
            ]);
            Wanted {
                ports: ports[..4].to_vec(),
                kept: [(kept, before[&kept])].into(),
                keys: keys.into(),
                ..Wanted::default()
            }
        },
        args: &["start", "--parallel", "1", "--stop-timeout", "300ms"],
        next: &["start", "--parallel", "1", "--stop-timeout", "300ms"],
        killed: nothing_more,
        end: |site, _| {
            let text = fs::read_to_string(site.root().join("public/hls.acelive")).unwrap();
            assert!(text.contains("another title"), "made from the new inputs: {text}");
        },
    }
    .check();
}

/// Killed while nodes are restarted that take their time to end, as engines do: whoever comes meanwhile must not take
/// them for ones that stay.
#[test]
fn killed_at_every_step_of_a_restart_by_hand() {
    Story {
        host: |site| {
            let ports: [u16; 2] = site.ports();
            site.script("stable", json!({"*": {"ready_ms": 10, "stop_ms": 1_500}}));
            site.sources(&[site.ts("one", ports[0]), site.ts("two", ports[1])]);
            site.start();
            let keys = ["one.sauth", "two.sauth"].map(|name| (name, fs::read(site.metadata(name)).unwrap()));
            Wanted { ports: ports.to_vec(), keys: keys.into(), ..Wanted::default() }
        },
        args: &["restart", "all", "--parallel", "1"],
        next: &["start"],
        killed: nothing_more,
        end: |site, wanted| {
            for port in &wanted.ports {
                let log = format!("log/source_node_{port}.log");
                let log = fs::read_to_string(site.root().join(log)).unwrap();
                let (_, of_this_one) = log.rsplit_once("version ").unwrap();
                assert!(!of_this_one.contains("stopping"), "port {port} was told to end, and kept\n{log}");
            }
            let told = fs::read_to_string(site.root().join("run/.acecast.stopping")).unwrap_or_default();
            for pid in site.pids().values() {
                assert!(!told.contains(&format!(" {pid} ")), "what runs was told to end\n{told}");
            }
        },
    }
    .check();
}

/// Killed between spawn and pid file: the next run finds the node by its spec and does not start it twice. A node
/// whose source is away has no pid file for as long as that lasts.
#[test]
fn killed_at_every_step_while_the_source_is_away() {
    Story {
        host: |site| {
            quick(site, json!({}));
            site.install("beta", "3.0.5.1");
            site.script("beta", json!({"*": {"ready_ms": 10}}));
            for stream in ["ts/one", "ts/two"] {
                site.world.switch(stream, false);
            }
            let ports: [u16; 2] = site.ports();
            let two = with(site.ts("two", ports[1]), json!({"engine_version": "beta"}));
            site.sources(&[site.ts("one", ports[0]), two]);
            Wanted { ports: ports.to_vec(), silent: true, ..Wanted::default() }
        },
        args: &["start", "--parallel", "1", "--ready-timeout", "100ms"],
        next: &["start", "--parallel", "1", "--ready-timeout", "100ms"],
        killed: nothing_more,
        end: |site, wanted| {
            let before = site.pids();
            assert!(!wanted.ports.iter().any(|port| site.pid_file(*port).exists()));
            for stream in ["ts/one", "ts/two"] {
                site.world.switch(stream, true);
            }
            for port in &wanted.ports {
                eventually("the node has found its source", || site.pid_file(*port).exists().then_some(()));
            }
            assert_eq!(site.pids(), before);
            assert_eq!(site.plan()["changes"], 0);
        },
    }
    .check();
}

/// Killed while a key is restored over a damaged one: at no moment does the stream look like one that never had a key,
/// and would get a new one.
#[test]
fn killed_at_every_step_of_a_restore() {
    Story {
        host: |site| {
            quick(site, json!({}));
            let port = site.port();
            let bare = site.ts("news", port);
            site.sources(std::slice::from_ref(&bare));
            site.start();
            site.acecast(&["stop", "all"]).exit(0);
            let key = fs::read(site.metadata("news.sauth")).unwrap();
            // Nothing else is left of the stream, as after a disk was lost and a wrong backup was played back.
            fs::remove_dir_all(site.root().join("public")).unwrap();
            fs::remove_dir_all(site.root().join("metadata")).unwrap();
            fs::create_dir(site.root().join("metadata")).unwrap();
            fs::write(site.metadata("news.sauth"), "cut").unwrap();
            let text = String::from_utf8(key.clone()).unwrap();
            let metadata = json!({"metadata": {"last_seq": 4_000_000, "private_key": text}});
            site.sources(&[with(bare.clone(), metadata)]);
            Wanted { ports: vec![port], keys: vec![("news.sauth", key)], bare, ..Wanted::default() }
        },
        args: &["start", "--parallel", "1"],
        next: &["start", "--parallel", "1"],
        killed: |site, wanted| {
            let list = fs::read(site.path("config/source_node.json")).unwrap();
            // The controller is away, and its answer of the last time is not kept anywhere.
            site.sources(std::slice::from_ref(&wanted.bare));
            let plan = site.acecast(&["plan", "-o", "json"]);
            let doc = plan.doc();
            assert_ne!(node(&doc, wanted.ports[0])["new_key"], true, "{plan}");
            fs::write(site.path("config/source_node.json"), list).unwrap();
        },
        end: |site, _| {
            // Its engine rewrites it in place.
            let number = eventually("the number can be read", || {
                fs::read_to_string(site.metadata("news.restart")).ok()?.trim().parse::<u64>().ok()
            });
            assert!(number >= 4_000_000, "numbers begin anew: {number}");
        },
    }
    .check();
}
