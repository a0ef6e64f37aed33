//! What is where, and who gets it.

use std::sync::Arc;

use acecast_telemetry::metrics::Format;
use serde_json::Value;

use super::Pages;
use super::gate::{Entry, Gate};
use super::page::{Html, login_page, main_page};
use super::request::Request;
use super::response::Response;
use crate::output::json_text;

/// All that one server shows.
pub(super) struct Site {
    gate: Gate,
    pages: Arc<dyn Pages>,
    main: Html,
    login: Html,
    wrong: Html,
}

/// The places that there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Main,
    Login,
    Status,
    Plan,
    Events,
    Metrics,
    Healthy,
    Ready,
}

impl Site {
    /// The pages behind this gate.
    pub(super) fn new(gate: Gate, pages: Arc<dyn Pages>) -> Self {
        let wrong = login_page(Some("This token is wrong."));
        Site { gate, pages, main: main_page(), login: login_page(None), wrong }
    }

    /// The request has a body that counts.
    pub(super) fn takes_body(&self, request: &Request) -> bool {
        request.method == "POST" && self.place(&request.path) == Some(Place::Login)
    }

    /// Answers a request; the body is empty where none counts.
    pub(super) fn answer(&self, request: &Request, body: &[u8]) -> Response {
        if !self.gate.knows_host(request) {
            let line = "this page is not served under this host name: use localhost or the IP address, or set a token";
            return Response::text(421, line);
        }
        let Some(place) = self.place(&request.path) else { return Response::text(404, "not found") };
        match request.method.as_str() {
            "GET" | "HEAD" => self.show(place, request),
            "POST" if place == Place::Login => self.log_in(body),
            _ => {
                let allowed = if place == Place::Login { "GET, HEAD, POST" } else { "GET, HEAD" };
                Response::text(405, "nothing can be changed here").with("Allow", allowed)
            }
        }
    }

    fn place(&self, path: &str) -> Option<Place> {
        Some(match path {
            "/" => Place::Main,
            "/login" if self.gate.is_locked() => Place::Login,
            "/api/status" => Place::Status,
            "/api/plan" => Place::Plan,
            "/api/events" => Place::Events,
            "/metrics" => Place::Metrics,
            "/healthz" => Place::Healthy,
            "/readyz" => Place::Ready,
            _ => return None,
        })
    }

    fn show(&self, place: Place, request: &Request) -> Response {
        match place {
            Place::Login => return self.login.response(200),
            // No more than that there is an answer: how long the loop may take for what it does, no probe can know.
            // That it hangs, its own watchdog notices, and the time of the last success of `reconcile` tells.
            Place::Healthy => return Response::text(200, "ok"),
            Place::Ready if self.pages.is_ready() => return Response::text(200, "ok"),
            Place::Ready => return Response::text(503, "the first round has not ended yet"),
            Place::Main | Place::Status | Place::Plan | Place::Events | Place::Metrics => {}
        }
        match self.gate.entry(request) {
            Entry::Open => self.reveal(place, request),
            Entry::TooMany => too_many(),
            Entry::Anonymous | Entry::Wrong if place == Place::Main => Response::see("/login"),
            Entry::Anonymous | Entry::Wrong => {
                Response::text(401, "a token is needed").with("WWW-Authenticate", "Bearer")
            }
        }
    }

    /// What only those see who may.
    fn reveal(&self, place: Place, request: &Request) -> Response {
        match place {
            Place::Status => document(&self.pages.status()),
            Place::Plan => document(&self.pages.plan()),
            Place::Events => document(&self.pages.events()),
            Place::Metrics => {
                let format = wanted_format(request);
                Response::new(200, format.content_type(), self.pages.metrics(format))
            }
            Place::Main | Place::Login | Place::Healthy | Place::Ready => self.main.response(200),
        }
    }

    fn log_in(&self, form: &[u8]) -> Response {
        let token = field(form, "token").unwrap_or_default();
        match self.gate.login(&token) {
            Ok(cookie) => Response::see("/").with("Set-Cookie", cookie),
            Err(Entry::TooMany) => too_many(),
            Err(_) => self.wrong.response(403),
        }
    }
}

fn document(document: &Value) -> Response {
    Response::new(200, "application/json", json_text(document))
}

fn too_many() -> Response {
    Response::text(429, "too many wrong tokens at once").with("Retry-After", "1")
}

/// OpenMetrics, if it is accepted, and the text format is not preferred.
fn wanted_format(request: &Request) -> Format {
    let weight = |kind: &str| {
        let ranges = request.headers("accept").flat_map(|value| value.split(','));
        let weights = ranges.filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            parts.next()?.eq_ignore_ascii_case(kind).then(|| {
                let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
                q.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0))
            })
        });
        weights.fold(0.0, f32::max)
    };
    let open = weight("application/openmetrics-text");
    if open > 0.0 && open >= weight("text/plain") { Format::OpenMetrics } else { Format::Text }
}

/// A field of a form that a browser sent as `application/x-www-form-urlencoded`.
fn field(form: &[u8], name: &str) -> Option<String> {
    let form = std::str::from_utf8(form).ok()?;
    form.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| decoded(value))?
    })
}

/// None if it is not UTF-8 or wrongly encoded.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let value = digit(rest.next())? << 4 | digit(rest.next())?;
                u8::try_from(value).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_form_are_decoded() {
        let token = |form: &str| field(form.as_bytes(), "token");
        assert_eq!(token("a=b&token=x%2By+z%C3%A9&token=other").as_deref(), Some("x+y zé"));
        for wrong in ["", "token", "tokens=x", "token=%", "token=%4", "token=%zz", "token=%ff", "token=%+1"] {
            assert_eq!(token(wrong), None, "{wrong}");
        }
        assert_eq!(field(b"token=\xff", "token"), None);
    }
}
