//! The entries of the node lists.

use std::collections::BTreeSet;
use std::net::IpAddr;

use acecast_reconcile::{Endpoint, Role, SourceKind, StreamUid};

use crate::read::found::Found;
use crate::read::nearest::nearest;
use crate::read::object::Fields;
use crate::read::report::{Report, shown};
use crate::read::{metadata, values};
use crate::reference::{MAX_TEXT, MAX_TITLE};
use crate::{Category, Common, Media, Quality, SourceNode, SupportNode, keys};

/// What kind of entry a list has, and how it is read.
pub(crate) trait ReadEntry: Sized {
    const ROLE: Role;
    const KEYS: &'static [&'static str];

    /// The entry, or `None` after reporting everything that is wrong with it.
    fn read(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Self>;

    /// What people call an entry that is wrong, if so much can be read.
    fn peek_name(fields: &Fields<'_>) -> Option<String>;

    fn common(&self) -> &Common;
}

/// The uid of an entry, right or wrong, if it can be read.
pub(crate) fn peek_uid(fields: &Fields<'_>) -> Option<StreamUid> {
    text_of(&fields.once("stream_uid")?)?.parse().ok()
}

impl ReadEntry for SourceNode {
    const ROLE: Role = Role::Source;
    const KEYS: &'static [&'static str] = keys::SOURCE;

    fn read(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Self> {
        let common = common(fields, report);
        let uid = fields.required("stream_uid", "the stream's name", report, values::uid);
        let title = fields.required("title", "what viewers see", report, title);
        let url = fields.required("url", "where the stream comes from", report, values::url);
        let kind = fields.required("type", "ts or hls", report, |found, report| {
            values::word(found, &[("ts", SourceKind::Ts), ("hls", SourceKind::Hls)], report)
        });
        let categories = fields.optional("categories", report, categories);
        let media = kind.and_then(|kind| media(fields, kind, report));
        // A controller that knows nothing of a stream may say so with null.
        let metadata = fields.nullable("metadata", report, |found, report| {
            kind.and_then(|kind| metadata::metadata(found, kind, report))
        });
        Some(SourceNode {
            common: common?,
            uid: uid?,
            title: title?,
            url: url?,
            categories: categories?.unwrap_or_default(),
            media: media?,
            metadata: metadata?,
        })
    }

    fn peek_name(fields: &Fields<'_>) -> Option<String> {
        peek_uid(fields).map(|uid| uid.to_string())
    }

    fn common(&self) -> &Common {
        &self.common
    }
}

impl ReadEntry for SupportNode {
    const ROLE: Role = Role::Support;
    const KEYS: &'static [&'static str] = keys::SUPPORT;

    fn read(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Self> {
        let common = common(fields, report);
        let ip = fields.required("source_ip", "the address of the source node", report, values::ip);
        let own = common.as_ref().map(|common| common.port);
        let port = fields.required("source_port", "the port of the source node", report, |found, report| {
            let port = values::port(found, report)?;
            let is_itself = own == Some(port) && ip.is_some_and(is_this_host);
            if is_itself {
                found.wrong_because("is this node itself", "the port of its source node", report);
            }
            (!is_itself).then_some(port)
        });
        Some(SupportNode { common: common?, source: Endpoint { ip: ip?, port: port? } })
    }

    fn peek_name(fields: &Fields<'_>) -> Option<String> {
        let ip = text_of(&fields.once("source_ip")?)?.parse().ok()?;
        let port = values::peek_port(&fields.once("source_port")?)?;
        Some(Endpoint { ip, port }.to_string())
    }

    fn common(&self) -> &Common {
        &self.common
    }
}

/// On every host. What else is an address of this one, a config that is read on another does not tell.
fn is_this_host(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || ip.is_unspecified()
}

fn text_of<'a>(found: &Found<'a>) -> Option<&'a str> {
    found.value.as_string_lit().map(|text| text.value.as_ref())
}

