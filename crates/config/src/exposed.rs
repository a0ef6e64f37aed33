//! Which connections others can read.

use std::net::IpAddr;

use acecast_reconcile::StreamUrl;

/// Whoever is on the way can read what is sent there, and what comes back.
pub(crate) fn is_exposed(url: &StreamUrl) -> bool {
    let identity = url.identity();
    let Some(rest) = identity.get(.."http://".len()).filter(|s| s.eq_ignore_ascii_case("http://")) else {
        return false;
    };
    let authority = identity[rest.len()..].split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !(loopback || host.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_host_may_be_reached_in_the_clear() {
        let exposed = |url: &str| is_exposed(&url.parse().unwrap());
        for url in
            ["https://example.com/", "http://127.0.0.9:80/x", "http://[::1]:8080/", "http://LocalHost/"]
        {
            assert!(!exposed(url), "{url}");
        }
        for url in [
            "http://example.com/",
            "HTTP://192.0.2.1/",
            "http://127.0.0.1@example.com/",
            "http://localhost@example.com/?x=127.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com/",
            "http://[2001:db8::1]/",
        ] {
            assert!(exposed(url), "{url}");
        }
    }
}
