//! The one place that prints.
//!
//! One idea: data goes to stdout, messages go to stderr, and whatever text came from elsewhere passes the redactor
//! on its way. A reader that has gone away ends the printing without a word, not the work.

mod error;
mod form;
mod json;
pub(crate) mod plan;
mod problem;
mod progress;
mod report;
mod stdout;
pub(crate) mod style;
mod table;
mod trace;
mod units;

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acecast_config::{Problem, Severity};
use acecast_engine::redact::Redactor;
use acecast_reconcile::Secret;
use anstream::{AutoStream, ColorChoice};
use indicatif::ProgressBar;
use serde_json::Value;

pub(crate) use error::{chained, one_line, plain, shown};
pub(crate) use form::{Color, Format};
pub(crate) use json::{error_document, problem_list, schema, text as json_text};
pub(crate) use progress::Watch;
pub(crate) use report::{Report, engine_at_fault};
pub(crate) use stdout::stdout_width;
pub(crate) use style::paint;
pub(crate) use table::{Column, Table, noted};
pub(crate) use trace::trace_to;
pub(crate) use units::{counted, duration, rate, size, span};

use crate::exit::Exit;
use crate::failure::Failure;

/// How many warnings are listed beside a command's own affair; `check` lists all.
const WARNINGS: usize = 10;

/// Standard output and standard error, and how they are to be used.
pub(crate) struct Output {
    format: Format,
    quiet: bool,
    verbose: u8,
    stdout: Mutex<AutoStream<io::Stdout>>,
    stderr: Mutex<AutoStream<io::Stderr>>,
    secrets: Mutex<(Vec<Secret>, Arc<Redactor>)>,
    /// Messages are printed above it.
    bar: Mutex<Option<ProgressBar>>,
    broken: Mutex<Option<io::Error>>,
    /// The reader of stdout has gone away.
    deaf: AtomicBool,
}

impl Output {
    pub(crate) fn new(format: Format, color: Color, quiet: bool, verbose: u8) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        Output {
            format,
            quiet,
            verbose,
            stdout: Mutex::new(AutoStream::new(io::stdout(), choice)),
            stderr: Mutex::new(AutoStream::new(io::stderr(), choice)),
            secrets: Mutex::default(),
            bar: Mutex::default(),
            broken: Mutex::default(),
            deaf: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// From now on, these are never shown.
    pub(crate) fn hide<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let mut known = lock(&self.secrets);
        let before = known.0.len();
        for secret in secrets {
            if !known.0.contains(secret) {
                known.0.push(secret.clone());
            }
        }
        if known.0.len() > before {
            known.1 = Arc::new(Redactor::new(&known.0));
        }
    }

