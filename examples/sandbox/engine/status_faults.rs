//! Every way in which a node's status can be useless, on request of the script.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::engine::node::Node;
use crate::engine::script::{Script, Status};
use crate::engine::serve::PROTOCOL;
use crate::engine::status;
use crate::http::server::Answer;

/// Answers `/app/monitor` as the script wants it.
pub(crate) fn answer(node: &Arc<Node>, script: &Script, mut stream: &TcpStream) -> io::Result<()> {
    let sound = || status::document(node);
    let json = |doc: Map<String, Value>| Answer::json(&Value::from(doc));
    match script.status {
        Status::Ok | Status::Refuse => json(sound()).write(PROTOCOL, stream),
        Status::Hang => until_closed(stream),
        Status::Drip => {
            let answer = json(sound());
            drip(stream, answer.head(PROTOCOL).as_bytes())?;
            drip(stream, &answer.body)
        }
        Status::Error500 => Answer::text(500, "Traceback: internal error").write(PROTOCOL, stream),
        Status::Html => {
            let page = "<!DOCTYPE html><html><body><h1>Welcome</h1></body></html>";
            Answer::new(200, "text/html", page).write(PROTOCOL, stream)
        }
        Status::WrongTypes => json(wrong_types(sound())).write(PROTOCOL, stream),
        Status::Cut => {
            let answer = json(sound());
            stream.write_all(answer.head(PROTOCOL).as_bytes())?;
            stream.write_all(&answer.body[..answer.body.len() / 2])
        }
        Status::Endless => endless(stream),
        Status::Redirect => {
            let mut answer = Answer::text(302, "");
            answer.headers.push(format!("Location: {}", script.redirect_to));
            answer.write(PROTOCOL, stream)
        }
        Status::WrongPid => {
            let mut doc = sound();
            doc.insert("pid".to_owned(), (std::process::id() + 1).into());
            json(doc).write(PROTOCOL, stream)
        }
    }
}

/// Holds the connection until the client gives up.
fn until_closed(mut stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(600)))?;
    while stream.read(&mut [0; 64])? > 0 {}
    Ok(())
}

/// One byte a second.
fn drip(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte])?;
        sleep(Duration::from_secs(1));
    }
    Ok(())
}

/// A string that never ends, in a document that never ends.
fn endless(mut stream: &TcpStream) -> io::Result<()> {
    write!(stream, "{PROTOCOL} 200 OK\r\nContent-Type: application/json\r\n\r\n{{\"version\": \"")?;
    loop {
        stream.write_all(&[b'3'; 16 * 1024])?;
    }
}

/// Each value becomes one of another type.
fn wrong_types(doc: Map<String, Value>) -> Map<String, Value> {
    let spoil = |value| match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!([]),
        Value::Number(_) => json!("many"),
        Value::String(_) => json!(7),
        Value::Array(_) => json!({ "0": null }),
        Value::Object(_) => json!([null]),
    };
    doc.into_iter().map(|(name, value)| (name, spoil(value))).collect()
}
