//! What a restore writes, and what it leaves alone.

use acecast_reconcile::Restore;

use super::*;

#[test]
fn a_missing_key_is_written_byte_for_byte() {
    let key = format!("{}\r\n", pem(7));
    let world = World::ts().brings(&key, 0);
    fs::remove_dir(&world.app.dirs.metadata).unwrap();
    assert_eq!(world.restore().unwrap(), "news.restart: 0 restored, was missing\nnews.sauth: key restored");
    assert_eq!(world.key(), key.as_bytes());
    assert_eq!(mode_of(&world.paths().key()), 0o600);
    assert_eq!(world.last_seq(), "0");
    assert_eq!(world.restore().unwrap(), "", "and not again");
    assert_eq!(world.facts().restore, Restore::Fits);
}

#[test]
fn a_damaged_key_is_kept_beside() {
    let world = World::ts().brings(&pem(7), 5).has_key("first").has_restart("9");
    let expected = "news.sauth is damaged (it is no private key): kept as news.sauth.damaged-1700000000\n\
                    news.sauth: key restored";
    assert_eq!(world.restore().unwrap(), expected);
    assert_eq!(world.last_seq(), "9");
    fs::write(world.paths().key(), "second").unwrap();
    let _ = world.restore().unwrap();
    let aside = |name: &str| fs::read_to_string(world.app.dirs.metadata.join(name)).unwrap();
    assert_eq!(aside("news.sauth.damaged-1700000000"), "first");
    assert_eq!(aside("news.sauth.damaged-1700000001"), "second");
}

#[test]
fn of_two_numbers_the_higher_one_wins() {
    for (local, remote, expected, said) in [
        ("41", 42, "42", "news.restart: 42 restored, was 41"),
        ("42\n", 42, "42\n", ""),
        ("43", 42, "43", ""),
        ("", 42, "42", "news.restart: 42 restored, held no piece number"),
        ("4x", 42, "42", "news.restart: 42 restored, held no piece number"),
        ("+4", 0, "0", "news.restart: 0 restored, held no piece number"),
        ("99999999999999999999999", 42, "42", "news.restart: 42 restored, held no piece number"),
        ("18446744073709551615", u64::MAX, "18446744073709551615", ""),
    ] {
        let world = World::ts().brings(&pem(7), remote).has_key(pem(7)).has_restart(local);
        assert_eq!(world.restore().unwrap(), said, "{local:?}");
        assert_eq!(world.last_seq(), expected, "{local:?}");
        assert_eq!(mode_of(&world.paths().key()), 0o600, "made private");
    }
}

#[test]
fn another_key_is_refused_and_nothing_is_touched() {
    let world = World::ts().brings(&pem(7), 50).has_key(pem(8)).has_restart("42");
    let error = world.restore().unwrap_err();
    assert!(matches!(error, MetadataError::Conflict { .. }));
    let said = error.to_string();
    assert!(said.contains(&fingerprint(pem(7).as_bytes())) && said.contains(&fingerprint(pem(8).as_bytes())));
    assert!(!said.contains("BwcH"), "no part of a key");
    assert_eq!((world.key(), world.last_seq()), (pem(8).into_bytes(), "42".to_owned()));
    assert_eq!(world.files(), ["news.restart", "news.sauth"]);
}

#[test]
fn a_damaged_key_from_the_controller_is_not_written() {
    let world = World::ts().brings(&pem(7)[..300], 50);
    assert_eq!(
        world.restore().unwrap_err().to_string(),
        "the key to be restored for news is damaged: its end is missing"
    );
    assert!(world.files().is_empty());
}

#[test]
fn a_key_that_cannot_be_read_is_left_alone() {
    let world = World::ts().brings(&pem(7), 50);
    fs::create_dir(world.paths().key()).unwrap();
    assert!(matches!(world.restore(), Err(MetadataError::KeyUnreadable { .. })));
    assert_eq!(world.files(), ["news.sauth"]);
}

