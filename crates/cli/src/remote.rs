//! Requests to remote servers: whose certificates count, and which proxies are used. Nodes are never asked this way.

use std::fmt::Display;
use std::path::Path;
use std::time::Instant;

use acecast_config::{Answer, Fetch, FetchError, RemoteUrl, UreqFetch};
use acecast_engine::files::read_bounded;
use acecast_telemetry::{AtOnce, Post, PostError, Receiver, Reply, UreqPost};
use anyhow::Context as _;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};

use crate::failure::Failure;

/// A large answer needs no large buffer, and the default one is 128 KiB for each connection.
const BUFFER: usize = 16 * 1024;

/// As many connections are kept as send side by side.
const KEPT: usize = AtOnce::PER_SERVER.get();

/// All certificate authorities of a system are some hundred KiB.
const MAX_CA_FILE: u64 = 4 * 1024 * 1024;

/// The variables that name proxies; the first one that is set counts.
const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];

/// Asks remote servers and sends to them; plain http and https may have proxies of their own.
pub(crate) struct Remote {
    http: Agent,
    https: Agent,
}

impl Remote {
    /// Makes the agents, with the proxies that the environment names.
    pub(crate) fn new(ca_file: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let tls = tls(ca_file).map_err(|error| {
            Failure::new(crate::Exit::Config, "ca_file_wrong", error.context("ca_file cannot be used"))
        })?;
        let agent = |names: [&str; 2]| -> Result<Agent, Failure> {
            let config = Agent::config_builder()
                .tls_config(tls.clone())
                .proxy(proxy(names, env)?)
                .input_buffer_size(BUFFER)
                .output_buffer_size(BUFFER)
                // A new connection over TLS costs more than one that is kept.
                .max_idle_connections(KEPT)
                .max_idle_connections_per_host(KEPT)
                .user_agent(concat!("acecast/", env!("CARGO_PKG_VERSION")))
                .build();
            Ok(Agent::new_with_config(config))
        };
        Ok(Remote { http: agent(HTTP_PROXY)?, https: agent(HTTPS_PROXY)? })
    }

    fn agent(&self, url: &str) -> Agent {
        if is_https(url) { self.https.clone() } else { self.http.clone() }
    }

    /// Why there is no connection, if it is a proxy that this URL is asked through: the server may be well.
    fn proxy_fails(&self, url: &str, error: &dyn Display) -> Option<String> {
        let agent = self.agent(url);
        let proxy = agent.config().proxy()?;
        let [variable, _] = if is_https(url) { HTTPS_PROXY } else { HTTP_PROXY };
        let excepted = url.parse().is_ok_and(|url| proxy.is_no_proxy(&url));
        (!excepted).then(|| format!("the proxy that {variable} names cannot be reached: {error}"))
    }
}

impl Fetch for Remote {
    fn get(&self, url: &RemoteUrl, deadline: Instant) -> Result<Answer, FetchError> {
        let shown = url.identity();
        UreqFetch::new(self.agent(&shown)).get(url, deadline).map_err(|error| match error {
            FetchError::Refused | FetchError::UnknownHost => {
                self.proxy_fails(&shown, &error).map_or(error, FetchError::Connection)
            }
            other => other,
        })
    }
}

impl Post for Remote {
    fn post(&self, to: &Receiver, body: &[u8], deadline: Instant) -> Result<Reply, PostError> {
        UreqPost::new(self.agent(to.url())).post(to, body, deadline).map_err(|error| match error {
            PostError::Refused | PostError::UnknownHost => {
                self.proxy_fails(to.url(), &error).map_or(error, PostError::Connection)
            }
            other => other,
        })
    }
}

fn is_https(url: &str) -> bool {
    url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

/// Stands in where no server is to be asked.
pub(crate) struct NoServer;

impl Fetch for NoServer {
    fn get(&self, _url: &RemoteUrl, _deadline: Instant) -> Result<Answer, FetchError> {
        Err(FetchError::Other("no server was to be asked".to_owned()))
    }
}

/// The system's certificate authorities, or those of `ca_file`.
fn tls(ca_file: Option<&Path>) -> anyhow::Result<TlsConfig> {
    let roots = match ca_file {
        Some(path) => certificates(path)?,
        None => RootCerts::PlatformVerifier,
    };
    Ok(TlsConfig::builder().root_certs(roots).build())
}

fn certificates(path: &Path) -> anyhow::Result<RootCerts> {
    let name = path.display();
    let pem = read_bounded(path, MAX_CA_FILE)?.with_context(|| format!("{name} does not exist"))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.with_context(|| format!("{name} is no PEM file"))? {
            certificates.push(certificate);
        }
    }
    anyhow::ensure!(!certificates.is_empty(), "{name} holds no certificate in PEM form");
    Ok(RootCerts::new_with_certs(&certificates))
}

/// The proxy that one of the variables names, with the exceptions of `NO_PROXY`. Its URL may hold a password, so no
/// message shows it.
fn proxy(names: [&str; 2], env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Failure> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let Some((name, value)) = names.into_iter().find_map(|name| Some((name, set(name)?))) else {
        return Ok(None);
    };
    let wrong = |_| Failure::config("proxy_wrong", format_args!("{name} is not the URL of a proxy"));
    let named = Proxy::new(&value).map_err(wrong)?;
    let mut proxy = Proxy::builder(named.protocol()).host(named.host()).port(named.port());
    if let Some(user) = named.username() {
        proxy = proxy.username(user);
    }
    if let Some(password) = named.password() {
        proxy = proxy.password(password);
    }
    let exceptions = set("NO_PROXY").or_else(|| set("no_proxy")).unwrap_or_default();
    for exception in exceptions.split(',') {
        proxy = proxy.no_proxy(exception.trim());
    }
    proxy.build().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(value: &'static str) -> Result<Option<Proxy>, Failure> {
        proxy(["HTTPS_PROXY", "https_proxy"], &|name| match name {
            "https_proxy" => Some(value.to_owned()),
            "NO_PROXY" => Some("localhost, .example.com".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn the_environment_names_the_proxy_and_its_exceptions() {
        let proxy = named("http://user:p%40ss@10.0.0.1:3128").unwrap().unwrap();
        assert_eq!((proxy.host(), proxy.port()), ("10.0.0.1", 3128));
        assert_eq!((proxy.username(), proxy.password()), (Some("user"), Some("p@ss")));
        for (host, excepted) in [("a.example.com", true), ("localhost", true), ("example.org", false)] {
            assert_eq!(proxy.is_no_proxy(&format!("https://{host}/").parse().unwrap()), excepted, "{host}");
        }
        assert!(named("").unwrap().is_none());
    }

    #[test]
    fn a_wrong_proxy_is_named_without_its_secrets() {
        let failure = named("nonsense://user:hunter2@x").unwrap_err();
        assert_eq!(failure.error.to_string(), "https_proxy is not the URL of a proxy");
        assert_eq!(failure.exit, crate::Exit::Config);
    }
}
