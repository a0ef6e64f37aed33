//! What nodes said when they were last asked, beside the loop: one that hangs must not keep another down.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acecast_engine::Answer;
use acecast_engine::status::{AskNode, Silence};
use acecast_reconcile::{Port, Secret};

use crate::context::Context;

type Said = Result<Answer, Silence>;

/// What each node said, for one look: who asks here waits for nobody.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<BTreeMap<Port, Vec<Said>>>);

impl Heard {
    /// Asks all nodes of the realm how they are.
    pub(super) fn from_nodes(context: &Context) -> Heard {
        let heard = Heard::default();
        let client = Asking { client: &context.client, heard: &heard };
        let mut observer = context.observer();
        observer.client = &client;
        // By the time that this ends, all but the answers is of no use: it is looked at again then.
        if let Err(error) = observer.observe(None) {
            tracing::debug!(error = crate::output::chained(&error), "nodes could not be asked");
        }
        heard
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Port, Vec<Said>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AskNode for Heard {
    /// Each answer is told once; a node that came later was not asked. That an answer is another process's shows by
    /// its pid, as ever.
    fn ask(&self, port: Port, _token: Option<&Secret>) -> Said {
        self.lock().get_mut(&port).and_then(Vec::pop).unwrap_or(Err(Silence::Unasked))
    }
}

/// Asks, and writes down.
struct Asking<'a> {
    client: &'a dyn AskNode,
    heard: &'a Heard,
}

impl AskNode for Asking<'_> {
    fn ask(&self, port: Port, token: Option<&Secret>) -> Said {
        let said = self.client.ask(port, token);
        // The answer goes on to whoever looks here, too: without it, all of the node's sockets would be looked at.
        let copy = said.as_ref().map_or(Err(Silence::Unasked), |answer| Ok(answer.clone()));
        self.heard.lock().entry(port).or_default().push(said);
        copy
    }
}
