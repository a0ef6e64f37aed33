use acecast_reconcile::testing::{World, hls, source};
use acecast_reconcile::{Field, KeyFacts, KeyState, KeyTrace, Restore};

use crate::check;

#[track_caller]
fn start(key: KeyState, traces: &[KeyTrace], restore: Restore, expected: &str) {
    check(&world(key, traces, restore), expected);
}

fn world(key: KeyState, traces: &[KeyTrace], restore: Restore) -> World {
    let mut facts = KeyFacts::new(key);
    facts.traces = traces.to_vec();
    facts.restore = restore;
    World::new().wants(source(8640, "a")).key("a", facts)
}

fn conflict() -> Restore {
    Restore::Conflict { local: "11aa".to_owned(), remote: "22bb".to_owned() }
}

fn bad(why: &str) -> String {
    why.to_owned()
}

#[test]
fn a_key_that_is_there_is_used() {
    start(
        KeyState::Present,
        &[KeyTrace::Restart],
        Restore::Nothing,
        "
        + start  source  8640  a  missing
        ",
    );
}

#[test]
fn a_stream_never_seen_here_gets_a_new_key_and_the_plan_says_so() {
    start(
        KeyState::Missing,
        &[],
        Restore::Nothing,
        "
        + start  source  8640  a  missing, new key
        ",
    );
}

