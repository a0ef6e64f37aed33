//! Rows about processes that are no nodes of this realm, whatever they look like: they are never signalled.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::machine::{NOBODY, can_be, tool, unshare};
use crate::strangers::{Stranger, chown_all, every_command, line_of, variable_of};
use crate::support::{Ran, Running, Site, age, aged, eventually, node, outcomes};

/// Stale pid file whose pid now belongs to another program: that program is never signalled; stale; the node is
/// started. An editor that has the pid file open is such a program, too.
#[test]
fn stale_pid_file_whose_pid_belongs_to_another_program() {
    let site = Site::new();
    let [wanted, other] = site.ports();
    site.sources(&[site.ts("news", wanted)]);
    let path = site.pid_file(wanted);
    aged(&path, "1");
    let editor = File::open(&path).unwrap();
    let mut editor = Stranger::start("an editor", Command::new("sleep").arg("600").stdin(editor));
    // Written in place, so that it still is the file that the editor has open.
    aged(&path, &editor.pid().to_string());
    let mut sleep = Stranger::sleep();
    aged(&site.pid_file(other), &sleep.pid().to_string());

    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, wanted)["state"], "down", "{status:#}");
    assert_eq!(node(&status, other)["state"], "stale", "{status:#}");
    every_command(&site, other);
    editor.lives();
    sleep.lives();
    assert!(!site.pid_file(other).exists());
    let report = site.start();
    assert_eq!(node(&report, wanted)["outcome"], "ready", "{report:#}");
    editor.lives();
    site.assert_nothing_to_do();
}

/// A reused pid: the kernel gives a dead node's number to another program.
#[test]
fn stale_pid_file_whose_pid_was_used_again() {
    let test = "stale_pid_file_whose_pid_was_used_again";
    let Some(mut inside) = unshare(test, &["--pid", "--fork", "--mount-proc", "--kill-child"]) else {
        return;
    };
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    // All in a pid namespace of its own, where nobody else takes numbers.
    let script = r#"
        set -e
        acecast=$1 config=$2 file=$3 port=$4
        run() { "$acecast" "$@" --config "$config" -o json; }
        run start >/dev/null
        pid=$(cat "$file")
        kill -9 "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
        echo "$pid" > "$file"
        touch -d '1 minute ago' "$file"
        echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
        sleep 600 &
        test "$!" = "$pid" || { echo "NOT REUSED $! $pid"; exit 0; }
        run status >/dev/null || true
        run stop "$port" >/dev/null
        run stop all >/dev/null
        kill -0 "$pid" && grep -q sleep /proc/$pid/comm && echo "LIVES AFTER STOP"
        echo "$pid" > "$file"
        touch -d '1 minute ago' "$file"
        run start >/dev/null
        kill -0 "$pid" && grep -q sleep /proc/$pid/comm && echo "LIVES AFTER START"
        test "$(cat "$file")" != "$pid" && echo "NODE STARTED"
        run stop all --stop-timeout 0 >/dev/null
        kill -0 "$pid" && grep -q sleep /proc/$pid/comm && echo "LIVES IN THE END"
    "#;
    inside.args(["sh", "-c", script, "sh", env!("CARGO_BIN_EXE_acecast")]);
    inside.arg(site.path("config/config.json")).arg(site.pid_file(port)).arg(port.to_string());
    let ran = Running::start(inside).wait().exit(0);
    if ran.stdout.contains("NOT REUSED") || ran.stderr.contains("ns_last_pid") {
        return crate::machine::skipped(test, &format!("the kernel gave another number\n{ran}"));
    }
    let _ =
        ran.says("LIVES AFTER STOP").says("LIVES AFTER START").says("NODE STARTED").says("LIVES IN THE END");
}

