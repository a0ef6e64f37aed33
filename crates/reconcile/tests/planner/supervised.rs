use std::time::Duration;

use acecast_reconcile::testing::{World, hls, port, running, source, support};
use acecast_reconcile::{
    Action, Field, Health, HeldReason, KeyFacts, KeyState, RestartReason, Role, Unidentified,
};

use crate::{check, checked};

const SECOND: Duration = Duration::from_secs(1);

fn damaged() -> KeyFacts {
    KeyFacts::new(KeyState::Damaged("no PEM".to_owned()))
}

// ---- restarts that are not drift ----

#[test]
fn a_node_is_restarted_because_that_is_asked_for() {
    let world = World::new()
        .wants(source(8640, "a"))
        .wants(source(8650, "b"))
        .wants(source(8660, "c"))
        .runs(source(8640, "a"))
        .runs(running(source(8650, "b")).health(Health::NoInput))
        .runs(source(8660, "c"))
        .restarts(8640, RestartReason::Requested)
        .restarts(8650, RestartReason::Stalled);
    let plan = checked(
        &world,
        "
        ~ restart  source  8640  a  restart requested
        ~ restart  source  8650  b  stalled
        = keep     source  8660  c
        ",
    );
    let codes: Vec<&str> = plan.decisions.iter().map(|decision| decision.action.reason_code()).collect();
    assert_eq!(codes, ["requested", "stalled", "in_sync"]);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        json["nodes"][0],
        serde_json::json!({"action": "restart", "role": "source", "port": 8640, "name": "a", "pid": 18640,
            "reason": "requested", "detail": "", "drift": [], "noted": [], "new_key": false})
    );
}

#[test]
fn drift_is_the_better_reason() {
    let world = World::new().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    let plan = checked(
        &world.restarts(8640, RestartReason::Stalled),
        "
        ~ restart  source  8640  a  bitrate 400000 → 0
        ",
    );
    assert_eq!(plan.decisions[0].action.reason_code(), "drift");
}

#[test]
fn a_restart_that_is_asked_for_notes_the_new_session_token_too() {
    let node = |token: &str| source(8640, "a").url(&format!("http://h/x?token={token}"));
    check(
        &World::new().wants(node("1")).runs(node("2")).restarts(8640, RestartReason::Requested),
        "
        ~ restart  source  8640  a  restart requested, url has a new query
        ",
    );
}

#[test]
fn where_no_wanted_node_runs_a_restart_means_nothing() {
    let restarts = |world: World| world.restarts(8640, RestartReason::Requested);
    check(
        &restarts(World::new().wants(source(8650, "b")).runs(source(8650, "b")).runs(source(8640, "old"))),
        "
        - stop  source  8640  old  not in config
        = keep  source  8650  b
        ",
    );
    check(&restarts(World::new()), "");
    check(
        &restarts(World::new().wants(source(8640, "a"))),
        "
        + start  source  8640  a  missing, new key
        ",
    );
    check(
        &restarts(World::new().wants(source(8640, "b")).runs(source(8640, "a"))),
        "
        + start  source  8640  b  missing, new key
        - stop   source  8640  a  not in config
        ",
    );
    check(&restarts(World::new().wants(source(8640, "a")).runs(source(8640, "a")).only_support()), "");
}

