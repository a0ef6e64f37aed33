//! What a running node was asked to be, as far as its command line shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use acecast_config::AppConfig;
use acecast_reconcile::{
    Channel, Endpoint, Field, Role, Secret, Secrets, Settings, Spec, Stream, StreamUid, StreamUrl,
    Unidentified, Value,
};

use crate::command::{Mode, NodeCommand, Options, Part, normal};

/// What a command line shows of a node.
#[derive(Debug)]
pub(crate) struct Shown {
    /// What it was asked to be, or why that cannot be told.
    pub(crate) spec: Result<Spec, Unidentified>,
    /// Its role, where at least that can be told.
    pub(crate) role: Option<Role>,
    /// A ts source's whole URL.
    pub(crate) url: Option<StreamUrl>,
    /// Its secrets.
    pub(crate) secrets: Secrets,
}

/// Reads a node's command line. `cwd` is the folder it works in, for relative paths; `program` is the engine's own
/// file, where it is known.
///
/// An absent option has its default; what a command line cannot show is left out.
pub(crate) fn shown(
    command: &NodeCommand,
    cwd: Option<&Path>,
    program: Option<&Path>,
    app: &AppConfig,
) -> Shown {
    let options = &command.options;
    let reader = Reader { options, cwd, app };
    let token = options.last("--service-access-token").map(Secret::new);
    let mut secrets = Secrets::from([(Field::NodeAccessToken, token)]);
    let mut url = None;
    let (role, stream) = match kind(command) {
        Some(Kind::Ts) => {
            secrets.insert(Field::ProviderKey, options.last("--provider-key").map(Secret::new));
            url = options.last("--source").and_then(|url| url.parse().ok());
            (Some(Role::Source), uid("--name", options.last("--name")))
        }
        Some(Kind::Hls) => {
            let file = options
                .last("--public-transport-file")
                .and_then(|path| Path::new(path).file_name()?.to_str());
            (
                Some(Role::Source),
                uid("--public-transport-file", file.and_then(|name| name.strip_suffix(".acelive"))),
            )
        }
        Some(Kind::Support) => (Some(Role::Support), source(options)),
        None => (None, Err(Unidentified::Arguments("neither a source nor a support node".to_owned()))),
    };
    let spec = stream.map(|stream| {
        let mut settings = reader.common(command, program, &stream);
        match kind(command) {
            Some(Kind::Ts) => settings.extend(reader.ts(url.as_ref()).iter()),
            Some(Kind::Hls) => settings.extend(reader.hls().iter()),
            Some(Kind::Support) | None => {}
        }
        Spec { port: command.port, stream, settings }
    });
    Shown { spec, role, url, secrets }
}

/// The kinds of node, as a command line tells them apart.
enum Kind {
    Ts,
    Hls,
    Support,
}

fn kind(command: &NodeCommand) -> Option<Kind> {
    match command.mode {
        Mode::Source => Some(Kind::Ts),
        Mode::Support if command.options.has("--public-transport-file") => Some(Kind::Hls),
        Mode::Support if command.options.has("--download-from") => Some(Kind::Support),
        Mode::Support => None,
    }
}

fn uid(option: &str, text: Option<&str>) -> Result<Stream, Unidentified> {
    let wrong = |why: String| Unidentified::Arguments(format!("{option} {why}"));
    let text = text.ok_or_else(|| wrong("names no stream".to_owned()))?;
    let uid: StreamUid = text.parse().map_err(|error| wrong(format!("{error}")))?;
    Ok(Stream::Source(uid))
}

fn source(options: &Options) -> Result<Stream, Unidentified> {
    let mut sources = options.all("--download-from");
    match (sources.next().map(str::parse::<Endpoint>), sources.next()) {
        (Some(Ok(source)), None) => Ok(Stream::Support(source)),
        _ => Err(Unidentified::Arguments("--download-from does not name one IP:PORT".to_owned())),
    }
}

struct Reader<'a> {
    options: &'a Options,
    cwd: Option<&'a Path>,
    app: &'a AppConfig,
}

