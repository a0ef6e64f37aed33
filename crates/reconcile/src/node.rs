//! What kinds of node there are.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::Port;

/// What a node does. The order is the order of plans: sources first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Takes an original stream in.
    Source,
    /// Takes a stream from a source node and spreads it.
    Support,
}

impl Role {
    /// Both roles, sources first.
    pub const ALL: [Role; 2] = [Role::Source, Role::Support];

    /// `source` or `support`.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Source => "source",
            Role::Support => "support",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which of the installed engines runs a node; the config's `engine_version`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The default.
    #[default]
    Stable,
    /// The next stable one.
    Beta,
    /// The newest one.
    Alpha,
}

/// The text names no channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAChannel;

impl Channel {
    /// All channels, the default first.
    pub const ALL: [Channel; 3] = [Channel::Stable, Channel::Beta, Channel::Alpha];

    /// `stable`, `beta` or `alpha`.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Stable => "stable",
            Channel::Beta => "beta",
            Channel::Alpha => "alpha",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = NotAChannel;

    fn from_str(text: &str) -> Result<Self, NotAChannel> {
        Channel::ALL.into_iter().find(|channel| channel.as_str() == text).ok_or(NotAChannel)
    }
}

impl fmt::Display for NotAChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not stable, beta or alpha")
    }
}

impl std::error::Error for NotAChannel {}

/// What a source node takes in; the config's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// MPEG-TS over HTTP.
    Ts,
    /// HLS.
    Hls,
}

impl SourceKind {
    /// `ts` or `hls`.
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Ts => "ts",
            SourceKind::Hls => "hls",
        }
    }
}

/// An address and a port, as in `10.0.0.1:8640`: where a support node takes its stream from, or where a node
/// may upload to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The address.
    pub ip: IpAddr,
    /// The port.
    pub port: Port,
}

/// The text is not `IP:PORT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointError;

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let address: SocketAddr = text.parse().map_err(|_| EndpointError)?;
        let port = Port::try_from(u64::from(address.port())).map_err(|_| EndpointError)?;
        Ok(Endpoint { ip: address.ip(), port })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SocketAddr::new(self.ip, self.port.get()).fmt(f)
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an address and a port like 10.0.0.1:8640")
    }
}

impl std::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_read_as_they_are_written() {
        for channel in Channel::ALL {
            assert_eq!(channel.as_str().parse(), Ok(channel));
        }
        for text in ["", "Stable", "gamma", "beta "] {
            assert_eq!(text.parse::<Channel>(), Err(NotAChannel), "{text:?}");
        }
        let words = Channel::ALL.map(Channel::as_str);
        assert_eq!(NotAChannel.to_string(), format!("not {}, {} or {}", words[0], words[1], words[2]));
    }
}
