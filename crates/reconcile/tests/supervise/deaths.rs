use std::collections::BTreeSet;

use acecast_reconcile::supervise::{Flow, Notice, Seen, State, SuperviseSettings};
use acecast_reconcile::testing::port;
use acecast_reconcile::{ProcessId, Processes};

use super::*;

#[test]
fn a_node_that_is_gone_is_started_again_after_a_second() {
    let mut it = supervisor();
    assert_eq!(look(&mut it, s(10), well(100)), []);
    assert_eq!(look(&mut it, s(40), well(100)), []);
    assert_eq!(look(&mut it, ms(70_500), gone()), died(ms(60_500), 1, s(1)));
    assert_eq!(waits(&it, ms(70_500)), waits_for(1, s(1)));
    assert_eq!(waits(&it, ms(71_499)), waits_for(1, ms(1)));
    assert_eq!(waits(&it, ms(71_500)), []);
    assert_eq!(look(&mut it, ms(71_500), gone()), [], "a death is told once");
    assert_eq!(it.life(port(P)).unwrap().state(), State::Waiting { until: ms(71_500) });
    it.started(ms(71_600), port(P));
    assert_eq!(look(&mut it, s(72), well(101)), back(ms(1_100)));
    let life = it.life(port(P)).unwrap();
    assert_eq!(life.state(), State::Running { since: ms(71_600) });
    assert_eq!((life.restarts(), life.failures()), (1, 1));
}

/// It was there long before anybody looked, and that it crashes for the first time is said as such.
#[test]
fn a_node_that_was_old_when_it_was_first_seen_ran_for_as_long() {
    let mut it = supervisor();
    let old = |mut seen: Seen, seconds: u64| {
        seen.age = s(seconds);
        seen
    };
    assert_eq!(look(&mut it, s(1), old(well(100), 300)), []);
    assert_eq!(look(&mut it, s(2), old(well(100), 301)), []);
    assert_eq!(look(&mut it, s(3), gone()), died(s(302), 1, s(1)));
    // One that took its place, and one that was started by this supervisor, have not.
    it.started(s(4), port(P));
    assert_eq!(look(&mut it, s(6), old(well(101), 2)), back(s(1)));
    assert_eq!(look(&mut it, s(7), old(well(102), 1))[..1], died(s(3), 2, s(0))[..]);
    assert_eq!(look(&mut it, s(9), gone()), died(s(3), 3, s(4)));
}

/// Each time it ends at once after it was started.
#[test]
fn waits_grow_up_to_a_minute() {
    let mut it = supervisor();
    let mut now = s(0);
    for (failures, wait) in (1..).zip([1, 2, 4, 8, 16, 32, 60, 60, 60]) {
        it.started(now, port(P));
        assert_eq!(look(&mut it, now, gone()), died(s(0), failures, s(wait)));
        assert_eq!(it.next_due(now), Some(now + s(wait)));
        now += s(wait);
        assert_eq!(waits(&it, now), []);
    }
}

#[test]
fn very_many_failures_wait_no_longer_and_overflow_nothing() {
    let mut it = supervisor();
    for failures in 1..=5_000 {
        it.start_failed(s(0), port(P), 0.0);
        let longest = if failures < 7 { s(1 << (failures - 1)) } else { s(60) };
        assert_eq!(waits(&it, s(0)), waits_for(failures, longest));
    }
    let mut settings = SuperviseSettings::default();
    settings.first_wait = Duration::MAX;
    settings.max_wait = s(9);
    let mut it = Supervisor::new(settings);
    it.start_failed(Duration::MAX, port(P), 0.0);
    let late = Duration::MAX.saturating_sub(s(20));
    it.start_failed(late, port(P), 0.0);
    assert_eq!(waits(&it, late), waits_for(2, s(9)));
}

