//! Which app config the words on a command line mean that is not finished yet.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::context::config_path;

/// The path of the app config that the finished line would have, as far as it can be told.
pub(super) fn path(words: &[OsString], current_dir: &Path) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let named = named(words).map(|path| at_home(path, home.as_deref()));
    let from_env = || std::env::var_os("ACECAST_CONFIG").map(PathBuf::from);
    let path = config_path(named.or_else(from_env).as_deref(), current_dir).ok()?;
    Some(current_dir.join(path))
}

/// What `-c` or `--config` names, in all their spellings. The last one counts.
fn named(words: &[OsString]) -> Option<PathBuf> {
    let behind = |(at, word): (usize, &OsString)| {
        let next = || words.get(at + 1).cloned();
        let word = word.as_bytes();
        match word {
            b"-c" | b"--config" => next(),
            _ => {
                let value = word.strip_prefix(b"--config=").or_else(|| word.strip_prefix(b"-c"))?;
                let value = value.strip_prefix(b"=").unwrap_or(value);
                Some(OsStr::from_bytes(value).to_owned())
            }
        }
    };
    words.iter().enumerate().filter_map(behind).rfind(|path| !path.is_empty()).map(PathBuf::from)
}

/// A shell hands `~/` over as it was typed.
fn at_home(path: PathBuf, home: Option<&Path>) -> PathBuf {
    let bytes = path.into_os_string().into_vec();
    match (bytes.strip_prefix(b"~/"), home) {
        (Some(rest), Some(home)) => home.join(OsStr::from_bytes(rest)),
        _ => PathBuf::from(OsString::from_vec(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_is_seen_in_every_spelling() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        for line in [
            "acecast -c x.json stop 8",
            "acecast stop --config x.json 8",
            "acecast stop --config=x.json",
            "acecast -cx.json stop ",
            "acecast -c=x.json stop ",
            "acecast -c y.json stop -c x.json",
        ] {
            assert_eq!(named(&words(line)), Some("x.json".into()), "{line}");
        }
        for line in ["acecast stop 8", "acecast stop -c", "acecast stop -c "] {
            assert_eq!(named(&words(line)), None, "{line}");
        }
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = Some(Path::new("/home/news"));
        assert_eq!(at_home("~/x.json".into(), home), Path::new("/home/news/x.json"));
        assert_eq!(at_home("a~/x.json".into(), home), Path::new("a~/x.json"));
        assert_eq!(at_home("~/x.json".into(), None), Path::new("~/x.json"));
    }
}
