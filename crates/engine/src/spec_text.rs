//! What a node carries in its environment to say what it was asked to be.
//!
//! One idea: the text lives exactly as long as the process, and only its own user and root can read it; so a crash
//! of acecast between any two steps loses nothing, and no stale record can exist.
//!
//! ```text
//! {"v":1,"realm":"/srv/ace/pid","port":8640,"role":"source","name":"news","settings":{"bitrate":400000}}
//! ```
//!
//! The format may grow: unknown fields are ignored, and a setting that is not there counts as equal to whatever the
//! config says. Only a change that an older acecast would get wrong needs another version, and an older acecast then
//! leaves the node alone.

mod value;

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use acecast_reconcile::{Field, Port, Role, Settings, Spec, Stream};
use serde_json::{Map, Value as Json, json};

/// The environment variable's name.
pub(crate) const VARIABLE: &str = "ACECAST_SPEC";

/// The newest version of the format that this acecast understands, and the one that it writes.
pub(crate) const VERSION: u64 = 1;

/// What Linux lets one string of an environment have (`MAX_ARG_STRLEN`, 32 pages), less the name, `=` and the NUL.
pub(crate) const MAX_LEN: usize = 32 * 4096 - VARIABLE.len() - 2;

/// The spec does not fit into an environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node's settings take {len} bytes as text, and {MAX_LEN} fit into an environment variable")]
pub(crate) struct SpecTooLong {
    /// How many bytes it would take.
    pub(crate) len: usize,
}

/// The text is not what acecast writes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum NotASpec {
    /// It is no JSON.
    #[error("no JSON")]
    Json(#[source] serde_json::Error),
    /// A field is missing or has a value of the wrong kind; the text names it.
    #[error("no usable `{0}`")]
    Field(&'static str),
}

/// What the text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// What a node was asked to be.
    Spec {
        /// The pid dir of the acecast that started it.
        realm: PathBuf,
        /// What it was asked to be.
        spec: Spec,
    },
    /// A newer acecast wrote it. What can still be read of it is there.
    Newer {
        /// The version.
        version: u64,
        /// The pid dir of the acecast that started it.
        realm: Option<PathBuf>,
        /// The node's port.
        port: Option<Port>,
    },
}

/// The text for a node of this realm, which is the pid dir's absolute path. Secrets are left out even if the settings
/// held some: the arguments show them already, to whoever may see them.
pub(crate) fn encode(spec: &Spec, realm: &Path) -> Result<String, SpecTooLong> {
    let shown = spec.settings.iter().filter(|(field, _)| !is_secret(*field));
    let settings: Map<String, Json> =
        shown.map(|(field, setting)| (field.key().to_owned(), value::to_json(&setting))).collect();
    let text = json!({
        "v": VERSION,
        "realm": realm_to_json(realm),
        "port": spec.port.get(),
        "role": spec.role().as_str(),
        "name": spec.name(),
        "settings": settings,
    })
    .to_string();
    if text.len() > MAX_LEN { Err(SpecTooLong { len: text.len() }) } else { Ok(text) }
}

/// What the text says, whoever wrote it.
pub(crate) fn decode(text: &str) -> Result<Decoded, NotASpec> {
    let json: Json = serde_json::from_str(text).map_err(NotASpec::Json)?;
    let field = |name: &'static str| json.get(name).ok_or(NotASpec::Field(name));
    let version = field("v")?.as_u64().filter(|v| *v > 0).ok_or(NotASpec::Field("v"))?;
    let realm = field("realm").and_then(|realm| realm_from_json(realm).ok_or(NotASpec::Field("realm")));
    let port = field("port").and_then(|port| port_from_json(port).ok_or(NotASpec::Field("port")));
    if version > VERSION {
        return Ok(Decoded::Newer { version, realm: realm.ok(), port: port.ok() });
    }
    let name = field("name")?.as_str().ok_or(NotASpec::Field("name"))?;
    let stream = match field("role")?.as_str() {
        Some(role) if role == Role::Source.as_str() => name.parse().ok().map(Stream::Source),
        Some(role) if role == Role::Support.as_str() => name.parse().ok().map(Stream::Support),
        _ => return Err(NotASpec::Field("role")),
    };
    let stream = stream.ok_or(NotASpec::Field("name"))?;
    let settings = settings_from_json(field("settings")?)?;
    Ok(Decoded::Spec { realm: realm?, spec: Spec { port: port?, stream, settings } })
}

fn settings_from_json(json: &Json) -> Result<Settings, NotASpec> {
    let mut settings = Settings::new();
    for (key, json) in json.as_object().ok_or(NotASpec::Field("settings"))? {
        if let Some(field) = Field::from_key(key).filter(|field| !is_secret(*field)) {
            settings.insert(field, value::from_json(json).ok_or(NotASpec::Field(field.key()))?);
        }
    }
    Ok(settings)
}

fn is_secret(field: Field) -> bool {
    matches!(field, Field::ProviderKey | Field::NodeAccessToken)
}

fn port_from_json(json: &Json) -> Option<Port> {
    json.as_u64().and_then(|number| Port::try_from(number).ok())
}

/// A path as a text, or as its bytes where it is no UTF-8.
fn realm_to_json(realm: &Path) -> Json {
    match realm.to_str() {
        Some(text) => text.into(),
        None => realm.as_os_str().as_bytes().into(),
    }
}

fn realm_from_json(json: &Json) -> Option<PathBuf> {
    let path = match json {
        Json::String(text) => PathBuf::from(text),
        Json::Array(bytes) => {
            let byte = |json: &Json| json.as_u64().and_then(|number| u8::try_from(number).ok());
            PathBuf::from(OsString::from_vec(bytes.iter().map(byte).collect::<Option<_>>()?))
        }
        _ => return None,
    };
    Some(path).filter(|path| path.is_absolute() && !path.as_os_str().as_bytes().contains(&0))
}

#[cfg(test)]
mod tests;
