//! When each task of a run last went well, and when it last did not.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use acecast_telemetry::metrics::Task;

/// How the tasks went.
#[derive(Debug, Default)]
pub(super) struct Tasks(Mutex<BTreeMap<&'static str, Went>>);

#[derive(Clone, Debug, Default)]
struct Went {
    well: Option<SystemTime>,
    wrong: Option<SystemTime>,
    runs: u64,
    failures: u64,
    /// Why it does not go well now, as it was said.
    error: Option<String>,
}

/// One task, for whoever does it.
pub(in crate::commands::run) struct TaskHandle<'a> {
    tasks: &'a Tasks,
    name: &'static str,
}

impl Tasks {
    /// These are there from now on, though they may not have been done yet.
    pub(super) fn expect(&self, names: impl IntoIterator<Item = &'static str>) {
        let mut tasks = self.lock();
        for name in names {
            tasks.entry(name).or_default();
        }
    }

    pub(super) fn handle(&self, name: &'static str) -> TaskHandle<'_> {
        TaskHandle { tasks: self, name }
    }

    /// All of them, as figures.
    pub(super) fn list(&self) -> Vec<Task> {
        let since =
            |time: SystemTime| time.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
        let tasks = self.lock();
        let list = tasks.iter().map(|(name, went)| Task {
            name,
            last_success_s: went.well.map(since),
            last_failure_s: went.wrong.map(since),
            runs: went.runs,
            failures: went.failures,
        });
        list.collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Went>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskHandle<'_> {
    /// It went well. True if it had not gone well before.
    pub(in crate::commands::run) fn succeeded(&self) -> bool {
        let mut tasks = self.tasks.lock();
        let went = tasks.entry(self.name).or_default();
        went.well = Some(SystemTime::now());
        went.runs += 1;
        went.error.take().is_some()
    }

    /// It did not go well. True if that is news.
    pub(in crate::commands::run) fn failed(&self, error: &str) -> bool {
        let mut tasks = self.tasks.lock();
        let went = tasks.entry(self.name).or_default();
        went.wrong = Some(SystemTime::now());
        went.runs += 1;
        went.failures += 1;
        let is_news = went.error.as_deref() != Some(error);
        went.error = Some(error.to_owned());
        is_news
    }
}