/// A helper or a debug shell that inherited a node's environment; `sudo`, `strace`, `vim` lines that mention the
/// engine: not a node, never signalled.
#[test]
fn lines_that_mention_the_engine_and_heirs_of_its_environment() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let line = line_of(site.pid(port));
    let spec = variable_of(site.pid(port), "ACECAST_SPEC");
    let with = |first: &str| [vec![site.path(first).to_str().unwrap().to_owned()], line.clone()].concat();
    let mut strangers = Vec::new();
    for name in ["sudo", "strace", "vim", "gdb", "nohup", "less", "sh"] {
        strangers.push(Stranger::named(name, &with("stable/acestreamengine")));
    }
    for name in ["sudo", "strace", "vim", "gdb", "env", "bash", "sh"] {
        strangers.push(Stranger::named(name, &with("stable/start-engine")));
    }
    let mut shell = Command::new("/bin/sh");
    shell.arg("-s").env("ACECAST_SPEC", &spec).stdin(Stdio::piped());
    strangers.push(Stranger::start("a debug shell", &mut shell));
    let mut helper = Command::new("sleep");
    strangers
        .push(Stranger::start("a helper", helper.arg("600").env("ACECAST_SPEC", &spec).stdin(Stdio::null())));

    let plan = site.plan();
    assert_eq!((&plan["changes"], plan["nodes"].as_array().unwrap().len()), (&json!(0), 1), "{plan:#}");
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(outcomes(&report), [("stopped", 1)].into(), "{report:#}");
    assert_eq!(node(&site.plan(), port)["action"], "start");
    every_command(&site, port);
    strangers.iter_mut().for_each(Stranger::lives);
}

/// A zombie: dead. The pid file that names it is stale, and the node is started.
#[test]
fn a_zombie_is_dead() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let mut child = Command::new("sleep").arg("600").spawn().unwrap();
    child.kill().unwrap();
    let stat = format!("/proc/{}/stat", child.id());
    eventually("it is a zombie", || fs::read_to_string(&stat).unwrap().contains(") Z ").then_some(()));
    aged(&site.pid_file(port), &child.id().to_string());
    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, port)["state"], "down", "{status:#}");
    site.acecast(&["stop", &port.to_string()]).exit(0);
    aged(&site.pid_file(port), &child.id().to_string());
    let report = site.start();
    child.wait().unwrap();
    assert_eq!(node(&report, port)["outcome"], "ready", "{report:#}");
    site.assert_nothing_to_do();
}

/// A leader that ended while its threads live: alive, and known for what it is.
#[test]
fn a_leader_that_ended_while_its_threads_live_is_alive() {
    let site = Site::new();
    let [good, deaf] = site.ports();
    site.script("stable", json!({"*": {"leader_exits": true}, deaf.to_string(): {"ignore_term": true}}));
    site.sources(&[site.ts("good", good), site.ts("deaf", deaf)]);
    site.start();
    let pids = site.pids();
    for pid in pids.values() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        assert!(stat.contains(") Z "), "its leader has ended: {stat}");
    }
    let status = site.json(&["status"], 0);
    for port in [good, deaf] {
        assert_eq!(node(&status, port)["state"], "answering", "{status:#}");
        assert_eq!(node(&status, port)["pid"], pids[&port]);
        assert_eq!(node(&status, port)["engine_version"], "stable", "{status:#}");
    }
    site.assert_nothing_to_do();
    let report = site.json(&["stop", "all", "--stop-timeout", "1"], 0);
    assert_eq!(node(&report, good)["outcome"], "stopped", "{report:#}");
    assert_eq!(node(&report, deaf)["outcome"], "killed", "{report:#}");
    site.await_quiet();
}

/// A thread's id in a pid file: stale. A running node whose pid file names a thread of its own is kept.
#[test]
fn a_threads_id_in_a_pid_file_is_stale() {
    let site = Site::new();
    let [running, stale] = site.ports();
    site.sources(&[site.ts("news", running)]);
    site.start();
    let before = site.pids();
    // If this thread's number were taken for a process, the tests would end.
    let own = rustix::thread::gettid().as_raw_nonzero();
    assert_ne!(own.get().unsigned_abs(), std::process::id(), "a test runs in a thread of its own");
    aged(&site.pid_file(stale), &own.to_string());
    let tasks = fs::read_dir(format!("/proc/{}/task", before[&running])).unwrap();
    let mut tasks = tasks.map(|task| task.unwrap().file_name().into_string().unwrap());
    let thread = tasks.find(|tid| *tid != before[&running].to_string()).expect("an engine has threads");
    aged(&site.pid_file(running), &thread);

    let status = site.json(&["status"], 0);
    assert_eq!(node(&status, stale)["state"], "stale", "{status:#}");
    assert_eq!(node(&status, running)["state"], "answering", "{status:#}");
    site.acecast(&["stop", &stale.to_string()]).exit(0);
    site.start();
    assert_eq!(site.pids(), before);
    assert!(!site.pid_file(stale).exists());
}

