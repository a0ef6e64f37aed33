//! The app config.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acecast_reconcile::Channel;

use crate::app::origin::Origin;
use crate::problem::Places;
use crate::read::controller::controller;
use crate::read::found::Found;
use crate::read::object::{Fields, check_repeated_keys};
use crate::read::paths::{Surroundings, absolute, expand, normal, path, text_of_path};
use crate::read::report::Report;
use crate::read::secrets::Secrets;
use crate::read::{open_to_others, root, values};
use crate::reference::MAX_URL;
use crate::text::document::Document;
use crate::text::syntax;
use crate::{AppConfig, Dirs, LoadError, Problem, Salvage, Trackers, engines, keys, trackers};

/// Reads a document that has to be an app config.
pub(crate) fn read_app(
    document: &Document,
    surroundings: &Surroundings<'_>,
) -> Result<(AppConfig, Vec<Problem>), LoadError> {
    let value = syntax::parse(document)?;
    let mut report = Report::new(document);
    check_repeated_keys(&value, "", &mut report);
    let found = Found::instead(&value, String::new());
    let mut salvage = Salvage::default();
    let app = found.object("an object with the app config", &mut report).and_then(|object| {
        let fields = Fields::new(object, "", keys::APP, &mut report);
        app(&fields, surroundings, &mut salvage, &mut report)
    });
    open_to_others::check(&value, &mut report);
    let wrong = report.errors() > 0;
    match app {
        Some(app) if !wrong => {
            if let Some(url) = app.forbidden_receiver()
                && let Some(found) = found.value.as_object().and_then(|object| {
                    let controller = Fields::unchecked(object, "").get("controller")?;
                    Fields::unchecked(controller.value.as_object()?, "controller").get("metadata_receiver")
                })
            {
                let message = format!(
                    "found {url}, but require_https is set and private keys are sent there; expected an https URL"
                );
                report.error(found.range(), &found.path, message);
            }
            Ok((app, report.finish()))
        }
        _ => {
            let (source_name, problems) = (document.name().to_owned(), report.finish());
            Err(LoadError::App { source_name, problems, salvage: Box::new(salvage) })
        }
    }
}

/// The app config, if all of it could be read; what could be is left in `salvage` in any case.
fn app(
    fields: &Fields<'_>,
    surroundings: &Surroundings<'_>,
    salvage: &mut Salvage,
    report: &mut Report<'_>,
) -> Option<AppConfig> {
    let mut places = Places::new();
    let engines =
        fields.required("engine_path", "an object with the engines' paths", report, |found, report| {
            engine_path(found, surroundings.env, &mut places, report)
        });
    let dirs = fields.required("dirs", "an object with the folders for files", report, |found, report| {
        raw_dirs(found, &mut places, report)
    });
    let expected = "the absolute path that other paths are relative to";
    let root = fields.required("root", expected, report, |found, report| {
        places.insert("root".to_owned(), report.document.place(found.range(), &found.path));
        root::root(found, dirs.as_ref(), surroundings, report)
    });
    if let (Some(root), Some(dirs)) = (&root, &dirs) {
        private_in_public(fields, root, dirs, report);
    }
    // What is relative is still checked where there is no root to make it absolute with.
    let base = root.clone().unwrap_or_default();
    let controller =
        fields.nullable("controller", report, |found, report| controller(found, &base, &mut places, report));
    let trackers = fields.required("trackers", "a list of at least one tracker", report, trackers);
    let secrets = Secrets { root: root.as_deref(), read: surroundings.read_secret };
    let provider_key = secrets.read(fields, "provider_key", "provider_key_file", report);
    let node_access_token = secrets.read(fields, "node_access_token", "node_access_token_file", report);
    let ca_file = fields.nullable("ca_file", report, path);
    let require_https = fields.nullable("require_https", report, values::switch);
    *salvage = Salvage {
        controller: controller.clone().flatten().unwrap_or_default().without_files_unless(root.is_some()),
        engine_path: engines.clone().unwrap_or_default(),
        ca_file: ca_file.clone().flatten().map(|path| absolute(&base, &path)),
        require_https: require_https.is_none_or(|set| set == Some(true)),
        secrets: [&provider_key, &node_access_token].into_iter().flatten().flatten().cloned().collect(),
        origin: Origin::Document(places.clone()),
    };
    let (engine_path, root, dirs) = (engines?, root?, dirs?);
    let dir = |key: &str| dirs.get(key).map(|dir| absolute(&root, dir));
    Some(AppConfig {
        engine_path,
        controller: controller?.unwrap_or_default(),
        dirs: Dirs {
            public: dir("public")?,
            private: dir("private")?,
            metadata: dir("metadata")?,
            log: dir("log")?,
            cache: dir("cache")?,
            pid: dir("pid")?,
            state: dir("state")?,
        },
        trackers: trackers?,
        provider_key: provider_key?,
        node_access_token: node_access_token?,
        ca_file: ca_file?.map(|path| absolute(&root, &path)),
        require_https: require_https?.unwrap_or_default(),
        origin: Origin::Document(places),
        root,
    })
}