#[test]
fn jitter_takes_off_up_to_the_share_and_never_adds() {
    for (jitter, wait) in
        [(0.0, 8_000), (0.5, 6_800), (1.0, 5_600), (7.0, 5_600), (-3.0, 8_000), (f64::NAN, 8_000)]
    {
        let mut it = supervisor();
        for _ in 0..3 {
            it.start_failed(s(0), port(P), 0.0);
        }
        it.started(s(0), port(P));
        let notices = it.look(s(0), &[gone()], &mut || jitter);
        assert_eq!(notices, died(s(0), 4, ms(wait)), "jitter {jitter}");
        assert_eq!(waits(&it, s(0)), waits_for(4, ms(wait)), "jitter {jitter}");
    }
}

#[test]
fn a_good_run_begins_the_count_anew() {
    for (ran, failures, wait) in [(ms(299_999), 4, 8), (s(300), 1, 1)] {
        let mut it = supervisor();
        for _ in 0..3 {
            it.start_failed(s(0), port(P), 0.0);
        }
        it.started(s(10), port(P));
        assert_eq!(look(&mut it, s(11), well(100)), back(s(10)));
        assert_eq!(look(&mut it, s(10) + ran, gone()), died(ran, failures, s(wait)));
    }
}

#[test]
fn failures_before_a_good_run_are_not_shown_any_more() {
    let mut it = supervisor();
    it.start_failed(s(0), port(P), 0.0);
    it.started(s(10), port(P));
    look(&mut it, ms(309_999), well(100));
    assert_eq!(it.life(port(P)).unwrap().failures(), 1);
    look(&mut it, s(310), well(100));
    assert_eq!(it.life(port(P)).unwrap().failures(), 0);
}

/// Without that, a node that ends before anybody looks would be started again and again without a wait.
#[test]
fn a_node_that_ended_before_anybody_saw_it_counts() {
    let mut it = supervisor();
    it.started(s(0), port(P));
    assert_eq!(look(&mut it, s(0), gone()), died(s(0), 1, s(1)));
    it.started(s(1), port(P));
    assert_eq!(look(&mut it, s(3), gone()), died(s(2), 2, s(2)));
    it.started(s(5), port(P));
    assert_eq!(look(&mut it, s(6), well(100)), back(s(5)), "it was down since the first time");
}

#[test]
fn a_start_that_failed_counts_like_an_end() {
    let mut it = supervisor();
    it.start_failed(s(5), port(P), 0.0);
    assert_eq!(waits(&it, s(5)), waits_for(1, s(1)));
    assert_eq!(look(&mut it, s(5), gone()), [], "whoever tried knows already");
    it.start_failed(s(6), port(P), 1.0);
    assert_eq!(waits(&it, s(6)), waits_for(2, ms(1_400)));
    assert_eq!(look(&mut it, s(8), well(100)), back(s(3)));
}

#[test]
fn a_restart_whose_start_failed_counts_from_one_after_a_good_run() {
    let mut it = supervisor();
    it.start_failed(s(0), port(P), 0.0);
    look(&mut it, s(10), well(100));
    it.start_failed(s(400), port(P), 0.0);
    assert_eq!(waits(&it, s(400)), waits_for(1, s(1)));
}

#[test]
fn what_acecast_stops_or_restarts_did_not_crash() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    it.restarted(s(50), port(P));
    assert_eq!(look(&mut it, s(60), well(101)), []);
    let life = it.life(port(P)).unwrap();
    assert_eq!((life.restarts(), life.failures(), life.state()), (1, 0, State::Running { since: s(50) }));
    it.expected_end(port(P));
    assert_eq!(look(&mut it, s(70), gone()), []);
    assert_eq!((waits(&it, s(70)), it.next_due(s(70))), (vec![], None));
    assert_eq!(it.life(port(P)).unwrap().state(), State::Stopped);
    assert_eq!(look(&mut it, s(80), well(102)), [], "it did not come back: it was not lost");
    it.expected_end(port(1));
    assert!(it.life(port(1)).is_none());
}

#[test]
fn a_node_that_ends_right_after_a_restart_crashed() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    it.restarted(s(50), port(P));
    assert_eq!(look(&mut it, s(53), gone()), died(s(3), 1, s(1)));
}