    /// One line of text, safe to show.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.redactor().clean(text)
    }

    /// Several lines of text, safe to show.
    pub(crate) fn clean_lines(&self, text: &str) -> Vec<String> {
        self.redactor().clean_lines(text)
    }

    fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&lock(&self.secrets).1)
    }

    /// Writes clean text to stdout.
    pub(crate) fn data(&self, text: &str) {
        let mut stdout = lock(&self.stdout);
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.deaf.store(true, Ordering::Relaxed),
            Err(error) => {
                lock(&self.broken).get_or_insert(error);
            }
        }
    }

    /// Writes clean lines to stdout.
    pub(crate) fn lines(&self, lines: impl IntoIterator<Item = impl Display>) {
        let lines: Vec<String> = lines.into_iter().map(|line| line.to_string() + "\n").collect();
        self.data(&lines.concat());
    }

    /// Writes the document to stdout, every text in it cleaned.
    pub(crate) fn document(&self, document: Value) {
        self.data(&json::text(&self.cleaned(document)));
    }

    /// The document with every text in it cleaned.
    pub(crate) fn cleaned(&self, document: Value) -> Value {
        let redactor = self.redactor();
        json::cleaned(document, &|text| redactor.clean(text))
    }

    /// Writes one clean line to stderr. There is nobody to tell if that fails.
    pub(crate) fn message(&self, line: impl Display) {
        let write = || {
            let mut stderr = lock(&self.stderr);
            let _ = writeln!(stderr, "{line}").and_then(|()| stderr.flush());
        };
        match lock(&self.bar).as_ref() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Says one clean line on stderr, unless only failures are to be said.
    pub(crate) fn note(&self, line: impl Display) {
        if !self.quiet {
            self.message(line);
        }
    }

    /// Says a warning.
    pub(crate) fn warning(&self, text: &str) {
        if !self.quiet {
            self.alarm(text);
        }
    }

    /// Says a warning that nobody may miss, also where only failures are to be said.
    pub(crate) fn alarm(&self, text: &str) {
        self.message(format_args!("{}: {}", paint(style::WARNING, "warning"), self.clean(text)));
    }

    /// Says what to do about something that was said before.
    pub(crate) fn hint(&self, text: &str) {
        self.message(format_args!("  {} {}", paint(style::HINT, "hint:"), self.clean(text)));
    }

    /// Says what is wrong with the config: errors drawn with their places, and some of the warnings.
    pub(crate) fn problems(&self, problems: &[Problem]) {
        let problems = &self.without_secrets(problems);
        for problem in problems.iter().filter(|problem| problem.is_error()) {
            self.message(problem::draw(problem));
        }
        let warnings: Vec<&Problem> = problems.iter().filter(|problem| !problem.is_error()).collect();
        for problem in warnings.iter().take(WARNINGS) {
            // Its texts are clean, and a URL with its line behind it would not survive being cleaned again.
            self.note(format_args!("{}: {}", paint(style::WARNING, "warning"), problem::line(problem)));
        }
        if warnings.len() > WARNINGS {
            let more = warnings.len() - WARNINGS;
            self.warning(&format!("{more} more warnings; `acecast check` lists all"));
        }
    }

    /// Writes the problems of this severity to stdout, drawn with their places.
    pub(crate) fn drawn(&self, problems: &[Problem], severity: Severity) {
        self.lines(
            self.without_secrets(problems)
                .iter()
                .filter(|problem| problem.severity == severity)
                .map(problem::draw),
        );
    }

    /// The problems without secrets that only the app config shows to be some: a controller may repeat a token in
    /// its own words. What else is secret in them, the config crate has masked.
    fn without_secrets(&self, problems: &[Problem]) -> Vec<Problem> {
        let redactor = self.redactor();
        problems.iter().map(|problem| problem.rewritten(&|text| redactor.hide_known(text))).collect()
    }

    /// Says why the command could not be carried out: on stderr, and as a document if that is asked for.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.why(failure);
        // Whoever interrupts a command does not wait for its document.
        if self.is_json() && failure.exit != Exit::Interrupted {
            self.document(error_document(failure));
        }
    }

    /// Says why the command could not be carried out, on stderr only.
    pub(crate) fn why(&self, failure: &Failure) {
        // A problem without a place is what the error itself says.
        let placed: Vec<Problem> =
            failure.problems.iter().filter(|problem| problem.at.is_some()).cloned().collect();
        self.problems(&placed);
        if let Some(error) = &failure.also {
            self.error(error, None);
        }
        let note = failure.unchanged.then_some("nothing was changed");
        self.lines_of(error::lines(&failure.error, note, failure.hint.as_deref()));
    }

    /// The error, its causes, and what to do about it.
    pub(crate) fn error(&self, error: &anyhow::Error, hint: Option<&str>) {
        self.lines_of(error::lines(error, None, hint));
    }

    fn lines_of(&self, lines: Vec<(String, String)>) {
        for (head, text) in lines {
            self.message(format_args!("{head} {}", self.clean(&text)));
        }
    }

    /// Text that clap has made: help to stdout, errors to stderr.
    pub(crate) fn clap(&self, error: &clap::Error) {
        let (styled, plain) = (error.render().ansi().to_string(), error.render().to_string());
        if !error.use_stderr() {
            return self.data(&styled);
        }
        // It repeats the arguments, in which there may be anything.
        let clean = self.clean_lines(&plain);
        if clean.iter().map(String::as_str).eq(plain.lines()) {
            self.message(styled.trim_end());
        } else {
            self.message(clean.join("\n").trim_end());
        }
    }

    /// Somebody still reads what is written to stdout. A pipe's reader that has gone away shows without a write, so that
    /// what waits for something to show does not wait for nobody.
    pub(crate) fn is_read(&self) -> bool {
        !self.deaf.load(Ordering::Relaxed) && !stdout::has_hung_up()
    }

    /// The writing failed, otherwise than by a reader that went away.
    pub(crate) fn broken(&self) -> Option<io::Error> {
        lock(&self.broken).take()
    }

    /// Shows how the work goes on until the result is dropped.
    pub(crate) fn watch(&self, changes: usize) -> Watch<'_> {
        Watch::new(self, changes, !self.quiet && !self.is_json(), self.verbose > 0)
    }
}

/// A thread that panicked while it printed must not keep the others from it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
