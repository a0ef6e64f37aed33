//! Takes a stream that does not end: a ts source, or another node.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::Duration;

use crate::engine::node::Node;
use crate::http::client;

/// The kernel gathers in the meantime: fewer, larger reads.
const PAUSE: Duration = Duration::from_millis(200);

/// Pulls `url` for ever, and starts again when it is lost.
pub(crate) fn run(node: &Arc<Node>, url: &str, headers: &[String]) {
    loop {
        let script = node.script();
        node.input.attempts.fetch_add(1, Ordering::Relaxed);
        let answer = client::get(url, headers, Duration::from_millis(script.stall_ms.max(1)));
        if let Some(response) = answer.ok().filter(|response| response.status == 200) {
            follow(node, response.body);
            if node.input.is_connected() {
                node.input.lost();
                node.log.line(&format!("input lost: {}", without_query(url)));
            }
        }
        sleep(Duration::from_millis(script.reconnect_ms));
    }
}

/// Until it ends, fails or falls silent.
fn follow<S: std::io::Read>(node: &Node, mut body: client::Body<S>) {
    while let Ok(true) = body.pull(|bytes| node.take(bytes)) {
        if !node.input.is_connected() {
            node.reached();
        }
        if body.drained() {
            sleep(PAUSE);
        }
    }
}

/// A URL for the log: its query may hold a token.
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