#[test]
fn a_damaged_key_holds_the_start() {
    start(KeyState::Damaged(bad("no PEM")), &[], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is damaged: no PEM; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a
        ");
}

#[test]
fn an_empty_key_holds_the_start_and_says_where_it_comes_from() {
    start(KeyState::Empty, &[], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is damaged: it is empty, as an engine leaves it that finds the disk full at a stream's first start, and nothing else of this stream is here; if it was never on air, see that there is room on the disk and give it its first key with `acecast start --new-key a`; if it was, restore its key with `acecast restore-metadata a`
        ");
    start(KeyState::Empty, &[KeyTrace::Restart], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is damaged: it is empty although its .restart file is there; see that there is room on the disk and restore it with `acecast restore-metadata a`; a stream that was never on air has nothing to lose (a disk that was full at its first start leaves this, too) and gets its first key with `acecast start --new-key a`, any other would lose its viewers by it
        ");
    start(
        KeyState::Empty,
        &[],
        Restore::Fits,
        "
        + start  source  8640  a  missing
        ",
    );
    check(
        &world(KeyState::Empty, &[], Restore::Nothing).new_key("a"),
        "
        + start  source  8640  a  missing, new key
        ",
    );
}

#[test]
fn a_key_that_is_missing_beside_its_restart_file_holds_the_start() {
    start(KeyState::Missing, &[KeyTrace::Restart], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is missing although its .restart file is there; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a
        ");
}

#[test]
fn a_key_that_is_missing_beside_its_transport_file_holds_the_start() {
    start(KeyState::Missing, &[KeyTrace::TransportFile], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is missing although its public transport file is there; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a
        ");
}

#[test]
fn a_key_that_cannot_be_read_holds_the_start_even_if_one_is_to_be_restored() {
    start(KeyState::Unreadable(bad("permission denied")), &[], Restore::Nothing, "
        ! held  source  8640  a  a.sauth cannot be read: permission denied; it has to be a file that the user who runs acecast can read
        ");
    start(KeyState::Unreadable(bad("permission denied")), &[], Restore::Fits, "
        ! held  source  8640  a  a.sauth cannot be read: permission denied; it has to be a file that the user who runs acecast can read
        ");
}

#[test]
fn a_key_that_contradicts_the_one_to_be_restored_holds_the_start() {
    start(KeyState::Present, &[], conflict(), "
        ! held  source  8640  a  a.sauth is another key (SHA-256 11aa) than the one to be restored (SHA-256 22bb)
        ");
}

#[test]
fn a_key_that_is_restored_counts_as_present() {
    start(
        KeyState::Missing,
        &[KeyTrace::Restart],
        Restore::Fits,
        "
        + start  source  8640  a  missing
        ",
    );
    start(
        KeyState::Damaged(bad("empty")),
        &[],
        Restore::Fits,
        "
        + start  source  8640  a  missing
        ",
    );
}

#[test]
fn a_new_key_can_be_allowed_for_one_stream() {
    let missing = || world(KeyState::Missing, &[KeyTrace::Restart], Restore::Nothing);
    check(
        &missing().new_key("a"),
        "
        + start  source  8640  a  missing, new key
        ",
    );
    check(&missing().new_key("b"), "
        ! held  source  8640  a  a.sauth is missing although its .restart file is there; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a
        ");
    check(
        &world(KeyState::Present, &[], conflict()).new_key("a"),
        "
        + start  source  8640  a  missing
        ",
    );
    check(
        &world(KeyState::Missing, &[], Restore::Fits).new_key("a"),
        "
        + start  source  8640  a  missing
        ",
    );
}

#[test]
fn hls_nodes_and_support_nodes_need_no_key() {
    let damaged = KeyFacts::new(KeyState::Damaged(bad("empty")));
    check(
        &World::new().wants(hls(8640, "a")).key("a", damaged),
        "
        + start  source  8640  a  missing
        ",
    );
}

#[test]
fn a_node_that_runs_without_its_key_file_is_not_restarted() {
    let world = World::new().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    check(&world.clone().key("a", KeyFacts::default()), "
        ! held  source  8640  a  a.sauth is missing although the stream runs; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a, bitrate 400000 → 0
        ");
    check(
        &world.key("a", KeyFacts::default()).new_key("a"),
        "
        ~ restart  source  8640  a  bitrate 400000 → 0, new key
        ",
    );
}

#[test]
fn a_node_that_runs_without_its_key_file_is_not_moved() {
    let world = World::new().wants(source(8650, "a")).runs(source(8640, "a"));
    check(&world.key("a", KeyFacts::default()), "
        ! held  source  8640  a  a cannot be started on port 8650, so it stays here
        ! held  source  8650  a  a.sauth is missing although the stream runs; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a
        ");
}

#[test]
fn a_node_that_needs_no_change_runs_on_whatever_its_key_file_holds() {
    let damaged = KeyFacts::new(KeyState::Damaged(bad("empty")));
    check(
        &World::new().wants(source(8640, "a")).runs(source(8640, "a")).key("a", damaged),
        "
        = keep  source  8640  a  if it ends, it cannot be started again: a.sauth is damaged: empty; restore it with `acecast restore-metadata a`, or give the stream a new key, and lose its viewers, with --new-key a
        ",
    );
}

#[test]
fn a_node_that_runs_with_another_key_is_not_restarted_with_this_one() {
    let moved = source(8640, "a").with(Field::MetadataDir, "/new");
    let mut facts = KeyFacts::new(KeyState::Present);
    facts.runs_with = Some("/old/a.sauth".to_owned());
    let world = World::new().wants(moved).runs(source(8640, "a")).key("a", facts);
    let plan = world.plan();
    assert_eq!(plan.decisions[0].action.reason_code(), "key_conflict", "{plan}");
    assert!(
        plan.to_string()
            .contains("runs with the key /old/a.sauth, which is not in its new metadata dir; copy it there"),
        "{plan}"
    );
    assert_eq!(world.new_key("a").plan().decisions[0].action.name(), "restart");
}

#[test]
fn a_key_that_is_lost_while_its_node_runs_is_worth_a_word() {
    let world = World::new().wants(source(8640, "a")).runs(source(8640, "a")).key("a", KeyFacts::default());
    let plan = world.plan();
    assert_eq!(plan.decisions[0].action.name(), "keep");
    assert!(
        plan.decisions[0].action.detail().contains("a.sauth is missing although the stream runs"),
        "{plan}"
    );
}