/// The wrapper's only: waited for until its engine appears, else it is the node. Nothing of it is left.
#[test]
fn a_wrapper_whose_engine_never_appears_is_stopped() {
    let site = Site::new();
    let port = site.port();
    site.script("stable", json!({"*": {"slow_spawn_wrapper_ms": 30_000}}));
    site.sources(&[site.ts("news", port)]);
    let report = site.json(&["start", "--ready-timeout", "300ms"], 0);
    assert_eq!(node(&report, port)["outcome"], "starting", "{report:#}");
    let again = site.json(&["start"], 0);
    assert_eq!(outcomes(&again), [("kept", 1)].into(), "not started twice: {again:#}");
    let report = site.json(&["stop", &port.to_string(), "--stop-timeout", "500ms"], 0);
    assert_eq!(node(&report, port)["outcome"], "stopped", "{report:#}");
    assert!(!site.procs().iter().any(|proc| proc.port() == Some(port)), "{:#?}", site.procs());
}

/// A wrapper script that does not exec, and one that does: wrapper and engine are one node; stop leaves neither.
#[test]
fn a_wrapper_script_that_does_not_exec_and_one_that_does() {
    let site = Site::new();
    let [forks, execs] = site.ports();
    let script = "#!/bin/sh\nexec $(dirname $0)/acestreamengine \"$@\"\n";
    let wrapper = site.path("beta/start-engine");
    fs::remove_file(&wrapper).unwrap();
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    let mut beta = site.ts("execs", execs);
    beta["engine_version"] = json!("beta");
    site.sources(&[site.ts("forks", forks), beta]);
    site.start();
    let with_port = |port| site.procs().iter().filter(|proc| proc.port() == Some(port)).count();
    assert!(with_port(forks) >= 2 && with_port(execs) == 1, "{:#?}", site.procs());
    let plan = site.plan();
    assert_eq!((&plan["changes"], plan["nodes"].as_array().unwrap().len()), (&json!(0), 2), "{plan:#}");
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(outcomes(&report), [("stopped", 2)].into(), "{report:#}");
    assert_eq!(site.procs(), []);
}

/// The same path in another container: not our realm. Its engine has the same port, the same pid dir by name, and even
/// a spec that says so, and is never signalled; the start is held.
#[test]
fn the_same_path_in_another_container() {
    let test = "the_same_path_in_another_container";
    let Some(mut container) = unshare(test, &["--mount"]) else { return };
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    let (here, there) = (site.root(), site.path("other"));
    fs::create_dir_all(&here).unwrap();
    fs::create_dir_all(&there).unwrap();
    container.args(["sh", "-c", "mount --bind \"$1\" \"$2\" && exec \"$3\" start --config \"$4\"", "sh"]);
    container.arg(&there).arg(&here).arg(env!("CARGO_BIN_EXE_acecast")).arg(site.path("config/config.json"));
    let _ = Running::start(container).wait().exit(0);
    let before = site.pids();
    assert_eq!(before.len(), 1);
    assert!(!site.pid_file(port).exists() && there.join("run").exists(), "it runs in another folder");

    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["reason"], "other_realm", "{report:#}");
    let report = site.json(&["stop", "all"], 0);
    assert_eq!(report["nodes"], json!([]));
    // Its number in a pid file of this realm proves nothing, either.
    aged(&site.pid_file(port), &before[&port].to_string());
    every_command(&site, port);
    assert_eq!(site.pids(), before);
}

