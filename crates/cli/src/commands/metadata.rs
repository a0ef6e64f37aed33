//! `acecast metadata`: what this host has of each stream that must outlive it.

use std::time::SystemTime;

use acecast_engine::metadata::{Inventory, StreamFiles, inventory};
use acecast_engine::observe::StreamUser;
use serde_json::{Value, json};

use crate::context::{Context, unobserved};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Output, Table, duration, noted, paint, schema, stdout_width, style};

pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let snapshot = context.observe(None)?;
    super::hidden::warn(context);
    let users = context.observer().stream_users().map_err(unobserved)?;
    let inventory = inventory(&context.app, &snapshot.infohashes()).map_err(Failure::files)?;
    let now = SystemTime::now();
    let rows: Vec<Row> = inventory.streams.iter().map(|stream| Row::of(stream, &users, now)).collect();
    let out = &context.out;
    let lost = super::update_metadata::lost(context, &snapshot, &inventory);
    let mut unplaced = unplaced(&inventory);
    unplaced.extend(lost.iter().map(|user| {
        let StreamUser { uid, port, .. } = user;
        format!("{uid}: its node runs on port {port}, and its key is not in the metadata dir any more")
    }));
    if out.is_json() {
        let mut document = schema();
        document.insert("streams".to_owned(), rows.iter().map(Row::document).collect());
        document.insert("problems".to_owned(), json!(unplaced));
        out.document(document.into());
    } else {
        print(&rows, out);
        for text in &unplaced {
            out.warning(text);
        }
    }
    Ok(Exit::problem_if(!lost.is_empty() || rows.iter().any(|row| !row.is_whole)))
}

/// What belongs to no stream that is known.
pub(super) fn unplaced(inventory: &Inventory) -> Vec<String> {
    let Inventory { orphans, strange, private_dir, .. } = inventory;
    let hidden = private_dir.iter().map(|error| {
        format!(
            "{}; it may not be known which HLS streams piece numbers belong to",
            crate::output::chained(error)
        )
    });
    let orphans = orphans
        .iter()
        .map(|path| format!("{}: this piece number belongs to no stream that is known", path.display()));
    let strange = strange.iter().map(|path| format!("{}: its name is not a stream_uid", path.display()));
    hidden.chain(orphans).chain(strange).collect()
}

/// What is known of one stream.
struct Row<'a> {
    stream: &'a StreamFiles,
    age_s: Option<u64>,
    users: Vec<&'a StreamUser>,
    /// What is wrong with its files.
    problems: Vec<String>,
    /// It could be backed up as it is.
    is_whole: bool,
}

impl<'a> Row<'a> {
    fn of(stream: &'a StreamFiles, users: &'a [StreamUser], now: SystemTime) -> Self {
        let age = stream.modified.map(|modified| now.duration_since(modified).unwrap_or_default());
        Row {
            stream,
            age_s: age.map(|age| age.as_secs()),
            users: users.iter().filter(|user| user.uid == stream.uid && user.kind == stream.kind()).collect(),
            problems: stream.troubles().iter().map(ToString::to_string).collect(),
            is_whole: stream.whole().is_ok(),
        }
    }

    fn document(&self) -> Value {
        let Row { stream, age_s, users, problems, is_whole } = self;
        let user = |user: &&StreamUser| json!({"port": user.port.get(), "pid": user.pid, "here": user.here});
        json!({
            "uid": stream.uid.as_str(), "kind": stream.kind().as_str(), "sequence": stream.sequence(),
            "key_sha256": stream.fingerprint(), "age_s": age_s, "used_by": users.iter().map(user).collect::<Vec<_>>(),
            "whole": is_whole, "problems": problems,
        })
    }
}

const COLUMNS: &[Column] = &[
    Column { name: "STREAM", right: false, shrinks: true, rank: 0 },
    Column { name: "KIND", right: false, shrinks: false, rank: 3 },
    Column { name: "SEQUENCE", right: true, shrinks: false, rank: 0 },
    Column { name: "KEY (SHA-256)", right: false, shrinks: false, rank: 2 },
    Column { name: "AGE", right: true, shrinks: false, rank: 1 },
    Column { name: "USED BY", right: false, shrinks: false, rank: 0 },
];

/// As much of a fingerprint as people compare.
const SHOWN_FINGERPRINT: usize = 16;

fn print(rows: &[Row<'_>], out: &Output) {
    if rows.is_empty() {
        return out.note("there is no metadata here");
    }
    let mut table = Table::new(COLUMNS);
    for row in rows {
        let Row { stream, age_s, users, .. } = row;
        let ports: Vec<String> = users.iter().map(|user| user.port.to_string()).collect();
        table.row(vec![
            out.clean(stream.uid.as_str()),
            stream.kind().as_str().to_owned(),
            stream.sequence().map(|number| number.to_string()).unwrap_or_default(),
            stream.fingerprint().map(|key| key[..SHOWN_FINGERPRINT].to_owned()).unwrap_or_default(),
            age_s.map(duration).unwrap_or_default(),
            if ports.is_empty() { "-".to_owned() } else { ports.join(" ") },
        ]);
    }
    let width = stdout_width();
    let notes =
        std::iter::once("NOTE".to_owned()).chain(rows.iter().map(|row| out.clean(&row.problems.join("; "))));
    let styles = std::iter::once(style::HEADER)
        .chain(rows.iter().map(|row| if row.is_whole { style::PLAIN } else { style::BAD }));
    let lines: Vec<(String, String)> = table.lines(width).into_iter().zip(notes).collect();
    out.lines(noted(lines, "  ", width).into_iter().zip(styles).map(|(line, style)| paint(style, line)));
}
