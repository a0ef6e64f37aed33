//! A setting's value as JSON.

use acecast_reconcile::Value;
use serde_json::Value as Json;

pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Set(items) => items.iter().map(String::as_str).collect(),
    }
}

/// `None` for what [`to_json`] never writes.
pub(super) fn from_json(json: &Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_u64().map(Value::Number),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().map(Value::Set)
        }
        Json::Bool(_) | Json::Object(_) => None,
    }
}
