//! What a scene prints: a Markdown table that people can read as it is, between two marks by which it finds its place
//! in the document.

use std::fmt;

/// Rows of figures under one head.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table by this name, with what each column holds.
    pub(crate) fn new(name: impl Into<String>, head: &[&str]) -> Table {
        Table { name: name.into(), rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    /// One more row; what it lacks stays empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> = cells.into_iter().collect();
        assert!(row.len() <= self.rows[0].len(), "{row:?} under {:?}", self.rows[0]);
        row.resize(self.rows[0].len(), String::new());
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        println!("{self}");
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(|column| width(column).max(4)).collect();
        writeln!(f, "<!-- measured: {} -->", self.name)?;
        for (at, row) in self.rows.iter().enumerate() {
            write!(f, "| {:<width$} |", row[0], width = widths[0])?;
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                write!(f, " {cell:>width$} |")?;
            }
            writeln!(f)?;
            if at == 0 {
                let rules = widths.iter().skip(1).map(|width| format!(" {}: |", "-".repeat(width - 1)));
                writeln!(f, "| {} |{}", "-".repeat(widths[0]), rules.collect::<String>())?;
            }
        }
        writeln!(f, "<!-- end -->")
    }
}

/// A figure with as many digits as mean something.
pub(crate) fn figure(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        _ if value < 10.0 => format!("{value:.2}"),
        _ if value < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
