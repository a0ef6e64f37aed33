//! What `plan` and `check` say of this host: what a start would stumble over. Nothing is written to find out.

use std::fs;
use std::io::Write as _;
use std::net::UdpSocket;
use std::os::unix::fs::{chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::site::{Ran, Site};

/// The paths of the config that are warned of.
fn warned(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let warnings = document["warnings"].as_array().unwrap().iter();
    warnings.map(|one| one["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_plan_names_what_the_start_then_fails_for() {
    let site = Site::new();
    site.mode("engine", 0o644);
    site.write("root/state", "");
    fs::create_dir(site.path("root/log")).unwrap();
    symlink("/etc/hostname", site.path("root/log/source_node_8640.log")).unwrap();
    let before = site.traces();
    for args in ["plan -o json", "start --dry-run -o json"] {
        let ran = site.run(args).ends(0);
        assert_eq!(warned(&ran), ["engine_path.stable", "dirs.state", "dirs.log"], "{args}: {}", ran.stdout);
        assert_eq!(ran.json()["errors"], json!([]));
    }
    assert_eq!(site.traces(), before, "a plan touches nothing");
    let text = site.run("plan").ends(0);
    assert!(text.stderr.contains("warning: ") && text.stdout.starts_with("+ start  source"), "{text:?}");
    for (path, part) in
        [("engine_path.stable", "cannot be run"), ("dirs.state", "is not a folder"), ("dirs.log", "log ")]
    {
        let line = text.stderr.lines().find(|line| line.contains(path)).unwrap_or_default();
        assert!(line.contains(part), "{path}: {}", text.stderr);
    }
    // Each of them by itself.
    let refused = |ran: Ran| ran.json()["nodes"][0]["error"].as_str().unwrap_or_default().to_owned();
    assert!(refused(site.run("start -o json").ends(1)).starts_with("cannot run the engine "));
    site.mode("engine", 0o755);
    assert!(refused(site.run("start -o json").ends(1)).ends_with("state is a file, not a folder"));
    fs::remove_file(site.path("root/state")).unwrap();
    assert_eq!(warned(&site.run("plan -o json").ends(0)), ["dirs.log"]);
    assert!(refused(site.run("start -o json").ends(1)).starts_with("cannot open the log "));
}

#[test]
fn where_nothing_is_to_be_done_nothing_is_in_the_way() {
    let site = Site::new();
    for list in ["source", "support"] {
        site.write(&format!("root/{list}.json"), "[]");
    }
    site.write("root/state", "");
    assert_eq!(warned(&site.run("plan -o json").ends(0)), [""; 0]);
}

/// The command as a user who may not write there; root becomes nobody for that.
fn as_other(mut command: Command) -> Option<Ran> {
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
        if Command::new(command.get_program()).uid(65534).gid(65534).arg("-V").output().is_err() {
            // Not by a macro: of those the harness hides what a passed test prints.
            let _ = writeln!(std::io::stderr(), "skipped: folders of others: nobody cannot run the program");
            return None;
        }
    }
    Some(Ran::of(&mut command))
}

/// A site that everybody may read.
fn readable() -> Site {
    let site = Site::new();
    for (name, mode) in
        [("", 0o755), ("config.json", 0o644), ("root/source.json", 0o644), ("root/support.json", 0o644)]
    {
        site.mode(name, mode);
    }
    site.mode("root", 0o555);
    site
}

#[test]
fn one_folder_in_which_nothing_can_be_made_is_said_once() {
    let site = readable();
    let Some(plan) = as_other(site.command("plan -o json")) else { return };
    let plan = plan.ends(0);
    assert!(warned(&plan).contains(&"dirs.pid".to_owned()), "{plan:?}");
    assert_eq!(plan.stdout.matches("this user cannot make files in ").count(), 1, "{plan:?}");
    let check = as_other(site.command("check -o json")).unwrap().ends(0);
    assert_eq!(check.stdout.matches("this user cannot make files in ").count(), 1, "{check:?}");
    let start = as_other(site.command("start")).unwrap().ends(1);
    assert!(start.stderr.contains("Permission denied"), "{start:?}");
}

#[test]
fn a_config_for_another_machine_is_not_blamed_for_this_ones_folders() {
    let site = readable();
    fs::create_dir(site.path("lists")).unwrap();
    for list in ["source.json", "support.json"] {
        fs::copy(site.path("root").join(list), site.path("lists").join(list)).unwrap();
    }
    site.app(|app| {
        app["root"] = json!(site.path("root/elsewhere"));
        for role in ["source", "support"] {
            app["controller"][format!("{role}_node")] = json!(site.path(&format!("lists/{role}.json")));
        }
    });
    site.mode("config.json", 0o644);
    let Some(check) = as_other(site.command("check -o json")) else { return };
    let check = check.ends(0);
    assert!(!check.stdout.contains("cannot make files"), "{check:?}");
    let plan = as_other(site.command("plan -o json")).unwrap().ends(0);
    assert!(warned(&plan).contains(&"dirs.pid".to_owned()), "{plan:?}");
}

#[test]
fn keys_of_another_user_are_said_before_the_start_refuses() {
    let site = Site::new();
    let metadata = site.path("root/metadata");
    fs::create_dir(&metadata).unwrap();
    if !rustix::process::geteuid().is_root() {
        let _ = writeln!(std::io::stderr(), "skipped: a folder of another user: only root gives files away");
        return;
    }
    chown(&metadata, Some(65534), None).unwrap();
    let plan = site.run("plan -o json").ends(0);
    assert_eq!(warned(&plan), ["dirs.metadata"]);
    let said = |ran: &Ran, key: &str| ran.json()[key].to_string();
    let why: &str = "belongs to user ";
    assert!(said(&plan, "warnings").contains(why), "{plan:?}");
    assert!(said(&site.run("start -o json").ends(1), "error").contains(why));
    // Support nodes have no keys.
    assert_eq!(warned(&site.run("plan support -o json").ends(0)), [""; 0]);
    let check: Value = site.run("check -o json").ends(0).json();
    assert_eq!(check["errors"], json!([]));
}

#[test]
fn an_engine_that_lacks_a_right_only_is_easily_mended() {
    let site = Site::new();
    site.mode("engine", 0o644);
    let hint = format!("hint: make it executable: `chmod +x {}`", site.path("engine").display());
    let check = site.run("check").ends(3);
    assert!(check.stderr.contains(&hint), "{check:?}");
    // What the hint says helps.
    site.mode("engine", 0o755);
    assert!(!site.run("check").ends(0).stderr.contains("hint:"));
    fs::remove_file(site.path("engine")).unwrap();
    assert!(!site.run("check").ends(3).stderr.contains("chmod"));
    fs::create_dir(site.path("engine")).unwrap();
    assert!(!site.run("check").stderr.contains("chmod"));
}

#[test]
fn a_support_node_that_is_its_own_source_is_named() {
    let site = Site::new();
    let said = |ip: &str, key: &str| {
        let node = json!([{"port": 8641, "source_ip": ip, "source_port": 8641}]);
        site.write("root/support.json", &node.to_string());
        site.run("check -o json").json()[key].to_string().contains("which is this node itself")
    };
    assert!(said("127.0.0.1", "errors"));
    assert!(!said("192.0.2.77", "errors") && !said("192.0.2.77", "warnings"));
    let Some(own) = own_address() else {
        let _ = writeln!(std::io::stderr(), "skipped: an address of this host: it has but the loopback one");
        return;
    };
    assert!(said(&own, "warnings") && !said(&own, "errors"));
}

/// An address that others may reach this host by. Nothing is sent to find out.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then(|| ip.to_string())
}

/// What is refused as a whole is refused also where there is nothing to do.
#[test]
fn a_start_that_would_be_refused_is_said_in_any_case() {
    let site = Site::new();
    for list in ["source", "support"] {
        site.write(&format!("root/{list}.json"), "[]");
    }
    if !rustix::process::geteuid().is_root() {
        let _ = writeln!(std::io::stderr(), "skipped: a folder of another user: only root gives files away");
        return;
    }
    for (dir, key) in [("root/metadata", "dirs.metadata"), ("root/pid", "dirs.pid")] {
        let dir = site.path(dir);
        fs::create_dir(&dir).unwrap();
        chown(&dir, Some(65534), None).unwrap();
        for args in ["plan -o json", "start --dry-run -o json", "restart all --dry-run -o json"] {
            assert_eq!(warned(&site.run(args).ends(0)), [key], "{args}");
        }
        assert!(site.run("start -o json").ends(1).json()["error"].to_string().contains("belongs to user "));
        // A stop does what root may do.
        assert_eq!(warned(&site.run("stop all --dry-run -o json").ends(0)), [""; 0]);
        fs::remove_dir(&dir).unwrap();
    }
}
