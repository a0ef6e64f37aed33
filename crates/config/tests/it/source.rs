//! Entries of the list of source nodes.

use acecast_config::{Category, Media, Quality};

use crate::world::{World, check_sources, ts};

/// What is said about one entry with these settings; it is usable if nothing but warnings are.
#[track_caller]
fn check(changes: &[(&str, &str)], expected: &str) {
    let usable = expected.lines().all(|line| line.starts_with("warning: "));
    check_sources(&format!("[{}]", ts(changes)), usize::from(usable), expected);
}

#[test]
fn numbers_and_flags_come_in_several_forms() {
    check(
        &[
            ("port", r#""8640""#),
            ("bitrate", r#""0""#),
            ("extended_logging", r#""1""#),
            ("private_node", "false"),
        ],
        "",
    );
    check(
        &[("port", "\"\"")],
        "source.json:3:9: [0].port: found \"\", which is empty; expected a port from 1 to 65535\n",
    );
    check(&[("port", "0")], "source.json:3:9: [0].port: found 0, expected a port from 1 to 65535\n");
    check(&[("port", "65536")], "source.json:3:9: [0].port: found 65536, expected a port from 1 to 65535\n");
    check(&[("port", "null")], "source.json:3:9: [0].port: found null, expected a port from 1 to 65535\n");
    let bitrate = |found: &str, why: &str| {
        let expected = format!(
            "source.json:7:12: [0].bitrate: found {found}, which {why}; expected a bitrate in bytes per second\n"
        );
        check(&[("bitrate", found)], &expected);
    };
    bitrate("4e5", "is not written in decimal digits only");
    bitrate("-1", "is negative");
    bitrate("1.5", "is no whole number");
    bitrate("\"0x10\"", "is not written in decimal digits only");
    bitrate("\"+1\"", "is not written in decimal digits only");
    bitrate("\" 1\"", "is not written in decimal digits only");
    bitrate("\"٣\"", "is not written in decimal digits only");
    bitrate("18446744073709551616", "is too large");
    check(&[("bitrate", "18446744073709551615")], "");
    check(
        &[("extended_logging", "2"), ("private_node", "\"true\"")],
        "source.json:8:21: [0].extended_logging: found 2, expected 0 or 1\n\
         source.json:9:17: [0].private_node: found \"true\", expected 0 or 1\n",
    );
}

#[test]
fn what_is_missing_is_said_all_at_once() {
    check_sources(
        "[{}]",
        0,
        "source.json:1:2: [0].port: is missing, expected a port from 1 to 65535\n\
         source.json:1:2: [0].stream_uid: is missing, expected the stream's name\n\
         source.json:1:2: [0].title: is missing, expected what viewers see\n\
         source.json:1:2: [0].url: is missing, expected where the stream comes from\n\
         source.json:1:2: [0].type: is missing, expected ts or hls\n",
    );
    check(
        &[("bitrate", "")],
        "source.json:1:2: [0].bitrate: is missing, expected a bitrate in bytes per second\n",
    );
}

#[test]
fn misspelt_keys_are_errors_and_unknown_ones_warnings() {
    check(
        &[("privat_node", "1")],
        "source.json:8:1: [0].privat_node: unknown key, did you mean \"private_node\"?\n",
    );
    check(
        &[("Private-Node", "1")],
        "source.json:8:1: [0][\"Private-Node\"]: unknown key, did you mean \"private_node\"?\n",
    );
    check(&[("ports", "1")], "warning: source.json:8:1: [0].ports: unknown key, it is ignored\n");
    check(&[("source_ip", "1")], "warning: source.json:8:1: [0].source_ip: unknown key, it is ignored\n");
    check(
        &[("a\\u001b\\n", "1")],
        "warning: source.json:8:1: [0][\"a\\u{1b}\\n\"]: unknown key, it is ignored\n",
    );
    check(
        &[("quality", "\"HD\",\n\"quality\": \"SD\"")],
        "source.json:9:1: [0].quality: the key is used twice, first in line 8\n",
    );
    check(
        &[("anything", "{\"a\": [{\"b\": 1, \"b\": 2}]}")],
        "warning: source.json:8:1: [0].anything: unknown key, it is ignored\n\
         source.json:8:29: [0].anything.a[0].b: the key is used twice, first in line 8\n",
    );
}

#[test]
fn texts_hold_no_control_characters_and_end_somewhere() {
    check(
        &[("title", "\"a\\u001b[2J\"")],
        "source.json:4:10: [0].title: found \"a\\u{1b}[2J\", which holds the control character \\u{1b}; \
         remove it\n",
    );
    check(
        &[("title", "\"a\\u0000\"")],
        "source.json:4:10: [0].title: found \"a\\u{0}\", which holds the control character \\u{0}; \
         remove it\n",
    );
    let long = format!("\"{}\"", "é".repeat(513));
    check(
        &[("title", &long)],
        &format!(
            "source.json:4:10: [0].title: found \"{}…\", which is 1026 bytes long; \
             expected a title of at most 1024 bytes\n",
            "é".repeat(40)
        ),
    );
    check(&[("title", "\"--port=1\"")], "");
    check(
        &[("title", "\"\"")],
        "warning: source.json:4:10: [0].title: the title is empty, viewers see none\n",
    );
    check(&[("title", "5")], "source.json:4:10: [0].title: found 5, expected a title\n");
}

#[test]
fn names_cannot_leave_a_folder() {
    check(
        &[("stream_uid", "\"../x\"")],
        "source.json:2:15: [0].stream_uid: found \"../x\", which starts with '.', not with a letter, digit or \
         underscore\n",
    );
    check(
        &[("stream_uid", "\"a b\"")],
        "source.json:2:15: [0].stream_uid: found \"a b\", which holds ' '; letters, digits, underscores, dots and \
         hyphens are allowed\n",
    );
    check(
        &[("stream_uid", "\"\"")],
        "source.json:2:15: [0].stream_uid: found \"\", which is empty; expected a name of letters, digits and \
         underscores\n",
    );
    check(
        &[("stream_uid", "\"a-b.c\"")],
        "warning: source.json:2:15: [0].stream_uid: found \"a-b.c\", only letters, digits and underscores are \
         recommended\n",
    );
}

#[test]
fn urls_are_http_and_shown_without_secrets() {
    check(
        &[("url", "\"rtmp://u:pw@h/x?token=t\"")],
        "source.json:5:8: [0].url: found \"rtmp://****@h/x?token=****\", which starts neither with http:// nor \
         with https://; expected an http or https URL\n",
    );
    check(
        &[("url", "\"me:pw@h/x?token=t\"")],
        "source.json:5:8: [0].url: found \"****@h/x?token=****\", which starts neither with http:// nor with \
         https://; expected an http or https URL\n",
    );
    check(
        &[("url", "\"http://u:p@h/a b?x=t\"")],
        "source.json:5:8: [0].url: found \"http://****@h/a b?x=****\", which holds ' ', which a URL must escape; \
         expected an http or https URL\n",
    );
}

#[test]
fn a_private_node_needs_somebody_to_upload_to() {
    check(
        &[("private_node", "1")],
        "source.json:8:17: [0].private_node: found 1, but upload_to names no node; a private node needs at least \
         one to upload to\n",
    );
    check(
        &[("upload_to", "[]"), ("private_node", "true")],
        "source.json:9:17: [0].private_node: found true, but upload_to names no node; a private node needs at \
         least one to upload to\n",
    );
    check(&[("upload_to", r#"["192.0.2.1:1", "[2001:db8::1]:2"]"#), ("private_node", "1")], "");
    check(
        &[("upload_to", r#"["192.0.2.1", "example.com:80", "192.0.2.1:0"]"#), ("private_node", "1")],
        "source.json:8:15: [0].upload_to[0]: found \"192.0.2.1\", expected an address and a port like \
         192.0.2.1:8640\n\
         source.json:8:28: [0].upload_to[1]: found \"example.com:80\", expected an address and a port like \
         192.0.2.1:8640\n\
         source.json:8:46: [0].upload_to[2]: found \"192.0.2.1:0\", expected an address and a port like \
         192.0.2.1:8640\n",
    );
    check(
        &[("upload_to", r#""192.0.2.1:1""#)],
        "source.json:8:14: [0].upload_to: found \"192.0.2.1:1\", expected a list of addresses like \
         [\"192.0.2.1:8640\"]\n",
    );
}

#[test]
fn words_are_taken_as_they_are_written() {
    check(
        &[("type", "\"rtmp\""), ("quality", "\"hd\""), ("engine_version", "\"stabel\"")],
        "source.json:6:9: [0].type: found \"rtmp\", expected ts or hls\n\
         source.json:9:19: [0].engine_version: found \"stabel\", expected stable, beta or alpha; did you mean \
         \"stable\"?\n",
    );
    check(
        &[("quality", "\"hd\"")],
        "source.json:8:12: [0].quality: found \"hd\", expected SD, HD or auto; did you mean \"HD\"?\n",
    );
}

#[test]
fn unknown_categories_are_left_out() {
    let world = World::new();
    let known: Vec<&str> = Category::all().map(Category::as_str).collect();
    let known = format!("(known: {})", known.join(", "));
    let list = ts(&[("categories", r#"["Sport", "movie", "kids", "x", "SPORT", "erotic_18_plus"]"#)]);
    let lists = world.lists(format!("[{list}]"), "[]");
    assert_eq!(
        world.text(&lists.found),
        "warning: source.json:8:25: [0].categories[1]: unknown category \"movie\" is left out, did you mean \"movies\"? KNOWN\n\
         warning: source.json:8:42: [0].categories[3]: unknown category \"x\" is left out KNOWN\n"
            .replace("KNOWN", &known)
    );
    let list = lists.sources.unwrap().unwrap();
    let names: Vec<&str> =
        list.nodes[0].categories.iter().map(|category: &Category| category.as_str()).collect();
    assert_eq!(names, ["sport", "kids", "erotic_18_plus"]);
}

#[test]
fn what_does_not_count_for_a_kind_is_not_looked_at() {
    let world = World::new();
    let hls = ts(&[
        ("type", "\"hls\""),
        ("bitrate", "\"?\""),
        ("quality", "7"),
        ("force_monotonic_sequence", "\"1\""),
    ]);
    let ts = ts(&[
        ("port", "8641"),
        ("stream_uid", "\"b\""),
        ("quality", "\"SD\""),
        ("force_monotonic_sequence", "9"),
    ]);
    let lists = world.lists(format!("[{hls}, {ts}]"), "[]");
    assert_eq!(world.text(&lists.problems()), "");
    let media: Vec<Media> = lists.sources.unwrap().unwrap().nodes.iter().map(|node| node.media).collect();
    assert_eq!(
        media,
        [
            Media::Hls { force_monotonic_sequence: Some(true) },
            Media::Ts { bitrate: 400_000, quality: Some(Quality::Sd) }
        ]
    );
}

#[test]
fn the_example_of_the_field_loads() {
    check_sources(
        r#"[
    {
        "stream_uid": "harbour",
        "port": 8640,
        "title": "Harbour Channel",
        "url": "http://127.0.0.1/harbour_hls/stream.m3u8",
        "bitrate": "400000",
        "categories": ["entertaining"],
        "quality": "HD",
        "type": "hls",
        "upload_to": ["127.0.0.1:8641"],
        "force_monotonic_sequence": 1,
        "extended_logging": 1,
        "engine_version": "stable"
    }
]"#,
        1,
        "",
    );
}
