//! The page in a real browser, with real nodes behind it.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::browser::Browser;
use crate::keeper::{Keeper, await_ports};
use crate::support::{Site, with};

const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_killed_node_turns_red_and_green_again_and_a_title_does_nothing() {
    let test = "a_killed_node_turns_red_and_green_again_and_a_title_does_nothing";
    let Some(browser) = Browser::start(test, 1280, 800) else { return };
    let site = Site::new();
    let [news, sport] = site.ports();
    let title = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">";
    site.sources(&[with(site.ts("news", news), json!({"title": title})), site.ts("sport", sport)]);
    let keeper = Keeper::start(&site, "1h", &[]);
    await_ports(&keeper, &site, &[news, sport]);

    browser.open(&keeper.url());
    let state = |port: u16, state: &str| {
        let row = format!("document.querySelector('#nodes tr[data-port=\"{port}\"]')");
        format!("const row = {row}; return row !== null && row.dataset.state === '{state}'")
    };
    for port in [news, sport] {
        browser.wait_until("the node is shown", SOON, &state(port, "answering"));
    }
    let shown = browser.run(&format!(
        "return document.querySelector('#nodes tr[data-port=\"{news}\"]').textContent.includes('<script>')"
    ));
    assert_eq!(shown, true, "the title is text");

    // It cannot be started for a moment, so that there is time to see it down.
    site.script("stable", json!({news.to_string(): {"exit_at_start": 7}}));
    kill_process(Pid::from_raw(site.pid(news)).unwrap(), Signal::KILL).unwrap();
    browser.wait_until("the node turns red", SOON, &state(news, "down"));
    // A colour may take its time to change.
    let same_colour = |same: bool| {
        let colour = |port: u16| {
            format!(
                "getComputedStyle(document.querySelector('#nodes tr[data-port=\"{port}\"] .state')).color"
            )
        };
        format!("return ({} === {}) === {same}", colour(news), colour(sport))
    };
    browser.wait_until("its colour is another", SOON, &same_colour(false));
    site.script("stable", json!({}));
    browser.wait_until("the node turns green again", SOON, &state(news, "answering"));
    browser.wait_until("its colour is that of the others", SOON, &same_colour(true));
    assert_eq!(browser.run("return document.scripts.length"), 1);
    let name = browser.run("return document.title");
    assert!(name.as_str().unwrap().starts_with("acecast"), "{name}");
}
