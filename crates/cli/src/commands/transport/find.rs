//! Which stream is meant, and what its node says of it.

use acecast_config::{Ask, Entry, SourceNode};
use acecast_engine::Answer;
use acecast_engine::args::StreamPaths;
use acecast_reconcile::{Field, ObservedNode, Port, Role, StreamUid};

use crate::args::StreamTarget;
use crate::context::{Context, list_failure};
use crate::failure::{Failure, advice};
use crate::output::chained;

/// A stream.
pub(super) struct Found {
    pub(super) uid: StreamUid,
    /// It neither runs nor is in the list.
    pub(super) is_absent: bool,
    /// Of its node.
    pub(super) port: Option<Port>,
    /// With where it is from.
    pub(super) infohash: Option<(String, &'static str)>,
    /// `None` where it cannot be told.
    pub(super) runs: Option<bool>,
    /// Its node asks for a token.
    pub(super) has_token: bool,
}

/// Asks what runs first; the list is read only where that does not tell.
pub(super) fn find(context: &Context, target: &StreamTarget) -> Result<Found, Failure> {
    let snapshot = context.observe(None)?;
    let is_meant = |node: &&ObservedNode| match target {
        StreamTarget::Port(port) => node.port == *port,
        StreamTarget::Uid(uid) => uid_of(node) == Some(uid),
    };
    let running = snapshot.observed.nodes.iter().find(is_meant);
    if let (StreamTarget::Port(port), Some(node)) = (target, running)
        && node.identity.role() == Some(Role::Support)
    {
        let source = node.identity.spec().map(acecast_reconcile::Spec::name).unwrap_or_default();
        return Err(of_support(*port, &source));
    }
    let answer = running.and_then(|node| snapshot.facts.get(&node.processes)?.answer.as_ref());
    let told =
        answer.and_then(Answer::download_hash).map(|hash| (hash.to_ascii_lowercase(), "its node's status"));
    let (entry, is_absent) = match (running.and_then(uid_of), &told) {
        (Some(_), Some(_)) => (None, false),
        _ => entry(context, target, running.is_some())?,
    };
    let uid = running.and_then(uid_of).cloned().or_else(|| entry.as_ref().map(|entry| entry.uid.clone()));
    let uid = match (uid, target) {
        (Some(uid), _) => uid,
        // Its file may be here all the same.
        (None, StreamTarget::Uid(uid)) => uid.clone(),
        (None, StreamTarget::Port(port)) => {
            let message = format_args!("port {port} is no source node's, configured or running");
            return Err(Failure::config("port_not_in_config", message).hint(advice::SEE_STATUS));
        }
    };
    let port = running.map(|node| node.port).or_else(|| entry.as_ref().map(|entry| entry.common.port));
    let is_unknown =
        running.is_none() && snapshot.observed.unknown.iter().any(|unknown| Some(unknown.port) == port);
    let from_file = || {
        let hash = StreamPaths::new(&context.app.dirs, &entry.as_ref()?.uid).infohash()?;
        Some((hash.to_ascii_lowercase(), "the file beside its transport files"))
    };
    let has_token = match running {
        Some(node) => node.secrets.get(&Field::NodeAccessToken).is_some_and(Option::is_some),
        None => context.app.node_access_token.is_some(),
    };
    Ok(Found {
        port,
        infohash: told.or_else(from_file),
        runs: if is_unknown { None } else { Some(running.is_some()) },
        has_token,
        is_absent: is_absent && running.is_none(),
        uid,
    })
}

fn uid_of(node: &ObservedNode) -> Option<&StreamUid> {
    node.identity.spec().and_then(|spec| spec.stream.uid())
}

/// The entry of the list, and whether a list that could be read has none of the stream. For what runs, or has a uid, the
/// list is a help and not a need.
fn entry(
    context: &Context,
    target: &StreamTarget,
    runs: bool,
) -> Result<(Option<SourceNode>, bool), Failure> {
    let lists = context.lists(Ask::both())?;
    match target {
        StreamTarget::Uid(uid) => {
            let found = lists.entries().filter_map(Entry::source).find(|node| node.uid == *uid);
            if found.is_none() {
                for error in lists.errors() {
                    context.out.warning(&format!("{}; its entry is not known", chained(error)));
                }
            }
            let is_read = matches!(lists.sources, Some(Ok(_)));
            // One that is wrong has a name all the same.
            let is_named = lists.entries().any(|entry| entry.name().as_deref() == Some(uid.as_str()));
            Ok((found.cloned(), is_read && !is_named))
        }
        StreamTarget::Port(port) => match lists.entry(*port) {
            Some(Entry::Source(found)) => Ok((Some(found.clone()), false)),
            Some(Entry::Support(support)) => Err(of_support(*port, &support.source.to_string())),
            Some(Entry::Wrong(..)) | None if runs || lists.errors().next().is_none() => Ok((None, false)),
            Some(Entry::Wrong(..)) | None => Err(list_failure(lists)),
        },
    }
}

fn of_support(port: Port, source: &str) -> Failure {
    let message = format_args!("port {port} is a support node's, which has no transport file of its own");
    let message = format!("{message}; its stream's is on the host of its source {source}");
    Failure::failed(anyhow::Error::msg(message))
}