impl Reader<'_> {
    /// What all kinds of node show.
    fn common(&self, command: &NodeCommand, program: Option<&Path>, stream: &Stream) -> Settings {
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

    fn ts(&self, url: Option<&StreamUrl>) -> Settings {
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

    fn hls(&self) -> Settings {
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
fn as_configured(seen: &Path, configured: &Path) -> Value {
    let same = seen == normal(configured)
        || matches!((fs::canonicalize(seen), fs::canonicalize(configured)), (Ok(a), Ok(b)) if a == b);
    path_value(if same { configured } else { seen })
}

fn path_value(path: &Path) -> Value {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::fixtures;
    use crate::args::{source_args, support_args};

    /// The arguments as the old scripts gave them: each value apart from its option.
    fn two_argument_form(args: &[String]) -> Vec<String> {
        args.iter()
            .flat_map(|arg| match arg.split_once('=') {
                Some((option, value)) => vec![option.to_owned(), value.to_owned()],
                None => vec![arg.clone()],
            })
            .collect()
    }

    fn command(app: &AppConfig, args: &[String]) -> NodeCommand {
        let engine = app.engine_path[&Channel::Stable].clone();
        let mut argv = vec!["/bin/sh".to_owned(), engine.to_string_lossy().into_owned()];
        argv.extend_from_slice(args);
        NodeCommand::parse("start-engine", &argv, &[engine]).expect("it is a node's command line")
    }

    /// What is shown is what is wanted; what cannot be shown is left out.
    fn assert_no_drift(wanted: &acecast_reconcile::DesiredNode, shown: &Shown) {
        let spec = shown.spec.as_ref().unwrap();
        assert_eq!(spec.stream, wanted.spec.stream);
        for (field, value) in spec.settings.iter() {
            assert_eq!(Some(value), wanted.spec.settings.get(field), "{field}");
        }
        for (field, secret) in &shown.secrets {
            assert_eq!(wanted.secrets.get(field), Some(secret), "{field}");
        }
    }

    #[test]
    fn what_the_arguments_of_a_node_show_is_what_the_node_was_asked_to_be() {
        let dir = tempfile::tempdir().unwrap();
        let app = fixtures::app(dir.path());
        let (ts, hls, support) = (fixtures::ts(), fixtures::hls(), fixtures::support());
        let config = fixtures::config(app.clone(), vec![ts.clone(), hls.clone()], vec![support.clone()]);
        let desired = config.desired();
        let nodes = [
            (ts.common.port, source_args(&ts, &app, 1), vec![Field::Url, Field::Title, Field::Bitrate]),
            (
                hls.common.port,
                source_args(&hls, &app, 1),
                vec![Field::PrivateDir, Field::ForceMonotonicSequence],
            ),
            (support.common.port, support_args(&support, &app, 1), vec![Field::CacheDir]),
        ];
        for (port, args, shows) in nodes {
            for args in [two_argument_form(&args), args] {
                let shown = shown(&command(&app, &args), None, None, &app);
                assert_no_drift(desired.get(port).unwrap(), &shown);
                let settings = &shown.spec.unwrap().settings;
                assert!(
                    shows.iter().chain([&Field::EngineVersion]).all(|field| settings.contains_key(*field))
                );
            }
        }
    }

    #[test]
    fn what_fits_no_kind_of_node_is_not_guessed() {
        let dir = tempfile::tempdir().unwrap();
        let app = fixtures::app(dir.path());
        let why = |extra: &[&str]| {
            let common = ["--port=8640", "--pid-file-dir=/run"];
            let args: Vec<String> = common.iter().chain(extra).map(|arg| (*arg).to_owned()).collect();
            shown(&command(&app, &args), None, None, &app).spec.unwrap_err().to_string()
        };
        let support = "--stream-support-node";
        assert!(why(&[support]).contains("neither a source nor a support node"));
        assert!(why(&[support, "--download-from=host"]).contains("does not name one IP:PORT"));
        let two = [support, "--download-from=10.0.0.1:1", "--download-from=10.0.0.2:1"];
        assert!(why(&two).contains("does not name one IP:PORT"));
        assert!(why(&["--stream-source-node"]).contains("--name names no stream"));
        assert!(why(&["--stream-source-node", "--name=../x"]).contains("--name starts with '.'"));
    }

    #[test]
    fn another_spelling_of_a_directory_is_the_same_directory() {
        let dir = tempfile::tempdir().unwrap();
        let app = fixtures::app(dir.path());
        fs::create_dir_all(&app.dirs.public).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&app.dirs.public, &link).unwrap();
        let configured = path_value(&app.dirs.public);
        assert_eq!(as_configured(&link, &app.dirs.public), configured);
        assert_eq!(as_configured(&normal(&dir.path().join("x/..//public/.")), &app.dirs.public), configured);
        assert_ne!(as_configured(dir.path(), &app.dirs.public), configured);
    }
}
