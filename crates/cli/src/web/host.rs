//! Which `Host` a request may name on an address without a token.
//!
//! A page on the internet can have its own name point at 127.0.0.1 (DNS rebinding) and read answers as if they were
//! its own. Its browser then names that host, and so is told apart from somebody who looks at this one.

use std::net::{IpAddr, SocketAddr};

/// The host, with or without a port, is this one by a name that cannot be given to somebody else.
pub(super) fn is_own(host: &str, listen: SocketAddr) -> bool {
    let Some(name) = without_port(host) else { return false };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    name.parse::<IpAddr>().is_ok_and(|ip| {
        let ip = ip.to_canonical();
        ip.is_loopback() || ip == listen.ip().to_canonical()
    })
}

/// The name or address; none if what follows it is no port.
fn without_port(host: &str) -> Option<&str> {
    let (name, rest) = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']')?,
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let is_port = |text: &str| text.is_empty() || text.parse::<u16>().is_ok();
    (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_host_and_no_others() {
        let listen = "127.0.0.1:8080".parse().unwrap();
        for own in [
            "localhost",
            "LocalHost:1",
            "127.0.0.1:8080",
            "127.9.9.9",
            "[::1]:8080",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(is_own(own, listen), "{own}");
        }
        for other in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "192.0.2.1",
            "[2001:db8::1]:8080",
            "localhost:x",
            "[::1",
            "::1",
            "0.0.0.0",
            "2130706433",
        ] {
            assert!(!is_own(other, listen), "{other}");
        }
    }
}