fn engine_path(
    found: &Found<'_>,
    env: &dyn Fn(&str) -> Option<String>,
    places: &mut Places,
    report: &mut Report<'_>,
) -> Option<BTreeMap<Channel, PathBuf>> {
    let object = found.object("an object with the engines' paths", report)?;
    let fields = Fields::new(object, &found.path, keys::ENGINE_PATH, report);
    let mut paths = BTreeMap::new();
    for channel in Channel::ALL {
        let Some(found) = fields.set(channel.as_str()) else {
            let start = fields.range().start;
            let key = engines::key(channel);
            places.insert(key.clone(), report.document.place(start..start + 1, &key));
            continue;
        };
        if let Some(text) = text_of_path(&found, "the path of an engine", report) {
            paths.insert(channel, normal(Path::new(&expand(&text, env))));
            places.insert(found.path.clone(), report.document.place(found.range(), &found.path));
        }
    }
    Some(paths)
}

/// The folders as they are written, by their keys; `None` if one is missing or wrong.
fn raw_dirs(
    found: &Found<'_>,
    places: &mut Places,
    report: &mut Report<'_>,
) -> Option<BTreeMap<&'static str, PathBuf>> {
    let object = found.object("an object with the folders for files", report)?;
    let fields = Fields::new(object, &found.path, keys::DIRS, report);
    let mut dirs = BTreeMap::new();
    for key in keys::DIRS {
        let dir = fields.required(key, "a path, absolute or relative to root", report, |found, report| {
            places.insert(found.path.clone(), report.document.place(found.range(), &found.path));
            path(found, report)
        });
        if let Some(path) = dir {
            dirs.insert(*key, path);
        }
    }
    (dirs.len() == keys::DIRS.len()).then_some(dirs)
}

/// What is in the public folder is handed out, and transport files for the streams' owner alone are not meant to be.
fn private_in_public(
    fields: &Fields<'_>,
    root: &Path,
    dirs: &BTreeMap<&'static str, PathBuf>,
    report: &mut Report<'_>,
) {
    let dir = |key: &str| dirs.get(key).map(|dir| absolute(root, dir));
    let (Some(private), Some(public)) = (dir("private"), dir("public")) else { return };
    let place = fields
        .get("dirs")
        .and_then(|found| Fields::unchecked(found.value.as_object()?, &found.path).get("private"));
    let Some(found) = place.filter(|_| private.starts_with(&public)) else { return };
    let is = if private == public { "is dirs.public, too" } else { "is inside of dirs.public" };
    let message = format!(
        "found {}, which {is}: private transport files would lie among those that are handed out",
        found.describe()
    );
    report.warning(found.range(), &found.path, message);
}

fn trackers(found: &Found<'_>, report: &mut Report<'_>) -> Option<Trackers> {
    let items = found.items("a list of at least one tracker", report)?;
    if items.is_empty() {
        report.error(
            found.range(),
            &found.path,
            "the list is empty, expected at least one tracker".to_owned(),
        );
        return None;
    }
    let expected = "a tracker's URL like udp://tracker.example.com:2710/announce";
    let mut urls: Vec<String> = Vec::new();
    let count = report.errors();
    for item in &items {
        let Some(text) = values::some_text(item, MAX_URL, expected, report) else { continue };
        if trackers::is_url(&text) {
            urls.push(text);
        } else {
            item.wrong(expected, report);
        }
    }
    Trackers::new(urls).ok().filter(|_| report.errors() == count)
}
