//! Requests to remote servers: whose certificates count, and which proxies are used. Nodes are never asked this way.

mod authorities;

use std::fmt::Display;
use std::path::Path;
use std::time::Instant;

use acecast_config::{Answer, Fetch, FetchError, RemoteUrl, UreqFetch};
use acecast_telemetry::{AtOnce, Post, PostError, Receiver, Reply, UreqPost};
use ureq::{Agent, Proxy};

/// A large answer needs no large buffer, and the default one is 128 KiB for each connection.
const BUFFER: usize = 16 * 1024;

/// As many connections are kept as send side by side.
const KEPT: usize = AtOnce::PER_SERVER.get();

/// The variables that name proxies; the first one that is set counts.
const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];

/// How the text begins that says that a proxy is at fault.
pub(crate) const PROXY: &str = "the proxy that ";

/// Why remote servers cannot be asked at all.
#[derive(Debug)]
pub(crate) enum RemoteError {
    /// The file of certificate authorities cannot be used.
    CaFile(anyhow::Error),
    /// This variable is not the URL of a proxy.
    Proxy(&'static str),
}

/// Asks remote servers and sends to them; plain http and https may have proxies of their own.
pub(crate) struct Remote {
    http: Way,
    https: Way,
}

/// How servers of one scheme are asked.
struct Way {
    agent: Agent,
    /// The variable that names the proxy, if there is one.
    variable: Option<&'static str>,
}

impl Remote {
    /// Makes the agents, with the proxies that the environment names.
    pub(crate) fn new(
        ca_file: Option<&Path>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, RemoteError> {
        let tls = authorities::tls(ca_file).map_err(RemoteError::CaFile)?;
        let way = |names: [&'static str; 2]| -> Result<Way, RemoteError> {
            let (variable, proxy) = proxy(names, env)?.unzip();
            let config = Agent::config_builder()
                .tls_config(tls.clone())
                .proxy(proxy)
                .input_buffer_size(BUFFER)
                .output_buffer_size(BUFFER)
                // A new connection over TLS costs more than one that is kept.
                .max_idle_connections(KEPT)
                .max_idle_connections_per_host(KEPT)
                .user_agent(concat!("acecast/", env!("CARGO_PKG_VERSION")))
                .build();
            Ok(Way { agent: Agent::new_with_config(config), variable })
        };
        Ok(Remote { http: way(HTTP_PROXY)?, https: way(HTTPS_PROXY)? })
    }

    fn way(&self, url: &str) -> &Way {
        if is_https(url) { &self.https } else { &self.http }
    }

    fn agent(&self, url: &str) -> Agent {
        self.way(url).agent.clone()
    }

    /// Why there is no connection, if it is a proxy that this URL is asked through: the server may be well.
    fn proxy_fails(&self, url: &str, error: &dyn Display) -> Option<String> {
        let Way { agent, variable } = self.way(url);
        let (proxy, variable) = agent.config().proxy().zip(*variable)?;
        let excepted = url.parse().is_ok_and(|url| proxy.is_no_proxy(&url));
        (!excepted).then(|| format!("{PROXY}{variable} names cannot be reached: {error}"))
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

/// The proxy that one of the variables names, and which one does, with the exceptions of `NO_PROXY`. Its URL may hold a
/// password, so no message shows it.
fn proxy(
    names: [&'static str; 2],
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(&'static str, Proxy)>, RemoteError> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let Some((name, value)) = names.into_iter().find_map(|name| Some((name, set(name)?))) else {
        return Ok(None);
    };
    let wrong = |_| RemoteError::Proxy(name);
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
    proxy.build().map(|proxy| Some((name, proxy))).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(value: &'static str) -> Result<Option<(&'static str, Proxy)>, RemoteError> {
        proxy(["HTTPS_PROXY", "https_proxy"], &|name| match name {
            "https_proxy" => Some(value.to_owned()),
            "NO_PROXY" => Some("localhost, .example.com".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn the_environment_names_the_proxy_and_its_exceptions() {
        let (variable, proxy) = named("http://user:p%40ss@10.0.0.1:3128").unwrap().unwrap();
        assert_eq!(variable, "https_proxy");
        assert_eq!((proxy.host(), proxy.port()), ("10.0.0.1", 3128));
        assert_eq!((proxy.username(), proxy.password()), (Some("user"), Some("p@ss")));
        for (host, excepted) in [("a.example.com", true), ("localhost", true), ("example.org", false)] {
            assert_eq!(proxy.is_no_proxy(&format!("https://{host}/").parse().unwrap()), excepted, "{host}");
        }
        assert!(named("").unwrap().is_none());
    }

    #[test]
    fn a_wrong_proxy_is_named_without_its_secrets() {
        let error = named("nonsense://user:hunter2@x").unwrap_err();
        assert!(matches!(error, RemoteError::Proxy("https_proxy")), "{error:?}");
    }
}
