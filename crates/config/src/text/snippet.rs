//! The part of a line that a problem is about, fit to be shown.

use std::ops::Range;

use acecast_reconcile::escape;

use crate::Snippet;
use crate::mask::MASK;
use crate::text::boundary::{ceil, floor};

/// How many characters are shown.
const WIDTH: usize = 60;
/// How many of them at least stand before what is meant, if there are so many.
const BEFORE: usize = 20;

/// The part of the `line` around `range`, without what is `hidden` (sorted ranges). `None` if the line is empty.
pub(crate) fn snippet(
    text: &str,
    line: Range<usize>,
    range: Range<usize>,
    hidden: &[Range<usize>],
) -> Option<Snippet> {
    let start = floor(text, range.start.clamp(line.start, line.end));
    // A line may be a document of 16 MiB; this much of it fills the width, whatever its characters.
    let from = floor(text, line.start.max(start.saturating_sub(4 * WIDTH)));
    let to = ceil(text, line.end.min(start + 8 * WIDTH));
    let end = floor(text, range.end.clamp(start, to));

    let (mut cells, highlight) = cells(text, from..to, start..end, hidden);
    while cells.last().is_some_and(|c| c.is_whitespace()) && cells.len() > highlight.end {
        cells.pop();
    }
    let indent = cells.iter().take(highlight.start).take_while(|c| c.is_whitespace()).count();
    let mut first = highlight.start.saturating_sub(BEFORE).min(cells.len().saturating_sub(WIDTH)).max(indent);
    if highlight.end.saturating_sub(indent) <= WIDTH {
        first = indent;
    }
    let shown: String = cells.iter().skip(first).take(WIDTH).collect();
    let count = shown.chars().count();
    let highlight =
        highlight.start.saturating_sub(first).min(count)..highlight.end.saturating_sub(first).min(count);
    (!shown.is_empty()).then_some(Snippet { text: shown, highlight })
}

/// The characters to show for `window`, and which of them stand for `meant`.
fn cells(
    text: &str,
    window: Range<usize>,
    meant: Range<usize>,
    hidden: &[Range<usize>],
) -> (Vec<char>, Range<usize>) {
    let mut cells: Vec<char> = Vec::new();
    let mut highlight: Option<Range<usize>> = None;
    let mut at = window.start;
    while at < window.end {
        let next = hidden.partition_point(|span| span.end <= at);
        let span = hidden.get(next).filter(|span| span.start <= at);
        let (width, shown) = match (span, text[at..].chars().next()) {
            (Some(span), _) => (span.end.min(window.end) - at, MASK.to_owned()),
            (None, Some('\t')) => (1, " ".to_owned()),
            (None, Some(c)) => (c.len_utf8(), escape(c.encode_utf8(&mut [0; 4])).into_owned()),
            (None, None) => break,
        };
        let before = cells.len();
        cells.extend(shown.chars());
        if at < meant.end && meant.start < at + width {
            highlight = Some(highlight.map_or(before, |h| h.start)..cells.len());
        } else if meant.is_empty() && meant.start == at {
            highlight = Some(before..before);
        }
        at += width.max(1);
    }
    let highlight = highlight.unwrap_or(cells.len()..cells.len());
    (cells, highlight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, meant: &str, shown: &str, under: &str) {
        let start = text.find(meant).unwrap();
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1)
            ..text[start..].find('\n').map_or(text.len(), |at| start + at);
        let snippet = snippet(text, line, start..start + meant.len(), &crate::mask::hidden(text)).unwrap();
        assert_eq!(snippet.text, shown);
        let highlighted: String =
            snippet.text.chars().skip(snippet.highlight.start).take(snippet.highlight.len()).collect();
        assert_eq!(highlighted, under);
        assert!(snippet.text.chars().count() <= WIDTH);
    }

    #[test]
    fn shows_the_line_and_what_of_it_is_meant() {
        check("{\n\t \"port\": 0, \n}", "0", "\"port\": 0,", "0");
        check("{\"title\": \"\u{202e}x\"}", "\"\u{202e}x\"", "{\"title\": \"\\u{202e}x\"}", "\"\\u{202e}x\"");
    }

    #[test]
    fn long_lines_are_cut_around_what_is_meant() {
        let text = format!("{{{}\"port\": 0{}}}", "\"a\": 1, ".repeat(1000), ", \"b\": 2".repeat(1000));
        let shown = "\"a\": 1, \"a\": 1, \"port\": 0, \"b\": 2, \"b\": 2, \"b\": 2, \"b\": 2, ";
        let at = text.find("0,").unwrap();
        let snippet = snippet(&text, 0..text.len(), at..at + 1, &[]).unwrap();
        assert_eq!(snippet.text.chars().count(), WIDTH);
        assert_eq!(&snippet.text[snippet.highlight], "0");
        assert!(shown.contains(snippet.text[15..40].trim()));
    }

    #[test]
    fn secrets_are_masked_even_where_they_are_meant() {
        check("{\"provider_key\": \"hunter2\"}", "\"hunter2\"", "{\"provider_key\": \"****\"}", "\"****\"");
    }
}
