//! The files in `examples/monitoring` fit what a page holds, and each other.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use acecast_telemetry::metrics::Format;
use serde_json::Value;

use crate::promtool::{Folder, promtool, run};
use crate::reader::{Read, read};
use crate::worlds::whole;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/monitoring")
}

fn file(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

fn page() -> Read {
    read(&whole().render(Format::Text), Format::Text).unwrap()
}

fn dashboard() -> Value {
    serde_json::from_str(&file("dashboard.json")).unwrap()
}

/// All names of metrics that a text speaks of.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("acecast_")).collect()
}

/// The values with which a text compares a label, by `=`, `!=` or `=~` with alternatives.
fn compared<'a>(text: &'a str, label: &str) -> BTreeSet<&'a str> {
    let mut values = BTreeSet::new();
    for (at, _) in text.match_indices(label) {
        let rest = &text[at + label.len()..];
        let behind = rest.trim_start_matches(['!', '=', '~']);
        if behind.len() == rest.len() {
            continue;
        }
        // In JSON the quote is escaped.
        let Some(behind) = behind.strip_prefix('\\').unwrap_or(behind).strip_prefix('"') else { continue };
        let value = behind.split(['"', '\\']).next().unwrap();
        // A dashboard's variable is not a value.
        values.extend(value.split('|').filter(|value| !value.starts_with('$')));
    }
    values
}

/// Every expression of the dashboard, its variables replaced by something.
fn expressions(dashboard: &Value) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match (name.as_str(), value) {
                ("expr", Value::String(text)) => found.push(
                    text.replace("$__rate_interval", "1m").replace("$__interval", "1m").replace('$', ""),
                ),
                _ => collect(value, found),
            }),
            Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(dashboard, &mut found);
    found
}

#[test]
fn every_metric_that_is_used_exists() {
    let page = page();
    let known = page.names();
    for name in ["alerts.yml", "alerts_test.yml", "dashboard.json", "README.md"] {
        let text = file(name);
        let used = names(&text);
        assert!(used.len() > 5, "{name}: {used:?}");
        assert_eq!(used.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "{name}");
    }
}

#[test]
fn every_metric_is_explained() {
    let text = file("README.md");
    assert_eq!(names(&text), page().names());
}

#[test]
fn every_value_of_a_label_that_is_used_exists() {
    let page = page();
    for (label, metric) in [
        ("state", "acecast_node_state"),
        ("task", "acecast_task_runs_total"),
        ("action", "acecast_plan_changes"),
        ("role", "acecast_node_up"),
    ] {
        let known = page.values(metric, label);
        for name in ["alerts.yml", "alerts_test.yml", "dashboard.json"] {
            let text = file(name);
            let used = compared(&text, label);
            assert_eq!(used.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "{name}: {label}");
        }
    }
    let rules = file("alerts.yml");
    assert_eq!(compared(&rules, "action"), BTreeSet::from(["held"]));
    assert_eq!(compared(&rules, "task"), page.values("acecast_task_runs_total", "task"));
}

#[test]
fn every_alert_is_complete_and_tested_both_ways() {
    let (rules, tests) = (file("alerts.yml"), file("alerts_test.yml"));
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert_eq!(alerts.len(), 17);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for part in ["expr: ", "severity: ", "summary: ", "description: "] {
            assert!(alert.contains(part), "{name} has no {part}");
        }
        let tested: Vec<&str> = tests.split(&format!("- alertname: {name}\n")).skip(1).collect();
        let quiet = |test: &&&str| test.lines().nth(1) == Some("        exp_alerts: []");
        assert!(tested.iter().any(|test| quiet(&test)), "{name} is not tested to be quiet");
        assert!(tested.iter().any(|test| !quiet(&test)), "{name} is not tested to fire");
    }
}

#[test]
fn the_dashboard_is_whole() {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    let mut taken = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().unwrap();
        let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        for (x, y) in (0..side("w")).flat_map(|x| (0..side("h")).map(move |y| (x, y))) {
            assert!(side("x") + x < 24 && taken.insert((side("x") + x, side("y") + y)), "{title} overlaps");
        }
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
            assert_eq!(target["datasource"]["type"], "prometheus", "{title}");
        }
    }
    assert_eq!(dashboard["templating"]["list"][0]["name"], "datasource");
    // Each family is to be seen somewhere, but for those that a dashboard has no use for.
    let text = dashboard.to_string();
    let page = page();
    let unseen: Vec<&str> = page.names().difference(&names(&text)).copied().collect();
    assert_eq!(
        unseen,
        [
            "acecast_events_dropped_total",
            "acecast_node_consecutive_failures",
            "acecast_node_key_usable",
            "acecast_task_last_failure_timestamp_seconds",
            "acecast_task_runs_total"
        ]
    );
}

#[test]
fn promtool_takes_the_configuration_and_the_rules() {
    let Some(promtool) = promtool("promtool_takes_the_configuration_and_the_rules") else { return };
    run(&promtool, &folder(), &["check", "config", "prometheus.yml"], "");
    let said = run(&promtool, &folder(), &["check", "rules", "alerts.yml"], "");
    assert!(said.contains("17 rules found"), "{said}");
}

#[test]
fn the_alerts_fire_when_they_should() {
    let Some(promtool) = promtool("the_alerts_fire_when_they_should") else { return };
    run(&promtool, &folder(), &["test", "rules", "alerts_test.yml"], "");
}

#[test]
fn promtool_takes_every_expression_of_the_dashboard() {
    let Some(promtool) = promtool("promtool_takes_every_expression_of_the_dashboard") else { return };
    let expressions = expressions(&dashboard());
    assert!(expressions.len() > 20, "{expressions:?}");
    let mut rules = String::from("groups:\n  - name: dashboard\n    rules:\n");
    for (i, expression) in expressions.iter().enumerate() {
        let quoted = Value::from(expression.as_str());
        let _ = write!(rules, "      - record: panel_{i}\n        expr: {quoted}\n");
    }
    let place = Folder::new("dashboard");
    fs::write(place.path().join("rules.yml"), rules).unwrap();
    run(&promtool, place.path(), &["check", "rules", "rules.yml"], "");
}
