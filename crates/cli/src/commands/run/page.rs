//! Serving the page beside the loop.

use std::sync::Arc;

use super::view::View;
use crate::args::LISTEN_TOKEN;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::web::{self, Listen, WebError};

/// Serves the page, if it is to be served, and says where.
pub(super) fn serve(listen: Option<Listen>, view: &Arc<View>) -> Result<Option<web::Server>, Failure> {
    let Some(listen) = listen else { return Ok(None) };
    let has_token = listen.token.is_some();
    let pages: Arc<dyn web::Pages> = Arc::clone(view) as Arc<dyn web::Pages>;
    let server = web::serve(listen, pages).map_err(unserved)?;
    let login = if has_token { "; it asks for the token" } else { "" };
    view.context().out.note(format_args!("the page is at http://{}/{login}", server.address()));
    Ok(Some(server))
}

/// Why there is no page, and what to do about it.
fn unserved(error: WebError) -> Failure {
    match error {
        WebError::TokenNeeded(address) => {
            let here = format!("--listen 127.0.0.1:{}", address.port());
            let hint = format!("set {LISTEN_TOKEN} or --listen-token-file, or use {here}");
            Failure::new(Exit::Usage, "usage", error).hint(hint)
        }
        WebError::TokenUnusable => {
            let hint = "use a token of letters and digits; `openssl rand -hex 20` makes one";
            Failure::new(Exit::Usage, "usage", error).hint(hint)
        }
        error => Failure::new(Exit::Problem, "listen_failed", error)
            .hint("use another address with --listen 127.0.0.1:PORT, or none with --listen off"),
    }
}
