//! The terminal while it is drawn on.
//!
//! The lines themselves go through the one place that prints; only what moves the cursor is written here, because it is
//! no colour that could be left away. What is drawn is on the alternate screen, so that the user finds the terminal as
//! it was. Where stdout is no terminal, one table follows the other.

use std::io::{self, Write as _};

use crate::output::Output;

/// The alternate screen, no cursor, and lines that end at the edge instead of going on in the next one.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";
/// Begins at the top and takes away what was there.
const ANEW: &str = "\x1b[H\x1b[2J";

/// Where the status is drawn.
pub(super) struct Screen<'a> {
    out: &'a Output,
    is_terminal: bool,
}

impl<'a> Screen<'a> {
    pub(super) fn enter(out: &'a Output) -> Self {
        let screen = Screen { out, is_terminal: super::is_terminal() };
        screen.control(ENTER);
        screen
    }

    /// Columns and lines of the terminal.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        let size = || terminal_size::terminal_size_of(io::stdout());
        self.is_terminal.then(size).flatten().map(|(width, height)| (width.0, height.0))
    }

    /// Draws the table with what stands above and below it. Where the lines are too many, the table is cut.
    pub(super) fn draw(&self, head: &[String], table: &[String], foot: &[String], size: Option<(u16, u16)>) {
        let mut table: Vec<&str> = table.iter().flat_map(|text| text.split('\n')).collect();
        let around = head.len() + foot.len();
        let more = size.map(|(_, height)| cut(&mut table, usize::from(height).saturating_sub(around + 1)));
        let more = more.filter(|more| *more > 0).map(|more| format!("… and {more} more lines"));
        self.control(ANEW);
        let head = head.iter().map(String::as_str);
        let foot = foot.iter().map(String::as_str);
        let end = (!self.is_terminal).then_some("");
        self.out.lines(head.chain(table).chain(more.as_deref()).chain(foot).chain(end));
    }

    fn control(&self, text: &str) {
        if self.is_terminal {
            let mut stdout = io::stdout();
            // A terminal that has gone away shows with the next line that is written.
            let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        }
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        self.control(LEAVE);
    }
}

/// Leaves room for these lines and one that tells how many are left out, and says how many those are.
fn cut(table: &mut Vec<&str>, room: usize) -> usize {
    if table.len() <= room {
        return 0;
    }
    let kept = room.saturating_sub(1).max(1);
    let more = table.len().saturating_sub(kept);
    table.truncate(kept);
    more
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_does_not_fit_is_counted() {
        let cut = |lines: usize, room: usize| {
            let mut table = vec!["x"; lines];
            let more = super::cut(&mut table, room);
            (table.len(), more)
        };
        assert_eq!([cut(3, 3), cut(3, 9), cut(4, 3), cut(9, 0)], [(3, 0), (3, 0), (2, 2), (1, 8)]);
    }
}
