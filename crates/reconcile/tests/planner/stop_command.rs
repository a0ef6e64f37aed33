use acecast_reconcile::StopScope;
use acecast_reconcile::testing::{World, port, running, source, support};
use acecast_reconcile::{Unidentified, UnknownReason};

use crate::check_stop;

fn world() -> World {
    World::new()
        .wants(source(8640, "a"))
        .runs(source(8640, "a"))
        .runs(support(8650, "10.0.0.1:8640"))
        .runs(running(source(8660, "x")).unidentified(None, Unidentified::NewerSpec(2)))
}

#[test]
fn all_means_every_proven_node_whatever_it_is() {
    check_stop(
        &world(),
        &StopScope::All,
        "
        - stop  source   8640  a              requested
        - stop  support  8650  10.0.0.1:8640  requested
        - stop  ?        8660  ?              requested
        ",
    );
}

#[test]
fn only_the_ports_that_were_named() {
    check_stop(
        &world(),
        &StopScope::Ports([port(8650), port(8651)].into()),
        "
        - stop  support  8650  10.0.0.1:8640  requested
        ",
    );
}

#[test]
fn both_nodes_of_a_port_go() {
    let world = World::new().runs(source(8640, "a")).runs(running(source(8640, "a")).with_pid(99));
    check_stop(
        &world,
        &StopScope::All,
        "
        - stop  source  8640  a  requested
        - stop  source  8640  a  requested
        ",
    );
}

#[test]
fn what_cannot_be_proven_is_held() {
    let world = world().unknown(8640, UnknownReason::PidFileGarbage).unknown(8670, UnknownReason::Hidden);
    check_stop(
        &world,
        &StopScope::All,
        "
        ! held  source   8640  a              pid file holds no pid
        - stop  support  8650  10.0.0.1:8640  requested
        - stop  ?        8660  ?              requested
        ! held  ?        8670  ?              its process belongs to another user or is hidden from this one
        ",
    );
    check_stop(
        &world,
        &StopScope::Ports([port(8670)].into()),
        "
        ! held  ?  8670  ?  its process belongs to another user or is hidden from this one
        ",
    );
}
