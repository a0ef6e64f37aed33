//! From a controller or a file to backups.

use std::path::Path;

use crate::get::{Limits, get_with_metadata};
use crate::mask::shown_path;
use crate::read::backups::{read_answer, read_file};
use crate::text::document::Document;
use crate::{Backups, Fetch, LoadError, RemoteUrl, file};

/// Asks the controller of source nodes at `url` for metadata, and reads of its answer only what restoring needs:
/// `stream_uid`, `type`, `port` and `metadata` of each entry. Whatever else is wrong with an entry is no obstacle.
///
/// `get_metadata` is added to the URL's query. It takes 10 s at most.
///
/// # Errors
///
/// With `require_https` (the app config's), a URL that others can read along is [`LoadError::Exposed`], and nothing is
/// sent. Other errors for an answer that cannot be read or is no list.
pub fn load_metadata(url: &RemoteUrl, require_https: bool, fetch: &dyn Fetch) -> Result<Backups, LoadError> {
    let bytes = get_with_metadata(fetch, url, require_https, &Limits::default())?;
    read_answer(&Document::of_secrets(url.to_string(), &bytes)?)
}

/// Reads a file with `{"UID": METADATA}` for one stream or more, as `update-metadata` sends it. A relative path is
/// relative to the current folder of the process.
///
/// # Errors
///
/// [`LoadError::NotABackup`] for JSON of another form; other errors for a file that cannot be read or is no JSON.
pub fn read_backup(path: &Path) -> Result<Backups, LoadError> {
    read_file(&Document::of_secrets(shown_path(path), &file::read(path)?)?)
}
