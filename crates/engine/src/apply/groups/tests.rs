//! What waits for what in plans of whole small worlds.

use acecast_reconcile::Plan;
use acecast_reconcile::testing::{World, running, source};

use super::find;

/// Chains in lines, their groups apart by commas: `-` and a port for a stop, `+` for a start.
#[track_caller]
fn check(world: World, expected: &str) {
    let world = world.allow_mass_stop();
    let plan = world.plan();
    assert_eq!(text(&plan), expected, "{plan}");
}

fn text(plan: &Plan) -> String {
    let port = |at: &usize| plan.decisions[*at].port;
    let moves = find(&plan.decisions);
    let chains = moves.chains.iter().map(|chain| {
        let groups = chain.iter().map(|group| {
            assert!(group.stops.iter().chain(&group.starts).all(|at| moves.has(*at)));
            let stops = group.stops.iter().map(|at| format!("-{}", port(at)));
            stops.chain(group.starts.iter().map(|at| format!("+{}", port(at)))).collect::<Vec<_>>().join(" ")
        });
        groups.collect::<Vec<_>>().join(", ")
    });
    chains.collect::<Vec<_>>().join("\n")
}

/// These streams run on the first port and are wanted on the second one.
fn moving(moves: &[(&str, u16, u16)]) -> World {
    moves.iter().fold(World::new(), |world, (name, from, to)| {
        world.runs(source(*from, name)).wants(source(*to, name))
    })
}

#[test]
fn a_single_move_is_a_chain_of_its_own() {
    check(moving(&[("a", 1, 11), ("b", 2, 12)]), "-1 +11\n-2 +12");
}

#[test]
fn a_chain_goes_from_its_free_end() {
    check(moving(&[("a", 1, 2), ("b", 2, 3), ("c", 3, 4)]), "-3 +4, -2 +3, -1 +2");
    check(moving(&[("c", 4, 3), ("b", 3, 2), ("a", 2, 1)]), "-2 +1, -3 +2, -4 +3");
}

#[test]
fn chains_that_have_nothing_to_do_with_each_other_stay_apart() {
    check(moving(&[("a", 1, 2), ("b", 2, 3), ("c", 5, 6), ("d", 6, 7)]), "-2 +3, -1 +2\n-6 +7, -5 +6");
}

#[test]
fn a_ring_is_one() {
    check(moving(&[("a", 1, 2), ("b", 2, 1)]), "-1 -2 +1 +2");
    check(moving(&[("a", 1, 2), ("b", 2, 3), ("c", 3, 1), ("d", 5, 6)]), "-1 -2 -3 +1 +2 +3\n-5 +6");
}

#[test]
fn what_was_not_there_starts_last_on_the_port_that_is_left() {
    check(moving(&[("a", 1, 2), ("b", 2, 3)]).wants(source(1, "new")), "-2 +3, -1 +2, +1");
}

#[test]
fn what_holds_the_port_and_is_not_listed_goes_with_the_move() {
    check(moving(&[("a", 1, 2)]).runs(source(2, "old")), "-1 -2 +2");
}

#[test]
fn a_start_that_waits_for_what_a_move_stops_comes_after_it() {
    let old = running(source(2, "old")).listens_on(3);
    check(moving(&[("a", 1, 2)]).runs(old.clone()).wants(source(3, "new")), "-1 -2 +2, +3");
    let gone = running(source(8, "gone"));
    let world = moving(&[("a", 1, 2)]).runs(old).runs(gone);
    check(world.wants(source(3, "new")).wants(source(8, "other")), "-1 -2 +2, +3");
}

#[test]
fn a_ring_waits_for_who_listens_on_its_port_and_so_does_a_chain() {
    let elsewhere = |port| moving(&[]).runs(running(source(9, "w")).listens_on(port)).wants(source(10, "w"));
    let with = |world: World, moves: &[(&str, u16, u16)]| {
        moves
            .iter()
            .fold(world, |world, (name, from, to)| world.runs(source(*from, name)).wants(source(*to, name)))
    };
    check(with(elsewhere(1), &[("a", 1, 2), ("b", 2, 1)]), "-9 +10, -1 -2 +1 +2");
    check(with(elsewhere(2), &[("a", 1, 2), ("c", 3, 9)]), "-9 +10, -1 +2, -3 +9");
}

#[test]
fn a_stream_that_runs_twice_is_stopped_by_who_takes_the_port() {
    let world = World::new().wants(source(1, "a")).wants(source(2, "b"));
    check(world.runs(source(1, "a")).runs(running(source(2, "a")).with_pid(77)), "-2 +2");
}

#[test]
fn without_a_move_there_is_nothing() {
    check(World::new().runs(source(2, "old")).wants(source(2, "new")).wants(source(3, "more")), "");
}

#[test]
fn a_long_chain_is_put_in_order() {
    let names: Vec<String> = (1..=500).map(|port| format!("s{port}")).collect();
    let moves: Vec<(&str, u16, u16)> =
        names.iter().zip(1..).map(|(name, port)| (name.as_str(), port, port + 1)).collect();
    let order: Vec<String> = (1..=500).rev().map(|port| format!("-{port} +{}", port + 1)).collect();
    check(moving(&moves), &order.join(", "));
}
