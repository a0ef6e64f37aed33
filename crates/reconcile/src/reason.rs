//! Why: the reason of each decision, as an enum that can be matched, with a stable code for programs.

use crate::Role;

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
    /// The config asks for its stream on another port. Who carries plans out may rely on it: no other stop has this reason,
    /// and where the plan starts the stream on its port, that start waits for this stop.
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
    /// The user asked for it.
    Requested,
    /// It has not done its work for a while.
    Stalled,
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
    /// It ended by itself, and waits to be started again.
    BackingOff,
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
            RestartReason::Requested => "requested",
            RestartReason::Stalled => "stalled",
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
            HeldReason::BackingOff => "backing_off",
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
