//! What every key means: the one description that the parser's lists of keys, the page `acecast help config` and the
//! JSON Schemas are made of.

mod app;
mod limits;
mod metadata;
mod nodes;
mod words;

pub(crate) use app::{APP, CONTROLLER, DIRS, ENGINE_PATH};
pub(crate) use limits::{MAX_DOCUMENT, MAX_TEXT, MAX_TITLE, MAX_URL};
pub(crate) use metadata::{ENCODED, METADATA_HLS, METADATA_TS};
pub(crate) use nodes::{ANSWER, SOURCE, SUPPORT};
pub(crate) use words::WORDS;

/// Every object of every document by what it is, with the keys that the parser takes there.
pub const REFERENCE: &[(&str, &[Key])] = &[
    ("app", &APP),
    ("engine_path", &ENGINE_PATH),
    ("controller", &CONTROLLER),
    ("dirs", &DIRS),
    ("answer", &ANSWER),
    ("source node", &SOURCE),
    ("support node", &SUPPORT),
    ("metadata of a ts stream", &METADATA_TS),
    ("metadata of a hls stream", &METADATA_HLS),
    ("encoded key", &ENCODED),
];

/// One key of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value has to be.
    pub kind: Kind,
    /// Whether it has to be there.
    pub need: Need,
    /// It may be null, which stands for a key that is not there.
    pub nullable: bool,
    /// What it means: sentences without markup.
    pub text: &'static str,
}

/// Whether a key has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Need {
    /// It has to.
    Required,
    /// Of source nodes of type ts it has to.
    RequiredForTs,
    /// It may be left out.
    Optional,
    /// It may be left out, and is then taken for this JSON value.
    Default(&'static str),
}

/// What a value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Anything: nobody looks at it.
    Ignored,
    /// An object; which one is the name in [`REFERENCE`].
    Object(&'static str),
    /// A list of at least so many of these.
    List(&'static Kind, u32),
    /// A text of at most so many bytes without control characters.
    Text(u32),
    /// One of a few words.
    Word(&'static [&'static str]),
    /// One of the engine's categories. Others are left out with a warning.
    Category,
    /// A stream's name.
    Uid,
    /// A text or a number that is never shown.
    Secret,
    /// A path, absolute or relative to `root`.
    Path,
    /// An absolute path.
    AbsolutePath,
    /// An absolute path, in which `$VARIABLES` are replaced.
    EnginePath,
    /// A http or https URL, or a path.
    Location,
    /// A http or https URL.
    Url,
    /// A tracker's URL.
    Tracker,
    /// A port, as a number or a text.
    Port,
    /// A whole number from 0 on, as a number or a text.
    Number,
    /// 0 or 1, as a number or a text, or true or false.
    Flag,
    /// The same, and written as true or false.
    Switch,
    /// An IP address.
    Ip,
    /// An IP address and a port.
    Endpoint,
    /// The metadata of a source node's stream, of its own kind.
    Metadata,
    /// A private key as a text, or encoded in an object.
    PrivateKey,
    /// Numbers by the names of HLS streams.
    HlsSequences,
}

impl Key {
    const fn new(name: &'static str, kind: Kind, need: Need, text: &'static str) -> Key {
        Key { name, kind, need, nullable: false, text }
    }

    /// A key that has to be there.
    const fn required(name: &'static str, kind: Kind, text: &'static str) -> Key {
        Key::new(name, kind, Need::Required, text)
    }

    /// A key that may be left out.
    const fn optional(name: &'static str, kind: Kind, text: &'static str) -> Key {
        Key::new(name, kind, Need::Optional, text)
    }

    /// A key that may be left out or null.
    const fn nullable(name: &'static str, kind: Kind, text: &'static str) -> Key {
        Key { nullable: true, ..Key::optional(name, kind, text) }
    }
}

/// The names of keys, for the parser.
pub(crate) const fn names<const N: usize>(keys: &[Key; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = keys[at].name;
        at += 1;
    }
    names
}
