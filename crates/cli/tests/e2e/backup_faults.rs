//! Receivers that are down, slow, wrong, or repeat what they were sent.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Site, all_outcomes, eventually, key, stream};

fn site() -> Site {
    let site = Site::new();
    site.use_backups(json!({}));
    site.keep_ts("news", &key('A'), 12);
    site
}

/// The backup fails, and says why.
#[track_caller]
fn fails(site: &Site, fault: &Value, says: &str) {
    site.world.faults(&json!({"metadata": fault}));
    let doc = site.json(&["update-metadata", "--timeout", "2s"], 1);
    assert_eq!(all_outcomes(&doc), ["news failed"], "{doc:#}");
    let error = stream(&doc, "news")["error"].as_str().unwrap();
    assert!(error.contains(says) && error.contains("/metadata"), "{error}");
}

#[test]
fn a_receiver_that_does_not_take_it_is_a_failure() {
    let site = site();
    fails(&site, &json!({"status": 404}), "404");
    fails(&site, &json!({"status": 403, "error": "who are you"}), "403: who are you");
    fails(&site, &json!({"status": 500}), "500");
    fails(&site, &json!({"cut": true}), "");
    fails(&site, &json!({"redirect": "http://127.0.0.1:9/"}), "redirect");
    // Controllers tell errors in their answers, whatever the status is.
    fails(
        &site,
        &json!({"error": "the database is read-only"}),
        "the server answered: the database is read-only",
    );
    assert!(site.world.received("metadata").as_array().unwrap().is_empty());
}

#[test]
fn a_receiver_that_recovers_gets_it_in_the_end() {
    let site = site();
    site.world.faults(&json!({"metadata": {"status": 500, "times": 2}}));
    site.acecast(&["update-metadata"]).exit(0).says("1 sent");
    assert_eq!(site.world.posts("metadata").len(), 3);
    site.world.faults(&json!({"metadata": {"body": "\u{1b}[2J<html>thanks</html>"}}));
    let run = site.acecast(&["update-metadata"]).exit(0).says("<html>thanks</html>");
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
}

#[test]
fn a_receiver_that_is_silent_costs_one_deadline() {
    let site = site();
    site.world.faults(&json!({"metadata": {"hang_ms": 20_000}}));
    site.keep_ts("sport", &key('B'), 3);
    let run = site.acecast(&["update-metadata", "--timeout", "1s"]).exit(1).says("2 failed");
    assert_eq!(run.all().matches("/metadata: ").count(), 1, "it is said once\n{run}");
    assert!(run.took < Duration::from_secs(8), "{run}");
    let waiting = site.begin(&["update-metadata"]);
    eventually("the request is there", || (site.world.posts("metadata").len() > 1).then_some(()));
    waiting.signal(Signal::INT);
    let ended = waiting.wait().exit(130);
    assert!(ended.took < Duration::from_secs(8), "{ended}");
}

#[test]
fn a_receiver_that_repeats_the_keys_is_not_repeated() {
    let site = site();
    site.keep_ts("sport", &key('B'), 3);
    site.acecast(&["update-metadata"]).exit(0);
    let body = site.world.posts("metadata")[0].body.clone();
    let body_escaped = body.replace('/', "\\/");
    let line: String = key('A').lines().nth(2).unwrap().to_owned();
    for echo in [
        json!({"body": body}),
        json!({"body": format!("got: {body_escaped}")}),
        json!({"body": key('A')}),
        json!({"body": format!("line two is {line}, thanks")}),
        json!({"body": format!("I know {}", &line[..14])}),
        json!({"error": format!("bad key {line}")}),
        json!({"status": 400, "body": body}),
        json!({"status": 400, "error": format!("bad: {}", key('A'))}),
    ] {
        site.world.faults(&json!({"metadata": echo}));
        for form in ["text", "json"] {
            let run = site.acecast(&["update-metadata", "-vvv", "-o", form]);
            run.hides("AAAAAAAAAAAA").hides("BBBBBBBBBBBB");
        }
    }
}
