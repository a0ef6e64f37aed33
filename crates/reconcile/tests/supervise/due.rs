use acecast_reconcile::supervise::{Flow, Seen, Supervisor};
use acecast_reconcile::testing::port;

use super::*;

#[test]
fn the_earliest_wait_or_stall_is_due() {
    let mut it = supervisor();
    assert_eq!(it.next_due(s(0)), None);
    let seen = |number, node: Option<i32>, flow| {
        let seen = Seen::new(port(number)).listed();
        node.map_or(seen, |number| seen.runs(super::node(number), flow))
    };
    it.look(s(0), &[seen(1, Some(11), Flow::Well), seen(2, Some(12), Flow::NoInput)], &mut || 0.0);
    assert_eq!(it.next_due(s(0)), Some(s(60)));
    it.look(s(50), &[seen(1, None, Flow::Unknown), seen(2, Some(12), Flow::NoInput)], &mut || 0.0);
    assert_eq!(it.next_due(s(50)), Some(s(51)));
    it.start_failed(s(50), port(3), 1.0);
    assert_eq!(it.next_due(s(50)), Some(ms(50_700)));
    it.look(s(51), &[seen(2, Some(12), Flow::NoInput)], &mut || 0.0);
    assert_eq!(it.next_due(s(51)), Some(s(60)));
}

/// Between the look and the question time goes by. A wait that ended in between was not in that round's plan.
#[test]
fn what_became_due_since_the_look_is_due_now() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    look(&mut it, s(10), gone());
    assert_eq!(it.next_due(ms(11_250)), Some(ms(11_250)));
    // The start of it was held by something else: there is nothing to wake up for.
    look(&mut it, ms(11_250), gone());
    assert_eq!(it.next_due(ms(11_250)), None);
    assert_eq!(it.next_due(s(1_000)), None);
}

/// Where the host cannot be looked at, what is due has had its round: it is not due again and again until then.
#[test]
fn a_look_that_shows_nothing_is_a_look() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    look(&mut it, s(10), gone());
    assert_eq!(it.next_due(s(11)), Some(s(11)));
    assert_eq!(it.look(s(11), &[], &mut || 0.0), []);
    assert_eq!(it.next_due(s(12)), None);
    assert_eq!(it.life(port(P)).unwrap().failures(), 1);
}

#[test]
fn a_start_that_fails_after_the_look_has_a_wait_that_is_due() {
    let mut it: Supervisor = supervisor();
    look(&mut it, s(0), gone());
    it.start_failed(s(15), port(P), 0.0);
    assert_eq!(it.next_due(s(15)), Some(s(16)));
}
