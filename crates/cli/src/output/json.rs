//! Documents for programs. Every one has `"schema": 1`; unknown values are null, never absent.

use std::borrow::Cow;
use std::fmt::Write as _;

use acecast_config::Problem;
use acecast_reconcile::escape;
use serde_json::{Map, Value, json};

use super::error;
use crate::failure::Failure;

/// A document that begins with its schema, as all do.
pub(crate) fn schema() -> Map<String, Value> {
    Map::from_iter([("schema".to_owned(), json!(1))])
}

/// What programs get instead of a command's own document.
pub(crate) fn error_document(failure: &Failure) -> Value {
    let mut document = schema();
    document.insert(
        "error".to_owned(),
        json!({"code": failure.code, "message": error::one_line(&failure.error)}),
    );
    if failure.exit == crate::exit::Exit::Config {
        document.insert("errors".to_owned(), problem_list(failure.problems.iter().filter(|p| p.is_error())));
    }
    for (key, value) in &failure.more {
        document.insert((*key).to_owned(), value.clone());
    }
    Value::Object(document)
}

/// Problems as programs get them.
pub(crate) fn problem_list<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Value {
    let one = |problem: &Problem| {
        let Problem { source, at, path, message, .. } = problem;
        let (line, column) = (at.map(|at| at.line), at.map(|at| at.column));
        json!({"source": source, "line": line, "column": column, "path": path, "message": message})
    };
    problems.into_iter().map(one).collect()
}

/// The document with every text in it cleaned.
pub(super) fn cleaned(value: Value, clean: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text)),
        Value::Array(items) => items.into_iter().map(|item| cleaned(item, clean)).collect(),
        Value::Object(map) => {
            map.into_iter().map(|(key, value)| (key, cleaned(value, clean))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

/// The text of a document, one line. Characters that JSON allows but that control a terminal are escaped.
pub(crate) fn text(document: &Value) -> String {
    let mut text = String::new();
    for c in document.to_string().chars() {
        // None of the characters that are escaped here can stand outside of a JSON string.
        match escape(c.encode_utf8(&mut [0; 4])) {
            Cow::Borrowed(_) => text.push(c),
            Cow::Owned(_) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use acecast_config::{At, Severity};

    #[test]
    fn a_problem_without_a_place_has_nulls() {
        let problem = |at| {
            let mut problem = Problem::new(Severity::Error, "f", "m");
            (problem.at, problem.path) = (at, "[0]".to_owned());
            problem
        };
        assert_eq!(
            problem_list(&[problem(None), problem(Some(At { line: 1, column: 2 }))]),
            json!([
                {"source": "f", "line": null, "column": null, "path": "[0]", "message": "m"},
                {"source": "f", "line": 1, "column": 2, "path": "[0]", "message": "m"},
            ])
        );
    }

    #[test]
    fn no_character_of_a_document_controls_a_terminal() {
        let document = json!({"a": "\u{1b}\u{9b}\u{202e}\u{7f}\u{e0041}é\n"});
        let shown = text(&document);
        assert_eq!(shown, "{\"a\":\"\\u001b\\u009b\\u202e\\u007f\\udb40\\udc41é\\n\"}\n");
        assert_eq!(
            serde_json::from_str::<Value>(&shown).unwrap(),
            document,
            "and it is still the same document"
        );
    }

    #[test]
    fn the_texts_of_a_document_are_cleaned_and_nothing_else() {
        let clean = |text: &str| text.replace("hunter2", "****");
        assert_eq!(
            cleaned(json!({"hunter2": ["hunter2", 2, null, {"b": "x hunter2"}]}), &clean),
            json!({"hunter2": ["****", 2, null, {"b": "x ****"}]})
        );
    }
}
