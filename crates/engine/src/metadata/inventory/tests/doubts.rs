//! Files that are written while they are looked at.

use super::*;

#[test]
fn all_files_in_doubt_share_one_pause() {
    let mut world = World::new();
    for n in 0..20 {
        world = world
            .stream(&format!("n{n}"))
            .has(&format!("n{n}.restart"), "")
            .wrote(&format!("m{n}.restart"), "1");
    }
    let (taken, pauses) = world.take_while(|| ());
    assert_eq!((taken.streams.len(), pauses), (40, 1));
}

#[test]
fn of_two_looks_at_a_number_the_larger_is_right() {
    let number = |first: &str, second: Option<&str>| {
        let world = World::new().has("news.sauth", pem(7)).wrote("news.restart", first);
        let first_pause = Cell::new(true);
        let (taken, pauses) = world.take_while(|| match second {
            _ if !first_pause.replace(false) => {}
            Some(text) => fs::write(world.path("news.restart"), text).unwrap(),
            None => fs::remove_file(world.path("news.restart")).unwrap(),
        });
        // Once more if the second look met another file than the first.
        assert_eq!(pauses, if second.is_some() { 2 } else { 1 });
        taken.streams[0].sequence()
    };
    assert_eq!(number("123", Some("12345")), Some(12345), "the first look met half of it");
    assert_eq!(number("12345", Some("123")), Some(12345), "the second one did");
    assert_eq!(number("12345", Some("")), Some(12345));
    assert_eq!(number("", Some("12345")), Some(12345));
    assert_eq!(number("", Some("x")), None);
    assert_eq!(number("12345", None), Some(12345));
}

#[test]
fn an_old_number_is_believed_and_one_of_the_future_is_not() {
    let pauses = |when: SystemTime| {
        let world = World::new().stream("news");
        world.write("news.restart", b"5", when);
        world.take_while(|| ()).1
    };
    assert_eq!(pauses(SystemTime::now() - Duration::from_secs(5)), 0);
    assert_eq!(pauses(SystemTime::now() + Duration::from_secs(3600)), 1);
}

#[test]
fn sequences_that_are_being_rewritten_are_read_again() {
    let file = format!("{}.json", sequence("a", 0));
    let world = World::new().sidecar("tv", &"a".repeat(40)).wrote(&file, "{\"seq\": 4");
    let (taken, _) = world.take_while(|| fs::write(world.path(&file), "{\"seq\": 42}").unwrap());
    assert_eq!(taken.streams[0].sequence(), Some(42));
    let (taken, _) = world.take_while(|| fs::remove_file(world.path(&file)).unwrap());
    assert_eq!(taken.streams[0].sequence(), Some(42), "it was there");
}

#[test]
fn a_key_that_is_being_written_is_read_again() {
    let world = World::new().has("news.restart", "42").has("news.sauth", &pem(7)[..300]);
    let (taken, _) = world.take_while(|| ());
    assert_eq!(
        taken.streams[0].files,
        StoredFiles::Ts { key: KeyFile::Damaged(Damage::Cut), restart: Progress::At(42) }
    );
    let (taken, pauses) = world.take_while(|| fs::write(world.path("news.sauth"), pem(7)).unwrap());
    assert!(taken.streams[0].whole().is_ok());
    assert_eq!(pauses, 5, "somebody writes it at every look, and is not waited for any longer");
}

#[test]
fn of_a_number_that_is_written_in_pieces_the_largest_is_right() {
    let world = World::new().has("news.sauth", pem(7)).wrote("news.restart", "1");
    let pieces = Cell::new(0);
    let (taken, pauses) = world.take_while(|| {
        pieces.set(pieces.get() + 1);
        let text = ["12", "123", "1234", "1234"][pieces.get().min(4) - 1];
        if pieces.get() < 4 {
            fs::write(world.path("news.restart"), text).unwrap();
        }
    });
    assert_eq!((taken.streams[0].sequence(), pauses), (Some(1234), 4));
}

#[test]
fn a_stream_that_goes_away_meanwhile_is_none() {
    let world = World::new().has("news.restart", "").has("sport.sauth", "");
    let gone = || ["news.restart", "sport.sauth"].map(|name| fs::remove_file(world.path(name)).unwrap());
    let (taken, _) = world.take_while(|| {
        gone();
    });
    assert!(taken.streams.is_empty(), "{taken:?}");
}
