//! The app config.

use std::fs;
use std::path::{Path, PathBuf};

use acecast_config::reference::REFERENCE;
use acecast_config::{AppConfig, Ask, Dirs, LoadError, Location, RemoteUrl, Severity, load_app, load_nodes};
use acecast_reconcile::{Channel, Role};

use crate::world::{NoFetch, NotFound, World, ts};

pub(crate) const TEMPLATE: &str = r#"{
    "engine_path": {
        "stable": "${ACE}-stable/start-engine",
        "beta": "$ACE-beta/start-engine",
        "alpha": "/opt/$UNSET/start-engine"
    }
    ,"root": "/opt/app"
    ,"controller": {
        "source_node": "http://example.com/source_node/get_config.php",
        "support_node": "config/support.json",
        "monitor": "http://example.com/monitor/data_receiver.php",
        "metadata_receiver": "http://example.com/source_node/post_data.php"
    }
    ,"dirs": {
        "public": "tmp/public",
        "private": "./tmp//private/",
        "metadata": "/srv/metadata",
        "log": "tmp/logs",
        "cache": "tmp/cache",
        "pid": "tmp/run",
        "state": "tmp/run"
    }
    ,"trackers": [
        // add at least one tracker
        "udp://tracker1.example.com:2710/announce",
        "udp://tracker2.example.com:2710/announce",
        // ...
    ]
    //,"provider_key": "<provider_key>"
    //,"node_access_token": "<access_token>"
}
"#;

fn template() -> AppConfig {
    let (app, problems) = World::new().load(TEMPLATE).unwrap();
    assert_eq!(problems, []);
    app
}

/// What is said about the template with one text replaced by another.
#[track_caller]
pub(crate) fn check(from: &str, to: &str, expected: &str) {
    assert!(TEMPLATE.contains(from));
    let world = World::new();
    let problems = match world.load(TEMPLATE.replacen(from, to, 1)) {
        Ok((_, problems)) => problems,
        Err(error) => error.problems(),
    };
    assert_eq!(world.text(&problems), expected);
}

#[test]
fn private_files_among_public_ones_are_a_warning() {
    let from = "\"./tmp//private/\"";
    let said = |is: &str, found: &str| {
        format!(
            "warning: config.json:16:20: dirs.private: found \"{found}\", which {is}: private transport files would \
             lie among those that are handed out\n"
        )
    };
    for same in ["tmp/public", "/opt/app/tmp/./public/"] {
        check(from, &format!("\"{same}\""), &said("is dirs.public, too", same));
    }
    check(from, "\"tmp/public/private\"", &said("is inside of dirs.public", "tmp/public/private"));
    check(from, "\"tmp/public-not\"", "");
    // Public files in a folder of the private one are only that.
    check(from, "\"tmp\"", "");
}

#[test]
fn the_template_loads() {
    let app = template();
    let engines: Vec<_> =
        app.engine_path.iter().map(|(channel, path)| (*channel, path.to_str().unwrap())).collect();
    assert_eq!(
        engines,
        [
            (Channel::Stable, "/opt/ace-stable/start-engine"),
            (Channel::Beta, "/opt/ace-beta/start-engine"),
            (Channel::Alpha, "/opt/$UNSET/start-engine"),
        ]
    );
    let Some(Location::Url(url)) = &app.controller.source_node else { panic!("{:?}", app.controller) };
    assert_eq!(url.reveal(), "http://example.com/source_node/get_config.php");
    assert_eq!(app.controller.support_node, Some(Location::File("/opt/app/config/support.json".into())));
    assert_eq!(app.dirs.private, Path::new("/opt/app/tmp/private"));
    assert_eq!(app.dirs.private.as_os_str(), "/opt/app/tmp/private");
    assert_eq!(app.dirs.metadata, Path::new("/srv/metadata"));
    assert_eq!(app.dirs.pid, app.dirs.state);
    assert_eq!(app.trackers.len(), 2);
    assert_eq!((app.provider_key, app.node_access_token, app.ca_file), (None, None, None));
    assert!(!app.require_https);
}

#[test]
fn every_folder_and_every_url_is_among_all_of_them() {
    let app = template();
    let (_, described) = REFERENCE.iter().find(|(object, _)| *object == "dirs").unwrap();
    assert!(app.dirs.all().map(|(key, _)| key).eq(described.iter().map(|key| key.name)));
    assert_eq!(app.dirs.all().nth(2), Some(("metadata", Path::new("/srv/metadata"))));
    let under: Vec<_> =
        Dirs::under(Path::new("/a")).all().map(|(key, dir)| dir == Path::new("/a").join(key)).collect();
    assert_eq!(under, [true; 7]);

    let urls: Vec<&str> = app.controller.urls().map(RemoteUrl::reveal).collect();
    assert_eq!(
        urls,
        [
            "http://example.com/source_node/get_config.php",
            "http://example.com/monitor/data_receiver.php",
            "http://example.com/source_node/post_data.php"
        ]
    );
    assert_eq!(app.controller.list(Role::Support).and_then(Location::url), None);
}

