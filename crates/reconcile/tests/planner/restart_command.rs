use acecast_reconcile::testing::{World, port, running, source, support};
use acecast_reconcile::{Field, StopScope, UnknownReason};

use crate::compare;

#[track_caller]
fn check_restart(world: &World, ports: &[u16], expected: &str) {
    compare(&world.plan_restart(&StopScope::Ports(ports.iter().copied().map(port).collect())), expected);
}

fn world() -> World {
    World::new()
        .wants(source(8640, "a"))
        .runs(source(8640, "a"))
        .wants(source(8650, "b"))
        .runs(source(8650, "b"))
}

#[test]
fn only_the_port_that_was_named() {
    check_restart(
        &world(),
        &[8650],
        "
        ~ restart  source  8650  b  restart requested
        ",
    );
}

#[test]
fn all_means_all_that_the_config_asks_for() {
    let world = world().runs(support(8660, "10.0.0.1:8640"));
    compare(
        &world.plan_restart(&StopScope::All),
        "
        ~ restart  source   8640  a              restart requested
        ~ restart  source   8650  b              restart requested
        ! held     support  8660  10.0.0.1:8640  is not in the config, so nothing says how to start it again; it keeps running
        ",
    );
}

#[test]
fn what_is_down_is_started_and_drift_is_the_better_reason() {
    let world = World::new()
        .wants(source(8640, "a"))
        .wants(source(8650, "b").with(Field::Bitrate, 500_000))
        .runs(running(source(8650, "b").with(Field::Bitrate, 400_000)));
    check_restart(
        &world,
        &[8640, 8650],
        "
        + start    source  8640  a  missing, new key
        ~ restart  source  8650  b  bitrate 400000 → 500000
        ",
    );
}

#[test]
fn a_stream_that_moves_away_stays_unless_both_ports_are_named() {
    let world = World::new().wants(source(8650, "a")).runs(source(8640, "a"));
    check_restart(
        &world,
        &[8640],
        "
        ! held  source  8640  a  its stream is on another port in the config; `acecast start` moves it
        ",
    );
    check_restart(
        &world,
        &[8650],
        "
        ! held  source  8650  a  needs another port to be changed, too; `acecast start` does both
        ",
    );
    check_restart(
        &world,
        &[8640, 8650],
        "
        - stop   source  8640  a  moved to another port
        + start  source  8650  a  missing
        ",
    );
}

#[test]
fn another_stream_on_the_port_takes_the_place() {
    let world = World::new().wants(source(8640, "b")).runs(source(8640, "a"));
    check_restart(
        &world,
        &[8640],
        "
        + start  source  8640  b  missing, new key
        - stop   source  8640  a  not in config
        ",
    );
}

#[test]
fn streams_that_change_places_stay_unless_both_ports_are_named() {
    let world = World::new()
        .wants(source(8640, "a"))
        .wants(source(8650, "b"))
        .runs(source(8640, "b"))
        .runs(source(8650, "a"));
    check_restart(
        &world,
        &[8640],
        "
        ! held  source  8640  a  needs another port to be changed, too; `acecast start` does both
        ! held  source  8640  b  its stream is on another port in the config; `acecast start` moves it
        ",
    );
    let all = world.plan_restart(&StopScope::All);
    assert_eq!((all.changes(), all.has_held()), (4, false), "{all}");
}

#[test]
fn what_makes_room_for_a_stream_that_cannot_start_stays() {
    let world = World::new()
        .wants(source(8640, "a"))
        .runs(source(8640, "b"))
        .runs(source(8650, "a"))
        .unknown(8650, UnknownReason::PidFileGarbage);
    check_restart(
        &world,
        &[8640],
        "
        ! held  source  8640  a  the stream still runs on port 8650 (pid 18650)
        ! held  source  8640  b  what the config wants here cannot be started now, so this keeps running
        ",
    );
}
