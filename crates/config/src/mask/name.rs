//! Which names are those of secrets, also misspelt ones.

use std::collections::HashMap;

use crate::keys;
use crate::text::scan::unescape;

/// What a name says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// Nothing.
    No,
    /// It may be a secret.
    Perhaps,
    /// It is one: the name is that of a secret, or one that was misspelt.
    Surely,
}

/// What names say, remembered by name: a list says the same ones for every node.
#[derive(Default)]
pub(super) struct Names<'t>(HashMap<&'t str, Certainty>);

/// How many names are remembered. Real lists have some hundred; hostile ones must not fill the memory.
const REMEMBERED: usize = 1 << 16;

impl<'t> Names<'t> {
    /// What a name says that is written like this.
    pub(super) fn certainty(&mut self, written: &'t str) -> Certainty {
        if !written.bytes().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii()) {
            return Certainty::No;
        }
        if let Some(known) = self.0.get(written) {
            return *known;
        }
        let certainty = certainty(&unescape(written).to_lowercase());
        if self.0.len() < REMEMBERED {
            self.0.insert(written, certainty);
        }
        certainty
    }
}

/// The value of this key is a secret, or the key looks so much like a secret's that its value may be one.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    tells(&key) || is_misspelt(&key)
}

/// The value of this key is metadata, in which a private key is, also if the key is misspelt.
pub(super) fn is_metadata(key: &str) -> bool {
    key.len().abs_diff("metadata".len()) <= 2 && is_near(&key.to_lowercase(), "metadata", 2)
}

/// Words that tell as a whole part of a name, and mean nothing within another word.
const PARTS: &[&str] = &[
    "auth",
    "authorization",
    "base64",
    "bearer",
    "cred",
    "credential",
    "credentials",
    "creds",
    "jsessionid",
    "pass",
    "phpsessid",
    "psw",
    "pw",
    "pwd",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
];

/// How many letters a name has in common with a secret's from their beginnings on, at least, to be one that was cut.
const BEGINNING: usize = 7;

fn certainty(name: &str) -> Certainty {
    if is_misspelt(name) {
        return Certainty::Surely;
    }
    let letters = |name: &str| -> String { name.chars().filter(|c| c.is_alphanumeric()).collect() };
    let squeezed = letters(name);
    let begins_like = |secret: &&str| {
        let pairs = squeezed.chars().zip(letters(secret).into_bytes());
        pairs.take_while(|(a, b)| *a == char::from(*b)).count() >= BEGINNING
    };
    // What is a URL or a path has parts of other kinds.
    let is_name = !name.contains(['/', ':']);
    let perhaps = tells(name)
        || (!is_known(name) && keys::SECRET.iter().any(begins_like))
        || name
            .split(|c: char| !c.is_alphanumeric())
            .any(|part| (is_name && PARTS.contains(&part)) || is_misspelt_part(part, name));
    if perhaps { Certainty::Perhaps } else { Certainty::No }
}

fn tells(name: &str) -> bool {
    ["key", "token", "secret", "passw"].iter().any(|part| name.contains(part))
}

fn is_known(name: &str) -> bool {
    [keys::APP, keys::DIRS, keys::SOURCE, keys::SUPPORT].iter().any(|known| known.contains(&name))
}

/// A word that tells, with a slip in it. Short ones are words of their own then, unless they are a part of a name.
fn is_misspelt_part(part: &str, name: &str) -> bool {
    let slips = |word: &str, slips| is_near(part, word, slips);
    match part.len() {
        2..4 => part.len() < name.len() && (slips("key", 1) || part == "tok"),
        4..=6 => slips("token", 1) || slips("secret", 1),
        7..=10 => slips("secret", 1) || slips("password", 2),
        _ => false,
    }
}

/// How many letters may be wrong in a secret's name.
const SLIPS: usize = 3;

/// The name is a secret's, or one with a few letters wrong.
fn is_misspelt(name: &str) -> bool {
    keys::SECRET.iter().any(|secret| is_near(name, secret, SLIPS))
}

/// The text becomes the other one by so many slips at most.
fn is_near(text: &str, word: &str, slips: usize) -> bool {
    // A slip brings or takes one letter at most: whoever differs in more of them needs not be compared.
    let (a, b) = (letters(text), letters(word));
    let may_be = text.len().abs_diff(word.len()) <= slips
        && [a & !b, b & !a].iter().all(|only| only.count_ones() as usize <= slips);
    may_be && strsim::damerau_levenshtein(text, word) <= slips
}

/// The set of the small letters in this text.
fn letters(text: &str) -> u32 {
    let letters = text.bytes().filter(u8::is_ascii_lowercase);
    letters.fold(0, |set, letter| set | 1 << (letter - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Certainty, names: &[&str]) {
        let mut known = Names::default();
        for name in names {
            assert_eq!(known.certainty(name), expected, "{name}");
            assert_eq!(known.certainty(name), expected, "{name}, again");
        }
    }

    #[test]
    fn names_of_secrets_and_misspelt_ones() {
        check(
            Certainty::Surely,
            &[
                "provider_key",
                "provider_kye",
                "Provider-Key",
                "providr_ke",
                "pr0vider_k3y",
                "node_access_tokn",
                "node_access_tocken",
                "privatekey",
                "provider\\u005fkey",
                "provider_\u{43a}ey",
            ],
        );
        check(
            Certainty::Perhaps,
            &[
                "key",
                "tokens",
                "tokn",
                "api_kye",
                "access-tok3n",
                "secrt",
                "pwd",
                "node_access",
                "access_tok",
                "provider",
                "passwrd",
            ],
        );
    }

    #[test]
    fn names_of_everything_else() {
        for keys in [keys::APP, keys::ENGINE_PATH, keys::CONTROLLER, keys::DIRS, keys::SOURCE, keys::SUPPORT]
        {
            let others = keys.iter().filter(|key| !tells(key));
            check(Certainty::No, &others.copied().collect::<Vec<_>>());
        }
        check(Certainty::No, &["12345678901", "", "stream_12345", "hey", "broken", "News", "regional"]);
    }

    #[test]
    fn nothing_near_is_left_out_before_it_is_compared() {
        for secret in keys::SECRET {
            for at in 0..secret.len() {
                for slip in ["", "z", "7", "\u{e9}", "xy", "_q1"] {
                    let name = format!("{}{slip}{}", &secret[..at], &secret[at + 1..]);
                    assert!(is_misspelt(&name), "{name}");
                }
            }
        }
    }
}
