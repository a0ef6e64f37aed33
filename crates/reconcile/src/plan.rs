//! The plan: what is to be done about every node, and why.

use crate::reason::{HeldReason, KeepReason, Refusal, RestartReason, StartReason, StopReason};
use crate::{Drift, Noted, Pid, Port, Processes, Role};

/// The decisions that turn what runs into what is asked for: by role (sources first), port and action.
///
/// `Display` is the text that people read and planner tests compare; with feature `serde`, `Serialize` is the JSON
/// for programs. Both come from this value. Plans can be collected from decisions, which are sorted.
#[must_use = "a plan does nothing by itself"]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// One decision for every node, wanted or running.
    pub decisions: Vec<Decision>,
    /// The guard refuses the plan: none of it may be carried out.
    pub refused: Option<Refusal>,
}

/// What is to be done about one node.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The node's role, where it is known.
    pub role: Option<Role>,
    /// The node's port.
    pub port: Port,
    /// What people call the node, where it is known.
    pub name: Option<String>,
    /// What to do.
    pub action: Action,
}

/// What to do about a node. Exhaustive on purpose: who carries plans out has to know them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the node that the config asks for.
    Start {
        /// Why.
        reason: StartReason,
        /// The engine will make a new key, and with it a new stream.
        new_key: bool,
        /// These must be gone first: they hold the port or carry the stream.
        after: Vec<Processes>,
        /// The source node on this port of this host must be ready first.
        needs: Option<Port>,
    },
    /// Stop a running node.
    Stop {
        /// Why.
        reason: StopReason,
        /// What runs.
        node: Processes,
    },
    /// Stop a running node and start it as the config asks for.
    Restart {
        /// Why.
        reason: RestartReason,
        /// What runs.
        node: Processes,
        /// The settings that differ.
        drift: Vec<Drift>,
        /// What differs without being a reason to restart.
        noted: Vec<Noted>,
        /// The engine will make a new key, and with it a new stream.
        new_key: bool,
        /// The source node on this port of this host must be ready first.
        needs: Option<Port>,
    },
    /// Leave a running node alone: it is what the config asks for.
    Keep {
        /// Why.
        reason: KeepReason,
        /// What runs.
        node: Processes,
        /// Its health, where that is worth a word.
        detail: Option<String>,
        /// What differs without being a reason to restart.
        noted: Vec<Noted>,
    },
    /// Do nothing, because it cannot be decided or done safely.
    Held {
        /// Why.
        reason: HeldReason,
        /// What runs, if that is known.
        pid: Option<Pid>,
        /// The facts behind the reason, and what to do about it.
        detail: String,
        /// The settings that differ, if a restart is what is held.
        drift: Vec<Drift>,
    },
}

impl Plan {
    /// The plan of these decisions, in the order of plans.
    pub(crate) fn sorted(mut decisions: Vec<Decision>, refused: Option<Refusal>) -> Self {
        decisions.sort_by_cached_key(|d| (d.role.is_none(), d.role, d.port, d.action.rank(), d.pid()));
        Plan { decisions, refused }
    }

    /// How many nodes would be started, stopped or restarted.
    pub fn changes(&self) -> usize {
        self.decisions.iter().filter(|decision| decision.action.is_change()).count()
    }

    /// A node is held.
    pub fn has_held(&self) -> bool {
        self.decisions.iter().any(|decision| matches!(decision.action, Action::Held { .. }))
    }
}

impl FromIterator<Decision> for Plan {
    fn from_iter<I: IntoIterator<Item = Decision>>(decisions: I) -> Self {
        Plan::sorted(decisions.into_iter().collect(), None)
    }
}

impl Decision {
    /// To do this on that port, where neither a role nor a name is known.
    pub fn new(port: Port, action: Action) -> Self {
        Decision { role: None, port, name: None, action }
    }

    /// The pid of what runs, if something does.
    pub fn pid(&self) -> Option<Pid> {
        match &self.action {
            Action::Start { .. } => None,
            Action::Stop { node, .. } | Action::Restart { node, .. } | Action::Keep { node, .. } => {
                Some(node.pid())
            }
            Action::Held { pid, .. } => *pid,
        }
    }
}

impl Action {
    /// The action's name: `start`, `stop`, `restart`, `keep`, `held`.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Start { .. } => "start",
            Action::Stop { .. } => "stop",
            Action::Restart { .. } => "restart",
            Action::Keep { .. } => "keep",
            Action::Held { .. } => "held",
        }
    }

    /// The reason's stable code, for programs.
    pub fn reason_code(&self) -> &'static str {
        match self {
            Action::Start { reason, .. } => reason.code(),
            Action::Stop { reason, .. } => reason.code(),
            Action::Restart { reason, .. } => reason.code(),
            Action::Keep { reason, .. } => reason.code(),
            Action::Held { reason, .. } => reason.code(),
        }
    }

    /// Something is started or stopped.
    pub fn is_change(&self) -> bool {
        matches!(self, Action::Start { .. } | Action::Stop { .. } | Action::Restart { .. })
    }

    /// The settings that differ.
    pub fn drift(&self) -> &[Drift] {
        match self {
            Action::Restart { drift, .. } | Action::Held { drift, .. } => drift,
            _ => &[],
        }
    }

    /// What differs without being a reason to restart.
    pub fn noted(&self) -> &[Noted] {
        match self {
            Action::Restart { noted, .. } | Action::Keep { noted, .. } => noted,
            _ => &[],
        }
    }

    /// The engine will make a new key.
    pub fn new_key(&self) -> bool {
        matches!(self, Action::Start { new_key: true, .. } | Action::Restart { new_key: true, .. })
    }

    /// What to say beside the reason.
    pub fn detail(&self) -> &str {
        match self {
            Action::Held { detail, .. } => detail,
            Action::Keep { detail, .. } => detail.as_deref().unwrap_or_default(),
            _ => "",
        }
    }

    /// Where it stands among the actions of one port.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Action::Start { .. } => 0,
            Action::Stop { .. } => 1,
            Action::Restart { .. } => 2,
            Action::Keep { .. } => 3,
            Action::Held { .. } => 4,
        }
    }
}
