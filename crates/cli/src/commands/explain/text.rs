//! The facts, for people: one section for each question.

use std::time::Duration;

use acecast_engine::apply::{NodeResult, Outcome, Report as Applied};
use acecast_reconcile::{Action, DesiredNode, Field, Plan, Role};
use serde_json::Value;

use super::facts::Facts;
use super::files::{OneFile, There};
use super::options::{Differing, Options};
use super::running::{Input, Running};
use crate::output::{Output, Report, duration, paint, plan, size, style};

/// All sections, clean.
pub(super) fn lines(facts: &Facts, out: &Output) -> Vec<String> {
    let role = facts.role.map_or("node", Role::as_str);
    let name = out.clean(facts.name.as_deref().unwrap_or("?"));
    let mut lines = vec![paint(style::HEADER, format_args!("{role} {} {name}", facts.port)).to_string()];
    let clean = |lines: Vec<String>| lines.iter().map(|line| out.clean(line)).collect();
    let mut section = |title: &str, body: Vec<String>| {
        lines.push(String::new());
        lines.push(paint(style::HEADER, title).to_string());
        lines.extend(body.into_iter().map(|line| format!("  {line}")));
    };
    section("What the config asks for", clean(config(facts)));
    section("What runs", clean(running(facts)));
    if let Some(options) = &facts.options {
        section("The options that it would be started with", clean(wanted(options)));
        section("Where those of the running node are others", clean(differing(options)));
    }
    section("What `acecast start` would do", decisions(facts, out));
    section("Files", clean(files(&facts.files)));
    let events = facts.events.iter().map(|(_, event)| super::super::events::event_line(out, event));
    section("Last events", or("none", events.collect()));
    section("Last lines of its log", or("none", clean(facts.log.clone())));
    lines
}

/// Every setting of the entry by its key, with secrets masked.
pub(super) fn settings(node: &DesiredNode) -> Vec<(Field, String)> {
    let url = |field: Field| node.url.as_ref().filter(|_| field == Field::Url).map(ToString::to_string);
    node.spec
        .settings
        .iter()
        .map(|(field, value)| (field, url(field).unwrap_or_else(|| value.to_string())))
        .collect()
}

fn config(facts: &Facts) -> Vec<String> {
    let list = facts.list.iter().map(|list| format!("{:28}  {list}", "list"));
    if let Some(wrong) = &facts.wrong {
        return list.chain([format!("its entry is wrong: {wrong}")]).collect();
    }
    let Some(node) = &facts.entry else {
        return vec![match facts.listed {
            None => "not known: its list cannot be read".to_owned(),
            Some(_) => "nothing: it is not in the config".to_owned(),
        }];
    };
    let of_stream =
        [(if node.spec.role() == Role::Source { "stream_uid" } else { "source" }, node.spec.name())];
    let of_stream = of_stream.iter().map(|(key, value)| format!("{key:28}  {value}"));
    let settings = settings(node);
    let settings = settings.iter().map(|(field, value)| format!("{:28}  {value}", field.key()));
    let secrets = node.secrets.iter().map(|(field, secret)| {
        format!("{:28}  {}", field.key(), if secret.is_some() { "set, not shown" } else { "not set" })
    });
    list.chain(of_stream).chain(settings).chain(secrets).collect()
}

fn running(facts: &Facts) -> Vec<String> {
    let lines: Vec<String> =
        facts.running.iter().flat_map(process).chain(facts.unproven.iter().cloned()).collect();
    or("nothing", lines)
}

