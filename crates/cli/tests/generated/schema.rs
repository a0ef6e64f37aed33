//! The JSON Schemas of the config: they are current, and examples follow them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use acecast_config::reference::{Key, REFERENCE};
use serde_json::{Value, json};

use crate::committed::{check, repository};
use crate::documents;
use crate::schema_text::{app, list};
use crate::validator::validate;

fn schemas() -> BTreeMap<String, Value> {
    let named = |name: &str, schema| (format!("{name}.schema.json"), schema);
    [named("app", app()), named("source_node", list("source")), named("support_node", list("support"))].into()
}

#[test]
fn the_schemas_are_current() {
    let text = |schema| format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    check(
        "examples/schema",
        ".json",
        &schemas().into_iter().map(|(name, schema)| (name, text(schema))).collect(),
    );
}

/// The keys of all objects that take no others.
fn closed_objects(schema: &Value, found: &mut BTreeSet<BTreeSet<String>>) {
    if schema["additionalProperties"] == json!(false) {
        found.insert(schema["properties"].as_object().unwrap().keys().cloned().collect());
    }
    match schema {
        Value::Object(object) => object.values().for_each(|value| closed_objects(value, found)),
        Value::Array(array) => array.iter().for_each(|value| closed_objects(value, found)),
        _ => {}
    }
}

#[test]
fn they_have_the_keys_of_the_parser_and_no_others() {
    let mut found = BTreeSet::new();
    for schema in schemas().values() {
        closed_objects(schema, &mut found);
    }
    let is_metadata = |name: &str| name.starts_with("metadata");
    let keys = |keys: &[Key]| keys.iter().map(|key| key.name.to_owned()).collect::<BTreeSet<_>>();
    let mut expected: BTreeSet<BTreeSet<String>> =
        REFERENCE.iter().filter(|(name, _)| !is_metadata(name)).map(|(_, all)| keys(all)).collect();
    // One object takes the keys of both kinds of streams.
    let of_both = REFERENCE.iter().filter(|(name, _)| is_metadata(name));
    expected.insert(of_both.flat_map(|(_, all)| keys(all)).collect());
    assert_eq!(found, expected);
}

#[test]
fn the_examples_follow_them() {
    for (name, schema) in schemas() {
        let example = if name.starts_with("app") { "config" } else { name.trim_end_matches(".schema.json") };
        let path = repository("examples/config").join(example).with_extension("json");
        let text = fs::read_to_string(path).unwrap();
        let document = documents::read(&text);
        assert_eq!(validate(&schema, &document), Vec::<String>::new(), "{example}");
        if name.starts_with("app") {
            assert_eq!(document["$schema"], format!("../schema/{name}"));
        } else {
            assert_eq!(validate(&schema, &json!({"result": document})), Vec::<String>::new());
        }
    }
}

#[test]
fn every_key_is_described() {
    fn all(schema: &Value) {
        if schema["additionalProperties"] == json!(false) {
            for (key, property) in schema["properties"].as_object().unwrap() {
                assert!(property["description"].as_str().is_some_and(|text| text.ends_with('.')), "{key}");
                all(property);
            }
        }
        for part in ["anyOf", "$defs", "items"] {
            match &schema[part] {
                Value::Array(array) => array.iter().for_each(all),
                Value::Object(object) => object.values().for_each(all),
                _ => {}
            }
        }
    }
    schemas().values().for_each(all);
}
