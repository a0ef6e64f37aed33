//! Schemas and parser say the same of every key with every value, and of whole documents that are wrong.

use acecast_config::reference::{Key, Kind, REFERENCE};
use acecast_config::{Category, Problem};
use serde_json::{Value, json};

use crate::documents::{Document, Folder, source, support};
use crate::sample_values::values;
use crate::schema_text::{app, list};
use crate::validator::validate;

/// The parser takes it, and ignores nothing in it.
fn is_taken(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| !problem.is_error() && !problem.message.starts_with("unknown"))
}

/// What a schema cannot know, or says a little more strictly than the parser.
fn is_beyond(key: &Key, value: &Value, folder: &Folder) -> bool {
    let text = value.as_str().unwrap_or_default();
    match key.kind {
        // An editor does not look for files.
        Kind::Path if key.name.ends_with("_key_file") || key.name.ends_with("_token_file") => {
            value.is_string() && *value != folder.secret()
        }
        // Relative ones are only found out when a node uses the engine.
        Kind::EnginePath => value.is_string() && !text.starts_with(['/', '$']),
        Kind::Ignored => true,
        _ => false,
    }
}

/// The values of one key in a document: schema and parser must agree about each.
fn compare(
    kind: Document,
    schema: &Value,
    keys: &[Key],
    put: impl Fn(&Folder, &str, Value) -> Value,
) -> usize {
    let folder = Folder::new();
    let mut good = 0;
    for key in keys {
        let mut taken = 0;
        for value in values(&folder) {
            if is_beyond(key, &value, &folder) {
                continue;
            }
            let document = put(&folder, key.name, value.clone());
            let wrong = validate(schema, &document);
            let problems = folder.problems(kind, &document);
            assert_eq!(
                wrong.is_empty(),
                is_taken(&problems),
                "{} is {value}: {wrong:?} {problems:?}",
                key.name
            );
            taken += usize::from(wrong.is_empty());
        }
        assert!(
            taken > 0 || matches!(key.kind, Kind::Ignored | Kind::Object(_)),
            "{} takes nothing",
            key.name
        );
        good += taken;
    }
    good
}

fn keys(object: &str) -> &'static [Key] {
    REFERENCE.iter().find(|(name, _)| *name == object).unwrap().1
}

#[test]
fn about_every_key_of_the_app_config() {
    let put = |folder: &Folder, key: &str, value: Value| {
        let mut app = folder.app();
        app[key] = value;
        app
    };
    compare(Document::App, &app(), keys("app"), put);
    for object in ["engine_path", "controller", "dirs"] {
        let put = |folder: &Folder, key: &str, value: Value| {
            let mut app = folder.app();
            app[object][key] = value;
            app
        };
        compare(Document::App, &app(), keys(object), put);
    }
}

#[test]
fn about_every_key_of_the_lists() {
    let put = |_: &Folder, key: &str, value: Value| {
        let mut node = source();
        // What counts for HLS alone is not looked at for ts.
        if key == "force_monotonic_sequence" {
            node["type"] = json!("hls");
        }
        node[key] = value;
        json!([node])
    };
    compare(Document::Sources, &list("source"), keys("source node"), put);
    let put = |_: &Folder, key: &str, value: Value| {
        let mut node = support();
        node[key] = value;
        json!([node])
    };
    compare(Document::Supports, &list("support"), keys("support node"), put);
}

#[test]
fn about_keys_that_are_not_there() {
    let folder = Folder::new();
    let schemas = [
        (Document::App, app(), folder.app()),
        (Document::Sources, list("source"), source()),
        (Document::Supports, list("support"), support()),
    ];
    for (kind, schema, whole) in schemas {
        for key in whole.as_object().unwrap().keys() {
            let mut document = whole.clone();
            document.as_object_mut().unwrap().remove(key);
            let document = if kind == Document::App { document } else { json!([document]) };
            let problems = folder.problems(kind, &document);
            assert_eq!(validate(&schema, &document).is_empty(), is_taken(&problems), "{key}: {problems:?}");
        }
    }
}

#[test]
fn about_every_category() {
    let folder = Folder::new();
    for name in Category::all().map(Category::as_str).chain(["sports", "", "sport "]) {
        let mut node = source();
        node["categories"] = json!([name]);
        let document = json!([node]);
        let problems = folder.problems(Document::Sources, &document);
        assert_eq!(validate(&list("source"), &document).is_empty(), is_taken(&problems), "{name}");
    }
}

#[test]
fn about_keys_that_depend_on_each_other() {
    let folder = Folder::new();
    let with = |base: Value, changes: Value| {
        let mut document = base;
        document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        document
    };
    let hls = json!({
        "stream_uid": "x", "port": 1, "title": "x", "url": "http://192.0.2.1/x", "type": "hls",
        "force_monotonic_sequence": 1
    });
    let hash = "0".repeat(40);
    let cases = [
        (true, with(hls.clone(), json!({}))),
        (true, with(hls.clone(), json!({"metadata": {"hls_sequence": {format!("{hash}_stream_0"): "5"}}}))),
        (false, with(hls.clone(), json!({"metadata": {"hls_sequence": {"x_stream_0": 5}}}))),
        (false, with(hls, json!({"metadata": {"hls_sequence": 5}}))),
        (false, with(source(), json!({"private_node": 1}))),
        (false, with(source(), json!({"private_node": "1", "upload_to": []}))),
        (true, with(source(), json!({"private_node": 0}))),
        (true, with(source(), json!({"private_node": true, "upload_to": ["192.0.2.1:1"]}))),
        (false, with(source(), json!({"privat_node": 1}))),
        (false, with(source(), json!({"unknown": 1}))),
    ];
    for (expected, node) in cases {
        let document = json!([node]);
        let problems = folder.problems(Document::Sources, &document);
        let wrong = validate(&list("source"), &document);
        assert_eq!(
            (wrong.is_empty(), is_taken(&problems)),
            (expected, expected),
            "{document} {wrong:?} {problems:?}"
        );
    }
    let secret = folder.secret();
    for (expected, changes) in [
        (true, json!({"provider_key": "x", "node_access_token_file": secret})),
        (true, json!({"provider_key": null, "provider_key_file": secret})),
        (false, json!({"provider_key": "x", "provider_key_file": secret})),
        (false, json!({"node_access_token": 5, "node_access_token_file": secret})),
    ] {
        let document = with(folder.app(), changes);
        let problems = folder.problems(Document::App, &document);
        let wrong = validate(&app(), &document);
        assert_eq!(
            (wrong.is_empty(), is_taken(&problems)),
            (expected, expected),
            "{document} {wrong:?} {problems:?}"
        );
    }
}

#[test]
fn about_documents_that_are_wrong_as_a_whole() {
    let folder = Folder::new();
    for document in
        [json!(null), json!(5), json!("x"), json!({}), json!([5]), json!({"result": 5}), json!({"list": []})]
    {
        for (kind, schema) in [
            (Document::App, app()),
            (Document::Sources, list("source")),
            (Document::Supports, list("support")),
        ] {
            assert!(!validate(&schema, &document).is_empty(), "{kind:?} {document}");
            assert!(!is_taken(&folder.problems(kind, &document)), "{kind:?} {document}");
        }
    }
    let error = json!({"result": [], "error": "no database"});
    assert!(!validate(&list("source"), &error).is_empty());
    assert!(!is_taken(&folder.problems(Document::Sources, &error)));
}
