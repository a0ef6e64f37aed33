use acecast_reconcile::testing::{World, hls, running, source};
use acecast_reconcile::{Field, Health, HeldReason, KeyFacts, KeyState, KeyTrace, ObservedNode, Restore};

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
        ! held  source  8640  a  a.sauth is damaged: no PEM; restore it with `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), or give the stream a new key, and lose its viewers, with `acecast start --new-key a`
        ");
}

#[test]
fn an_empty_key_holds_the_start_and_says_where_it_comes_from() {
    start(KeyState::Empty, &[], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is damaged: it is empty, as an engine leaves it that finds the disk full at a stream's first start, and nothing else of this stream is here; if it was never on air, see that there is room on the disk and give it its first key with `acecast start --new-key a`; if it was, restore its key with `acecast restore-metadata a --from DIR` (from a controller: without --from DIR)
        ");
    start(KeyState::Empty, &[KeyTrace::Restart], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is damaged: it is empty although its .restart file is there; see that there is room on the disk and restore it with `acecast restore-metadata a --from DIR` (from a controller: without --from DIR); a stream that was never on air has nothing to lose (a disk that was full at its first start leaves this, too) and gets its first key with `acecast start --new-key a`, any other would lose its viewers by it
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
        ! held  source  8640  a  a.sauth is missing although its .restart file is there; restore it with `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), or give the stream a new key, and lose its viewers, with `acecast start --new-key a`
        ");
}

#[test]
fn a_key_that_is_missing_beside_its_transport_file_holds_the_start() {
    start(KeyState::Missing, &[KeyTrace::TransportFile], Restore::Nothing, "
        ! held  source  8640  a  a.sauth is missing although its public transport file is there; restore it with `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), or give the stream a new key, and lose its viewers, with `acecast start --new-key a`
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
        ! held  source  8640  a  a.sauth is another key (SHA-256 11aa) than the one to be restored (SHA-256 22bb); to keep the key that is here, leave --get-remote-metadata out, or the entry's `metadata`; if the other one is the right one, `acecast restore-metadata a --replace-key a` (from a folder: with --from DIR)
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
        ! held  source  8640  a  a.sauth is missing although its .restart file is there; restore it with `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), or give the stream a new key, and lose its viewers, with `acecast start --new-key a`
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
        ! held  source  8640  a  a.sauth is missing although the stream runs; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a`, bitrate 400000 → 0
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
        ! held  source  8650  a  a.sauth is missing although the stream runs; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a`
        ");
}

#[test]
fn a_node_that_needs_no_change_runs_on_whatever_its_key_file_holds() {
    let damaged = KeyFacts::new(KeyState::Damaged(bad("empty")));
    check(
        &World::new().wants(source(8640, "a")).runs(source(8640, "a")).key("a", damaged),
        "
        = keep  source  8640  a  if it ends, it cannot be started again: a.sauth is damaged: empty; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a`
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

#[test]
fn a_key_that_is_not_there_yet_is_not_lost() {
    let node = |health: Health, in_pid_file: bool| {
        let mut node = running(source(8640, "a")).health(health);
        node.in_pid_file = in_pid_file;
        node
    };
    let silent = || Health::Silent("not asked".to_owned());
    let lost = |node: &ObservedNode, key: KeyState, traces: &[KeyTrace]| {
        let mut facts = KeyFacts::new(key);
        facts.traces = traces.to_vec();
        World::new().key("a", facts).observed.lost_key(node).map(|(_, reason, _)| reason)
    };
    let missing = |node: &ObservedNode| lost(node, KeyState::Missing, &[]);
    // An engine that starts may be about to write it, or be in the middle of that.
    for key in [KeyState::Missing, KeyState::Empty, KeyState::Damaged(bad("its end is missing"))] {
        assert_eq!(lost(&node(Health::Starting, false), key, &[KeyTrace::Restart]), None);
    }
    // One that waits for its source for hours has made none either; but what else is there tells of a key.
    assert_eq!(missing(&node(silent(), false)), None);
    assert_eq!(
        lost(&node(silent(), false), KeyState::Missing, &[KeyTrace::Restart]),
        Some(HeldReason::KeyMissing)
    );
    assert_eq!(lost(&node(silent(), false), KeyState::Empty, &[]), Some(HeldReason::KeyDamaged));
    // Each of these was ready before.
    for (health, in_pid_file) in
        [(Health::Starting, true), (silent(), true), (Health::NoInput, false), (Health::Answering, false)]
    {
        assert_eq!(missing(&node(health, in_pid_file)), Some(HeldReason::KeyMissing));
    }
    // What cannot be read is not being written.
    let unreadable = KeyState::Unreadable(bad("permission denied"));
    assert_eq!(lost(&node(Health::Starting, false), unreadable, &[]), Some(HeldReason::KeyUnreadable));
}

#[test]
fn leave_for_a_new_key_does_not_hide_that_the_one_in_use_is_lost() {
    let world = World::new().wants(source(8640, "a")).runs(source(8640, "a")).key("a", KeyFacts::default());
    let detail = |world: &World| world.plan().decisions[0].action.detail().to_owned();
    assert!(detail(&world).contains("a.sauth is missing"), "{}", detail(&world));
    assert_eq!(detail(&world.clone().new_key("a")), detail(&world));
}

#[test]
fn a_node_that_runs_with_another_key_than_the_one_to_be_restored_is_said_what_is_true_of_it() {
    let plan = world(KeyState::Present, &[], conflict()).runs(source(8640, "a")).plan();
    assert_eq!(plan.decisions[0].action.name(), "keep");
    let detail = plan.decisions[0].action.detail();
    assert!(!detail.contains("cannot be started again"), "{detail}");
    for says in ["a start that restores the other key", "--get-remote-metadata out", "--replace-key a"] {
        assert!(detail.contains(says), "{says}: {detail}");
    }
}
