//! What is left when the making or the commit fails.

use super::*;

#[test]
fn a_crash_at_any_step_of_a_commit_is_made_good() {
    for files_in_place in 0..=2 {
        let mut world = World::new();
        world.make().commit().unwrap();
        world.node.title = "New".to_owned();
        let prepared = world.make();
        // The steps of a commit, up to the crash.
        crate::files::write_atomic(&world.paths().sidecar(), inputs::UNFINISHED, 0o600).unwrap();
        let moved =
            [("new_private", world.paths().private_transport()), ("new", world.paths().public_transport())];
        for (text, path) in &moved[..files_in_place] {
            fs::write(path, text).unwrap();
        }
        // A killed run removes nothing.
        std::mem::forget(prepared);
        assert_eq!(world.names().len(), 5);
        for title in ["New", "Tv"] {
            title.clone_into(&mut world.node.title);
            assert_eq!(world.needs(), Some(Reason::SidecarDamaged), "{files_in_place} {title}");
        }
        world.make().commit().unwrap();
        assert_eq!(world.contents(), ["public Tv", "private Tv"]);
        assert_eq!(world.names(), WHOLE, "what the killed run left is gone");
    }
}

#[test]
fn a_failed_commit_is_made_good_by_the_next_run() {
    let world = World::new();
    world.make().commit().unwrap();
    let public = world.paths().public_transport();
    let prepared = world.make();
    fs::remove_file(&public).unwrap();
    fs::create_dir(&public).unwrap();
    let error = prepared.commit().unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write {}", public.display()));
    fs::remove_dir(&public).unwrap();
    fs::write(&public, "x").unwrap();
    assert_eq!(world.needs(), Some(Reason::SidecarDamaged));
}

#[test]
fn a_failed_making_leaves_the_old_files_and_nothing_else() {
    let world = World::new();
    world.old_files();
    let before = world.names();
    let error = world.fails("echo 'bad provider key pk'; echo usage >&2; exit 2");
    let TransportError::Failed { status, output, .. } = &error else { panic!("{error:?}") };
    assert_eq!((status.code(), output.reveal()), (Some(2), "bad provider key pk\nusage\n"));
    assert_eq!(error.to_string(), "the engine cannot make the transport files of tv: exit status: 2");
    assert_eq!(error.output(), Some("bad provider key pk\nusage\n"));

    assert!(matches!(world.fails("exit 0"), TransportError::NoInfohash { .. }));
    assert!(matches!(world.fails("echo created: hash=12345"), TransportError::NoInfohash { .. }));
    let unmade = world.fails(&format!("echo created: hash={HASH}"));
    assert!(
        matches!(&unmade, TransportError::Unmade { path, .. } if *path == world.paths().public_transport())
    );
    let removed = world.fails(&format!("{GOOD}\nrm \"$private\""));
    assert!(
        matches!(&removed, TransportError::Unmade { path, .. } if *path == world.paths().private_transport())
    );
    let late = world.try_make("echo slow; sleep 600", Duration::from_millis(300)).unwrap_err();
    assert_eq!(late.to_string(), "making the transport files of tv took more than 0.3 s");
    drop(world.make());

    assert_eq!(world.names(), before);
    assert_eq!(world.contents(), ["old", "old"]);
}

#[test]
fn what_cannot_be_made_is_said() {
    let mut world = World::new();
    let env = ChildEnv::default();
    let make = |world: &World, engine: &Path, cancelled| {
        make(&world.node, &world.app, engine, &env, TIMEOUT, &move || cancelled).unwrap_err()
    };
    let missing = make(&world, Path::new("/no/such/engine"), false);
    assert_eq!(missing.to_string(), "cannot run the engine /no/such/engine");
    let engine = world.engine("sleep 600");
    assert!(matches!(make(&world, &engine, true), TransportError::Cancelled { .. }));
    fs::remove_dir_all(&world.app.dirs.private).unwrap();
    fs::write(&world.app.dirs.private, "").unwrap();
    assert!(matches!(make(&world, &engine, false), TransportError::Files(_)));
    world.node = ts();
    assert!(matches!(make(&world, &engine, false), TransportError::NotHls { .. }));
}

#[test]
fn what_an_engine_printed_is_in_no_text_of_the_error() {
    let error = World::new().fails("echo hunter2; exit 1");
    assert_eq!(error.output(), Some("hunter2\n"));
    let texts = [format!("{error:?}"), format!("{error:#?}"), crate::chain::chain(&error)];
    assert!(texts.iter().all(|text| !text.contains("hunter2")), "{texts:?}");
}
