//! The lists as a controller last gave them, for a start of `acecast run` without it, and to complete a word in a shell.
//!
//! One idea: nothing of the config is written in a form of its own. What is kept is what the server answered, request by
//! request, and reading it again is loading the lists again. The answers may hold secrets, so the file is its owner's
//! only.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use acecast_config::{Answer, Fetch, FetchError, RemoteUrl};
use acecast_engine::files::{FilesError, PRIVATE, create_dir_all, read_bounded, write_if_changed};
use serde::{Deserialize, Serialize};

/// The file's name in the state dir.
const NAME: &str = "acecast-last-lists.json";

/// Two answers of the largest size, as JSON texts.
const MOST: u64 = 128 << 20;

/// What servers answered, by the URL that was asked.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answers(BTreeMap<String, Kept>);

/// One answer. Only texts are kept: a list is one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    status: u16,
    location: Option<String>,
    body: String,
}

impl fmt::Debug for Answers {
    /// How many: URLs and bodies hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers", self.0.len())
    }
}

/// Asks servers, and remembers what they answered.
pub(crate) struct Recorder<'a> {
    fetch: &'a dyn Fetch,
    answers: Mutex<Answers>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(fetch: &'a dyn Fetch) -> Self {
        Recorder { fetch, answers: Mutex::default() }
    }

    /// Everything that was answered.
    pub(crate) fn answers(self) -> Answers {
        self.answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fetch for Recorder<'_> {
    fn get(&self, url: &RemoteUrl, deadline: Instant) -> Result<Answer, FetchError> {
        let answer = self.fetch.get(url, deadline)?;
        if let Ok(body) = String::from_utf8(answer.body.clone()) {
            let kept = Kept { status: answer.status, location: answer.location.clone(), body };
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.0.insert(url.reveal().to_owned(), kept);
        }
        Ok(answer)
    }
}

impl Fetch for Answers {
    /// The answer of then. What was not asked then cannot be known now.
    fn get(&self, url: &RemoteUrl, _deadline: Instant) -> Result<Answer, FetchError> {
        let kept = self.0.get(url.reveal());
        let kept = kept.ok_or_else(|| FetchError::Other("the last good lists do not have it".to_owned()))?;
        let Kept { status, location, body } = kept.clone();
        let mut answer = Answer::new(status, body);
        answer.location = location;
        Ok(answer)
    }
}

impl Answers {
    /// Nothing was asked: all lists are files.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps them in the state dir.
    pub(crate) fn save(&self, state_dir: &Path) -> Result<bool, FilesError> {
        create_dir_all(state_dir)?;
        let text = serde_json::to_vec(self).unwrap_or_default();
        write_if_changed(&path(state_dir), &text, PRIVATE)
    }

    /// Those that an earlier run kept, if there are any.
    pub(crate) fn load(state_dir: &Path) -> Option<Answers> {
        let text = read_bounded(&path(state_dir), MOST).ok().flatten()?;
        serde_json::from_slice(&text).ok()
    }
}

fn path(state_dir: &Path) -> PathBuf {
    state_dir.join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Server;

    impl Fetch for Server {
        fn get(&self, url: &RemoteUrl, _deadline: Instant) -> Result<Answer, FetchError> {
            match url.reveal() {
                "http://h/a" => {
                    let mut redirect = Answer::new(302, "");
                    redirect.location = Some("/b?token=hunter2".to_owned());
                    Ok(redirect)
                }
                "http://h/b?token=hunter2" => Ok(Answer::new(200, "[1]")),
                _ => Err(FetchError::Refused),
            }
        }
    }

    fn url(text: &str) -> RemoteUrl {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_answered_is_answered_again_after_a_restart() {
        let now = Instant::now();
        let recorder = Recorder::new(&Server);
        for text in ["http://h/a", "http://h/b?token=hunter2"] {
            recorder.get(&url(text), now).unwrap();
        }
        recorder.get(&url("http://h/c"), now).unwrap_err();
        let answers = recorder.answers();
        let dir = tempfile::tempdir().unwrap();
        assert!(answers.save(dir.path()).unwrap());
        assert!(!answers.save(dir.path()).unwrap(), "nothing new, nothing written");

        let again = Answers::load(dir.path()).unwrap();
        assert_eq!(again, answers);
        let redirect = again.get(&url("http://h/a"), now).unwrap();
        assert_eq!((redirect.status, redirect.location.as_deref()), (302, Some("/b?token=hunter2")));
        assert_eq!(again.get(&url("http://h/b?token=hunter2"), now).unwrap().body, b"[1]");
        assert!(again.get(&url("http://h/c"), now).is_err());
        assert_eq!(format!("{again:?}"), "2 answers", "URLs and bodies hold secrets");
    }

    #[test]
    fn a_file_that_is_none_or_cut_is_as_good_as_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Answers::load(dir.path()), None);
        std::fs::write(path(dir.path()), "{\"http://h/\":{\"status\":200,").unwrap();
        assert_eq!(Answers::load(dir.path()), None);
    }

    #[test]
    fn only_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        Answers::default().save(dir.path()).unwrap();
        let mode = std::fs::metadata(path(dir.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
    }
}
