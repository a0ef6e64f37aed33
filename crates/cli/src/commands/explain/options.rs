//! The options that a node would be started with, and where those of the running one are others.

use std::path::PathBuf;

use acecast_config::{Config, Entry};
use acecast_engine::Snapshot;
use acecast_engine::args::{Given, source_args, support_args};
use acecast_engine::memory::cache_size;
use acecast_engine::redact::MASK;
use acecast_reconcile::{Desired, Port};

use super::running::Running;

/// Options of which the whole value is a secret.
const SECRETS: [&str; 2] = ["--provider-key", "--service-access-token"];

/// The options of one node.
pub(super) struct Options {
    pub(super) engine: Option<PathBuf>,
    /// As acecast would start it now, with secrets masked.
    pub(super) wanted: Vec<String>,
    /// Where the running node has others; `None` if none runs or its options cannot be read.
    pub(super) differing: Option<Vec<Differing>>,
}

/// An option that differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Differing {
    pub(super) name: String,
    /// As it runs, with secrets masked; `None` without the option.
    pub(super) runs: Option<String>,
    /// As it would be started.
    pub(super) wanted: Option<String>,
}

/// The options of the node on this port; `None` if no usable entry asks for one.
pub(super) fn of(
    config: &Config,
    desired: &Desired,
    snapshot: &Snapshot,
    port: Port,
    running: &[Running],
) -> Option<Options> {
    // It is left at 0 where the size of memory cannot be read; a start would say so.
    let cache = cache_size(desired, &snapshot.observed).unwrap_or_default();
    let app = &config.app;
    let (channel, args) = match config.entry(port)? {
        Entry::Source(node) => (node.common.channel, source_args(node, app, cache)),
        Entry::Support(node) => (node.common.channel, support_args(node, app, cache)),
        Entry::Wrong(..) => return None,
    };
    let given = running.iter().find_map(|node| node.given.as_ref());
    Some(Options {
        engine: app.engine_path.get(&channel).cloned(),
        differing: given.map(|given| differing(&args, given)),
        wanted: args.iter().map(|arg| masked(arg)).collect(),
    })
}

/// One argument, shown.
fn masked(arg: &str) -> String {
    match arg.split_once('=') {
        Some((name, _)) if SECRETS.contains(&name) => format!("{name}={MASK}"),
        _ => arg.to_owned(),
    }
}

/// The options that are not the same: those that are wanted in their order, and the others by name.
fn differing(wanted: &[String], old: &Given) -> Vec<Differing> {
    let new = Given::parse(wanted);
    let mut names: Vec<&str> = Vec::new();
    // A wanted option always has its value behind a `=`, so none is taken for an option here.
    for name in wanted.iter().filter_map(|arg| arg.split('=').next()).chain(old.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let values = |options: &Given, name: &str| -> Option<Vec<String>> {
        options.has(name).then(|| options.all(name).map(str::to_owned).collect())
    };
    let differs = |name: &&str| values(&new, name) != values(old, name);
    names
        .into_iter()
        .filter(differs)
        .map(|name| difference(name, values(old, name), values(&new, name)))
        .collect()
}

fn difference(name: &str, runs: Option<Vec<String>>, wanted: Option<Vec<String>>) -> Differing {
    let shown = |values: Vec<String>| match values {
        _ if SECRETS.contains(&name) => MASK.to_owned(),
        // A flag has no value.
        values if values.is_empty() => "given".to_owned(),
        values => values.join(" "),
    };
    Differing { name: name.to_owned(), runs: runs.map(shown), wanted: wanted.map(shown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn both_forms_of_an_option_are_the_same() {
        let wanted = args("--stream-source-node --title=-x --tracker=a --tracker=b --port=8640");
        let runs =
            args("acestreamengine --stream-source-node --title=-x --tracker a --tracker b --port 8640");
        assert_eq!(differing(&wanted, &Given::parse(&runs)), []);
    }

    #[test]
    fn what_differs_is_shown_without_secrets() {
        let wanted = args("--bitrate=2 --provider-key=new --permanent --tracker=a --tracker=b");
        let runs = args("engine --bitrate=1 --provider-key=old --tracker=b --log-debug 1");
        let shown: Vec<String> = differing(&wanted, &Given::parse(&runs))
            .into_iter()
            .map(|Differing { name, runs, wanted }| {
                let or = |value: Option<String>| value.unwrap_or("-".to_owned());
                format!("{name} {} > {}", or(runs), or(wanted))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "--bitrate 1 > 2",
                "--provider-key **** > ****",
                "--permanent - > given",
                "--tracker b > a b",
                "--log-debug 1 > -"
            ]
        );
        assert_eq!(masked("--service-access-token=x"), "--service-access-token=****");
    }
}
