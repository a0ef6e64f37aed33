//! The node lists as they were read, and the whole config once all of them could be had.

use acecast_reconcile::{Role, WrongEntry};

use crate::{AppConfig, LoadError, Problem, SourceNode, SupportNode};

/// One role's list: usable entries, and entries that had to be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeList<N> {
    /// The usable entries, in the document's order. No port and no stream uid is used twice.
    pub nodes: Vec<N>,
    /// The others. Their ports, where readable, are different ones.
    pub wrong: Vec<WrongEntry>,
}

impl<N> NodeList<N> {
    /// A list of usable entries only. No port and no stream uid may be used twice.
    pub fn new(nodes: Vec<N>) -> Self {
        NodeList { nodes, wrong: Vec::new() }
    }
}

impl<N> Default for NodeList<N> {
    fn default() -> Self {
        NodeList::new(Vec::new())
    }
}

/// What came of reading the lists. A role that was not asked for, or has no endpoint, is `None`: out of scope.
#[derive(Debug, Default)]
#[must_use]
#[non_exhaustive]
pub struct Lists {
    /// The source nodes, or why there is no list of them.
    pub sources: Option<Result<NodeList<SourceNode>, LoadError>>,
    /// The support nodes, or why there is no list of them. Ports that the source nodes have, too, fail this list.
    pub supports: Option<Result<NodeList<SupportNode>, LoadError>>,
    /// What is wrong in, and with, lists that could be had; errors leave single entries out.
    pub found: Vec<Problem>,
}

impl Lists {
    /// Why the role's list could not be had, if so.
    pub fn error(&self, role: Role) -> Option<&LoadError> {
        match role {
            Role::Source => self.sources.as_ref().and_then(|list| list.as_ref().err()),
            Role::Support => self.supports.as_ref().and_then(|list| list.as_ref().err()),
        }
    }

    /// Why lists could not be had, if so.
    pub fn errors(&self) -> impl Iterator<Item = &LoadError> {
        Role::ALL.into_iter().filter_map(|role| self.error(role))
    }

    /// Everything wrong: with lists that could not be had, and in those that could.
    pub fn problems(&self) -> Vec<Problem> {
        self.found.iter().cloned().chain(self.errors().flat_map(LoadError::problems)).collect()
    }

    /// The whole config.
    ///
    /// # Errors
    ///
    /// The lists as they are, if one of those asked for could not be had: [`Lists::errors`] says why.
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

    /// A config of the lists that could be had: a role whose list could not is out of scope. It is good for looking;
    /// what is carried out needs [`Lists::into_config`].
    pub fn partial_config(&self, app: AppConfig) -> Config {
        Config {
            app,
            sources: self.sources.as_ref().and_then(|list| list.as_ref().ok().cloned()),
            supports: self.supports.as_ref().and_then(|list| list.as_ref().ok().cloned()),
            problems: self.found.clone(),
        }
    }
}

/// What a host should run, with everything that was read for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
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

impl Config {
    /// A config with neither role in scope: whoever stops nodes needs no list. Lists that are put in by hand must not
    /// repeat a port or a stream uid.
    pub fn new(app: AppConfig) -> Self {
        Config { app, sources: None, supports: None, problems: Vec::new() }
    }
}
