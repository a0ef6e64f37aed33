//! Made-up hosts, of which a page can be rendered.

use acecast_telemetry::NodeType;
use acecast_telemetry::metrics::{Metrics, Node, PlanSize, State, Task};

/// The tasks that acecast knows.
pub(crate) const TASKS: [&str; 4] = ["config", "reconcile", "monitor", "metadata"];

/// A host of which everything is known: its page has every family.
pub(crate) fn whole() -> Metrics {
    let task =
        |name| Task { name, last_success_s: Some(1.7e9), last_failure_s: Some(1.6e9), runs: 10, failures: 1 };
    Metrics {
        version: "0.1.0".to_owned(),
        start_time_s: 1.5e9,
        nodes: vec![node(8640, NodeType::Source), node(8641, NodeType::Support)],
        tasks: TASKS.map(task).to_vec(),
        plan: Some(PlanSize { starts: 1, stops: 2, restarts: 3, held: 4 }),
        events_dropped: Some(0),
    }
}

fn node(port: u16, role: NodeType) -> Node {
    Node {
        port,
        role: Some(role),
        name: "news".to_owned(),
        listed: Some(true),
        state: State::Answering,
        alive: true,
        version: Some("3.2.3".to_owned()),
        uptime_s: Some(61.5),
        restarts: 0,
        failures: 0,
        download_bytes_per_s: Some(50_000.0),
        upload_bytes_per_s: Some(60_000.0),
        source_bytes_per_s: Some(50_000.0),
        source_reconnects: Some(0),
        peers: Some(3),
        rss_bytes: Some(100 << 20),
        cpu_s: Some(1.25),
    }
}

/// Hosts with hostile texts and numbers, always the same for a seed.
pub(crate) struct Hostile(u64);

impl Hostile {
    pub(crate) fn new(seed: u64) -> Self {
        // Xorshift must not begin with zero.
        Hostile(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn metrics(&mut self) -> Metrics {
        let nodes = (0..self.below(8)).map(|_| self.node()).collect();
        let tasks = (0..self.below(6)).map(|_| self.task()).collect();
        Metrics {
            version: self.text(),
            start_time_s: self.number(),
            nodes,
            tasks,
            plan: self.maybe(|it| PlanSize { starts: it.next(), stops: 0, restarts: 1, held: it.next() }),
            events_dropped: self.maybe(Hostile::next),
        }
    }

    fn node(&mut self) -> Node {
        Node {
            // Few ports, so that nodes meet on one.
            port: [0, 8640, 65535][self.below(3)],
            role: [None, Some(NodeType::Source), Some(NodeType::Support)][self.below(3)],
            name: self.text(),
            listed: self.maybe(|it| it.below(2) == 0),
            state: State::ALL[self.below(State::ALL.len())],
            alive: self.below(2) == 0,
            version: self.maybe(Hostile::text),
            uptime_s: self.maybe(Hostile::number),
            restarts: self.next(),
            failures: self.next(),
            download_bytes_per_s: self.maybe(Hostile::number),
            upload_bytes_per_s: self.maybe(Hostile::number),
            source_bytes_per_s: self.maybe(Hostile::number),
            source_reconnects: self.maybe(Hostile::next),
            peers: self.maybe(Hostile::next),
            rss_bytes: self.maybe(Hostile::next),
            cpu_s: self.maybe(Hostile::number),
        }
    }

    fn task(&mut self) -> Task {
        Task {
            name: ["config", "monitor", "a\"b\n", ""][self.below(4)],
            last_success_s: self.maybe(Hostile::number),
            last_failure_s: self.maybe(Hostile::number),
            runs: self.next(),
            failures: self.next(),
        }
    }

    /// Often short, and often the same as another one.
    fn text(&mut self) -> String {
        const PIECES: [&str; 20] = [
            "news",
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\0",
            "\u{1b}[2J",
            "{",
            "}",
            ",",
            "=",
            "# EOF\n",
            " 1\n",
            "\u{202e}",
            "é",
            "\u{10ffff}",
            "\u{7f}",
            "\u{85}",
            "\\n",
            "x\"} 2\nfake{y=\"",
        ];
        let mut text: String = (0..self.below(4)).map(|_| PIECES[self.below(PIECES.len())]).collect();
        if self.below(50) == 0 {
            text = text.repeat(1000);
        }
        text
    }

    fn number(&mut self) -> f64 {
        const ODD: [f64; 10] = [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN_POSITIVE,
            -0.0,
            -1.0,
            0.1,
            1e21,
            5e-324,
        ];
        match self.below(2) {
            0 => ODD[self.below(ODD.len())],
            _ => f64::from_bits(self.next()),
        }
    }

    fn maybe<T>(&mut self, known: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(3) > 0).then(|| known(self))
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % limit
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
