//! The two HTML pages, each one file that loads nothing, and the policy that lets exactly its own script and style run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::response::Response;

const MAIN: &str = include_str!("page.html");
const LOGIN: &str = include_str!("login.html");

/// What the message of the login page takes the place of.
const MESSAGE: &str = "<!-- message -->";

/// A page and its policy.
pub(super) struct Html {
    text: String,
    policy: String,
}

/// The page itself.
pub(super) fn main_page() -> Html {
    Html::new(MAIN.to_owned())
}

/// The login form, with a message that is ours and no client's.
pub(super) fn login_page(message: Option<&'static str>) -> Html {
    let message = message.map(|message| format!("<p role=\"alert\">{message}</p>")).unwrap_or_default();
    Html::new(LOGIN.replace(MESSAGE, &message))
}

impl Html {
    fn new(text: String) -> Self {
        let source = |element| match inline(&text, element) {
            Some(content) => format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content))),
            None => "'none'".to_owned(),
        };
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
            source("script"),
            source("style"),
        );
        Html { text, policy }
    }

    /// As an answer.
    pub(super) fn response(&self, status: u16) -> Response {
        Response::new(status, "text/html; charset=utf-8", self.text.as_str()).allowing(&self.policy)
    }
}

/// What is between the tags of the one element of this name.
fn inline<'a>(text: &'a str, element: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{element}>"))?;
    Some(rest.split_once(&format!("</{element}>"))?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_one_file_with_one_script_and_one_style() {
        for (text, scripts) in [(MAIN, 1), (LOGIN, 0)] {
            assert_eq!((text.matches("<script").count(), text.matches("<style").count()), (scripts, 1));
            assert_eq!(text.matches("<script>").count(), scripts);
            for foreign in ["src=", "@import", "url(", "innerHTML", "outerHTML", "insertAdjacent", " style="]
            {
                assert!(!text.contains(foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn the_message_is_on_the_page() {
        assert!(login_page(Some("No.")).text.contains(">No.</p>"));
        assert!(LOGIN.contains(MESSAGE) && !login_page(None).text.contains("alert"));
    }
}
