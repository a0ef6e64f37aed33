use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

/// `sh -c SCRIPT sh DIR`, as a child that is given `SAID=hello` and nothing else.
fn sh(script: &str, dir: &Path, timeout: Duration, cancelled: &dyn Fn() -> bool) -> Ran {
    let env = ChildEnv::from_vars([("SAID".into(), "hello".into()), ("PATH".into(), "/usr/bin:/bin".into())]);
    let args = ["-c", script, "sh", dir.to_str().unwrap()].map(str::to_owned);
    run(Path::new("/bin/sh"), &args, &env, timeout, cancelled).unwrap()
}

const LONG: Duration = Duration::from_secs(60);

/// Whether the process whose pid is in this file is gone, or becomes so soon: killed is not yet reaped.
fn is_gone(pid_file: &Path) -> bool {
    let pid = fs::read_to_string(pid_file).unwrap();
    let stat = Path::new("/proc").join(pid.trim()).join("stat");
    let dead = || fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
    (0..1000).any(|_| {
        dead() || {
            thread::sleep(Duration::from_millis(5));
            false
        }
    })
}

#[test]
fn both_streams_and_the_status_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let script = "echo $SAID ${HOME-none}; echo oops >&2; cat; exit 3";
    let ran = sh(script, dir.path(), LONG, &|| false);
    assert_eq!(ran.output.reveal(), "hello none\noops\n");
    assert!(matches!(ran.end, End::Exited(status) if status.code() == Some(3)));
}

#[test]
fn endless_output_is_bounded_and_never_blocks_the_child() {
    let dir = tempfile::tempdir().unwrap();
    let ran = sh("head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2", dir.path(), LONG, &|| false);
    assert!(matches!(ran.end, End::Exited(status) if status.success()));
    assert_eq!(ran.output.reveal().len(), MAX_OUTPUT + 4);
    assert!(ran.output.reveal().ends_with("xend\n"));
    let ran = sh("exec cat /dev/zero", dir.path(), Duration::from_millis(300), &|| false);
    assert!(matches!(ran.end, End::TimedOut));
}

#[test]
fn what_a_wrapper_started_is_killed_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let pid_file = dir.path().join("pid");
    let begun = || fs::read_to_string(&pid_file).is_ok_and(|pid| pid.ends_with('\n'));
    // Neither heeds TERM; the inner one stands for the engine.
    let script =
        "trap '' TERM; echo begun; sh -c 'trap \"\" TERM; echo $$ > \"$1/pid\"; sleep 600; :' sh \"$1\"; :";
    let ran = sh(script, dir.path(), LONG, &begun);
    assert!(matches!(ran.end, End::Cancelled));
    assert_eq!(ran.output.reveal(), "begun\n");
    assert!(is_gone(&pid_file));
}

#[test]
fn what_is_left_running_is_not_waited_for_and_does_not_stay() {
    let dir = tempfile::tempdir().unwrap();
    // It holds the streams open.
    let ran = sh("sleep 600 & echo $! > \"$1/pid\"; echo done", dir.path(), LONG, &|| false);
    assert!(matches!(ran.end, End::Exited(status) if status.success()));
    assert_eq!(ran.output.reveal(), "done\n");
    assert!(is_gone(&dir.path().join("pid")));
}

#[test]
fn a_run_can_be_called_off() {
    let dir = tempfile::tempdir().unwrap();
    let asked = AtomicBool::new(false);
    let ran = sh("exec sleep 600", dir.path(), LONG, &|| asked.swap(true, Ordering::Relaxed));
    assert!(matches!(ran.end, End::Cancelled));
}

#[test]
fn a_program_that_is_not_there_cannot_be_run() {
    let env = ChildEnv::default();
    let error = run(Path::new("/no/such/engine"), &[], &env, LONG, &|| false).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
