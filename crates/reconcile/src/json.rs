//! The JSON of a plan, as `acecast plan -o json` prints it. Unknown values are null, never absent.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::plan::{Decision, Plan};
use crate::reason::Refusal;
use crate::{Change, Drift, Field, Noted, Pid, Port, Value};

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Plan { decisions, refused } = self;
        let mut document = serializer.serialize_struct("Plan", 3)?;
        document.serialize_field("changes", &self.changes())?;
        document.serialize_field("nodes", decisions)?;
        document.serialize_field("refused", refused)?;
        document.end()
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Decision { role, port, name, action } = self;
        let mut node = serializer.serialize_struct("Decision", 10)?;
        node.serialize_field("action", action.name())?;
        node.serialize_field("role", &role.map(crate::Role::as_str))?;
        node.serialize_field("port", port)?;
        node.serialize_field("name", name)?;
        node.serialize_field("pid", &self.pid())?;
        node.serialize_field("reason", action.reason_code())?;
        node.serialize_field("detail", action.detail())?;
        node.serialize_field("drift", action.drift())?;
        node.serialize_field("noted", action.noted())?;
        node.serialize_field("new_key", &action.new_key())?;
        node.end()
    }
}

impl Serialize for Drift {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let changed = Value::from("changed");
        let (from, to) = match &self.change {
            Change::Shown { from, to } => (from, to),
            Change::Hidden => (&Value::Null, &changed),
        };
        let mut drift = serializer.serialize_struct("Drift", 3)?;
        drift.serialize_field("field", &self.field)?;
        drift.serialize_field("from", from)?;
        drift.serialize_field("to", to)?;
        drift.end()
    }
}

impl Serialize for Noted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Noted { field, from, to } = self;
        let mut noted = serializer.serialize_struct("Noted", 3)?;
        noted.serialize_field("field", field)?;
        noted.serialize_field("from", from)?;
        noted.serialize_field("to", to)?;
        noted.end()
    }
}

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut refusal = serializer.serialize_struct("Refusal", 2)?;
        refusal.serialize_field("code", self.code())?;
        refusal.serialize_field("message", &self.to_string())?;
        refusal.end()
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Number(number) => serializer.serialize_u64(*number),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Set(items) => serializer.collect_seq(items),
        }
    }
}

impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.get())
    }
}

impl Serialize for Pid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.as_raw())
    }
}
