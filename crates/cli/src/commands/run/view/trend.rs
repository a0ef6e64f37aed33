//! What nodes took in and gave out in the last minutes.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use acecast_reconcile::Port;
use serde_json::{Value, json};

use crate::commands::status::Row;

/// So far back a trend goes.
const SPAN: Duration = Duration::from_secs(10 * 60);

/// So many points are kept of a node: one every two seconds would be more than anybody sees.
const MOST: usize = 120;

/// Two points are at least so far apart.
const APART: Duration = Duration::from_secs(5);

/// The trends of all nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Trends(BTreeMap<Port, VecDeque<Point>>);

#[derive(Clone, Copy, Debug)]
struct Point {
    at: Instant,
    down: Option<u64>,
    up: Option<u64>,
}

impl Trends {
    /// Adds what was seen now. What has no node any more is forgotten.
    pub(super) fn note(&mut self, now: Instant, rows: &[Row]) {
        self.0.retain(|port, _| rows.iter().any(|row| row.port == *port));
        for row in rows {
            let points = self.0.entry(row.port).or_default();
            if points.back().is_some_and(|last| now.duration_since(last.at) < APART) {
                continue;
            }
            points.push_back(Point { at: now, down: row.download_speed, up: row.upload_speed });
            while points.len() > MOST
                || points.front().is_some_and(|first| now.duration_since(first.at) > SPAN)
            {
                points.pop_front();
            }
        }
    }

    /// `[[seconds ago, down, up], …]`, the oldest first.
    pub(super) fn of(&self, port: Port, now: Instant) -> Value {
        let points = self.0.get(&port).into_iter().flatten();
        points.map(|point| json!([now.duration_since(point.at).as_secs(), point.down, point.up])).collect()
    }
}
