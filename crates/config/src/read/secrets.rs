//! The secrets of the app config: as texts, or in files of their own.

use std::path::Path;

use acecast_reconcile::Secret;
use jsonc_parser::ast::Value;

use crate::file::secret::{ReadSecret, SecretFile};
use crate::mask::{fits_a_secret, is_key, shown_path};
use crate::read::found::Found;
use crate::read::object::Fields;
use crate::read::paths::{absolute, path};
use crate::read::report::Report;
use crate::read::{open_to_others, values};
use crate::reference::MAX_TEXT;

/// How secrets are had.
pub(crate) struct Secrets<'a> {
    /// What paths are relative to, if that is known.
    pub(crate) root: Option<&'a Path>,
    /// How files are read.
    pub(crate) read: ReadSecret<'a>,
}

impl Secrets<'_> {
    /// The secret under `key`, or in the file that `file_key` names: `None` if it is wrong, `Some(None)` if there is none.
    #[expect(clippy::option_option, reason = "none and wrong are two different things")]
    pub(crate) fn read(
        &self,
        fields: &Fields<'_>,
        key: &str,
        file_key: &str,
        report: &mut Report<'_>,
    ) -> Option<Option<Secret>> {
        let text = fields.nullable(key, report, text);
        let file = fields.nullable(file_key, report, |found, report| self.in_file(found, report));
        if let Some(found) = fields.set(file_key).filter(|_| fields.set(key).is_some()) {
            let message = format!("{key} is set, too; keep one of the two");
            report.error(found.range(), &found.path, message);
            return None;
        }
        Some(text?.flatten().or(file?))
    }

    fn in_file(&self, found: &Found<'_>, report: &mut Report<'_>) -> Option<Secret> {
        if let Value::StringLit(text) = found.value
            && is_key(&text.value)
        {
            report.error(found.range(), &found.path, format!("holds the key itself: {}", remedy(&found.key)));
            return None;
        }
        let written = path(found, report)?;
        let path = absolute(self.root.unwrap_or(Path::new("")), &written);
        // Where a relative path leads to is not known without a root, which is an error of its own.
        if !path.is_absolute() {
            return None;
        }
        let name = shown_path(&path);
        match (self.read)(&path) {
            Ok(SecretFile { secret, mode }) => {
                if let Some(mode) = mode.filter(|mode| open_to_others::is_open(*mode)) {
                    report.warning(found.range(), &found.path, open_to_others::advice(&name, mode));
                }
                Some(secret)
            }
            Err(why) => {
                // There is no such file, so the text may be the secret instead of a path, and is not shown then.
                let message = if why.is_no_such_file() && fits_a_secret(&written.to_string_lossy()) {
                    let remedy = remedy(&found.key);
                    format!(
                        "no file of this name can be used: {why}; this looks like the secret itself: {remedy}"
                    )
                } else {
                    format!("cannot take the secret from {name}: {why}; expected one line of text")
                };
                report.error(found.range(), &found.path, message);
                None
            }
        }
    }
}

/// What to do with a secret that was given instead of its file's name.
fn remedy(file_key: &str) -> String {
    let key = file_key.trim_end_matches("_file");
    format!("put it in a file of its own and name that one, or use {key}")
}

/// An empty secret is none, as it always was.
#[expect(clippy::option_option, reason = "none and wrong are two different things")]
fn text(found: &Found<'_>, report: &mut Report<'_>) -> Option<Option<Secret>> {
    let text = match found.value {
        // A token of digits is easily written without quotes.
        Value::NumberLit(number) => number.value.to_owned(),
        _ => values::text(found, MAX_TEXT, "a text", report)?,
    };
    if text.is_empty() {
        report.warning(found.range(), &found.path, "is empty, so none is used".to_owned());
        return Some(None);
    }
    Some(Some(Secret::new(text)))
}
