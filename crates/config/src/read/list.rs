//! A list of nodes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::ops::Range;

use acecast_reconcile::{Port, StreamUid, WrongEntry};
use jsonc_parser::ast::Value;

use crate::engines::Engines;
use crate::problem::Place;
use crate::read::forms::items;
use crate::read::found::Found;
use crate::read::nodes::{ReadEntry, peek_uid};
use crate::read::object::{Fields, check_repeated_keys};
use crate::read::report::Report;
use crate::read::{open_to_others, values};
use crate::text::document::Document;
use crate::text::syntax;
use crate::{LoadError, NodeList, Problem};

/// How many things that are used twice are named in one line.
const NAMED: usize = 8;

/// A list, where each of its ports is asked for, and what was found on the way.
pub(crate) struct ReadList<N> {
    pub(crate) document: Document,
    pub(crate) list: NodeList<N>,
    pub(crate) ports: BTreeMap<Port, PortAt>,
    pub(crate) found: Vec<Problem>,
    /// Ports and stream uids that are used twice.
    twice: Vec<String>,
    /// Ports that the other list has, too.
    pub(crate) shared: Vec<Port>,
}

/// Where a port is asked for: most are asked for once, and then nobody wants to know more.
pub(crate) struct PortAt {
    range: Range<usize>,
    path: String,
}

impl PortAt {
    /// The same for people, in the document that it is in.
    pub(crate) fn place(&self, document: &Document) -> Place {
        document.place(self.range.clone(), &self.path)
    }
}

impl<N> ReadList<N> {
    /// Why nothing may be concluded from the list, in words.
    pub(crate) fn why_unusable(&self) -> Option<String> {
        let shared: Vec<String> = self.shared.iter().map(|port| format!("port {port}")).collect();
        let parts: Vec<String> = [(&self.twice, "used twice"), (&shared, "used by source nodes, too")]
            .into_iter()
            .filter(|(names, _)| !names.is_empty())
            .map(|(names, what)| {
                format!("{} {} {what}", enumerate(names), if names.len() == 1 { "is" } else { "are" })
            })
            .collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// `a`, `a and b`, `a, b and c`, `a, b and 7 more`.
fn enumerate(names: &[String]) -> String {
    let mut shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = (names.len() > NAMED).then(|| format!("{} more", names.len() - NAMED));
    let last = more.as_deref().or_else(|| shown.pop()).unwrap_or_default();
    if shown.is_empty() { last.to_owned() } else { format!("{} and {last}", shown.join(", ")) }
}

/// Reads a document that has to hold a list of nodes.
pub(crate) fn read_list<N: ReadEntry>(
    document: Document,
    engines: &mut Engines<'_>,
) -> Result<ReadList<N>, LoadError> {
    let root = syntax::parse(&document)?;
    let mut report = Report::new(&document);
    let (items, path) = items(&root, &format!("a list of {} nodes", N::ROLE), &mut report)?;

    let (mut list, mut ports, mut used_twice) = (NodeList::default(), BTreeMap::new(), Vec::new());
    let mut uids: BTreeMap<StreamUid, String> = BTreeMap::new();
    for (i, value) in items.iter().enumerate() {
        let path = format!("{path}[{i}]");
        let Value::Object(object) = value else {
            let found = Found::instead(value, path);
            let mark = report.mark();
            found.wrong("an object with a node's settings", &mut report);
            list.wrong.push(WrongEntry::new(None, report.errors_since(mark, &found.path)));
            continue;
        };
        let (mark, errors) = (report.mark(), report.errors());
        check_repeated_keys(value, &path, &mut report);
        let fields = Fields::new(object, &path, N::KEYS, &mut report);
        let node = N::read(&fields, &mut report);
        let no_engine = node.as_ref().and_then(|node| engines.missing(node.common().channel));
        let port = fields.once("port").and_then(|found| values::peek_port(&found));
        let name = N::peek_name(&fields);
        let is_usable = report.errors() == errors && no_engine.is_none();
        let detail = no_engine.unwrap_or_else(|| report.errors_since(mark, &path));
        let twice =
            [note_port(&fields, port, &mut ports, &mut report), note_uid(&fields, &mut uids, &mut report)];
        let is_first = twice.iter().all(Option::is_none);
        for name in twice.into_iter().flatten() {
            if !used_twice.contains(&name) {
                used_twice.push(name);
            }
        }
        report.name_entry(mark, label(name.as_deref(), port).as_deref());
        if let Some(node) = node.filter(|_| is_usable && is_first) {
            list.nodes.push(node);
        } else {
            let mut wrong = WrongEntry::new(port, detail);
            wrong.name = name;
            list.wrong.push(wrong);
        }
    }
    open_to_others::check(&root, &mut report);
    let found = report.finish();
    Ok(ReadList { document, list, ports, found, twice: used_twice, shared: Vec::new() })
}

/// What people call an entry.
fn label(name: Option<&str>, port: Option<Port>) -> Option<String> {
    let port = port.map(|port| format!("port {port}"));
    let parts: Vec<&str> = name.into_iter().chain(port.as_deref()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The port in words, if another entry has it, too.
fn note_port(
    fields: &Fields<'_>,
    port: Option<Port>,
    ports: &mut BTreeMap<Port, PortAt>,
    report: &mut Report<'_>,
) -> Option<String> {
    let (port, found) = (port?, fields.once("port")?);
    match ports.entry(port) {
        Slot::Vacant(slot) => {
            slot.insert(PortAt { range: found.range(), path: found.path });
            None
        }
        Slot::Occupied(first) => {
            let message = format!(
                "found {port}, which {} has, too; every node needs a port of its own",
                first.get().path
            );
            report.error(found.range(), &found.path, message);
            Some(format!("port {port}"))
        }
    }
}

/// The uid in words, if another entry has it, too.
fn note_uid(
    fields: &Fields<'_>,
    uids: &mut BTreeMap<StreamUid, String>,
    report: &mut Report<'_>,
) -> Option<String> {
    let (uid, found) = (peek_uid(fields)?, fields.once("stream_uid")?);
    match uids.entry(uid) {
        Slot::Vacant(slot) => {
            slot.insert(found.path);
            None
        }
        Slot::Occupied(first) => {
            let message = format!(
                "found {}, which {} has, too; every stream needs a name of its own",
                found.describe(),
                first.get()
            );
            report.error(found.range(), &found.path, message);
            Some(format!("stream_uid {}", found.describe()))
        }
    }
}
