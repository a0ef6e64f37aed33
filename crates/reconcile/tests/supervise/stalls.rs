use acecast_reconcile::supervise::{Flow, Notice, SuperviseSettings, Supervisor};
use acecast_reconcile::testing::port;
use acecast_reconcile::{Port, RestartReason};

use super::*;

fn stalled(flow: Flow, for_s: u64) -> Vec<Notice> {
    vec![Notice::Stalled { port: port(P), flow, for_s }]
}

fn recovered(after_s: u64) -> Vec<Notice> {
    vec![Notice::Recovered { port: port(P), after_s }]
}

fn that_restarts() -> Supervisor {
    let mut settings = SuperviseSettings::default();
    settings.restart_stalled = true;
    Supervisor::new(settings)
}

fn restarts(supervisor: &Supervisor, at: Duration) -> Vec<(Port, RestartReason)> {
    supervisor.stalled_restarts(at).into_iter().collect()
}

#[test]
fn a_stall_is_told_once_after_a_minute_and_so_is_its_end() {
    for flow in [Flow::NoInput, Flow::Silent, Flow::NoPeers, Flow::Starting] {
        let mut it = supervisor();
        look(&mut it, s(0), well(100));
        assert_eq!(look(&mut it, s(10), flows(100, flow)), []);
        assert_eq!(it.next_due(s(10)), Some(s(70)));
        assert_eq!(look(&mut it, ms(69_999), flows(100, flow)), []);
        assert_eq!(it.life(port(P)).unwrap().stalled(), None);
        assert_eq!(look(&mut it, s(70), flows(100, flow)), stalled(flow, 60));
        assert_eq!(it.life(port(P)).unwrap().stalled(), Some(flow));
        assert_eq!(it.next_due(s(70)), None);
        assert_eq!(look(&mut it, s(700), flows(100, flow)), []);
        assert_eq!(look(&mut it, s(710), well(100)), recovered(700));
        assert_eq!(look(&mut it, s(720), well(100)), []);
        assert_eq!(it.life(port(P)).unwrap().stalled(), None);
    }
}

#[test]
fn a_short_pause_is_no_stall() {
    let mut it = supervisor();
    for start in [0, 100, 200] {
        assert_eq!(look(&mut it, s(start), flows(100, Flow::NoInput)), []);
        assert_eq!(look(&mut it, s(start + 59), flows(100, Flow::NoInput)), []);
        assert_eq!(look(&mut it, s(start + 61), well(100)), [], "nothing was told, so nothing recovers");
    }
}

#[test]
fn one_trouble_after_another_is_one_stall() {
    let mut it = supervisor();
    look(&mut it, s(0), flows(100, Flow::Starting));
    look(&mut it, s(30), flows(100, Flow::NoInput));
    assert_eq!(look(&mut it, s(61), flows(100, Flow::Silent)), stalled(Flow::Silent, 61));
    assert_eq!(look(&mut it, s(200), flows(100, Flow::NoInput)), []);
}

#[test]
fn an_unknown_bitrate_takes_another_minute() {
    let measures = |flow| {
        let mut seen = flows(100, flow);
        seen.bitrate_unknown = true;
        seen
    };
    let mut it = supervisor();
    look(&mut it, s(0), measures(Flow::NoInput));
    assert_eq!(it.next_due(s(0)), Some(s(120)));
    assert_eq!(look(&mut it, ms(119_999), measures(Flow::NoInput)), []);
    assert_eq!(look(&mut it, s(120), measures(Flow::NoInput)), stalled(Flow::NoInput, 120));
}

#[test]
fn what_cannot_be_told_neither_begins_nor_ends_a_stall() {
    let mut it = supervisor();
    look(&mut it, s(0), flows(100, Flow::Unknown));
    assert_eq!((look(&mut it, s(100), flows(100, Flow::Unknown)), it.next_due(s(100))), (vec![], None));
    look(&mut it, s(100), flows(100, Flow::NoInput));
    assert_eq!(look(&mut it, s(150), flows(100, Flow::Unknown)), []);
    assert_eq!(it.next_due(s(150)), Some(s(160)), "it is as it was when that could be told");
    assert_eq!(look(&mut it, s(160), flows(100, Flow::Unknown)), stalled(Flow::NoInput, 60));
    assert_eq!(look(&mut it, s(190), flows(100, Flow::Unknown)), []);
    assert_eq!(look(&mut it, s(200), well(100)), recovered(100));
    assert_eq!((look(&mut it, s(300), flows(100, Flow::Unknown)), it.next_due(s(300))), (vec![], None));
}

/// A look that asks no node is what a wait that is over brings about.
#[test]
fn a_restart_that_is_due_outlives_a_look_that_tells_nothing() {
    let mut it = that_restarts();
    look(&mut it, s(0), flows(100, Flow::NoInput));
    look(&mut it, s(60), flows(100, Flow::Unknown));
    assert!(it.stalled_restarts(s(60)).contains_key(&port(P)));
    // Of another process nothing is known yet.
    look(&mut it, s(61), flows(101, Flow::Unknown));
    assert!(it.stalled_restarts(s(200)).is_empty());
}

