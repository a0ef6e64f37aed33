//! Which lists are read, and how.

use acecast_reconcile::Role;

/// Which lists to read, and how. None of them by default.
///
/// ```
/// use acecast_config::Ask;
/// use acecast_reconcile::Role;
///
/// assert!(Ask::both().asks(Role::Source) && Ask::both().asks(Role::Support));
/// // What a restore needs: the list of source nodes, with the streams' keys and numbers.
/// let ask = Ask::of(Role::Source).with_metadata();
/// assert!(!ask.asks(Role::Support) && ask.get_metadata);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ask {
    /// The list of source nodes.
    pub source: bool,
    /// The list of support nodes.
    pub support: bool,
    /// Ask the source nodes' controller for metadata, too.
    pub get_metadata: bool,
}

impl Ask {
    /// Both lists, without metadata.
    pub const fn both() -> Self {
        Ask { source: true, support: true, get_metadata: false }
    }

    /// The list of this role, or both where no role is named, without metadata.
    pub fn of(role: impl Into<Option<Role>>) -> Self {
        let role = role.into();
        let has = |its: Role| role.is_none_or(|role| role == its);
        Ask { source: has(Role::Source), support: has(Role::Support), get_metadata: false }
    }

    /// The same, and the source nodes' controller is asked for metadata, too.
    #[must_use]
    pub const fn with_metadata(self) -> Self {
        Ask { get_metadata: true, ..self }
    }

    /// The role's list is one of them.
    pub const fn asks(self, role: Role) -> bool {
        match role {
            Role::Source => self.source,
            Role::Support => self.support,
        }
    }
}
