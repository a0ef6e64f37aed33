//! Backups in both of their forms: a list of source nodes whose entries have `metadata`, and an object by stream uid.
//!
//! Whoever restores has lost a server, so everything that a restore does not need may be wrong.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use acecast_reconcile::{SourceKind, StreamUid};
use jsonc_parser::ast::{Object, Value};

use crate::read::forms::items;
use crate::read::found::{Found, range};
use crate::read::nodes::peek_uid;
use crate::read::object::{Fields, check_repeated_keys};
use crate::read::report::Report;
use crate::read::{metadata, values};
use crate::text::document::Document;
use crate::text::syntax;
use crate::{Backup, Backups, LoadError, keys};

/// The answer of a controller of source nodes that was asked for metadata.
pub(crate) fn read_answer(document: &Document) -> Result<Backups, LoadError> {
    let root = syntax::parse(document)?;
    let mut report = Report::new(document);
    let (items, path) = items(&root, "a list of source nodes", &mut report)?;
    let mut reading = Reading::new(report);
    for (i, value) in items.iter().enumerate() {
        let path = format!("{path}[{i}]");
        match value {
            Value::Object(object) => reading.entry(&Fields::unchecked(object, &path)),
            value => {
                let found = Found { value, path, key: "private_key".to_owned() };
                found.wrong("an object with a node's settings", &mut reading.report);
            }
        }
    }
    Ok(reading.finish())
}

/// A file with metadata by stream uid.
pub(crate) fn read_file(document: &Document) -> Result<Backups, LoadError> {
    let root = syntax::parse(document)?;
    let found = Found { value: &root, path: String::new(), key: "private_key".to_owned() };
    let Value::Object(object) = &root else {
        let message = format!(
            "found {}, expected an object with the metadata of streams by stream_uid",
            found.describe()
        );
        return Err(LoadError::NotABackup(Box::new(document.error(found.range(), "", message))));
    };
    let mut reading = Reading::new(Report::new(document));
    for (property, found) in object.properties.iter().zip(Fields::unchecked(object, "").all()) {
        reading.offered = true;
        match property.name.as_str().parse::<StreamUid>() {
            Ok(uid) => {
                let metadata = Some(&found).filter(|found| !is_empty(found.value));
                reading.stream(uid, metadata, &found, Backup::default());
            }
            Err(why) => {
                let name = range(&property.name);
                reading.report.error(name, &found.path, format!("the name is no stream_uid: it {why}"));
            }
        }
    }
    Ok(reading.finish())
}

/// What was read so far.
struct Reading<'d> {
    report: Report<'d>,
    /// Every stream that was met, with the place where it was, and its backup if it can be used.
    streams: BTreeMap<StreamUid, (String, Option<Backup>)>,
    offered: bool,
}

impl<'d> Reading<'d> {
    fn new(report: Report<'d>) -> Self {
        Reading { report, streams: BTreeMap::new(), offered: false }
    }

    fn entry(&mut self, fields: &Fields<'_>) {
        self.offered |= fields.get("metadata").is_some();
        let metadata = fields.set("metadata").filter(|found| !is_empty(found.value));
        let Some(uid) = peek_uid(fields) else {
            // An entry that has nothing to restore is not even looked at.
            if metadata.is_some() {
                self.nobody(fields);
            }
            return;
        };
        let kind = fields.once("type").and_then(|found| match found.value.as_string_lit()?.value.as_ref() {
            "ts" => Some(SourceKind::Ts),
            "hls" => Some(SourceKind::Hls),
            _ => None,
        });
        let port = fields.once("port").and_then(|found| values::peek_port(&found));
        let Some(place) = fields.once("stream_uid") else { return };
        if let Some(found) = fields.get("metadata").filter(|_| fields.once("metadata").is_none()) {
            self.report.error(found.range(), &found.path, "the key is used twice".to_owned());
            self.streams.entry(uid).or_insert((place.path, None)).1 = None;
            return;
        }
        self.stream(uid, metadata.as_ref(), &place, Backup { kind, port, ..Backup::default() });
    }

    /// Says why it is not known whose metadata an entry has.
    fn nobody(&mut self, fields: &Fields<'_>) {
        let report = &mut self.report;
        let Some(found) = fields.require("stream_uid", "the stream's name", report) else { return };
        if fields.once("stream_uid").is_some() {
            values::uid(&found, report);
        } else {
            report.error(found.range(), &found.path, "the key is used twice".to_owned());
        }
    }

    /// Takes in what is said about a stream at this place.
    fn stream(
        &mut self,
        uid: StreamUid,
        metadata: Option<&Found<'_>>,
        place: &Found<'_>,
        mut backup: Backup,
    ) {
        let mark = self.report.mark();
        let name = uid.to_string();
        let usable = match metadata {
            Some(found) => read(found, &mut backup, &mut self.report),
            None => true,
        };
        match self.streams.entry(uid) {
            Slot::Vacant(slot) => {
                slot.insert((place.path.clone(), usable.then_some(backup)));
            }
            Slot::Occupied(mut slot) => {
                let (first, backup) = slot.get_mut();
                *backup = None;
                let message = format!(
                    "the name {name} is used twice, first at {first}; all metadata under it is left out"
                );
                self.report.error(place.range(), &place.path, message);
            }
        }
        self.report.name_entry(mark, Some(&name));
    }

    fn finish(self) -> Backups {
        let mut backups =
            Backups { offered: self.offered, problems: self.report.finish(), ..Backups::default() };
        for (uid, (_, backup)) in self.streams {
            match backup {
                Some(backup) => drop(backups.streams.insert(uid, backup)),
                None => drop(backups.wrong.insert(uid)),
            }
        }
        backups
    }
}

/// Reads metadata of both kinds into the backup; `false` if what the stream needs of it is wrong. What is wrong with
/// the other kind's part is only told: that part is left out.
fn read(found: &Found<'_>, backup: &mut Backup, report: &mut Report<'_>) -> bool {
    let errors = report.errors();
    let Value::Object(object) = found.value else {
        let found = Found { key: "private_key".to_owned(), ..found.clone() };
        found.wrong("an object with last_seq and private_key, or with hls_sequence", report);
        return false;
    };
    check_repeated_keys(found.value, &found.path, report);
    let all: Vec<&str> = keys::METADATA_TS.iter().chain(keys::METADATA_HLS).copied().collect();
    Fields::new(object, &found.path, &all, report);
    if report.errors() > errors {
        return false;
    }
    for (kind, keys) in [(SourceKind::Ts, keys::METADATA_TS), (SourceKind::Hls, keys::METADATA_HLS)] {
        if !has_any(object, keys) {
            continue;
        }
        let (mark, before) = (report.mark(), report.errors());
        match metadata::part(&Fields::unchecked(object, &found.path), kind, report) {
            Some(metadata) => backup.insert(metadata),
            None if backup.kind.is_some_and(|own| own != kind) => report.only_warn_since(mark, before),
            None => {}
        }
    }
    report.errors() == errors
}

/// The object says something in one of these keys.
fn has_any(object: &Object<'_>, keys: &[&str]) -> bool {
    let says =
        |key: &&str| Fields::unchecked(object, "").set(key).is_some_and(|found| !is_empty(found.value));
    keys.iter().any(says)
}

/// Nothing is in it. Some languages write an object without keys as an empty list.
fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::NullKeyword(_) => true,
        Value::Object(object) => object.properties.is_empty(),
        Value::Array(array) => array.elements.is_empty(),
        _ => false,
    }
}