#[test]
fn everything_wrong_is_said_at_once_and_in_order() {
    let world = World::new();
    let error = world
        .load("{\"engine_path\": [],\n\"dirs\": {\"public\": 1, \"pids\": \"x\"},\n\"tracker\": [], \"extra\": 0}")
        .unwrap_err();
    assert_eq!(
        world.text(&error.problems()),
        "config.json:1:1: root: is missing, expected the absolute path that other paths are relative to\n\
         config.json:1:1: trackers: is missing, expected a list of at least one tracker\n\
         config.json:1:17: engine_path: found a list, expected an object with the engines' paths\n\
         config.json:2:9: dirs.private: is missing, expected a path, absolute or relative to root\n\
         config.json:2:9: dirs.metadata: is missing, expected a path, absolute or relative to root\n\
         config.json:2:9: dirs.log: is missing, expected a path, absolute or relative to root\n\
         config.json:2:9: dirs.cache: is missing, expected a path, absolute or relative to root\n\
         config.json:2:9: dirs.pid: is missing, expected a path, absolute or relative to root\n\
         config.json:2:9: dirs.state: is missing, expected a path, absolute or relative to root\n\
         config.json:2:20: dirs.public: found 1, expected a path\n\
         config.json:2:23: dirs.pids: unknown key, did you mean \"pid\"?\n\
         config.json:3:1: tracker: unknown key, did you mean \"trackers\"?\n\
         warning: config.json:3:16: extra: unknown key, it is ignored\n"
    );
    assert_eq!(
        error.to_string().replace(&format!("{}/", world.path().display()), ""),
        "config.json: the app config is wrong (config.json:1:1: root: is missing, expected the absolute path that \
         other paths are relative to, and 11 more)"
    );
}

#[test]
fn single_settings() {
    check(
        "\"tmp/public\"",
        "\"\"",
        "config.json:15:19: dirs.public: found \"\", which is empty; expected a path\n",
    );
    check(
        "\"stable\"",
        "\"stabel\"",
        "config.json:3:9: engine_path.stabel: unknown key, did you mean \"stable\"?\n",
    );
    check(
        "\"beta\"",
        "\"gamma\"",
        "warning: config.json:4:9: engine_path.gamma: unknown key, it is ignored; only stable, beta and alpha \
         exist\n",
    );
    check(
        "\"monitor\"",
        "\"montior\"",
        "config.json:11:9: controller.montior: unknown key, did you mean \"monitor\"?\n",
    );
    check(
        "\"http://example.com/monitor/data_receiver.php\"",
        "\"monitor.json\"",
        "config.json:11:20: controller.monitor: found \"monitor.json\", which starts neither with http:// nor with \
         https://; expected an http or https URL\n",
    );
    check(
        "\"config/support.json\"",
        "\"ftp://u:p@h/x\"",
        "config.json:10:25: controller.support_node: found \"ftp://****@h/x\", expected an http or https URL, or the \
         path of a file\n",
    );
    check(
        "\"config/support.json\"",
        "\"htp://u:p@h/x\"",
        "config.json:10:25: controller.support_node: found \"htp://****@h/x\", expected an http or https URL, or the \
         path of a file; did you mean \"http://\"?\n",
    );
    check(
        "\"config/support.json\"",
        "\"example.com/get.php?token=hunter2\"",
        "config.json:10:25: controller.support_node: looks like a URL, which begins with http:// or https://\n",
    );
    check(
        "\"config/support.json\"",
        "\"//me:hunter2@example.com/x\"",
        "config.json:10:25: controller.support_node: looks like a URL, which begins with http:// or https://\n",
    );
    check(
        "\"config/support.json\"",
        "\"me:hunter2@example.com/x\"",
        "config.json:10:25: controller.support_node: looks like a URL, which begins with http:// or https://\n",
    );
    check(
        "\"config/support.json\"",
        "\"http:/h\"",
        "config.json:10:25: controller.support_node: found \"http:/h\", which starts neither with http:// nor with \
         https://; expected an http or https URL\n",
    );
    check(
        "\"udp://tracker1.example.com:2710/announce\"",
        "\"tracker\", \"udp://a b\", \"udp://\", 1, \"\\u001b\"",
        "config.json:25:9: trackers[0]: found \"tracker\", expected a tracker's URL like \
         udp://tracker.example.com:2710/announce\n\
         config.json:25:20: trackers[1]: found \"udp://a b\", expected a tracker's URL like \
         udp://tracker.example.com:2710/announce\n\
         config.json:25:33: trackers[2]: found \"udp://\", expected a tracker's URL like \
         udp://tracker.example.com:2710/announce\n\
         config.json:25:43: trackers[3]: found 1, expected a tracker's URL like \
         udp://tracker.example.com:2710/announce\n\
         config.json:25:46: trackers[4]: found \"\\u{1b}\", which holds the control character \\u{1b}; remove it\n",
    );
    check(
        "//,\"provider_key\": \"<provider_key>\"",
        ",\"provider_key\": \"\"",
        "warning: config.json:29:22: provider_key: is empty, so none is used\n",
    );
    check(
        "//,\"provider_key\": \"<provider_key>\"",
        ",\"provider_key\": [\"s3cret\"], \"node_access_token\": \"s3cret\\n\"",
        "config.json:29:22: provider_key: found a list, expected a text\n\
         config.json:29:55: node_access_token: found a text, which holds the control character \\u{a}; remove \
         it\n",
    );
}

