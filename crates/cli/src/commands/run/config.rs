//! What is known of the config by now, and which of what is known counts.
//!
//! A reading ([`Runner::take`]) fills `config`; the guard, asked in every round, then says whether it counts:
//!
//! ```text
//!  a reading ─┬─ good ───► `config`: what was read now (`is_fresh`) ─────┐
//!             └─ failed ─► `config`: what was read last, else `earlier` ─┤
//!                                                                        ▼
//!   ┌─ lets it pass (`accept`) ◄──────────────────────────────────── the guard
//!   │                                                                    │
//!   │            refuses it, or has refused the same lists (`refuse`) ◄──┘
//!   ▼                                     ▼
//!  `config` counts.                      `accepted` counts, else `earlier`; with neither, nothing is done.
//!  Fresh: all may be done, and it        Nodes are only started.
//!  becomes `accepted`. Not fresh:        The lists are `refused` until others pass.
//!  nodes are only started.
//! ```
//!
//! `accepted` is the last fresh config that passed. `earlier`, the lists that an earlier run kept, is dropped as soon as
//! there is an `accepted` one. Only starts are done for what may be out of date: see [`Known::scope`].

use acecast_config::{Config, Entry};
use acecast_engine::events::{By, Event, What};
use acecast_reconcile::{Policy, Refusal, Scope};

use super::Runner;
use super::lists::Loaded;
use crate::failure::Failure;
use crate::last_lists::Answers;
use crate::output::one_line;

/// The config as it is known.
#[derive(Default)]
pub(super) struct Known {
    /// What was read last and could be used; until there is such a one, the lists of an earlier run.
    pub(super) config: Option<Config>,
    /// It is what the last reading brought. Where it is not, nodes are only started.
    pub(super) is_fresh: bool,
    /// Why it could not be read last, as it was said.
    failure: Option<String>,
    /// The last fresh config that the guard let pass, or what counts in its place.
    accepted: Option<Config>,
    /// The config that it refused after that.
    refused: Option<Config>,
    /// The lists of an earlier run, until there is an accepted config.
    earlier: Option<Config>,
    /// What servers answered for this config, until it is kept.
    answers: Answers,
}

impl Known {
    /// What may be done for this config: with one that may be out of date, nodes are only started.
    pub(super) fn scope(config: &Config, is_fresh: bool) -> Scope {
        if is_fresh {
            return Scope::Roles;
        }
        Scope::Ports(config.entries().filter_map(Entry::common).map(|common| common.port).collect())
    }

    /// The guard lets this config pass. Gives the answers that are to be kept for a start without the controller.
    pub(super) fn accept(&mut self) -> Answers {
        self.refused = None;
        if !self.is_fresh {
            return Answers::default();
        }
        self.accepted.clone_from(&self.config);
        self.earlier = None;
        std::mem::take(&mut self.answers)
    }

    /// The guard does not let this config pass. True if it is another one than it refused before.
    ///
    /// Where it let none pass before, the lists of an earlier run are what to go by.
    fn refuse(&mut self) -> bool {
        if self.accepted.is_none() {
            let other = |config: &Config| !same_lists(Some(config), self.config.as_ref());
            self.accepted = self.earlier.take().filter(other);
        }
        let is_news = !same_lists(self.refused.as_ref(), self.config.as_ref());
        self.refused.clone_from(&self.config);
        is_news
    }

    /// The guard has refused these lists. It would let them pass as soon as no node is left that they would stop: but a
    /// node that has died is not one that nobody wants.
    pub(super) fn is_refused(&self) -> bool {
        same_lists(self.refused.as_ref(), self.config.as_ref())
    }

    /// What to go by while the guard refuses the config.
    pub(super) fn accepted(&self) -> Option<&Config> {
        self.accepted.as_ref()
    }
}

impl Runner<'_> {
    /// What may be done for this config now.
    pub(super) fn policy(&self, config: &Config, is_fresh: bool) -> Policy {
        let now = self.now();
        let mut policy = Policy::default();
        policy.scope = Known::scope(config, is_fresh);
        policy.allow_mass_stop = self.args.allow_mass_stop;
        policy.restarts = self.supervisor.stalled_restarts(now);
        policy.backing_off = self.supervisor.back_offs(now);
        policy
    }

    /// The config is one to go by: it is used from now on, and kept for a start without the controller. One that the
    /// guard refuses is not.
    pub(super) fn accept(&mut self) {
        let answers = self.known.accept();
        if self.known.accepted().is_some() {
            self.loader.has_some();
        }
        if answers.is_empty() {
            return;
        }
        if let Err(error) = answers.save(&self.context.app.dirs.state) {
            let error = super::text(&error);
            let text = format!("cannot keep the lists for a start without the controller: {error}");
            return self.say_once(|said| &mut said.keeping, Some(text));
        }
        self.say_once(|said| &mut said.keeping, None);
    }

    /// The guard refuses the config. That is said once, however many nodes it would stop by and by.
    pub(super) fn refuse(&mut self, refusal: &Refusal) {
        let is_news = self.known.refuse();
        if self.known.accepted().is_some() {
            self.loader.has_some();
        }
        if is_news {
            let why = format!("{refusal}; nothing is stopped, and what ran before is kept running");
            let detail = self.context.out.clean(&why);
            self.tell(&[Event::now(What::Refused, By::Run).with_detail(detail)]);
        }
    }

    /// Takes in what came of reading the config. What is wrong is said once, not with every reading.
    pub(super) fn take(&mut self, loaded: Loaded) {
        let Loaded { context, lists, earlier, answers, heard } = loaded;
        self.context = context;
        (self.known.answers, self.heard) = (answers, heard);
        if self.known.accepted.is_none() {
            self.known.earlier = earlier;
        }
        match lists {
            Ok(config) => {
                if self.known.failure.take().is_some() {
                    self.tell(&[Event::now(What::ConfigGood, By::Run)]);
                }
                let problems = &config.problems;
                if self.known.config.as_ref().is_none_or(|known| known.problems != *problems) {
                    self.context.out.problems(problems);
                }
                self.known.config = Some(config);
                self.known.is_fresh = true;
                self.view.task("config").succeeded();
            }
            Err(failure) => {
                let text = self.context.out.clean(&what_is_wrong(&failure));
                self.view.task("config").failed(&text);
                self.known.is_fresh = false;
                if self.known.failure.as_ref() != Some(&text) {
                    self.context.out.why(&failure);
                    self.tell(&[Event::now(What::ConfigFailed, By::Run).with_detail(text.clone())]);
                    self.known.failure = Some(text);
                }
                if self.known.config.is_none()
                    && let Some(config) = self.known.earlier.clone()
                {
                    self.context.out.warning(
                        "the lists of an earlier run are used: nodes are started, and none is stopped or restarted",
                    );
                    self.known.config = Some(config);
                }
            }
        }
        self.view.config_is(self.context.clone(), self.known.config.as_ref(), self.known.is_fresh);
    }
}

fn same_lists(one: Option<&Config>, other: Option<&Config>) -> bool {
    let both = one.zip(other);
    both.is_some_and(|(one, other)| one.sources == other.sources && one.supports == other.supports)
}

/// All of it in one line, with the first thing that is wrong in a document: another mistake is news.
fn what_is_wrong(failure: &Failure) -> String {
    let mistake = failure.problems.iter().find(|problem| problem.is_error() && problem.at.is_some());
    let errors = failure.also.iter().chain([&failure.error]).map(one_line);
    errors.chain(mistake.map(ToString::to_string)).collect::<Vec<_>>().join("; ")
}
