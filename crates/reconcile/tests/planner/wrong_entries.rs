use acecast_reconcile::testing::{World, running, source, support};
use acecast_reconcile::{Field, Role, UnknownReason, WrongEntry};

use crate::check;

#[test]
fn the_node_on_the_port_of_a_wrong_entry_is_held() {
    check(
        &World::new().wrong_entry(Role::Source, Some(8640)).runs(source(8640, "a")),
        "
        ! held  source  8640  a  bitrate is no number
        ",
    );
}

#[test]
fn a_wrong_entry_is_held_even_if_nothing_runs_there() {
    check(
        &World::new().wrong_entry(Role::Support, Some(8640)),
        "
        ! held  support  8640  ?  bitrate is no number
        ",
    );
}

#[test]
fn nothing_of_the_role_is_stopped_as_not_in_the_config() {
    let world = World::new()
        .wrong_entry(Role::Source, Some(8640))
        .wants(source(8650, "news"))
        .runs(source(8660, "old"))
        .runs(support(8661, "10.0.0.1:8640"))
        .wants(support(8671, "10.0.0.1:8640"));
    check(
        &world,
        "
        ! held   source   8640  ?              bitrate is no number
        + start  source   8650  news           missing, new key
        ! held   source   8660  old            is not in the config, but an entry of the source list is wrong
        - stop   support  8661  10.0.0.1:8640  not in config
        + start  support  8671  10.0.0.1:8640  missing
        ",
    );
}

#[test]
fn what_is_not_stopped_keeps_its_port() {
    let world = World::new().wrong_entry(Role::Source, Some(8640)).wants(source(8650, "b"));
    check(
        &world.runs(source(8650, "a")),
        "
        ! held  source  8640  ?  bitrate is no number
        ! held  source  8650  b  the node with pid 18650 stays on this port
        ! held  source  8650  a  is not in the config, but an entry of the source list is wrong
        ",
    );
}

#[test]
fn restarts_moves_and_duplicates_go_on_beside_a_wrong_entry() {
    let world = World::new()
        .wrong_entry(Role::Source, Some(8640))
        .wants(source(8650, "a").with(Field::Bitrate, 0))
        .runs(source(8650, "a"))
        .runs(running(source(8650, "a")).listens_nowhere().with_pid(20_000))
        .wants(source(8660, "b"))
        .runs(source(8670, "b"));
    check(
        &world,
        "
        ! held     source  8640  ?  bitrate is no number
        - stop     source  8650  a  duplicate
        ~ restart  source  8650  a  bitrate 400000 → 0
        + start    source  8660  b  missing
        - stop     source  8670  b  moved to another port
        ",
    );
}

#[test]
fn nothing_of_the_role_is_restarted_if_even_the_port_cannot_be_read() {
    let world = World::new()
        .wrong_entry(Role::Source, None)
        .wants(source(8650, "a").with(Field::Bitrate, 0))
        .runs(source(8650, "a"))
        .runs(source(8660, "old"))
        .wants(source(8670, "new"))
        .wants(support(8651, "10.0.0.1:1").with(Field::PrivateNode, 1))
        .runs(support(8651, "10.0.0.1:1"));
    check(&world, "
        ! held     source   8650  a           needs a restart, but an entry whose port cannot be read may mean this node, bitrate 400000 → 0
        ! held     source   8660  old         is not in the config, but an entry of the source list is wrong
        + start    source   8670  new         missing, new key
        ~ restart  support  8651  10.0.0.1:1  private_node 0 → 1
        ");
}

#[test]
fn a_wrong_entry_on_a_port_about_which_nothing_can_be_proven() {
    let world = World::new().wrong_entry(Role::Source, Some(8640));
    check(
        &world.unknown(8640, UnknownReason::PidFileGarbage),
        "
        ! held  source  8640  ?  pid file holds no pid
        ",
    );
}

#[test]
fn a_list_may_not_want_a_port_that_a_wrong_entry_has() {
    use acecast_reconcile::testing::port;
    use acecast_reconcile::{Desired, List, Repeated};
    let entry = WrongEntry::new(Some(port(8640)), "");
    let repeated = List::new([source(8640, "a")], [entry.clone()]);
    assert_eq!(repeated, Err(Repeated::Port(port(8640))));
    assert_eq!(
        List::new([source(8640, "a"), source(8650, "a")], []),
        Err(Repeated::Uid(acecast_reconcile::testing::uid("a")))
    );
    let lists = (List::new([], [entry]).unwrap(), List::new([support(8640, "10.0.0.1:1")], []).unwrap());
    assert_eq!(Desired::new(Some(lists.0), Some(lists.1)), Err(Repeated::Port(port(8640))));
}
