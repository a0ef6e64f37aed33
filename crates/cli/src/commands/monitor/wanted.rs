//! The nodes that the lists ask for: those that are down are told by nothing else.

use acecast_config::{Ask, Entry, Lists, LoadError, Problem};
use acecast_reconcile::{Port, Role};

use crate::context::{Context, list_failure};
use crate::failure::Failure;

/// What the lists ask for, as far as they could be read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) nodes: Vec<WantedNode>,
    /// Every list could be read, and no entry is wrong.
    pub(super) is_whole: bool,
    /// What is wrong with lists that could not be read, if there are some.
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
    let lists = context.lists(Ask::of(role))?;
    if lists.sources.is_none() && lists.supports.is_none() {
        let which =
            role.map_or("no list of nodes is".to_owned(), |role| format!("controller.{role}_node is not"));
        context.out.warning(&format!("{which} set in the app config: nodes that are down are not reported"));
    }
    let nodes = lists.entries().filter_map(WantedNode::of).collect();
    let is_whole = lists.errors().next().is_none() && lists.entries().all(Entry::is_usable);
    Ok(Wanted { nodes, is_whole, errors: say(context, lists) })
}

impl WantedNode {
    /// `None` if not even the port is known.
    fn of(entry: Entry<'_>) -> Option<Self> {
        let (role, name, is_wrong) = (entry.role(), entry.name(), !entry.is_usable());
        Some(WantedNode { role, port: entry.port()?, name, is_wrong })
    }
}

/// Says what is wrong with the lists, and gives it where they could not be read. What runs is reported in any case.
fn say(context: &Context, lists: Lists) -> Option<Vec<Problem>> {
    if lists.errors().next().is_none() {
        context.out.problems(&lists.found);
        return None;
    }
    let errors = lists.errors().flat_map(LoadError::problems).collect();
    context.out.why(&list_failure(lists));
    context.out.warning("nodes that are down are not reported while their list cannot be read");
    Some(errors)
}