#[test]
fn an_empty_list_of_trackers_is_none() {
    let world = World::new();
    let text = world.app_text("{}").replace("\"udp://tracker.example.com:2710/announce\"", "");
    assert_eq!(
        world.text(&world.load(text).unwrap_err().problems()),
        "config.json:7:17: trackers: the list is empty, expected at least one tracker\n"
    );
}

#[test]
fn a_problem_with_an_endpoint_has_its_place() {
    let problem =
        template().problem_at("controller.source_node", Severity::Warning, "is slow".to_owned()).unwrap();
    assert!(problem.to_string().ends_with("config.json:9:24: controller.source_node: is slow"), "{problem}");
    let app = World::new().app(r#"{"monitor": null}"#);
    assert_eq!(app.problem_at("controller.monitor", Severity::Error, String::new()), None);
}

#[test]
fn a_relative_root_is_explained() {
    let world = World::new();
    for (dir, file) in [("etc/opt/tmp/run", "acestreamengine-8640.pid"), ("here/opt/tmp/metadata", "a.sauth")]
    {
        fs::create_dir_all(world.path().join(dir)).unwrap();
        fs::write(world.path().join(dir).join(file), "").unwrap();
    }
    let text = TEMPLATE.replace("/opt/app", "opt").replace("/srv/metadata", "tmp/metadata");
    fs::write(world.path().join("etc/config.json"), text).unwrap();
    let path = world.path().join("etc/config.json");
    let error = load_app(&path, &world.path().join("here"), &|_| None).unwrap_err();
    assert_eq!(
        world.text(&error.problems()),
        "etc/config.json:7:14: root: found \"opt\", a relative path; expected an absolute one: etc/opt from the \
         config file's folder (holds pid files), or here/opt from the current folder (holds metadata files)\n"
    );
    let error = load_app(&path, &world.path().join("etc"), &|_| None).unwrap_err();
    assert_eq!(
        world.text(&error.problems()),
        "etc/config.json:7:14: root: found \"opt\", a relative path; expected an absolute one: etc/opt from the \
         config file's folder, which is the current folder, too (holds pid files)\n"
    );
}

#[test]
fn the_examples_load_as_they_are() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/config");
    let (app, problems) = load_app(&examples.join("config.json"), Path::new("/"), &|_| None).unwrap();
    assert_eq!(problems, []);
    let Some(Location::File(list)) = &app.controller.source_node else { panic!("{:?}", app.controller) };
    assert_eq!(list, &PathBuf::from("/opt/acecast/config/source_node.json"));

    // The lists are read on a host that has both engines.
    let world = World::new();
    let text = world.app_text(r#"{"source_node": "source.json", "support_node": "support.json"}"#);
    let (app, _) =
        world.load(text.replace("\"alpha\"", "\"beta\"").replace("/none", "/start-engine")).unwrap();
    for role in ["source", "support"] {
        let text = fs::read(examples.join(format!("{role}_node.json"))).unwrap();
        world.write(&format!("{role}.json"), text);
    }
    let lists = load_nodes(&app, Ask::both(), &NoFetch);
    assert_eq!(world.text(&lists.problems()), "");
    let config = lists.into_config(app).unwrap();
    assert_eq!(config.desired().nodes().count(), 4);
}

#[test]
fn the_lists_of_an_app_config_that_cannot_be_used_can_be_looked_at() {
    let world = World::new();
    let text = world
        .app_text(r#"{"source_node": "source.json", "support_node": "http://192.0.2.1/", "monitor": 5}"#)
        .replace("udp://", "udp:")
        .replace("\"engine_path\"", "\"engines\"");
    world.write("source.json", format!("[{}]", ts(&[("port", "0")])));
    let salvage = |text: &str| match world.load(text).unwrap_err() {
        LoadError::App { salvage, .. } => salvage,
        other => panic!("{other}"),
    };
    let salvaged = salvage(&text);
    let lists = salvaged.lists(Ask::of(Role::Source), &NoFetch);
    assert_eq!(
        world.text(&lists.problems()),
        "source.json:3:9: [0].port: found 0, expected a port from 1 to 65535\n"
    );
    assert_eq!(salvaged.secrets().len(), 2);
    // Without a root, nobody knows where a relative path leads to.
    let rootless = salvage(&text.replace("\"root\"", "\"rooot\""));
    let lists = rootless.lists(Ask::both(), &NotFound);
    assert!(lists.sources.is_none() && lists.error(Role::Support).is_some());
}
