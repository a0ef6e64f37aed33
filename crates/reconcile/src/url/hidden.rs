//! What of a URL's path only grants access: parameters like `;token=…`, and user and password of a URL within the URL.

use std::ops::Range;

/// The places of secrets in a path, in their order; none touches another.
pub(super) fn hidden(path: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    for segment in path.split_inclusive('/') {
        let text = segment.trim_end_matches('/');
        // `http://` and what many servers make of it, `http:/`.
        let is_authority = path[..at].trim_end_matches('/').ends_with(':') && path[..at].ends_with('/');
        let from = match text.rfind('@').filter(|_| is_authority) {
            Some(end) => {
                places.push(at..at + end);
                end
            }
            None => 0,
        };
        places.extend(
            parameters(&text[from..]).map(|(_, value)| at + from + value.start..at + from + value.end),
        );
        at += segment.len();
    }
    places.retain(|place| !place.is_empty());
    places
}

/// The secret parameters of one segment: their names, and where their values are.
fn parameters(segment: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let starts = segment.match_indices(';').map(|(at, _)| at + 1);
    starts.filter_map(|start| {
        let (name, value) = segment[start..].split_once('=')?;
        let len = value.find(';').unwrap_or(value.len());
        let value = start + name.len() + 1;
        (!name.contains(';') && opens(name)).then_some((name, value..value + len))
    })
}

/// What is called so lets its holder in. A parameter that says which stream it is must not be taken for one.
fn opens(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["auth", "pass", "pwd", "sid", "sig", "signature"].contains(&name.as_str())
        || name.ends_with("key")
        || ["token", "secret", "passw", "session", "sessid"].iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &[&str]) {
        let found: Vec<&str> = hidden(path).into_iter().map(|place| &path[place]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn parameters_with_names_of_secrets() {
        check("/x;token=a/y;v=1;Access_Key=b;jsessionid=c", &["a", "b", "c"]);
        check("/;token=;token", &[]);
        check("/a;;sid=b=c;sidecar=d;author=e;keyframe=f", &["b=c"]);
    }

    #[test]
    fn userinfo_of_a_url_in_the_path() {
        check("/http://u:p@h/x", &["u:p"]);
        check("/http:/u:p@h;token=a", &["u:p", "a"]);
        check("/rtsp:///tok@h", &["tok"]);
        // Streams may be called so.
        check("/udp/@239.0.0.1:1234/a:1@b", &[]);
        check("/http://h/a:1@b", &[]);
    }
}
