//! Lists of nodes are read: how much time and memory that takes, as they grow.

use std::fs;

use serde_json::{Value, json};

use crate::choice::{Choice, LISTS};
use crate::measure::{cost, take_turns};
use crate::process::mib;
use crate::support::{Site, with};
use crate::table::{Table, figure};

/// The longest is nearly as long as a document may be.
const LENGTHS: [u16; 3] = [10, 1000, 50_000];
const ROUNDS: usize = 5;

/// The first port; all end below 65535.
const FIRST: u16 = 10_000;

pub(crate) fn measure(choice: &Choice) {
    if !choice.wants_apart(LISTS) {
        return;
    }
    let site = Site::new();
    let head = [
        "source nodes in the list that `acecast check` reads",
        "document KiB",
        "wall ms",
        "peak MiB",
        "MiB for each MiB",
    ];
    let mut table = Table::new(LISTS, &head);
    let mut small = None;
    for length in LENGTHS {
        let source = |port| {
            with(site.ts(&format!("stream_{port}"), port), json!({"url": "http://192.0.2.10/news.ts"}))
        };
        site.sources(&(FIRST..FIRST + length).map(source).collect::<Vec<Value>>());
        let document = fs::metadata(site.path("config/source_node.json")).unwrap().len() / 1024;
        let costs = take_turns(choice.rounds(ROUNDS), &[|| cost(&site.command(&["check"]))]).remove(0);
        // What the program takes itself is not the list's.
        let own = *small.get_or_insert(costs.rss_mib());
        let each = (costs.rss_mib() - own) / mib(document);
        let each = if document > 100 { figure(each) } else { String::new() };
        table.row([
            length.to_string(),
            document.to_string(),
            figure(costs.wall_ms()),
            figure(costs.rss_mib()),
            each,
        ]);
    }
    table.print();
}
