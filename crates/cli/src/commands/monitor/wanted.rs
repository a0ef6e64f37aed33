//! The nodes that the lists ask for: those that are down are told by nothing else.

use acecast_config::{Ask, Lists, LoadError, NodeList, Problem};
use acecast_reconcile::{Port, Role, WrongEntry};

use crate::context::{Context, list_failure};
use crate::failure::Failure;

/// What the lists ask for, as far as they could be had.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) nodes: Vec<WantedNode>,
    /// Every list could be had, and no entry is wrong.
    pub(super) is_whole: bool,
    /// What is wrong with lists that could not be had, if there are some.
    pub(super) errors: Option<Vec<Problem>>,
}

/// An entry of a list.
#[derive(Debug)]
pub(super) struct WantedNode {
    pub(super) role: Role,
    pub(super) port: Port,
    pub(super) name: Option<String>,
    /// The entry is wrong, so it cannot be started.
    pub(super) is_wrong: bool,
}

/// Reads the lists of a role, or of both, and says what is wrong with them.
pub(super) fn read(context: &Context, role: Option<Role>) -> Result<Wanted, Failure> {
    let (source, support) = (role != Some(Role::Support), role != Some(Role::Source));
    let lists = context.lists(Ask { source, support, get_metadata: false })?;
    if lists.sources.is_none() && lists.supports.is_none() {
        let which =
            role.map_or("no list of nodes is".to_owned(), |role| format!("controller.{role}_node is not"));
        context.out.warning(&format!("{which} set in the app config: nodes that are down are not reported"));
    }
    let mut wanted = Wanted { is_whole: true, ..Wanted::default() };
    wanted.add(Role::Source, lists.sources.as_ref(), |node| (node.common.port, node.uid.to_string()));
    wanted.add(Role::Support, lists.supports.as_ref(), |node| (node.common.port, node.source.to_string()));
    wanted.say(context, lists);
    Ok(wanted)
}

impl Wanted {
    fn add<N>(
        &mut self,
        role: Role,
        list: Option<&Result<NodeList<N>, LoadError>>,
        parts: impl Fn(&N) -> (Port, String),
    ) {
        let Some(Ok(NodeList { nodes, wrong })) = list else {
            self.is_whole &= list.is_none();
            return;
        };
        self.is_whole &= wrong.is_empty();
        self.nodes.extend(nodes.iter().map(|node| {
            let (port, name) = parts(node);
            WantedNode { role, port, name: Some(name), is_wrong: false }
        }));
        self.nodes.extend(wrong.iter().filter_map(|WrongEntry { port, name, detail: _ }| {
            Some(WantedNode { role, port: (*port)?, name: name.clone(), is_wrong: true })
        }));
    }

    /// What runs is reported whatever is wrong with the lists.
    fn say(&mut self, context: &Context, lists: Lists) {
        if lists.errors().next().is_some() {
            self.errors = Some(lists.errors().flat_map(LoadError::problems).collect());
            context.out.why(&list_failure(lists));
            context.out.warning("nodes that are down are not reported where their list cannot be had");
        } else {
            context.out.problems(&lists.found);
        }
    }
}
