//! Servers behind TLS: whose certificate counts, and which file says so.

mod server;

use serde_json::{Value, json};

use crate::support::{Ran, Site, key, node, outcomes, with};
use server::{Authority, Server};

/// A site with one source node that runs.
fn one(site: &Site) -> u16 {
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    port
}

fn report_to(site: &Site, server: &Server, more: Value) {
    let url = format!("https://m0nitor:passw0rd@127.0.0.1:{}/monitor?token=t0ken", server.port);
    site.app(with(json!({"controller": {"monitor": url}}), more));
}

/// The server was not trusted: it got nothing, and the message says why and what to do.
#[track_caller]
fn refused(ran: Ran, server: &Server, why: &str) {
    let url =
        format!("https://127.0.0.1:{}/monitor: the server's certificate is not trusted: {why}", server.port);
    let hint = "  hint: correct the server's certificate, or name the authority (PEM) that it is from with --ca-file";
    let ran = ran.exit(1).says(&url).says(hint);
    assert!(ran.took.as_secs() < 10, "what cannot pass is not tried again: {ran}");
    ran.hides("m0nitor").hides("passw0rd").hides("t0ken");
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_report_goes_to_a_server_of_a_trusted_authority_only() {
    let site = Site::new();
    let port = one(&site);
    let authority = Authority::new();
    let server = authority.server("127.0.0.1", "thanks");
    report_to(&site, &server, json!({}));
    refused(site.acecast(&["monitor"]), &server, "its issuer is unknown");
    let doc = site.json(&["monitor"], 1);
    assert_eq!((&node(&doc, port)["outcome"], &node(&doc, port)["status"]), (&json!("failed"), &Value::Null));

    // By the option, and relative to the current folder; the app config's file does not count any more.
    std::fs::write(site.path("ca.pem"), &authority.pem).unwrap();
    std::fs::write(site.path("stranger.pem"), Authority::new().pem).unwrap();
    report_to(&site, &server, json!({"ca_file": site.path("stranger.pem")}));
    refused(site.acecast(&["monitor"]), &server, "it is not signed by the authority that it names");
    site.acecast(&["--ca-file", "ca.pem", "monitor"]).exit(0).says("1 sent (to https://127.0.0.1:");
    report_to(&site, &server, json!({"ca_file": site.path("ca.pem")}));
    let doc = site.json(&["monitor"], 0);
    assert_eq!(outcomes(&doc), [("sent", 1)].into());
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{requests:#?}");
    for request in requests {
        assert!(request.starts_with("POST /monitor?token=t0ken HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("Basic bTBuaXRvcjpwYXNzdzByZA=="), "{request}");
        assert!(request.contains(&format!("\"port\":{port}")), "{request}");
    }
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let site = Site::new();
    one(&site);
    let authority = Authority::new();
    let server = authority.server("monitor.example.com", "thanks");
    std::fs::write(site.path("ca.pem"), &authority.pem).unwrap();
    report_to(&site, &server, json!({"ca_file": site.path("ca.pem")}));
    refused(site.acecast(&["monitor"]), &server, "it is for another name: monitor.example.com");
}

#[test]
fn keys_too_go_to_a_server_of_a_trusted_authority_only() {
    let site = Site::new();
    let authority = Authority::new();
    let server = authority.server("127.0.0.1", "thanks");
    let url = format!("https://127.0.0.1:{}/metadata", server.port);
    site.app(json!({"controller": {"metadata_receiver": url}}));
    site.keep_ts("news", &key('A'), 12);
    let ran = site.acecast(&["update-metadata"]).exit(1).says("its issuer is unknown");
    ran.says("  hint: correct the server's certificate, or name the authority (PEM)").says("1 failed");
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_file_of_authorities_that_cannot_be_used_is_named() {
    let site = Site::new();
    one(&site);
    let authority = Authority::new();
    let server = authority.server("127.0.0.1", "thanks");
    report_to(&site, &server, json!({}));
    for (name, content, says) in [
        ("none.pem", None, "does not exist"),
        ("empty.pem", Some(""), "holds no certificate"),
        ("text.pem", Some("no certificate"), "holds no certificate"),
        (
            "cut.pem",
            Some("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
            "certificate 1 in it cannot be decoded",
        ),
        ("broken.pem", Some("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"), "broken.pem"),
    ] {
        if let Some(content) = content {
            std::fs::write(site.path(name), content).unwrap();
        }
        site.acecast(&["monitor", "--ca-file", name])
            .exit(3)
            .says(name)
            .says(says)
            .says("hint: correct --ca-file");
        let doc = site.json(&["monitor", "--ca-file", name], 3);
        assert_eq!(doc["error"]["code"], "ca_file_wrong", "{doc:#}");
    }
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn lists_come_from_a_controller_of_a_trusted_authority_only() {
    let site = Site::new();
    let port = site.port();
    let authority = Authority::new();
    let list = json!({"result": [site.ts("news", port)]}).to_string();
    let server = authority.server("127.0.0.1", &list);
    let list = format!("https://127.0.0.1:{}/source_node?key=s3cret", server.port);
    let app = |more: Value| site.app(with(json!({"controller": {"source_node": list}}), more));
    app(json!({}));
    let run =
        site.acecast(&["start"]).exit(3).says("its issuer is unknown").says("--ca-file").hides("s3cret");
    assert!(run.took.as_secs() < 12, "{run}");
    assert_eq!(site.json(&["plan"], 3)["error"]["code"], "config_unreachable");
    assert!(site.pids().is_empty());
    assert_eq!(server.requests(), [""; 0]);
    std::fs::write(site.path("ca.pem"), &authority.pem).unwrap();
    site.acecast(&["start", "--ca-file", "ca.pem"]).exit(0);
    app(json!({"ca_file": site.path("ca.pem")}));
    site.assert_nothing_to_do();
    assert!(server.requests().iter().all(|request| request.starts_with("GET /source_node?key=s3cret ")));

    let elsewhere = authority.server("controller.example.com", "[]");
    let list = format!("https://127.0.0.1:{}/source_node", elsewhere.port);
    site.app(json!({"controller": {"source_node": list}, "ca_file": site.path("ca.pem")}));
    site.acecast(&["start"]).exit(3).says("it is for another name: controller.example.com");
    assert_eq!(site.pids().len(), 1, "a node was touched");
}
