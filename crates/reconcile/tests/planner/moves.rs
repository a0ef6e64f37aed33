use acecast_reconcile::testing::{World, hls, running, source, support};
use acecast_reconcile::{Action, KeyFacts, KeyState, Restore, Role, Unidentified};

use crate::{check, checked};

#[test]
fn a_stream_that_moves_is_stopped_here_and_started_there() {
    let world = World::new().wants(source(8650, "a")).runs(source(8640, "a"));
    let plan = checked(
        &world,
        "
        - stop   source  8640  a  moved to another port
        + start  source  8650  a  missing
        ",
    );
    let start = plan.decisions.iter().find(|decision| decision.port.get() == 8650).unwrap();
    let Action::Start { after, .. } = &start.action else { panic!("it starts there: {plan}") };
    assert_eq!(after, &[world.observed.nodes[0].processes]);
}

#[test]
fn two_streams_can_change_places() {
    let world = World::new()
        .wants(source(8640, "b"))
        .wants(source(8650, "a"))
        .runs(source(8640, "a"))
        .runs(source(8650, "b"));
    let plan = checked(
        &world,
        "
        + start  source  8640  b  missing
        - stop   source  8640  a  moved to another port
        + start  source  8650  a  missing
        - stop   source  8650  b  moved to another port
        ",
    );
    for decision in &plan.decisions {
        if let Action::Start { after, .. } = &decision.action {
            assert_eq!(after.len(), 2, "a start waits for its port and for its stream");
        }
    }
}

#[test]
fn a_stream_that_cannot_move_stays() {
    check(
        &World::new().wants(source(8650, "a")).runs(source(8640, "a")).taken(8650),
        "
        ! held  source  8640  a  a cannot be started on port 8650, so it stays here
        ! held  source  8650  a  port 8650 is taken by nginx (pid 4242)
        ",
    );
}

#[test]
fn a_stream_that_cannot_move_keeps_its_port_from_the_next_one() {
    let world = World::new()
        .wants(source(8650, "a"))
        .wants(source(8640, "b"))
        .wants(source(8630, "c"))
        .runs(source(8640, "a"))
        .runs(source(8630, "b"))
        .taken(8650);
    check(
        &world,
        "
        ! held  source  8630  c  the node with pid 18630 stays on this port
        ! held  source  8630  b  b cannot be started on port 8640, so it stays here
        ! held  source  8640  b  the node with pid 18640 stays on this port
        ! held  source  8640  a  a cannot be started on port 8650, so it stays here
        ! held  source  8650  a  port 8650 is taken by nginx (pid 4242)
        ",
    );
}

#[test]
fn a_stream_that_runs_in_a_node_that_is_held_is_not_started_elsewhere() {
    let world = World::new().wants(source(8650, "a")).wrong_entry(Role::Source, Some(8640));
    check(
        &world.runs(source(8640, "a")),
        "
        ! held  source  8640  a  bitrate is no number
        ! held  source  8650  a  the stream still runs on port 8640 (pid 18640)
        ",
    );
}

