//! When transport files are made again.

use acecast_config::Trackers;

use super::*;

#[test]
fn each_input_counts_and_their_order_does_not() {
    let world = World::new();
    world.make().commit().unwrap();
    let changed = |change: &dyn Fn(&mut SourceNode, &mut AppConfig)| {
        let (mut node, mut app) = (world.node.clone(), world.app.clone());
        change(&mut node, &mut app);
        match needs_making(&node, &app, false) {
            Some(Reason::InputsChanged(keys)) => keys,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(changed(&|node, _| node.title.push('!')), ["title"]);
    assert_eq!(changed(&|node, _| node.url = "https://in/live.m3u8?token=2".parse().unwrap()), ["url"]);
    assert_eq!(changed(&|node, _| node.categories.truncate(1)), ["categories"]);
    assert_eq!(changed(&|_, app| app.trackers = Trackers::new(["udp://t3:3"]).unwrap()), ["trackers"]);
    assert_eq!(changed(&|_, app| app.provider_key = None), ["provider_key"]);
    assert_eq!(changed(&|_, app| app.provider_key = Some(Secret::new("other"))), ["provider_key"]);
    let (mut node, mut app) = (world.node.clone(), world.app.clone());
    node.categories = ["kids", "sport"].into_iter().filter_map(Category::from_name).collect();
    app.trackers = Trackers::new(app.trackers.iter().rev().cloned()).unwrap();
    node.common.extended_logging = true;
    assert_eq!(needs_making(&node, &app, false), None);
}

#[test]
fn files_of_the_old_scripts_are_taken_as_they_are_until_something_changes() {
    let mut world = World::new();
    assert!(!adopt(&world.node, &world.app).unwrap(), "nothing there");
    world.old_files();
    assert_eq!(world.needs(), None);
    assert!(adopt(&world.node, &world.app).unwrap());
    assert!(!adopt(&world.node, &world.app).unwrap(), "once");
    assert_eq!(mode_of(&world.paths().sidecar()), 0o600);
    assert_eq!((world.needs(), world.paths().infohash()), (None, None));
    world.node.title = "New".to_owned();
    assert_eq!(world.needs(), Some(Reason::InputsChanged(vec!["title"])));
    assert!(!adopt(&ts(), &world.app).unwrap());
}

#[test]
fn missing_empty_and_damaged_files_are_made_again() {
    let world = World::new();
    world.make().commit().unwrap();
    let (public, private) = (world.paths().public_transport(), world.paths().private_transport());
    fs::write(&private, "").unwrap();
    assert_eq!(world.needs(), Some(Reason::PrivateMissing));
    fs::remove_file(&private).unwrap();
    assert_eq!(world.needs(), Some(Reason::PrivateMissing));
    fs::remove_file(&public).unwrap();
    assert_eq!(world.needs(), Some(Reason::PublicMissing));
    world.make().commit().unwrap();
    let whole = fs::read_to_string(world.paths().sidecar()).unwrap();
    for damaged in ["", "{", "[]", &whole[..whole.len() - 1], &whole.replace("\"v\":1", "\"v\":2")] {
        fs::write(world.paths().sidecar(), damaged).unwrap();
        assert_eq!(world.needs(), Some(Reason::SidecarDamaged), "{damaged}");
        assert_eq!(world.paths().infohash(), None);
    }
}
