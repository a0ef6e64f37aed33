//! `port_map.json`: which stream is on which port, for other programs on this host.

use std::path::PathBuf;

use acecast_config::{Dirs, SourceNode};
use serde_json::{Map, Value, json};

use crate::files::{FilesError, PUBLIC, write_if_changed};

/// Where it is.
pub(crate) fn path(dirs: &Dirs) -> PathBuf {
    dirs.public.join("port_map.json")
}

/// Writes the map of this host's configured source nodes, unless it is there already. True if it was written. The
/// folder must exist.
pub(crate) fn write(nodes: &[SourceNode], dirs: &Dirs) -> Result<bool, FilesError> {
    write_if_changed(&path(dirs), text(nodes).as_bytes(), PUBLIC)
}

/// `{"UID":{"title":…,"url":…,"port":…}}`, by uid. The file is public, so URLs are without userinfo and query.
fn text(nodes: &[SourceNode]) -> String {
    let mut nodes: Vec<&SourceNode> = nodes.iter().collect();
    nodes.sort_by_key(|node| &node.uid);
    let entry = |node: &SourceNode| {
        let (title, url, port) = (&node.title, node.url.identity(), node.common.port.get());
        (node.uid.to_string(), json!({"title": title, "url": url, "port": port}))
    };
    let map: Map<String, Value> = nodes.into_iter().map(entry).collect();
    Value::Object(map).to_string() + "\n"
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::args::fixtures::{app, hls, ts};

    #[test]
    fn the_map_is_public_and_holds_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        let dirs = app(dir.path()).dirs;
        fs::create_dir(&dirs.public).unwrap();
        assert!(write(&[hls(), ts()], &dirs).unwrap());
        assert_eq!(
            fs::read_to_string(path(&dirs)).unwrap(),
            "{\"news\":{\"title\":\"The news\",\"url\":\"http://in:80/live.ts\",\"port\":8640},\
             \"tv\":{\"title\":\"Tv\",\"url\":\"https://in/live.m3u8\",\"port\":8650}}\n"
        );
        assert_eq!(fs::metadata(path(&dirs)).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(!write(&[ts(), hls()], &dirs).unwrap(), "the same in another order");
        assert!(write(&[], &dirs).unwrap());
        assert_eq!(fs::read_to_string(path(&dirs)).unwrap(), "{}\n");
    }
}
