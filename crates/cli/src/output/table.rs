//! Columns of text: as wide as the terminal, or as wide as they have to be if it is none.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table as Grid};

/// What a column is called and how it behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Numbers stand to the right.
    pub(crate) right: bool,
    /// It gives way on a narrow terminal.
    pub(crate) shrinks: bool,
}

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

    /// One line for the header and one for each row. With a width, what is too long is cut.
    pub(crate) fn lines(&self, width: Option<u16>) -> Vec<String> {
        let mut grid = Grid::new();
        grid.load_style(comfy_table::presets::NOTHING).set_truncation_indicator("…");
        match width {
            Some(width) => grid.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => grid.set_content_arrangement(ContentArrangement::Disabled),
        };
        let line = |cells: &[String]| {
            let mut row = Row::from(cells.to_vec());
            row.max_height(1);
            row
        };
        let names: Vec<String> = self.columns.iter().map(|column| column.name.to_owned()).collect();
        grid.set_header(line(&names));
        grid.add_rows(self.rows.iter().map(|cells| line(cells)));
        for (at, column) in self.columns.iter().enumerate() {
            let Some(shape) = grid.column_mut(at) else { continue };
            shape.set_padding((0, 2));
            if column.right {
                shape.set_cell_alignment(CellAlignment::Right);
            }
            if !column.shrinks {
                shape.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        grid.lines().map(|line| line.trim_end().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "PORT", right: true, shrinks: false },
        Column { name: "NAME", right: false, shrinks: true },
        Column { name: "STATE", right: false, shrinks: false },
    ];

    fn table(width: Option<u16>) -> Vec<String> {
        let mut table = Table::new(COLUMNS);
        table.row(vec!["8640".to_owned(), "news and more and more".to_owned(), "down".to_owned()]);
        table.row(vec!["80".to_owned(), String::new(), String::new()]);
        table.lines(width)
    }

    #[test]
    fn nothing_is_cut_without_a_terminal() {
        assert_eq!(
            table(None),
            ["PORT  NAME                    STATE", "8640  news and more and more  down", "  80"]
        );
    }

    #[test]
    fn a_narrow_terminal_gets_one_line_for_each_row() {
        let lines = table(Some(24));
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.chars().count() <= 24), "{lines:?}");
        assert!(lines[1].contains('…') && lines[1].ends_with("down"), "{lines:?}");
    }
}
