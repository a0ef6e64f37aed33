//! `acecast status --watch`: the same table, again and again, in place.
//!
//! Nobody who is slow keeps the user from leaving: lists are read and nodes are looked at in threads of their own, which
//! end with the program, and this one only draws. While a list cannot be read, the last one counts, and that is said.

mod known;
mod screen;

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use std::{io, thread};

use acecast_config::Ask;
use acecast_engine::observe::none_hidden;
use acecast_reconcile::Role;
use anyhow::Context as _;
use jiff::Timestamp;

use super::super::hidden::may_be_missing;
use super::{Row, last_start, only, plan, rows, shown, wanted};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, advice};
use crate::output::one_line;

use known::Known;
use screen::Screen;

/// How often a signal or another size of the window is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// A server is not asked more often than this, however often the nodes are looked at.
const ASK_SERVERS: Duration = Duration::from_secs(10);

/// How long the first look waits for the lists.
const FIRST_LISTS: Duration = Duration::from_secs(1);

/// What is drawn.
struct Frame {
    time: SystemTime,
    rows: Vec<Row>,
    /// What is said if there are no rows.
    none: &'static str,
    changes: usize,
    notes: Vec<String>,
}

pub(super) fn run(context: Context, role: Option<Role>, interval: Duration) -> Result<Exit, Failure> {
    let context = Arc::new(context);
    context.signals.begin_to_follow();
    let known: Arc<Mutex<Known>> = Arc::default();
    let (frames, drawn) = sync_channel(1);
    beside("lists", {
        let (context, known) = (Arc::clone(&context), Arc::clone(&known));
        move || read_lists(&context, &known, role, interval)
    })?;
    beside("nodes", {
        let context = Arc::clone(&context);
        move || look_at_nodes(&context, &known, &frames, role, interval)
    })?;
    draw(&context, &drawn, interval)?;
    Ok(context.signals.end_of_following())
}

fn beside(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(work);
    let thread = thread.map(drop).context("cannot start a thread");
    thread.map_err(|error| Failure::failed(error).hint(advice::MORE_THREADS))
}

fn read_lists(context: &Context, known: &Mutex<Known>, role: Option<Role>, interval: Duration) {
    let ask = Ask::of(role);
    let pause = if context.asks_a_server(ask) { interval.max(ASK_SERVERS) } else { interval };
    loop {
        let lists = context.lists(ask).map_err(|failure| one_line(&failure.error));
        known.lock().unwrap_or_else(PoisonError::into_inner).take(lists, SystemTime::now());
        thread::sleep(pause);
    }
}

/// Looks at the nodes until nobody draws any more.
fn look_at_nodes(
    context: &Context,
    known: &Mutex<Known>,
    frames: &SyncSender<Frame>,
    role: Option<Role>,
    interval: Duration,
) {
    let known = || known.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for _ in 0..FIRST_LISTS.as_millis() / LOOK.as_millis() {
        if known().is_read() {
            break;
        }
        thread::sleep(LOOK);
    }
    loop {
        if frames.send(look(context, &known(), role)).is_err() {
            return;
        }
        thread::sleep(interval);
    }
}

fn look(context: &Context, known: &Known, role: Option<Role>) -> Frame {
    let (config, mut notes) = (known.config(&context.app), known.notes());
    let snapshot = match context.observe(Some(&config)) {
        Ok(snapshot) => snapshot,
        Err(failure) => {
            notes.push(one_line(&failure.error));
            let none = "it is not known what runs";
            return Frame { time: SystemTime::now(), rows: Vec::new(), none, changes: 0, notes };
        }
    };
    if let Err(hidden) = none_hidden() {
        notes.push(may_be_missing(hidden));
    }
    let wanted = wanted::Wanted::of(Some(&config), &known.missing(Ask::of(role)));
    let mut rows = rows::rows(&wanted, &snapshot);
    let plan = plan::plan(&config, &snapshot);
    plan::explain(&mut rows, &plan, &context.app);
    last_start::add(&mut rows, &context.app, &context.out);
    plan::add_last_words(&mut rows, &context.app, &context.out);
    only(role, &mut rows);
    let none = shown::none(wanted.is_incomplete());
    Frame { time: SystemTime::now(), rows, none, changes: plan.changes(), notes }
}

/// Draws what comes, and again where the window has another size.
fn draw(context: &Context, frames: &Receiver<Frame>, interval: Duration) -> Result<(), Failure> {
    let screen = Screen::enter(&context.out);
    let (mut last, mut size) = (None, screen.size());
    while !context.signals.wanted() && context.out.is_read() {
        match frames.recv_timeout(LOOK) {
            Ok(frame) => last = Some(frame),
            Err(RecvTimeoutError::Timeout) if size == screen.size() => continue,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::failed(anyhow::anyhow!("nobody looks at the nodes any more")));
            }
        }
        size = screen.size();
        if let Some(frame) = &last {
            let width = size.map(|(width, _)| width);
            let (head, foot) = around(context, frame, interval);
            let table = if frame.rows.is_empty() {
                vec![frame.none.to_owned()]
            } else {
                shown::lines(&frame.rows, &context.out, width)
            };
            screen.draw(&head, &table, &foot, size);
        }
    }
    Ok(())
}

/// What stands above the table, and what below it.
fn around(context: &Context, frame: &Frame, interval: Duration) -> (Vec<String>, Vec<String>) {
    let time = Timestamp::try_from(frame.time)
        .map_or_else(|_| "?".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
    let head = format!("{time}, every {} s; Ctrl-C ends", interval.as_secs_f32());
    let summary = Some(shown::summary(&frame.rows)).filter(|text| !text.is_empty());
    let pending = shown::pending(frame.changes);
    let notes = frame.notes.iter().map(|note| context.out.clean(note));
    (vec![head], summary.into_iter().chain(pending).chain(notes).collect())
}

/// Whether stdout is a terminal.
fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stdout())
}
