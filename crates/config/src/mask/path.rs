//! Paths from documents: what was to be a URL may be in one, joined to a folder.

use std::path::Path;

use acecast_reconcile::escape;

use super::key::hide_keys;
use super::masked;
use super::name::{Certainty, Names};
use super::userinfo::hide_userinfo;
use super::value::secret_behind;
use crate::text::scan::words;

/// The path, fit to be shown.
pub(crate) fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    escape(&mask_path(&text)).into_owned()
}

fn mask_path(text: &str) -> String {
    let mut spans = Vec::new();
    hide_keys(text, &mut spans);
    // User and password begin with a part of the path; those before it are folders.
    let odd = text.find([':', '?']).unwrap_or(text.len());
    let part = text[..odd].rfind('/').map_or(0, |slash| slash + 1);
    hide_userinfo(text, part..text.len(), false, &mut spans);
    let mut names = Names::default();
    for word in words(text) {
        let is_parameter = text[..word.start].ends_with([';', '?', '&']) && text[word.end..].starts_with('=');
        if is_parameter && names.certainty(&text[word.clone()]) > Certainty::No {
            spans.extend(secret_behind(text, word, Certainty::Perhaps));
        }
    }
    masked(text, spans)
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
