use acecast_reconcile::Field;
use acecast_reconcile::testing::{World, running, source, support};

use crate::check;

fn both_roles_in_disorder() -> World {
    World::new()
        .wants(source(8640, "a"))
        .wants(support(8641, "10.0.0.1:8640"))
        .runs(source(8650, "old"))
        .runs(support(8651, "10.0.0.1:8640"))
}

#[test]
fn source_never_touches_support_nodes() {
    check(
        &both_roles_in_disorder().only_source(),
        "
        + start  source  8640  a    missing, new key
        - stop   source  8650  old  not in config
        ",
    );
}

#[test]
fn support_never_touches_source_nodes() {
    check(
        &both_roles_in_disorder().only_support(),
        "
        + start  support  8641  10.0.0.1:8640  missing
        - stop   support  8651  10.0.0.1:8640  not in config
        ",
    );
}

#[test]
fn a_port_where_a_node_out_of_scope_runs_is_taken() {
    check(
        &World::new().wants(source(8640, "a")).runs(support(8640, "10.0.0.1:1")).only_source(),
        "
        ! held  source  8640  a  a node of the other role runs here (pid 18640)
        ",
    );
    check(
        &World::new().wants(support(8640, "10.0.0.1:1")).runs(source(8640, "a")).only_support(),
        "
        ! held  support  8640  10.0.0.1:1  a node of the other role runs here (pid 18640)
        ",
    );
}

#[test]
fn a_node_out_of_scope_is_left_alone_even_beside_a_duplicate_in_scope() {
    let world = World::new()
        .wants(source(8650, "b"))
        .runs(source(8650, "b"))
        .runs(support(8640, "10.0.0.1:1"))
        .runs(running(source(8640, "a")).listens_nowhere().not_in_pid_file().with_pid(20_000));
    check(
        &world.only_source(),
        "
        - stop  source  8640  a  duplicate
        = keep  source  8650  b
        ",
    );
}

#[test]
fn only_the_nodes_on_the_ports_are_started() {
    let world = World::new().wants(source(8640, "a")).wants(source(8650, "b")).wants(source(8660, "c"));
    check(
        &world.runs(source(8670, "old")).only_port(8650).only_port(8660),
        "
        + start  source  8650  b  missing, new key
        + start  source  8660  c  missing, new key
        ",
    );
}

#[test]
fn with_ports_nothing_is_restarted() {
    let world = World::new().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    check(
        &world.only_port(8640),
        "
        ! held  source  8640  a  needs a restart, and --port only starts nodes, bitrate 400000 → 0
        ",
    );
}

#[test]
fn with_ports_nothing_is_stopped() {
    check(
        &World::new().wants(source(8640, "b")).runs(source(8640, "a")).only_port(8640),
        "
        ! held  source  8640  b  a runs here (pid 18640), and --port only starts nodes
        ",
    );
    check(
        &World::new().wants(source(8650, "b")).runs(source(8640, "a")).only_port(8640).allow_mass_stop(),
        "
        ! held  source  8640  a  is not in the config, and --port only starts nodes
        ",
    );
    let twice = World::new().wants(source(8640, "a")).runs(source(8640, "a"));
    check(
        &twice.runs(running(source(8640, "a")).listens_nowhere().with_pid(20_000)).only_port(8640),
        "
        = keep  source  8640  a
        ! held  source  8640  a  is a duplicate, and --port only starts nodes
        ",
    );
}

#[test]
fn with_ports_a_stream_that_runs_on_another_port_is_not_started() {
    check(
        &World::new().wants(source(8650, "a")).runs(source(8640, "a")).only_port(8650),
        "
        ! held  source  8650  a  still runs on port 8640, and --port only starts nodes
        ",
    );
}