#[test]
fn each_process_gets_the_whole_patience_and_an_episode_outlives_it() {
    let mut it = supervisor();
    look(&mut it, s(0), flows(100, Flow::NoInput));
    it.restarted(s(50), port(P));
    assert_eq!(look(&mut it, s(50), flows(101, Flow::Starting)), []);
    assert_eq!(look(&mut it, s(109), flows(101, Flow::NoInput)), []);
    assert_eq!(look(&mut it, s(110), flows(101, Flow::NoInput)), stalled(Flow::NoInput, 60));
    // A restart that does not help is not another stall.
    it.restarted(s(200), port(P));
    assert_eq!(look(&mut it, s(200), flows(102, Flow::Starting)), []);
    assert_eq!(look(&mut it, s(400), flows(102, Flow::NoInput)), []);
    assert_eq!(look(&mut it, s(500), gone()), died(s(300), 1, s(1)));
    assert_eq!(it.life(port(P)).unwrap().stalled(), Some(Flow::Unknown));
    it.started(s(501), port(P));
    let mut expected = back(s(1));
    expected.extend(recovered(451));
    assert_eq!(look(&mut it, s(501), well(103)), expected);
}

#[test]
fn what_is_stopped_or_not_wanted_does_not_stall() {
    let mut it = supervisor();
    let unlisted = unlisted(flows(100, Flow::NoInput));
    look(&mut it, s(0), unlisted);
    assert_eq!((look(&mut it, s(100), unlisted), it.next_due(s(100))), (vec![], None));
    look(&mut it, s(100), flows(100, Flow::NoInput));
    assert_eq!(look(&mut it, s(160), flows(100, Flow::NoInput)), stalled(Flow::NoInput, 60));
    it.expected_end(port(P));
    look(&mut it, s(170), gone());
    assert_eq!(look(&mut it, s(180), well(101)), []);
}

#[test]
fn nothing_is_restarted_unless_that_is_set() {
    let mut it = supervisor();
    look(&mut it, s(0), flows(100, Flow::NoInput));
    look(&mut it, s(1_000), flows(100, Flow::NoInput));
    assert_eq!(restarts(&it, s(1_000)), []);
    assert_eq!(it.next_due(s(1_000)), None);
}

#[test]
fn a_node_that_has_stalled_is_restarted_at_most_once_in_ten_minutes() {
    let asked = [(port(P), RestartReason::Stalled)];
    let mut it = that_restarts();
    look(&mut it, s(0), flows(100, Flow::NoInput));
    assert_eq!(restarts(&it, s(60)), [], "nobody was told yet");
    assert_eq!(look(&mut it, s(60), flows(100, Flow::NoInput)).len(), 1);
    assert_eq!(restarts(&it, s(60)), asked);
    it.restarted(s(61), port(P));
    assert_eq!(restarts(&it, s(61)), []);
    look(&mut it, s(61), flows(101, Flow::NoInput));
    assert_eq!(it.next_due(s(61)), Some(s(661)));
    look(&mut it, ms(660_999), flows(101, Flow::NoInput));
    assert_eq!(restarts(&it, ms(660_999)), []);
    look(&mut it, s(661), flows(101, Flow::NoInput));
    assert_eq!(restarts(&it, s(661)), asked);
    // Held by the planner: it is asked for again, and nothing wakes up for it.
    assert_eq!((restarts(&it, s(700)), it.next_due(s(661))), (asked.to_vec(), None));
    look(&mut it, s(710), well(101));
    assert_eq!(restarts(&it, s(710)), []);
}

/// The ten minutes are over, but the process is a new one, which somebody else or a death brought.
#[test]
fn a_young_process_is_not_restarted() {
    let mut it = that_restarts();
    look(&mut it, s(0), flows(100, Flow::Silent));
    look(&mut it, s(60), flows(100, Flow::Silent));
    look(&mut it, s(70), gone());
    look(&mut it, s(71), flows(101, Flow::Silent));
    assert_eq!(restarts(&it, ms(130_999)), []);
    assert_eq!(it.next_due(s(71)), Some(s(131)));
    assert_eq!(restarts(&it, s(131)).len(), 1);
    it.restarted(s(131), port(P));
    look(&mut it, s(131), flows(102, Flow::Silent));
    look(&mut it, s(700), gone());
    look(&mut it, s(701), flows(103, Flow::Silent));
    assert_eq!((restarts(&it, s(760)), it.next_due(s(701))), (vec![], Some(s(761))));
    assert_eq!(restarts(&it, s(761)).len(), 1);
}

#[test]
fn a_restart_that_failed_counts_as_one() {
    let mut it = that_restarts();
    look(&mut it, s(0), flows(100, Flow::NoInput));
    look(&mut it, s(60), flows(100, Flow::NoInput));
    it.start_failed(s(60), port(P), 0.0);
    look(&mut it, s(61), flows(101, Flow::NoInput));
    look(&mut it, s(200), flows(101, Flow::NoInput));
    assert_eq!((restarts(&it, s(200)), it.next_due(s(200))), (vec![], Some(s(660))));
}
