//! The cookie that stands for a login.
//!
//! It is not the token but a code over it under a key that lives as long as this process: it is of no use elsewhere,
//! nor after the next start.

use std::fs::File;
use std::io::{self, Read as _};

use acecast_reconcile::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Where random bytes come from.
pub(super) const RANDOM: &str = "/dev/urandom";

/// Name and value of the cookie that lets its bearer in.
pub(super) struct Cookie {
    /// Has the port in it: browsers do not keep the cookies of one host's ports apart.
    name: String,
    value: String,
}

impl Cookie {
    /// The cookie of a process with this token, under a key of its own.
    pub(super) fn new(port: u16, token: &Secret) -> io::Result<Self> {
        let mut key = [0; 32];
        File::open(RANDOM)?.read_exact(&mut key)?;
        let code = Sha256::new().chain_update(key).chain_update(token.reveal()).finalize();
        let value = URL_SAFE_NO_PAD.encode(code);
        Ok(Cookie { name: format!("acecast-{port}"), value })
    }

    /// The header that hands it out.
    pub(super) fn set(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.name, self.value)
    }

    /// It is among the cookies of this header.
    pub(super) fn is_in(&self, header: &str) -> bool {
        let mut pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.any(|(name, value)| name == self.name && is_same(value, &self.value))
    }
}

/// Compares secrets by their hashes: how long that takes tells nothing of how much of a guess was right.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_only_under_its_name() {
        let cookie = Cookie::new(80, &Secret::new("token")).unwrap();
        let pair = cookie.set().split(';').next().unwrap().to_owned();
        assert!(cookie.is_in(&pair) && cookie.is_in(&format!("a=b;{pair}; c=d")));
        let value = &cookie.value;
        assert!(!cookie.is_in("") && !cookie.is_in(value) && !cookie.is_in(&format!("acecast-81={value}")));
        assert!(!cookie.is_in(&format!("acecast-80={}", &value[1..])));
    }

    #[test]
    fn the_cookies_of_two_processes_differ_and_show_no_token() {
        let cookies = [(); 2].map(|()| Cookie::new(80, &Secret::new("token")).unwrap());
        assert_ne!(cookies[0].value, cookies[1].value);
        assert!(!cookies[0].set().contains("token"));
    }
}
