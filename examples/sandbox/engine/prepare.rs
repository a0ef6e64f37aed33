//! Before a node broadcasts: its folders, its key, its transport file.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::digest::hash40;
use crate::engine::exit::Exit;
use crate::engine::files::key;
use crate::engine::files::transport::Transport;
use crate::engine::log::Log;
use crate::engine::node::Stream;
use crate::engine::settings::{Kind, Settings, Ts};
use crate::http::client;

const MAX_TRANSPORT_FILE: u64 = 1024 * 1024;
/// Seen on engine 3.2.3: it gives up "within a second".
const TRANSPORT_TIMEOUT: Duration = Duration::from_secs(1);

/// Makes every folder that is missing, and opens the log.
pub(crate) fn folders(settings: &Settings) -> Result<Log, Exit> {
    let publish = match &settings.kind {
        Kind::Ts(ts) => Some(ts.publish_dir.as_path()),
        _ => None,
    };
    let log_dir = settings.log_file.as_deref().and_then(Path::parent);
    let dirs = [
        Some(settings.metadata_dir.as_path()),
        Some(settings.pid_file_dir.as_path()),
        settings.cache_dir.as_deref(),
        settings.state_dir.as_deref(),
        publish,
        log_dir,
    ];
    for dir in dirs.into_iter().flatten() {
        fs::create_dir_all(dir)
            .map_err(|error| Exit::failed(format!("Cannot create {}: {error}", dir.display())))?;
    }
    Log::open(settings.log_file.as_deref()).map_err(|error| Exit::failed(format!("Cannot open log: {error}")))
}

/// What the node will broadcast. A ts node makes its key here, if it has none that is sound.
pub(crate) fn stream(settings: &Settings, log: &Log) -> Result<Stream, Exit> {
    match &settings.kind {
        Kind::Ts(ts) => own_stream(ts, settings, log),
        Kind::Hls { private_file, public_file, .. } => {
            let (_, private) = read(private_file)?;
            let (transport, _) = read(public_file)?;
            let no_url = || Exit::cannot_load(&private_file.to_string_lossy());
            Ok(Stream {
                download_hash: private.text("infohash").unwrap_or_default().to_owned(),
                transport,
                hls_manifest_url: Some(private.text("url").ok_or_else(no_url)?.to_owned()),
            })
        }
        Kind::Support { url } => {
            let bytes = load(url).ok_or_else(|| Exit::cannot_load(url))?;
            let transport = Transport::parse(&bytes).ok_or_else(|| Exit::cannot_load(url))?;
            let download_hash = transport.text("infohash").unwrap_or_default().to_owned();
            Ok(Stream { download_hash, transport: bytes, hls_manifest_url: None })
        }
    }
}

fn own_stream(ts: &Ts, settings: &Settings, log: &Log) -> Result<Stream, Exit> {
    let path = settings.metadata_dir.join(format!("{}.sauth", ts.name));
    let (key, is_new) = key::load_or_create(&path)
        .map_err(|error| Exit::failed(format!("Cannot write {}: {error}", path.display())))?;
    if is_new {
        log.line("new stream key");
    }
    let download_hash = hash40(&[b"ts", &key]);
    let transport = Transport::new(&download_hash, &ts.title)
        .with("bitrate", ts.bitrate)
        .with("categories", ts.categories.clone())
        .with("trackers", ts.trackers.clone());
    Ok(Stream { download_hash, transport: transport.to_bytes(), hls_manifest_url: None })
}

/// A transport file, as bytes and as what they say.
fn read(path: &Path) -> Result<(Vec<u8>, Transport), Exit> {
    let bytes = fs::read(path).unwrap_or_default();
    match Transport::parse(&bytes) {
        Some(transport) => Ok((bytes, transport)),
        None => Err(Exit::cannot_load(&path.to_string_lossy())),
    }
}

fn load(url: &str) -> Option<Vec<u8>> {
    if url.starts_with("http://") {
        return client::fetch(url, TRANSPORT_TIMEOUT, MAX_TRANSPORT_FILE).ok();
    }
    fs::read(url.strip_prefix("file://").unwrap_or(url)).ok()
}
