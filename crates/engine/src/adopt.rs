//! What a running node was asked to be, as far as its command line shows.

mod read;

use std::path::Path;

use acecast_config::AppConfig;
use acecast_reconcile::{
    Endpoint, Field, Role, Secret, Secrets, Spec, Stream, StreamUid, StreamUrl, Unidentified,
};

use crate::args::Given;
use crate::command::{Mode, NodeCommand};
use read::Reader;

/// What a command line shows of a node.
#[derive(Debug)]
pub(crate) struct Shown {
    /// What it was asked to be, or why that cannot be told.
    pub(crate) spec: Result<Spec, Unidentified>,
    /// Its role, where at least that can be told.
    pub(crate) role: Option<Role>,
    /// A ts source's whole URL.
    pub(crate) url: Option<StreamUrl>,
    /// Its secrets.
    pub(crate) secrets: Secrets,
}

/// Reads a node's command line. `cwd` is the folder it works in, for relative paths; `program` is the engine's own
/// file, where it is known.
///
/// An absent option has its default; what a command line cannot show is left out.
pub(crate) fn shown(
    command: &NodeCommand,
    cwd: Option<&Path>,
    program: Option<&Path>,
    app: &AppConfig,
) -> Shown {
    let options = &command.options;
    let reader = Reader { options, cwd, app };
    let token = options.last("--service-access-token").map(Secret::new);
    let mut secrets = Secrets::from([(Field::NodeAccessToken, token)]);
    let mut url = None;
    let (role, stream) = match kind(command) {
        Some(Kind::Ts) => {
            secrets.insert(Field::ProviderKey, options.last("--provider-key").map(Secret::new));
            url = options.last("--source").and_then(|url| url.parse().ok());
            (Some(Role::Source), uid("--name", options.last("--name")))
        }
        Some(Kind::Hls) => {
            let file = options
                .last("--public-transport-file")
                .and_then(|path| Path::new(path).file_name()?.to_str());
            (
                Some(Role::Source),
                uid("--public-transport-file", file.and_then(|name| name.strip_suffix(".acelive"))),
            )
        }
        Some(Kind::Support) => (Some(Role::Support), source(options)),
        None => (None, Err(Unidentified::Arguments("neither a source nor a support node".to_owned()))),
    };
    let spec = stream.map(|stream| {
        let mut settings = reader.common(command, program, &stream);
        match kind(command) {
            Some(Kind::Ts) => settings.extend(reader.ts(url.as_ref()).iter()),
            Some(Kind::Hls) => settings.extend(reader.hls().iter()),
            Some(Kind::Support) | None => {}
        }
        Spec { port: command.port, stream, settings }
    });
    Shown { spec, role, url, secrets }
}

/// The role that a command line shows.
pub(crate) fn role(command: &NodeCommand) -> Option<Role> {
    kind(command).map(|kind| match kind {
        Kind::Ts | Kind::Hls => Role::Source,
        Kind::Support => Role::Support,
    })
}

/// The kinds of node, as a command line tells them apart.
enum Kind {
    Ts,
    Hls,
    Support,
}

fn kind(command: &NodeCommand) -> Option<Kind> {
    match command.mode {
        Mode::Source => Some(Kind::Ts),
        Mode::Support if command.options.has("--public-transport-file") => Some(Kind::Hls),
        Mode::Support if command.options.has("--download-from") => Some(Kind::Support),
        Mode::Support => None,
    }
}

fn uid(option: &str, text: Option<&str>) -> Result<Stream, Unidentified> {
    let wrong = |why: String| Unidentified::Arguments(format!("{option} {why}"));
    let text = text.ok_or_else(|| wrong("names no stream".to_owned()))?;
    let uid: StreamUid = text.parse().map_err(|error| wrong(format!("{error}")))?;
    Ok(Stream::Source(uid))
}

fn source(options: &Given) -> Result<Stream, Unidentified> {
    let mut sources = options.all("--download-from");
    match (sources.next().map(str::parse::<Endpoint>), sources.next()) {
        (Some(Ok(source)), None) => Ok(Stream::Support(source)),
        _ => Err(Unidentified::Arguments("--download-from does not name one IP:PORT".to_owned())),
    }
}

#[cfg(test)]
mod tests;
