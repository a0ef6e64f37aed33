use acecast_reconcile::testing::{World, hls, port, running, source, support};
use acecast_reconcile::{Action, Channel, Field, Health, Rival, UnknownReason};

use crate::{check, checked};

#[test]
fn what_is_missing_is_started_and_a_new_key_is_said() {
    check(
        &World::new().wants(source(8650, "news")),
        "
        + start  source  8650  news  missing, new key
        ",
    );
}

#[test]
fn what_is_not_in_the_config_is_stopped() {
    check(
        &World::new().wants(source(8650, "news")).runs(source(8650, "news")).runs(source(8660, "old")),
        "
        = keep  source  8650  news
        - stop  source  8660  old   not in config
        ",
    );
}

#[test]
fn a_correct_node_is_kept() {
    check(
        &World::new().wants(support(8641, "127.0.0.1:8640")).runs(support(8641, "127.0.0.1:8640")),
        "
        = keep  support  8641  127.0.0.1:8640
        ",
    );
}

#[test]
fn health_is_shown_and_never_a_reason_to_touch_a_node() {
    let sick = |number, name, health| running(source(number, name)).health(health);
    let mut world = World::new();
    for (number, name) in [(8640, "a"), (8641, "b"), (8642, "c")] {
        world = world.wants(source(number, name));
    }
    let world = world
        .runs(sick(8640, "a", Health::Starting))
        .runs(sick(8641, "b", Health::NoInput))
        .runs(sick(8642, "c", Health::Silent("HTTP 500 \u{1b}[2J".to_owned())));
    check(
        &world,
        "
        = keep  source  8640  a  starting
        = keep  source  8641  b  no-input
        = keep  source  8642  c  silent: HTTP 500 \\u{1b}[2J
        ",
    );
}

#[test]
fn a_wrapper_without_its_engine_is_the_node() {
    check(
        &World::new().wants(source(8640, "a")).runs(running(source(8640, "a")).wrapper_only()),
        "
        = keep  source  8640  a  starting
        ",
    );
}

#[test]
fn an_adopted_node_is_kept() {
    check(
        &World::new().wants(source(8640, "a")).runs(running(source(8640, "a")).adopted()),
        "
        = keep  source  8640  a
        ",
    );
}

#[test]
fn another_stream_on_a_port_is_a_stop_and_a_start_that_waits_for_it() {
    let world = World::new().wants(source(8640, "new")).runs(source(8640, "old"));
    let plan = checked(
        &world,
        "
        + start  source  8640  new  missing, new key
        - stop   source  8640  old  not in config
        ",
    );
    let Action::Start { after, .. } = &plan.decisions[0].action else {
        panic!("a start comes first: {plan}")
    };
    assert_eq!(after, &[world.observed.nodes[0].processes]);
}

#[test]
fn another_role_on_a_port_is_a_stop_and_a_start() {
    let world = World::new().wants(support(8640, "10.0.0.1:8640")).runs(source(8640, "a"));
    check(
        &world.allow_mass_stop(),
        "
        - stop   source   8640  a              not in config
        + start  support  8640  10.0.0.1:8640  missing
        ",
    );
    let world = World::new().wants(source(8640, "a")).runs(support(8640, "10.0.0.1:8640")).allow_mass_stop();
    check(
        &world.key("a", acecast_reconcile::KeyFacts::default()),
        "
        + start  source   8640  a              missing, new key
        - stop   support  8640  10.0.0.1:8640  not in config
        ",
    );
}

#[test]
fn the_text_lines_up_as_in_the_documentation() {
    let unreadable = UnknownReason::PidFileUnreadable("permission denied".to_owned());
    let world = World::new()
        .wants(source(8640, "brodilo").with(Field::Bitrate, 500_000).channel(Channel::Beta))
        .runs(source(8640, "brodilo"))
        .wants(source(8650, "news"))
        .runs(source(8660, "old"))
        .wants(source(8670, "odd"))
        .unknown(8670, unreadable)
        .wants(support(8641, "127.0.0.1:8640"))
        .runs(support(8641, "127.0.0.1:8640"));
    check(
        &world,
        "
        ~ restart  source   8640  brodilo         bitrate 400000 → 500000, engine_version stable → beta
        + start    source   8650  news            missing, new key
        - stop     source   8660  old             not in config
        ! held     source   8670  odd             pid file unreadable: permission denied
        = keep     support  8641  127.0.0.1:8640
        ",
    );
}

#[test]
fn a_port_that_another_program_listens_on_is_held_and_delays_nothing_else() {
    check(
        &World::new().wants(source(8640, "a")).taken(8640).wants(source(8650, "b")),
        "
        ! held   source  8640  a  port 8640 is taken by nginx (pid 4242)
        + start  source  8650  b  missing, new key
        ",
    );
}

#[test]
fn an_engine_of_another_realm_holds_a_start() {
    let pid = acecast_reconcile::testing::pid(777);
    let world = World::new()
        .wants(source(8640, "a"))
        .rival(8640, Rival::Port(pid))
        .wants(hls(8650, "b"))
        .rival(8650, Rival::Key(pid));
    check(
        &world,
        "
        ! held  source  8640  a  an engine with another pid dir uses this port (pid 777)
        ! held  source  8650  b  an engine with another pid dir uses this stream's files (pid 777)
        ",
    );
}

#[test]
fn an_engine_of_another_realm_with_the_same_key_holds_a_restart() {
    let rival = Rival::Key(acecast_reconcile::testing::pid(777));
    let world = World::new().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    check(&world.rival(8640, rival), "
        ! held  source  8640  a  an engine with another pid dir uses this stream's files (pid 777), bitrate 400000 → 0
        ");
}

#[test]
fn an_engine_of_another_realm_on_the_port_of_a_running_node_is_not_in_its_way() {
    let rival = Rival::Port(acecast_reconcile::testing::pid(777));
    let world = World::new().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    check(
        &world.rival(8640, rival),
        "
        ~ restart  source  8640  a  bitrate 400000 → 0
        ",
    );
}

#[test]
fn the_order_is_role_port_action() {
    let world = World::new()
        .wants(support(8641, "10.0.0.1:8640"))
        .wants(source(8650, "b"))
        .wants(source(8642, "a"))
        .runs(support(8630, "10.0.0.1:8640"))
        .runs(source(8650, "old"));
    let plan = checked(
        &world,
        "
        + start  source   8642  a              missing, new key
        + start  source   8650  b              missing, new key
        - stop   source   8650  old            not in config
        - stop   support  8630  10.0.0.1:8640  not in config
        + start  support  8641  10.0.0.1:8640  missing
        ",
    );
    assert_eq!(plan.decisions[0].port, port(8642));
}
