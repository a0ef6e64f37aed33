//! Secrets show up nowhere: not in a debug text, not in a message, not in a snippet.

use acecast_config::{Answer, Ask, Metadata, PrivateKey, load_nodes};

use crate::world::{NoFetch, NotFound, World, ts};

const SECRETS: [&str; 4] = ["s3cret", "hunter2", "BEGIN", "dG9wc2VjcmV0"];

#[track_caller]
fn assert_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn debug_texts_of_everything_public() {
    let world = World::new();
    let entry = ts(&[
        ("url", r#""http://me:hunter2@192.0.2.1/news?token=hunter2""#),
        ("metadata", r#"{"last_seq": 1, "private_key": "-----BEGIN"}"#),
    ]);
    let lists = world.lists(format!("[{entry}]"), "[]");
    assert_no_secret(&format!("{lists:?}"));
    let config =
        lists.into_config(world.app(r#"{"source_node": "http://me:hunter2@h/?t=hunter2"}"#)).unwrap();
    assert_no_secret(&format!("{config:?} {:?}", config.desired()));
    let Some(Metadata::Ts { private_key, .. }) = &config.sources.as_ref().unwrap().nodes[0].metadata else {
        panic!("no metadata");
    };
    assert_eq!(private_key.reveal(), b"-----BEGIN");
    assert_eq!(format!("{} {:?}", private_key, PrivateKey::new("hunter2")), "**** ****");
    assert_no_secret(&format!("{}", config.app.controller.source_node.unwrap()));
}

#[test]
fn the_debug_text_of_an_answer() {
    let mut answer = Answer::new(302, "hunter2");
    answer.location = Some("http://h/?t=hunter2".to_owned());
    assert_no_secret(&format!("{answer:?} {answer:#?}"));
}

#[test]
fn snippets_of_lines_with_secrets() {
    let world = World::new();
    let one_line = ts(&[
        ("url", r#""http://me:hunter2@192.0.2.1/news?token=hunter2""#),
        ("port", "0"),
        ("metadata", r#"{"last_seq": -1, "private_key": "-----BEGIN", "x": {"base64": "dG9wc2VjcmV0"}}"#),
    ])
    .replace('\n', " ");
    let lists = world.lists(format!("[{one_line}]"), "[]");
    let problems = lists.problems();
    assert_eq!(problems.len(), 3);
    for problem in problems {
        let snippet = problem.snippet.clone().unwrap();
        assert!(snippet.text.chars().count() <= 60 && snippet.highlight.end <= 60);
        assert_no_secret(&format!("{problem:?}"));
    }
}

#[test]
fn documents_that_do_not_even_parse() {
    let world = World::new();
    for text in [
        r#"{"provider_key": "hunter2" "x": 1}"#,
        r#"{"provider_key" "hunter2"}"#,
        r#"{"provider_key": hunter2}"#,
        r#"{provider_key: "hunter2"}"#,
        "{'node_access_token': 'hunter2'}",
        r#"{"provider_key": "hunter2}"#,
        r#"{"a": "b, "provider_key": "hunter2"}"#,
        r#"{"privat_key": "hunter2", }}"#,
        r#"{"private_key": {"base64": "hunter2", ]}"#,
        r#"{"source_node": "http://me:hunter2@h/?t=hunter2",, }"#,
        r#"{"source_node": "http:\/\/me:hunter2@h\/?t=hunter2",, }"#,
        r#"{"provider\u005fkey": "hunter2",, }"#,
        "{\"provider_key\": \"hunter2\\q\"}",
        r#"{"provider_kye" "hunter2"}"#,
        r#"{"node_access_tokn", "hunter2"}"#,
        r#"{"root": "http//me:hunter2@h" "x"}"#,
        r#"{"root": "me:hunter"hunter2@h"}"#,
    ] {
        let error = world.load(text).unwrap_err();
        assert_no_secret(&format!("{error} {error:?} {:?}", error.problems()));
    }
}

#[test]
fn failures_name_urls_without_their_secrets() {
    let world = World::new();
    let app = world.app(r#"{"source_node": "http://me:hunter2@h/x?t=hunter2"}"#);
    let lists = load_nodes(&app, Ask::both(), &NotFound);
    assert_eq!(world.text(&lists.problems()), "http://h/x?t=****: the server answered with status 404\n");
    let error = lists.errors().next().unwrap();
    assert_eq!(error.to_string(), "cannot get http://h/x?t=****");
    assert_no_secret(&format!("{error:?}"));
    let _ = load_nodes(&world.app("{}"), Ask::both(), &NoFetch);
}

#[test]
fn urls_in_the_place_of_paths() {
    let world = World::new();
    let root = world.path().display().to_string();
    let app = world.app_text(r#"{"source_node": "source.json"}"#);
    for url in [
        "http://me:hunter2@h/x",
        "http//me:hunter2@h/x",
        "http:/me:hunter2@h/x",
        "//me:hunter2@h/x",
        "me:hunter2@h/x",
        "http:me:hunter2@h",
        "http://h/x;token=hunter2",
        "h/x?code=hunter2",
        "//hunter2@h",
    ] {
        for (from, to) in [
            (format!("\"root\": \"{root}\""), format!("\"root\": \"{url}\"")),
            ("\"log\": \"log\"".to_owned(), format!("\"log\": \"{url}\"")),
            ("\"source.json\"".to_owned(), format!("\"{url}\"")),
            (format!("\"{root}/start-engine\""), format!("\"{url}\"")),
            ("\"provider_key\": ".to_owned(), format!("\"ca_file\": \"{url}\", \"provider_key\": ")),
            ("\"provider_key\": \"s3cret-provider\"".to_owned(), format!("\"provider_key_file\": \"{url}\"")),
        ] {
            let text = app.replacen(&from, &to, 1);
            assert_ne!(text, app, "{from}");
            match world.load(text) {
                Ok((app, problems)) => {
                    // Only a list may be on a server.
                    assert!(to == format!("\"{url}\"") && url.starts_with("http://"), "{to}");
                    assert_no_secret(&format!("{app:?} {problems:?}"));
                }
                Err(error) => assert_no_secret(&format!("{error} {error:?} {:?}", error.problems())),
            }
        }
    }
}

#[test]
fn urls_in_the_place_of_anything_else() {
    let world = World::new();
    for url in [
        "http//me:hunter2@h/x",
        "http:/me:hunter2@h/x",
        "//me:hunter2@h/x",
        "me:hunter2@h/x",
        "x;token=hunter2",
    ] {
        for key in ["url", "type", "stream_uid", "port", "bitrate", "quality", "engine_version", "ulr"] {
            let list = format!("[{}]", ts(&[(key, &format!("\"{url}\""))])).replace('\n', " ");
            assert_no_secret(&format!("{:?}", world.lists(list, "[]").problems()));
        }
        let list = format!("[{}]", ts(&[("upload_to", &format!("[\"{url}\"]"))]));
        assert_no_secret(&format!("{:?}", world.lists(list, "[]").problems()));
        let app = world.app_text("{}").replace("udp://tracker.example.com:2710/announce", url);
        let error = world.load(app).unwrap_err();
        assert_no_secret(&format!("{error} {error:?} {:?}", error.problems()));
    }
}
