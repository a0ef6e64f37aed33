//! Reaping, in a process of its own: it takes the children of everybody in it.

use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use acecast_engine::deaths::reap_children;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A child by its handle. It ends with the test, however that ends.
struct Ends(OwnedFd);

impl Ends {
    fn kill(&self) {
        let _ = pidfd_send_signal(&self.0, Signal::KILL);
    }

    /// It has ended within this time.
    fn ended_within(&self, seconds: i64) -> bool {
        let timeout = Timespec { tv_sec: seconds, tv_nsec: 0 };
        matches!(poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&timeout)), Ok(1))
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.kill();
    }
}

#[test]
#[expect(clippy::zombie_processes, reason = "that they are reaped by others is the point")]
fn children_that_have_ended_are_reaped_and_living_ones_left() {
    assert_eq!(reap_children(), 0, "no children at all");
    let spawn = |script: &str| {
        let mut command = Command::new("sh");
        let child = command.args(["-c", script]).stdin(Stdio::null()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        (pid, Ends(pidfd_open(pid, PidfdFlags::empty()).unwrap()))
    };
    let (_, living) = spawn("exec sleep 600");
    // The last one ends by a real-time signal, which has no name.
    let ending = ["exit 0", "exit 7", "kill -KILL $$", "kill -40 $$"].map(spawn);
    for (_, child) in &ending {
        assert!(child.ended_within(10));
    }
    assert_eq!(reap_children(), 4);
    assert_eq!(reap_children(), 0);
    for (pid, _) in &ending {
        let opened = pidfd_open(*pid, PidfdFlags::empty());
        assert_eq!(opened.err(), Some(Errno::SRCH), "no zombie is left");
    }
    assert!(!living.ended_within(0));
    living.kill();
    assert!(living.ended_within(10));
    assert_eq!(reap_children(), 1);
}
