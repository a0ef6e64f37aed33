//! Nodes, wanted and running, and ways to make them differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Channel, DesiredNode, Endpoint, Field, Health, Identity, Listening, ObservedNode, Pid, Port, ProcessId,
    Processes, Role, Secret, Settings, SourceKind, Spec, Stream, StreamUid, StreamUrl, Unidentified, Value,
};

/// The port with this number.
#[track_caller]
pub fn port(number: u16) -> Port {
    Port::try_from(u64::from(number)).expect("a test's port is a port")
}

/// The process id with this number.
#[track_caller]
pub fn pid(number: i32) -> Pid {
    Pid::try_from(i64::from(number)).expect("a test's pid is a pid")
}

/// The stream uid of this text.
#[track_caller]
pub fn uid(text: &str) -> StreamUid {
    text.parse().expect("a test's stream uid is a stream uid")
}

/// The endpoint of this text.
#[track_caller]
pub fn endpoint(text: &str) -> Endpoint {
    text.parse().expect("a test's endpoint is IP:PORT")
}

/// A wanted ts source node with every setting of its kind.
#[track_caller]
pub fn source(number: u16, name: &str) -> DesiredNode {
    let node = source_of_kind(number, name, SourceKind::Ts, "ts");
    node.with(Field::Bitrate, 400_000).with(Field::Quality, "HD")
}

/// A wanted HLS source node with every setting of its kind.
#[track_caller]
pub fn hls(number: u16, name: &str) -> DesiredNode {
    let node = source_of_kind(number, name, SourceKind::Hls, "m3u8");
    node.with(Field::ForceMonotonicSequence, 0).with(Field::PrivateDir, "/srv/ace/private")
}

/// A wanted support node with every setting of its kind, which takes its stream from the source at `IP:PORT`.
#[track_caller]
pub fn support(number: u16, source: &str) -> DesiredNode {
    let stream = Stream::Support(endpoint(source));
    node(number, "support", stream)
}

#[track_caller]
fn source_of_kind(number: u16, name: &str, kind: SourceKind, extension: &str) -> DesiredNode {
    let mut node = node(number, "source", Stream::Source(uid(name)));
    node.secrets.insert(Field::ProviderKey, None);
    node.url(&format!("http://origin.example/{name}.{extension}"))
        .with(Field::Type, kind.as_str())
        .with(Field::Title, format!("The {name} channel"))
        .with(Field::Categories, Value::set(["informational"]))
        .with(Field::Trackers, Value::set(["udp://tracker.example:2710/announce"]))
        .with(Field::PublicDir, "/srv/ace/public")
        .with(Field::MetadataDir, "/srv/ace/metadata")
}

/// What the nodes of all kinds have in common.
#[track_caller]
fn node(number: u16, role: &str, stream: Stream) -> DesiredNode {
    let spec = Spec { port: port(number), stream, settings: Settings::new() };
    let secrets = BTreeMap::from([(Field::NodeAccessToken, None)]);
    DesiredNode { spec, secrets, url: None }
        .channel(Channel::Stable)
        .with(Field::UploadTo, Value::Set(BTreeSet::new()))
        .with(Field::PrivateNode, 0)
        .with(Field::ExtendedLogging, 0)
        .with(Field::CacheDir, format!("/srv/ace/cache/{role}_node_{number}_cache"))
        .with(Field::StateDir, format!("/srv/ace/state/{role}_node_{number}_state"))
}

/// The wanted node as acecast started it: managed, listening on its port, named by its pid file, answering. Its pid
/// is its port plus 10000, so that texts are stable.
pub fn running(node: DesiredNode) -> ObservedNode {
    let DesiredNode { spec, secrets, url } = node;
    let number = spec.port.get();
    let engine = ProcessId { pid: pid(10_000 + i32::from(number)), start_ticks: 1_000 + u64::from(number) };
    ObservedNode {
        port: spec.port,
        processes: Processes::Engine { engine, wrapper: None },
        identity: Identity::Managed(spec),
        url,
        secrets,
        listening: Listening::OnPort,
        in_pid_file: true,
        health: Health::Answering,
    }
}

impl From<DesiredNode> for ObservedNode {
    /// The same as [`running`].
    fn from(node: DesiredNode) -> Self {
        running(node)
    }
}

/// For tests: the node with something changed.
impl DesiredNode {
    /// With another value of this setting.
    #[must_use]
    pub fn with(mut self, field: Field, value: impl Into<Value>) -> Self {
        self.spec.settings.insert(field, value.into());
        self
    }

    /// With the engine of this channel.
    #[must_use]
    pub fn channel(self, channel: Channel) -> Self {
        self.with(Field::EngineVersion, channel.as_str())
            .with(Field::EnginePath, format!("/opt/ace/{channel}/start-engine"))
    }

    /// With another URL.
    #[must_use]
    #[track_caller]
    pub fn url(mut self, text: &str) -> Self {
        let url: StreamUrl = text.parse().expect("a test's URL is a URL");
        self.spec.settings.insert(Field::Url, url.identity().into());
        self.url = Some(url);
        self
    }

    /// With this secret.
    #[must_use]
    pub fn secret(mut self, field: Field, text: &str) -> Self {
        self.secrets.insert(field, Some(Secret::new(text)));
        self
    }
}

/// For tests: the node with something changed.
impl ObservedNode {
    /// Started by something else than acecast.
    #[must_use]
    pub fn adopted(mut self) -> Self {
        if let Identity::Managed(spec) = self.identity {
            self.identity = Identity::Adopted(spec);
        }
        self
    }

    /// Nobody can tell what it was asked to be.
    #[must_use]
    pub fn unidentified(mut self, role: Option<Role>, why: Unidentified) -> Self {
        self.identity = Identity::Unidentified { role, why };
        self
    }

    /// With a spec that lacks this setting, as that of an older acecast may.
    #[must_use]
    pub fn without(mut self, field: Field) -> Self {
        if let Identity::Managed(spec) | Identity::Adopted(spec) = &mut self.identity {
            spec.settings.remove(field);
        }
        self.secrets.remove(&field);
        self
    }

    /// With this health.
    #[must_use]
    pub fn health(mut self, health: Health) -> Self {
        self.health = health;
        self
    }

    /// Listening on another port than its own.
    #[must_use]
    #[track_caller]
    pub fn listens_on(mut self, number: u16) -> Self {
        self.listening = Listening::Elsewhere(port(number));
        self
    }

    /// Listening nowhere.
    #[must_use]
    pub fn listens_nowhere(mut self) -> Self {
        self.listening = Listening::Nowhere;
        self
    }

    /// Not named by the pid file of its port.
    #[must_use]
    pub fn not_in_pid_file(mut self) -> Self {
        self.in_pid_file = false;
        self
    }

    /// With this pid; the higher, the later it was started.
    #[must_use]
    #[track_caller]
    pub fn with_pid(mut self, number: i32) -> Self {
        let id = ProcessId { pid: pid(number), start_ticks: u64::from(number.unsigned_abs()) };
        self.processes = match self.processes {
            Processes::Engine { wrapper, .. } => Processes::Engine { engine: id, wrapper },
            Processes::WrapperOnly(_) => Processes::WrapperOnly(id),
        };
        self
    }

    /// Seen as its wrapper only: its engine has not appeared yet.
    #[must_use]
    pub fn wrapper_only(mut self) -> Self {
        self.processes = Processes::WrapperOnly(self.processes.main());
        self.listening = Listening::Nowhere;
        self.in_pid_file = false;
        self.health = Health::Starting;
        self
    }
}