fn common(fields: &Fields<'_>, report: &mut Report<'_>) -> Option<Common> {
    let port = fields.required("port", values::A_PORT, report, values::port);
    let channel = fields.optional("engine_version", report, values::channel);
    let extended_logging = fields.optional("extended_logging", report, values::flag);
    let upload_to = fields.optional("upload_to", report, upload_to);
    let nobody = upload_to.as_ref().is_some_and(|nodes| nodes.as_ref().is_none_or(BTreeSet::is_empty));
    let private_node = fields.optional("private_node", report, |found, report| {
        let private = values::flag(found, report)?;
        if private && nobody {
            let message = format!(
                "found {}, but upload_to names no node; a private node needs at least one to upload to",
                found.describe()
            );
            report.error(found.range(), &found.path, message);
            return None;
        }
        Some(private)
    });
    Some(Common {
        port: port?,
        channel: channel?.unwrap_or_default(),
        extended_logging: extended_logging?.unwrap_or_default(),
        private_node: private_node?,
        upload_to: upload_to?.unwrap_or_default(),
    })
}

fn upload_to(found: &Found<'_>, report: &mut Report<'_>) -> Option<BTreeSet<Endpoint>> {
    let items = found.items("a list of addresses like [\"192.0.2.1:8640\"]", report)?;
    let count = items.len();
    let read: Vec<Endpoint> = items.iter().filter_map(|item| values::endpoint(item, report)).collect();
    (read.len() == count).then(|| read.into_iter().collect())
}

fn title(found: &Found<'_>, report: &mut Report<'_>) -> Option<String> {
    let title = values::text(found, MAX_TITLE, "a title", report)?;
    if title.is_empty() {
        report.warning(found.range(), &found.path, "the title is empty, viewers see none".to_owned());
    }
    Some(title)
}

/// Unknown categories are left out, with a warning: the engine would not start with them.
fn categories(found: &Found<'_>, report: &mut Report<'_>) -> Option<Vec<Category>> {
    let errors = report.errors();
    let mut categories: Vec<Category> = Vec::new();
    for item in found.items("a list of categories", report)? {
        let Some(name) = values::text(&item, MAX_TEXT, "a category", report) else { continue };
        match Category::from_name(&name) {
            Some(category) if categories.contains(&category) => {}
            Some(category) => categories.push(category),
            None => {
                let known: Vec<&str> = Category::all().map(Category::as_str).collect();
                let hint = match nearest(&name, known.iter().copied()) {
                    Some(meant) => format!(", did you mean \"{meant}\"?"),
                    None => String::new(),
                };
                let name = shown(&name, false, 40);
                let message =
                    format!("unknown category \"{name}\" is left out{hint} (known: {})", known.join(", "));
                report.warning(item.range(), &item.path, message);
            }
        }
    }
    (report.errors() == errors).then_some(categories)
}

/// What counts for one kind of stream is not even looked at for the other: the field's configs have both.
fn media(fields: &Fields<'_>, kind: SourceKind, report: &mut Report<'_>) -> Option<Media> {
    match kind {
        SourceKind::Ts => {
            let expected = "a bitrate in bytes per second";
            let bitrate = fields.required("bitrate", expected, report, |found, report| {
                values::number(found, expected, report)
            });
            let quality = fields.optional("quality", report, quality);
            Some(Media::Ts { bitrate: bitrate?, quality: quality? })
        }
        SourceKind::Hls => {
            let flag = fields.optional("force_monotonic_sequence", report, values::flag);
            Some(Media::Hls { force_monotonic_sequence: flag? })
        }
    }
}

fn quality(found: &Found<'_>, report: &mut Report<'_>) -> Option<Quality> {
    let words: Vec<_> = Quality::ALL.iter().map(|quality| (quality.as_str(), *quality)).collect();
    values::word(found, &words, report)
}
