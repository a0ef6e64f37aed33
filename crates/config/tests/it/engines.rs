//! Engines that nodes use and that are not there.

use acecast_config::{Ask, load_nodes};

use crate::world::{NoFetch, World, check_sources, support, ts};

#[test]
fn an_engine_in_use_has_to_be_there() {
    check_sources(
        &format!(
            "[{}, {}, {}]",
            ts(&[("engine_version", "\"beta\"")]),
            ts(&[("port", "1"), ("stream_uid", "\"b\""), ("engine_version", "\"alpha\"")]),
            ts(&[("port", "2"), ("stream_uid", "\"c\""), ("engine_version", "\"alpha\"")]),
        ),
        0,
        "config.json:2:20: engine_path.beta: is missing, and nodes use this engine\n\
         config.json:2:88: engine_path.alpha: no engine at none: No such file or directory\n"
            .replace("2:88", &alpha_column())
            .as_str(),
    );
}

/// Where the path of the alpha engine is: the folder's name before it is not always as long.
fn alpha_column() -> String {
    let root = World::new().path().display().to_string();
    format!("2:{}", r#"    "engine_path": {"stable": "/start-engine", "alpha": "#.len() + root.len() + 1)
}

#[test]
fn an_engine_that_is_no_file_is_one_problem_for_all_its_nodes() {
    let world = World::new();
    let text = world.app_text(r#"{"source_node": "source.json", "support_node": "support.json"}"#);
    let root = world.path().display().to_string();
    for (path, why) in [
        (root.clone(), "it is not a file"),
        (
            "$UNSET/start-engine".to_owned(),
            "it is relative, expected an absolute path; a variable in it is not set",
        ),
        ("start-engine".to_owned(), "it is relative, expected an absolute path"),
    ] {
        let (app, problems) = world.load(text.replace(&format!("{root}/start-engine"), &path)).unwrap();
        assert_eq!(problems, []);
        world.write("source.json", format!("[{}]", ts(&[])));
        world.write("support.json", format!("[{}]", support(&[])));
        let lists = load_nodes(&app, Ask::both(), &NoFetch);
        assert_eq!(
            world.text(&lists.problems()),
            format!("config.json:2:31: engine_path.stable: no engine at {path}: {why}\n")
        );
        let wrong = &lists.supports.unwrap().unwrap().wrong;
        assert_eq!(wrong[0].detail, format!("engine stable: no engine at {path} (engine_path.stable)"));
    }
}

#[test]
fn an_engine_without_a_path_is_one_problem_too() {
    let world = World::new();
    let text = world.app_text(r#"{"source_node": "source.json"}"#);
    let (app, _) = world.load(text.replace("\"stable\"", "\"beta\"")).unwrap();
    world.write("source.json", format!("[{}, {}]", ts(&[]), ts(&[("port", "1"), ("stream_uid", "\"b\"")])));
    let lists = load_nodes(&app, Ask::both(), &NoFetch);
    assert_eq!(
        world.text(&lists.problems()),
        "config.json:2:20: engine_path.stable: is missing, and nodes use this engine\n"
    );
    let wrong = lists.sources.unwrap().unwrap().wrong;
    assert_eq!(wrong[1].detail, "engine stable: its path is not set (engine_path.stable)");
}
