//! One round of the loop: look, hear what the supervisor makes of it, plan, and carry out what there is to do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use acecast_config::Config;
use acecast_engine::apply::told_to_end;
use acecast_engine::deaths::reap_children;
use acecast_engine::files::create_dir_all;
use acecast_engine::observe::Snapshot;
use acecast_engine::status::{AskNode, Unasked};
use acecast_reconcile::supervise::Notice;
use acecast_reconcile::{Action, Plan, Policy, Port, plan};

use super::look::Look;
use super::{Runner, keys, seen, text};
use crate::last_words;

impl Runner<'_> {
    /// Does once what there is to do.
    pub(super) fn round(&mut self, look: Look) {
        if self.reconcile(look) {
            self.view.first_round_done();
        }
    }

    /// True if it came to its end, with lists to go by, be they an earlier run's.
    fn reconcile(&mut self, look: Look) -> bool {
        self.ended.forget();
        reap_children();
        let Some(config) = self.known.config.clone() else {
            self.view.look();
            return false;
        };
        // Without the folder no node would be known for what it is. Why it cannot be made is said when it is needed.
        let _ = create_dir_all(&config.app.dirs.pid);
        self.at_work.say(&config.app.dirs.pid);
        let Some(snapshot) = self.observe(&config, look) else { return false };
        let is_fresh = self.known.is_fresh;
        // Asked first: what the supervisor is told must come from the config that counts.
        let plain = self.plan(&config, is_fresh, &snapshot);
        let (config, is_fresh) = match &plain.refused {
            None if !self.known.is_refused() => {
                self.accept();
                (config, is_fresh)
            }
            refusal => {
                if let Some(refusal) = refusal {
                    self.refuse(refusal);
                }
                // What the guard let pass last is still to be kept alive.
                let Some(accepted) = self.known.accepted().cloned() else {
                    self.not_seen();
                    self.watch(&snapshot);
                    let policy = self.policy(&config, is_fresh);
                    self.view.saw(&snapshot, &plain, &self.supervisor, policy, look);
                    return false;
                };
                // The page shows the nodes that are kept alive as what they are: configured.
                self.view.config_is(self.context.clone(), Some(&accepted), false);
                (accepted, false)
            }
        };
        let made = self.heed(&config, is_fresh, &snapshot, look);
        self.view.saw(&snapshot, &made, &self.supervisor, self.policy(&config, is_fresh), look);
        self.watch(&snapshot);
        let starts = made.decisions.iter().any(|d| matches!(d.action, Action::Start { .. }));
        if !starts && self.first_wait(&BTreeSet::new()).is_some() {
            // What stops nodes cannot be left in the middle, and may wait for the second that this takes at most.
            false
        } else if made.changes() > 0 {
            self.change(&config, is_fresh)
        } else {
            self.say_held(&made);
            self.view.task("reconcile").succeeded();
            true
        }
    }

    /// Nothing is known of any node this time. What was due by now has had its round all the same: the loop must not
    /// turn until it is known.
    fn not_seen(&mut self) {
        let now = self.now();
        self.supervisor.look(now, &[], &mut fastrand::f64);
    }

    /// Hears what the supervisor makes of what was seen, and plans with that.
    pub(super) fn heed(&mut self, config: &Config, is_fresh: bool, snapshot: &Snapshot, look: Look) -> Plan {
        let now = self.now();
        let seen = seen::seen(config, snapshot, look);
        // Read after the look: what is gone by then was noted before.
        self.supervisor.told_to_end(&told_to_end(&config.app.dirs.pid), &seen);
        let notices = self.supervisor.look(now, &seen, &mut fastrand::f64);
        let words = self.last_words(config, &notices);
        self.tell(&seen::events(&self.context.out, &notices, config, &words));
        self.view.last_words(words);
        let (lost_keys, events) = keys::told(&self.context.out, snapshot, &self.lost_keys);
        self.lost_keys = lost_keys;
        self.tell(&events);
        let wanted = seen::wanted(config);
        self.supervisor.forget_unlisted(&wanted);
        self.broken.retain(|port, _| wanted.contains(port));
        self.plan(config, is_fresh, snapshot)
    }

    /// What the nodes wrote last that have ended.
    fn last_words(&self, config: &Config, notices: &[Notice]) -> BTreeMap<Port, String> {
        let ended = notices.iter().filter(|notice| matches!(notice, Notice::Died { .. }));
        let words = |port: Port| last_words::of_node(&config.app.dirs, seen::named(config, port)?.0, port);
        ended
            .filter_map(|notice| Some((notice.port(), self.context.out.clean(&words(notice.port())?))))
            .collect()
    }

    pub(super) fn plan(&self, config: &Config, is_fresh: bool, snapshot: &Snapshot) -> Plan {
        let policy: Policy = self.policy(config, is_fresh);
        plan(&config.desired(), &snapshot.observed, &policy)
    }

    pub(super) fn observe(&mut self, config: &Config, look: Look) -> Option<Snapshot> {
        let client: &dyn AskNode = match look {
            Look::Whole => &self.heard,
            Look::Quick => &Unasked,
        };
        let mut observer = self.context.observer();
        observer.client = client;
        match observer.observe(Some(config)) {
            Ok(snapshot) => {
                self.context.hide_secrets_of(&snapshot);
                self.say_once(|said| &mut said.observe, None);
                Some(snapshot)
            }
            Err(error) => {
                let error = text(&error);
                self.view.task("reconcile").failed(&error);
                self.say_once(|said| &mut said.observe, Some(format!("cannot tell what runs: {error}")));
                self.not_seen();
                self.again_at = Some(Instant::now() + Duration::from_secs(1));
                None
            }
        }
    }

    /// From now on, the ends of these nodes wake the loop.
    pub(super) fn watch(&self, snapshot: &Snapshot) {
        let nodes = snapshot.observed.nodes.iter();
        // The wrapper of an engine that has not appeared yet counts, too: its end may be the engine's coming.
        self.deaths.watch(nodes.map(|node| (node.processes.main(), node.port)).collect());
    }

    /// Says what is held, unless it was held before.
    pub(super) fn say_held(&mut self, made: &Plan) {
        let (held, events) = seen::held(&self.context.out, made, &self.held);
        self.held = held;
        self.tell(&events);
    }
}
