//! The JSON Schemas, from the description of the keys.

use acecast_config::Category;
use acecast_config::reference::{Key, Kind, Need, REFERENCE};
use serde_json::{Map, Value, json};

/// Neither C0 nor C1, nor the one between them.
const PRINTABLE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// The same, and not empty.
const SOME_TEXT: &str = r"^[^\u0000-\u001f\u007f-\u009f]+$";

/// How URLs begin, and keys wherever they are.
const NO_PATH: &str = "^[A-Za-z][A-Za-z0-9+.-]*:/|^[Hh][Tt][Tt][Pp][Ss]?\\s*(:|//)|-----BEGIN|LS0tLS1CRUdJTi|MII[A-Za-z0-9+/=\\\\]{32}";

const HTTP: &str = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]";

const PORT: &str = "0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

const BYTE: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

const IPV6: &str = "[0-9A-Fa-f]*:[0-9A-Fa-f:.]+";

/// The schema of the app config.
pub(crate) fn app() -> Value {
    let mut schema = head("The app config of acecast", "The environment that a host's nodes run in.");
    extend(&mut schema, object("app"));
    let set = |key: &str| json!({"required": [key], "properties": {key: {"not": {"type": "null"}}}});
    let twice = |key: &str, file: &str| json!({"not": {"allOf": [set(key), set(file)]}});
    let twice =
        [twice("provider_key", "provider_key_file"), twice("node_access_token", "node_access_token_file")];
    schema.insert("allOf".to_owned(), json!(twice));
    schema.into()
}

/// The schema of a list of these nodes.
pub(crate) fn list(role: &str) -> Value {
    let mut node = object(&format!("{role} node"));
    let is_private =
        json!({"required": ["private_node"], "properties": {"private_node": {"enum": [1, "1", true]}}});
    let has_nodes = json!({"required": ["upload_to"], "properties": {"upload_to": {"minItems": 1}}});
    let mut rules = vec![json!({"if": is_private, "then": has_nodes})];
    if role == "source" {
        let is_ts = json!({"required": ["type"], "properties": {"type": {"const": "ts"}}});
        rules.push(json!({"if": is_ts, "then": {"required": of_ts()}}));
    }
    node.insert("allOf".to_owned(), json!(rules));
    let title = format!("A list of {role} nodes for acecast");
    let mut schema = head(&title, "The list itself, or an object with it as its result.");
    let list = json!({"type": "array", "items": {"$ref": "#/$defs/node"}});
    schema.insert("anyOf".to_owned(), json!([list, Value::from(object("answer"))]));
    schema.insert("$defs".to_owned(), json!({"node": node}));
    schema.into()
}

/// The keys that only source nodes of type ts have to have.
fn of_ts() -> Vec<&'static str> {
    keys("source node").iter().filter(|key| key.need == Need::RequiredForTs).map(|key| key.name).collect()
}

fn head(title: &str, text: &str) -> Map<String, Value> {
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, "description": text,
    });
    head.as_object().unwrap().clone()
}

fn extend(schema: &mut Map<String, Value>, more: Map<String, Value>) {
    schema.extend(more);
}

fn keys(name: &str) -> &'static [Key] {
    REFERENCE.iter().find(|(object, _)| *object == name).unwrap().1
}

/// An object with these keys and no others.
fn object(name: &str) -> Map<String, Value> {
    closed(keys(name))
}

fn closed(keys: &[Key]) -> Map<String, Value> {
    let required: Vec<&str> =
        keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    object.insert("additionalProperties".to_owned(), json!(false));
    object
}

fn property(key: &Key) -> Value {
    let mut property = Map::new();
    property.insert("description".to_owned(), json!(key.text));
    if let Need::Default(value) = key.need {
        property.insert("default".to_owned(), serde_json::from_str(value).unwrap());
    }
    let value = match (key.name, value(key.kind)) {
        ("$schema", _) => json!({"type": "string"}),
        ("error", _) => json!({"type": "null"}),
        (_, value) if key.nullable => json!({"anyOf": [value, {"type": "null"}]}),
        (_, value) => value,
    };
    extend(&mut property, value.as_object().unwrap().clone());
    property.into()
}

