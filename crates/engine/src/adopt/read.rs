//! Reads the settings that options show, as the config would write them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use acecast_config::AppConfig;
use acecast_reconcile::{Channel, Endpoint, Field, Settings, Stream, StreamUrl, Value};

use crate::args::Given;
use crate::command::{NodeCommand, Part, normal};

/// A node's options, and what it takes to understand them.
pub(super) struct Reader<'a> {
    pub(super) options: &'a Given,
    /// The folder that the node works in.
    pub(super) cwd: Option<&'a Path>,
    pub(super) app: &'a AppConfig,
}

impl Reader<'_> {
    /// What all kinds of node show.
    pub(super) fn common(&self, command: &NodeCommand, program: Option<&Path>, stream: &Stream) -> Settings {
        let kind = stream.role().as_str();
        let port = command.port;
        let dirs = &self.app.dirs;
        let debug = self.options.last("--log-debug") == Some("1") && self.options.has("--log-modules");
        let uploads: BTreeSet<String> = self
            .options
            .all("--upload-to")
            .map(|text| text.parse::<Endpoint>().map_or_else(|_| text.to_owned(), |to| to.to_string()))
            .collect();
        let mut settings = Settings::from([
            (Field::ExtendedLogging, debug.into()),
            (Field::PrivateNode, self.flag("--private-node")),
            (Field::UploadTo, Value::Set(uploads)),
        ]);
        settings.extend(self.parent(
            "--cache-dir",
            &format!("{kind}_node_{port}_cache"),
            &dirs.cache,
            Field::CacheDir,
        ));
        settings.extend(self.parent(
            "--state-dir",
            &format!("{kind}_node_{port}_state"),
            &dirs.state,
            Field::StateDir,
        ));
        if let Some((channel, path)) = channel(command, program, self.app) {
            settings.insert(Field::EngineVersion, channel.as_str().into());
            settings.insert(Field::EnginePath, path_value(path));
        }
        settings
    }

    /// What a ts source shows besides.
    pub(super) fn ts(&self, url: Option<&StreamUrl>) -> Settings {
        let categories = self.options.all("--category").map(str::to_lowercase);
        let bitrate = self.options.last("--bitrate").unwrap_or("0").parse::<u64>();
        let mut settings = Settings::from([
            (Field::Type, "ts".into()),
            (Field::Categories, Value::set(categories)),
            (Field::Trackers, Value::set(self.options.all("--tracker"))),
        ]);
        settings.extend(bitrate.ok().map(|bitrate| (Field::Bitrate, bitrate.into())));
        settings.extend(url.map(|url| (Field::Url, url.identity().into())));
        settings.extend(self.options.last("--title").map(|title| (Field::Title, title.into())));
        settings.extend(self.options.last("--quality").map(|quality| (Field::Quality, quality.into())));
        settings.extend(self.dir("--publish-dir", &self.app.dirs.public, Field::PublicDir));
        settings.extend(self.dir("--metadata-dir", &self.app.dirs.metadata, Field::MetadataDir));
        settings
    }

    /// What a HLS source shows besides.
    pub(super) fn hls(&self) -> Settings {
        let dirs = &self.app.dirs;
        let mut settings = Settings::from([
            (Field::Type, "hls".into()),
            (Field::ForceMonotonicSequence, self.flag("--hls-force-monotonic-sequence")),
        ]);
        settings.extend(self.folder_of("--public-transport-file", &dirs.public, Field::PublicDir));
        settings.extend(self.folder_of("--url", &dirs.private, Field::PrivateDir));
        settings.extend(self.dir("--metadata-dir", &dirs.metadata, Field::MetadataDir));
        settings
    }

    fn flag(&self, option: &str) -> Value {
        (self.options.last(option) == Some("1")).into()
    }

    fn dir(&self, option: &str, configured: &Path, field: Field) -> Option<(Field, Value)> {
        Some((field, as_configured(&self.path(option)?, configured)))
    }

    /// The folder of a file that an option names.
    fn folder_of(&self, option: &str, configured: &Path, field: Field) -> Option<(Field, Value)> {
        Some((field, as_configured(self.path(option)?.parent()?, configured)))
    }

    /// The dir in which a node has its own folder; a folder with another name is shown whole, so that it differs.
    fn parent(&self, option: &str, own: &str, configured: &Path, field: Field) -> Option<(Field, Value)> {
        let path = self.path(option)?;
        let dir = if path.file_name()?.to_str() == Some(own) { path.parent()? } else { &path };
        Some((field, as_configured(dir, configured)))
    }

    fn path(&self, option: &str) -> Option<PathBuf> {
        let path = Path::new(self.options.last(option)?);
        if path.is_absolute() { Some(normal(path)) } else { Some(normal(&self.cwd?.join(path))) }
    }
}

/// The path as the config writes it if it is the same directory, so that another spelling is no drift.
pub(super) fn as_configured(seen: &Path, configured: &Path) -> Value {
    let same = seen == normal(configured)
        || matches!((fs::canonicalize(seen), fs::canonicalize(configured)), (Ok(a), Ok(b)) if a == b);
    path_value(if same { configured } else { seen })
}

pub(super) fn path_value(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

/// The channel whose engine this is; `None` if no channel's or several channels' folder fits.
fn channel<'a>(
    command: &NodeCommand,
    program: Option<&Path>,
    app: &'a AppConfig,
) -> Option<(Channel, &'a Path)> {
    let its = match &command.part {
        Part::Wrapper(script) => fs::canonicalize(script).unwrap_or_else(|_| script.clone()),
        Part::Engine => program?.to_owned(),
    };
    let fits = |path: &Path| {
        let configured = fs::canonicalize(path).unwrap_or_else(|_| normal(path));
        configured.parent() == its.parent()
    };
    let mut channels = app.engine_path.iter().filter(|(_, path)| fits(path));
    match (channels.next(), channels.next()) {
        (Some((channel, path)), None) => Some((*channel, path)),
        _ => None,
    }
}
