//! What a node was asked for: the options as values, checked as the engine checks them.

use std::path::PathBuf;

use crate::engine::exit::Exit;
use crate::engine::options::{Mode, Options};

/// The options of a node.
pub(crate) struct Settings {
    pub(crate) port: u16,
    pub(crate) kind: Kind,
    pub(crate) metadata_dir: PathBuf,
    pub(crate) pid_file_dir: PathBuf,
    pub(crate) cache_dir: Option<PathBuf>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) log_file: Option<PathBuf>,
    pub(crate) token: Option<String>,
    pub(crate) download_from: Vec<(String, u16)>,
    pub(crate) upload_to: Vec<(String, u16)>,
    pub(crate) private_node: bool,
    pub(crate) max_peers: u32,
    pub(crate) stats_report_interval: u32,
    pub(crate) stats_report_peers: bool,
}

/// The three kinds of node.
pub(crate) enum Kind {
    Ts(Ts),
    Hls { private_file: PathBuf, public_file: PathBuf, monotonic: bool },
    Support { url: String },
}

/// A source node that takes MPEG-TS over HTTP.
pub(crate) struct Ts {
    pub(crate) source: String,
    pub(crate) name: String,
    pub(crate) title: String,
    /// Bytes a second; 0 asks the engine to measure.
    pub(crate) bitrate: u64,
    pub(crate) publish_dir: PathBuf,
    pub(crate) trackers: Vec<String>,
    pub(crate) categories: Vec<String>,
}

/// The engine's documentation lists them; upper case is taken too.
const CATEGORIES: &[&str] = &[
    "informational",
    "entertaining",
    "educational",
    "movies",
    "documentaries",
    "sport",
    "fashion",
    "music",
    "regional",
    "ethnic",
    "religion",
    "teleshop",
    "erotic_18_plus",
    "other_18_plus",
    "cyber_games",
    "amateur",
    "webcam",
    "kids",
    "series",
    "promotion",
];

impl Settings {
    pub(crate) fn from_options(options: &Options) -> Result<Self, Exit> {
        let kind = kind(options)?;
        let path = |name| options.value(name).map(PathBuf::from);
        let private_node = number(options, "private-node")?.unwrap_or(0) != 0;
        if private_node && !options.has("upload-to") {
            return Err(Exit::failed("Cannot start private node without explicit 'upload to' nodes"));
        }
        Ok(Self {
            port: number(options, "port")?.ok_or_else(|| missing("port"))?,
            kind,
            metadata_dir: path("metadata-dir").unwrap_or_else(|| ".".into()),
            pid_file_dir: path("pid-file-dir").unwrap_or_else(|| "/tmp".into()),
            cache_dir: path("cache-dir"),
            state_dir: path("state-dir"),
            log_file: path("log-file"),
            token: options.value("service-access-token").map(str::to_owned),
            download_from: peers(options, "download-from")?,
            upload_to: peers(options, "upload-to")?,
            private_node,
            // The defaults of a node that was told nothing, as its status shows them.
            max_peers: number(options, "max-peers")?.unwrap_or(50),
            stats_report_interval: number(options, "stats-report-interval")?.unwrap_or(60),
            stats_report_peers: options.has("stats-report-peers"),
        })
    }
}

/// The categories given, or the engine's complaint about the first unknown one.
pub(crate) fn categories(options: &Options) -> Result<Vec<String>, Exit> {
    let given = options.values("category");
    match given.iter().find(|given| !CATEGORIES.contains(&given.to_ascii_lowercase().as_str())) {
        Some(unknown) => Err(Exit::failed(format!("Bad category: {unknown}"))),
        None => Ok(given.to_vec()),
    }
}

/// The value of an option that must be there.
pub(crate) fn required(options: &Options, name: &str) -> Result<String, Exit> {
    options.value(name).map(str::to_owned).ok_or_else(|| missing(name))
}

fn kind(options: &Options) -> Result<Kind, Exit> {
    if options.mode == Mode::Source {
        let quality = options.value("quality");
        if quality.is_some_and(|quality| !["SD", "HD", "auto"].contains(&quality)) {
            return Err(Exit::failed(format!("Bad quality: {}", quality.unwrap_or_default())));
        }
        return Ok(Kind::Ts(Ts {
            source: required(options, "source")?,
            name: required(options, "name")?,
            title: options.value("title").unwrap_or_default().to_owned(),
            bitrate: number(options, "bitrate")?.unwrap_or(0),
            publish_dir: options.value("publish-dir").unwrap_or(".").into(),
            trackers: options.values("tracker").to_vec(),
            categories: categories(options)?,
        }));
    }
    let url = required(options, "url")?;
    let Some(public_file) = options.value("public-transport-file") else {
        return Ok(Kind::Support { url });
    };
    let monotonic = number::<u8>(options, "hls-force-monotonic-sequence")?.unwrap_or(0) != 0;
    Ok(Kind::Hls { private_file: url.into(), public_file: public_file.into(), monotonic })
}

fn number<N: std::str::FromStr>(options: &Options, name: &str) -> Result<Option<N>, Exit> {
    let parse = |text: &str| {
        let reason = || Exit::usage(&format!("argument --{name}: invalid int value: '{text}'"));
        text.parse().map_err(|_| reason())
    };
    options.value(name).map(parse).transpose()
}

fn peers(options: &Options, name: &str) -> Result<Vec<(String, u16)>, Exit> {
    let parse = |text: &String| {
        let (ip, port) = text.rsplit_once(':')?;
        Some((ip.to_owned(), port.parse().ok()?))
    };
    let peer = |text| parse(text).ok_or_else(|| Exit::failed(format!("Bad {name}: {text}")));
    options.values(name).iter().map(peer).collect()
}

fn missing(name: &str) -> Exit {
    Exit::usage(&format!("argument --{name} is required"))
}

#[cfg(test)]
mod tests {
    use super::{Options, Settings};

    #[track_caller]
    fn refused(line: &str) -> bool {
        let args: Vec<_> = line.split(' ').map(str::to_owned).collect();
        Settings::from_options(&Options::parse(&args).unwrap()).is_err()
    }

    #[test]
    fn values_are_checked_as_the_engine_does() {
        let base = "--stream-source-node --source http://a/ --name n --port 8640";
        assert!(!refused(base));
        assert!(!refused(&format!("{base} --category SPORT --quality auto")));
        assert!(refused(&format!("{base} --category sports")));
        assert!(refused(&format!("{base} --quality 4K")));
        assert!(refused(&format!("{base} --private-node 1")));
        assert!(!refused(&format!("{base} --private-node 1 --upload-to 127.0.0.1:1")));
        assert!(refused("--stream-source-node --source http://a/ --name n"));
        assert!(refused("--stream-support-node --port 8640"));
    }
}
