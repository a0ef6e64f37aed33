//! The page in a real browser, where there is one.

#[path = "../../../tests/e2e/support/browser.rs"]
mod driver;
mod shown;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use driver::Browser;

use super::world::with;
use crate::web::{Listen, serve};
use shown::{HOSTILE, Shown};

const SOON: Duration = Duration::from_secs(20);

const ROWS: &str = "return document.querySelectorAll('#nodes tr[data-port]').length === 8";

#[test]
fn the_page_shows_nodes_and_runs_nothing_of_what_they_are_called() {
    let Some(browser) =
        Browser::start("the_page_shows_nodes_and_runs_nothing_of_what_they_are_called", 1280, 800)
    else {
        return;
    };
    let shown = Arc::new(Shown::default());
    let server = with(shown.clone(), None);
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_until("all nodes are shown", SOON, ROWS);
    assert_eq!(
        browser.run("return document.title"),
        "acecast: 4 answering, 1 starting, 1 no input, 1 silent, 1 down"
    );
    let text =
        |selector: &str| browser.run(&format!("return document.querySelector('{selector}').textContent"));
    assert_eq!(text("tr[data-port=\"6105\"] .name .main"), HOSTILE);
    assert_eq!(browser.run("return document.scripts.length"), 1);
    assert_eq!(text("tr[data-state=\"down\"] .state"), "down");
    browser.wait_until(
        "the plan is shown",
        SOON,
        "return document.querySelectorAll('#plan li').length === 3",
    );
    assert_eq!(text("#pending-title"), "Pending: 1 change, 1 held");
    browser.wait_until(
        "events are shown",
        SOON,
        "return document.querySelectorAll('#events tr[data-event]').length > 3",
    );
    assert_eq!(text("#events tbody tr td:nth-child(2)"), "config good", "the newest comes first");

    // A change comes by itself, in the row that is there.
    browser.run("window.row = document.querySelector('tr[data-port=\"6107\"]')");
    shown.recover();
    browser.wait_until(
        "the node is back",
        SOON,
        "return window.row.isConnected && window.row.dataset.state === 'answering'",
    );

    // What is not the page's own does not run, and nothing was loaded from elsewhere.
    let foreign = "const s = document.createElement('script'); s.textContent = 'window.foreign = true'; \
                   document.head.append(s); return window.foreign === undefined";
    assert_eq!(browser.run(foreign), true);
    let loaded =
        "return performance.getEntriesByType('resource').every((e) => e.name.startsWith(location.origin))";
    assert_eq!(browser.run(loaded), true);
    assert_eq!(
        browser.run("return getComputedStyle(document.querySelector('#nodes')).borderCollapse"),
        "collapse"
    );
}

#[test]
fn the_page_says_that_the_server_is_gone_and_comes_back_with_it() {
    let Some(browser) =
        Browser::start("the_page_says_that_the_server_is_gone_and_comes_back_with_it", 1280, 800)
    else {
        return;
    };
    let server = with(Arc::new(Shown::default()), None);
    let address = server.address();
    browser.open(&format!("http://{address}/"));
    browser.wait_until("all nodes are shown", SOON, ROWS);
    assert_eq!(browser.run("return document.getElementById('lost').hidden"), true);
    server.stop();
    let lost = "return /^No answer from acecast; last update \\d+ s ago$/.test(document.getElementById('lost').textContent) \
                && !document.getElementById('lost').hidden";
    browser.wait_until("the page says so", SOON, lost);
    assert_eq!(browser.run("return document.getElementById('live').textContent"), "No answer from acecast.");
    let _again = serve(Listen { address, token: None }, Arc::new(Shown::default())).unwrap();
    browser.wait_until("it is back", SOON, "return document.getElementById('lost').hidden");
}

#[test]
fn a_login_by_the_form_and_its_end() {
    let Some(browser) = Browser::start("a_login_by_the_form_and_its_end", 1280, 800) else { return };
    let server = with(Arc::new(Shown::default()), Some("token"));
    let address = server.address();
    browser.open(&format!("http://{address}/"));
    let at =
        |path: &str| format!("return location.pathname === '{path}' && document.readyState === 'complete'");
    browser.wait_until("the login is shown", SOON, &at("/login"));
    let submit = |token: &str| {
        browser.run(&format!(
            "document.getElementById('token').value = '{token}'; document.querySelector('button').click()"
        ));
    };
    submit("wrong");
    let wrong = "return document.querySelector('[role=alert]')?.textContent === 'This token is wrong.'";
    browser.wait_until("the wrong token is told", SOON, wrong);
    submit("token");
    browser.wait_until("all nodes are shown", SOON, ROWS);
    assert_eq!(browser.run("return document.cookie"), "", "no script sees the cookie");
    server.stop();
    let listen = Listen { address, token: Some(acecast_reconcile::Secret::new("token")) };
    let _next = serve(listen, Arc::new(Shown::default())).unwrap();
    browser.wait_until("the next process asks for a login again", SOON, &at("/login"));
}

/// Writes screenshots for people into the folder that `ACECAST_SCREENSHOTS` names.
#[test]
#[ignore = "for people: writes screenshots"]
fn screenshots() {
    let folder = std::env::var("ACECAST_SCREENSHOTS").unwrap();
    let Some(browser) = Browser::start("screenshots", 1280, 800) else { return };
    let server = with(Arc::new(Shown::default()), None);
    let locked = with(Arc::new(Shown::default()), Some("token"));
    for (width, height, name) in
        [(1280, 800, "wide"), (390, 844, "phone"), (390, 3400, "phone-all"), (1280, 1500, "wide-all")]
    {
        for (dark, scheme) in [(false, "light"), (true, "dark")] {
            browser.emulate(width, height, dark);
            browser.open(&format!("http://{}/", server.address()));
            browser.wait_until(
                "all is shown",
                SOON,
                "return document.querySelectorAll('#events tr').length > 4",
            );
            browser.wait_until("rows", SOON, ROWS);
            browser.screenshot(&Path::new(&folder).join(format!("{name}-{scheme}.png")));
            let overflow = browser.run("return [document.documentElement.scrollWidth, innerWidth]");
            eprintln!("{name} {scheme}: {overflow}");
        }
    }
    browser.emulate(390, 844, true);
    browser.open(&format!("http://{}/login", locked.address()));
    browser.screenshot(&Path::new(&folder).join("login-dark.png"));
    browser.emulate(1280, 800, false);
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_until("rows", SOON, ROWS);
    server.stop();
    browser.wait_until("lost", SOON, "return !document.getElementById('lost').hidden");
    browser.screenshot(&Path::new(&folder).join("lost-light.png"));
}
