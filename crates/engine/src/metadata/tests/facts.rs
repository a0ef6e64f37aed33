//! What is told of what is there, before anything is touched.

use acecast_reconcile::{KeyState, KeyTrace, Restore};

use super::*;

#[test]
fn facts_of_a_new_stream() {
    assert_eq!(World::ts().facts(), KeyFacts::default());
    let world = World::new(hls());
    assert_eq!(key_facts(&world.node, &world.app, None), None);
}

#[test]
fn facts_of_a_stream_that_was_here_before() {
    let world = World::ts().has_key(pem(7)).has_restart("42");
    fs::write(world.paths().public_transport(), "x").unwrap();
    let facts = world.facts();
    assert_eq!(facts.key, KeyState::Present);
    assert_eq!(facts.traces, [KeyTrace::Restart, KeyTrace::TransportFile]);
    assert_eq!(facts.restore, Restore::Nothing);
}

#[test]
fn facts_of_a_key_that_cannot_be_used() {
    let world = World::ts().has_key("");
    assert_eq!(world.facts().key, KeyState::Empty);
    fs::remove_file(world.paths().key()).unwrap();
    fs::create_dir(world.paths().key()).unwrap();
    assert!(
        matches!(world.facts().key, KeyState::Unreadable(why) if why.ends_with("is a folder, not a regular file"))
    );
}

#[test]
fn facts_of_what_the_config_brings() {
    let restore = |world: World| world.facts().restore;
    let newline = format!("{}\n", pem(7));
    assert_eq!(restore(World::ts().brings(&pem(7), 1)), Restore::Fits);
    assert_eq!(restore(World::ts().brings(&pem(7), 1).has_key("cut")), Restore::Fits);
    assert_eq!(restore(World::ts().brings(&newline, 1).has_key(pem(7))), Restore::Fits);
    assert_eq!(restore(World::ts().brings(&pem(7).replace('\n', "\r\n"), 1).has_key(pem(7))), Restore::Fits);
    assert_eq!(restore(World::ts().brings("cut", 1)), Restore::Nothing);
    let Restore::Conflict { local, remote } = restore(World::ts().brings(&newline, 1).has_key(pem(8))) else {
        panic!("no conflict");
    };
    assert_eq!((local, remote), (fingerprint(pem(8).as_bytes()), fingerprint(pem(7).as_bytes())));
}

#[test]
fn a_key_that_is_a_link_to_nothing_is_not_missing() {
    let world = World::ts();
    std::os::unix::fs::symlink("/nowhere/at/all", world.paths().key()).unwrap();
    assert!(matches!(world.facts().key, KeyState::Unreadable(_)), "{:?}", world.facts());
}

#[test]
fn a_key_that_is_being_rewritten_is_looked_at_twice() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("news.sauth");
    fs::write(&path, &pem(7)[..100]).unwrap();
    let during = |text: String| read::read_twice(&path, || fs::write(&path, text).unwrap()).state();
    assert_eq!(during(pem(7)[..50].to_owned()), KeyState::Damaged("its end is missing".to_owned()));
    assert_eq!(during(pem(7)), KeyState::Present);
    assert_eq!(during(String::new()), KeyState::Present, "what is whole is not looked at again");
}

#[test]
fn a_key_that_is_lost_at_the_last_moment_is_noticed() {
    let world = World::ts();
    let require = || require_key(&world.node.uid, &world.app).map_err(|error| error.to_string());
    assert!(
        require()
            .unwrap_err()
            .ends_with("news.sauth held a whole key before and cannot be used any more: it is missing")
    );
    let key = pem(7);
    for (text, why) in
        [("", "it is empty"), (&key[..200], "its end is missing"), ("x", "it is no private key")]
    {
        fs::write(world.paths().key(), text).unwrap();
        assert!(require().unwrap_err().ends_with(why), "{text}");
    }
    fs::write(world.paths().key(), key).unwrap();
    assert_eq!(require(), Ok(()));
}

#[test]
fn numbers_that_are_none_are_told_and_missing_ones_are_not() {
    let world = World::ts();
    let told = |world: &World| {
        let dir = format!("{}/", world.app.dirs.metadata.display());
        let told = damaged_progress(&world.node, &world.app);
        told.iter().map(|one| one.to_string().replace(&dir, "")).collect::<Vec<_>>()
    };
    assert!(told(&world).is_empty());
    let world = world.has_restart("0");
    assert!(told(&world).is_empty(), "0 is a number");
    for text in ["", "4 2", "-1", "4\u{0}2"] {
        fs::write(world.paths().restart(), text).unwrap();
        assert_eq!(told(&world), ["news.restart holds no piece number, so numbering begins again"]);
    }
    fs::remove_file(world.paths().restart()).unwrap();
    fs::create_dir(world.paths().restart()).unwrap();
    assert!(told(&world)[0].starts_with("news.restart cannot be read ("), "{:?}", told(&world));

    let world = World::new(hls());
    fs::write(world.app.dirs.metadata.join("x_stream_0.json"), "").unwrap();
    assert!(told(&world).is_empty(), "nothing is known of the stream's infohash");
}
