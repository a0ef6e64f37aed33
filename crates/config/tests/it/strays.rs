//! Secrets in places where nobody expects one are neither in messages nor in snippets.

use std::fmt::Write as _;

use acecast_config::Problem;

use crate::world::{World, ts};

/// What an attacker looks for.
const SECRET: &str = "hunter2";

#[track_caller]
fn assert_hidden(what: &str, problems: &[Problem]) {
    assert!(!problems.is_empty(), "nothing is wrong with {what}");
    let mut said = String::new();
    for problem in problems {
        write!(said, "{problem} {problem:?}").unwrap();
    }
    assert!(!said.contains(SECRET), "{what}: {said}");
}

#[test]
fn in_the_place_of_paths_they_are_refused_before_they_are_joined() {
    let world = World::new();
    let root = world.path().display().to_string();
    let app = world.app_text(r#"{"source_node": "source.json"}"#);
    for text in [
        "https;//me:hunter2@h/ca.pem",
        "https;//hunter2@h/ca.pem",
        "<https://me:hunter2@h>",
        "\u{feff}https://me:hunter2@h",
        "\\\"https://me:hunter2@h\\\"",
        "https.//me:hunter2@h",
        "https%3A%2F%2Fme%3Ahunter2%40h",
        "token=hunter2",
        "provider_key=hunter2",
        "token:hunter2",
        "Authorization: Bearer hunter2",
        "Authorization: hunter2",
        "Bearer hunter2",
        "--provider-key=hunter2",
        "x%3Fsid%3Dhunter2",
    ] {
        for (from, to) in [
            (format!("\"root\": \"{root}\""), format!("\"root\": \"{text}\"")),
            ("\"log\": \"log\"".to_owned(), format!("\"log\": \"{text}\"")),
            ("\"source.json\"".to_owned(), format!("\"{text}\"")),
            (format!("\"{root}/start-engine\""), format!("\"{text}\"")),
            ("\"provider_key\": ".to_owned(), format!("\"ca_file\": \"{text}\", \"provider_key\": ")),
            (
                "\"provider_key\": \"s3cret-provider\"".to_owned(),
                format!("\"provider_key_file\": \"{text}\""),
            ),
        ] {
            let config = app.replacen(&from, &to, 1);
            assert_ne!(config, app, "{from}");
            let error = world.load(config).expect_err(&to);
            assert_hidden(&to, &error.problems());
        }
    }
    // These are files all the same.
    for path in ["secrets/provider_key.txt", "/srv/token=x/y", "a:b", "key"] {
        world.load(app.replace("\"log\": \"log\"", &format!("\"log\": \"{path}\""))).expect(path);
    }
}

#[test]
fn in_values_of_entries() {
    let world = World::new();
    for text in [
        "https://h:0/x&token=hunter2",
        "https://me%3Ahunter2%40h:0/x",
        "Bearer hunter2",
        "Basic hunter2=",
        "x_sid=hunter2",
        "token%3Dhunter2",
    ] {
        for key in ["url", "port", "type", "quality", "bitrate"] {
            let list = format!("[{}]", ts(&[(key, &format!("\"{text}\""))])).replace('\n', " ");
            assert_hidden(text, &world.lists(list, "[]").problems());
        }
    }
    let long = "hunter2hunter2hunter2abc";
    for metadata in [
        format!("\"{SECRET}\""),
        format!("[\"{long}\"]"),
        format!("{{\"{long}\": 1}}"),
        format!("{{\"private_key\": {{\"{long}\": 1}}}}"),
        format!("{{\"last_seq\": \"{SECRET}\"}}"),
    ] {
        let list = format!("[{}]", ts(&[("metadata", &metadata)])).replace('\n', " ");
        assert_hidden(&metadata, &world.lists(list, "[]").problems());
    }
    let list = format!("[{}]", ts(&[("\"https://u:pw@h/x\"".trim_matches('"'), "\"hunter2\"")]));
    assert_hidden("a key", &world.lists(list, "[]").problems());
}

#[test]
fn in_documents_that_are_none() {
    let world = World::new();
    for text in [
        "hunter2",
        "root:$6$hunter2:19000::",
        "\"hunter2\"",
        "-hunter2 {",
        "// hunter2",
        r#"{"a":1 hunter2}"#,
        r#"["hunter2""#,
        r#"["hunter2"]"#,
        r#"{"k": 12ehunter2}"#,
        r#"{"result":hunter2}"#,
        r#"{"result":"hunter2"}"#,
    ] {
        let lists = world.lists(text, "[]");
        let Some(Err(error)) = &lists.sources else { panic!("{text}") };
        assert_hidden(text, &error.problems());
        if let Err(error) = world.load(text) {
            assert_hidden(text, &error.problems());
        }
    }
}
