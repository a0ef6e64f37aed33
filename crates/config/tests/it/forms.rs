//! The forms in which a list comes, and those in which it does not.

use acecast_config::{Ask, LoadError, load_nodes};
use acecast_reconcile::Role;

use crate::world::{NoFetch, World, support, ts};

#[track_caller]
fn check(document: impl AsRef<[u8]>, expected: &str) {
    let world = World::new();
    let lists = world.lists(document, "[]");
    assert_eq!(world.text(&lists.problems()), expected);
}

#[test]
fn bare_or_as_a_result_with_comments_or_a_mark_at_the_front() {
    check("[]", "");
    check("{\"result\": [],}", "");
    check("\u{feff}// c\n[/* c */\n]\r\n", "");
    check(format!("{{\"result\": [{}], \"error\": null}}", ts(&[])), "");
    check(
        format!("{{\"result\": [{}], \"version\": 1}}", ts(&[("port", "0")])),
        "source.json:3:9: result[0].port: found 0, expected a port from 1 to 65535\n\
         warning: source.json:7:22: version: unknown key, it is ignored\n",
    );
}

#[test]
fn what_is_no_list_is_said_to_be_what_it_is() {
    let expected = "expected a list of nodes or {\"result\": [list of nodes]}\n";
    check("null", &format!("source.json:1:1: found null, {expected}"));
    check("{}", &format!("source.json:1:1: found an empty object, {expected}"));
    check("\"x\"", &format!("source.json:1:1: found \"x\", {expected}"));
    check("7", &format!("source.json:1:1: found 7, {expected}"));
    check("{\"result\": {}}", &format!("source.json:1:12: result: found an object, {expected}"));
    check("{\"a\": 1}", &format!("source.json:1:1: found an object without result, {expected}"));
    check("{\"results\": []}", "source.json:1:2: results: unknown key, did you mean \"result\"?\n");
    check("{\"result\": [], \"result\": []}", "source.json:1:1: result: the key \"result\" is used twice\n");
    check(
        "[1, \"a\"]",
        "source.json:1:2: the list holds 1 where a node should be, and no node at all; expected a list of source nodes\n",
    );
    check(
        "{\"error\": \"no host \\u001b[2J at http://u:p@h/?t=1\"}",
        "source.json:1:11: the controller answered with an error: no host \\u{1b}[2J at \
         http://****@h/?t=****\n",
    );
    check(
        "{\"error\": {\"code\": 5}}",
        "source.json:1:11: the controller answered with an error: {\"code\": 5}\n",
    );
    check(
        "[".to_owned() + &"{},".repeat(65_536) + "]",
        "source.json:1:2: found 65536 entries, which is more than there are ports\n",
    );
}

#[test]
fn what_is_no_json_is_said_where() {
    check("", "source.json:1:1: the document is empty, expected JSON\n");
    check(" \n\t", "source.json:1:1: the document is empty, expected JSON\n");
    check("// c", "source.json:1:1: the document holds only comments, expected JSON\n");
    check("\n <!DOCTYPE html>", "source.json:2:2: found HTML or XML, expected JSON\n");
    check("[{\"a\": 1", "source.json:1:9: the document ends inside of an object; it may have been cut off\n");
    check(
        "[{\"a\": 1}, \n",
        "source.json:1:11: the document ends inside of a list; it may have been cut off\n",
    );
    check("[{\"a\":", "source.json:1:7: the document ends inside of an object; it may have been cut off\n");
    check(
        "[{\"a",
        "source.json:1:3: the document ends inside of a text that begins here; it may have been cut off\n",
    );
    check("[] []", "source.json:1:4: found more behind the end of the JSON value\n");
    check("[] é\0", "source.json:1:5: found the byte 0x00, expected UTF-8 text without NUL\n");
    check(b"[\"\xc3\xa9\xff\"]", "source.json:1:4: found the byte 0xff, expected UTF-8 text without NUL\n");
    check(
        b"\xff\xfe[\0]\0",
        "source.json:1:1: found the byte 0xff, expected UTF-8 text without NUL; it looks like UTF-16\n",
    );
    check("# c\n[]", "source.json:1:1: found a #; comments begin with // or /*\n");
    check("[{a: 1}]", "source.json:1:3: keys need double quotes\n");
    check("[{'a': 1}]", "source.json:1:3: found a single quote; keys and texts need double quotes\n");
    check("[{\"a\": True}]", "source.json:1:8: found a word; it is written true\n");
    check("[{\"a\" 1}]", "source.json:1:7: a colon is missing behind the key\n");
    check("[{} {}]", "source.json:1:4: a comma is missing here\n");
    check("[{\"a\": 1 \"b\": 2}]", "source.json:1:9: a comma is missing here\n");
    let deep = "source.json:1:33: lists and objects are nested more than 32 deep\n";
    check("[".repeat(100_000), deep);
    check("[".repeat(33) + &"]".repeat(33), deep);
}

