//! The facts, for programs.

use acecast_config::Problem;
use acecast_reconcile::{DesiredNode, Field, Port, Role};
use serde_json::{Map, Value, json};

use super::facts::Facts;
use super::files::{OneFile, There};
use super::options::{Differing, Options};
use super::running::Running;
use crate::output::{plan, problem_list, schema};

/// The document; `errors` are those of lists that could not be read.
pub(super) fn document(facts: &Facts, errors: Option<&Vec<Problem>>) -> Value {
    let mut document = schema();
    let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
    let of_plan = plan::document(&facts.plan, &facts.errors);
    put("port", json!(Port::get(facts.port)));
    put("role", json!(facts.role.map(Role::as_str)));
    put("name", json!(facts.name));
    put("listed", json!(facts.listed));
    put("list", json!(facts.list));
    put("config", facts.entry.as_ref().map_or(Value::Null, entry));
    put("wrong", json!(facts.wrong));
    put("running", facts.running.iter().map(running).collect());
    put("unproven", json!(facts.unproven));
    put("options", facts.options.as_ref().map_or(Value::Null, options));
    put("plan", of_plan["nodes"].clone());
    put("refused", json!(facts.refused));
    put("files", facts.files.iter().map(file).collect());
    let event = |(line, _): &(String, _)| serde_json::from_str::<Value>(line).unwrap_or(Value::Null);
    put("events", facts.events.iter().map(event).collect());
    put("log", json!(facts.log));
    if let Some(errors) = errors {
        put("errors", problem_list(errors));
    }
    document.into()
}

/// Every setting by its key; of a secret, whether it is set.
fn entry(node: &DesiredNode) -> Value {
    let mut entry: Map<String, Value> = super::text::settings(node)
        .into_iter()
        .map(|(field, value)| (Field::key(field).to_owned(), json!(value)))
        .collect();
    for (field, secret) in &node.secrets {
        entry.insert(field.key().to_owned(), json!(secret.as_ref().map(|_| acecast_engine::redact::MASK)));
    }
    entry.into()
}

fn running(node: &Running) -> Value {
    let Running {
        role,
        name,
        uid: _,
        kind: _,
        known,
        because,
        pid,
        wrapper,
        started,
        uptime_s,
        rss_bytes,
        health,
        input,
        listening,
        in_pid_file,
        answer,
        given: _,
    } = node;
    json!({
        "role": role.map(Role::as_str), "name": name, "known": known, "because": because, "pid": pid,
        "wrapper_pid": wrapper, "started": started, "uptime_s": uptime_s, "rss_bytes": rss_bytes, "health": health,
        "input": input.as_ref().map(|input| &input.lack), "ask": input.as_ref().and_then(|input| input.ask.as_ref()),
        "listening": listening, "in_pid_file": in_pid_file, "answer": answer,
    })
}

fn options(options: &Options) -> Value {
    let Options { engine, wanted, differing } = options;
    let one = |Differing { name, runs, wanted }: &Differing| json!({"option": name, "runs": runs, "config": wanted});
    json!({
        "engine": engine.as_ref().map(|path| path.to_string_lossy()),
        "args": wanted,
        "differing": differing.as_ref().map(|all| all.iter().map(one).collect::<Vec<_>>()),
    })
}

fn file(file: &OneFile) -> Value {
    let OneFile { what, path, there } = file;
    let (kind, bytes, age_s, mode, error) = match there {
        There::Nothing => (None, None, None, None, None),
        There::Unknown(error) => (None, None, None, None, Some(error)),
        There::Something { kind, bytes, age_s, mode } => (Some(kind), *bytes, *age_s, Some(mode), None),
    };
    let exists = if error.is_some() { Value::Null } else { json!(kind.is_some()) };
    json!({
        "what": what, "path": path.to_string_lossy(), "exists": exists, "kind": kind, "bytes": bytes, "age_s": age_s,
        "mode": mode.map(|mode| format!("{mode:04o}")), "error": error,
    })
}
