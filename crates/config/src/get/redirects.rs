//! Where redirects lead, and which are followed.

use std::time::Instant;

use crate::{Answer, Fetch, FetchError, RemoteUrl};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// The answer at the end of the redirects. Those to what may not be asked are not followed.
pub(super) fn follow(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_resolved_against_the_url_that_gave_them() {
        let url = |text: &str| -> RemoteUrl { text.parse().unwrap() };
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
}
