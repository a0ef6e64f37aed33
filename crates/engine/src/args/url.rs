//! The paths of a node's own HTTP service.

use acecast_reconcile::Secret;

use crate::percent::percent_encode;

/// `/app/WHAT`, or `/app/TOKEN/WHAT` for a node with an access token, which is percent-encoded where it has to be.
/// `what` is taken as it is, and may have a query.
pub fn api_path(token: Option<&Secret>, what: &str) -> String {
    match token {
        None => format!("/app/{what}"),
        Some(token) => format!("/app/{}/{what}", percent_encode(token.reveal())),
    }
}
