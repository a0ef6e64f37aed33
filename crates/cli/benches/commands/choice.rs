//! What of it is measured: everything, or what the words behind `cargo bench … --` name.

use std::collections::BTreeSet;

/// The scenes by their names.
pub(crate) const SCENES: [(&str, &str); 9] = [
    (START_UP, "the size of the binary, and how long it takes to say its version"),
    (LISTS, "`check` of short and long lists"),
    (NOOP, "`start` with nothing to do and `status`, next to the bare loop"),
    (START, "`start` from nothing, next to the bare loop"),
    (HUNG, "`start` and `status` where some nodes hang"),
    (REPORTS, "`monitor` where some nodes hang and the server takes its time"),
    (REST, "`run` with nothing to do"),
    (ASKING, "one request after the other, as scripts do, next to `status` and `monitor`"),
    (SUPERVISOR, "supervisor over the same nodes, where it is installed"),
];
pub(crate) const START_UP: &str = "start-up";
pub(crate) const LISTS: &str = "lists";
pub(crate) const NOOP: &str = "noop";
pub(crate) const START: &str = "start";
pub(crate) const HUNG: &str = "hung";
pub(crate) const REPORTS: &str = "monitor";
pub(crate) const REST: &str = "rest";
pub(crate) const ASKING: &str = "asking";
pub(crate) const SUPERVISOR: &str = "supervisor";

/// The hosts, by their nodes.
pub(crate) const SIZES: [usize; 4] = [10, 50, 200, 1000];

/// Everything once: for work on the scenes themselves.
const QUICK: &str = "quick";

/// What was asked for.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    scenes: BTreeSet<String>,
    sizes: BTreeSet<usize>,
    quick: bool,
}

impl Choice {
    /// Reads the words, or says which ones there are.
    pub(crate) fn of(args: &[String]) -> Result<Choice, String> {
        let mut choice = Choice::default();
        for word in args.iter().filter(|arg| *arg != "--bench") {
            let size = word.parse().ok().filter(|size| SIZES.contains(size));
            let is_scene = SCENES.iter().any(|(name, _)| name == word);
            match size {
                Some(size) => drop(choice.sizes.insert(size)),
                None if is_scene => drop(choice.scenes.insert(word.clone())),
                None if word == QUICK => choice.quick = true,
                None => return Err(format!("{word} is nothing that can be measured\n\n{}", usage())),
            }
        }
        Ok(choice)
    }

    /// The scene is to be measured over so many nodes.
    pub(crate) fn wants(&self, scene: &str, nodes: usize) -> bool {
        self.wants_alone(scene) && (self.sizes.is_empty() || self.sizes.contains(&nodes))
    }

    /// The scene, which has no nodes, is to be measured.
    pub(crate) fn wants_apart(&self, scene: &str) -> bool {
        self.wants_alone(scene) && (self.sizes.is_empty() || self.scenes.contains(scene))
    }

    /// How often something is done that is usually done so often.
    pub(crate) fn rounds(&self, usually: usize) -> usize {
        if self.quick { 1 } else { usually }
    }

    fn wants_alone(&self, scene: &str) -> bool {
        self.scenes.is_empty() || self.scenes.contains(scene)
    }
}

fn usage() -> String {
    let scenes = SCENES.map(|(name, about)| format!("  {name:12}{about}\n")).concat();
    let sizes = SIZES.map(|size| size.to_string()).join(", ");
    format!("scenes, any of them:\n{scenes}numbers of nodes, any of: {sizes}\n{QUICK}: every run once")
}
