//! The plan: what is to be done about every node, and why.

use crate::{Drift, Noted, Pid, Port, Processes, Role};

/// The decisions that turn what runs into what is asked for: by role (sources first), port and action.
///
/// `Display` is the text that people read and planner tests compare; with feature `serde`, `Serialize` is the JSON
/// for programs. Both come from this value.
#[must_use = "a plan does nothing by itself"]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One decision for every node, wanted or running.
    pub decisions: Vec<Decision>,
    /// The guard refuses the plan: none of it may be carried out.
    pub refused: Option<Refusal>,
}

/// What is to be done about one node.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// What to do about a node.
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

/// Why a node is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartReason {
    /// The config asks for it and it does not run.
    Missing,
}

/// Why a node is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The config does not ask for it.
    NotInConfig,
    /// Another node of its port stays.
    Duplicate,
    /// The config asks for its stream on another port.
    Moved,
    /// The user asked for it.
    Requested,
}

/// Why a node is restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RestartReason {
    /// Its spec differs from what the config asks for.
    Drift,
}

/// Why a node is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeepReason {
    /// It is what the config asks for.
    InSync,
}

/// Why nothing is done about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HeldReason {
    /// Something else listens on the port, or a node that must not be touched runs there.
    PortTaken,
    /// Nothing can be proven about what the port's pid file names.
    PidUnknown,
    /// What the running node was asked to be cannot be told.
    NodeUnidentified,
    /// Two nodes claim to listen on the port.
    PortContested,
    /// The config's entry for this port is wrong.
    ConfigEntryWrong,
    /// An entry of the list is wrong, so nothing is stopped as not in the config.
    ConfigIncomplete,
    /// The key file holds no whole key.
    KeyDamaged,
    /// The key file is gone although the stream is known here.
    KeyMissing,
    /// The key file cannot be read.
    KeyUnreadable,
    /// The key file contradicts the key to be restored.
    KeyConflict,
    /// The node would carry a known stream under another uid, with a new key.
    StreamRenamed,
    /// An engine of another realm uses the same port or key.
    OtherRealm,
    /// Only starts were asked for, and this would be a restart.
    RestartNotInScope,
    /// Only starts were asked for, and this would be a stop.
    StopNotInScope,
    /// The stream cannot be started where it is to move to, so it stays where it runs.
    MoveBlocked,
    /// The stream runs elsewhere in a node that is held.
    StreamRunning,
    /// The source node of this host that it needs is not and will not be there.
    SourceNotReady,
    /// The engine listens on another port than the one it was asked to use.
    WrongPort,
}

/// Why the guard refuses a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The list is empty while nodes of the role run.
    EmptyList {
        /// The list's role.
        role: Role,
        /// How many nodes would be stopped.
        stops: usize,
    },
    /// More than half of four or more nodes would be stopped as not in the config.
    MassStop {
        /// The list's role.
        role: Role,
        /// How many nodes would be stopped.
        stops: usize,
        /// How many nodes run.
        running: usize,
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

impl Decision {
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

impl StartReason {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            StartReason::Missing => "missing",
        }
    }
}

impl StopReason {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            StopReason::NotInConfig => "not_in_config",
            StopReason::Duplicate => "duplicate",
            StopReason::Moved => "moved",
            StopReason::Requested => "requested",
        }
    }
}

impl RestartReason {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            RestartReason::Drift => "drift",
        }
    }
}

impl KeepReason {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            KeepReason::InSync => "in_sync",
        }
    }
}

impl HeldReason {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            HeldReason::PortTaken => "port_taken",
            HeldReason::PidUnknown => "pid_unknown",
            HeldReason::NodeUnidentified => "node_unidentified",
            HeldReason::PortContested => "port_contested",
            HeldReason::ConfigEntryWrong => "config_entry_wrong",
            HeldReason::ConfigIncomplete => "config_incomplete",
            HeldReason::KeyDamaged => "key_damaged",
            HeldReason::KeyMissing => "key_missing",
            HeldReason::KeyUnreadable => "key_unreadable",
            HeldReason::KeyConflict => "key_conflict",
            HeldReason::StreamRenamed => "stream_renamed",
            HeldReason::OtherRealm => "other_realm",
            HeldReason::RestartNotInScope => "restart_not_in_scope",
            HeldReason::StopNotInScope => "stop_not_in_scope",
            HeldReason::MoveBlocked => "move_blocked",
            HeldReason::StreamRunning => "stream_running",
            HeldReason::SourceNotReady => "source_not_ready",
            HeldReason::WrongPort => "wrong_port",
        }
    }
}

impl Refusal {
    /// The stable code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::EmptyList { .. } => "empty_list",
            Refusal::MassStop { .. } => "mass_stop",
        }
    }
}
