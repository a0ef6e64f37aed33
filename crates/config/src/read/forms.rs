//! The forms in which a list comes: bare, as a controller's `result`, or its `error` instead.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;

use crate::read::found::{Found, range};
use crate::read::object::Fields;
use crate::read::report::{Report, shown_json, shown_message};
use crate::{LoadError, Problem, keys};

/// How much of a controller's own error message is shown.
const SHOWN_ERROR: usize = 200;

/// The list's items and the path of the list. `what` a list it has to be.
pub(crate) fn items<'a>(
    root: &'a Value<'a>,
    what: &str,
    report: &mut Report<'_>,
) -> Result<(&'a [Value<'a>], String), LoadError> {
    let (items, path) = any_items(root, report)?;
    let not_a_list = |message| {
        let place = items.first().map_or(0..1, range);
        LoadError::NotAList(Box::new(report.document.error(place, &path, message)))
    };
    if !items.is_empty() && !items.iter().any(|value| matches!(value, Value::Object(_))) {
        let first = Found::instead(&items[0], String::new());
        return Err(not_a_list(format!(
            "the list holds {} where a node should be, and no node at all; expected {what}",
            first.describe()
        )));
    }
    if items.len() > usize::from(u16::MAX) {
        return Err(not_a_list(format!("found {} entries, which is more than there are ports", items.len())));
    }
    Ok((items, path))
}

fn any_items<'a>(
    root: &'a Value<'a>,
    report: &mut Report<'_>,
) -> Result<(&'a [Value<'a>], String), LoadError> {
    let document = report.document;
    let expected = "expected a list of nodes or {\"result\": [list of nodes]}";
    let not_a_list = |found: &Found<'_>| {
        let message = format!("found {}, {expected}", found.describe());
        LoadError::NotAList(Box::new(document.error(found.range(), &found.path, message)))
    };
    let object = match root {
        Value::Array(array) => return Ok((&array.elements, String::new())),
        Value::Object(object) => object,
        value => return Err(not_a_list(&Found::instead(value, String::new()))),
    };
    let mark = report.errors();
    let fields = Fields::new(object, "", keys::ANSWER, report);
    for key in keys::ANSWER {
        if object.properties.iter().filter(|property| property.name.as_str() == *key).count() > 1 {
            let message = format!("the key \"{key}\" is used twice");
            return Err(LoadError::NotAList(Box::new(document.error(fields.range(), key, message))));
        }
    }
    if let Some(error) = fields.set("error") {
        let text = match error.value {
            Value::StringLit(text) => shown_message(&text.value, SHOWN_ERROR),
            value => shown_json(value.text(document.text()), SHOWN_ERROR),
        };
        let message = format!("the controller answered with an error: {text}");
        return Err(LoadError::Answered(Box::new(document.error(error.range(), "", message))));
    }
    let Some(result) = fields.get("result") else {
        let found = if object.properties.is_empty() { "an empty object" } else { "an object without result" };
        // A misspelt `result` is said as that.
        let problems = std::mem::replace(report, Report::new(document));
        if problems.errors() > mark
            && let Some(problem) = problems.finish().into_iter().find(Problem::is_error)
        {
            return Err(LoadError::NotAList(Box::new(problem)));
        }
        let start = fields.range().start;
        let message = format!("found {found}, {expected}");
        return Err(LoadError::NotAList(Box::new(document.error(start..start + 1, "", message))));
    };
    match result.value {
        Value::Array(array) => Ok((&array.elements, result.path)),
        value => Err(not_a_list(&Found::instead(value, result.path))),
    }
}
