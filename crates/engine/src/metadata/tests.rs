use std::collections::BTreeMap;

use acecast_config::{AppConfig, Metadata, PrivateKey, SourceNode};
use acecast_reconcile::{KeyFacts, KeyState, KeyTrace, Restore};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::args::StreamPaths;
use crate::args::fixtures::{app, hls, ts};

/// A DER element of the right length, filled with `fill`.
fn der(fill: u8, len: usize) -> Vec<u8> {
    let mut der = vec![0x30, 0x82];
    der.extend(u16::try_from(len).unwrap().to_be_bytes());
    der.extend(std::iter::repeat_n(fill, len));
    der
}

fn pem_of(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", lines.join("\n"))
}

/// A key file's text; other numbers give other keys.
pub(super) fn pem(fill: u8) -> String {
    pem_of(&der(fill, 460))
}

struct World {
    _dir: tempfile::TempDir,
    app: AppConfig,
    node: SourceNode,
}

impl World {
    fn new(node: SourceNode) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path());
        fs::create_dir(&app.dirs.metadata).unwrap();
        fs::create_dir(&app.dirs.public).unwrap();
        World { _dir: dir, app, node }
    }

    fn ts() -> Self {
        World::new(ts())
    }

    fn brings(mut self, key: &str, last_seq: u64) -> Self {
        self.node.metadata = Some(Metadata::Ts { last_seq, private_key: PrivateKey::new(key) });
        self
    }

    fn paths(&self) -> StreamPaths<'_> {
        StreamPaths::new(&self.app.dirs, &self.node.uid)
    }

    fn has_key(self, key: impl AsRef<[u8]>) -> Self {
        fs::write(self.paths().key(), key).unwrap();
        self
    }

    fn has_restart(self, text: &str) -> Self {
        fs::write(self.paths().restart(), text).unwrap();
        self
    }

    fn facts(&self) -> KeyFacts {
        key_facts(&self.node, &self.app).unwrap()
    }

    /// Checking writes nothing and refuses exactly what restoring refuses.
    fn restore(&self) -> Result<String, MetadataError> {
        let before = self.files();
        let checked = check_restore(&self.node, &self.app).map_err(|error| error.to_string());
        assert_eq!(self.files(), before);
        let restored = self.restore_unchecked();
        assert_eq!(checked.err(), restored.as_ref().err().map(ToString::to_string));
        restored
    }

    fn restore_unchecked(&self) -> Result<String, MetadataError> {
        let dir = format!("{}/", self.app.dirs.metadata.display());
        restore(&self.node, &self.app, 1_700_000_000).map(|report| report.to_string().replace(&dir, ""))
    }

    fn key(&self) -> Vec<u8> {
        fs::read(self.paths().key()).unwrap()
    }

    fn last_seq(&self) -> String {
        fs::read_to_string(self.paths().restart()).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.app.dirs.metadata).into_iter().flatten();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn whole_keys_in_every_form() {
    let text = pem(7);
    for key in [
        text.clone(),
        format!("{text}\n"),
        format!("{text}\r\n").replace('\n', "\r\n"),
        text.replace("RSA ", ""),
        text.replace("RSA ", "ENCRYPTED "),
        pem_of(b"short"),
    ] {
        assert_eq!(judge_key(key.as_bytes()), Ok(()), "{key}");
    }
    assert_eq!(judge_key(&der(7, 460)), Ok(()));
    assert_eq!(judge_key(&der(b'\n', 460)), Ok(()), "the last byte is its own");
    assert_eq!(judge_key(&[der(7, 460), vec![b'\n']].concat()), Ok(()));
}

