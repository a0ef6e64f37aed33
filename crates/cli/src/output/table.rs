//! Columns of text: as wide as the terminal, or as wide as they have to be if it is none.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table as Grid};

/// What a column is called and how it behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Numbers stand to the right.
    pub(crate) right: bool,
    /// It is cut on a narrow terminal.
    pub(crate) shrinks: bool,
    /// On a terminal that is narrower still, columns are left out, those with the highest rank first; 0 never is.
    pub(crate) rank: u8,
}

/// What is left of a column that is cut: enough to recognise it.
const LEFT: usize = 20;

/// The space between two columns.
const GAP: u16 = 2;

/// A table of clean texts.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [Column],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: &'static [Column]) -> Self {
        Table { columns, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// One line for the header and one for each row. With a width, what is too much is cut or left out.
    pub(crate) fn lines(&self, width: Option<u16>) -> Vec<String> {
        let kept = match width {
            Some(width) => self.that_fit(width.into()),
            None => (0..self.columns.len()).collect(),
        };
        let mut grid = Grid::new();
        grid.load_style(comfy_table::presets::NOTHING).set_truncation_indicator("…");
        match width {
            // The gap behind the last column is cut off in the end.
            Some(width) => grid.set_content_arrangement(ContentArrangement::Dynamic).set_width(width + GAP),
            None => grid.set_content_arrangement(ContentArrangement::Disabled),
        };
        let line = |cell: &dyn Fn(usize) -> String| {
            let mut row = Row::from(kept.iter().map(|at| cell(*at)).collect::<Vec<_>>());
            row.max_height(1);
            row
        };
        grid.set_header(line(&|at| self.columns[at].name.to_owned()));
        grid.add_rows(self.rows.iter().map(|cells| line(&|at| cells[at].clone())));
        for (shape, column) in grid.column_iter_mut().zip(kept.iter().map(|at| self.columns[*at])) {
            shape.set_padding((0, GAP));
            if column.right {
                shape.set_cell_alignment(CellAlignment::Right);
            }
            if !column.shrinks {
                shape.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        grid.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// The columns for which there is room.
    fn that_fit(&self, width: usize) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        loop {
            let least: usize = kept.iter().map(|at| self.least(*at) + usize::from(GAP)).sum();
            let last = kept
                .iter()
                .copied()
                .filter(|at| self.columns[*at].rank > 0)
                .max_by_key(|at| self.columns[*at].rank);
            match last {
                Some(last) if least > width + usize::from(GAP) => kept.retain(|at| *at != last),
                _ => return kept,
            }
        }
    }

    /// How narrow a column can get.
    fn least(&self, at: usize) -> usize {
        let column = self.columns[at];
        let cells = self.rows.iter().map(|cells| cells[at].chars().count());
        let widest = cells.chain([column.name.len()]).max().unwrap_or_default();
        if column.shrinks { widest.min(LEFT) } else { widest }
    }
}

/// The lines with the notes behind them, in a column if all fit; else each note has an indented line below its own.
/// The first line is the header.
pub(crate) fn noted(lines: Vec<(String, String)>, indent: &str, width: Option<u16>) -> Vec<String> {
    let chars = |text: &str| text.chars().count();
    let column = lines.iter().map(|(line, _)| chars(line)).max().unwrap_or_default() + usize::from(GAP);
    let widest = lines.iter().map(|(_, note)| chars(note)).max().unwrap_or_default();
    let fits = width.is_none_or(|width| column + widest <= usize::from(width));
    let put = |(at, (line, note)): (usize, (String, String))| match (fits, at, note.as_str()) {
        (_, _, "") | (false, 0, _) => line,
        (true, _, _) => format!("{line:column$}{note}"),
        (false, _, _) => format!("{line}\n{indent}{note}"),
    };
    lines.into_iter().enumerate().map(put).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "PORT", right: true, shrinks: false, rank: 0 },
        Column { name: "NAME", right: false, shrinks: true, rank: 0 },
        Column { name: "STATE", right: false, shrinks: false, rank: 1 },
    ];

    fn table(width: Option<u16>) -> Vec<String> {
        let mut table = Table::new(COLUMNS);
        table.row(vec!["8640".to_owned(), "news and more and more and all".to_owned(), "down".to_owned()]);
        table.row(vec!["80".to_owned(), String::new(), String::new()]);
        table.lines(width)
    }

    #[test]
    fn nothing_is_cut_without_a_terminal() {
        assert_eq!(
            table(None),
            [
                "PORT  NAME                            STATE",
                "8640  news and more and more and all  down",
                "  80"
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_gets_one_line_for_each_row() {
        for width in [33, 38] {
            let lines = table(Some(width));
            assert_eq!(lines.len(), 3);
            assert!(lines.iter().all(|line| line.chars().count() <= width.into()), "{lines:?}");
            assert!(lines[1].contains('…') && lines[1].ends_with("down"), "{lines:?}");
        }
        assert_eq!(table(Some(48)), table(None));
    }

    #[test]
    fn a_terminal_that_is_narrower_still_gets_fewer_columns() {
        let lines = table(Some(32));
        assert_eq!(lines[0], "PORT  NAME");
        assert!(lines.iter().all(|line| line.chars().count() <= 32), "{lines:?}");
    }

    #[test]
    fn notes_stand_behind_their_lines_or_below_them() {
        let lines = || {
            [("PORT", "NOTE"), ("8640  news", "a note"), ("80", "")]
                .map(|(line, note)| (line.to_owned(), note.to_owned()))
                .to_vec()
        };
        let beside = ["PORT        NOTE", "8640  news  a note", "80"];
        assert_eq!(noted(lines(), "  ", None), beside);
        assert_eq!(noted(lines(), "  ", Some(18)), beside);
        assert_eq!(noted(lines(), "  ", Some(17)), ["PORT", "8640  news\n  a note", "80"]);
    }
}