#[test]
fn a_restart_that_is_asked_for_is_held_by_what_holds_any_restart() {
    let world = World::new().wants(source(8640, "a")).restarts(8640, RestartReason::Requested);
    let runs = world.clone().runs(source(8640, "a"));
    check(
        &runs.clone().only_port(8640),
        "
        ! held  source  8640  a  needs a restart, and --port only starts nodes (restart requested)
        ",
    );
    check(&runs.clone().wrong_entry(Role::Source, None), "
        ! held  source  8640  a  needs a restart, but an entry whose port cannot be read may mean this node (restart requested)
        ");
    check(&runs.key("a", damaged()), "
        ! held  source  8640  a  a.sauth is damaged: no PEM; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a` (restart requested)
        ");
    let unidentified = running(source(8640, "a")).unidentified(None, Unidentified::NewerSpec(9));
    check(
        &world.clone().runs(unidentified),
        "
        ! held  source  8640  a  started by a newer acecast (its settings have version 9)
        ",
    );
    check(
        &world.runs(running(source(8640, "a")).listens_on(8641)),
        "
        ! held  source  8640  a  listens on port 8641 instead; stop it with `acecast stop 8640`
        ",
    );
    check(
        &World::new()
            .wrong_entry(Role::Source, Some(8640))
            .runs(source(8640, "a"))
            .restarts(8640, RestartReason::Requested),
        "
        ! held  source  8640  a  bitrate is no number
        ",
    );
}

/// The stream runs where it should: what holds its restart is no reason to keep it running elsewhere, too.
#[test]
fn a_stream_whose_requested_restart_is_held_still_stops_elsewhere() {
    let world = World::new()
        .wants(source(8640, "a"))
        .runs(source(8640, "a"))
        .runs(source(8650, "a"))
        .key("a", damaged())
        .restarts(8640, RestartReason::Stalled);
    check(&world, "
        ! held  source  8640  a  a.sauth is damaged: no PEM; its engine has the key in memory: keep it running, and put a.sauth back from a backup by hand (acecast does not: nothing proves that a backup has the key in use); or, when an interruption suits the viewers, `acecast stop 8640`, `acecast restore-metadata a --from DIR` (from a controller: without --from DIR), `acecast start`; without a backup, only a new key is left, which loses all viewers: `acecast stop 8640`, `acecast start --new-key a` (stalled)
        - stop  source  8650  a  moved to another port
        ");
}

#[test]
fn a_support_node_is_not_restarted_while_its_source_is_down() {
    let world = World::new()
        .wants(source(8640, "a"))
        .wants(support(8650, "127.0.0.1:8640"))
        .runs(support(8650, "127.0.0.1:8640"))
        .local("127.0.0.1")
        .restarts(8650, RestartReason::Stalled);
    check(&world.clone().backs_off(8640, 2, SECOND * 2), "
        ! held  source   8640  a               ended, or failed to start, 2 times in a row; it is started again in 2 s
        ! held  support  8650  127.0.0.1:8640  its source on port 8640 is down and waits to be started again (stalled)
        ");
    let plan = checked(
        &world,
        "
        + start    source   8640  a               missing, new key
        ~ restart  support  8650  127.0.0.1:8640  stalled
        ",
    );
    let Action::Restart { needs, .. } = plan.decisions[1].action else { panic!("it is restarted: {plan}") };
    assert_eq!(needs, Some(port(8640)));
}

// ---- nodes that back off ----

#[test]
fn a_missing_node_that_backs_off_is_held() {
    let world = |failures, left| World::new().wants(hls(8640, "a")).backs_off(8640, failures, left);
    let plan = checked(
        &world(4, SECOND * 8),
        "
        ! held  source  8640  a  ended, or failed to start, 4 times in a row; it is started again in 8 s
        ",
    );
    assert_eq!(plan.decisions[0].action.reason_code(), "backing_off");
    check(
        &world(1, Duration::from_millis(701)),
        "
        ! held  source  8640  a  is down; it is started again in 1 s
        ",
    );
    check(
        &world(7, Duration::from_nanos(42_000_000_001)),
        "
        ! held  source  8640  a  ended, or failed to start, 7 times in a row; it is started again in 43 s
        ",
    );
}

#[test]
fn a_node_that_runs_or_is_not_wanted_does_not_back_off() {
    check(
        &World::new()
            .wants(source(8640, "a"))
            .runs(source(8640, "a"))
            .wants(source(8650, "b").with(Field::Bitrate, 0))
            .runs(source(8650, "b"))
            .backs_off(8640, 1, SECOND)
            .backs_off(8650, 1, SECOND)
            .backs_off(8660, 1, SECOND),
        "
        = keep     source  8640  a
        ~ restart  source  8650  b  bitrate 400000 → 0
        ",
    );
}

/// The start follows a stop: to hold it would hold the stop, or take the stream down for the wait.
#[test]
fn what_is_stopped_for_a_start_does_not_back_off() {
    check(
        &World::new().wants(source(8650, "a")).runs(source(8640, "a")).backs_off(8650, 3, SECOND),
        "
        - stop   source  8640  a  moved to another port
        + start  source  8650  a  missing
        ",
    );
    check(
        &World::new().wants(hls(8640, "b")).runs(hls(8640, "a")).backs_off(8640, 3, SECOND),
        "
        + start  source  8640  b  missing
        - stop   source  8640  a  not in config
        ",
    );
}

#[test]
fn an_obstacle_that_stays_is_said_rather_than_the_wait() {
    let plan = World::new().wants(source(8640, "a")).taken(8640).backs_off(8640, 3, SECOND).plan();
    let Action::Held { reason, .. } = &plan.decisions[0].action else { panic!("it is held: {plan}") };
    assert_eq!(*reason, HeldReason::PortTaken);
}

/// The wait of a source is not the end of the nodes that need it: the plan that starts it starts them.
#[test]
fn a_support_node_waits_for_a_source_that_backs_off() {
    let world = World::new()
        .wants(hls(8640, "a"))
        .wants(support(8650, "127.0.0.1:8640"))
        .wants(support(8651, "10.0.0.1:8640"))
        .local("127.0.0.1");
    let plan = checked(
        &world.clone().backs_off(8640, 1, SECOND),
        "
        ! held   source   8640  a               is down; it is started again in 1 s
        ! held   support  8650  127.0.0.1:8640  its source on port 8640 is down and waits to be started again
        + start  support  8651  10.0.0.1:8640   missing
        ",
    );
    assert_eq!(plan.decisions[1].action.reason_code(), "source_not_ready");
    check(
        &world,
        "
        + start  source   8640  a               missing
        + start  support  8650  127.0.0.1:8640  missing
        + start  support  8651  10.0.0.1:8640   missing
        ",
    );
}

#[test]
fn waits_of_nodes_that_ended_are_no_stops_for_the_guard() {
    let world = (8640..8650).fold(World::new(), |world, port| {
        world.wants(support(port, "10.0.0.1:1")).backs_off(port, 1, SECOND)
    });
    let plan = world.runs(support(8660, "10.0.0.1:1")).plan();
    assert_eq!((plan.changes(), plan.refused), (1, None));
}