#[test]
fn damage_has_a_name() {
    let text = pem(7);
    let lines: Vec<&str> = text.lines().collect();
    let without_a_line = [&lines[..3], &lines[4..]].concat().join("\n");
    let only_armour = [lines[0], lines[lines.len() - 1]].join("\n");
    let cases: [(Vec<u8>, Damage); 16] = [
        (b"".to_vec(), Damage::Empty),
        (b" \n".to_vec(), Damage::Empty),
        (vec![0; 690], Damage::Zeros),
        (b"garbage".to_vec(), Damage::NotAKey),
        (b"\xff\xfe".to_vec(), Damage::NotAKey),
        (text.replace("PRIVATE", "PUBLIC").into(), Damage::NotAKey),
        (text.replace("BEGIN", "BEGUN").into(), Damage::NotAKey),
        (text[..12].into(), Damage::Cut),
        (text[..300].into(), Damage::Cut),
        (text[..text.len() - 1].into(), Damage::Cut),
        (text.replace("END RSA", "END EC").into(), Damage::Cut),
        (format!("{text}\n\0\0\0").into(), Damage::Trailing),
        (only_armour.into(), Damage::EmptyBody),
        (text.replace("BwcH", "B*cH").into(), Damage::NotBase64),
        (without_a_line.into(), Damage::Length { says: 464, has: 416 }),
        (der(7, 460)[..400].to_vec(), Damage::Length { says: 464, has: 400 }),
    ];
    for (bytes, damage) in cases {
        assert_eq!(judge_key(&bytes), Err(damage), "{}", String::from_utf8_lossy(&bytes));
    }
    // A block of the file that was never written.
    let mut torn = text.into_bytes();
    torn[200..400].fill(0);
    assert_eq!(judge_key(&torn), Err(Damage::NotBase64));
}

#[test]
fn a_key_cut_anywhere_is_damaged() {
    let text = pem(7);
    for end in 0..text.len() {
        assert!(judge_key(&text.as_bytes()[..end]).is_err(), "cut at {end}");
    }
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
fn facts_of_a_new_stream() {
    assert_eq!(World::ts().facts(), KeyFacts::default());
    let world = World::new(hls());
    assert_eq!(key_facts(&world.node, &world.app), None);
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
    assert_eq!(world.facts().key, KeyState::Damaged("it is empty".to_owned()));
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
fn a_fingerprint_is_the_sha_256_of_the_key() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(fingerprint(b"abc"), expected);
    assert_eq!(fingerprint(b"abc\n"), expected);
    assert_eq!(fingerprint(b"abc\r\n"), expected);
}

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
        ("", 42, "42", "news.restart: 42 restored, held no number"),
        ("4x", 42, "42", "news.restart: 42 restored, held no number"),
        ("+4", 0, "0", "news.restart: 0 restored, held no number"),
        ("99999999999999999999999", 42, "42", "news.restart: 42 restored, held no number"),
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
    let sequences = BTreeMap::from([(name(0), 42), (name(1), 42), (name(2), 42), (name(3), 42)]);
    world.node.metadata = Some(Metadata::Hls { sequences });
    let path = |n: u8| world.app.dirs.metadata.join(format!("{}.json", name(n)));
    fs::write(path(1), r#"{"seq": 43}"#).unwrap();
    fs::write(path(2), r#"{"seq": 41, "more": [1]}"#).unwrap();
    fs::write(path(3), r#"{"seq": 4"#).unwrap();
    let said = world.restore().unwrap().replace(&"a".repeat(40), "A");
    let expected = "A_stream_0.json: 42 restored, was missing\n\
                    A_stream_2.json: 42 restored, was 41\n\
                    A_stream_3.json: 42 restored, held no number";
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
fn a_key_of_which_only_the_first_line_is_left() {
    let text = pem(7);
    let lines: Vec<&str> = text.lines().collect();
    let left = [lines[0], lines[1], lines[lines.len() - 1]].join("\n");
    assert_eq!(judge_key(left.as_bytes()), Err(Damage::Length { says: 464, has: 48 }));
}

#[test]
fn a_key_that_is_lost_at_the_last_moment_is_noticed() {
    let world = World::ts();
    let require = || require_key(&world.node.uid, &world.app).map_err(|error| error.to_string());
    assert!(
        require()
            .unwrap_err()
            .ends_with("news.sauth was to be used and is no whole key any more: it is missing")
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
        assert_eq!(told(&world), ["news.restart holds no number: its pieces are counted from the beginning"]);
    }
    fs::remove_file(world.paths().restart()).unwrap();
    fs::create_dir(world.paths().restart()).unwrap();
    assert!(told(&world)[0].starts_with("news.restart cannot be read ("), "{:?}", told(&world));

    let world = World::new(hls());
    fs::write(world.app.dirs.metadata.join("x_stream_0.json"), "").unwrap();
    assert!(told(&world).is_empty(), "nothing is known of the stream's infohash");
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

#[test]
fn a_key_that_is_a_link_to_nothing_is_not_missing() {
    let world = World::ts();
    std::os::unix::fs::symlink("/nowhere/at/all", world.paths().key()).unwrap();
    assert!(matches!(world.facts().key, KeyState::Unreadable(_)), "{:?}", world.facts());
}
