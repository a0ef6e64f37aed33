//! How a remote document is got: redirects, retries and one deadline for all of it.
//!
//! The requests themselves are [`Fetch`]'s; every decision is here.

use std::thread;
use std::time::{Duration, Instant};

use crate::document::Document;
use crate::exposed::is_exposed;
use crate::object::Fields;
use crate::report::shown;
use crate::{Answer, Fetch, FetchError, LoadError, RemoteUrl, syntax};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

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
    error.value.as_string_lit().map(|text| shown(&text.value, false, SHOWN_ERROR))
}

/// The answer at the end of the redirects.
fn follow(
    may_be_asked: &dyn Fn(&RemoteUrl) -> bool,
    fetch: &dyn Fetch,
    url: &RemoteUrl,
    deadline: Instant,
) -> Result<Answer, FetchError> {
    let mut seen = vec![without_fragment(url)];
    let mut url = url.clone();
    loop {
        let answer = fetch.get(&url, deadline).map_err(|error| match error {
            error if seen.len() == 1 || matches!(error, FetchError::TimedOut(_)) => error,
            error => FetchError::Redirected { to: url.to_string(), source: Box::new(error) },
        })?;
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(answer);
        }
        let next = answer
            .location
            .as_deref()
            .and_then(|location| resolve(&url, location))
            .ok_or(FetchError::BadRedirect(answer.status))?;
        if is_https(&url) && !is_https(&next) {
            return Err(FetchError::Downgrade(next.to_string()));
        }
        if !may_be_asked(&next) {
            return Err(FetchError::Exposed(next.to_string()));
        }
        if seen.contains(&without_fragment(&next)) {
            return Err(FetchError::RedirectLoop(next.to_string()));
        }
        if seen.len() > MAX_REDIRECTS {
            return Err(FetchError::TooManyRedirects(MAX_REDIRECTS));
        }
        seen.push(without_fragment(&next));
        url = next;
    }
}

