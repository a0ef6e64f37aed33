//! Every place, how it is asked for, and what every answer has.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::world::{Made, ask, get, open, with};

const PLACES: [&str; 7] = ["/", "/api/status", "/api/plan", "/api/events", "/metrics", "/healthz", "/readyz"];

fn all_up() -> crate::web::Server {
    let made = Made::default();
    made.ready.store(true, Ordering::SeqCst);
    with(Arc::new(made), None)
}

#[test]
fn every_place_answers_and_queries_have_no_effect() {
    let server = all_up();
    for path in PLACES {
        let plain = get(&server, path);
        assert_eq!(plain.status, 200, "{path}");
        let asked = get(&server, &format!("{path}?restart=1"));
        assert_eq!((asked.status, asked.body), (200, plain.body), "{path}");
    }
    for path in
        ["/login", "/api", "/api/", "/api/status/", "//", "/../etc/passwd", "/favicon.ico", "/%2e", "*"]
    {
        assert_eq!(get(&server, path).status, 404, "{path}");
    }
}

#[test]
fn documents_are_json_that_controls_no_terminal() {
    let server = open();
    for (path, key) in [("/api/status", "nodes"), ("/api/plan", "changes"), ("/api/events", "events")] {
        let answer = get(&server, path);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(document["schema"], 1);
        assert!(!document[key].is_null(), "{path}");
        assert!(answer.body.is_ascii() && answer.body.ends_with("}\n"));
    }
}

#[test]
fn metrics_come_in_the_form_that_is_asked_for() {
    let server = open();
    let check = |accept: &str, open: bool| {
        let answer = ask(&server, "GET", "/metrics", accept);
        let (kind, end) = if open {
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF\n")
        } else {
            ("text/plain; version=0.0.4; charset=utf-8", "acecast_up 1\n")
        };
        assert_eq!(answer.header("content-type"), Some(kind), "{accept}");
        assert!(answer.body.ends_with(end), "{accept}");
    };
    check("", false);
    check("Accept: */*\r\n", false);
    check("Accept: text/html, application/openmetrics-text-not\r\n", false);
    check("Accept: application/openmetrics-text;q=0\r\n", false);
    check("Accept: application/openmetrics-text;q=0.1, text/plain;q=0.2\r\n", false);
    check("Accept: application/openmetrics-text\r\n", true);
    check(
        "Accept: text/plain;q=0.5, Application/OpenMetrics-Text; version=1.0.0; q=0.75, */*;q=0.1\r\n",
        true,
    );
    check("Accept: text/plain;q=0.5\r\nAccept: application/openmetrics-text\r\n", true);
}

#[test]
fn health_tells_that_the_server_answers_and_readiness_whether_the_loop_has_begun() {
    let made = Arc::new(Made::default());
    let server = with(made.clone(), None);
    assert_eq!((get(&server, "/healthz").status, get(&server, "/readyz").status), (200, 503));
    made.ready.store(true, Ordering::SeqCst);
    assert_eq!((get(&server, "/healthz").status, get(&server, "/readyz").status), (200, 200));
    assert_eq!(get(&server, "/healthz").body, "ok\n");
}

#[test]
fn head_is_get_without_the_body() {
    let server = open();
    for path in PLACES {
        let (head, whole) = (ask(&server, "HEAD", path, ""), get(&server, path));
        assert_eq!((head.head, head.body.as_str()), (whole.head, ""), "{path}");
    }
    assert_eq!(ask(&server, "HEAD", "/nowhere", "").body, "");
}

#[test]
fn other_methods_are_told_what_is_allowed() {
    let server = open();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X"] {
        for path in PLACES {
            let answer = ask(&server, method, path, "");
            assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method} {path}");
        }
    }
}

#[test]
fn every_answer_has_the_headers_that_keep_browsers_careful() {
    let server = super::world::locked("token");
    let all = [
        get(&server, "/"),
        get(&server, "/login"),
        get(&server, "/api/status"),
        get(&server, "/healthz"),
        get(&server, "/nowhere"),
        ask(&server, "PUT", "/", ""),
        super::world::parts(&super::world::say(&server, b"\0\r\n\r\n")),
    ];
    for answer in all {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("server"), None);
    }
}

/// The hashes are counted again from what was served; that a browser agrees is shown in the test with a browser.
#[test]
fn the_policy_has_the_hashes_of_the_script_and_the_style_that_are_served() {
    let answer = get(&open(), "/");
    let policy = answer.header("content-security-policy").unwrap();
    for element in ["script", "style"] {
        let (_, rest) = answer.body.split_once(&format!("<{element}>")).unwrap();
        let hash = Sha256::digest(rest.split_once(&format!("</{element}>")).unwrap().0);
        let directive = policy.split("; ").find(|part| part.starts_with(&format!("{element}-src "))).unwrap();
        let coded = directive.split('\'').nth(1).unwrap().strip_prefix("sha256-").unwrap();
        assert_eq!(decoded(coded), hash.as_slice(), "{element}");
    }
    assert!(policy.contains("connect-src 'self'; base-uri 'none'; form-action 'self'"));
}

/// Base64 read back by another way than it is written.
fn decoded(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | u32::from(digit(byte));
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap());
        }
    }
    bytes
}

#[test]
fn a_stopped_server_leaves_no_port_open_and_ends_what_was_connected() {
    let server = open();
    let address = server.address();
    let mut silent = super::world::connect(&server);
    assert_eq!(get(&server, "/healthz").status, 200);
    let begun = Instant::now();
    server.stop();
    assert_eq!(super::world::hear(&mut silent), "");
    assert!(begun.elapsed() < Duration::from_secs(2), "hung up on at once, not when its time was over");
    assert!(std::net::TcpStream::connect(address).is_err());
    TcpListener::bind(address).unwrap();
    let dropped = open();
    let address = dropped.address();
    drop(dropped);
    TcpListener::bind(address).unwrap();
}
