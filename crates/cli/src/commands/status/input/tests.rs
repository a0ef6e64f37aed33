use acecast_reconcile::{Identity, ProcessId, Settings, Spec, Stream, Unidentified};

use super::*;

/// A source node as a look has seen it, well and a minute old.
struct Seen {
    node: ObservedNode,
    answer: Option<&'static str>,
    age: Duration,
}

impl Seen {
    fn new(bitrate: u64, health: Health) -> Seen {
        let engine = ProcessId { pid: 42.try_into().unwrap(), start_ticks: 1 };
        let settings = Settings::from([(Field::Bitrate, bitrate.into())]);
        let (port, stream) = (8640.try_into().unwrap(), Stream::Source("news".parse().unwrap()));
        let identity = Identity::Managed(Spec { port, stream, settings });
        let processes = Processes::Engine { engine, wrapper: None };
        let mut node = ObservedNode::new(port, processes, identity);
        (node.health, node.in_pid_file) = (health, true);
        Seen { node, answer: None, age: Duration::from_secs(60) }
    }

    fn says(mut self, answer: &'static str) -> Seen {
        self.answer = Some(answer);
        self
    }

    fn old(mut self, seconds: u64) -> Seen {
        self.age = Duration::from_secs(seconds);
        self
    }

    fn not_begun(mut self) -> Seen {
        (self.node.listening, self.node.in_pid_file) = (Listening::Nowhere, false);
        self
    }

    #[track_caller]
    fn lacks(&self, expected: impl Into<Option<Lack>>) {
        let answer = self.answer.map(|answer| Answer::parse(answer).unwrap());
        let facts = NodeFacts::new(answer, self.age);
        assert_eq!(lack(&self.node, Some(&facts)), expected.into());
    }
}

fn silent() -> Health {
    Health::Silent(REFUSED.to_owned())
}

#[test]
fn an_engine_that_never_began_most_likely_waits_for_its_source() {
    Seen::new(1, silent()).not_begun().lacks(Lack::Likely);
    Seen::new(1, Health::Starting).not_begun().old(6).lacks(Lack::Yet);
    // It may just be slow.
    Seen::new(1, Health::Starting).not_begun().old(4).lacks(None);
}

#[test]
fn an_engine_that_has_begun_once_or_hangs_has_another_trouble() {
    Seen::new(1, silent()).lacks(None);
    let mut seen = Seen::new(1, silent()).not_begun();
    seen.node.in_pid_file = true;
    seen.lacks(None);
    Seen::new(1, Health::Silent("no answer within 2 s".to_owned())).not_begun().lacks(None);
    let mut seen = Seen::new(1, silent()).not_begun();
    let Processes::Engine { engine, .. } = seen.node.processes else { unreachable!() };
    seen.node.processes = Processes::WrapperOnly(engine);
    seen.lacks(None);
}

#[test]
fn of_a_node_that_is_not_known_for_what_it_is_nothing_is_guessed() {
    let mut seen = Seen::new(1, silent()).not_begun();
    let why = Unidentified::NewerSpec(9);
    seen.node.identity = Identity::Unidentified { role: Some(Role::Source), why };
    seen.lacks(None);
}

#[test]
fn what_the_node_says_of_its_source_counts() {
    Seen::new(1, Health::NoInput).says(r#"{"source_connected":false}"#).lacks(Lack::Lost);
    let mute = r#"{"status":"running","source_connected":true,"source_download_rate":0}"#;
    Seen::new(1, Health::Answering).says(mute).lacks(Lack::Mute);
    Seen::new(1, Health::Answering).says(mute).old(10).lacks(None);
    let well = r#"{"status":"running","source_connected":true,"source_download_rate":9}"#;
    Seen::new(1, Health::Answering).says(well).lacks(None);
    let hls = r#"{"status":"running","type":"support","download_speed":0}"#;
    Seen::new(1, Health::Answering).says(hls).lacks(None);
}

#[test]
fn a_bitrate_that_is_measured_takes_a_minute() {
    // Engine 3.0.5.1 says no more than this.
    let old = r#"{"status":"starting"}"#;
    Seen::new(0, Health::Starting).says(old).lacks(None);
    Seen::new(0, Health::Starting).says(old).old(90).lacks(Lack::Yet);
    Seen::new(1, Health::Starting).says(old).lacks(Lack::Yet);
    Seen::new(0, Health::Starting).says(r#"{"status":"starting","source_connected":true}"#).lacks(None);
    Seen::new(0, Health::Starting).says(r#"{"status":"starting","source_connected":false}"#).lacks(Lack::Yet);
}

#[test]
fn the_source_is_named_without_its_secrets() {
    let url: StreamUrl = "https://me:hunter2@h.example.com:8443/x?token=hunter2".parse().unwrap();
    assert_eq!(Lack::Lost.said(Some(&url)), "no data comes from its source h.example.com:8443");
    assert_eq!(Lack::Mute.said(None), "connected to its source, and no data comes");
    let v6: StreamUrl = "http://[2001:db8::1]:80".parse().unwrap();
    assert_eq!(Lack::Yet.said(Some(&v6)), "no data has come from its source [2001:db8::1]:80 yet");
}
