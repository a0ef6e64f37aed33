use acecast_reconcile::testing::{World, pid, port, running, source, support};
use acecast_reconcile::{Role, Unidentified, Unknown, UnknownReason};

use crate::{check, checked};

#[test]
fn nothing_is_done_where_nothing_can_be_proven() {
    let unreadable = UnknownReason::PidFileUnreadable("permission denied".to_owned());
    let world = World::new()
        .wants(source(8670, "odd"))
        .unknown(8670, unreadable)
        .unknown(8680, UnknownReason::PidFileGarbage)
        .runs(source(8690, "x"))
        .unknown(8690, UnknownReason::Contradiction("pid file and listener differ".to_owned()))
        .wants(source(8640, "a"));
    check(
        &world,
        "
        + start  source  8640  a    missing, new key
        ! held   source  8670  odd  pid file unreadable: permission denied
        ! held   source  8690  x    pid file and listener differ
        ! held   ?       8680  ?    pid file holds no pid
        ",
    );
}

#[test]
fn the_pid_in_question_is_said() {
    let mut world = World::new().wants(source(8640, "a"));
    let mut unknown = Unknown::new(port(8640), UnknownReason::Hidden);
    unknown.pid = Some(pid(99));
    world.observed.unknown.push(unknown);
    let plan = checked(
        &world,
        "
        ! held  source  8640  a  its process belongs to another user or is hidden from this one
        ",
    );
    assert_eq!(plan.decisions[0].pid(), Some(pid(99)));
}

#[test]
fn a_stale_pid_file_is_no_matter_of_the_plan() {
    // Stale files are not observed as anything: their port is free, and the apply removes them.
    check(
        &World::new().wants(support(8640, "10.0.0.1:1")),
        "
        + start  support  8640  10.0.0.1:1  missing
        ",
    );
}

#[test]
fn a_node_with_a_newer_spec_is_held_wanted_or_not() {
    let newer = |number| running(source(number, "a")).unidentified(None, Unidentified::NewerSpec(2));
    check(
        &World::new().wants(source(8640, "a")).runs(newer(8640)).runs(newer(8650)),
        "
        ! held  source  8640  a  started by a newer acecast (its settings have version 2)
        ! held  ?       8650  ?  started by a newer acecast (its settings have version 2)
        ",
    );
}

#[test]
fn a_node_whose_arguments_fit_nothing_is_held() {
    let why = Unidentified::Arguments("two ports".to_owned());
    let odd = running(source(8640, "a")).unidentified(Some(Role::Source), why);
    check(
        &World::new().runs(odd),
        "
        ! held  source  8640  ?  its arguments fit no kind of node: two ports
        ",
    );
}

#[test]
fn an_unidentified_node_of_another_role_is_out_of_scope() {
    let odd = |role| running(source(8640, "a")).unidentified(role, Unidentified::NewerSpec(2));
    check(&World::new().runs(odd(Some(Role::Support))).only_source(), "");
    check(
        &World::new().runs(odd(None)).only_source(),
        "
        ! held  ?  8640  ?  started by a newer acecast (its settings have version 2)
        ",
    );
}

#[test]
fn an_engine_on_another_port_than_its_own_is_held() {
    check(
        &World::new().wants(source(8640, "a")).runs(running(source(8640, "a")).listens_on(8641)),
        "
        ! held  source  8640  a  listens on port 8641 instead; stop it with `acecast stop 8640`
        ",
    );
}
