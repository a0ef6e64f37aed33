//! What the commands share: the app config, and everything that is made of it and of the environment once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use acecast_config::{AppConfig, Ask, Config, Entry, Fetch, Lists, Problem, RemoteUrl, load_app, load_nodes};
use acecast_engine::metadata::KeyLooks;
use acecast_engine::status::NodeClient;
use acecast_engine::{ObserveError, Observer, Snapshot};
use acecast_reconcile::Role;
use anyhow::Context as _;

use crate::args::Global;
use crate::failure::{Document, Failure, advice};
use crate::limits::OpenFiles;
use crate::output::Output;
use crate::remote::Remote;

pub(crate) use crate::remote::NoServer;
use crate::signals::Signals;

/// Where the app config is looked for if nobody says where it is.
const PLACES: [&str; 2] = ["config/config.json", "/etc/acecast/config.json"];

/// What the commands share.
pub(crate) struct Context {
    pub(crate) out: Arc<Output>,
    pub(crate) signals: Signals,
    pub(crate) app: AppConfig,
    /// What is wrong with an app config that can be used all the same.
    pub(crate) app_problems: Vec<Problem>,
    pub(crate) client: NodeClient,
    pub(crate) open_files: OpenFiles,
    /// What key files held when they were last read.
    keys: Arc<KeyLooks>,
    /// Made when a server is first needed.
    remote: Arc<OnceLock<Remote>>,
}

impl Context {
    /// Reads the app config and makes everything else ready.
    pub(crate) fn load(global: &Global, out: &Arc<Output>, signals: &Signals) -> Result<Self, Failure> {
        let (app, app_problems) = read_app(global, out)?;
        let (out, signals) = (Arc::clone(out), signals.clone());
        let (client, open_files) = (NodeClient::new(), OpenFiles::raise());
        let (keys, remote) = (Arc::default(), Arc::default());
        Ok(Context { out, signals, app, app_problems, client, open_files, keys, remote })
    }

    /// Reads the app config again; what does not depend on it stays.
    pub(crate) fn reload(&self, global: &Global) -> Result<Self, Failure> {
        let (app, app_problems) = read_app(global, &self.out)?;
        let (out, signals) = (Arc::clone(&self.out), self.signals.clone());
        let (client, open_files) = (self.client.clone(), self.open_files);
        let same_servers = app.ca_file == self.app.ca_file;
        let remote = if same_servers { Arc::clone(&self.remote) } else { Arc::default() };
        let keys = Arc::clone(&self.keys);
        Ok(Context { out, signals, app, app_problems, client, open_files, keys, remote })
    }

    /// A list that is asked for comes from a server.
    pub(crate) fn asks_a_server(&self, ask: Ask) -> bool {
        let asked = Role::ALL.into_iter().filter(|role| ask.asks(*role));
        asked.filter_map(|role| self.app.controller.list(role)).any(|location| location.url().is_some())
    }

    /// Reads the lists that are asked for and have an endpoint.
    pub(crate) fn lists(&self, ask: Ask) -> Result<Lists, Failure> {
        // A host that has its lists in files must not fail for what only servers need.
        Ok(if self.asks_a_server(ask) {
            self.lists_by(ask, self.remote()?)
        } else {
            self.lists_by(ask, &NoServer)
        })
    }

    /// The same, asking servers this way.
    pub(crate) fn lists_by(&self, ask: Ask, fetch: &dyn Fetch) -> Lists {
        let lists = load_nodes(&self.app, ask, fetch);
        self.hide_urls(lists.entries().filter_map(Entry::source).map(|node| &node.url));
        tracing::debug!(?ask, "read the lists of nodes");
        lists
    }

    /// How remote servers are asked and sent to: one set-up for all of them.
    pub(crate) fn remote(&self) -> Result<&Remote, Failure> {
        if let Some(remote) = self.remote.get() {
            return Ok(remote);
        }
        let remote = Remote::new(self.app.ca_file.as_deref(), &variable)?;
        Ok(self.remote.get_or_init(|| remote))
    }

    /// The config of one role, or of all roles that have an endpoint. Nothing may be done if a list cannot be read.
    pub(crate) fn config(&self, role: Option<Role>, get_metadata: bool) -> Result<Config, Failure> {
        self.need_endpoint(role)?;
        let ask = Ask::of(role);
        let lists = self.lists(if get_metadata { ask.with_metadata() } else { ask })?;
        let lists = match lists.into_config(self.app.clone()) {
            Ok(mut config) => {
                let warnings = self.app_problems.iter().filter(|problem| !problem.is_error()).cloned();
                config.problems.splice(0..0, warnings);
                return Ok(config);
            }
            Err(lists) => lists,
        };
        // What should run is known only with the whole list.
        Err(Failure { unchanged: true, ..list_failure(lists) })
    }

