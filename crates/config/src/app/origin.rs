//! Where the settings of an app config are, for what is found wrong with them after they were read.

use crate::problem::Places;
use crate::{Problem, Severity};

/// What a problem names as its source where no document says it.
const PROGRAM: &str = "app config";

/// Where the settings are.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// In a document, at these places. What has no place there is not said, or has been reported already.
    Document(Places),
    /// In the program: there is no place, only the key.
    Program,
}

impl Origin {
    /// Something wrong with what this key says, unless the document says nothing there.
    pub(crate) fn problem(&self, key: &str, severity: Severity, message: String) -> Option<Problem> {
        match self {
            Origin::Document(places) => places.get(key).map(|place| place.problem(severity, message)),
            Origin::Program => {
                Some(Problem { path: key.to_owned(), ..Problem::new(severity, PROGRAM, message) })
            }
        }
    }
}

impl Default for Origin {
    fn default() -> Self {
        Origin::Document(Places::new())
    }
}
