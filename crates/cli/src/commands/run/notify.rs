//! What systemd is told, where it started this process and wants to know. Elsewhere, nothing.

use std::time::{Duration, Instant};

use sd_notify::NotifyState;

/// The first reconcile has ended, or a reload has.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The config is read again.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// The loop has ended.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// One line for people.
pub(super) fn status(text: &str) {
    tell(&[NotifyState::Status(if text.is_empty() { "no nodes" } else { text })]);
}

/// What systemd takes for a sign of life. It ends a process that gives none.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// How often it wants one at least.
    every: Option<Duration>,
    fed: Option<Instant>,
}

impl Watchdog {
    pub(super) fn new() -> Self {
        Watchdog { every: watchdog(), fed: None }
    }

    /// The loop is alive.
    pub(super) fn feed(&mut self) {
        if self.every.is_some() {
            alive();
            self.fed = Some(Instant::now());
        }
    }

    /// When it wants to be fed next: twice as often as it must be.
    pub(super) fn due(&self) -> Option<Instant> {
        let every = self.every?;
        Some(self.fed.map_or_else(Instant::now, |fed| fed + every / 2))
    }
}

/// How often systemd wants a sign of life at least, if it does.
pub(super) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// A sign of life.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// That nobody listens is no reason to fail.
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd could not be told");
    }
}
