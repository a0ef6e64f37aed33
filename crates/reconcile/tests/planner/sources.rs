use acecast_reconcile::testing::{World, port, running, source, support};
use acecast_reconcile::{Action, Field, Plan, Port, Role, UnknownReason};

use crate::{check, checked};

/// A support node that takes its stream from port 8640 of this host.
fn world() -> World {
    World::new().wants(support(8650, "127.0.0.1:8640")).local("127.0.0.1")
}

fn needs(plan: &Plan) -> Option<Port> {
    plan.decisions.iter().find_map(|decision| match decision.action {
        Action::Start { needs, .. } | Action::Restart { needs, .. } if decision.port == port(8650) => needs,
        _ => None,
    })
}

#[test]
fn a_support_node_waits_for_its_source_on_this_host() {
    let plan = checked(
        &world().wants(source(8640, "a")),
        "
        + start  source   8640  a               missing, new key
        + start  support  8650  127.0.0.1:8640  missing
        ",
    );
    assert_eq!(needs(&plan), Some(port(8640)));
    let plan = checked(
        &world().wants(source(8640, "a")).runs(source(8640, "a")),
        "
        = keep   source   8640  a
        + start  support  8650  127.0.0.1:8640  missing
        ",
    );
    assert_eq!(needs(&plan), Some(port(8640)));
    let restarts = world().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    let plan = checked(
        &restarts.runs(support(8650, "10.0.0.1:8640")),
        "
        ~ restart  source   8640  a               bitrate 400000 → 0
        ~ restart  support  8650  127.0.0.1:8640  source_ip 10.0.0.1 → 127.0.0.1
        ",
    );
    assert_eq!(needs(&plan), Some(port(8640)));
}

#[test]
fn a_source_that_is_out_of_scope_and_runs_is_waited_for_too() {
    let plan = checked(
        &world().wants(source(8640, "a")).runs(source(8640, "a")).only_support(),
        "
        + start  support  8650  127.0.0.1:8640  missing
        ",
    );
    assert_eq!(needs(&plan), Some(port(8640)));
}

#[test]
fn a_source_on_another_host_is_not_waited_for() {
    let world = World::new().wants(support(8650, "127.0.0.1:8640")).wants(source(8640, "a"));
    let plan = checked(
        &world,
        "
        + start  source   8640  a               missing, new key
        + start  support  8650  127.0.0.1:8640  missing
        ",
    );
    assert_eq!(needs(&plan), None);
}

#[test]
fn a_support_node_whose_source_is_held_is_held() {
    check(
        &world().wants(source(8640, "a")).taken(8640),
        "
        ! held  source   8640  a               port 8640 is taken by nginx (pid 4242)
        ! held  support  8650  127.0.0.1:8640  its source on port 8640 will not be there
        ",
    );
    check(
        &world().wants(source(8640, "a")).unknown(8640, UnknownReason::Hidden),
        "
        ! held  source   8640  a               its process belongs to another user or is hidden from this one
        ! held  support  8650  127.0.0.1:8640  its source on port 8640 will not be there
        ",
    );
    let drift = world().wants(source(8640, "a")).taken(8640).runs(support(8650, "10.0.0.1:8640"));
    check(&drift, "
        ! held  source   8640  a               port 8640 is taken by nginx (pid 4242)
        ! held  support  8650  127.0.0.1:8640  its source on port 8640 will not be there, source_ip 10.0.0.1 → 127.0.0.1
        ");
}

#[test]
fn a_support_node_whose_source_has_a_wrong_entry_is_held_unless_it_runs() {
    let world = world().wrong_entry(Role::Source, Some(8640));
    check(
        &world,
        "
        ! held  source   8640  ?               bitrate is no number
        ! held  support  8650  127.0.0.1:8640  its source on port 8640 will not be there
        ",
    );
    let plan = checked(
        &world.runs(source(8640, "a")),
        "
        ! held   source   8640  a               bitrate is no number
        + start  support  8650  127.0.0.1:8640  missing
        ",
    );
    assert_eq!(needs(&plan), Some(port(8640)));
}

#[test]
fn a_support_node_whose_source_is_wanted_and_not_in_scope_is_held() {
    check(
        &world().wants(source(8640, "a")).only_port(8650),
        "
        ! held  support  8650  127.0.0.1:8640  its source on port 8640 will not be there
        ",
    );
}

#[test]
fn a_source_whose_restart_is_held_is_there() {
    let world = world().wants(source(8640, "a").with(Field::Bitrate, 0)).runs(source(8640, "a"));
    let plan = checked(&world.only_port(8640).only_port(8650), "
        ! held   source   8640  a               needs a restart, and --port only starts nodes, bitrate 400000 → 0
        + start  support  8650  127.0.0.1:8640  missing
        ");
    assert_eq!(needs(&plan), Some(port(8640)));
}

#[test]
fn a_source_that_leaves_is_not_waited_for() {
    let plan = checked(
        &world().runs(source(8640, "a")).wants(source(8660, "b")),
        "
        - stop   source   8640  a               not in config
        + start  source   8660  b               missing, new key
        + start  support  8650  127.0.0.1:8640  missing
        ",
    );
    assert_eq!(needs(&plan), None);
}

#[test]
fn a_running_support_node_is_kept_whatever_becomes_of_its_source() {
    check(
        &world().runs(running(support(8650, "127.0.0.1:8640"))).wants(source(8640, "a")).taken(8640),
        "
        ! held  source   8640  a               port 8640 is taken by nginx (pid 4242)
        = keep  support  8650  127.0.0.1:8640
        ",
    );
}
