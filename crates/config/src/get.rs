//! How a remote document is got: retries, redirects and one deadline for all of it.
//!
//! The requests themselves are [`Fetch`]'s; every decision is here, and in `redirects`.

pub(crate) mod fetch;
mod redirects;
mod untrusted;
pub(crate) mod ureq_fetch;

use std::thread;
use std::time::{Duration, Instant};

use crate::exposed::is_exposed;
use crate::read::object::Fields;
use crate::read::report::shown_message;
use crate::text::document::Document;
use crate::text::syntax;
use crate::{Fetch, FetchError, LoadError, RemoteUrl};

use redirects::follow;

/// How much of an answer's own error message is shown, in characters.
const SHOWN_ERROR: usize = 60;

/// How long and how often it is tried.
pub(crate) struct Limits {
    /// For everything, retries included.
    pub(crate) deadline: Duration,
    /// Before each retry.
    pub(crate) waits: [Duration; 2],
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            deadline: Duration::from_secs(10),
            waits: [Duration::from_millis(250), Duration::from_secs(1)],
        }
    }
}

/// The document at `url`.
pub(crate) fn get(fetch: &dyn Fetch, url: &RemoteUrl, limits: &Limits) -> Result<Vec<u8>, FetchError> {
    get_where(&|_| true, fetch, url, limits)
}

/// The document at `url` with the metadata of its streams: their private keys, which `require_https` keeps off
/// connections that others can read, also where a redirect leads to one. Metadata can be asked for in no other way, so
/// nobody can forget to look.
pub(crate) fn get_with_metadata(
    fetch: &dyn Fetch,
    url: &RemoteUrl,
    require_https: bool,
    limits: &Limits,
) -> Result<Vec<u8>, LoadError> {
    let may_be_asked = |url: &RemoteUrl| !(require_https && is_exposed(url));
    if !may_be_asked(url) {
        return Err(LoadError::Exposed { url: url.to_string() });
    }
    get_where(&may_be_asked, fetch, &with_metadata(url), limits)
        .map_err(|source| LoadError::Fetch { url: url.to_string(), source })
}

/// The document at `url`. Redirects to what may not be asked are not followed.
fn get_where(
    may_be_asked: &dyn Fn(&RemoteUrl) -> bool,
    fetch: &dyn Fetch,
    url: &RemoteUrl,
    limits: &Limits,
) -> Result<Vec<u8>, FetchError> {
    let deadline = Instant::now() + limits.deadline;
    let mut waits = limits.waits.iter();
    loop {
        let (error, asked_to_wait) = match follow(may_be_asked, fetch, url, deadline) {
            // Other successes answer with a part, with nothing, or later.
            Ok(answer) if answer.status == 200 => return Ok(answer.body),
            Ok(answer) => {
                let error = own_words(&answer.body);
                let status = FetchError::Status { status: answer.status, error };
                (status, answer.retry_after.unwrap_or_default())
            }
            Err(FetchError::TimedOut(_)) => return Err(FetchError::TimedOut(limits.deadline)),
            Err(error) => (error, Duration::ZERO),
        };
        let Some(wait) = waits.next().filter(|_| may_pass(&error)) else { return Err(error) };
        let wait = asked_to_wait.max(*wait);
        if wait >= deadline.saturating_duration_since(Instant::now()) {
            return Err(error);
        }
        thread::sleep(wait);
    }
}

/// The failure may be gone in a moment.
fn may_pass(error: &FetchError) -> bool {
    match error {
        FetchError::Status { status, .. } => *status == 429 || *status >= 500,
        FetchError::Redirected { source, .. } => may_pass(source),
        FetchError::Refused | FetchError::UnknownHost | FetchError::Connection(_) => true,
        _ => false,
    }
}

/// What the `error` of a JSON answer says, safe to show.
fn own_words(body: &[u8]) -> Option<String> {
    let document = Document::new(String::new(), body).ok()?;
    let answer = syntax::parse(&document).ok()?;
    let error = Fields::unchecked(answer.as_object()?, "").set("error")?;
    error.value.as_string_lit().map(|text| shown_message(&text.value, SHOWN_ERROR))
}

/// The URL with `get_metadata` in its query.
fn with_metadata(url: &RemoteUrl) -> RemoteUrl {
    let (address, fragment) = match url.reveal().split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (url.reveal(), String::new()),
    };
    let glue = match address.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{address}{glue}get_metadata{fragment}").parse().expect("a word in its query leaves a URL a URL")
}

#[cfg(test)]
mod tests;
