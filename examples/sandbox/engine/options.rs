//! The engine's command line, as strict as the engine's own.
//!
//! Both `--option=value` and `--option value` are taken; in the second form a value must not look
//! like an option (seen on engine 3.2.3: `--title -x` is refused, `--title=-x` is not).

use std::collections::BTreeMap;

/// The three things an engine can be asked to do; each takes some of the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Source,
    Support,
    Transport,
}

/// The options that were given. A flag has no values.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    given: BTreeMap<&'static str, Vec<String>>,
}

/// How many values an option takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    /// The engine's documentation shows the `--debug-` options without a value, older scripts give one.
    Maybe,
}

use Takes::{Maybe, Nothing, Value};

// Which modes take an option. Seen on engine 3.2.3: those of a source node are refused by a support node,
// `--public-transport-file`, `--hide-hls-segments` and `--hls-*` by a source node.
const SOURCE: u8 = 1;
const SUPPORT: u8 = 2;
const TRANSPORT: u8 = 4;
const NODES: u8 = SOURCE | SUPPORT;
const ALL: u8 = NODES | TRANSPORT;

const OPTIONS: &[(&str, Takes, u8)] = &[
    ("stream-source-node", Nothing, SOURCE),
    ("stream-support-node", Nothing, SUPPORT),
    ("create-hls-transport", Nothing, TRANSPORT),
    // A stream.
    ("source", Value, NODES),
    ("bitrate", Value, NODES),
    ("name", Value, NODES),
    ("title", Value, ALL),
    ("quality", Value, NODES),
    ("category", Value, ALL),
    ("tracker", Value, SOURCE | TRANSPORT),
    ("provider-key", Value, SOURCE | TRANSPORT),
    ("sid", Value, SOURCE | TRANSPORT),
    ("permanent", Nothing, SOURCE),
    ("skip-internal-tracker", Nothing, SOURCE),
    ("publish-dir", Value, NODES),
    ("source-reconnect-interval", Value, NODES),
    ("url", Value, SUPPORT | TRANSPORT),
    ("download-from", Value, NODES),
    ("public-transport-file", Value, SUPPORT),
    ("hide-hls-segments", Nothing, SUPPORT),
    ("hls-broadcast-last-source-piece", Nothing, SUPPORT),
    ("hls-bad-manifest-max-errors", Value, SUPPORT),
    ("hls-bad-manifest-retry-interval", Value, SUPPORT),
    ("hls-force-monotonic-sequence", Value, SUPPORT),
    // A transport file.
    ("hide-hls-manifest", Nothing, TRANSPORT),
    ("base-url", Value, TRANSPORT),
    ("output-public", Value, TRANSPORT),
    ("output-private", Value, TRANSPORT),
    // A node.
    ("port", Value, NODES),
    ("metadata-dir", Value, NODES),
    ("cache-dir", Value, NODES),
    ("state-dir", Value, NODES),
    ("pid-file-dir", Value, NODES),
    ("log-file", Value, ALL),
    ("live-mem-cache-size", Value, NODES),
    ("live-cache-type", Value, NODES),
    ("monitor-node-ip", Value, NODES),
    ("close-connections-from-same-peer", Value, NODES),
    ("max-peers", Value, NODES),
    ("core-sandbox-max-peers", Value, NODES),
    ("core-max-fast-peers", Value, NODES),
    ("stats-report-interval", Value, NODES),
    ("stats-report-peers", Nothing, NODES),
    ("service-remote-access", Nothing, NODES),
    ("service-access-token", Value, NODES),
    ("upload-to", Value, NODES),
    ("private-node", Value, NODES),
    // Logging.
    ("log-backup-count", Value, ALL),
    ("log-debug", Value, ALL),
    ("log-modules", Value, ALL),
    ("log-max-size", Value, ALL),
    ("debug-multicast-pex", Maybe, ALL),
    ("debug-encoder", Maybe, ALL),
    ("debug-encoder-connection", Maybe, ALL),
    ("debug-download-live", Maybe, ALL),
    ("debug-connecter", Maybe, ALL),
    ("debug-connecter-connection", Maybe, ALL),
    ("debug-downloader", Maybe, ALL),
    ("debug-single-download", Maybe, ALL),
    ("debug-picker-client", Maybe, ALL),
    ("debug-client-transporter", Maybe, ALL),
    ("debug-memory-usage", Maybe, ALL),
    ("debug-pieces", Maybe, ALL),
    ("debug-storage", Maybe, ALL),
    ("debug-rerequester", Maybe, ALL),
    ("debug-rerequester-dht", Maybe, ALL),
    ("debug-dht", Maybe, ALL),
    ("debug-magnet", Maybe, ALL),
];

