//! `acecast run`: what the commands do, again and again, in one foreground process.
//!
//! One idea: one loop decides and acts, and waits only for what it has begun itself. Reading the config, asking nodes how
//! they are, hearing of those that ended, sending data and answering the page have threads of their own; what they have
//! to tell comes in through one channel.
//! All decisions about time are the supervisor's, all about nodes the planner's, both pure.
//!
//! Nodes do not depend on the loop: it can be killed at any step, and another one goes on from what it finds.

mod carry_out;
mod config;
mod end;
mod heard;
mod keys;
mod lists;
mod look;
mod notify;
mod page;
mod round;
mod said;
mod seen;
mod steps;
mod uploads;
mod view;
mod wakes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use acecast_engine::deaths::{self, Deaths};
use acecast_engine::events::{By, Event, What};
use acecast_reconcile::supervise::Supervisor;
use acecast_reconcile::{Channel, Port, Role};

use super::at_work::AtWork;
use crate::args::{Global, RunArgs};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, advice};
use crate::journal;
use crate::output::chained;
use config::Known;
use heard::Heard;
use keys::LostKeys;
use lists::{Loaded, Loader};
use look::Look;
use notify::Watchdog;
use said::Said;
use seen::Held;
use uploads::Uploads;
use view::View;
use wakes::Ended;

/// What wakes the loop.
enum Wake {
    /// The config was read, or could not be.
    Lists(Box<Loaded>),
    /// Nodes have ended.
    Ended,
    /// SIGHUP: the config is to be read now.
    Reload,
    /// SIGTERM or SIGINT.
    Signal,
    /// A wait is over.
    Due,
}

/// After so long, a lock that another command holds is tried again.
const LOCKED_AGAIN: Duration = Duration::from_millis(500);

/// After so long, a pid dir or a lock that cannot be used is tried again.
const UNUSABLE_AGAIN: Duration = Duration::from_secs(5);

/// The loop and what it knows.
struct Runner<'a> {
    context: Arc<Context>,
    args: &'a RunArgs,
    loader: Loader,
    deaths: Deaths,
    ended: Ended,
    uploads: Uploads,
    view: Arc<View>,
    watchdog: Watchdog,
    at_work: AtWork,
    supervisor: Supervisor,
    /// What the supervisor's times count from.
    begun: Instant,
    known: Known,
    /// What nodes said when the config was last read.
    heard: Heard,
    /// When the config is read next, unless somebody asks for it before.
    next_reading: Instant,
    /// An apply could not have the lock, and is tried again.
    again_at: Option<Instant>,
    /// Nodes that could not be started, and their engine versions: what runs on these is left alone.
    broken: BTreeMap<Port, Channel>,
    /// What is held and has been said.
    held: Held,
    /// Keys that cannot be used any more, as was said.
    lost_keys: LostKeys,
    /// What was said last of a kind, so that it is not said again.
    said: Said,
}

pub(crate) fn run(context: Context, global: &Global, args: &RunArgs) -> Result<Exit, Failure> {
    context.need_endpoint(args.role)?;
    super::change::may_start(&context, args.role != Some(Role::Support))?;
    let listen = args
        .listen()
        .map_err(|error| Failure::new(Exit::Usage, "usage", error).hint("correct --listen-token-file"))?;
    context.out.hide(listen.iter().filter_map(|listen| listen.token.as_ref()));
    // From here on, the first signal only asks for an end.
    context.signals.begin_apply()?;
    let context = Arc::new(context);
    let failed = |error: std::io::Error| {
        let error = anyhow::Error::from(error).context("cannot start a thread");
        Failure::failed(error).hint(advice::MORE_THREADS)
    };
    let (wakes, woken) = channel();
    let view = Arc::new(View::new(Arc::clone(&context), args.role));
    let server = page::serve(listen, &view)?;
    wakes::pass_signals_on(context.signals.clone(), wakes.clone()).map_err(failed)?;
    let (deaths, watcher) = deaths::pair().map_err(failed)?;
    let ended = Ended::default();
    ended.pass_on(watcher, wakes.clone()).map_err(failed)?;
    let loader = Loader::start(Arc::clone(&context), global.clone(), args.role, wakes).map_err(failed)?;
    let uploads = Uploads::start(&view, args).map_err(failed)?;
    let now = Instant::now();
    let mut runner = Runner {
        args,
        loader,
        deaths,
        ended,
        uploads,
        view,
        watchdog: Watchdog::new(),
        at_work: AtWork::default(),
        supervisor: Supervisor::new(args.supervision()),
        begun: now,
        known: Known::default(),
        heard: Heard::default(),
        next_reading: now,
        again_at: None,
        broken: BTreeMap::new(),
        held: Held::new(),
        lost_keys: LostKeys::new(),
        said: Said::default(),
        context,
    };
    runner.at_work.begin(&runner.context);
    runner.tell(&[Event::now(What::RunStarted, By::Run)]);
    let exit = runner.go_round(&woken);
    if let Some(server) = server {
        server.stop();
    }
    exit
}

impl Runner<'_> {
    fn go_round(&mut self, woken: &Receiver<Wake>) -> Result<Exit, Failure> {
        while !self.context.signals.wanted() {
            self.watchdog.feed();
            match self.next(woken) {
                Wake::Signal => break,
                Wake::Reload => {
                    notify::reloading();
                    self.read_config();
                }
                Wake::Lists(loaded) => {
                    self.take(*loaded);
                    self.round(Look::Whole);
                    self.first_or_again();
                }
                Wake::Ended | Wake::Due => self.round(Look::Quick),
            }
        }
        notify::stopping();
        let exit = if self.args.stop_nodes { self.stop_nodes() } else { Ok(Exit::Done) };
        self.tell(&[Event::now(What::RunEnded, By::Run)]);
        if !self.args.stop_nodes {
            self.context.out.note("nodes keep running");
        }
        exit
    }

    /// Waits for the next thing to do.
    fn next(&mut self, woken: &Receiver<Wake>) -> Wake {
        loop {
            let now = Instant::now();
            if self.next_reading <= now {
                self.read_config();
            }
            if self.watchdog.due().is_some_and(|due| due <= now) {
                self.watchdog.feed();
            }
            let rounds = [self.again_at, self.supervisor.next_due(self.now()).map(|due| self.begun + due)];
            let round = rounds.into_iter().flatten().min();
            let due = [Some(self.next_reading), self.watchdog.due(), round].into_iter().flatten().min();
            let pause = due.map_or(self.args.interval, |due| due.saturating_duration_since(Instant::now()));
            match woken.recv_timeout(pause) {
                Ok(wake) => return wake,
                Err(RecvTimeoutError::Disconnected) => return Wake::Signal,
                Err(RecvTimeoutError::Timeout) if round.is_some_and(|round| round <= Instant::now()) => {
                    self.again_at = None;
                    return Wake::Due;
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn read_config(&mut self) {
        self.loader.ask();
        self.next_reading = Instant::now() + self.args.interval;
    }

    /// The first attempt is over, or one that a reload asked for. Whoever started this process is not left waiting for a
    /// controller that is down.
    fn first_or_again(&mut self) {
        notify::ready();
        notify::status(&self.view.summary());
    }

    /// The time as the supervisor counts it.
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Says what has happened: to people, to the log of events, and on the page.
    fn tell(&self, events: &[Event]) {
        self.view.tell(events);
    }
}

/// An error of a library as one text.
fn text(error: &(dyn std::error::Error + 'static)) -> String {
    chained(error)
}
