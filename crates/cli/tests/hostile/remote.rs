//! Lists that cannot be read, or must not be believed: every node goes on, and the message says which.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Site, eventually};
use crate::world::{Server, http, skipped};

/// A site with a source and a support node that run.
fn running(site: &Site) {
    let [source, support] = site.ports();
    site.use_controller();
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
}

/// With this controller nothing is touched, and the message says why.
#[track_caller]
fn refuses(site: &Site, controller: &Value, code: i32, says: &[&str]) {
    let before = site.pids();
    site.app(json!({"controller": controller}));
    let run = site.acecast(&["start", "source"]).exit(code);
    for text in says {
        assert!(run.all().contains(text), "expected to read {text:?}\n{run}");
    }
    let doc = site.json(&["start", "source"], code);
    assert_eq!(doc["schema"], 1);
    site.acecast(&["plan", "source"]).exit(code);
    assert_eq!(site.pids(), before, "{controller}");
}

#[test]
fn remote_config_that_cannot_be_had_or_is_no_list() {
    let site = Site::new();
    running(&site);
    let at = |port: u16, scheme: &str| json!({"source_node": format!("{scheme}://127.0.0.1:{port}/list?token=s3cret")});
    let list = |body: &str| {
        let body = body.to_owned();
        Server::start(0, move |_| http("200 OK", &body))
    };
    refuses(&site, &at(site.port(), "http"), 3, &["refused", "/list?token=****"]);
    // A server that does not speak TLS.
    refuses(&site, &at(list("[]").port, "https"), 3, &["TLS"]);
    for (body, says) in [
        ("null", "null"),
        ("{}", "an empty object"),
        ("12", "12"),
        ("[1, 2]", "no node at all"),
        (r#"{"result": 5}"#, "result"),
        (r#"{"error": "the database is away"}"#, "the database is away"),
        ("<html>Welcome</html>", "1:1"),
        (r#"[{"port": 8640, "stream_uid": "#, "1:"),
        ("", "1:1"),
        (r#"[{"port": 8640}, {"port": 8640}]"#, "has, too"),
    ] {
        refuses(&site, &at(list(body).port, "http"), 3, &[says, "/list"]);
    }
    for status in ["400 Bad", "401 No", "404 Gone", "500 Oops", "503 Busy"] {
        let server = Server::start(0, move |_| http(status, "[]"));
        refuses(&site, &at(server.port, "http"), 3, &[&status[..3]]);
    }
    let cut = |_: &str| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]".to_vec();
    refuses(&site, &at(Server::start(0, cut).port, "http"), 3, &["cut off"]);
    let large = |_: &str| http("200 OK", &" ".repeat((16 << 20) + 1));
    refuses(&site, &at(Server::start(0, large).port, "http"), 3, &["larger than 16 MiB"]);
    let no_http = |_: &str| b"SSH-2.0-x\r\n".to_vec();
    refuses(&site, &at(Server::start(0, no_http).port, "http"), 3, &["failed"]);
}

#[test]
fn remote_config_behind_a_certificate_that_nobody_signed() {
    let site = Site::new();
    let openssl = |args: &[&str]| {
        let mut command = Command::new("openssl");
        command.args(args).current_dir(site.path("config")).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
    let names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"];
    if !openssl(&[&request[..], &names].concat()).status().is_ok_and(|status| status.success()) {
        return skipped("a certificate that nobody signed", "openssl cannot make one here");
    }
    running(&site);
    std::fs::write(site.path("config/list"), "[]").unwrap();
    let port = site.port();
    let mut server =
        openssl(&["s_server", "-accept", &port.to_string(), "-cert", "cert.pem", "-key", "key.pem", "-HTTP"]);
    let server = Ended(server.spawn().unwrap());
    eventually("the TLS server listens", || std::net::TcpStream::connect(("127.0.0.1", port)).ok().map(drop));
    refuses(
        &site,
        &json!({"source_node": format!("https://127.0.0.1:{port}/list")}),
        3,
        &["the server's certificate is not trusted", "--ca-file"],
    );
    drop(server);
}

/// A child that ends with its test.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn remote_config_that_loses_its_nodes_is_refused() {
    let site = Site::new();
    let ports: [u16; 5] = site.ports();
    site.use_controller();
    let nodes = ports.map(|port| site.ts(&format!("s{port}"), port));
    site.sources(&nodes);
    site.start();
    let before = site.pids();
    for left in [&nodes[..0], &nodes[..2]] {
        site.sources(left);
        site.acecast(&["start"]).exit(4).says("refused");
        site.acecast(&["plan"]).exit(4);
        site.acecast(&["start", "--dry-run", "-o", "json"]).exit(4);
        assert_eq!(site.pids(), before);
    }
    site.sources(&nodes[..3]);
    site.acecast(&["start"]).exit(0);
    assert_eq!(site.pids().len(), 3);
}
