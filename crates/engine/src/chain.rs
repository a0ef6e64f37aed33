//! An error with its causes as one text, where an error leaves the types.

use std::error::Error;
use std::io;

use rustix::io::Errno;

/// The error with all its causes, on one line.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = said(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = said(error);
        // Some errors repeat their cause in their own text.
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// What the error itself says. What the system says comes without the number that is behind it: ` (os error 2)`.
pub(crate) fn said(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    let is_the_systems = error.is::<io::Error>() || error.is::<Errno>();
    match text.rsplit_once(" (os error ") {
        Some((said, number)) if is_the_systems && number.ends_with(')') => said.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_of_the_system_have_no_number() {
        let path = "/opt/x".into();
        let error = crate::files::FilesError::Read { path, source: io::Error::from_raw_os_error(13) };
        assert!(error.source().unwrap().to_string().ends_with("(os error 13)"));
        assert_eq!(chain(&error), "cannot read /opt/x: Permission denied");
        assert_eq!(chain(&io::Error::other(error)), "cannot read /opt/x: Permission denied");
        assert_eq!(said(&Errno::PERM), "Operation not permitted");
        let quoted: Box<dyn Error> = "its log ends with: open x (os error 13)".into();
        assert!(chain(&*quoted).ends_with("(os error 13)"), "what others wrote stays as it is");
    }
}
