//! Stops that a killed run left in the middle are seen through before anything is looked at: what is ending would be
//! taken for what stays. Only a stop keeps nothing, and ends what it is asked to end anyhow.

use acecast_config::Config;
use acecast_engine::apply::{NodeResult, Options, UnfinishedStops};
use acecast_engine::events::{By, Event, What};
use acecast_engine::realm::Realm;
use acecast_reconcile::Port;
use anyhow::Context as _;

use crate::context::Context;
use crate::failure::Failure;
use crate::journal;

/// Sees them through, and tells which could not be.
pub(super) fn finish(
    context: &Context,
    config: &Config,
    realm: &Realm,
    options: &Options,
    by: By,
) -> Result<Vec<String>, Failure> {
    if by == By::Stop {
        return Ok(Vec::new());
    }
    let stops = UnfinishedStops::find(&config.app, realm, options.stop_timeout)
        .context("cannot tell what a run that was killed was stopping")
        .map_err(Failure::failed)?;
    if stops.ports().len() == 0 {
        return Ok(Vec::new());
    }
    context.signals.begin_apply()?;
    let ports: Vec<String> = stops.ports().map(|port| port.to_string()).collect();
    context.out.note(format_args!(
        "a run that was killed had begun to stop the nodes on these ports, which is finished first: {}",
        ports.join(", ")
    ));
    let ended = stops.finish(context.open_files.stops);
    journal::write(
        context,
        &ended.iter().map(|(port, result)| event(context, *port, result, by)).collect::<Vec<_>>(),
    );
    let failed = ended.iter().filter_map(|(port, result)| Some((port, result.error.as_deref()?)));
    Ok(failed
        .map(|(port, why)| format!("port {port}: {why}; a run that was killed had begun to stop it"))
        .collect())
}

fn event(context: &Context, port: Port, result: &NodeResult, by: By) -> Event {
    let mut event = Event::now(What::Stop, by);
    event.port = Some(port);
    event.reason = Some("unfinished".to_owned());
    event.outcome = Some(result.outcome.as_str().to_owned());
    event.detail = result.error.as_deref().map(|why| context.out.clean(why));
    event
}
