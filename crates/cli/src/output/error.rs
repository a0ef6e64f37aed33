//! An error, its causes, and what to do about it.

use std::error::Error;
use std::io;
use std::path::Path;

use acecast_reconcile::escape;

use super::style::{self, paint};

/// `error: …`, `  caused by: …`, `  note: …`, `  hint: …`: what stands in front of each line, and its text.
pub(super) fn lines(error: &anyhow::Error, note: Option<&str>, hint: Option<&str>) -> Vec<(String, String)> {
    let mut lines = vec![(paint(style::ERROR, "error:").to_string(), plain(error.as_ref()))];
    for cause in causes(error.as_ref()) {
        lines.push((format!("  {}", paint(style::ERROR, "caused by:")), cause));
    }
    lines.extend(note.map(|note| (format!("  {}", paint(style::HEADER, "note:")), note.to_owned())));
    lines.extend(hint.map(|hint| (format!("  {}", paint(style::HINT, "hint:")), hint.to_owned())));
    lines
}

/// The error and its causes in one line.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
    chained(error.as_ref())
}

/// The same for an error of a library.
pub(crate) fn chained(error: &(dyn Error + 'static)) -> String {
    std::iter::once(plain(error)).chain(causes(error)).collect::<Vec<_>>().join(": ")
}

/// A path in what is said of it.
pub(crate) fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy()).into_owned()
}

/// The error's own text. What the kernel said comes without its number, which says nothing that the words do not.
///
/// Only an error of a file or a socket has such a number: what an engine or a server wrote stays as it is.
pub(crate) fn plain(error: &(dyn Error + 'static)) -> String {
    const NUMBER: &str = " (os error ";
    let mut text = error.to_string();
    if !error.is::<io::Error>() {
        return text;
    }
    // It may stand in the middle: some errors name the path behind it.
    while let Some(at) = text.find(NUMBER) {
        let Some(end) = text[at..].find(')') else { break };
        text.replace_range(at..=at + end, "");
    }
    text
}

/// The causes; one that only repeats what was said before it is left out.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = String> + 'a {
    let mut said = plain(error);
    let chain = std::iter::successors(error.source(), |cause| Error::source(*cause));
    chain.map(plain).filter(move |cause| {
        let new = !said.contains(cause.as_str());
        said.clone_from(cause);
        new
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_note_and_hint_follow_the_error() {
        let error = anyhow::Error::from(io::Error::other("no space")).context("write x").context("start");
        let lines = lines(&error, Some("nothing was changed"), Some("make room"));
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["start", "write x", "no space", "nothing was changed", "make room"]);
        assert_eq!(one_line(&error), "start: write x: no space");
    }

    #[test]
    fn what_was_said_already_is_not_repeated() {
        let error = anyhow::Error::from(io::Error::other("no space")).context("write x: no space");
        assert_eq!(one_line(&error), "write x: no space");
    }

    #[test]
    fn the_kernels_numbers_are_not_shown() {
        let denied = || io::Error::from_raw_os_error(13);
        assert_eq!(plain(&denied()), "Permission denied");
        let placed = io::Error::new(denied().kind(), format!("{} at path \"/x\"", denied()));
        assert_eq!(plain(&placed), "Permission denied at path \"/x\"");
        let error = anyhow::Error::from(denied()).context("cannot open x");
        assert_eq!(one_line(&error), "cannot open x: Permission denied");
        assert_eq!(lines(&error, None, None)[1].1, "Permission denied");
    }

    #[test]
    fn what_others_wrote_stays_as_it_is() {
        let said = "its log ends with: open x: Permission denied (os error 13)";
        assert_eq!(one_line(&anyhow::Error::msg(said)), said);
    }
}
