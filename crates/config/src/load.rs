//! From a path to an app config, and from an app config to node lists.

pub(crate) mod backups;

use std::path::Path;
use std::thread;

use crate::engines::Engines;
use crate::file::secret;
use crate::get::{Limits, get, get_with_metadata};
use crate::mask::shown_path;
use crate::read::app::read_app;
use crate::read::list::{ReadList, read_list};
use crate::read::paths::Surroundings;
use crate::text::document::Document;
use crate::{
    AppConfig, Ask, Controller, Fetch, Lists, LoadError, Location, NodeList, Problem, RemoteUrl, Salvage,
    SourceNode, SupportNode, file,
};

/// Reads the app config.
///
/// `current_dir` must be absolute; it and `env` are what the config may refer to. The problems that come with a
/// usable config are warnings, and errors which only some commands mind.
///
/// # Errors
///
/// [`LoadError::App`] for a config that is wrong, with everything that is wrong with it and what of it could be read;
/// other errors for a file that cannot be read or is no JSON.
pub fn load_app(
    path: &Path,
    current_dir: &Path,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(AppConfig, Vec<Problem>), LoadError> {
    let absolute = current_dir.join(path);
    let document = file::document(&absolute, shown_path(path))?;
    let config_dir = absolute.parent().unwrap_or(current_dir).to_owned();
    read_app(&document, &Surroundings { config_dir, current_dir, env, read_secret: &secret::read })
}

/// Reads the node lists that are asked for and have an endpoint, side by side: two controllers that hang cost one
/// deadline of 10 s.
///
/// Where `require_https` forbids to ask for metadata, the list of source nodes is [`LoadError::Exposed`] and nothing
/// is sent for it.
///
/// # Panics
///
/// If `fetch` does.
pub fn load_nodes(app: &AppConfig, ask: Ask, fetch: &dyn Fetch) -> Lists {
    let engines = Engines::new(&app.engine_path, &app.origin);
    load_within(&app.controller, app.require_https, engines, ask, fetch, &Limits::default())
}

impl Salvage {
    /// Reads the lists whose places are known, to see what is wrong with them.
    pub fn lists(&self, ask: Ask, fetch: &dyn Fetch) -> Lists {
        let engines = Engines::new(&self.engine_path, &self.origin);
        load_within(&self.controller, self.require_https, engines, ask, fetch, &Limits::default())
    }
}

fn load_within(
    controller: &Controller,
    require_https: bool,
    mut engines: Engines<'_>,
    ask: Ask,
    fetch: &dyn Fetch,
    limits: &Limits,
) -> Lists {
    let sources = controller.source_node.as_ref().filter(|_| ask.source);
    let supports = controller.support_node.as_ref().filter(|_| ask.support);
    let had = |key: &'static str, location: Option<&Location>, get: Get<'_>| {
        location.map(|location| document(location, get).map_err(|error| error.named_by(key)))
    };
    let plainly = |url: &RemoteUrl| {
        get(fetch, url, limits).map_err(|source| LoadError::Fetch { url: url.to_string(), source })
    };
    let with_metadata = |url: &RemoteUrl| get_with_metadata(fetch, url, require_https, limits);
    let get_sources: Get<'_> = if ask.get_metadata { &with_metadata } else { &plainly };
    let had_sources = || had("controller.source_node", sources, get_sources);
    // Two controllers that hang cost one deadline, not two. Where no thread can be had, one comes after the other.
    let (sources, supports) = thread::scope(|scope| {
        let beside = thread::Builder::new().spawn_scoped(scope, had_sources);
        let supports = had("controller.support_node", supports, &plainly);
        let sources = match beside {
            Ok(beside) => beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => had_sources(),
        };
        (sources, supports)
    });
    let sources = sources.map(|document| read_list::<SourceNode>(document?, &mut engines));
    let mut supports = supports.map(|document| read_list::<SupportNode>(document?, &mut engines));
    if let (Some(Ok(sources)), Some(Ok(supports))) = (&sources, &mut supports) {
        tell_apart(sources, supports);
    }
    let mut found = engines.problems();
    let (sources, supports) = (listed(sources, &mut found), listed(supports, &mut found));
    Lists { sources, supports, found }
}

/// How the document at a URL is got.
type Get<'a> = &'a (dyn Fn(&RemoteUrl) -> Result<Vec<u8>, LoadError> + Sync);

fn document(location: &Location, get: Get<'_>) -> Result<Document, LoadError> {
    match location {
        Location::File(path) => file::document(path, location.to_string()),
        Location::Url(url) => Document::new(location.to_string(), &get(url)?),
    }
}

/// Finds the support nodes' ports that source nodes have, too.
fn tell_apart(sources: &ReadList<SourceNode>, supports: &mut ReadList<SupportNode>) {
    let ReadList { document, ports, found, shared, .. } = supports;
    for (port, asked) in ports {
        let Some(first) = sources.ports.get(port) else { continue };
        let first = first.place(&sources.document);
        let message = format!(
            "found {port}, which a source node has, too ({}:{}:{} {}); every node needs a port of its own",
            first.source, first.at.line, first.at.column, first.path,
        );
        found.push(asked.place(document).problem(crate::Severity::Error, message));
        shared.push(*port);
    }
    if !shared.is_empty() {
        found.sort_by_key(|problem| problem.at);
    }
}

/// The list, unless something in it is used twice.
fn listed<N>(
    read: Option<Result<ReadList<N>, LoadError>>,
    found: &mut Vec<Problem>,
) -> Option<Result<NodeList<N>, LoadError>> {
    let list = |read: ReadList<N>| match read.why_unusable() {
        None => {
            found.extend(read.found);
            Ok(read.list)
        }
        Some(why) => {
            let source_name = read.document.name().to_owned();
            Err(LoadError::Repeated { source_name, why, problems: read.found })
        }
    };
    read.map(|read| read.and_then(list))
}
