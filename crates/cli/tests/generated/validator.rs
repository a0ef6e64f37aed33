//! Says whether a document follows a schema, for as much of draft 2020-12 as the schemas here use.

use std::cell::RefCell;
use std::collections::HashMap;

use regex_lite::Regex;
use serde_json::{Map, Value};

/// What is wrong with the document, each with its place; nothing if it follows the schema.
pub(crate) fn validate(schema: &Value, document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    Validator { root: schema }.value(schema, document, "", &mut wrong);
    wrong
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut wrong = Vec::new();
        self.value(schema, value, "", &mut wrong);
        wrong.is_empty()
    }

    fn value(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let Some(schema) = schema.as_object() else {
            if schema == &Value::Bool(false) {
                wrong.push(format!("{at}: may not be there"));
            }
            return;
        };
        for (keyword, rule) in schema {
            let mut say = |is_right: bool| {
                if !is_right {
                    wrong.push(format!("{at}: {keyword}: {value}"));
                }
            };
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "default" | "then" => {}
                "$ref" => {
                    let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.value(self.root.pointer(pointer).unwrap(), value, at, wrong);
                }
                "type" => say(is_a(rule, value)),
                "const" => say(rule == value),
                "enum" => say(rule.as_array().unwrap().contains(value)),
                "minimum" => say(value.as_f64().is_none_or(|value| value >= rule.as_f64().unwrap())),
                "maximum" => say(value.as_f64().is_none_or(|value| value <= rule.as_f64().unwrap())),
                "minLength" => say(length(value).is_none_or(|len| len >= rule.as_u64().unwrap())),
                "maxLength" => say(length(value).is_none_or(|len| len <= rule.as_u64().unwrap())),
                "pattern" => say(value.as_str().is_none_or(|value| matches(rule, value))),
                "minItems" => {
                    say(value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()));
                }
                "required" => {
                    let all = |object: &Map<String, Value>| {
                        rule.as_array().unwrap().iter().all(|key| object.contains_key(key.as_str().unwrap()))
                    };
                    say(value.as_object().is_none_or(all));
                }
                "not" => say(!self.fits(rule, value)),
                "anyOf" => say(rule.as_array().unwrap().iter().any(|rule| self.fits(rule, value))),
                "allOf" => {
                    for rule in rule.as_array().unwrap() {
                        self.value(rule, value, at, wrong);
                    }
                }
                "if" => {
                    if self.fits(rule, value) {
                        self.value(&schema["then"], value, at, wrong);
                    }
                }
                "items" => {
                    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.value(rule, item, &format!("{at}[{i}]"), wrong);
                    }
                }
                "properties" => {
                    for (key, rule) in rule.as_object().unwrap() {
                        if let Some(value) = value.get(key) {
                            self.value(rule, value, &format!("{at}.{key}"), wrong);
                        }
                    }
                }
                "propertyNames" => {
                    for key in value.as_object().into_iter().flat_map(Map::keys) {
                        self.value(rule, &Value::from(key.as_str()), &format!("{at}.{key}"), wrong);
                    }
                }
                "additionalProperties" => {
                    let known = schema.get("properties").and_then(Value::as_object);
                    for (key, value) in value.as_object().into_iter().flatten() {
                        if known.is_none_or(|known| !known.contains_key(key)) {
                            self.value(rule, value, &format!("{at}.{key}"), wrong);
                        }
                    }
                }
                other => panic!("{other} is not known to this validator"),
            }
        }
    }
}

fn is_a(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("{other} is no type"),
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn matches(pattern: &Value, text: &str) -> bool {
    thread_local! {
        /// There are a dozen, and thousands of texts.
        static KNOWN: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    // ECMA's \u0000 is \x00 here.
    let made = |pattern: &str| Regex::new(&pattern.replace(r"\u00", r"\x")).unwrap();
    let pattern = pattern.as_str().unwrap();
    KNOWN.with_borrow_mut(|known| {
        known.entry(pattern.to_owned()).or_insert_with(|| made(pattern)).is_match(text)
    })
}
