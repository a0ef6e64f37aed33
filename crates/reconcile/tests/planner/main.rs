//! What the planner decides, one rule a test: a world, and the text of its plan.
//!
//! Every rule was also broken on purpose, one line at a time, to see a test fail: rules left out (the guard, the
//! suspension of stops and restarts by wrong entries, blocked moves, keys, contested ports, the wait for sources),
//! scopes ignored, orders turned round (claims, decisions), conditions widened or narrowed by one, and secrets shown.

mod duplicates;
mod guard;
mod json;
mod keys;
mod moves;
mod restart_command;
mod restarts;
mod scopes;
mod sources;
mod starts_and_stops;
mod stop_command;
mod supervised;
mod unproven;
mod wrong_entries;

use acecast_reconcile::testing::World;
use acecast_reconcile::{Plan, StopScope};

/// The world's plan has this text, and once it is carried out there is nothing left to do.
#[track_caller]
fn check(world: &World, expected: &str) {
    let _ = checked(world, expected);
}

/// The same, with the plan for a closer look.
#[track_caller]
fn checked(world: &World, expected: &str) -> Plan {
    let plan = world.plan();
    compare(&plan, expected);
    if plan.refused.is_none() {
        let next = world.apply(&plan).plan();
        assert_eq!(next.changes(), 0, "planning again finds more to do:\n{next}");
    }
    plan
}

/// The plan of `acecast stop` has this text.
#[track_caller]
fn check_stop(world: &World, scope: &StopScope, expected: &str) {
    compare(&world.plan_stop(scope), expected);
}

/// Expected texts are indented as the code is, and begin on a line of their own.
#[track_caller]
fn compare(plan: &Plan, expected: &str) {
    let lines = expected.lines().map(str::trim).filter(|line| !line.is_empty());
    let expected: String = lines.flat_map(|line| [line, "\n"]).collect();
    let found = plan.to_string();
    assert!(found == expected, "--- expected\n{expected}--- found\n{found}");
}
