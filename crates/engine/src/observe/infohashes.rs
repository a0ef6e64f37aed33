//! Which streams running nodes carry, by infohash: sequence files are named after those.

use std::collections::BTreeMap;

use acecast_reconcile::{Field, SourceKind, Spec, StreamUid, Value};

use super::Snapshot;

impl Snapshot {
    /// The streams of running HLS sources by the infohash that each node tells of itself, in lower case.
    pub fn infohashes(&self) -> BTreeMap<String, StreamUid> {
        let hash_of = |node: &acecast_reconcile::ObservedNode| {
            let spec = node.identity.spec().filter(|spec| is_hls(spec))?;
            let hash = self.facts.get(&node.processes)?.answer.as_ref()?.download_hash()?;
            Some((hash.to_ascii_lowercase(), spec.stream.uid()?.clone()))
        };
        self.observed.nodes.iter().filter_map(hash_of).collect()
    }
}

fn is_hls(spec: &Spec) -> bool {
    matches!(spec.settings.get(Field::Type), Some(Value::Text(kind)) if kind == SourceKind::Hls.as_str())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acecast_reconcile::testing::{hls, running, source, support};
    use acecast_reconcile::{Identity, Observed, ObservedNode};

    use super::*;
    use crate::{Answer, NodeFacts};

    fn snapshot(nodes: Vec<(ObservedNode, Option<String>)>) -> Snapshot {
        let facts = nodes.iter().map(|(node, hash)| {
            let answer = hash.as_ref().map(|hash| format!("{{\"download_hash\": \"{hash}\"}}"));
            let answer = answer.map(|text| Answer::parse(&text).unwrap());
            (node.processes, NodeFacts::new(answer, Duration::ZERO))
        });
        let facts = facts.collect();
        let nodes = nodes.into_iter().map(|(node, _)| node).collect();
        let mut observed = Observed::default();
        observed.nodes = nodes;
        let mut snapshot = Snapshot::new(observed);
        snapshot.facts = facts;
        snapshot
    }

    #[test]
    fn hls_sources_that_tell_their_infohash_are_known() {
        let hash = |digit: &str| Some(digit.repeat(40));
        let adopted = |mut node: ObservedNode| {
            node.identity = Identity::Adopted(node.identity.spec().unwrap().clone());
            node
        };
        let known = snapshot(vec![
            (running(hls(8650, "tv")), hash("A")),
            (adopted(running(hls(8651, "kids"))), hash("b")),
            (running(hls(8652, "silent")), None),
            (running(hls(8653, "starting")), Some("none".to_owned())),
            (running(source(8640, "news")), hash("c")),
            (running(support(8660, "192.0.2.1:8650")), hash("d")),
        ]);
        let expected =
            [("a", "tv"), ("b", "kids")].map(|(digit, uid)| (digit.repeat(40), uid.parse().unwrap()));
        assert_eq!(known.infohashes(), BTreeMap::from(expected));
    }
}
