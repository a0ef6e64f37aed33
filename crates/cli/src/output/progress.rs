//! How the work goes on, for people who wait.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use acecast_engine::apply::{NodeResult, Progress, Step};
use acecast_reconcile::Decision;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Output, lock};

/// A bar on a terminal; elsewhere a line for each step, if that is asked for.
pub(crate) struct Watch<'a> {
    out: &'a Output,
    bar: Option<ProgressBar>,
    lines: bool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(out: &'a Output, changes: usize, wanted: bool, lines: bool) -> Self {
        let bar = (wanted && changes > 0 && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(changes.try_into().unwrap_or(u64::MAX));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        lock(&out.bar).clone_from(&bar);
        Watch { out, lines: lines && bar.is_none(), bar }
    }

    fn name(&self, decision: &Decision) -> String {
        let name = decision.name.as_deref().unwrap_or("?");
        format!("{} {}", decision.port, self.out.clean(name))
    }
}

impl Progress for Watch<'_> {
    fn step(&self, decision: &Decision, step: Step) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {}", self.name(decision), step.as_str()));
        }
        if self.lines {
            self.out.message(format_args!("{}: {}", self.name(decision), step.as_str()));
        }
    }

    fn done(&self, decision: &Decision, result: &NodeResult) {
        if !decision.action.is_change() {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        if self.lines {
            self.out.message(format_args!("{}: {}", self.name(decision), result.outcome));
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        lock(&self.out.bar).take();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
