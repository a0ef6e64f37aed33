//! The controller's endpoints.

use std::path::Path;

use crate::mask::{holds_secret, is_key};
use crate::problem::Places;
use crate::read::found::Found;
use crate::read::nearest::nearest;
use crate::read::object::Fields;
use crate::read::paths::{absolute, is_like_url};
use crate::read::report::Report;
use crate::read::values;
use crate::reference::MAX_URL;
use crate::{Controller, Location, RemoteUrl, keys};

/// Reads the endpoints; files are relative to the root.
pub(crate) fn controller(
    found: &Found<'_>,
    root: &Path,
    places: &mut Places,
    report: &mut Report<'_>,
) -> Option<Controller> {
    let object = found.object("an object with the controller's endpoints", report)?;
    let fields = Fields::new(object, &found.path, keys::CONTROLLER, report);
    for found in keys::CONTROLLER.iter().filter_map(|key| fields.set(key)) {
        places.insert(found.path.clone(), report.document.place(found.range(), &found.path));
    }
    let location = |found: &Found<'_>, report: &mut Report<'_>| location(found, root, report);
    let source_node = fields.nullable("source_node", report, location);
    let support_node = fields.nullable("support_node", report, location);
    let monitor = fields.nullable("monitor", report, values::url);
    let metadata_receiver = fields.nullable("metadata_receiver", report, values::url);
    // What is wrong is reported, so the app config is not used; its lists can be looked at all the same.
    Some(Controller {
        source_node: source_node.flatten(),
        support_node: support_node.flatten(),
        monitor: monitor.flatten(),
        metadata_receiver: metadata_receiver.flatten(),
    })
}

/// Schemes of their own, however near to http they are.
const OTHERS: &[&str] = &["ftp", "ftps", "sftp", "tftp", "rtp", "rtmp", "udp"];

/// http and https are remote; everything else is a file's path.
fn location(found: &Found<'_>, root: &Path, report: &mut Report<'_>) -> Option<Location> {
    let expected = "an http or https URL, or the path of a file";
    let text = values::some_text(found, MAX_URL, expected, report)?;
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http:") || lower.starts_with("https:") {
        let url: Option<RemoteUrl> = values::url(found, report);
        return url.map(Location::Url);
    }
    if let Some((scheme, _)) = text.split_once("://") {
        let meant = nearest(scheme, ["http", "https"].into_iter()).filter(|_| !OTHERS.contains(&scheme));
        let hint = meant.map(|meant| format!("; did you mean \"{meant}://\"?")).unwrap_or_default();
        found.wrong(&format!("{expected}{hint}"), report);
        return None;
    }
    if is_key(&text) {
        found.wrong_because("is a key or a certificate itself", expected, report);
        return None;
    }
    // No path of a file looks like this, and what stands in it may be a secret.
    let host = text.trim_start_matches('/').split('/').next().unwrap_or_default();
    let is_url = text.starts_with("//") || (text.contains('?') && text.contains('=')) || host.contains('@');
    if is_url || is_like_url(&text) {
        let message = "looks like a URL, which begins with http:// or https://".to_owned();
        report.error(found.range(), &found.path, message);
        return None;
    }
    if !text.starts_with('/') && holds_secret(&text) {
        found.wrong_because("looks like a URL, or like a secret", expected, report);
        return None;
    }
    Some(Location::File(absolute(root, Path::new(&text))))
}
