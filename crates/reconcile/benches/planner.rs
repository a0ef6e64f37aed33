//! How long a plan takes. It should be linear in the number of nodes, which nothing here checks: compare the times, whose
//! faster growth is a mistake in the planner.

use acecast_reconcile::testing::{World, source, support};
use acecast_reconcile::{Desired, Field, plan};
use divan::Bencher;

fn main() {
    divan::main();
}

/// The first port that the worlds use; 50,000 wanted nodes end below 65535.
const FIRST: u16 = 10_000;

/// So many nodes are wanted, and as many run. Of eight wanted nodes four are in sync, two have drifted, and
/// two streams have changed places.
fn mixed(wanted: u16) -> World {
    (FIRST..FIRST + wanted).fold(World::new(), |world, port| {
        let name = format!("stream_{port}");
        let node = source(port, &name);
        match port % 8 {
            0..=3 => world.runs(node.clone()).wants(node),
            4 => world.runs(node.clone()).wants(node.with(Field::Bitrate, 0)),
            5 => {
                let node = support(port, "10.0.0.1:8640");
                world.runs(node.clone()).wants(node.with(Field::ExtendedLogging, 1))
            }
            6 => world.runs(source(port + 1, &name)).wants(node),
            _ => world.runs(source(port - 1, &name)).wants(node),
        }
    })
}

/// Every stream moves to the next port, and the last one cannot: one held node holds all others, one after another.
fn blocked_chain(wanted: u16) -> World {
    let ports = FIRST..FIRST + wanted;
    let world = ports.clone().fold(World::new(), |world, port| {
        let name = format!("stream_{port}");
        world.runs(source(port, &name)).wants(source(port + 1, &name))
    });
    world.taken(ports.end)
}

fn measure(bencher: Bencher<'_, '_>, world: &World) {
    let desired: Desired = world.desired();
    bencher.bench_local(|| plan(&desired, &world.observed, &world.policy));
}

/// As many nodes run as are wanted: the largest world has 100,000.
#[divan::bench(args = [5, 500, 50_000], sample_count = 20)]
fn plan_mixed(bencher: Bencher<'_, '_>, wanted: u16) {
    measure(bencher, &mixed(wanted));
}

/// The same, for the worst chain that the planner has to follow.
#[divan::bench(args = [5, 500, 50_000], sample_count = 20)]
fn plan_blocked_chain(bencher: Bencher<'_, '_>, wanted: u16) {
    measure(bencher, &blocked_chain(wanted));
}

/// The text of a plan.
#[divan::bench(args = [5, 500, 50_000], sample_count = 20)]
fn show_mixed(bencher: Bencher<'_, '_>, wanted: u16) {
    let world = mixed(wanted);
    let plan = world.plan();
    bencher.bench_local(|| plan.to_string());
}