#[test]
fn nothing_to_restore_is_nothing_done() {
    assert_eq!(World::ts().has_key("cut").restore().unwrap(), "");
    let mut world = World::new(hls());
    world.node.metadata = Some(Metadata::Ts { last_seq: 0, private_key: PrivateKey::new(pem(7)) });
    assert!(matches!(world.restore(), Err(MetadataError::OtherKind { .. })));
}

#[test]
fn a_new_key_never_overwrites_what_was_there() {
    let aside = |world: &World| set_aside_for_new_key(&world.node.uid, &world.app, 7).unwrap();
    let world = World::ts().has_key(pem(7));
    assert_eq!(aside(&world), None, "a whole key stays");
    assert_eq!(world.key(), pem(7).into_bytes());
    let world = World::ts().has_key("cut");
    assert_eq!(aside(&world), Some(world.app.dirs.metadata.join("news.sauth.damaged-7")));
    assert_eq!(world.files(), ["news.sauth.damaged-7"]);
    assert_eq!(aside(&world), None);
    fs::create_dir(world.paths().key()).unwrap();
    assert_eq!(aside(&world), Some(world.app.dirs.metadata.join("news.sauth.damaged-8")));
}

#[test]
fn sequences_of_a_hls_stream() {
    let name = |n: u8| format!("{}_stream_{n}", "a".repeat(40));
    let mut world = World::new(hls());
    let sequences = (0..4).map(|n| (name(n).parse().unwrap(), 42)).collect();
    world.node.metadata = Some(Metadata::Hls { sequences });
    let path = |n: u8| world.app.dirs.metadata.join(format!("{}.json", name(n)));
    fs::write(path(1), r#"{"seq": 43}"#).unwrap();
    fs::write(path(2), r#"{"seq": 41, "more": [1]}"#).unwrap();
    fs::write(path(3), r#"{"seq": 4"#).unwrap();
    let said = world.restore().unwrap().replace(&"a".repeat(40), "A");
    let expected = "A_stream_0.json: 42 restored, was missing\n\
                    A_stream_2.json: 42 restored, was 41\n\
                    A_stream_3.json: 42 restored, held no piece number";
    assert_eq!(said, expected);
    let text = |n: u8| fs::read_to_string(path(n)).unwrap();
    assert_eq!(text(0), r#"{"seq":42}"#);
    assert_eq!(text(1), r#"{"seq": 43}"#);
    assert_eq!(text(2), r#"{"seq":42,"more":[1]}"#);
    assert_eq!(text(3), r#"{"seq":42}"#);
    assert_eq!(mode_of(&path(0)), 0o600);
    assert_eq!(world.restore().unwrap(), "");
}

#[test]
fn a_folder_of_another_user_is_not_written_to() {
    let mut world = World::ts().brings(&pem(7), 5);
    if nix::unistd::Uid::effective().is_root() {
        std::os::unix::fs::chown(&world.app.dirs.metadata, Some(54_321), None).unwrap();
    } else {
        world.app.dirs.metadata = "/".into();
    }
    let error = world.restore().unwrap_err();
    assert!(matches!(error, MetadataError::Files(FilesError::ForeignOwner { .. })));
    let error = set_aside_for_new_key(&world.node.uid, &world.app, 7).unwrap_err();
    assert!(error.to_string().contains("run as "), "{error}");
}

#[test]
fn only_key_files_are_made_private() {
    let world = World::ts().has_key(pem(7));
    let key = world.paths().key();
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    assert!(tighten_mode(&key).unwrap());
    assert_eq!(mode_of(&key), 0o600);
    assert!(!tighten_mode(&key).unwrap());
    assert!(!tighten_mode(&world.paths().restart()).unwrap(), "missing");
    let (link, target) = (world.app.dirs.metadata.join("link"), world.app.dirs.metadata.join("target"));
    fs::write(&target, "").unwrap();
    fs::set_permissions(&target, Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    assert!(!tighten_mode(&link).unwrap());
    assert_eq!(mode_of(&target), 0o644);
}
