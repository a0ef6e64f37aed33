//! A document of the config that cannot be used: what is said of it, and what to do about it.

use std::borrow::Cow;
use std::fmt;
use std::io::ErrorKind;

use acecast_config::{FetchError, LoadError};
use acecast_engine::redact::MASK;
use acecast_reconcile::Role;

use super::{Failure, advice};
use crate::exit::Exit;
use crate::remote;

/// What cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// The app config.
    App,
    /// The list of a role's nodes.
    List(Role),
    /// What the controller has of the streams' keys.
    Metadata,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Document::App => f.write_str("the app config"),
            Document::List(role) => write!(f, "the list of {role} nodes"),
            Document::Metadata => f.write_str("the controller's metadata"),
        }
    }
}

impl Failure {
    /// A document of the config cannot be used.
    pub(crate) fn load(document: Document, mut error: LoadError) -> Self {
        let problems = error.problems();
        let salvage = match &mut error {
            LoadError::App { salvage, .. } => Some(std::mem::take(salvage)),
            _ => None,
        };
        let placed = problems.iter().any(|problem| problem.at.is_some());
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        let (code, hint) = (code_of(&error), hint(document, &error));
        let error = if placed {
            let plural = if errors == 1 { "error" } else { "errors" };
            anyhow::Error::msg(format!("{document} cannot be used: {errors} {plural}"))
        } else {
            unread(document, error)
        };
        Failure { problems, hint, salvage, ..Failure::new(Exit::Config, code, error) }
    }
}

fn code_of(error: &LoadError) -> &'static str {
    match error {
        LoadError::Read { .. } | LoadError::NotAFile { .. } | LoadError::TooLarge { .. } => {
            "config_unreadable"
        }
        LoadError::Fetch { .. } | LoadError::Answered(_) => "config_unreachable",
        _ => "config_wrong",
    }
}

fn unread(document: Document, error: LoadError) -> anyhow::Error {
    match error {
        // Its path would be said twice.
        LoadError::Read { file, source, .. } if document == Document::App => {
            anyhow::Error::from(source).context(format!("cannot read {document} {file}"))
        }
        LoadError::NotAFile { .. } | LoadError::TooLarge { .. } if document == Document::App => {
            let text = error.to_string();
            let text = text.strip_prefix("cannot read ").unwrap_or(&text);
            anyhow::Error::msg(format!("cannot read {document} {text}"))
        }
        error => anyhow::Error::from(error).context(format!("cannot read {document}")),
    }
}

/// What to do about a document that cannot be used, beside reading what is wrong with it.
pub(crate) fn hint(document: Document, error: &LoadError) -> Option<Cow<'static, str>> {
    Some(match (error, document) {
        (LoadError::Read { source, .. }, Document::App) if source.kind() == ErrorKind::NotFound => {
            "name another one with --config PATH, or write one with `acecast init DIR`".into()
        }
        (LoadError::Read { source, .. }, _) if source.kind() == ErrorKind::PermissionDenied => {
            "run as a user that may read it".into()
        }
        (
            LoadError::Read { .. } | LoadError::NotAFile { .. } | LoadError::TooLarge { .. },
            Document::App | Document::Metadata,
        ) => "name another one with --config PATH".into(),
        (
            LoadError::Read { .. } | LoadError::NotAFile { .. } | LoadError::TooLarge { .. },
            Document::List(role),
        ) => format!("correct controller.{role}_node in the app config; a relative path is relative to root")
            .into(),
        (LoadError::Fetch { url, source, .. }, document) => unfetched(document, url, source),
        (LoadError::Exposed { .. }, _) => {
            "give controller.source_node an https URL, or remove require_https".into()
        }
        // A file may hold what a controller has answered.
        (LoadError::Answered(problem), _) if !problem.source.contains("://") => {
            "write the list itself into the file".into()
        }
        (LoadError::Answered(_), _) => "correct that at the controller".into(),
        // There is one thing to correct, and it is shown.
        (LoadError::Syntax(problem) | LoadError::NotAList(problem), Document::List(_)) => {
            let is_served = problem.source.contains("://");
            let advice = if is_served {
                "have the controller answer with a list of nodes"
            } else {
                "correct the file"
            };
            advice.into()
        }
        (_, Document::List(_)) => {
            "correct the list; `acecast check` shows everything that is wrong with it".into()
        }
        (_, Document::App | Document::Metadata) => return None,
    })
}

/// What to do about a server that does not hand out the document.
fn unfetched(document: Document, url: &str, error: &FetchError) -> Cow<'static, str> {
    let key = match document {
        Document::List(Role::Support) => "controller.support_node",
        _ => "controller.source_node",
    };
    match error {
        FetchError::Redirected { to, source, .. } => unfetched(document, to, source),
        FetchError::Tls(_) | FetchError::Untrusted(_) => advice::TRUST.into(),
        FetchError::Connection(why) if why.starts_with(remote::PROXY) => {
            "correct the variable, or unset it; NO_PROXY names hosts that need no proxy".into()
        }
        FetchError::Status { status: 400..=499, .. }
        | FetchError::RedirectLoop(_)
        | FetchError::Downgrade(_)
        | FetchError::Exposed(_)
        | FetchError::TooManyRedirects(_)
        | FetchError::BadRedirect(_)
        | FetchError::TooLarge => {
            format!("correct {key} in the app config, or the server that it names").into()
        }
        // With a mask in it, it is not what was asked.
        _ if url.contains(MASK) => "check that the controller answers".into(),
        _ => format!("check that the controller answers: `curl {}`", for_a_shell(url)).into(),
    }
}

/// The URL as a word of a shell's line, which may be pasted.
pub(crate) fn for_a_shell(url: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/@,+%=".contains(c);
    if url.chars().all(is_plain) { url.into() } else { format!("'{}'", url.replace('\'', "'\\''")).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &FetchError, expected: &str) {
        let hint = unfetched(Document::List(Role::Source), "http://192.0.2.1/list", error);
        assert_eq!(hint, expected);
    }

    #[test]
    fn the_advice_fits_the_cause() {
        check(&FetchError::Refused, "check that the controller answers: `curl http://192.0.2.1/list`");
        assert_eq!(for_a_shell("http://h/$(x)?a'b&c"), r"'http://h/$(x)?a'\''b&c'");
        check(&FetchError::Untrusted("x".to_owned()), advice::TRUST);
        let proxy = format!("{}HTTP_PROXY names cannot be reached: x", remote::PROXY);
        check(
            &FetchError::Connection(proxy),
            "correct the variable, or unset it; NO_PROXY names hosts that need no proxy",
        );
        check(
            &FetchError::BadRedirect(301),
            "correct controller.source_node in the app config, or the server that it names",
        );
    }

    #[test]
    fn a_url_with_a_mask_is_not_to_be_asked() {
        let url = format!("http://192.0.2.1/list?token={MASK}");
        let hint = unfetched(Document::List(Role::Source), &url, &FetchError::Refused);
        assert_eq!(hint, "check that the controller answers");
    }
}
