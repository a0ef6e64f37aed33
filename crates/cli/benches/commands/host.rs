//! A host with so many nodes, half of them sources and the others a support node for each, and what is measured on every
//! size of it.

use std::process::Command;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};

use crate::choice::{Choice, NOOP, SIZES, START};
use crate::support::{Site, with};
use crate::{http, interrupt, noop, start};

/// A site whose nodes are listed.
pub(crate) struct Host {
    pub(crate) site: Site,
    pub(crate) ports: Vec<u16>,
}

/// Ports are had in blocks of so many in a row; every host has a multiple of it.
const BLOCK: usize = 10;

impl Host {
    /// With all its nodes running.
    pub(crate) fn running(nodes: usize) -> Host {
        interrupt::check();
        let site = Site::new();
        let ports: Vec<u16> = (0..nodes / BLOCK).flat_map(|_| site.ports::<BLOCK>()).collect();
        let (sources, supports) = ports.split_at(nodes / 2);
        // A trickle: moving streams would be most of what a host of a thousand nodes does.
        let url = |uid: &str| format!("{}/ts/{uid}?rate=2000", site.world.streams);
        let source = |port: &u16| {
            let uid = format!("stream_{port}");
            with(site.ts(&uid, *port), json!({"url": url(&uid)}))
        };
        site.sources(&sources.iter().map(source).collect::<Vec<Value>>());
        let pairs = supports.iter().zip(sources);
        site.supports(&pairs.map(|(port, source)| site.support(*port, *source)).collect::<Vec<Value>>());
        site.start();
        Host { site, ports }
    }

    /// How many nodes it has.
    pub(crate) fn nodes(&self) -> usize {
        self.ports.len()
    }

    /// Has so many nodes, spread over all of them, accept a request and never answer.
    pub(crate) fn hang(&self, hung: usize) {
        let ports = self.ports.iter().step_by(self.nodes() / hung).take(hung);
        self.site.script("stable", ports.map(|port| (port.to_string(), json!({"status": "hang"}))).collect());
    }

    /// What was called to start each node, sources first.
    pub(crate) fn command_lines(&self) -> Vec<Vec<String>> {
        let line = |args: Vec<String>| {
            let engine = args.iter().position(|arg| arg.ends_with("/start-engine"))?;
            Some(args[engine..].to_vec())
        };
        let procs = self.site.procs().into_iter();
        let mut lines: Vec<Vec<String>> = procs.filter_map(|proc| line(proc.args)).collect();
        lines.sort_by_key(|line| line.iter().any(|arg| arg.starts_with("--download-from")));
        assert_eq!(lines.len(), self.nodes());
        lines
    }

    /// Waits until each node answers.
    pub(crate) fn await_answers(&self) {
        for port in &self.ports {
            let url = format!("http://127.0.0.1:{port}/app/monitor");
            interrupt::until("it answers", || {
                http::request("GET", &url).ok().filter(|(status, _)| *status == 200)
            });
        }
    }

    /// This program, in another mode, for the nodes of this host.
    pub(crate) fn bare(&self, mode: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(mode).arg(self.site.root().join("run"));
        command
    }
}

/// One host after the other, from small to large.
pub(crate) fn each_size(choice: &Choice) {
    for nodes in SIZES {
        let [noop, start] = [NOOP, START].map(|scene| choice.wants(scene, nodes));
        if noop || start {
            let host = Host::running(nodes);
            if noop {
                noop::measure(&host, choice);
            }
            if start {
                start::measure(&host, choice);
            }
        }
    }
}

/// A loop that asks a thousand nodes at the same time needs more files than the usual soft limit allows. What is
/// measured inherits it; acecast raises its own limit, if it has to.
pub(crate) fn raise_limit() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
}
