//! The node lists as they were read, and the whole config once all of them could be had.

use acecast_reconcile::WrongEntry;

use crate::{AppConfig, LoadError, Problem, SourceNode, SupportNode};

/// Which lists to read, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The list of source nodes.
    pub source: bool,
    /// The list of support nodes.
    pub support: bool,
    /// Ask the source nodes' controller for metadata, too.
    pub get_metadata: bool,
}

/// One role's list: usable entries, and entries that had to be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeList<N> {
    /// The usable entries, in the document's order. No port and no stream uid is there twice.
    pub nodes: Vec<N>,
    /// The others. Their ports, where readable, are different ones.
    pub wrong: Vec<WrongEntry>,
}

impl<N> Default for NodeList<N> {
    fn default() -> Self {
        NodeList { nodes: Vec::new(), wrong: Vec::new() }
    }
}

/// What came of reading the lists. A role that was not asked for, or has no endpoint, is `None`: out of scope.
#[derive(Debug)]
#[must_use]
pub struct Lists {
    /// The source nodes, or why there is no list of them.
    pub sources: Option<Result<NodeList<SourceNode>, LoadError>>,
    /// The support nodes, or why there is no list of them. Ports that the source nodes have, too, fail this list.
    pub supports: Option<Result<NodeList<SupportNode>, LoadError>>,
    /// What is wrong in, and with, lists that could be had; errors leave single entries out.
    pub found: Vec<Problem>,
}

impl Lists {
    /// Why lists could not be had, if so.
    pub fn errors(&self) -> impl Iterator<Item = &LoadError> {
        let sources = self.sources.as_ref().and_then(|list| list.as_ref().err());
        sources.into_iter().chain(self.supports.as_ref().and_then(|list| list.as_ref().err()))
    }

    /// Everything wrong: with lists that could not be had, and in those that could.
    pub fn problems(&self) -> Vec<Problem> {
        self.found.iter().cloned().chain(self.errors().flat_map(LoadError::problems)).collect()
    }

    /// The whole config, or the lists again if one of those asked for could not be had.
    #[expect(clippy::result_large_err, reason = "the lists are handed back as they came in")]
    pub fn into_config(self, app: AppConfig) -> Result<Config, Lists> {
        match self {
            Lists { sources: None | Some(Ok(_)), supports: None | Some(Ok(_)), found } => Ok(Config {
                app,
                sources: self.sources.and_then(Result::ok),
                supports: self.supports.and_then(Result::ok),
                problems: found,
            }),
            failed => Err(failed),
        }
    }
}

/// What a host should run, with everything that was read for it.
#[derive(Clone, Debug)]
pub struct Config {
    /// The environment.
    pub app: AppConfig,
    /// The source nodes, if they are in scope.
    pub sources: Option<NodeList<SourceNode>>,
    /// The support nodes, if they are in scope.
    pub supports: Option<NodeList<SupportNode>>,
    /// Warnings, and the errors of the entries that were left out.
    pub problems: Vec<Problem>,
}
