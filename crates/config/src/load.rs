//! From a path to an app config, and from an app config to node lists.

use std::path::Path;
use std::thread;

use crate::document::Document;
use crate::engines::Engines;
use crate::get::{Limits, get, with_metadata};
use crate::read_app::{Surroundings, read_app};
use crate::read_list::{ReadList, read_list};
use crate::{AppConfig, Ask, Fetch, Lists, LoadError, Location, NodeList, Problem, SupportNode, file};

/// Reads the app config.
///
/// `current_dir` must be absolute; it and `env` are what the config may refer to. The problems that come with a
/// usable config are warnings, and errors which only some commands mind.
pub fn load_app(
    path: &Path,
    current_dir: &Path,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(AppConfig, Vec<Problem>), LoadError> {
    let absolute = current_dir.join(path);
    let document = Document::new(file::name(path), &file::read(&absolute)?)?;
    let config_dir = absolute.parent().unwrap_or(current_dir).to_owned();
    read_app(&document, &Surroundings { config_dir, current_dir, env })
}

/// Reads the node lists that are asked for and have an endpoint, side by side.
pub fn load_nodes(app: &AppConfig, ask: &Ask, fetch: &dyn Fetch) -> Lists {
    load_within(app, *ask, fetch, &Limits::default())
}

pub(crate) fn load_within(app: &AppConfig, ask: Ask, fetch: &dyn Fetch, limits: &Limits) -> Lists {
    let sources = app.controller.source_node.as_ref().filter(|_| ask.source);
    let supports = app.controller.support_node.as_ref().filter(|_| ask.support);
    let had = |location: Option<&Location>, metadata: bool| {
        location.map(|location| document(location, metadata, fetch, limits))
    };
    // Two controllers that hang cost one deadline, not two. Where no thread can be had, one comes after the other.
    let (sources, supports) = thread::scope(|scope| {
        let beside = thread::Builder::new().spawn_scoped(scope, || had(sources, ask.get_metadata));
        let supports = had(supports, false);
        let sources = match beside {
            Ok(beside) => beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => had(sources, ask.get_metadata),
        };
        (sources, supports)
    });
    let mut engines = Engines::new(app);
    let sources = sources.map(|document| read_list(&document?, &mut engines));
    let supports = supports.map(|document| read_list(&document?, &mut engines));
    let supports = match (&sources, supports) {
        (Some(Ok(sources)), Some(Ok(supports))) => Some(apart_from(sources, supports)),
        (_, supports) => supports,
    };
    let mut found = engines.problems();
    let (sources, supports) = (listed(sources, &mut found), listed(supports, &mut found));
    Lists { sources, supports, found }
}

fn document(
    location: &Location,
    metadata: bool,
    fetch: &dyn Fetch,
    limits: &Limits,
) -> Result<Document, LoadError> {
    let bytes = match location {
        Location::File(path) => file::read(path)?,
        Location::Url(url) => {
            let asked = if metadata { with_metadata(url) } else { url.clone() };
            get(fetch, &asked, limits).map_err(|source| LoadError::Fetch { url: url.to_string(), source })?
        }
    };
    Document::new(location.to_string(), &bytes)
}

/// The support nodes, if they have no port that a source node has.
fn apart_from<N>(
    sources: &ReadList<N>,
    supports: ReadList<SupportNode>,
) -> Result<ReadList<SupportNode>, LoadError> {
    let repeated = supports.ports.iter().filter_map(|(port, place)| {
        let first = sources.ports.get(port)?;
        let message = format!(
            "found {port}, which a source node has already ({}:{}:{} {}); every node needs a port of its own",
            first.source, first.at.line, first.at.column, first.path,
        );
        Some(place.problem(crate::Severity::Error, message))
    });
    let mut problems: Vec<Problem> = repeated.collect();
    let Some(first) = problems.first() else { return Ok(supports) };
    let source_name = first.source.clone();
    problems.extend(supports.found);
    problems.sort_by_key(|problem| problem.at);
    Err(LoadError::Repeated { source_name, problems })
}

fn listed<N>(
    read: Option<Result<ReadList<N>, LoadError>>,
    found: &mut Vec<Problem>,
) -> Option<Result<NodeList<N>, LoadError>> {
    read.map(|read| {
        read.map(|read| {
            found.extend(read.found);
            read.list
        })
    })
}
