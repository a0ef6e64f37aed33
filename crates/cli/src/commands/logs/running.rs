//! What runs, as far as logs are concerned.

use std::collections::{BTreeMap, BTreeSet};

use acecast_engine::status::Unasked;
use acecast_reconcile::{Port, Role, Spec};

use crate::context::Context;
use crate::output::chained;

/// What runs.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// What the nodes are called.
    pub(super) names: BTreeMap<Port, (Role, String)>,
    /// Where nodes run, or may run.
    pub(super) ports: BTreeSet<Port>,
}

impl Running {
    /// Looks. The nodes' secrets, which may be older than the config's, are hidden from now on.
    pub(super) fn look(context: &Context) -> Running {
        let mut observer = context.observer();
        observer.client = &Unasked;
        let snapshot = match observer.observe(None) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                let why = chained(&error);
                context.out.warning(&format!(
                    "cannot tell what runs, so the names of nodes are missing here: {why}"
                ));
                return Running::default();
            }
        };
        context.hide_secrets_of(&snapshot);
        let (nodes, unknown) = (&snapshot.observed.nodes, &snapshot.observed.unknown);
        let specs = nodes.iter().filter_map(|node| node.identity.spec());
        let ports = nodes.iter().map(|node| node.port).chain(unknown.iter().map(|unknown| unknown.port));
        Running {
            names: specs.map(|spec: &Spec| (spec.port, (spec.role(), spec.name()))).collect(),
            ports: ports.collect(),
        }
    }
}