impl Options {
    /// Parses what follows the program's name; the error is the usage message's last line.
    pub(crate) fn parse(args: &[String]) -> Result<Self, String> {
        let mut given: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        let mut modes = ALL;
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let unrecognized = || format!("unrecognized arguments: {arg}");
            let text = arg.strip_prefix("--").ok_or_else(unrecognized)?;
            let (name, inline) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (text, None),
            };
            let found = OPTIONS.iter().find(|(known, ..)| *known == name);
            let (name, takes, allowed) = found.ok_or_else(unrecognized)?;
            let next = rest.as_slice().first().filter(|next| !looks_like_option(next));
            let value = match (takes, inline) {
                (Nothing, Some(value)) => {
                    return Err(format!("argument --{name}: ignored explicit argument '{value}'"));
                }
                (Nothing, None) => None,
                (Value | Maybe, Some(value)) => Some(value),
                (Value, None) if next.is_none() => {
                    return Err(format!("argument --{name}: expected one argument"));
                }
                (Value | Maybe, None) => rest.by_ref().take(usize::from(next.is_some())).next().cloned(),
            };
            given.entry(name).or_default().extend(value);
            modes &= allowed;
            if modes == 0 {
                return Err(unrecognized());
            }
        }
        let mode = match (given.contains_key("stream-source-node"), given.contains_key("stream-support-node"))
        {
            (true, _) => Mode::Source,
            (_, true) => Mode::Support,
            _ if given.contains_key("create-hls-transport") => Mode::Transport,
            _ => {
                return Err("one of the arguments --stream-source-node --stream-support-node \
                             --create-hls-transport is required"
                    .to_owned());
            }
        };
        Ok(Self { mode, given })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// The last value given.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values(name).last().map(String::as_str)
    }

    pub(crate) fn values(&self, name: &str) -> &[String] {
        self.given.get(name).map_or(&[], Vec::as_slice)
    }
}

fn looks_like_option(arg: &str) -> bool {
    arg.starts_with('-') && arg != "-"
}

#[cfg(test)]
mod tests {
    use super::{Mode, Options};

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn both_spellings_and_repetition() {
        let line = "--stream-source-node --port=8640 --name news --category a --category=b --title=-x";
        let options = parse(line).unwrap();
        assert_eq!(options.mode, Mode::Source);
        assert_eq!(options.value("port"), Some("8640"));
        assert_eq!(options.value("name"), Some("news"));
        assert_eq!(options.values("category"), ["a", "b"]);
        assert_eq!(options.value("title"), Some("-x"));
    }

    #[test]
    fn a_separate_value_must_not_look_like_an_option() {
        assert!(parse("--stream-source-node --title -x").is_err());
        assert!(parse("--stream-source-node --title").is_err());
    }

    #[test]
    fn what_a_mode_does_not_know_is_refused() {
        for line in [
            "--stream-support-node --tracker x",
            "--stream-support-node --permanent",
            "--stream-source-node --hide-hls-segments",
            "--stream-source-node --public-transport-file=x",
            "--create-hls-transport --hide-hls-segments",
            "--stream-source-node --stream-support-node",
            "--stream-source-node --permanent=1",
            "--stream-source-node --odd",
            "--stream-source-node odd",
            "--port 8640",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_debug_option_may_have_a_value() {
        assert!(parse("--stream-source-node --debug-pieces --debug-dht 1 --log-debug 1").is_ok());
    }
}
