//! What is known of the config by now: the last good one counts, and whether it is still so.

use std::collections::BTreeSet;

use acecast_config::Config;
use acecast_engine::events::{By, Event, What};
use acecast_reconcile::{Policy, Port, Scope};

use super::Runner;
use super::lists::Loaded;
use crate::output::one_line;

/// The config as it is known.
#[derive(Default)]
pub(super) struct Known {
    /// What was read last and could be used.
    pub(super) config: Option<Config>,
    /// It is what the controller says now. Where it is not, nodes are only started.
    pub(super) is_fresh: bool,
    /// Why it could not be read last, as it was said.
    failure: Option<String>,
    /// The last config whose plan the guard did not refuse.
    accepted: Option<Config>,
}

impl Known {
    /// What may be done for this config: with one that may be out of date, nodes are only started.
    pub(super) fn scope(config: &Config, is_fresh: bool) -> Scope {
        if is_fresh { Scope::Roles } else { Scope::Ports(ports(config)) }
    }

    /// The guard lets this config pass.
    pub(super) fn accept(&mut self) {
        if self.is_fresh {
            self.accepted.clone_from(&self.config);
        }
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
        Policy {
            scope: Known::scope(config, is_fresh),
            allow_mass_stop: self.args.allow_mass_stop,
            restarts: self.supervisor.stalled_restarts(now),
            backing_off: self.supervisor.back_offs(now),
            ..Policy::default()
        }
    }

    /// Takes in what came of reading the config. What is wrong is said once, not with every reading.
    pub(super) fn take(&mut self, loaded: Loaded) {
        let Loaded { context, lists, last_good } = loaded;
        self.context = context;
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
                let text = self.context.out.clean(&one_line(&failure.error));
                self.view.task("config").failed(&text);
                self.known.is_fresh = false;
                if self.known.failure.as_ref() != Some(&text) {
                    self.context.out.why(&failure);
                    let detail = Some(text.clone());
                    self.tell(&[Event { detail, ..Event::now(What::ConfigFailed, By::Run) }]);
                    self.known.failure = Some(text);
                }
                if self.known.config.is_none()
                    && let Some(config) = last_good
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

/// Every port that an entry asks for.
fn ports(config: &Config) -> BTreeSet<Port> {
    let sources = config.sources.iter().flat_map(|list| &list.nodes).map(|node| node.common.port);
    let supports = config.supports.iter().flat_map(|list| &list.nodes).map(|node| node.common.port);
    sources.chain(supports).collect()
}
