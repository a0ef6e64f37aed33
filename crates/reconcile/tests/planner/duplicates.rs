use acecast_reconcile::testing::{World, running, source};
use acecast_reconcile::{ObservedNode, Unidentified};

use crate::{check, checked};

fn node(pid: i32) -> ObservedNode {
    running(source(8640, "a")).with_pid(pid)
}

/// Wants the stream, and two nodes with it run; the plan must keep the one with this pid.
#[track_caller]
fn keeps([one, other]: [ObservedNode; 2], pid: i32) {
    for nodes in [[one.clone(), other.clone()], [other, one]] {
        let mut world = World::new().wants(source(8640, "a"));
        for node in nodes {
            world = world.runs(node);
        }
        let plan = checked(
            &world,
            "
            - stop  source  8640  a  duplicate
            = keep  source  8640  a
            ",
        );
        assert_eq!(plan.decisions[1].pid().map(acecast_reconcile::Pid::as_raw), Some(pid));
    }
}

#[test]
fn the_node_that_listens_stays() {
    keeps([node(100).listens_nowhere(), node(200).not_in_pid_file()], 200);
}

#[test]
fn if_none_listens_the_node_that_the_pid_file_names_stays() {
    keeps([node(100).listens_nowhere().not_in_pid_file(), node(200).listens_nowhere()], 200);
}

#[test]
fn if_nothing_else_tells_the_oldest_stays() {
    keeps(
        [node(200).listens_nowhere().not_in_pid_file(), node(100).listens_nowhere().not_in_pid_file()],
        100,
    );
}

#[test]
fn two_that_claim_to_listen_are_held() {
    check(
        &World::new().wants(source(8640, "a")).runs(node(100)).runs(node(200)),
        "
        ! held  source  8640  a  two nodes claim to listen on this port
        ! held  source  8640  a  two nodes claim to listen on this port
        ",
    );
    check(
        &World::new().runs(node(100)).runs(node(200)),
        "
        ! held  source  8640  a  two nodes claim to listen on this port
        ! held  source  8640  a  two nodes claim to listen on this port
        ",
    );
}

#[test]
fn a_duplicate_that_cannot_be_identified_is_held() {
    let odd = node(200).listens_nowhere().unidentified(None, Unidentified::NewerSpec(2));
    check(
        &World::new().wants(source(8640, "a")).runs(odd).runs(node(100)),
        "
        = keep  source  8640  a
        ! held  ?       8640  ?  started by a newer acecast (its settings have version 2)
        ",
    );
}

#[test]
fn of_two_that_are_not_wanted_both_go() {
    check(
        &World::new().wants(source(8650, "b")).runs(node(100)).runs(node(200).listens_nowhere()),
        "
        - stop   source  8640  a  not in config
        - stop   source  8640  a  duplicate
        + start  source  8650  b  missing, new key
        ",
    );
}
