//! What is shown until the user has seen enough ends without a word: by Ctrl-C, or because nobody reads it any more.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Site, eventually};

/// A command that has shown its first line.
struct Following {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Following {
    fn start(site: &Site, args: &[&str]) -> Following {
        let mut command = site.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{args:?} shows something");
        Following { child, stdout: Some(stdout) }
    }

    /// Nobody reads it any more.
    fn close(&mut self) {
        self.stdout = None;
    }

    /// Its exit code and what it said.
    fn wait(&mut self) -> (Option<i32>, String) {
        let status = eventually("it ends", || self.child.try_wait().unwrap());
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (status.code(), said)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A site with a node that runs, and every command that goes on.
fn all(check: impl Fn(&Site, &[&str])) {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let port = port.to_string();
    for args in [
        &["status", "--watch", "100ms"][..],
        &["events", "-f"],
        &["events", "-f", "-o", "json"],
        &["logs", &port, "-f"],
        &["logs", &port, "-f", "-o", "json"],
    ] {
        check(&site, args);
    }
}

/// Nothing more is written to the log or happens to nodes, so it must be seen without a write.
#[test]
fn a_reader_that_goes_away_is_an_end_and_no_failure() {
    all(|site, args| {
        let mut following = Following::start(site, args);
        following.close();
        assert_eq!(following.wait(), (Some(0), String::new()), "{args:?}");
    });
}

#[test]
fn ctrl_c_is_the_usual_end_and_no_failure() {
    all(|site, args| {
        let mut following = Following::start(site, args);
        kill_process(Pid::from_raw(i32::try_from(following.child.id()).unwrap()).unwrap(), Signal::INT)
            .unwrap();
        assert_eq!(following.wait(), (Some(130), String::new()), "{args:?}");
    });
}

/// What it could not show is told by its exit code all the same.
#[test]
fn what_was_missing_is_a_failure_with_a_reader_or_without() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    site.json(&["start", "--port", &news.to_string()], 0);
    let mut following = Following::start(&site, &["logs", &format!("{news},{sport}"), "-f"]);
    following.close();
    let (code, said) = following.wait();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("port {sport} has no log")), "{said}");
}
