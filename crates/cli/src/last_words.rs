//! What a node wrote last: of one that has ended, it is most often the reason.

use acecast_config::Dirs;
use acecast_engine::args::NodePaths;
use acecast_engine::log_tail::log_tail;
use acecast_reconcile::{Port, Role};

/// Some of the last lines may be empty.
const LINES: usize = 5;

/// More of a line would be no help in a table.
const SHOWN: usize = 100;

/// The last line of a node's log that is not empty, as the engine wrote it.
pub(crate) fn of_node(dirs: &Dirs, role: Role, port: Port) -> Option<String> {
    let lines = log_tail(&NodePaths::new(dirs, role, port).log(), LINES, 0).ok()?;
    lines.into_iter().rfind(|line| !line.trim().is_empty())
}

/// The line as it is said of a node.
pub(crate) fn said(words: &str) -> String {
    format!("its log ends with: {words}")
}

/// The same, no longer than a row of a table bears.
pub(crate) fn said_shortly(words: &str) -> String {
    let mut chars = words.chars();
    let start: String = chars.by_ref().take(SHOWN).collect();
    said(&if chars.next().is_some() { start + "…" } else { start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_in_a_row() {
        assert_eq!(said_shortly("no way"), "its log ends with: no way");
        let long = "é".repeat(SHOWN);
        assert_eq!(said_shortly(&long), format!("its log ends with: {long}"));
        assert_eq!(said_shortly(&format!("{long}x")), format!("its log ends with: {long}…"));
    }
}
