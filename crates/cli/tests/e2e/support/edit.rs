//! Small changes to JSON values.

use serde_json::Value;

/// The value with these keys set to other values, objects within it alike.
pub(crate) fn with(mut value: Value, changes: Value) -> Value {
    merge(&mut value, changes);
    value
}

/// The value without this key.
pub(crate) fn without(mut value: Value, key: &str) -> Value {
    value.as_object_mut().unwrap().remove(key).expect("the key to be taken away is there");
    value
}

fn merge(value: &mut Value, changes: Value) {
    match (value, changes) {
        (Value::Object(object), Value::Object(changes)) => {
            for (key, change) in changes {
                merge(object.entry(key).or_insert(Value::Null), change);
            }
        }
        (value, change) => *value = change,
    }
}