fn process(node: &Running) -> Vec<String> {
    let pids = match node.wrapper {
        Some(wrapper) => format!("{} (its wrapper script: {wrapper})", node.pid),
        None => node.pid.to_string(),
    };
    let since =
        |started: &String| format!("{started}, {} ago", node.uptime_s.map(duration).unwrap_or_default());
    let mut lines = vec![
        format!("{:28}  {pids}", "pid"),
        format!("{:28}  {}: {}", "known as", node.known, node.because),
        format!("{:28}  {}", "started", node.started.as_ref().map_or("?".to_owned(), since)),
        format!("{:28}  {}", "health", node.health),
        format!("{:28}  {}", "listens", node.listening),
        format!("{:28}  {}", "its pid file names it", if node.in_pid_file { "yes" } else { "no" }),
        format!("{:28}  {}", "memory", node.rss_bytes.map_or("?".to_owned(), size)),
    ];
    if let Some(Input { lack, ask }) = &node.input {
        lines.push(format!("{:28}  {lack}", "input"));
        lines.extend(ask.iter().map(|ask| format!("{:28}  {ask}", "to ask its source")));
    }
    let Some(answer) = &node.answer else {
        lines.push(format!("{:28}  none", "answer"));
        return lines;
    };
    for (key, value) in answer.iter().filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| Value::to_string(value), str::to_owned);
        lines.push(format!("{:28}  {value}", format!("answer: {key}")));
    }
    lines
}

fn wanted(options: &Options) -> Vec<String> {
    let engine = options.engine.iter().map(|path| path.to_string_lossy().into_owned());
    engine.chain(options.wanted.iter().cloned()).collect()
}

fn differing(options: &Options) -> Vec<String> {
    let Some(all) = &options.differing else {
        return vec!["none runs whose options can be read".to_owned()];
    };
    let one = |Differing { name, runs, wanted }: &Differing| match (runs, wanted) {
        (Some(runs), Some(wanted)) if runs == wanted => format!("{name}  differs, not shown"),
        (Some(runs), Some(wanted)) => format!("{name}  {runs} → {wanted}"),
        (Some(runs), None) => format!("{name}  {runs} → without"),
        (None, wanted) => format!("{name}  without → {}", wanted.as_deref().unwrap_or_default()),
    };
    or("nowhere", all.iter().map(one).collect())
}

/// The decisions with their reasons, and what to do about those that are held.
fn decisions(facts: &Facts, out: &Output) -> Vec<String> {
    if facts.plan.decisions.is_empty() {
        let why = match facts.listed {
            None => "not known: its list cannot be read",
            Some(_) => "nothing",
        };
        return vec![why.to_owned()];
    }
    let refused =
        facts.refused.iter().map(|why| format!("nothing at all, as the plan is refused: {}", out.clean(why)));
    plan::lines(&facts.plan, out).into_iter().chain(advice(facts, out)).chain(refused).collect()
}

/// The hints that a start would give for what is held.
fn advice(facts: &Facts, out: &Output) -> Vec<String> {
    let is_held = |action: &Action| matches!(action, Action::Held { .. });
    let decisions = facts.plan.decisions.iter().filter(|decision| is_held(&decision.action)).cloned();
    let plan: Plan = decisions.collect();
    let results = plan.decisions.iter().map(|_| NodeResult::of(Outcome::Held)).collect();
    let applied = Applied::new(results);
    let report = Report {
        plan: &plan,
        applied: Some(&applied),
        errors: &facts.errors,
        dirs: &facts.dirs,
        stop_timeout: Duration::ZERO,
    };
    let lines = report.lines(out);
    lines.into_iter().filter(|line| line.starts_with("    ")).collect()
}

fn files(files: &[OneFile]) -> Vec<String> {
    let one = |OneFile { what, path, there }: &OneFile| {
        let there = match there {
            There::Nothing => "missing".to_owned(),
            There::Unknown(error) => error.clone(),
            There::Something { kind, bytes, age_s, mode } => {
                let bytes = bytes.map_or((*kind).to_owned(), size);
                let age = age_s.map(|age| format!(", {} old", duration(age))).unwrap_or_default();
                format!("{bytes}{age}, {mode:04o}")
            }
        };
        format!("{:28}  {} ({there})", words_for(what), path.display())
    };
    files.iter().map(one).collect()
}

/// Programs have words of their own for the files.
fn words_for(what: &'static str) -> &'static str {
    match what {
        "log before" => "older log",
        "number" => "piece number",
        other => other,
    }
}

fn or(nothing: &str, lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() { vec![nothing.to_owned()] } else { lines }
}
