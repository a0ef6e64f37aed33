use super::super::world::{ELSEWHERE, HERE, Mute, Node, World};
use super::*;

/// Those who use streams here, with the pids of these nodes as their places.
fn users(world: &World, nodes: &[&Node]) -> Vec<(String, SourceKind, u16, bool, Option<usize>)> {
    let users = Observer::new(&world.app, &Mute).stream_users().unwrap().into_iter();
    let place = |pid: Pid| nodes.iter().position(|node| i64::from(node.0.id()) == i64::from(pid.as_raw()));
    users.map(|user| (user.uid.to_string(), user.kind, user.port.get(), user.here, place(user.pid))).collect()
}

#[test]
fn nobody_uses_anything_where_nothing_runs() {
    let world = World::new();
    assert_eq!(users(&world, &[]), []);
    fs::remove_dir(&world.app.dirs.pid).unwrap();
    assert_eq!(users(&world, &[]), []);
}

#[test]
fn ts_nodes_of_all_realms_use_the_streams_of_their_metadata_dir() {
    let world = World::new();
    std::os::unix::fs::symlink(world.path("metadata"), world.path("link")).unwrap();
    let node = |name: &str, port: u16, dir: &str, pids: &str| {
        world.engine(&format!("--stream-source-node --port={port} --name {name} --metadata-dir={dir} {pids}"))
    };
    let nodes = [
        node("news", 8640, "{}/metadata", HERE),
        node("sport", 8641, "{}/link", ELSEWHERE),
        node("kids", 8642, "metadata", ELSEWHERE),
        node("other", 8643, "{}/elsewhere", HERE),
        node("-odd", 8644, "{}/metadata", HERE),
    ];
    let expected = [("kids", 8642, false, 2), ("news", 8640, true, 0), ("sport", 8641, false, 1)];
    let expected = expected.map(|(uid, port, here, n)| (uid.to_owned(), SourceKind::Ts, port, here, Some(n)));
    assert_eq!(users(&world, &nodes.each_ref()), expected);
    let [first, ..] = nodes;
    drop(first);
    assert_eq!(users(&world, &[]).len(), 2, "the one that has ended is gone");
}

#[test]
fn hls_nodes_use_the_stream_of_their_private_file() {
    let world = World::new();
    std::os::unix::fs::symlink(world.path("private"), world.path("link")).unwrap();
    let node = |url: &str, port: u16, dir: &str| {
        let args =
            format!("--stream-support-node --port={port} --url={url} --metadata-dir={dir} {ELSEWHERE}");
        world.engine(&args)
    };
    let nodes = [
        node("{}/private/tv_private.acelive", 8650, "{}/elsewhere"),
        node("{}/link/kids_private.acelive", 8651, "{}/elsewhere"),
        node("{}/elsewhere/news_private.acelive", 8652, "{}/metadata"),
        node("{}/elsewhere/other_private.acelive", 8653, "{}/elsewhere"),
        node("http://192.0.2.1:8650/app/get_transport_file?format=raw", 8660, "{}/metadata"),
    ];
    let expected = [("kids", 8651, 1), ("news", 8652, 2), ("tv", 8650, 0)];
    let expected = expected.map(|(uid, port, n)| (uid.to_owned(), SourceKind::Hls, port, false, Some(n)));
    assert_eq!(users(&world, &nodes.each_ref()), expected);
}

#[test]
fn a_wrapper_and_its_engine_are_one_user() {
    let world = World::new();
    let args = format!("--stream-source-node --port=8640 --name=news --metadata-dir={{}}/metadata {HERE}");
    let alone = world.wrapper("echo up; read line\n", &args);
    let user = |place| [("news".to_owned(), SourceKind::Ts, 8640, true, place)];
    assert_eq!(users(&world, &[&alone]), user(Some(0)), "its engine has not appeared");
    drop(alone);

    let engine = world.path("acestreamengine");
    std::os::unix::fs::symlink("/bin/sh", &engine).unwrap();
    let script = format!("{} -c 'echo up; read line' engine \"$@\"\n", engine.display());
    let both = world.wrapper(&script, &args);
    assert_eq!(users(&world, &[&both]), user(None), "the engine's pid, which is not the wrapper's");
}

#[test]
fn a_metadata_dir_that_the_node_has_not_made_yet_counts_by_its_path() {
    let world = World::new();
    fs::remove_dir(&world.app.dirs.metadata).unwrap();
    let node = |port: u16, dir: &str| {
        world
            .engine(&format!("--stream-source-node --port={port} --name=n{port} --metadata-dir={dir} {HERE}"))
    };
    let nodes = [node(1, "{}/./metadata"), node(2, "metadata"), node(3, "{}/other")];
    let ports: Vec<_> = users(&world, &nodes.each_ref()).into_iter().map(|user| user.2).collect();
    assert_eq!(ports, [1, 2]);
}

#[test]
fn a_realm_that_cannot_be_looked_at_is_an_error() {
    let world = World::new();
    fs::remove_dir(&world.app.dirs.pid).unwrap();
    fs::write(&world.app.dirs.pid, "").unwrap();
    assert!(matches!(Observer::new(&world.app, &Mute).stream_users(), Err(ObserveError::PidDir { .. })));
}
