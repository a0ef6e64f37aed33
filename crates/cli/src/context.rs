//! What the commands share: the app config, and everything that is made of it and of the environment once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use acecast_config::{AppConfig, Ask, Config, Controller, Lists, Location, Problem, load_app, load_nodes};
use acecast_engine::status::NodeClient;
use acecast_engine::{ObserveError, Observer, Snapshot};
use acecast_reconcile::Role;
use anyhow::Context as _;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::OpenFiles;
use crate::output::Output;
use crate::remote::{NoServer, Remote};
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
}

impl Context {
    /// Reads the app config and makes everything else ready.
    pub(crate) fn load(global: &Global, out: &Arc<Output>, signals: &Signals) -> Result<Self, Failure> {
        let current_dir =
            std::env::current_dir().context("find the current folder").map_err(Failure::failed)?;
        let from_env = std::env::var_os("ACECAST_CONFIG").map(PathBuf::from);
        let path = config_path(global.config.as_deref().or(from_env.as_deref()), &current_dir)?;
        tracing::debug!(path = %path.display(), "read the app config");
        let (app, app_problems) = load_app(&path, &current_dir, &variable)
            .map_err(|error| Failure::load("the app config", error))?;
        out.hide(app.provider_key.iter().chain(&app.node_access_token));
        let (out, signals) = (Arc::clone(out), signals.clone());
        let (client, open_files) = (NodeClient::new(), OpenFiles::raise());
        Ok(Context { out, signals, app, app_problems, client, open_files })
    }

    /// Reads the lists that are asked for and have an endpoint.
    pub(crate) fn lists(&self, ask: Ask) -> Result<Lists, Failure> {
        let Controller { source_node, support_node, .. } = &self.app.controller;
        let asked =
            source_node.iter().filter(|_| ask.source).chain(support_node.iter().filter(|_| ask.support));
        // A host that has its lists in files must not fail for what only servers need.
        let lists = if asked.into_iter().any(|location| matches!(location, Location::Url(_))) {
            load_nodes(&self.app, &ask, &self.remote()?)
        } else {
            load_nodes(&self.app, &ask, &NoServer)
        };
        tracing::debug!(?ask, "read the lists of nodes");
        Ok(lists)
    }

    /// How remote servers are asked.
    pub(crate) fn remote(&self) -> Result<Remote, Failure> {
        Remote::new(self.app.ca_file.as_deref(), &variable)
    }

    /// The config of one role, or of all roles that have an endpoint. Nothing may be done if a list cannot be had.
    pub(crate) fn config(&self, role: Option<Role>, get_metadata: bool) -> Result<Config, Failure> {
        self.need_endpoint(role)?;
        let (source, support) = (role != Some(Role::Support), role != Some(Role::Source));
        let lists = self.lists(Ask { source, support, get_metadata })?;
        let lists = match lists.into_config(self.app.clone()) {
            Ok(mut config) => {
                let warnings = self.app_problems.iter().filter(|problem| !problem.is_error()).cloned();
                config.problems.splice(0..0, warnings);
                return Ok(config);
            }
            Err(lists) => lists,
        };
        Err(list_failure(lists)
            .hint("nothing was changed: what should run is known only with the whole list"))
    }

    fn need_endpoint(&self, role: Option<Role>) -> Result<(), Failure> {
        let controller = &self.app.controller;
        let missing = match role {
            Some(Role::Source) => controller.source_node.is_none().then_some("controller.source_node is not"),
            Some(Role::Support) => {
                controller.support_node.is_none().then_some("controller.support_node is not")
            }
            None => (controller.source_node.is_none() && controller.support_node.is_none())
                .then_some("neither controller.source_node nor controller.support_node is"),
        };
        missing.map_or(Ok(()), |what| {
            Err(Failure::config("endpoint_not_set", format_args!("{what} set in the app config"))
                .hint("set it to the URL of a controller, or to the path of a file with the list of nodes"))
        })
    }

    /// Looks at the realm. Secrets of running nodes, which may be older than the config's, are never shown either.
    pub(crate) fn observe(&self, wanted: Option<&Config>) -> Result<Snapshot, Failure> {
        let observer = Observer { app: &self.app, client: &self.client, at_once: self.open_files.requests };
        let snapshot = observer.observe(wanted).map_err(|error: ObserveError| {
            let error = anyhow::Error::from(error).context("what runs cannot be told; nothing was touched");
            Failure::new(Exit::Problem, "observe_failed", error)
        })?;
        self.out.hide(snapshot.observed.nodes.iter().flat_map(|node| node.secrets.values().flatten()));
        tracing::debug!(
            nodes = snapshot.observed.nodes.len(),
            unknown = snapshot.observed.unknown.len(),
            stale = snapshot.stale.len(),
            "observed"
        );
        Ok(snapshot)
    }
}

/// Why nothing can be done, if lists could not be had: everything that is wrong, not only the first thing.
pub(crate) fn list_failure(lists: Lists) -> Failure {
    let problems = lists.problems();
    let sources =
        lists.sources.and_then(Result::err).map(|error| Failure::load("the list of source nodes", error));
    let supports =
        lists.supports.and_then(Result::err).map(|error| Failure::load("the list of support nodes", error));
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
fn config_path(given: Option<&Path>, current_dir: &Path) -> Result<PathBuf, Failure> {
    if let Some(path) = given.filter(|path| !path.as_os_str().is_empty()) {
        return Ok(path.to_owned());
    }
    let there = |place: &&str| current_dir.join(place).try_exists().unwrap_or(true);
    PLACES.into_iter().find(there).map(PathBuf::from).ok_or_else(|| {
        let places = PLACES.join(" nor ");
        Failure::config("config_not_found", format_args!("there is no app config: neither {places} exists"))
            .hint("name it with --config PATH or ACECAST_CONFIG")
    })
}
