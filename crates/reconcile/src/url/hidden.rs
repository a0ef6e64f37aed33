//! What of a URL's path only grants access: parameters like `;token=…`, and user and password of a URL within the URL.

use std::ops::Range;

use super::decoded::Decoded;

/// What stands for anything hidden.
const MASK: &str = "****";

/// Host and path of a URL, without what may be a secret in them: also behind a separator that is none, and where it is
/// escaped. Streams that differ in no more than that are not the same, so this is for people alone.
pub(crate) fn shown(url: &str) -> String {
    masked(url, suspicious(url))
}

/// The places of what may be secret in the host and the path of a URL, in their order.
pub(super) fn suspicious(url: &str) -> Vec<Range<usize>> {
    let host = url.find('/').unwrap_or(url.len());
    let mut places = [hidden(url), named(url)].concat();
    if let Some(decoded) = Decoded::new(&url[..host])
        && let Some(end) = decoded.text().rfind('@')
    {
        places.push(decoded.written(0..end));
    }
    if let Some(decoded) = Decoded::new(url) {
        let text = decoded.text();
        places.extend([hidden(text), named(text)].concat().into_iter().map(|place| decoded.written(place)));
    }
    places.sort_by_key(|place| place.start);
    places
}

/// The text with [`MASK`] for these places, which are in their order.
pub(super) fn masked(text: &str, places: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for place in places {
        if place.start >= done {
            masked.push_str(&text[done..place.start]);
            masked.push_str(MASK);
        }
        done = done.max(place.end);
    }
    masked + &text[done..]
}

/// The values behind the names of secrets, up to the next separator.
fn named(text: &str) -> Vec<Range<usize>> {
    let value = |(at, _): (usize, &str)| {
        let name =
            text[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "_-.".contains(c)).len();
        let behind = at + 1..text[at + 1..].find(SEPARATORS).map_or(text.len(), |len| at + 1 + len);
        (tells(&text[name..at]) && !behind.is_empty()).then_some(behind)
    };
    text.match_indices('=').filter_map(value).collect()
}

/// What ends a value, wherever a name may begin behind it.
const SEPARATORS: &[char] =
    &['/', '&', ';', ',', '|', '?', '#', ':', ' ', '\u{ff1f}', '\u{ff06}', '\u{ff1b}'];

/// A part of the name says that it is a secret's.
fn tells(name: &str) -> bool {
    const PARTS: &[&str] = &["authorization", "bearer", "credential", "credentials", "creds", "pw", "psw"];
    opens(name)
        || name.split(['_', '-', '.']).any(|part| opens(part) || PARTS.contains(&&*part.to_ascii_lowercase()))
}

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
    fn people_see_no_secret_behind_any_separator() {
        for (path, expected) in [
            ("/x&token=S", "/x&token=****"),
            ("/x,token=S/y&a=1", "/x,token=****/y&a=1"),
            ("/x|api_key=S,sid=T", "/x|api_key=****,sid=****"),
            ("/x%3Ftoken=S", "/x%3Ftoken=****"),
            ("/x%3fsid%3DS%26a%3D1", "/x%3fsid%3D****%26a%3D1"),
            ("/x%2526t%256fken%253DS", "/x%2526t%256fken%253D****"),
            ("/x\u{ff1f}token=S", "/x\u{ff1f}token=****"),
            ("/x;user-auth=S", "/x;user-auth=****"),
            ("/x;token=S;sig=T", "/x;token=****;sig=****"),
            ("/http%3A%2F%2Fu%3AS%40i/x", "/http%3A%2F%2F****%40i/x"),
            ("/x&token=&v=1;author=me,id=7", "/x&token=&v=1;author=me,id=7"),
            ("u%3AS%40h:9/x@y", "****%40h:9/x@y"),
            ("[fe80::1%25eth0]:9/", "[fe80::1%25eth0]:9/"),
            ("/100%25/caf%C3%A9", "/100%25/caf%C3%A9"),
        ] {
            assert_eq!(shown(path), expected);
        }
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
