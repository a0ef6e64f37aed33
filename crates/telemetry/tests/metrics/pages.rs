//! What is true of every page, over many made-up hosts.

use std::collections::BTreeSet;

use acecast_telemetry::metrics::{Format, Metrics, State};

use crate::reader::{Read, read};
use crate::worlds::{Hostile, whole};

const SEEDS: u64 = 500;

#[track_caller]
fn check(seed: u64, metrics: &Metrics, format: Format) -> Read {
    let text = metrics.render(format);
    read(&text, format).unwrap_or_else(|why| panic!("seed {seed}, {format:?}: {why}\n{metrics:#?}"))
}

#[test]
fn every_line_of_every_page_can_be_read_and_no_series_is_there_twice() {
    for seed in 0..SEEDS {
        let metrics = Hostile::new(seed).metrics();
        for format in Format::ALL {
            check(seed, &metrics, format);
        }
    }
}

#[test]
fn both_formats_tell_the_same() {
    for seed in 0..SEEDS {
        let metrics = Hostile::new(seed).metrics();
        let [one, other] = Format::ALL.map(|format| check(seed, &metrics, format));
        assert_eq!(one.series, other.series, "seed {seed}");
    }
}

#[test]
fn every_node_is_there_and_in_one_state() {
    for seed in 0..SEEDS {
        let metrics = Hostile::new(seed).metrics();
        let page = check(seed, &metrics, Format::Text);
        let of = |name: &str| -> BTreeSet<Vec<&str>> {
            let series = page.series.iter().filter(|((other, labels), value)| {
                other == name && (!labels.contains_key("state") || **value > 0.0)
            });
            series
                .map(|((_, labels), _)| ["port", "role", "name"].map(|l| labels[l].as_str()).to_vec())
                .collect()
        };
        let states = page.series.keys().filter(|(name, _)| name == "acecast_node_state").count();
        let up = of("acecast_node_up");
        assert_eq!(up, of("acecast_node_state"), "seed {seed}");
        assert_eq!(states, up.len() * State::ALL.len(), "seed {seed}");
        let on: f64 =
            page.series.iter().filter(|((name, _), _)| name == "acecast_node_state").map(|(_, on)| on).sum();
        assert!((on - f64::from(u32::try_from(up.len()).unwrap())).abs() < 0.5, "seed {seed}");
        let shown: BTreeSet<String> = up.iter().map(|labels| labels[0].to_owned()).collect();
        let given: BTreeSet<String> = metrics.nodes.iter().map(|node| node.port.to_string()).collect();
        assert_eq!(shown, given, "seed {seed}");
    }
}

#[test]
fn the_order_in_which_nodes_are_given_does_not_show() {
    for seed in 0..SEEDS {
        let mut metrics = Hostile::new(seed).metrics();
        // Of two that are equally well off the first one is shown: here all differ by their names.
        for (i, node) in metrics.nodes.iter_mut().enumerate() {
            node.name.insert_str(0, &i.to_string());
        }
        let text = metrics.render(Format::Text);
        metrics.nodes.reverse();
        assert_eq!(metrics.render(Format::Text), text, "seed {seed}");
    }
}

#[test]
fn names_follow_the_conventions() {
    let page = check(0, &whole(), Format::Text);
    for name in page.names() {
        assert!(name.starts_with("acecast_"), "{name}");
        assert_eq!(page.types[name] == "counter", name.ends_with("_total"), "{name}");
    }
}

#[test]
fn the_reader_refuses_what_is_wrong() {
    let good = "# TYPE a gauge\n# HELP a b\na{x=\"\\\\\\n\\\"\"} 1\n";
    assert!(read(good, Format::Text).is_ok());
    for (from, to) in [
        ("a{", "b{"),
        ("x=", "1="),
        ("\\n", "\\t"),
        ("\\\"", "\""),
        ("} 1", "} NaN"),
        ("} 1", "}1"),
        ("} 1\n", "} 1"),
        ("gauge", "counter"),
        ("gauge", "info"),
        ("} 1\n", "} 1\na{x=\"\\\\\\n\\\"\"} 2\n"),
        ("} 1\n", "} 1\n\n"),
        ("# HELP a b\n", ""),
        ("# HELP", "# UNIT"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert!(read(&bad, Format::Text).is_err(), "{bad}");
    }
    assert!(read(good, Format::OpenMetrics).is_err());
}