#[test]
fn another_process_in_its_place_is_a_death_that_is_over() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    let mut expected = died(s(30), 1, s(0));
    expected.extend(back(s(0)));
    assert_eq!(look(&mut it, s(30), well(101)), expected);
    assert_eq!((waits(&it, s(30)), it.next_due(s(30))), (vec![], None));
    let life = it.life(port(P)).unwrap();
    assert_eq!((life.restarts(), life.failures(), life.state()), (1, 1, State::Running { since: s(30) }));
    // The same number is not the same process.
    let reused = ProcessId { start_ticks: 8, ..id(101) };
    let reused = gone().runs(Processes::Engine { engine: reused, wrapper: None }, Flow::Well);
    assert_eq!(look(&mut it, s(60), reused).first(), died(s(30), 2, s(0)).first());
}

#[test]
fn another_process_in_place_of_a_good_one_begins_the_count_anew() {
    let mut it = supervisor();
    it.start_failed(s(0), port(P), 0.0);
    look(&mut it, s(10), well(100));
    assert_eq!(look(&mut it, s(310), well(101)).first(), died(s(300), 1, s(0)).first());
}

#[test]
fn a_node_that_somebody_else_starts_meanwhile_simply_runs() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    it.start_failed(s(10), port(P), 0.0);
    it.start_failed(s(11), port(P), 0.0);
    assert_eq!(look(&mut it, s(12), well(101)), back(s(2)));
    assert_eq!((waits(&it, s(12)), it.next_due(s(12))), (vec![], None));
}

#[test]
fn an_engine_that_appears_under_its_wrapper_is_the_same_node() {
    let mut it = supervisor();
    let seen = |node| gone().runs(node, Flow::Well);
    for node in [
        Processes::WrapperOnly(id(50)),
        Processes::Engine { engine: id(51), wrapper: Some(id(50)) },
        Processes::Engine { engine: id(51), wrapper: None },
        Processes::Engine { engine: id(51), wrapper: Some(id(50)) },
        // The engine is gone, and the wrapper has not noticed yet.
        Processes::WrapperOnly(id(50)),
    ] {
        assert_eq!(look(&mut it, s(1), seen(node)), [], "{node:?}");
    }
    assert_eq!(it.life(port(P)).unwrap().restarts(), 0);
    assert_eq!(look(&mut it, s(2), gone()), died(s(1), 1, s(1)));
    // Another engine of the same wrapper is another node.
    let mut it = supervisor();
    look(&mut it, s(1), seen(Processes::Engine { engine: id(51), wrapper: Some(id(50)) }));
    let other = Processes::Engine { engine: id(52), wrapper: Some(id(50)) };
    assert_eq!(look(&mut it, s(2), seen(other)).len(), 2);
}

#[test]
fn nothing_follows_from_a_port_that_could_not_be_looked_at() {
    let mut it = supervisor();
    look(&mut it, s(0), well(100));
    assert_eq!(it.look(s(30), &[], &mut || 0.0), []);
    assert_eq!(it.life(port(P)).unwrap().state(), State::Running { since: s(0) });
    assert_eq!(look(&mut it, s(60), gone()), died(s(60), 1, s(1)));
    it.look(ms(60_500), &[], &mut || 0.0);
    assert_eq!(waits(&it, ms(60_500)), waits_for(1, ms(500)));
}

#[test]
fn a_node_that_is_not_wanted_may_end() {
    let mut it = supervisor();
    assert_eq!(look(&mut it, s(0), unlisted(well(100))), []);
    assert_eq!(look(&mut it, s(1), unlisted(gone())), []);
    assert_eq!((waits(&it, s(1)), it.next_due(s(1))), (vec![], None));
}

