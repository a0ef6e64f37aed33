//! An error, its causes, and what to do about it.

use std::error::Error;

use super::style::{self, paint};

/// `error: …`, `  caused by: …`, `  hint: …`: what stands in front of each line, and its text.
pub(super) fn lines(error: &anyhow::Error, hint: Option<&str>) -> Vec<(String, String)> {
    let mut lines = vec![(paint(style::ERROR, "error:").to_string(), error.to_string())];
    for cause in causes(error.as_ref()) {
        lines.push((format!("  {}", paint(style::ERROR, "caused by:")), cause));
    }
    lines.extend(hint.map(|hint| (format!("  {}", paint(style::HINT, "hint:")), hint.to_owned())));
    lines
}

/// The error and its causes in one line.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
    chained(error.as_ref())
}

/// The same for an error of a library.
pub(crate) fn chained(error: &(dyn Error + 'static)) -> String {
    std::iter::once(error.to_string()).chain(causes(error)).collect::<Vec<_>>().join(": ")
}

/// The causes; one that only repeats what was said before it is left out.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = String> + 'a {
    let mut said = error.to_string();
    let chain = std::iter::successors(error.source(), |cause| Error::source(*cause));
    chain.map(ToString::to_string).filter(move |cause| {
        let new = !said.contains(cause.as_str());
        said.clone_from(cause);
        new
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn causes_and_hint_follow_the_error() {
        let error = anyhow::Error::from(io::Error::other("no space")).context("write x").context("start");
        let lines = lines(&error, Some("make room"));
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["start", "write x", "no space", "make room"]);
        assert_eq!(one_line(&error), "start: write x: no space");
    }

    #[test]
    fn what_was_said_already_is_not_repeated() {
        let error = anyhow::Error::from(io::Error::other("no space")).context("write x: no space");
        assert_eq!(one_line(&error), "write x: no space");
    }
}
