//! The readers of this crate, each as a function of bytes, for fuzz targets and for the tests that run over their
//! seeds. Each panics where what it read breaks a promise.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use crate::file::secret;
use crate::file::secret::SecretFile;
use crate::read::app::read_app;
use crate::read::backups::read_file;
use crate::read::paths::Surroundings;
use crate::text::document::Document;
use crate::{
    Answer, AppConfig, Ask, Entry, Fetch, FetchError, LoadError, Problem, RemoteUrl, load_metadata,
    load_nodes,
};

/// A reader that takes anything.
pub type Target = fn(&[u8]);

/// All of them, by the names of their fuzz targets.
pub const TARGETS: &[(&str, Target)] = &[("app_config", app_config), ("node_list", node_list)];

/// Reads the bytes as an app config.
pub fn app_config(bytes: &[u8]) {
    let problems = match read(bytes) {
        Ok((app, problems)) => {
            assert!(app.root.is_absolute() && app.dirs.pid.is_absolute() && !app.trackers.is_empty());
            problems
        }
        Err(error) => error.problems(),
    };
    check(&problems);
}

/// Reads the bytes as a list of source nodes and as one of support nodes, as a controller's answers, and as a backup in
/// both of its forms.
pub fn node_list(bytes: &[u8]) {
    backups(bytes);
    for (source, support) in [(true, false), (false, true), (true, true)] {
        let ask = Ask { source, support, get_metadata: true };
        let lists = load_nodes(sample_app(), ask, &Says(bytes));
        check(&lists.problems());
        if let Ok(config) = lists.into_config(sample_app().clone()) {
            let desired = config.desired();
            assert_eq!(desired, config.desired());
            let mut ports: Vec<_> = config.entries().filter_map(Entry::port).collect();
            let count = ports.len();
            ports.sort();
            ports.dedup();
            assert_eq!(ports.len(), count, "a port is there twice");
        }
    }
}

fn backups(bytes: &[u8]) {
    let url = "https://192.0.2.1/source".parse().expect("a good URL");
    let file = Document::of_secrets("backup.json".to_owned(), bytes);
    for backups in [load_metadata(&url, true, &Says(bytes)), file.and_then(|file| read_file(&file))] {
        let problems = match backups {
            Ok(backups) => {
                assert!(backups.wrong.iter().all(|uid| !backups.streams.contains_key(uid)));
                backups.problems
            }
            Err(error) => error.problems(),
        };
        check(&problems);
        assert!(problems.iter().all(|problem| problem.snippet.is_none()), "a line of a backup is shown");
    }
}

/// An app config whose lists are remote and whose secrets are `sample-provider-key` and `sample-token`.
///
/// # Panics
///
/// Never: its text is a good one.
pub fn sample_app() -> &'static AppConfig {
    static APP: OnceLock<AppConfig> = OnceLock::new();
    APP.get_or_init(|| {
        let text = r#"{
            "engine_path": {"stable": "/bin/sh", "beta": "/opt/engine/start-engine"},
            "root": "/srv/ace",
            "controller": {"source_node": "http://192.0.2.1/source", "support_node": "http://192.0.2.1/support"},
            "dirs": {"public": "public", "private": "private", "metadata": "metadata", "log": "log",
                     "cache": "cache", "pid": "run", "state": "state"},
            "trackers": ["udp://tracker.example.com:2710/announce"],
            "provider_key": "sample-provider-key", "node_access_token": "sample-token"
        }"#;
        read(text.as_bytes()).expect("a good app config").0
    })
}

fn read(bytes: &[u8]) -> Result<(AppConfig, Vec<Problem>), LoadError> {
    let document = Document::new("config.json".to_owned(), bytes)?;
    let (dir, env) = (Path::new("/nowhere"), &|name: &str| (name == "ACE").then(|| "/opt/ace".to_owned()));
    // What a secret's file says depends on the path alone: fuzzed paths must lead nowhere.
    let read_secret = |path: &Path| {
        let name = path.file_name().map(OsStrExt::as_bytes).unwrap_or_default();
        secret::parse(name).map(|secret| SecretFile { secret, mode: Some(0o644) })
    };
    let document = document.with_mode(Some(0o644));
    let (config_dir, read_secret) = (dir.to_owned(), &read_secret);
    read_app(&document, &Surroundings { config_dir, current_dir: dir, env, read_secret })
}

/// Answers every request with these bytes.
struct Says<'a>(&'a [u8]);

impl Fetch for Says<'_> {
    fn get(&self, _: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        Ok(Answer::new(200, self.0))
    }
}

/// Problems are few, short, and safe to show.
fn check(problems: &[Problem]) {
    assert!(problems.len() <= 2100, "{} problems", problems.len());
    for problem in problems {
        let Problem { severity: _, source, at: _, path, entry, message, snippet } = problem;
        for text in [source, path, message].into_iter().chain(entry) {
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(text.len() <= 4096, "{} bytes: {text}", text.len());
        }
        if let Some(snippet) = snippet {
            assert!(!snippet.text.chars().any(char::is_control), "{snippet:?}");
            assert!(snippet.text.chars().count() <= 60, "{snippet:?}");
        }
    }
}
