//! Serving the page beside the loop.

use std::sync::Arc;

use super::view::View;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::web::{self, Listen, WebError};

/// Serves the page, if it is to be served, and says where.
pub(super) fn serve(listen: Option<Listen>, view: &Arc<View>) -> Result<Option<web::Server>, Failure> {
    let Some(listen) = listen else { return Ok(None) };
    let has_token = listen.token.is_some();
    let pages: Arc<dyn web::Pages> = Arc::clone(view) as Arc<dyn web::Pages>;
    let server = web::serve(listen, pages).map_err(|error| match error {
        WebError::TokenNeeded(_) | WebError::TokenUnusable => Failure::new(Exit::Usage, "usage", error),
        error => Failure::new(Exit::Problem, "listen_failed", error)
            .hint("choose another address with --listen, or none with --listen off"),
    })?;
    let login = if has_token { "; it asks for the token" } else { "" };
    view.context().out.note(format_args!("the page is at http://{}/{login}", server.address()));
    Ok(Some(server))
}
