//! What the planner takes: every setting of every node, as far as a restart would depend on it.

use acecast_reconcile::{
    Desired, DesiredNode, Field, List, Secrets, Settings, SourceKind, Spec, Stream, Value,
};

use crate::{AppConfig, Common, Config, Media, NodeList, SourceNode, SupportNode};

impl Config {
    /// What the config asks this host to run.
    ///
    /// # Panics
    ///
    /// If a list was put together by hand and repeats a port or a stream uid; [`crate::load_nodes`] never makes one.
    pub fn desired(&self) -> Desired {
        let sources = self.sources.as_ref().map(|list| self::list(list, |node| source(&self.app, node)));
        let supports = self.supports.as_ref().map(|list| self::list(list, |node| support(&self.app, node)));
        Desired::new(sources, supports).expect("the lists that were read repeat no port")
    }
}

fn list<N>(list: &NodeList<N>, node: impl Fn(&N) -> DesiredNode) -> List {
    List::new(list.nodes.iter().map(node), list.wrong.iter().cloned())
        .expect("a list that was read repeats neither a port nor a stream uid")
}

fn source(app: &AppConfig, node: &SourceNode) -> DesiredNode {
    let SourceNode { common, uid, title, url, categories, media, metadata: _ } = node;
    let mut settings = common_settings(app, common);
    settings.insert(Field::Type, node.kind().as_str().into());
    settings.insert(Field::Url, url.identity().into());
    settings.insert(Field::Title, title.as_str().into());
    settings.insert(Field::Categories, Value::set(categories));
    settings.insert(Field::Trackers, Value::set(&app.trackers));
    settings.insert(Field::PublicDir, path(&app.dirs.public));
    settings.insert(Field::MetadataDir, path(&app.dirs.metadata));
    match media {
        Media::Ts { bitrate, quality } => {
            settings.insert(Field::Bitrate, (*bitrate).into());
            settings.extend(quality.map(|quality| (Field::Quality, quality.as_str().into())));
        }
        Media::Hls { force_monotonic_sequence } => {
            settings.insert(Field::ForceMonotonicSequence, force_monotonic_sequence.unwrap_or(false).into());
            settings.insert(Field::PrivateDir, path(&app.dirs.private));
        }
    }
    let mut secrets = common_secrets(app);
    // The key of a HLS stream's provider is in its transport file, not among its node's arguments.
    if node.kind() == SourceKind::Ts {
        secrets.insert(Field::ProviderKey, app.provider_key.clone());
    }
    let spec = Spec { port: common.port, stream: Stream::Source(uid.clone()), settings };
    let mut wanted = DesiredNode::new(spec);
    wanted.secrets = secrets;
    wanted.url = Some(url.clone());
    wanted
}

fn support(app: &AppConfig, node: &SupportNode) -> DesiredNode {
    let SupportNode { common, source } = node;
    let settings = common_settings(app, common);
    let spec = Spec { port: common.port, stream: Stream::Support(*source), settings };
    let mut wanted = DesiredNode::new(spec);
    wanted.secrets = common_secrets(app);
    wanted
}

fn common_settings(app: &AppConfig, common: &Common) -> Settings {
    let Common { port: _, channel, extended_logging, private_node, upload_to } = common;
    let engine = app.engine_path.get(channel).map_or(Value::Null, path);
    Settings::from([
        (Field::UploadTo, Value::set(upload_to)),
        (Field::PrivateNode, private_node.unwrap_or(false).into()),
        (Field::ExtendedLogging, (*extended_logging).into()),
        (Field::EngineVersion, channel.as_str().into()),
        (Field::EnginePath, engine),
        (Field::CacheDir, path(&app.dirs.cache)),
        (Field::StateDir, path(&app.dirs.state)),
    ])
}

fn common_secrets(app: &AppConfig) -> Secrets {
    Secrets::from([(Field::NodeAccessToken, app.node_access_token.clone())])
}

fn path(path: impl AsRef<std::path::Path>) -> Value {
    path.as_ref().to_string_lossy().into_owned().into()
}
