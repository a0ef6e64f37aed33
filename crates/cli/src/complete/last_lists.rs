//! The lists of servers, as `acecast run` keeps them: to complete a word is no reason to ask a server.

use std::path::Path;
use std::time::Instant;

use acecast_config::{Answer, Fetch, FetchError, RemoteUrl};
use acecast_engine::files::read_bounded;
use serde_json::Value;

/// The file in the state dir that `acecast run` writes.
const NAME: &str = "acecast-last-lists.json";

/// Far more than lists of a thousand nodes need. A larger file would take its time.
const MOST: u64 = 4 << 20;

/// What servers answered last, by the URL that was asked; nothing where nobody knows.
#[derive(Default)]
pub(super) struct LastLists(Value);

impl LastLists {
    /// Those in this state dir.
    pub(super) fn of(state_dir: &Path) -> LastLists {
        let text = read_bounded(&state_dir.join(NAME), MOST).ok().flatten();
        LastLists(text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default())
    }

    /// No lists.
    pub(super) fn none() -> LastLists {
        LastLists::default()
    }
}

impl Fetch for LastLists {
    fn get(&self, url: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        // None of these failures is tried again, as a lost connection or a busy server would be.
        let unknown = || FetchError::Other("no server is asked".to_owned());
        let kept = self.0.get(url.reveal()).ok_or_else(unknown)?;
        let text = |key: &str| kept.get(key).and_then(Value::as_str);
        let status = kept.get("status").and_then(Value::as_u64).filter(|status| *status < 400);
        Ok(Answer {
            status: status.and_then(|status| status.try_into().ok()).ok_or_else(unknown)?,
            location: text("location").map(str::to_owned),
            retry_after: None,
            body: text("body").ok_or_else(unknown)?.as_bytes().to_vec(),
        })
    }
}
