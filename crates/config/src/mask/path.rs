//! Paths from documents: what was to be a URL may be in one, joined to a folder.

use std::ops::Range;
use std::path::Path;

use acecast_reconcile::escape;

use super::credentials::hide_credentials;
use super::key::hide_keys;
use super::name::{Certainty, Names};
use super::userinfo::hide_userinfo;
use super::{masked, readings};
use crate::text::scan::words;

/// The path, fit to be shown.
pub(crate) fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    escape(&mask_path(&text)).into_owned()
}

/// The text that was given as a path holds something that would have to be hidden. Joined to a folder, it could be found
/// no more.
pub(crate) fn holds_secret(text: &str) -> bool {
    let hide = |text: &str, spans: &mut Vec<_>| {
        hide_userinfo(text, 0..text.len(), false, spans);
        hide_in_path(text, true, spans);
    };
    readings(text, hide).iter().any(|span| !span.is_empty())
}

fn mask_path(text: &str) -> String {
    let spans = readings(text, |text, spans| {
        // User and password begin with a part of the path; those before it are folders.
        let odd = text.find([':', '?']).unwrap_or(text.len());
        let part = text[..odd].rfind('/').map_or(0, |slash| slash + 1);
        hide_userinfo(text, part..text.len(), false, spans);
        hide_in_path(text, false, spans);
    });
    masked(text, spans)
}

/// Keys, credentials, and what is behind the names of secrets. Names alone are those of files.
fn hide_in_path(text: &str, also_apart: bool, spans: &mut Vec<Range<usize>>) {
    hide_keys(text, spans);
    hide_credentials(text, spans);
    let mut names = Names::default();
    for word in words(text) {
        let mut behind = text[word.end..].chars();
        // Base64 ends with it.
        let is_end = text[word.end..].trim_matches('=').is_empty();
        let is_name = match behind.next() {
            Some('=') => true,
            Some(':') => also_apart || behind.next().is_some_and(|c| !c.is_whitespace() && c != '/'),
            _ => false,
        };
        if is_name && !is_end && names.certainty(&text[word.clone()]) > Certainty::No {
            spans.push(word.end + 1..text.len());
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_what_was_to_be_a_url() {
        for (path, shown) in [
            ("/srv/http:/u:p@h/x", "/srv/http:/****@h/x"),
            ("/srv/http/u:p@h/x", "/srv/http/****@h/x"),
            ("/srv/u:p/w@h", "/srv/****@h"),
            ("/srv/http:/h/x;token=a/y", "/srv/http:/h/x;token=****"),
            ("/srv/h/x?code=a", "/srv/h/x?code=****"),
            ("/srv/token=S", "/srv/token=****"),
            ("/srv/--provider-key=S/x", "/srv/--provider-key=****"),
            ("/srv/token:S", "/srv/token:****"),
            ("/srv/Authorization: Bearer S", "/srv/Authorization: Bearer ****"),
            ("/srv/x_sid%3DS", "/srv/x_sid%3D****"),
            ("/srv/http%3A/u%3Ap%40h/x", "/srv/http%3A/****%40h/x"),
            ("/srv/-----BEGIN PRIVATE KEY-----x", "/srv/****"),
        ] {
            assert_eq!(shown_path(Path::new(path)), shown);
        }
        for path in ["/srv/provider_key/key: x", "/srv/a@b/c:d", "/srv/2024-01-01T10:00/x", "/srv/what?/x;v"]
        {
            assert_eq!(shown_path(Path::new(path)), path);
        }
    }
}