/// Pids of another namespace: unknown rather than stale; held, never signalled.
#[test]
fn pids_of_another_namespace() {
    let test = "pids_of_another_namespace";
    let Some(mut inside) = unshare(test, &["--pid", "--fork", "--mount-proc", "--kill-child"]) else {
        return;
    };
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    // The namespace lives as long as its first process.
    inside.args(["sh", "-c", "\"$1\" start --config \"$2\" && exec sleep 600", "sh"]);
    inside.arg(env!("CARGO_BIN_EXE_acecast")).arg(site.path("config/config.json"));
    let mut namespace = Stranger::start("a pid namespace", inside.stdin(Stdio::null()));
    eventually("a node runs in the namespace", || site.pid_file(port).exists().then_some(()));
    let lock = site.root().join("run/.acecast.lock");
    eventually("acecast has ended there", || {
        File::open(&lock).is_ok_and(|file| file.try_lock().is_ok()).then_some(())
    });
    let before = site.pids();
    assert_ne!(fs::read_to_string(site.pid_file(port)).unwrap(), before[&port].to_string());

    let status = site.json(&["status"], 1);
    assert_eq!(node(&status, port)["state"], "unknown", "{status:#}");
    let report = site.json(&["start"], 1);
    assert_eq!(node(&report, port)["reason"], "pid_unknown", "{report:#}");
    let report = site.json(&["stop", "all"], 1);
    assert_eq!(outcomes(&report), [("held", 1)].into(), "{report:#}");
    age(&site.pid_file(port));
    every_command(&site, port);
    assert_eq!(site.pids(), before);
    namespace.lives();
}

/// `/proc` of another namespace: its numbers mean other processes here, so start and stop refuse before acting.
#[test]
fn proc_of_another_namespace() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    for args in [&["start"] as &[&str], &["stop", "all"]] {
        // Without --mount-proc, /proc stays that of the namespace outside.
        let Some(mut inside) = unshare("proc_of_another_namespace", &["--pid", "--fork", "--kill-child"])
        else {
            return;
        };
        let command = site.command(args);
        inside.arg(command.get_program()).args(command.get_args());
        let _ = Running::start(inside).wait().exit(1).says("shows another pid namespace");
    }
    assert_eq!(site.pids(), before);
}

/// `/proc` mounted with hidepid: start and stop refuse before acting; status says that nodes may be missing.
#[test]
fn proc_mounted_with_hidepid() {
    let test = "proc_mounted_with_hidepid";
    let site = Site::new();
    let port = site.port();
    open_to_all(&site);
    if !can_be(test, NOBODY, &site.path("config")) {
        return;
    }
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    for hidepid in ["hidepid=1", "hidepid=2"] {
        let inside = |args: &[&str]| -> Option<Ran> {
            let mut inside = unshare(test, &["--mount"])?;
            tool(test, "setpriv", &["--reuid", "65534", "--regid", "65534", "--clear-groups"])?;
            let script = "mount -t proc -o \"$0\" proc /proc && \
                          exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"";
            inside.args(["sh", "-c", script, hidepid]);
            let command = site.command(args);
            inside.arg(command.get_program()).args(command.get_args());
            Some(Running::start(inside).wait())
        };
        let Some(start) = inside(&["start"]) else { return };
        let _ = start.exit(1).says("hides");
        let Some(stop) = inside(&["stop", "all"]) else { return };
        let _ = stop.exit(1).says("hides");
        let Some(status) = inside(&["status", "-o", "json"]) else { return };
        let status = status.exit(1).says("hides");
        // The pid file names a live process that is not shown: unknown rather than stale.
        assert_eq!(node(&status.doc(), port)["state"], "unknown", "{status}");
    }
    assert_eq!(site.pids(), before);
    assert!(site.pid_file(port).exists());
}