    /// There is a list to go by.
    pub(crate) fn need_endpoint(&self, role: Option<Role>) -> Result<(), Failure> {
        let ask = Ask::of(role);
        if Role::ALL.into_iter().any(|its| ask.asks(its) && self.app.controller.list(its).is_some()) {
            return Ok(());
        }
        let what = match role {
            Some(role) => format!("controller.{role}_node is not"),
            None => "neither controller.source_node nor controller.support_node is".to_owned(),
        };
        Err(Failure::config("endpoint_not_set", format_args!("{what} set in the app config"))
            .hint("set it to the URL of a controller, or to the path of a file with the list of nodes"))
    }

    /// What is secret in these is never shown, whoever repeats it.
    fn hide_urls<'a>(&self, urls: impl Iterator<Item = &'a RemoteUrl>) {
        self.out.hide(&urls.flat_map(RemoteUrl::secrets).collect::<Vec<_>>());
    }

    /// Secrets of running nodes, which may be older than the config's, are never shown either.
    pub(crate) fn hide_secrets_of(&self, snapshot: &Snapshot) {
        let nodes = &snapshot.observed.nodes;
        self.out.hide(nodes.iter().flat_map(|node| node.secrets.values().flatten()));
        self.hide_urls(nodes.iter().filter_map(|node| node.url.as_ref()));
    }

    /// How to look at the realm.
    pub(crate) fn observer(&self) -> Observer<'_> {
        let mut observer = Observer::new(&self.app, &self.client);
        observer.at_once = self.open_files.requests;
        observer.keys = Some(&self.keys);
        observer
    }

    /// Looks at the realm before anything is done.
    pub(crate) fn observe(&self, wanted: Option<&Config>) -> Result<Snapshot, Failure> {
        self.look(wanted).map_err(unobserved)
    }

    /// Looks at the realm.
    pub(crate) fn look(&self, wanted: Option<&Config>) -> Result<Snapshot, ObserveError> {
        let snapshot = self.observer().observe(wanted)?;
        self.hide_secrets_of(&snapshot);
        tracing::debug!(
            nodes = snapshot.observed.nodes.len(),
            unknown = snapshot.observed.unknown.len(),
            stale = snapshot.stale.len(),
            "observed"
        );
        Ok(snapshot)
    }
}

/// Reads the app config. Its secrets are never shown.
fn read_app(global: &Global, out: &Output) -> Result<(AppConfig, Vec<Problem>), Failure> {
    let current_dir = std::env::current_dir().context("cannot find the current folder");
    let current_dir = current_dir.map_err(|error| Failure::failed(error).hint(advice::CHANGE_FOLDER))?;
    let from_env = std::env::var_os("ACECAST_CONFIG").map(PathBuf::from);
    let path = config_path(global.config.as_deref().or(from_env.as_deref()), &current_dir)?;
    tracing::debug!(path = %path.display(), "read the app config");
    let (mut app, app_problems) =
        load_app(&path, &current_dir, &variable).map_err(|error| Failure::load(Document::App, error))?;
    if let Some(ca_file) = &global.ca_file {
        app.ca_file = Some(current_dir.join(ca_file));
    }
    out.hide(app.provider_key.iter().chain(&app.node_access_token));
    out.hide(&app.controller.urls().flat_map(RemoteUrl::secrets).collect::<Vec<_>>());
    Ok((app, app_problems))
}

/// Nothing may be done where it cannot be told what runs.
pub(crate) fn unobserved(error: ObserveError) -> Failure {
    let error = anyhow::Error::from(error).context("cannot tell what runs, so nothing was changed");
    Failure { code: "observe_failed", ..Failure::pid_dir(error) }
}

/// Why nothing can be done, if lists could not be read: everything that is wrong, not only the first thing.
pub(crate) fn list_failure(lists: Lists) -> Failure {
    let problems = lists.problems();
    let failed = |role: Role| move |error| Failure::load(Document::List(role), error);
    let sources = lists.sources.and_then(Result::err).map(failed(Role::Source));
    let supports = lists.supports.and_then(Result::err).map(failed(Role::Support));
    let failure = match (sources, supports) {
        (Some(sources), Some(supports)) => Failure { also: Some(sources.error), ..supports },
        (Some(failure), None) | (None, Some(failure)) => failure,
        (None, None) => Failure::config("config_wrong", "the lists of nodes cannot be used"),
    };
    Failure { problems, ..failure }
}

/// A variable of the environment, if it is text.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The path that is given, else the first of the usual places where something is.
pub(crate) fn config_path(given: Option<&Path>, current_dir: &Path) -> Result<PathBuf, Failure> {
    if let Some(path) = given.filter(|path| !path.as_os_str().is_empty()) {
        return Ok(path.to_owned());
    }
    let there = |place: &&str| current_dir.join(place).try_exists().unwrap_or(true);
    PLACES.into_iter().find(there).map(PathBuf::from).ok_or_else(|| {
        let places = PLACES.map(|place| current_dir.join(place).display().to_string()).join(" nor ");
        Failure::config("config_not_found", format_args!("no app config found: neither {places} exists"))
            .hint("name it with --config PATH or $ACECAST_CONFIG, or write one with `acecast init DIR`")
    })
}
