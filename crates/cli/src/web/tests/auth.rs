//! Who is let in, and who is not.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use acecast_reconcile::Secret;

use super::world::{Made, ask, get, locked, log_in, open, parts, say};
use crate::web::{Listen, Server, WebError, serve};

const BEHIND_THE_GATE: [&str; 4] = ["/api/status", "/api/plan", "/api/events", "/metrics"];

fn try_to_serve(address: &str, token: Option<&str>) -> Result<Server, WebError> {
    let listen = Listen { address: address.parse().unwrap(), token: token.map(Secret::new) };
    serve(listen, Arc::new(Made::default()))
}

/// The pair of a cookie that was set.
fn cookie(server: &Server, token: &str) -> String {
    let answer = log_in(server, &format!("token={token}"));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let set = answer.header("set-cookie").unwrap();
    let (pair, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict");
    assert!(!set.contains(token));
    pair.to_owned()
}

#[test]
fn other_addresses_than_loopback_need_a_token() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
        let error = try_to_serve(address, None).err().unwrap();
        assert!(matches!(error, WebError::TokenNeeded(_)), "{address}: {error}");
        let expected =
            format!("a token is needed to listen on {address}, which others than this host can reach");
        assert_eq!(error.to_string(), expected);
    }
    for token in ["", " ", "a b", "\u{e9}", "a\n"] {
        assert!(
            matches!(try_to_serve("127.0.0.1:0", Some(token)), Err(WebError::TokenUnusable)),
            "{token:?}"
        );
    }
    let taken = open();
    let error = try_to_serve(&taken.address().to_string(), None).err().unwrap();
    assert_eq!(error.to_string(), format!("cannot listen on {}", taken.address()));
    assert!(try_to_serve("127.0.0.2:0", None).is_ok());
}

#[test]
fn without_a_token_only_health_is_told() {
    let server = locked("token");
    assert_eq!((get(&server, "/healthz").status, get(&server, "/readyz").status), (200, 503));
    let main = get(&server, "/");
    assert_eq!((main.status, main.header("location")), (303, Some("/login")));
    for path in BEHIND_THE_GATE {
        let answer = get(&server, path);
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        assert!(!answer.body.contains("schema") && !answer.body.contains("acecast_up"));
    }
    let login = get(&server, "/login");
    assert!(login.status == 200 && login.body.contains("type=\"password\""));
    assert_eq!(ask(&server, "DELETE", "/login", "").header("allow"), Some("GET, HEAD, POST"));
}

#[test]
fn a_bearer_is_let_in() {
    let server = locked("token");
    for path in BEHIND_THE_GATE.into_iter().chain(["/"]) {
        assert_eq!(ask(&server, "GET", path, "Authorization: Bearer token\r\n").status, 200, "{path}");
    }
    assert_eq!(ask(&server, "GET", "/", "authorization: bearer  token\r\n").status, 200);
    // It is the token that counts, not the name of the host.
    let elsewhere = b"GET /api/plan HTTP/1.1\r\nHost: example.com\r\nAuthorization: Bearer token\r\n\r\n";
    assert_eq!(parts(&say(&server, elsewhere)).status, 200);
}

#[test]
fn a_wrong_bearer_waits_and_is_not_let_in() {
    let server = locked("token");
    for header in ["Bearer", "Basic token", "token", "Bearertoken"] {
        assert_eq!(
            ask(&server, "GET", "/metrics", &format!("Authorization: {header}\r\n")).status,
            401,
            "{header}"
        );
    }
    for header in ["Bearer tokens", "Bearer toke", "Bearer Token", "Bearer "] {
        let begun = Instant::now();
        let answer = ask(&server, "GET", "/metrics", &format!("Authorization: {header}x\r\n"));
        assert_eq!(answer.status, 401, "{header}");
        assert!(begun.elapsed() >= Duration::from_millis(500), "{header}");
    }
}

#[test]
fn a_login_gives_a_cookie_that_lets_in() {
    let server = locked("t+k&n%=");
    let answer = log_in(&server, "a=b&token=t%2Bk%26n%25%3D");
    assert_eq!(answer.status, 303);
    let pair = answer.header("set-cookie").unwrap().split(';').next().unwrap();
    for path in BEHIND_THE_GATE.into_iter().chain(["/"]) {
        assert_eq!(ask(&server, "GET", path, &format!("Cookie: other=1; {pair}\r\n")).status, 200, "{path}");
    }
    assert_eq!(ask(&server, "GET", "/metrics", "Cookie: acecast=t+k&n%=\r\n").status, 401);
}

#[test]
fn a_wrong_login_says_so_and_gives_nothing() {
    let server = locked("token");
    for form in ["token=wrong", "", "token=", "token=token%00", "x=token", "token=%"] {
        let answer = log_in(&server, form);
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{form}");
        assert!(answer.body.contains("This token is wrong."));
    }
    let long = format!("token={}", "a".repeat(4096));
    assert_eq!(log_in(&server, &long).status, 413);
    assert_eq!(ask(&server, "POST", "/login", "").status, 411);
    assert_eq!(ask(&server, "POST", "/login", "Transfer-Encoding: chunked\r\n").status, 411);
}

#[test]
fn the_cookie_of_another_process_or_another_token_lets_nobody_in() {
    let (one, other) = (locked("token"), locked("token"));
    let pair = cookie(&one, "token");
    let value = pair.split_once('=').unwrap().1;
    let renamed = format!("acecast-{}={value}", other.address().port());
    assert_eq!(ask(&other, "GET", "/metrics", &format!("Cookie: {renamed}\r\n")).status, 401);
    assert_eq!(ask(&one, "GET", "/metrics", &format!("Cookie: {pair}\r\n")).status, 200);
    assert_eq!(ask(&one, "GET", "/metrics", &format!("Cookie: {pair}0\r\n")).status, 401);
}

#[test]
fn wrong_tokens_do_not_keep_others_waiting() {
    let server = locked("token");
    thread::scope(|scope| {
        let guesses: Vec<_> =
            (0..12).map(|_| scope.spawn(|| log_in(&server, "token=guess").status)).collect();
        // All the time that they take, others are answered.
        let mut rounds = 0;
        while guesses.iter().any(|guess| !guess.is_finished()) {
            let answer = ask(&server, "GET", "/api/plan", "Authorization: Bearer token\r\n");
            assert_eq!(answer.status, 200);
            rounds += 1;
        }
        assert!(rounds > 1, "{rounds} rounds in half a second");
        let statuses: Vec<u16> = guesses.into_iter().map(|guess| guess.join().unwrap()).collect();
        assert!(statuses.iter().all(|status| [403, 429].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&403) && statuses.contains(&429), "{statuses:?}");
    });
    cookie(&server, "token");
}

#[test]
fn without_a_token_only_own_names_of_this_host_are_known() {
    let server = open();
    let port = server.address().port();
    let status = |host: &str| {
        parts(&say(&server, format!("GET /api/status HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())).status
    };
    for own in [
        "localhost".to_owned(),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        "[::1]:1".to_owned(),
    ] {
        assert_eq!(status(&own), 200, "{own}");
    }
    for other in
        ["example.com".to_owned(), format!("example.com:{port}"), "192.0.2.1".to_owned(), String::new()]
    {
        assert_eq!(status(&other), 421, "{other}");
    }
    let absolute = b"GET http://example.com/api/status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(parts(&say(&server, absolute)).status, 421);
    // Not from a browser.
    assert_eq!(parts(&say(&server, b"GET /healthz HTTP/1.0\r\n\r\n")).status, 200);
}
