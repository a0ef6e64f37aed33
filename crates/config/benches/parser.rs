//! How long lists of nodes take to be read, next to plain JSON values of the same bytes.
//!
//! It should be linear in the number of entries, which nothing here checks: compare the rates. A list has 65,535 entries at most, as many as there are ports, so the
//! longest good ones here have 50,000, and one of 100,000 is refused, which has its price, too.

#![allow(clippy::unwrap_used, reason = "a program for people at work on this code")]

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Instant;

use acecast_config::{
    Answer, AppConfig, Ask, Fetch, FetchError, Lists, Location, RemoteUrl, Trackers, load_nodes,
};
use acecast_reconcile::{Channel, Role};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// The first port of the lists; 50,000 nodes end below 65535.
const FIRST: usize = 10_000;
const LENGTHS: [usize; 3] = [10, 1000, 50_000];
const TOO_MANY: usize = 100_000;

/// A list of ts sources, some 250 bytes each: 50,000 make 12 of the 16 MiB that a document may have.
fn sources(count: usize) -> Vec<u8> {
    list(count, |text, port| {
        write!(
            text,
            r#"{{"stream_uid": "stream_{port}", "port": {port}, "title": "Stream {port}", "type": "ts",
  "bitrate": 400000, "url": "http://192.0.2.10/streams/{port}.ts", "categories": ["regional"],
  "quality": "HD", "engine_version": "stable", "extended_logging": 0}}"#
        )
    })
}

/// A list of support nodes, some 120 bytes each.
fn supports(count: usize) -> Vec<u8> {
    list(count, |text, port| {
        write!(
            text,
            r#"{{"port": {port}, "source_ip": "192.0.2.10", "source_port": 8640, "engine_version": "stable",
  "extended_logging": 0}}"#
        )
    })
}

fn list(count: usize, entry: impl Fn(&mut String, usize) -> std::fmt::Result) -> Vec<u8> {
    let mut text = "[".to_owned();
    for port in FIRST..FIRST + count {
        text.push_str(if port == FIRST { "\n" } else { ",\n" });
        entry(&mut text, port).unwrap();
    }
    text.push_str("\n]\n");
    text.into_bytes()
}

/// A controller that answers with these bytes.
struct Says<'a>(&'a [u8]);

impl Fetch for Says<'_> {
    fn get(&self, _: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        Ok(Answer::new(200, self.0))
    }
}

static APP: LazyLock<AppConfig> = LazyLock::new(|| {
    let list = |role| Some(Location::Url(format!("http://192.0.2.1/{role}").parse().unwrap()));
    let trackers = Trackers::new(["udp://tracker.example.com:2710/announce"]).unwrap();
    let mut app = AppConfig::new("/srv/acecast", [(Channel::Stable, "/bin/sh".into())], trackers).unwrap();
    app.controller.source_node = list(Role::Source);
    app.controller.support_node = list(Role::Support);
    app
});

fn read(bencher: Bencher<'_, '_>, bytes: &[u8], role: Role, is_good: bool) {
    let lists = || -> Lists { load_nodes(&APP, Ask::of(role), &Says(bytes)) };
    assert_eq!(lists().into_config(APP.clone()).is_ok(), is_good);
    bencher.counter(BytesCount::new(bytes.len())).bench_local(lists);
}

/// The bare loop: no places, no types, nothing checked.
fn values(bencher: Bencher<'_, '_>, bytes: &[u8]) {
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| serde_json::from_slice::<serde_json::Value>(bytes).unwrap());
}

#[divan::bench(args = LENGTHS, sample_count = 20, max_time = 5)]
fn source_nodes(bencher: Bencher<'_, '_>, count: usize) {
    read(bencher, &sources(count), Role::Source, true);
}

#[divan::bench(args = LENGTHS, sample_count = 20, max_time = 5)]
fn source_nodes_as_values(bencher: Bencher<'_, '_>, count: usize) {
    values(bencher, &sources(count));
}

#[divan::bench(args = LENGTHS, sample_count = 20, max_time = 5)]
fn support_nodes(bencher: Bencher<'_, '_>, count: usize) {
    read(bencher, &supports(count), Role::Support, true);
}

#[divan::bench(args = LENGTHS, sample_count = 20, max_time = 5)]
fn support_nodes_as_values(bencher: Bencher<'_, '_>, count: usize) {
    values(bencher, &supports(count));
}

#[divan::bench(args = [TOO_MANY], sample_count = 20, max_time = 5)]
fn support_nodes_refused(bencher: Bencher<'_, '_>, count: usize) {
    read(bencher, &supports(count), Role::Support, false);
}

#[divan::bench(args = [TOO_MANY], sample_count = 20, max_time = 5)]
fn support_nodes_refused_as_values(bencher: Bencher<'_, '_>, count: usize) {
    values(bencher, &supports(count));
}
