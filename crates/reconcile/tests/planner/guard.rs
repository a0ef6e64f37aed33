use acecast_reconcile::testing::{World, running, source, support};
use acecast_reconcile::{Field, Refusal, Role};

use crate::{check, checked};

/// So many source nodes run, and the first of them are wanted.
fn world(wanted: u16, runs: u16) -> World {
    let node = |number: u16| source(8640 + number, &format!("s{number}"));
    let world = (0..wanted).fold(World::new(), |world, number| world.wants(node(number)));
    (0..runs).fold(world, |world, number| world.runs(node(number)))
}

#[track_caller]
fn is_allowed(world: &World) {
    let plan = world.plan();
    assert_eq!(plan.refused, None, "{plan}");
}

#[test]
fn an_empty_list_stops_nothing() {
    check(&world(0, 1), "
        - stop  source  8640  s0  not in config
        refused: the source list is empty and 1 running source node would be stopped; if that is meant, use --allow-mass-stop
        ");
}

#[test]
fn an_empty_list_is_no_matter_if_nothing_runs() {
    check(&World::new(), "");
}

#[test]
fn more_than_half_of_four_or_more_are_not_stopped() {
    let plan = checked(&world(1, 4), "
        = keep  source  8640  s0
        - stop  source  8641  s1  not in config
        - stop  source  8642  s2  not in config
        - stop  source  8643  s3  not in config
        refused: 3 of 4 running source nodes are not in the config and would be stopped; if that is meant, use --allow-mass-stop
        ");
    assert_eq!(plan.refused, Some(Refusal::MassStop { role: Role::Source, stops: 3, running: 4 }));
}

#[test]
fn half_of_four_may_be_stopped() {
    is_allowed(&world(2, 4));
}

#[test]
fn hosts_of_three_may_change_as_a_whole() {
    is_allowed(&world(0, 3).wants(source(8700, "new")));
}

#[test]
fn a_mass_stop_can_be_allowed() {
    is_allowed(&world(0, 4).allow_mass_stop());
    is_allowed(&world(1, 4).allow_mass_stop());
}

#[test]
fn moves_do_not_count() {
    let moved = |world: World, number: u16| world.wants(source(8700 + number, &format!("s{number}")));
    is_allowed(&(0..4).fold(world(0, 4), moved));
}

#[test]
fn restarts_do_not_count() {
    let node = |number: u16| source(8640 + number, &format!("s{number}"));
    let drifted = |world: World, number| world.wants(node(number).with(Field::Bitrate, 0));
    is_allowed(&(0..4).fold(world(0, 4), drifted));
}

#[test]
fn duplicates_count_neither_as_stops_nor_as_nodes() {
    let again = |number: u16| {
        running(source(8640 + number, &format!("s{number}")))
            .listens_nowhere()
            .with_pid(30_000 + i32::from(number))
    };
    is_allowed(&(0..4).fold(world(4, 4), |world, number| world.runs(again(number))));
    let plan = (0..4).fold(world(1, 4), |world, number| world.runs(again(number))).plan();
    assert_eq!(plan.refused, Some(Refusal::MassStop { role: Role::Source, stops: 3, running: 4 }));
}

#[test]
fn each_role_is_judged_by_itself() {
    let world = (0..5).fold(world(4, 4), |world, number| world.runs(support(8700 + number, "10.0.0.1:1")));
    let plan = world.clone().wants(support(8700, "10.0.0.1:1")).plan();
    assert_eq!(plan.refused, Some(Refusal::MassStop { role: Role::Support, stops: 4, running: 5 }));
    assert_eq!(world.plan().refused, Some(Refusal::EmptyList { role: Role::Support, stops: 5 }));
}

#[test]
fn nothing_is_refused_where_wrong_entries_suspend_the_stops() {
    is_allowed(&world(0, 4).wrong_entry(Role::Source, Some(8800)));
}
