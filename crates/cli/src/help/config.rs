//! The page on the config: every key, from the description that the parser's keys come from.

use acecast_config::Category;
use acecast_config::reference::{Key, Kind, Need, REFERENCE};

/// How wide the page is.
const WIDTH: usize = 78;

/// Texts stand under their keys.
const INDENT: &str = "      ";

/// The text, with the keys where they belong.
pub(super) fn page() -> String {
    let mut page = include_str!("config.txt").to_owned();
    for (object, keys) in REFERENCE {
        let keys: Vec<String> = keys.iter().map(entry).collect();
        page = page.replace(&format!("{{{object}}}"), &keys.join("\n"));
    }
    page
}

/// A key, what its value is, and what it means.
fn entry(key: &Key) -> String {
    let need = match key.need {
        Need::Required => ", required".to_owned(),
        Need::RequiredForTs => ", required for ts".to_owned(),
        Need::Default(value) => format!(", default {value}"),
        _ => String::new(),
    };
    let mut lines = vec![format!("  {}  ({}{need})", key.name, kind(key.kind))];
    lines.extend(wrapped(key.text));
    if let Kind::List(Kind::Category, _) = key.kind {
        let all: Vec<&str> = Category::all().map(Category::as_str).collect();
        lines.extend(wrapped(&format!("Known are: {}.", all.join(", "))));
    }
    lines.join("\n")
}

/// What a value is, in words.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::Ignored => "ignored".to_owned(),
        Kind::Object(_) | Kind::Metadata => "object, see below".to_owned(),
        Kind::List(kind, least) => {
            let least = if least > 0 { format!(", at least {least}") } else { String::new() };
            let of = match kind {
                Kind::Category => "categories",
                Kind::Tracker => "URLs of trackers",
                Kind::Endpoint => "IP:PORT",
                _ => "objects",
            };
            format!("list of {of}{least}")
        }
        Kind::Text(most) => format!("text of at most {most} bytes"),
        Kind::Word(words) => words.join(" | "),
        Kind::Uid => "name of letters, digits and underscores".to_owned(),
        Kind::Secret => "secret".to_owned(),
        Kind::Path => "path, absolute or relative to root".to_owned(),
        Kind::AbsolutePath => "absolute path".to_owned(),
        Kind::EnginePath => "absolute path; $VARIABLES are replaced".to_owned(),
        Kind::Location => "http or https URL, or path of a file".to_owned(),
        Kind::Url => "http or https URL".to_owned(),
        Kind::Tracker => "URL of a tracker".to_owned(),
        Kind::Port => "port from 1 to 65535".to_owned(),
        Kind::Number => "whole number from 0 on".to_owned(),
        Kind::Flag => "0 | 1".to_owned(),
        Kind::Switch => "true | false".to_owned(),
        Kind::Ip => "IP address".to_owned(),
        Kind::Endpoint => "IP:PORT".to_owned(),
        Kind::Category => "category".to_owned(),
        Kind::PrivateKey => "secret, or {\"base64\": secret}".to_owned(),
        Kind::HlsSequences => "object of numbers".to_owned(),
        _ => "anything".to_owned(),
    }
}

/// The text in lines that fit, indented.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{INDENT}{word}")),
        }
    }
    lines
}
