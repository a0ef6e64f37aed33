//! The settings and secrets that a spec may have, by name.

use std::fmt;

macro_rules! fields {
    ($($variant:ident = $key:literal, $doc:literal;)+) => {
        /// A setting, named by the config's key. The order is the order in which drift is listed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Field { $(#[doc = $doc] $variant,)+ }

        impl Field {
            /// All fields, in the order in which drift is listed.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)+];

            /// The config's key.
            pub fn key(self) -> &'static str {
                match self { $(Field::$variant => $key,)+ }
            }
        }
    };
}

fields! {
    Type = "type", "`ts` or `hls`.";
    Url = "url", "A source's URL, without query, fragment and userinfo.";
    SourceIp = "source_ip", "The address of a support node's source.";
    SourcePort = "source_port", "The port of a support node's source.";
    Title = "title", "What viewers see.";
    Bitrate = "bitrate", "Bytes per second; 0 lets the engine measure it.";
    Quality = "quality", "`SD`, `HD` or `auto`.";
    Categories = "categories", "A set.";
    ForceMonotonicSequence = "force_monotonic_sequence", "0 or 1.";
    UploadTo = "upload_to", "A set of `IP:PORT`.";
    PrivateNode = "private_node", "0 or 1.";
    ExtendedLogging = "extended_logging", "0 or 1.";
    EngineVersion = "engine_version", "The channel.";
    EnginePath = "engine_path", "Where that channel's engine is.";
    Trackers = "trackers", "A set of announce URLs.";
    PublicDir = "dirs.public", "An absolute path.";
    PrivateDir = "dirs.private", "An absolute path.";
    MetadataDir = "dirs.metadata", "An absolute path.";
    CacheDir = "dirs.cache", "An absolute path.";
    StateDir = "dirs.state", "An absolute path.";
    ProviderKey = "provider_key", "A secret.";
    NodeAccessToken = "node_access_token", "A secret.";
}

impl Field {
    /// The field with this key.
    pub fn from_key(key: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.key() == key)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_finds_its_field() {
        for field in Field::ALL {
            assert_eq!(Field::from_key(field.key()), Some(*field));
        }
        assert_eq!(Field::from_key("nonsense"), None);
    }
}
