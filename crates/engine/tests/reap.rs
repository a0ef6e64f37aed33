//! Reaping, in a process of its own: it takes the children of everybody in it.

use std::process::{Command, Stdio};

use acecast_engine::pidfd::{Opened, PidFd};
use acecast_engine::reap;
use acecast_reconcile::Pid;
use rustix::process::Signal;

/// Ends with the test, however that ends.
struct Ends(PidFd);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.signal(Signal::KILL);
    }
}

#[test]
#[expect(clippy::zombie_processes, reason = "that they are reaped by others is the point")]
fn children_that_have_ended_are_reaped_and_living_ones_left() {
    assert_eq!(reap::children(), 0, "no children at all");
    let spawn = |script: &str| {
        let mut command = Command::new("sh");
        let child = command.args(["-c", script]).stdin(Stdio::null()).spawn().unwrap();
        let pid = Pid::try_from(i64::from(child.id())).unwrap();
        let Opened::Process(fd) = PidFd::open(pid).unwrap() else { panic!("it lives, or is a zombie") };
        (pid, Ends(fd))
    };
    let living = spawn("exec sleep 600");
    // The last one ends by a real-time signal, which has no name.
    let ending = ["exit 0", "exit 7", "kill -KILL $$", "kill -40 $$"].map(spawn);
    for (_, fd) in &ending {
        assert!(fd.0.wait(std::time::Duration::from_secs(10)));
    }
    assert_eq!(reap::children(), 4);
    assert_eq!(reap::children(), 0);
    for (pid, _) in &ending {
        assert!(matches!(PidFd::open(*pid), Ok(Opened::Nobody)), "no zombie is left");
    }
    assert!(living.1.0.is_alive());
    living.1.0.signal(Signal::KILL).unwrap();
    assert!(living.1.0.wait(std::time::Duration::from_secs(10)));
    assert_eq!(reap::children(), 1);
}
