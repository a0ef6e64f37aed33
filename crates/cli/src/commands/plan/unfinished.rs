//! What a run was stopping when it was killed. The next start sees that through before it looks at what runs, so it may do
//! more than a plan that is made now shows.

use std::time::Duration;

use acecast_config::{AppConfig, Problem, Severity};
use acecast_engine::apply::UnfinishedStops;
use acecast_engine::realm::Realm;

use crate::output::shown;

/// Says which nodes are ending. Only looks: whether the run is killed or still at it, its lock tells, and nobody takes
/// that to find out.
pub(super) fn warning(app: &AppConfig, stop_timeout: Duration) -> Option<Problem> {
    let realm = Realm::open(&app.dirs.pid).ok()??;
    let stops = UnfinishedStops::find(app, &realm, stop_timeout).ok()?;
    let ports: Vec<String> = stops.ports().map(|port| port.to_string()).collect();
    let nodes = match ports.as_slice() {
        [] => return None,
        [port] => format!("the node on port {port}"),
        _ => format!("the nodes on these ports ({})", ports.join(", ")),
    };
    let message = format!(
        "a run that was killed, or is still at it, had begun to stop {nodes}, which the next start sees through first"
    );
    Some(Problem::new(Severity::Warning, shown(&app.dirs.pid), message))
}
