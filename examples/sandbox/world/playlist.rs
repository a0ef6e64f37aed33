//! A live HLS playlist: a window that moves over endless segments, by the clock alone.

use std::fmt::Write as _;

/// The length of a segment; its target duration is the next whole second.
pub(crate) const SEGMENT_MS: u64 = 1000;
/// Segments in the window.
const WINDOW: u64 = 5;

/// The playlist at a moment, in milliseconds since the stream began. `query` goes on to the segments.
pub(crate) fn at(elapsed_ms: u64, query: &str) -> String {
    let complete = elapsed_ms / SEGMENT_MS + WINDOW;
    let first = complete - WINDOW;
    let separator = if query.is_empty() { "" } else { "?" };
    let target = SEGMENT_MS.div_ceil(1000);
    let mut text =
        format!("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
    for number in first..complete {
        let (seconds, rest) = (SEGMENT_MS / 1000, SEGMENT_MS % 1000);
        let _ = write!(text, "#EXTINF:{seconds}.{rest:03},\n{number}.ts{separator}{query}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{SEGMENT_MS, at};

    #[test]
    fn the_window_moves_with_the_clock() {
        let start = at(0, "");
        assert!(start.contains("#EXT-X-MEDIA-SEQUENCE:0\n"));
        assert!(start.ends_with("#EXTINF:1.000,\n4.ts\n"));
        assert_eq!(at(SEGMENT_MS - 1, ""), start);
        assert!(at(7 * SEGMENT_MS, "").contains("#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:1.000,\n7.ts\n"));
    }

    #[test]
    fn the_query_goes_on_to_the_segments() {
        assert!(at(0, "token=a").contains("\n0.ts?token=a\n"));
    }
}
