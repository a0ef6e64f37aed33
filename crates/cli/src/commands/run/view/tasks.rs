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
    /// Why it did not go well the last time.
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
        let list = tasks.iter().map(|(name, went)| {
            let mut task = Task::new(name);
            task.last_success_s = went.well.map(since);
            task.last_failure_s = went.wrong.map(since);
            task.runs = went.runs;
            task.failures = went.failures;
            task
        });
        list.collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Went>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskHandle<'_> {
    /// It went well. True if it had not gone well the last time.
    pub(in crate::commands::run) fn succeeded(&self) -> bool {
        let mut tasks = self.tasks.lock();
        let went = tasks.entry(self.name).or_default();
        went.well = Some(SystemTime::now());
        went.runs += 1;
        went.error.take().is_some()
    }

    /// It did not go well. True if it had gone well the last time, or was not done before: while a server is down, the
    /// reason reads a little different each time, and only the first one is news.
    pub(in crate::commands::run) fn failed(&self, error: &str) -> bool {
        let mut tasks = self.tasks.lock();
        let went = tasks.entry(self.name).or_default();
        went.wrong = Some(SystemTime::now());
        went.runs += 1;
        went.failures += 1;
        went.error.replace(error.to_owned()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_change_is_news_however_the_reason_reads() {
        let tasks = Tasks::default();
        let task = tasks.handle("monitor");
        assert!(!task.succeeded());
        assert!(task.failed("tried 2 times within 30 s"));
        assert!(!task.failed("tried 3 times within 29 s"));
        assert!(task.succeeded());
        assert!(!task.succeeded());
        assert!(task.failed("tried 3 times within 29 s"));
        let figures = tasks.list();
        assert_eq!((figures[0].runs, figures[0].failures), (6, 3));
    }
}
