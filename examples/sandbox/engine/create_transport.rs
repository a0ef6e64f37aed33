//! `--create-hls-transport`: makes the public and the private transport file of a HLS stream.
//!
//! Seen on engine 3.2.3: the URL is never fetched; the same arguments give the same bytes; errors go
//! to stdout, twice.

use std::fs;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::digest::hash40;
use crate::engine::exit::{Exit, say};
use crate::engine::files::transport::Transport;
use crate::engine::options::Options;
use crate::engine::script::Script;
use crate::engine::settings::{categories, required};

/// Makes both files and says the infohash.
pub(crate) fn run(options: &Options, home: &Path) -> Result<(), Exit> {
    let url = required(options, "url")?;
    let categories = categories(options)?;
    let section = format!("sid:{}", options.value("sid").unwrap_or_default());
    let script = Script::load(home, &section).map_err(|reason| Exit::script(&reason))?;
    if let Some(code) = script.exit_at_start {
        return Err(Exit::scripted(code, script.exit_message.as_deref()));
    }
    sleep(Duration::from_millis(script.transport_ms));
    if script.transport_fails {
        return Err(Exit::failed("Failed to create transport file"));
    }
    // A base URL keeps the stream's identity when the token in the URL's query changes.
    let base = options.value("base-url").filter(|_| options.has("hide-hls-manifest"));
    let infohash = hash40(&[b"hls", base.unwrap_or(&url).as_bytes()]);
    let common = || {
        Transport::new(&infohash, options.value("title").unwrap_or_default())
            .with("sid", options.value("sid").unwrap_or_default())
            .with("categories", categories.clone())
            .with("trackers", options.values("tracker").to_vec())
    };
    let public = if options.has("hide-hls-manifest") { common() } else { common().with("url", url.as_str()) };
    let private = common().with("url", url.as_str()).with("private", true);
    for (name, file) in [("output-public", public), ("output-private", private)] {
        if let Some(path) = options.value(name) {
            write(Path::new(path), &file)
                .map_err(|error| Exit::failed(format!("Cannot write {path}: {error}")))?;
        }
    }
    say(&format!("created: hash={infohash}"));
    Ok(())
}

fn write(path: &Path, file: &Transport) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::write(path, file.to_bytes())
}
