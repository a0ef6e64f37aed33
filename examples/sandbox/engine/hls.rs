//! Takes a HLS stream: polls its playlist and fetches what is new.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::Duration;

use crate::engine::node::Node;
use crate::engine::pull::without_query;
use crate::http::client::{self, resolve};

const MAX_PLAYLIST: u64 = 1024 * 1024;
/// Between two looks at a playlist, at least.
const SHORTEST_POLL: Duration = Duration::from_millis(500);

/// Follows the playlist at `url` for ever.
pub(crate) fn run(node: &Arc<Node>, url: &str) {
    let mut place = Place { playlist: url.to_owned(), next: None };
    loop {
        let script = node.script();
        let timeout = Duration::from_millis(script.stall_ms.max(1));
        node.input.attempts.fetch_add(1, Ordering::Relaxed);
        match place.advance(node, timeout) {
            Ok(pause) => sleep(pause.max(SHORTEST_POLL)),
            Err(error) => {
                if node.input.is_connected() {
                    node.input.lost();
                    node.log.line(&format!("cannot load manifest {}: {error}", without_query(url)));
                }
                url.clone_into(&mut place.playlist);
                sleep(Duration::from_millis(script.reconnect_ms));
            }
        }
    }
}

/// Which segment comes next.
struct Place {
    playlist: String,
    next: Option<u64>,
}

impl Place {
    /// One look at the playlist; how long to pause before the next one.
    fn advance(&mut self, node: &Node, timeout: Duration) -> io::Result<Duration> {
        let text = client::fetch(&self.playlist, timeout, MAX_PLAYLIST)?;
        let playlist = Playlist::parse(&String::from_utf8_lossy(&text));
        let playlist =
            playlist.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a playlist"))?;
        if let Some(variant) = playlist.variant {
            self.playlist = resolve(&self.playlist, &variant);
            return Ok(Duration::ZERO);
        }
        let last = playlist.sequence + playlist.segments.len() as u64;
        // A live stream is joined at its last segment; a playlist that went back starts again.
        let next = self.next.filter(|next| *next <= last).unwrap_or_else(|| last.saturating_sub(1));
        for (number, segment) in (playlist.sequence..).zip(&playlist.segments) {
            if number >= next {
                let response = client::get(&resolve(&self.playlist, segment), &[], timeout)?;
                if response.status != 200 {
                    return Err(io::Error::other(format!("segment: {}", response.status)));
                }
                take(node, response.body)?;
                self.next = Some(number + 1);
            }
        }
        Ok(Duration::from_secs_f64(playlist.target / 2.0))
    }
}

fn take<S: io::Read>(node: &Node, mut body: client::Body<S>) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = body.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        node.take(&buffer[..count]);
    }
    node.input.segments.fetch_add(1, Ordering::Relaxed);
    if !node.input.is_connected() {
        node.reached();
    }
    Ok(())
}

/// What counts in a playlist.
#[derive(Debug, PartialEq)]
struct Playlist {
    sequence: u64,
    /// Seconds.
    target: f64,
    segments: Vec<String>,
    /// The first one of a master playlist.
    variant: Option<String>,
}

impl Playlist {
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some("#EXTM3U") {
            return None;
        }
        let mut playlist = Self { sequence: 0, target: 2.0, segments: Vec::new(), variant: None };
        let mut master = false;
        for line in lines {
            if let Some(number) = line.strip_prefix("#EXT-X-MEDIA-SEQUENCE:") {
                playlist.sequence = number.parse().ok()?;
            } else if let Some(seconds) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
                playlist.target = seconds.parse::<f64>().ok().filter(|s| (0.0..3600.0).contains(s))?;
            } else if line.starts_with("#EXT-X-STREAM-INF") {
                master = true;
            } else if !line.starts_with('#') {
                playlist.segments.push(line.to_owned());
            }
        }
        if master {
            playlist.variant = Some(playlist.segments.first()?.clone());
        }
        Some(playlist)
    }
}

#[cfg(test)]
mod tests {
    use super::Playlist;

    #[test]
    fn a_live_playlist() {
        let text =
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\n7.ts\n#EXTINF:2,\n8.ts\n";
        let playlist = Playlist::parse(text).unwrap();
        assert_eq!((playlist.sequence, playlist.segments.len()), (7, 2));
        assert_eq!(playlist.variant, None);
    }

    #[test]
    fn a_master_playlist_leads_to_its_first_variant() {
        let text =
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nhigh.m3u8\n";
        assert_eq!(Playlist::parse(text).unwrap().variant.as_deref(), Some("low.m3u8"));
    }

    #[test]
    fn a_page_is_no_playlist() {
        assert_eq!(Playlist::parse("<html>"), None);
        assert_eq!(Playlist::parse("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:x\n"), None);
    }
}