/// Processes of other users: what may not be looked at is unknown, and is not signalled.
#[test]
fn nodes_of_another_user() {
    let test = "nodes_of_another_user";
    let site = Site::new();
    let [port, free] = site.ports();
    open_to_all(&site);
    if !can_be(test, NOBODY, &site.path("config")) {
        return;
    }
    site.sources(&[site.ts("news", port)]);
    site.start();
    let before = site.pids();
    site.sources(&[site.ts("news", port), site.ts("free", free)]);
    site.app(json!({"controller": {"monitor": format!("{}/monitor", site.world.controller)}}));
    chown_all(&site.root(), NOBODY);
    let as_nobody = |args: &[&str]| {
        let mut command = site.command(args);
        command.uid(NOBODY).gid(NOBODY);
        Running::start(command).wait()
    };
    let status = as_nobody(&["status", "-o", "json"]).exit(1);
    assert_eq!(node(&status.doc(), port)["state"], "unknown", "{status}");
    let report = as_nobody(&["stop", "all", "-o", "json"]).exit(1);
    assert_eq!(outcomes(&report.doc()), [("held", 1)].into(), "{report}");
    let report = as_nobody(&["start", "-o", "json"]).exit(1);
    assert_eq!(node(&report.doc(), port)["outcome"], "held", "{report}");
    assert_eq!(node(&report.doc(), free)["outcome"], "ready", "others go on: {report}");
    // Whoever follows the advice must not take the pid file of a node that lives away.
    let run_as = "hint: run as root, or as the user that the nodes run as";
    for args in [&["stop", &port.to_string()][..], &["start"], &["explain", &port.to_string()], &["status"]] {
        let _ = as_nobody(args).exit(1).says(run_as).hides("remove it");
    }
    // A report that nobody sends is no success, also under cron.
    let monitor = as_nobody(&["-q", "monitor"]).exit(1);
    let _ = monitor
        .says("warning: nothing was sent of 1 port, as its process belongs to another user")
        .says(run_as);
    assert_eq!(site.pids()[&port], before[&port]);
}

/// A node that cannot be killed (other user): failure named, exit 1, no endless wait; the start that needs its port is
/// skipped.
#[test]
fn a_node_that_cannot_be_killed() {
    let test = "a_node_that_cannot_be_killed";
    // Sees everything, and may signal its own processes only.
    let limits = ["--bounding-set=-kill", "--inh-caps=-kill"];
    let Some(mut weak) = tool(test, "setpriv", &limits) else { return };
    let site = Site::new();
    let [port, other] = site.ports();
    open_to_all(&site);
    if !can_be(test, NOBODY, &site.path("config")) {
        return;
    }
    site.sources(&[site.ts("news", port)]);
    chown_all(&site.path("root"), NOBODY);
    let mut command = site.command(&["start"]);
    command.uid(NOBODY).gid(NOBODY);
    let _ = Running::start(command).wait().exit(0);
    let before = site.pids();
    chown_all(&site.path("root"), 0);

    site.sources(&[site.ts("new", port), site.ts("other", other)]);
    let command = site.command(&["start", "--stop-timeout", "1", "-o", "json"]);
    weak.arg(command.get_program()).args(command.get_args());
    let ran = Running::start(weak).wait().exit(1);
    let nodes = ran.doc();
    let outcome = |name: &str, action: &str| -> Value {
        let all = nodes["nodes"].as_array().unwrap();
        let found = all.iter().find(|node| node["name"] == name && node["action"] == action);
        found.unwrap_or_else(|| panic!("no {action} of {name}\n{ran}")).clone()
    };
    let stop = outcome("news", "stop");
    assert_eq!(stop["outcome"], "failed", "{ran}");
    assert!(stop["error"].as_str().unwrap().contains("may not be signalled"), "{ran}");
    assert_eq!(outcome("new", "start")["outcome"], "skipped", "{ran}");
    assert_eq!(outcome("other", "start")["outcome"], "ready", "{ran}");
    assert!(ran.took < Duration::from_secs(20), "{ran}");
    assert_eq!(site.pids()[&port], before[&port]);
}

/// A stopped process (SIGSTOP) ends all the same: KILL reaches it.
#[test]
fn a_node_that_is_stopped_by_job_control() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let pid = rustix::process::Pid::from_raw(site.pid(port)).unwrap();
    rustix::process::kill_process(pid, Signal::STOP).unwrap();
    let report = site.json(&["stop", "all", "--stop-timeout", "500ms"], 0);
    assert_eq!(node(&report, port)["outcome"], "killed", "{report:#}");
    site.await_quiet();
}

/// Makes the site's folder one that everybody may enter.
fn open_to_all(site: &Site) {
    fs::create_dir_all(site.root()).unwrap();
    for folder in ["", "config", "stable", "beta", "root"] {
        fs::set_permissions(site.path(folder), fs::Permissions::from_mode(0o755)).unwrap();
    }
}
