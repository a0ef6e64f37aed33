//! What Prometheus reads about acecast and its nodes, as text.
//!
//! One idea: one list of metric families (`families.rs`) gives both formats. A series has the same name, labels and
//! value in each, so that a server that changes its mind about the format goes on with the same series; only what is
//! said about a family is written differently. Rendering is a pure function: no clock, no socket.
//!
//! A value that is not known is left out: there is no NaN, and no zero that nobody has measured.
//!
//! ```
//! use acecast_telemetry::metrics::{Format, Metrics};
//!
//! let now = Metrics::new("1.0.0", 1_700_000_000.0);
//! let page = now.render(Format::Text);
//!
//! let series: Vec<&str> = page.lines().filter(|line| !line.starts_with('#')).collect();
//! assert_eq!(series, [r#"acecast_build_info{version="1.0.0"} 1"#, "acecast_start_time_seconds 1700000000"]);
//! ```

mod families;
mod label;
mod node;
mod page;
mod value;

pub use node::{Node, State};

use crate::metrics::page::Page;

/// The media type and the rules of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.0.
    OpenMetrics,
    /// Prometheus' own text format, 0.0.4.
    Text,
}

impl Format {
    /// Both formats.
    pub const ALL: [Format; 2] = [Format::OpenMetrics, Format::Text];

    /// The `Content-Type` of a page.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Format::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// All that a page tells, at one moment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// acecast's own version.
    pub version: String,
    /// When this run of acecast began, in seconds since 1970.
    pub start_time_s: f64,
    /// Every configured node, running or not, and every other node of the realm; in any order.
    ///
    /// Of nodes that have the same port, role and name, such as two that run on one port, one is shown: the first of
    /// those that are best off (alive before not alive, then by [`State`]).
    pub nodes: Vec<Node>,
    /// What this run does again and again; in any order. Of two with the same name the first one is shown.
    pub tasks: Vec<Task>,
    /// What the last plan had to do; `None` before the first one.
    pub plan: Option<PlanSize>,
    /// Events that could not be written to the log of events, since this run began; `None` if it keeps none.
    pub events_dropped: Option<u64>,
}

impl Metrics {
    /// What a run of acecast of this version that began at this time, in seconds since 1970, tells without a node.
    pub fn new(version: impl Into<String>, start_time_s: f64) -> Self {
        Metrics {
            version: version.into(),
            start_time_s,
            nodes: Vec::new(),
            tasks: Vec::new(),
            plan: None,
            events_dropped: None,
        }
    }

    /// The page: the same input gives the same bytes.
    pub fn render(&self, format: Format) -> String {
        let mut page = Page::new(format);
        families::write(self, &mut page);
        page.end()
    }
}

/// How many nodes a plan has something to say about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanSize {
    /// Nodes to be started.
    pub starts: u64,
    /// Nodes to be stopped.
    pub stops: u64,
    /// Nodes to be restarted.
    pub restarts: u64,
    /// Nodes about which nothing can be decided safely.
    pub held: u64,
}

/// Something that is done again and again.
///
/// One that is not set up here, such as sending reports without a server to send them to, is no task of the page.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Task {
    /// `config`, `reconcile`, `monitor` or `metadata`: the names that the alert rules know.
    pub name: &'static str,
    /// When it last succeeded, in seconds since 1970.
    pub last_success_s: Option<f64>,
    /// When it last failed, in seconds since 1970.
    pub last_failure_s: Option<f64>,
    /// How often it was done, failures included, since this run began.
    pub runs: u64,
    /// How often it failed.
    pub failures: u64,
}

impl Task {
    /// A task that has not been done yet.
    pub fn new(name: &'static str) -> Self {
        Task { name, last_success_s: None, last_failure_s: None, runs: 0, failures: 0 }
    }
}

#[cfg(test)]
mod tests;
