//! Lines of several logs, side by side.

use std::time::SystemTime;

use acecast_reconcile::{Port, Role};
use clap::builder::styling::{AnsiColor, Style};
use serde_json::{Value, json};

use super::node::{Node, Wanted};
use super::stamp;
use crate::output::{Output, paint, schema};

/// Neighbouring ports have different colours, and a port has the same one every time.
const COLOURS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Yellow,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Red,
];

/// How much of a name stands in front of each line.
const NAME: usize = 24;

/// How lines are shown.
pub(super) struct Shown<'a> {
    out: &'a Output,
    /// How wide the names in front of the lines are; one log alone needs none.
    names: Option<usize>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(out: &'a Output, nodes: &[Node]) -> Self {
        let width = nodes.iter().map(|node| name(out, node).chars().count()).max().unwrap_or_default();
        Shown { out, names: (nodes.len() > 1).then_some(width) }
    }

    /// What there is to begin with: by time, as far as that is known.
    pub(super) fn first(
        &self,
        nodes: &[Node],
        lines: Vec<Vec<String>>,
        errors: &[(Port, String)],
        wanted: &Wanted,
        follow: bool,
    ) {
        if self.out.is_json() && !follow {
            return self.out.document(document(nodes, &lines, errors));
        }
        let mut all: Vec<(Option<SystemTime>, &Node, String)> = Vec::new();
        for (node, lines) in nodes.iter().zip(lines) {
            let mut time = None;
            for line in lines {
                // A line without a time belongs to the one before it.
                time = stamp::time(&line, &wanted.zone).or(time);
                all.push((time, node, line));
            }
        }
        if nodes.len() > 1 {
            all.sort_by_key(|(time, _, _)| *time);
        }
        self.write(all.into_iter().map(|(_, node, line)| (node, line)));
    }

    /// What was written to one log.
    pub(super) fn more(&self, node: &Node, lines: Vec<String>) {
        self.write(lines.into_iter().map(|line| (node, line)));
    }

    fn write<'n>(&self, lines: impl Iterator<Item = (&'n Node, String)>) {
        if self.out.is_json() {
            return lines.for_each(|(node, line)| self.out.document(one(node, &line)));
        }
        let lines: Vec<String> = lines.map(|(node, line)| self.line(node, &line)).collect();
        if !lines.is_empty() {
            self.out.lines(lines);
        }
    }

    fn line(&self, node: &Node, line: &str) -> String {
        let line = self.out.clean(line);
        let Some(width) = self.names else { return line };
        let front = format!("{:>5} {:width$} |", node.port.get(), name(self.out, node));
        format!("{} {line}", paint(colour(node.port), front))
    }
}

fn colour(port: Port) -> Style {
    COLOURS[usize::from(port.get()) % COLOURS.len()].on_default()
}

/// The node's name, else its role.
fn name(out: &Output, node: &Node) -> String {
    let name = out.clean(node.name.as_deref().unwrap_or(node.role.as_str()));
    name.chars().take(NAME).collect()
}

fn document(nodes: &[Node], lines: &[Vec<String>], errors: &[(Port, String)]) -> Value {
    let node = |(node, lines): (&Node, &Vec<String>)| {
        json!({
            "port": node.port.get(), "role": node.role.as_str(), "name": node.name,
            "path": node.path.to_string_lossy(), "lines": lines,
        })
    };
    let error = |(port, error): &(Port, String)| json!({"port": port.get(), "message": error});
    let mut document = schema();
    document.insert("nodes".to_owned(), nodes.iter().zip(lines).map(node).collect());
    document.insert("errors".to_owned(), errors.iter().map(error).collect());
    document.into()
}

/// One line, for programs that follow.
fn one(node: &Node, line: &str) -> Value {
    let Node { port, role, name, .. } = node;
    let mut document = schema();
    document.insert("port".to_owned(), json!(port.get()));
    document.insert("role".to_owned(), json!(Role::as_str(*role)));
    document.insert("name".to_owned(), json!(name));
    document.insert("line".to_owned(), json!(line));
    document.into()
}