#[test]
fn a_stream_that_runs_where_it_should_stops_elsewhere_even_if_its_restart_is_held() {
    let damaged = KeyFacts::new(KeyState::Damaged("no PEM".to_owned()));
    let world = World::new()
        .wants(source(8640, "a").url("http://h/new"))
        .runs(source(8640, "a"))
        .runs(source(8650, "a"))
        .key("a", damaged);
    check(&world, "
        ! held  source  8640  a  a.sauth is damaged: no PEM; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a`, url http://origin.example/a.ts → http://h/new
        - stop  source  8650  a  moved to another port
        ");
}

#[test]
fn a_start_waits_for_the_node_that_listens_on_its_port_by_mistake() {
    let world = World::new().wants(source(8650, "b")).runs(running(source(8640, "old")).listens_on(8650));
    let plan = checked(
        &world,
        "
        - stop   source  8640  old  not in config
        + start  source  8650  b    missing, new key
        ",
    );
    let start = plan.decisions.iter().find(|decision| decision.port.get() == 8650).unwrap();
    let Action::Start { after, .. } = &start.action else { panic!("it starts: {plan}") };
    assert_eq!(after, &[world.observed.nodes[0].processes]);
}

#[test]
fn a_node_that_stays_and_listens_on_another_wanted_port_holds_that_start() {
    let world = World::new()
        .wants(source(8640, "a"))
        .wants(source(8650, "b"))
        .runs(running(source(8640, "a")).listens_on(8650));
    check(
        &world,
        "
        ! held  source  8640  a  listens on port 8650 instead; stop it with `acecast stop 8640`
        ! held  source  8650  b  the node of port 8640 listens here (pid 18640)
        ",
    );
}

#[test]
fn a_rename_without_a_key_is_held() {
    let world =
        World::new().wants(source(8640, "b").url("http://h/x")).runs(source(8640, "a").url("http://h/x?t"));
    check(&world, "
        ! held  source  8640  b  renames the stream a, which would get a new key and lose its viewers; copy a.sauth to b.sauth in the metadata dir, or allow it with --new-key b
        ");
    let damaged = KeyFacts::new(KeyState::Damaged("no PEM".to_owned()));
    check(&world.key("b", damaged), "
        ! held  source  8640  b  renames the stream a, which would get a new key and lose its viewers; copy a.sauth to b.sauth in the metadata dir, or allow it with --new-key b
        ");
}

#[test]
fn a_rename_with_a_key_of_its_own_is_another_stream() {
    let world =
        World::new().wants(source(8640, "b").url("http://h/x")).runs(source(8640, "a").url("http://h/x"));
    let present = KeyFacts::new(KeyState::Present);
    check(
        &world.clone().key("b", present),
        "
        + start  source  8640  b  missing
        - stop   source  8640  a  not in config
        ",
    );
    let mut restored = KeyFacts::default();
    restored.restore = Restore::Fits;
    check(
        &world.key("b", restored),
        "
        + start  source  8640  b  missing
        - stop   source  8640  a  not in config
        ",
    );
}

#[test]
fn a_rename_can_be_allowed() {
    let world =
        World::new().wants(source(8640, "b").url("http://h/x")).runs(source(8640, "a").url("http://h/x"));
    check(
        &world.new_key("b"),
        "
        + start  source  8640  b  missing, new key
        - stop   source  8640  a  not in config
        ",
    );
}

#[test]
fn a_new_stream_on_the_port_and_url_of_one_that_moves_away_is_no_rename() {
    let world = World::new()
        .wants(source(8640, "b").url("http://h/x"))
        .wants(source(8650, "a"))
        .runs(source(8640, "a").url("http://h/x"));
    check(
        &world,
        "
        + start  source  8640  b  missing, new key
        - stop   source  8640  a  moved to another port
        + start  source  8650  a  missing
        ",
    );
}

#[test]
fn hls_streams_have_no_key_to_lose_by_a_rename() {
    check(
        &World::new().wants(hls(8640, "b").url("http://h/x")).runs(hls(8640, "a").url("http://h/x")),
        "
        + start  source  8640  b  missing
        - stop   source  8640  a  not in config
        ",
    );
}

#[test]
fn a_duplicate_is_all_that_its_stream_has_if_the_start_is_held() {
    let world = World::new()
        .wants(source(8640, "a"))
        .runs(running(source(8640, "a")).listens_nowhere().with_pid(20_000))
        .runs(running(source(8640, "x")).unidentified(None, Unidentified::NewerSpec(9)));
    check(
        &world,
        "
        ! held  source  8640  a  started by a newer acecast (its settings have version 9)
        ! held  source  8640  a  a cannot be started on port 8640, so it stays here
        ",
    );
}

#[test]
fn a_port_stays_as_it_is_if_a_duplicate_there_is_all_that_the_wanted_stream_has() {
    let world = World::new()
        .wants(source(8640, "a"))
        .wants(source(8650, "b"))
        .runs(source(8640, "b"))
        .runs(running(source(8640, "a")).listens_nowhere().with_pid(20_000))
        .key("a", KeyFacts::default());
    check(&world, "
        ! held  source  8640  a  a.sauth is missing although the stream runs; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a`
        ! held  source  8640  b  a cannot be started here, so this port stays as it is
        ! held  source  8640  a  a cannot be started on port 8640, so it stays here
        ! held  source  8650  b  the stream still runs on port 8640 (pid 18640)
        ");
}

#[test]
fn a_support_node_can_be_where_a_stream_comes_from_and_another_goes() {
    let world = World::new()
        .wants(source(8650, "a"))
        .wants(support(8640, "10.0.0.1:8640"))
        .runs(source(8640, "a"))
        .runs(support(8650, "10.0.0.1:8640"));
    check(
        &world,
        "
        - stop   source   8640  a              moved to another port
        + start  source   8650  a              missing
        + start  support  8640  10.0.0.1:8640  missing
        - stop   support  8650  10.0.0.1:8640  not in config
        ",
    );
}
