//! The entries of both lists as one sequence.

use acecast_config::{Config, Entry, Problem, Severity, Snippet};
use acecast_reconcile::{Channel, Port, Role};

use crate::world::{World, support, ts};

fn port(text: &str) -> Port {
    text.parse().unwrap()
}

/// `source 8640 news stable`, with `-` for what is not known and `!` where it is wrong.
fn line(entry: Entry<'_>) -> String {
    let or = |text: Option<String>| text.unwrap_or("-".to_owned());
    let port = or(entry.port().map(|port| port.to_string()));
    let channel = or(entry.channel().map(|channel| channel.to_string()));
    assert_eq!(entry.is_usable(), entry.source().is_some() || entry.support().is_some());
    assert_eq!(entry.is_usable(), entry.wrong().is_none() && entry.common().is_some());
    let sign = if entry.is_usable() { "" } else { " !" };
    format!("{} {port} {} {channel}{sign}", entry.role(), or(entry.name()))
}

/// A list of source nodes of which the first two are wrong, and one of support nodes of which the first is.
fn mixed(world: &World) -> Config {
    let sources = format!(
        "[5, {}, {}, {}]",
        ts(&[("title", "5")]),
        ts(&[("port", "8650"), ("stream_uid", "\"b\"")]),
        ts(&[("port", "8642"), ("stream_uid", "\"c\"")]),
    );
    let supports = format!(
        "[{}, {}]",
        support(&[("port", "\"x\"")]),
        support(&[("source_port", "1"), ("port", "8641")])
    );
    world.lists(sources, supports).into_config(world.app("{}")).unwrap()
}

#[test]
fn all_of_both_lists_are_there_the_usable_ones_first() {
    let config = mixed(&World::new());
    let lines: Vec<String> = config.entries().map(line).collect();
    assert_eq!(
        lines,
        [
            "source 8650 b stable",
            "source 8642 c stable",
            "source - - - !",
            "source 8640 news - !",
            "support 8641 192.0.2.1:1 stable",
            "support - 192.0.2.1:8640 - !",
        ]
    );
}

#[test]
fn one_is_found_by_its_port_be_it_right_or_wrong() {
    let config = mixed(&World::new());
    let found = |text: &str| config.entry(port(text)).map(line);
    assert_eq!(found("8650").as_deref(), Some("source 8650 b stable"));
    assert_eq!(found("8640").as_deref(), Some("source 8640 news - !"));
    assert_eq!(found("8641").as_deref(), Some("support 8641 192.0.2.1:1 stable"));
    assert_eq!(found("8649"), None);
}

#[test]
fn a_list_that_cannot_be_had_has_none_and_the_other_counts() {
    let world = World::new();
    let lists = world.lists("<html>", format!("[{}]", support(&[])));
    assert_eq!(lists.entries().map(line).collect::<Vec<_>>(), ["support 8641 192.0.2.1:8640 stable"]);
    assert_eq!(lists.entry(port("8641")).and_then(Entry::channel), Some(Channel::Stable));
    assert!(lists.error(Role::Source).is_some() && lists.error(Role::Support).is_none());
    let config = lists.partial_config(world.app("{}"));
    assert!(config.sources.is_none());
    assert_eq!(config.entries().map(line).collect::<Vec<_>>(), ["support 8641 192.0.2.1:8640 stable"]);
    assert!(lists.into_config(world.app("{}")).is_err());
}

#[test]
fn what_is_wrong_comes_along_with_a_part_of_the_config() {
    let world = World::new();
    let lists = world.lists(format!("[{}]", ts(&[("title", "5")])), "<html>");
    let config = lists.partial_config(world.app("{}"));
    assert_eq!(config.problems, lists.found);
    assert_eq!(world.text(&config.problems), "source.json:4:10: [0].title: found 5, expected a title\n");
}

#[test]
fn a_config_without_lists_asks_for_nothing() {
    let config = Config::new(World::new().app("{}"));
    assert_eq!(config.entries().count(), 0);
    assert_eq!(config.desired().nodes().count(), 0);
}

#[test]
fn a_wrong_entry_is_known_by_what_can_be_read_of_it() {
    let world = World::new();
    let list = format!(
        "[5, {}, {}, {}]",
        ts(&[("url", "5")]),
        ts(&[("port", "\"x\""), ("stream_uid", "\"b\"")]),
        ts(&[("port", "8642"), ("stream_uid", "\"c\"")]),
    );
    let lists = world.lists(list, "[]");
    let list = lists.sources.unwrap().unwrap();
    assert_eq!(list.nodes.len(), 1);
    let wrong: Vec<_> =
        list.wrong.iter().map(|w| (w.port.map(Port::get), w.name.as_deref(), w.detail.as_str())).collect();
    assert_eq!(
        wrong,
        [
            (None, None, "found 5, expected an object with a node's settings"),
            (Some(8640), Some("news"), "url: found 5, expected an http or https URL"),
            (
                None,
                Some("b"),
                "port: found \"x\", which is not written in decimal digits only; expected a port from 1 to 65535"
            ),
        ]
    );
}

#[test]
fn a_problem_is_rewritten_whole() {
    let mut problem = Problem::new(Severity::Error, "s3cret.json", "found s3cret");
    problem.path = "[0].s3cret".to_owned();
    problem.entry = Some("s3cret, port 8640".to_owned());
    problem.snippet = Some(Snippet::new("a s3cret", 2..8));
    let hidden = problem.rewritten(&|text| text.replace("s3cret", "****"));
    assert!(!format!("{hidden:?}").contains("s3cret"), "{hidden:?}");
    assert_eq!(hidden.to_string(), "****.json: [0].****: found ****");
    assert_eq!((hidden.entry.as_deref(), hidden.snippet), (Some("****, port 8640"), None));
    assert_eq!(problem.rewritten(&str::to_owned), problem);
}
