//! What can have happened.

use std::time::SystemTime;

use acecast_reconcile::{Pid, Port, Role};

/// Something that happened to a node, or to acecast: see [`Event::now`].
///
/// Its texts are for people on a terminal and for whoever reads the log: redact them first. They are escaped and
/// shortened here, but a secret in them is not known for one any more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// When, by the clock on the wall; written to the millisecond.
    pub time: SystemTime,
    /// What.
    pub what: What,
    /// Of the node on this port.
    pub port: Option<Port>,
    /// The node's role.
    pub role: Option<Role>,
    /// The node's name.
    pub name: Option<String>,
    /// The process that it is about.
    pub pid: Option<Pid>,
    /// Why, as a code that does not change, such as a plan's reasons.
    pub reason: Option<String>,
    /// How it ended, as a code, such as a report's outcomes.
    pub outcome: Option<String>,
    /// More, in words. At most 1,000 characters of it are kept.
    pub detail: Option<String>,
    /// Which command wrote it.
    pub by: By,
}

impl Event {
    /// Something that happens now, with nothing more known of it.
    pub fn now(what: What, by: By) -> Self {
        Event {
            time: SystemTime::now(),
            what,
            port: None,
            role: None,
            name: None,
            pid: None,
            reason: None,
            outcome: None,
            detail: None,
            by,
        }
    }

    /// The same with more, in words.
    #[must_use]
    pub fn with_detail(mut self, detail: String) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// Declares an enum of codes, so that none can be forgotten on the way to text or back.
macro_rules! codes {
    ($(#[$docs:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// Its code, which does not change.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }

            /// What has this code; codes of other versions have nothing.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == code)
            }
        }
    };
}

codes! {
    /// What happened.
    What {
        /// A node was started, or should have been: the outcome tells.
        Start = "start",
        /// A node was stopped, or should have been.
        Stop = "stop",
        /// A node was stopped and started again, or should have been.
        Restart = "restart",
        /// Something is not done because it would not be safe, or not yet.
        Held = "held",
        /// A node ended without acecast's doing.
        Died = "died",
        /// A node that had died runs again.
        Back = "back",
        /// A node runs without doing its work: no input, no answer, no peers.
        Stalled = "stalled",
        /// A node that was stalled does its work again.
        Recovered = "recovered",
        /// A stream's key or number was restored from a backup, on request or before a start.
        Restore = "restore",
        /// The key of a stream that runs cannot be used any more: its node could not be started again.
        KeyWrong = "key_wrong",
        /// It can be used again.
        KeyGood = "key_good",
        /// The config could not be had; what was read before counts.
        ConfigFailed = "config_failed",
        /// The config can be had again.
        ConfigGood = "config_good",
        /// The policy refuses the whole plan.
        Refused = "refused",
        /// A run that lasts began.
        RunStarted = "run_started",
        /// It ended; its nodes may live on.
        RunEnded = "run_ended",
        /// Nodes' status could not be sent.
        MonitorFailed = "monitor_failed",
        /// It could be sent again.
        MonitorGood = "monitor_good",
        /// Streams' metadata could not be sent.
        MetadataFailed = "metadata_failed",
        /// It could be sent again.
        MetadataGood = "metadata_good",
    }
}

codes! {
    /// Which command wrote an event.
    By {
        /// `acecast start`.
        Start = "start",
        /// `acecast stop`.
        Stop = "stop",
        /// `acecast restart`.
        Restart = "restart",
        /// `acecast run`.
        Run = "run",
        /// `acecast restore-metadata`.
        RestoreMetadata = "restore-metadata",
    }
}