#[test]
fn a_wait_ends_with_the_wish_for_the_node() {
    let mut it = supervisor();
    it.start_failed(s(0), port(P), 0.0);
    look(&mut it, s(0), unlisted(gone()));
    assert_eq!((waits(&it, s(0)), it.next_due(s(0))), (vec![], None));
    assert_eq!(look(&mut it, s(0), gone()), []);
    assert_eq!(look(&mut it, s(5), well(100)), []);
}

#[test]
fn what_never_ran_is_not_known() {
    let mut it = supervisor();
    assert_eq!(look(&mut it, s(0), gone()), []);
    assert!(it.life(port(P)).is_none());
    assert_eq!(it.lives().count(), 0);
}

#[test]
fn ports_that_are_neither_wanted_nor_in_use_are_forgotten() {
    let mut it = supervisor();
    let seen = |number, pid| Seen::new(port(number)).listed().runs(node(pid), Flow::Well);
    it.look(s(0), &[seen(1, 11), seen(2, 12), seen(3, 13)], &mut || 0.0);
    it.look(s(1), &[seen(1, 11), Seen::new(port(2)).listed()], &mut || 0.0);
    it.start_failed(s(1), port(4), 0.0);
    let ports = |it: &Supervisor| it.lives().map(|(port, _)| port.get()).collect::<Vec<_>>();
    assert_eq!(ports(&it), [1, 2, 3, 4]);
    it.forget_unlisted(&[port(2)].into());
    assert_eq!(ports(&it), [1, 2], "one that runs is kept, and one that is wanted");
}

#[test]
fn notices_are_in_the_order_of_ports() {
    let mut it = supervisor();
    let seen = |number| Seen::new(port(number)).listed().runs(node(i32::from(number)), Flow::Well);
    it.look(s(0), &[seen(30), seen(10), seen(20)], &mut || 0.0);
    let gone = [20, 30, 10].map(|number| Seen::new(port(number)).listed());
    let notices = it.look(s(1), &gone, &mut || 0.0);
    assert_eq!(notices.iter().map(Notice::port).collect::<Vec<_>>(), [port(10), port(20), port(30)]);
}

#[test]
fn time_that_goes_back_does_no_harm() {
    let mut it = supervisor();
    look(&mut it, s(1_000), well(100));
    assert_eq!(look(&mut it, s(10), gone()), died(s(0), 1, s(1)));
    assert_eq!(it.next_due(s(5)), Some(s(11)));
    assert_eq!(look(&mut it, s(3), well(101)), back(s(0)));
    it.restarted(s(2), port(P));
    it.start_failed(s(1), port(P), 0.0);
    assert_eq!(waits(&it, s(0)), waits_for(2, s(3)));
}

/// Another command stopped one node and restarted another: both ends were its doing.
#[test]
fn what_was_told_to_end_has_not_died() {
    let told: BTreeSet<ProcessId> = well(100).node.unwrap().ids().collect();
    for seen in [gone(), well(101)] {
        let mut it = supervisor();
        it.look(s(0), &[well(100)], &mut || 0.0);
        // It takes its time.
        it.told_to_end(&told, &[well(100)]);
        assert_eq!(look(&mut it, s(1), well(100)), []);
        it.told_to_end(&told, &[seen]);
        assert_eq!(look(&mut it, s(5), seen), []);
        assert_eq!(waits(&it, s(5)), []);
        // What was not told, and ends, has died.
        it.told_to_end(&told, &[well(101)]);
        assert!(look(&mut it, s(6), well(101)).is_empty());
        it.told_to_end(&told, &[gone()]);
        assert!(matches!(look(&mut it, s(9), gone())[..], [Notice::Died { failures: 1, .. }]));
    }
}

#[test]
fn what_was_started_after_it_and_never_seen_has_died() {
    let told: BTreeSet<ProcessId> = well(100).node.unwrap().ids().collect();
    let mut it = supervisor();
    it.look(s(0), &[well(100)], &mut || 0.0);
    it.restarted(s(2), port(P));
    it.told_to_end(&told, &[gone()]);
    assert_eq!(look(&mut it, s(9), gone()), died(s(7), 1, s(1)));
}
