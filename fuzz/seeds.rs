//! Runs fuzz targets over their seeds, without a fuzzer: what a plain `cargo test` can do of it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

type Targets = &'static [(&'static str, fn(&[u8]))];

/// Longer than any input may take, also on a busy machine and in a slow build.
const PATIENCE: Duration = Duration::from_secs(20);

/// Every seed as it is.
pub(crate) fn all(targets: Targets) {
    for (name, target) in targets {
        for (path, bytes) in seeds(name) {
            timed(&path, || target(&bytes));
        }
    }
}

/// Seeds that were cut, mixed and disturbed, and bytes that never were a seed. For every target as many as `cases`.
pub(crate) fn changed(targets: Targets, cases: u32) {
    for (name, target) in targets {
        let seeds: Vec<Vec<u8>> = seeds(name).into_iter().map(|(_, bytes)| bytes).collect();
        let edit = (any::<Index>(), 0..5_u8, piece());
        let input = (any::<Index>(), proptest::collection::vec(edit, 0..6));
        let mut runner = TestRunner::new(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(cases)
        });
        let changed = runner.run(&input, |(seed, edits)| {
            target(&disturbed(&seeds[seed.index(seeds.len())], &edits));
            Ok(())
        });
        changed.unwrap_or_else(|error| panic!("{name}: {error}"));
        let bytes = proptest::collection::vec(any::<u8>(), 0..300);
        let random = runner.run(&bytes, |bytes| {
            target(&bytes);
            Ok(())
        });
        random.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// A long text that repeats a seed, and one that repeats its beginning: what takes quadratic time shows here.
pub(crate) fn large(targets: Targets) {
    const SIZE: usize = 1 << 18;
    for (name, target) in targets {
        for (path, bytes) in seeds(name).into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
            let half = &bytes[..bytes.len().div_ceil(2)];
            for part in [&bytes[..], half] {
                timed(&path, || target(&part.repeat(SIZE / part.len() + 1)[..SIZE]));
            }
        }
    }
}

/// What tends to matter to readers of texts.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let texts = [
        "\0",
        "\n",
        "\r\n",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{202e}",
        "é",
        "..",
        "/",
        "=",
        "--",
        "-",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "0",
        "-1",
        "18446744073709551616",
        "1e999",
        "-----BEGIN ",
        "-----END ",
        "://",
        "@",
        "?",
        "%",
    ];
    prop_oneof![
        4 => proptest::sample::select(texts.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 1..8),
        1 => any::<u8>().prop_map(|byte| vec![byte; 5000]),
    ]
}

fn disturbed(seed: &[u8], edits: &[(Index, u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (place, kind, piece) in edits {
        let at = place.index(bytes.len() + 1);
        match kind {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..(at + piece.len()).min(bytes.len()))),
            2 => bytes.extend_from_within(at..),
            _ => drop(bytes.splice(at..at, piece.iter().copied())),
        }
    }
    bytes
}

/// A target without seeds is one that somebody forgot.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let dir = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds")).join(target);
    let entries = fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", dir.display());
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn timed(path: &std::path::Path, work: impl FnOnce()) {
    let started = Instant::now();
    work();
    let took = started.elapsed();
    assert!(took < PATIENCE, "{} took {took:?}", path.display());
}
