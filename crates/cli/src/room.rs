//! What can be removed to make room, where an error says that there is none.

use std::borrow::Cow;

use acecast_config::Dirs;
use acecast_engine::files::{full_file_system, on_same_file_system};

use crate::failure::Failure;
use crate::output::one_line;

const CLEANUP: &str =
    "`acecast cleanup` makes room there: it removes logs and caches of nodes that do not run";

/// The same failure with what makes room, where it is for want of that.
pub(crate) fn advised(failure: Failure, dirs: &Dirs) -> Failure {
    let room = || hint(&one_line(&failure.error), dirs).map(Cow::Borrowed);
    let hint = failure.hint.clone().or_else(room);
    Failure { hint, ..failure }
}

/// What to do about a file system that this text calls full, if that is one of those with logs or caches.
pub(crate) fn hint(text: &str, dirs: &Dirs) -> Option<&'static str> {
    let place = full_file_system(text)?;
    [&dirs.log, &dirs.cache].into_iter().any(|dir| on_same_file_system(dir, place)).then_some(CLEANUP)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::failure::advice;

    #[test]
    fn cleanup_is_named_only_where_it_helps_and_nothing_else_is_known_to() {
        let dir = tempfile::tempdir().unwrap();
        let (here, elsewhere) = (Dirs::under(dir.path()), Dirs::under(Path::new("/proc/self")));
        let full = format!("the file system at {} is full; make room there", dir.path().display());
        let hint = |text: &str, dirs: &Dirs| {
            advised(Failure::failed(anyhow::Error::msg(text.to_owned()).context("cannot lock")), dirs).hint
        };
        assert_eq!(hint(&full, &here).as_deref(), Some(CLEANUP));
        assert_eq!(hint(&full, &elsewhere), None);
        assert_eq!(hint("Permission denied", &here), None);
        let known = Failure::failed(anyhow::Error::msg(full)).hint(advice::AS_OWNER);
        assert_eq!(advised(known, &here).hint.as_deref(), Some(advice::AS_OWNER));
    }
}
