//! Engines and servers that say what they are told to, and the keys of streams.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::Site;

/// Makes this shell text the alpha channel's engine.
pub(crate) fn alpha_engine(site: &Site, script: &str) {
    fs::create_dir_all(site.path("alpha")).unwrap();
    let path = site.path("alpha/start-engine");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The path of that engine, for the app config.
pub(crate) fn engines(site: &Site) -> serde_json::Value {
    json!({"alpha": site.path("alpha/start-engine")})
}

/// A server on this port, which answers every connection with what becomes of the request. 0 is any port.
pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(port: u16, answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = serve(stream, &answer);
            }
        });
        Server { port, asked }
    }

    /// How many connections there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str) -> Vec<u8>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && request.len() < 64 * 1024 && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
        // A TLS handshake begins so; whoever does not speak it answers at once that this is no request.
        if request[0] == 0x16 {
            break;
        }
    }
    stream.write_all(&answer(&String::from_utf8_lossy(&request)))
}

/// An answer of this status with this body.
pub(crate) fn http(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.0 {status}\r\nContent-Type: application/json\r\n\r\n{body}").into_bytes()
}

/// A private key that is whole by its form. Each letter makes another one; its lines are like no other text.
pub(crate) fn key(letter: char) -> String {
    let line = |count: usize| letter.to_string().repeat(count);
    // A DER sequence of 456 bytes, as its head says for the letters from A to P.
    let body = format!("MIIBx{}", line(603));
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"))
}

/// Says that something could not be tried on this machine, past the harness, which shows no output of tests that pass.
pub(crate) fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}: {why}");
}
