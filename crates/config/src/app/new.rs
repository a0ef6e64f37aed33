//! App configs of programs that have settings of their own, and no file to read them from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acecast_reconcile::Channel;
use thiserror::Error;

use crate::app::origin::Origin;
use crate::mask::shown_path;
use crate::read::paths::normal;
use crate::{AppConfig, Controller, Dirs, Trackers};

/// Why no app config can be made of these paths. The texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AppConfigError {
    /// The path is relative: of what, could only be guessed, and a wrong guess would lose sight of nodes and keys.
    #[error("{key}: found {}, expected an absolute path", shown_path(.path))]
    Relative {
        /// `root` or, for example, `engine_path.stable`.
        key: String,
        /// The path.
        path: PathBuf,
    },
    /// The path cannot be told to an engine, or be seen in its command line again.
    #[error("{key}: found {}, expected UTF-8 text without control characters", shown_path(.path))]
    NotText {
        /// `root` or, for example, `engine_path.stable`.
        key: String,
        /// The path.
        path: PathBuf,
    },
}

impl AppConfig {
    /// An app config without a file. It takes what a file cannot leave out: the root, the engines of the channels that
    /// nodes use, and the trackers.
    ///
    /// Everything else is as follows, and can be set: `dirs` are [`Dirs::under`] the root, there is no endpoint of a
    /// controller and no secret, the system's certificate authorities are trusted, and `require_https` is off. Paths
    /// that are set later must be what `new` checks: absolute, and UTF-8 text without control characters.
    ///
    /// ```
    /// use acecast_config::{AppConfig, Category, Config, Media, NodeList, SourceNode, Trackers};
    /// use acecast_reconcile::Channel;
    ///
    /// let engines = [(Channel::Stable, "/opt/acestream/start-engine".into())];
    /// let trackers = Trackers::new(["udp://tracker.example.com:2710/announce"])?;
    /// let mut app = AppConfig::new("/srv/acecast", engines, trackers)?;
    /// app.dirs.metadata = "/srv/backed-up/keys".into();
    /// app.controller.monitor = Some("https://example.com/monitor".parse()?);
    ///
    /// let media = Media::Ts { bitrate: 400_000, quality: None };
    /// let url = "http://192.0.2.10/news.ts".parse()?;
    /// let mut news = SourceNode::new("8640".parse()?, "news".parse()?, "News", url, media);
    /// news.categories.extend(Category::from_name("regional"));
    ///
    /// let mut config = Config::new(app);
    /// config.sources = Some(NodeList::new(vec![news]));
    /// let desired = config.desired();
    /// assert_eq!(desired.get("8640".parse()?).map(|node| node.spec.stream.to_string()), Some("news".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Lists may still come from a controller: set [`AppConfig::controller`], and [`load_nodes`](crate::load_nodes) reads
    /// them, and looks whether the engines are there.
    ///
    /// # Errors
    ///
    /// If a path is relative, or is no text.
    pub fn new(
        root: impl Into<PathBuf>,
        engine_path: impl Into<BTreeMap<Channel, PathBuf>>,
        trackers: Trackers,
    ) -> Result<Self, AppConfigError> {
        let root = checked("root".to_owned(), &root.into())?;
        let engines = engine_path.into().into_iter();
        let engines =
            engines.map(|(channel, path)| Ok((channel, checked(crate::engines::key(channel), &path)?)));
        Ok(AppConfig {
            engine_path: engines.collect::<Result<_, AppConfigError>>()?,
            controller: Controller::default(),
            dirs: Dirs::under(&root),
            trackers,
            provider_key: None,
            node_access_token: None,
            ca_file: None,
            require_https: false,
            origin: Origin::Program,
            root,
        })
    }
}

/// The path in the one way to write it, if it is one that a file could hold.
fn checked(key: String, path: &Path) -> Result<PathBuf, AppConfigError> {
    if path.to_str().is_none_or(|text| text.contains(char::is_control)) {
        return Err(AppConfigError::NotText { key, path: path.to_owned() });
    }
    if !path.is_absolute() {
        return Err(AppConfigError::Relative { key, path: path.to_owned() });
    }
    Ok(normal(path))
}
