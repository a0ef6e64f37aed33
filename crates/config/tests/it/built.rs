//! App configs that a program makes of its own settings.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use acecast_config::{
    AppConfig, AppConfigError, Ask, Config, Controller, Location, Problem, Severity, Trackers, load_nodes,
};
use acecast_reconcile::Channel;

use crate::world::{NoFetch, World, support, ts};

const TRACKER: &str = "udp://tracker.example.com:2710/announce";

fn built(root: &Path, engine: PathBuf) -> AppConfig {
    AppConfig::new(root, [(Channel::Stable, engine)], Trackers::new([TRACKER]).unwrap()).unwrap()
}

/// The same settings as the world's own files have, lists included.
fn with_lists(world: &World, engine: &str) -> AppConfig {
    let mut app = built(world.path(), world.path().join(engine));
    app.controller.source_node = Some(Location::File(world.path().join("source.json")));
    app.controller.support_node = Some(Location::File(world.path().join("support.json")));
    app
}

fn minimal(world: &World) -> AppConfig {
    let text = format!(
        r#"{{"engine_path": {{"stable": "{0}/start-engine"}}, "root": "{0}", "trackers": ["{TRACKER}"],
            "controller": {{"source_node": "source.json", "support_node": "support.json"}},
            "dirs": {{"public": "public", "private": "private", "metadata": "metadata", "log": "log",
                "cache": "cache", "pid": "pid", "state": "state"}}}}"#,
        world.path().display()
    );
    let (app, problems) = world.load(text).unwrap();
    assert_eq!(problems, []);
    app
}

#[test]
fn what_is_not_said_is_as_in_a_file_that_does_not_say_it() {
    let world = World::new();
    world.write("source.json", format!("[{}]", ts(&[])));
    world.write("support.json", format!("[{}]", support(&[])));
    let (built, read) = (with_lists(&world, "start-engine"), minimal(&world));
    let config = |app: AppConfig| load_nodes(&app, Ask::both(), &NoFetch).into_config(app).unwrap();
    let (built, read) = (config(built), config(read));
    assert_eq!(built.desired(), read.desired());
    assert_eq!((built.problems.len(), built.entries().filter(|entry| entry.is_usable()).count()), (0, 2));
    let all = |app: AppConfig| {
        (
            (app.engine_path, app.root, app.controller, app.dirs, app.trackers),
            (app.provider_key, app.node_access_token, app.ca_file, app.require_https),
        )
    };
    assert_eq!(all(built.app), all(read.app));
}

#[test]
fn an_engine_that_is_not_there_is_found_without_a_document_too() {
    let world = World::new();
    world.write("source.json", format!("[{}]", ts(&[])));
    world.write("support.json", format!("[{}]", support(&[("engine_version", "\"beta\"")])));
    let app = with_lists(&world, "none");
    let lists = load_nodes(&app, Ask::both(), &NoFetch);
    let of_the_app = |problem: &&Problem| problem.source == "app config";
    let problems: Vec<Problem> = lists.found.iter().filter(of_the_app).cloned().collect();
    assert_eq!(
        world.text(&problems),
        "app config: engine_path.stable: no engine at none: No such file or directory\n\
         app config: engine_path.beta: is missing, and nodes use this engine\n"
    );
    assert_eq!(lists.entries().filter(|entry| entry.is_usable()).count(), 0);
}

#[test]
fn problems_have_a_key_where_the_config_says_something() {
    let mut app = built(Path::new("/srv/acecast"), "/opt/engine".into());
    let said = |app: &AppConfig, key: &str| app.problem_at(key, Severity::Error, "bad".to_owned());
    for key in ["root", "dirs.pid", "engine_path.stable", "engine_path.beta"] {
        assert_eq!(said(&app, key).map(|it| it.to_string()), Some(format!("app config: {key}: bad")));
    }
    for key in ["dirs.tmp", "engine_path.gamma", "controller.monitor", "controller", "trackers.x", ""] {
        assert_eq!(said(&app, key), None, "{key}");
    }
    app.controller.monitor = Some("https://example.com/".parse().unwrap());
    assert!(said(&app, "controller.monitor").is_some());
    app.controller = Controller::default();
    assert_eq!(said(&app, "controller.monitor"), None);
}

#[test]
fn a_path_that_no_file_could_hold_is_refused() {
    let new = |root: &Path, engine: &str| {
        let trackers = Trackers::new([TRACKER]).unwrap();
        AppConfig::new(root, [(Channel::Beta, engine.into())], trackers).map_err(|error| error.to_string())
    };
    let wrong = |root: &Path, engine: &str| new(root, engine).map(|_| ()).unwrap_err();
    let text = "expected UTF-8 text without control characters";
    assert_eq!(wrong("srv".as_ref(), "/e"), "root: found srv, expected an absolute path");
    assert_eq!(wrong("".as_ref(), "/e"), "root: found , expected an absolute path");
    assert_eq!(wrong("/srv".as_ref(), "e"), "engine_path.beta: found e, expected an absolute path");
    assert_eq!(wrong("/a\u{1b}[2J".as_ref(), "/e"), format!("root: found /a\\u{{1b}}[2J, {text}"));
    assert_eq!(wrong(Path::new(OsStr::from_bytes(b"/\xff")), "/e"), format!("root: found /\u{fffd}, {text}"));
    let app = new("/srv//./x/".as_ref(), "/opt//e").unwrap();
    assert_eq!((app.root.to_str(), app.dirs.pid.to_str()), (Some("/srv/x"), Some("/srv/x/pid")));
    assert_eq!(app.engine_path[&Channel::Beta].to_str(), Some("/opt/e"));
    assert_eq!(Config::new(app).desired().nodes().count(), 0);
}

#[test]
fn the_error_names_key_and_path() {
    let trackers = Trackers::new([TRACKER]).unwrap();
    let wrong = AppConfig::new("srv", [], trackers).map(|_| ());
    assert_eq!(wrong, Err(AppConfigError::Relative { key: "root".to_owned(), path: "srv".into() }));
}
