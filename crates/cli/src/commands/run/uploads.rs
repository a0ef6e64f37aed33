//! Sending data on its own clock: a server that is slow or down never delays the loop.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use acecast_engine::events::{By, Event, What};

use super::view::View;
use crate::args::RunArgs;
use crate::commands::monitor::monitor_once;
use crate::commands::update_metadata::update_metadata_once;
use crate::failure::Failure;

/// All of one kind of data is sent, or given up, within this time.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A new key's number is not written yet when the key is: a node without a bitrate measures its stream first, for a
/// minute or so. So soon it is looked for again,
const NEW_KEY_AGAIN: Duration = Duration::from_secs(5);

/// and for so long at most.
const NEW_KEY_FOR: Duration = Duration::from_secs(5 * 60);

/// One kind of data, and what is said when it cannot be sent any more, and when it can again.
struct Task {
    name: &'static str,
    failed: What,
    good: What,
}

const MONITOR: Task = Task { name: "monitor", failed: What::MonitorFailed, good: What::MonitorGood };
const METADATA: Task = Task { name: "metadata", failed: What::MetadataFailed, good: What::MetadataGood };

/// The threads that send.
pub(super) struct Uploads {
    new_key: Option<Sender<()>>,
}

impl Uploads {
    /// Starts a thread for each kind of data; a kind that nobody takes is looked for again with every tick.
    pub(super) fn start(view: &Arc<View>, args: &RunArgs) -> io::Result<Self> {
        if let Some(every) = every(args.monitor_every) {
            let view = Arc::clone(view);
            clock("monitor", every, None, move || monitor(&view))?;
        }
        let Some(every) = every(args.metadata_every) else { return Ok(Uploads { new_key: None }) };
        let (new_key, asked) = channel();
        let view = Arc::clone(view);
        clock("metadata", every, Some(asked), move || metadata(&view))?;
        Ok(Uploads { new_key: Some(new_key) })
    }

    /// A stream has got a new key: it is backed up at once.
    pub(super) fn new_key(&self) {
        if let Some(new_key) = &self.new_key {
            let _ = new_key.send(());
        }
    }
}

/// No time between two uploads means that there are none.
fn every(time: Duration) -> Option<Duration> {
    (!time.is_zero()).then_some(time)
}

/// Works at every tick, and when it is asked to; then again soon until the work says that nothing was missing.
fn clock(
    name: &str,
    every: Duration,
    asked: Option<Receiver<()>>,
    work: impl Fn() -> bool + Send + 'static,
) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        let mut due = Instant::now() + every.min(TIMEOUT);
        // Until then, what was left out is tried again soon.
        let mut until: Option<Instant> = None;
        loop {
            let pause = due.saturating_duration_since(Instant::now());
            match asked.as_ref().map(|asked| asked.recv_timeout(pause)) {
                None => thread::sleep(pause),
                Some(Ok(())) => until = Some(Instant::now() + NEW_KEY_FOR),
                Some(Err(RecvTimeoutError::Timeout)) => {}
                Some(Err(RecvTimeoutError::Disconnected)) => break,
            }
            let began = Instant::now();
            let is_whole = work();
            until = until.filter(|until| !is_whole && Instant::now() < *until);
            due = began + if until.is_some() { NEW_KEY_AGAIN.min(every) } else { every };
        }
    })?;
    Ok(())
}

fn monitor(view: &View) -> bool {
    let context = view.context();
    if context.app.controller.monitor.is_none() {
        return true;
    }
    report(view, &MONITOR, monitor_once(&context, view.role(), TIMEOUT))
}

/// True if there was nothing that may be there a moment later.
fn metadata(view: &View) -> bool {
    let context = view.context();
    if context.app.controller.metadata_receiver.is_none() {
        return true;
    }
    report(view, &METADATA, update_metadata_once(&context, TIMEOUT))
}

/// Takes in how sending went, and says what is new. True if nothing was left behind.
fn report(view: &View, task: &Task, sent: Result<Vec<String>, Failure>) -> bool {
    let failed = match sent {
        Ok(failed) if failed.is_empty() => {
            if view.task(task.name).succeeded() {
                view.tell(&[Event::now(task.good, By::Run)]);
            }
            return true;
        }
        Ok(failed) => failed.join("; "),
        Err(failure) => crate::output::one_line(&failure.error),
    };
    if view.task(task.name).failed(&failed) {
        let detail = view.context().out.clean(&failed);
        view.tell(&[Event::now(task.failed, By::Run).with_detail(detail)]);
    }
    false
}