/// A path: neither a URL, however it is mistyped, nor a key.
fn path(pattern: &str) -> Value {
    let mut path = text(pattern);
    path["not"] = json!({"pattern": format!("{NO_PATH}|^/*[^/]*:[^/]*@|^//+[^/]*@|^([^/?][^?]*)?[?].*=")});
    path
}

fn value(kind: Kind) -> Value {
    match kind {
        Kind::Object("node") => json!({"$ref": "#/$defs/node"}),
        Kind::Object(name) => object(name).into(),
        Kind::List(kind, 0) => json!({"type": "array", "items": value(*kind)}),
        Kind::List(kind, least) => json!({"type": "array", "items": value(*kind), "minItems": least}),
        Kind::Text(most) => json!({"type": "string", "maxLength": most, "pattern": PRINTABLE}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Category => json!({"enum": Category::all().map(Category::as_str).collect::<Vec<_>>()}),
        Kind::Uid => json!({"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"}),
        Kind::Secret => json!({"anyOf": [{"type": "number"}, value(Kind::Text(4096))]}),
        Kind::Path => path(SOME_TEXT),
        Kind::AbsolutePath => path("^/[^\\u0000-\\u001f\\u007f-\\u009f]*$"),
        Kind::EnginePath => path("^[/$][^\\u0000-\\u001f\\u007f-\\u009f]*$"),
        Kind::Location => json!({"type": "string", "maxLength": 8192, "anyOf": [
            {"pattern": HTTP},
            {"pattern": SOME_TEXT, "not": {"pattern": format!("{NO_PATH}|://|^//|[?].*=|^/*[^/]*@")}},
        ]}),
        Kind::Url => json!({"type": "string", "maxLength": 8192, "pattern": HTTP}),
        Kind::Tracker => json!({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*://\\S+$"}),
        Kind::Port => json!({"anyOf": [
            {"type": "integer", "minimum": 1, "maximum": u16::MAX}, {"type": "string", "pattern": format!("^{PORT}$")},
        ]}),
        Kind::Number => {
            json!({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}]})
        }
        Kind::Flag => json!({"enum": [0, 1, "0", "1", false, true]}),
        Kind::Switch => json!({"enum": [false, true, 0, 1, "0", "1"]}),
        Kind::Ip => json!({"type": "string", "pattern": format!("^({BYTE}([.]{BYTE}){{3}}|{IPV6})$")}),
        Kind::Endpoint => {
            let pattern = format!("^({BYTE}([.]{BYTE}){{3}}|\\[{IPV6}\\]):{PORT}$");
            json!({"type": "string", "pattern": pattern})
        }
        Kind::Metadata => {
            let (ts, hls) = (keys("metadata of a ts stream"), keys("metadata of a hls stream"));
            let mut both = closed(&[ts, hls].concat());
            let need =
                |keys: &[Key]| json!({"required": keys.iter().map(|key| key.name).collect::<Vec<_>>()});
            both.remove("required");
            both.insert("anyOf".to_owned(), json!([need(ts), need(hls)]));
            both.into()
        }
        Kind::PrivateKey => {
            json!({"anyOf": [{"type": "string", "minLength": 1}, Value::from(object("encoded key"))]})
        }
        Kind::HlsSequences => json!({
            "type": "object", "propertyNames": {"pattern": "^[0-9A-Fa-f]{40}_stream_[0-9]{1,10}$"},
            "additionalProperties": value(Kind::Number),
        }),
        _ => json!({}),
    }
}

fn text(pattern: &str) -> Value {
    json!({"type": "string", "maxLength": 4096, "pattern": pattern})
}