#[test]
fn nothing_but_comments_and_trailing_commas_is_added_to_json() {
    for document in [
        "[{a: 1}]",
        "[{'a': 1}]",
        "[{\"a\": 0x10}]",
        "[{\"a\": +1}]",
        "[{\"a\": .5}]",
        "[{\"a\": NaN}]",
        "[{} {}]",
        "[{\"a\": 1 \"b\": 2}]",
        "[{\"a\": \"\\x41\"}]",
        "[{\"a\": 1,, \"b\": 2}]",
        "[,]",
        "[{\"a\": 01}]",
        "[{\"a\": Infinity}]",
    ] {
        let world = World::new();
        let lists = world.lists(document, "[]");
        assert!(matches!(lists.sources, Some(Err(LoadError::Syntax(_)))), "{document}");
    }
}

#[test]
fn a_list_that_fails_leaves_the_other_alone() {
    let world = World::new();
    let lists = world.lists("{", format!("[{}]", support(&[])));
    assert_eq!(lists.errors().count(), 1);
    assert_eq!(lists.supports.as_ref().unwrap().as_ref().unwrap().nodes.len(), 1);
    let lists = lists.into_config(world.app("{}")).unwrap_err();
    assert!(lists.sources.unwrap().is_err());
}

#[test]
fn only_what_is_asked_for_and_has_an_endpoint_is_read() {
    let world = World::new();
    let app = world.app(r#"{"source_node": "missing.json", "support_node": null}"#);
    let lists = load_nodes(&app, Ask::of(Role::Support), &NoFetch);
    assert!(lists.sources.is_none() && lists.supports.is_none());
    let desired = lists.into_config(app).unwrap().desired();
    assert!(Role::ALL.into_iter().all(|role| desired.list(role).is_none()));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let world = World::new();
    let app = world.app(r#"{"source_node": "missing.json", "support_node": "."}"#);
    let lists = load_nodes(&app, Ask::both(), &NoFetch);
    let text = world.text(&lists.problems());
    let dir = world.path().display();
    assert_eq!(
        text,
        format!(
            "missing.json: cannot be read: No such file or directory (controller.source_node)\n\
             {dir}: is a folder, not a regular file (controller.support_node)\n"
        )
    );
    let headlines: Vec<String> = lists.errors().map(ToString::to_string).collect();
    assert_eq!(
        headlines,
        [
            format!("cannot read {dir}/missing.json (controller.source_node)"),
            format!("cannot read {dir} (controller.support_node): it is a folder, not a regular file")
        ]
    );
    world.write("big.json", vec![b' '; (16 << 20) + 1]);
    let app = world.app(r#"{"source_node": "big.json"}"#);
    let lists = load_nodes(&app, Ask::both(), &NoFetch);
    assert_eq!(
        world.text(&lists.problems()),
        "big.json: is larger than 16 MiB, too large for a config (controller.source_node)\n"
    );
}

#[test]
fn a_thousand_nodes_are_a_short_list() {
    let world = World::new();
    let entries: Vec<String> = (0..1000)
        .map(|i| ts(&[("port", &(8000 + i).to_string()), ("stream_uid", &format!("\"s{i}\""))]))
        .collect();
    let lists = world.lists(format!("[{}]", entries.join(",")), "[]");
    assert_eq!(lists.sources.unwrap().unwrap().nodes.len(), 1000);
}
