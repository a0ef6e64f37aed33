//! Made-up hosts, of which a page can be rendered.

use acecast_telemetry::NodeType;
use acecast_telemetry::metrics::{Metrics, Node, PlanSize, State, Task};

/// The tasks that acecast knows.
pub(crate) const TASKS: [&str; 4] = ["config", "reconcile", "monitor", "metadata"];

/// A host of which everything is known: its page has every family.
pub(crate) fn whole() -> Metrics {
    let task = |name| {
        let mut task = Task::new(name);
        (task.last_success_s, task.last_failure_s) = (Some(1.7e9), Some(1.6e9));
        (task.runs, task.failures) = (10, 1);
        task
    };
    let mut metrics = Metrics::new("0.1.0", 1.5e9);
    metrics.nodes = vec![node(8640, NodeType::Source), node(8641, NodeType::Support)];
    metrics.tasks = TASKS.map(task).to_vec();
    metrics.plan = Some(plan([1, 2, 3, 4]));
    metrics.events_dropped = Some(0);
    metrics
}

fn plan([starts, stops, restarts, held]: [u64; 4]) -> PlanSize {
    let mut plan = PlanSize::default();
    (plan.starts, plan.stops, plan.restarts, plan.held) = (starts, stops, restarts, held);
    plan
}

fn node(port: u16, role: NodeType) -> Node {
    let mut node = Node::new(port, "news", State::Answering);
    node.role = Some(role);
    node.listed = Some(true);
    node.version = Some("3.2.3".to_owned());
    node.uptime_s = Some(61.5);
    node.key_usable = Some(true);
    node.download_bytes_per_s = Some(50_000.0);
    node.upload_bytes_per_s = Some(60_000.0);
    node.source_bytes_per_s = Some(50_000.0);
    node.source_reconnects = Some(0);
    node.peers = Some(3);
    node.rss_bytes = Some(100 << 20);
    node.cpu_s = Some(1.25);
    node
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
        let mut metrics = Metrics::new(self.text(), self.number());
        metrics.nodes = nodes;
        metrics.tasks = tasks;
        metrics.plan = self.maybe(|it| plan([it.next(), 0, 1, it.next()]));
        metrics.events_dropped = self.maybe(Hostile::next);
        metrics
    }

    fn node(&mut self) -> Node {
        // Few ports, so that nodes meet on one.
        let port = [0, 8640, 65535][self.below(3)];
        let mut node = Node::new(port, self.text(), State::ALL[self.below(State::ALL.len())]);
        node.role = [None, Some(NodeType::Source), Some(NodeType::Support)][self.below(3)];
        node.listed = self.maybe(|it| it.below(2) == 0);
        node.alive = self.below(2) == 0;
        node.version = self.maybe(Hostile::text);
        node.uptime_s = self.maybe(Hostile::number);
        node.restarts = self.next();
        node.failures = self.next();
        node.key_usable = self.maybe(|it| it.below(2) == 0);
        node.download_bytes_per_s = self.maybe(Hostile::number);
        node.upload_bytes_per_s = self.maybe(Hostile::number);
        node.source_bytes_per_s = self.maybe(Hostile::number);
        node.source_reconnects = self.maybe(Hostile::next);
        node.peers = self.maybe(Hostile::next);
        node.rss_bytes = self.maybe(Hostile::next);
        node.cpu_s = self.maybe(Hostile::number);
        node
    }

    fn task(&mut self) -> Task {
        let mut task = Task::new(["config", "monitor", "a\"b\n", ""][self.below(4)]);
        task.last_success_s = self.maybe(Hostile::number);
        task.last_failure_s = self.maybe(Hostile::number);
        task.runs = self.next();
        task.failures = self.next();
        task
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