fn is_https(url: &RemoteUrl) -> bool {
    url.reveal().get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

fn without_fragment(url: &RemoteUrl) -> String {
    url.reveal().split('#').next().unwrap_or_default().to_owned()
}

/// Where a `Location` leads to from here.
fn resolve(base: &RemoteUrl, location: &str) -> Option<RemoteUrl> {
    let location = location.trim();
    let whole = base.reveal_base();
    let scheme_end = whole.find("://")? + "://".len();
    let path = whole[scheme_end..].find('/').map_or(whole.len(), |at| scheme_end + at);
    let before = |at: usize| &whole[..at];
    let scheme = location.split(['/', '?', '#']).next().filter(|scheme| scheme.contains(':'));
    let text = if scheme.is_some() {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{}{location}", before(scheme_end - "//".len()))
    } else if location.starts_with('/') {
        format!("{}{location}", before(path))
    } else if location.starts_with('?') {
        format!("{whole}{location}")
    } else if location.is_empty() {
        return None;
    } else {
        let folder = whole[path..].rfind('/').map_or(whole.len(), |at| path + at);
        format!("{}/{location}", before(folder))
    };
    text.parse().ok()
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
mod tests {
    use mockall::Sequence;

    use super::*;
    use crate::fetch::MockFetch;

    fn url(text: &str) -> RemoteUrl {
        text.parse().unwrap()
    }

    fn status(status: u16) -> Answer {
        Answer { status, body: status.to_string().into_bytes(), ..Answer::default() }
    }

    fn failed(status: u16, error: Option<&str>) -> FetchError {
        FetchError::Status { status, error: error.map(str::to_owned) }
    }

    fn redirect(location: &str) -> Answer {
        Answer { location: Some(location.to_owned()), ..status(302) }
    }

    /// Plays these exchanges in this order, and no other.
    fn script(exchanges: Vec<(&'static str, Result<Answer, FetchError>)>) -> MockFetch {
        let (mut fetch, mut sequence) = (MockFetch::new(), Sequence::new());
        for (url, answer) in exchanges {
            fetch
                .expect_get()
                .withf(move |asked, _| asked.reveal() == url)
                .once()
                .in_sequence(&mut sequence)
                .return_once(move |_, _| answer);
        }
        fetch
    }

    #[track_caller]
    fn check(exchanges: Vec<(&'static str, Result<Answer, FetchError>)>, expected: Result<&str, FetchError>) {
        let limits = Limits { deadline: Duration::from_secs(60), waits: [Duration::ZERO; 2] };
        let first = url(exchanges[0].0);
        let body = get(&script(exchanges), &first, &limits);
        assert_eq!(body, expected.map(|body| body.as_bytes().to_vec()));
    }

    #[test]
    fn what_may_pass_is_tried_three_times() {
        let u = "http://h/";
        check(vec![(u, Ok(status(200)))], Ok("200"));
        check(vec![(u, Ok(status(503))), (u, Err(FetchError::Refused)), (u, Ok(status(200)))], Ok("200"));
        check(vec![(u, Ok(status(429))), (u, Ok(status(500))), (u, Ok(status(502)))], Err(failed(502, None)));
        check(vec![(u, Ok(status(404)))], Err(failed(404, None)));
        check(vec![(u, Ok(status(304)))], Err(failed(304, None)));
        check(vec![(u, Err(FetchError::Tls("x".to_owned())))], Err(FetchError::Tls("x".to_owned())));
        check(vec![(u, Err(FetchError::TooLarge))], Err(FetchError::TooLarge));
        check(
            vec![(u, Err(FetchError::TimedOut(Duration::ZERO)))],
            Err(FetchError::TimedOut(Duration::from_secs(60))),
        );
    }

    #[test]
    fn the_servers_own_words_are_shown() {
        let body = |body: &str| Answer { body: body.as_bytes().to_vec(), ..status(404) };
        let says = "no host \u{1b} at http://u:p@h/?t=1";
        let json = format!("{{\"error\": \"{}\"}}", says.replace('\u{1b}', "\\u001b"));
        let shown = "no host \\u{1b} at http://****@h/?t=****";
        check(vec![("http://h/", Ok(body(&json)))], Err(failed(404, Some(shown))));
        let long = format!("{{\"error\": \"{}\"}}", "x".repeat(61));
        let cut = "x".repeat(60) + "…";
        check(vec![("http://h/", Ok(body(&long)))], Err(failed(404, Some(&cut))));
        for other in ["<html>", "[]", "{\"error\": 5}", ""] {
            check(vec![("http://h/", Ok(body(other)))], Err(failed(404, None)));
        }
    }

    #[test]
    fn a_redirect_that_leads_to_a_dead_host_names_it() {
        let exchange = || {
            [
                ("http://h/", Ok(redirect("http://dead/?token=secret"))),
                ("http://dead/?token=secret", Err(FetchError::Refused)),
            ]
        };
        let error = FetchError::Redirected {
            to: "http://dead/?token=****".to_owned(),
            source: Box::new(FetchError::Refused),
        };
        assert_eq!(
            error.to_string(),
            "the server redirects to http://dead/?token=****: the connection was refused"
        );
        check((0..3).flat_map(|_| exchange()).collect(), Err(error));
    }

    #[test]
    fn a_wait_beyond_the_deadline_is_not_begun() {
        let busy = Answer { retry_after: Some(Duration::from_secs(61)), ..status(503) };
        check(vec![("http://h/", Ok(busy))], Err(failed(503, None)));
    }

    #[test]
    fn five_redirects_are_followed_and_no_more() {
        let hops = ["http://h/0", "http://h/1", "http://h/2", "http://h/3", "http://h/4", "http://h/5"];
        let mut five: Vec<_> = (0..5).map(|i| (hops[i], Ok(redirect(hops[i + 1])))).collect();
        five.push((hops[5], Ok(status(200))));
        check(five, Ok("200"));
        let mut six: Vec<_> = (0..5).map(|i| (hops[i], Ok(redirect(hops[i + 1])))).collect();
        six.push((hops[5], Ok(redirect("/6"))));
        check(six, Err(FetchError::TooManyRedirects(5)));
    }

    #[test]
    fn redirects_never_lose_tls_and_never_go_in_circles() {
        let to_plain = redirect("http://h/?token=secret");
        check(
            vec![("https://h/", Ok(to_plain))],
            Err(FetchError::Downgrade("http://h/?token=****".to_owned())),
        );
        check(
            vec![
                ("http://h/", Ok(redirect("https://h/"))),
                ("https://h/", Ok(redirect("//i/x#f"))),
                ("https://i/x#f", Ok(status(200))),
            ],
            Ok("200"),
        );
        check(
            vec![("http://h/a", Ok(redirect("b"))), ("http://h/b", Ok(redirect("/a#x")))],
            Err(FetchError::RedirectLoop("http://h/a#****".to_owned())),
        );
        for location in ["", "ftp://h/", "http://", "http://h/\u{7}"] {
            check(vec![("http://h/", Ok(redirect(location)))], Err(FetchError::BadRedirect(302)));
        }
        check(vec![("http://h/", Ok(status(307)))], Err(FetchError::BadRedirect(307)));
    }

    #[test]
    fn locations_are_resolved_against_the_url_that_gave_them() {
        let base = url("https://u:p@h:8/a/b?q#f");
        for (location, expected) in [
            ("/c", "https://u:p@h:8/c"),
            ("c?x=http://i", "https://u:p@h:8/a/c?x=http://i"),
            ("?c", "https://u:p@h:8/a/b?c"),
            ("//i/c", "https://i/c"),
            ("HTTP://i", "HTTP://i"),
        ] {
            assert_eq!(resolve(&base, location).unwrap().reveal(), expected);
        }
        assert_eq!(resolve(&url("http://h"), "c").unwrap().reveal(), "http://h/c");
    }

    #[test]
    fn metadata_is_asked_for_in_the_query() {
        for (plain, asked) in [
            ("http://h/x", "http://h/x?get_metadata"),
            ("http://h/x?", "http://h/x?get_metadata"),
            ("http://h/x?a=1", "http://h/x?a=1&get_metadata"),
            ("http://h/x?a=1#f?", "http://h/x?a=1&get_metadata#f?"),
            ("http://h#f", "http://h?get_metadata#f"),
        ] {
            assert_eq!(with_metadata(&url(plain)).reveal(), asked);
        }
    }

    #[test]
    fn metadata_is_not_asked_for_where_others_can_read_it() {
        let limits = Limits { deadline: Duration::from_secs(60), waits: [Duration::ZERO; 2] };
        let get = |exchanges, first: &str, require_https| {
            get_with_metadata(&script(exchanges), &url(first), require_https, &limits)
        };
        let error = get(vec![], "http://me:pw@example.com/l?t=s", true).unwrap_err();
        assert_eq!(
            error.to_string(),
            "get http://example.com/l?t=****: metadata is not asked for by plain http, as it holds private keys \
             and require_https is set; use an https URL, or take require_https out"
        );
        for (first, asked) in [
            ("https://example.com/l", "https://example.com/l?get_metadata"),
            ("http://127.0.0.1:8000/l", "http://127.0.0.1:8000/l?get_metadata"),
            ("http://localhost/l", "http://localhost/l?get_metadata"),
        ] {
            assert!(get(vec![(asked, Ok(status(200)))], first, true).is_ok(), "{first}");
        }
        let asked = "http://example.com/l?get_metadata";
        assert!(get(vec![(asked, Ok(status(200)))], "http://example.com/l", false).is_ok());
    }

    #[test]
    fn a_redirect_does_not_get_around_require_https() {
        let limits = Limits { deadline: Duration::from_secs(60), waits: [Duration::ZERO; 2] };
        let first = "http://localhost/l";
        let hop = || ("http://localhost/l?get_metadata", Ok(redirect("http://example.com/x?t=s")));
        let fetch = script(vec![hop()]);
        let Err(LoadError::Fetch { source, .. }) = get_with_metadata(&fetch, &url(first), true, &limits)
        else {
            panic!("it was asked");
        };
        assert_eq!(source, FetchError::Exposed("http://example.com/x?t=****".to_owned()));
        let fetch = script(vec![hop(), ("http://example.com/x?t=s", Ok(status(200)))]);
        assert!(get_with_metadata(&fetch, &url(first), false, &limits).is_ok());
        let fetch = script(vec![
            ("http://localhost/l?get_metadata", Ok(redirect("https://example.com/x"))),
            ("https://example.com/x", Ok(status(200))),
        ]);
        assert!(get_with_metadata(&fetch, &url(first), true, &limits).is_ok());
    }
}
