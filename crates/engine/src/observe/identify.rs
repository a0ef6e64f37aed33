//! What a found node was asked to be: its spec if acecast started it, else what its arguments show.

use std::time::Duration;

use acecast_config::AppConfig;
use acecast_reconcile::{Field, Identity, Secret, Secrets, Spec, StreamUrl, Unidentified};

use crate::adopt::{self, Shown};
use crate::process::{Proc, Variable};
use crate::realm::Realm;
use crate::scan::{Candidate, Found};
use crate::spec_text::{self, Decoded};

/// A node's environment is empty for a moment around exec; this often it is read again.
const READ_AGAIN: usize = 10;

pub(super) struct Identified {
    pub(super) identity: Identity,
    pub(super) url: Option<StreamUrl>,
    pub(super) secrets: Secrets,
}

impl Identified {
    /// The token that the node's own arguments show.
    pub(super) fn token(&self) -> Option<&Secret> {
        self.secrets.get(&Field::NodeAccessToken)?.as_ref()
    }
}

pub(super) fn identify(node: &Found<'_>, app: &AppConfig, realm: Option<&Realm>) -> Identified {
    let main = node.main;
    let process = main.process();
    let cwd = process.as_ref().and_then(Proc::cwd);
    // The wrapper's own path tells the channel best; without a wrapper the engine's file does.
    let program = process.as_ref().and_then(Proc::program);
    let Shown { spec, role, url, secrets } =
        adopt::shown(&main.command, cwd.as_deref(), program.as_deref(), app);
    let written = written_spec(main, process.as_ref(), realm).or_else(|| {
        let wrapper = node.wrapper?;
        written_spec(wrapper, wrapper.process().as_ref(), realm)
    });
    let identity = match (written, spec) {
        (Some(Decoded::Newer { version, .. }), _) => {
            Identity::Unidentified { role, why: Unidentified::NewerSpec(version) }
        }
        // The variable is inherited: a node that was started by hand from a node's environment carries another's.
        (Some(Decoded::Spec { spec: written, .. }), Ok(shown)) if same_node(&written, &shown) => {
            Identity::Managed(written)
        }
        (_, Ok(shown)) => Identity::Adopted(with_wrapper_channel(shown, node, app)),
        (_, Err(why)) => Identity::Unidentified { role, why },
    };
    Identified { identity, url, secrets }
}

fn same_node(written: &Spec, shown: &Spec) -> bool {
    written.port == shown.port && written.stream == shown.stream
}

/// The spec in the process's environment, if it is for this realm and port.
fn written_spec(candidate: &Candidate, process: Option<&Proc>, realm: Option<&Realm>) -> Option<Decoded> {
    let process = process?;
    let mut text = process.variable(spec_text::VARIABLE);
    for _ in 0..READ_AGAIN {
        if text != Variable::Empty {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
        text = process.variable(spec_text::VARIABLE);
    }
    let Variable::Set(text) = text else { return None };
    let here = realm?.path();
    let decoded = spec_text::decode(&text).ok()?;
    let ours = match &decoded {
        Decoded::Spec { realm, spec } => realm == here && spec.port == candidate.command.port,
        Decoded::Newer { realm, port, .. } => {
            realm.as_ref().is_none_or(|realm| realm == here)
                && port.is_none_or(|port| port == candidate.command.port)
        }
    };
    ours.then_some(decoded)
}

/// An engine whose own file could not be read has the channel of its wrapper.
fn with_wrapper_channel(mut spec: Spec, node: &Found<'_>, app: &AppConfig) -> Spec {
    if spec.settings.contains_key(Field::EngineVersion) {
        return spec;
    }
    if let Some(wrapper) = node.wrapper {
        let cwd = wrapper.process().and_then(|process| process.cwd());
        let shown = adopt::shown(&wrapper.command, cwd.as_deref(), None, app);
        if let Ok(shown) = shown.spec {
            let channel = [Field::EngineVersion, Field::EnginePath];
            spec.settings.extend(channel.into_iter().filter_map(|f| Some((f, shown.settings.get(f)?))));
        }
    }
    spec
}
