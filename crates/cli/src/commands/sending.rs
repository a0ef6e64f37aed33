//! What the commands that send data to the operator's servers have in common.

use std::time::{Duration, Instant};

use acecast_config::RemoteUrl;
use acecast_telemetry::{self as telemetry, Patience, Post, PostError, Receiver, SendError, Sent, send};

use crate::context::Context;
use crate::failure::Failure;

/// How long a wait goes on after a signal, at most: a server may ask for minutes.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Where data of one kind goes to.
pub(super) fn receiver(url: Option<&RemoteUrl>, key: &str) -> Result<Receiver, Failure> {
    let Some(url) = url else {
        return Err(Failure::config("endpoint_not_set", format_args!("{key} is not set in the app config"))
            .hint("set it to the URL of the server that takes the data"));
    };
    Receiver::new(url.reveal())
        .map_err(|error| Failure::config("config_wrong", format_args!("cannot send to {key}: {error}")))
}

/// The server's certificate was not accepted.
pub(super) fn is_untrusted(error: &SendError) -> bool {
    matches!(error.last, telemetry::Failure::Post(PostError::Tls(_) | PostError::Untrusted(_)))
}

/// Sends one document, again and again until the deadline.
pub(super) fn deliver(
    context: &Context,
    post: &dyn Post,
    to: &Receiver,
    body: &[u8],
    deadline: Instant,
) -> Result<Sent, SendError> {
    let wait = |pause: Duration| {
        let end = Instant::now() + pause;
        while !context.signals.wanted() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(LOOK_AGAIN));
        }
        false
    };
    send(post, to, body, &Patience::until(deadline), &wait)
}
