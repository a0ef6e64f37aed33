//! Which words, names and paths may be secrets, where nothing around them says so.

use crate::reference::{REFERENCE, WORDS};

/// Shorter words betray nothing, unless they have digits in them.
const SHORTEST: usize = 6;

/// Longer ones are no words of a language.
const LONGEST_WORD: usize = 10;

/// A longer name that does not read like words is a secret.
const LONGEST_NAME: usize = 19;

/// The word is not known, and may be a secret.
pub(crate) fn is_stranger(word: &str) -> bool {
    let has = |is: fn(char) -> bool| word.chars().any(is);
    let (letters, digits) = (has(char::is_alphabetic), has(|c| c.is_ascii_digit()));
    let is_number = || !letters && word.chars().all(|c| c.is_ascii_digit() || "+-.:/[]".contains(c));
    let rest = word.strip_prefix(char::is_alphabetic).unwrap_or(word);
    let is_word = || word.len() <= LONGEST_WORD && rest.chars().all(char::is_lowercase);
    let is_path = || word.starts_with('/') && !fits_a_secret(word);
    // What takes longest comes last.
    ((letters && digits) || (word.len() >= SHORTEST && !is_word()))
        && !(is_number() || is_path() || word.contains("://") || is_known(word))
}

/// A key, or a value, of the reference, or what JSON has.
fn is_known(word: &str) -> bool {
    let keys = REFERENCE.iter().flat_map(|(_, keys)| keys.iter().map(|key| key.name));
    let words = ["true", "false", "null", "none"].into_iter().chain(WORDS.iter().copied().flatten().copied());
    let categories = crate::Category::all().map(crate::Category::as_str);
    keys.chain(words).chain(categories).any(|known| known.eq_ignore_ascii_case(word))
        || word.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The name is a secret itself: long, of the letters of base64, and not made of words.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    name.len() > LONGEST_NAME && bytes.iter().all(is_base64) && !is_words(name)
}

/// `some_name`, `someName2`, `SOME_NAME`, also with a number or with hex digits in front, as files of streams have.
fn is_words(name: &str) -> bool {
    let has_lower = name.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_word = |part: &str| {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        let letters = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let capitals = word.len() - letters.len();
        letters.bytes().all(|byte| byte.is_ascii_lowercase())
            && (capitals <= 1 || letters.is_empty())
            && (part.len() - word.len() <= 4 || word.is_empty())
    };
    let mut parts = Vec::new();
    for part in name.split(['_', '-']) {
        let mut start = 0;
        for (at, c) in part.char_indices() {
            if has_lower && c.is_ascii_uppercase() && at > start {
                parts.push(&part[start..at]);
                start = at;
            }
        }
        parts.push(&part[start..]);
    }
    let is_infohash = |part: &str| part.len() == 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let of_a_stream = name.split_once("_stream_").is_some_and(|(hash, _)| is_infohash(hash));
    // Many words of one or two letters are none.
    of_a_stream
        || (parts.iter().all(|part| is_word(part)) && name.len() >= 4 * parts.len() && parts.len() > 1)
}

/// A shorter text without a digit is the name of a file rather than a secret.
const SHORTEST_SECRET: usize = 8;

/// A longer text without a folder or an extension is a secret rather than the name of a file.
const LONGEST_FILE: usize = 15;

/// The text may be a secret instead of a path.
pub(crate) fn fits_a_secret(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| text.chars().any(|c| is(&c));
    let is_odd = |c: &char| !c.is_alphanumeric() && !"/._- ".contains(*c);
    if text.contains('/') {
        // Base64 has slashes, too. In a path there is a word, or what base64 does not have.
        let is_word = |part: &str| {
            part.contains(['.', '_', '-', ' '])
                || (part.len() >= 4 && part.bytes().skip(1).all(|byte| byte.is_ascii_lowercase()))
        };
        return !text.split('/').any(is_word) && (text.len() > LONGEST_FILE || has(is_odd));
    }
    let has_extension = text
        .rsplit_once('.')
        .is_some_and(|(name, extension)| !name.is_empty() && extension.len() <= SHORTEST_SECRET);
    let is_long = text.len() > LONGEST_FILE && !has_extension;
    is_long
        || (text.len() >= SHORTEST_SECRET && (has(is_odd) || (has(char::is_ascii_digit) && !has_extension)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_may_be_secrets() {
        for word in
            ["SECRET", "12eSECRET", "s3cr", "c2VjcmV0cw==", "correcthorsebattery", "abCDef", "pass!word"]
        {
            assert!(is_stranger(word), "{word}");
        }
        for word in [
            "title",
            "Quality",
            "hls",
            "True",
            "NULL",
            "12.5e3",
            "1..2",
            "192.0.2.1:8641",
            "News",
            "broken",
            "x",
        ] {
            assert!(!is_stranger(word), "{word}");
        }
        for word in ["/srv/acecast", "udp://tracker.example.com:2710/announce", "node_access_token"] {
            assert!(!is_stranger(word), "{word}");
        }
    }

    #[test]
    fn names_that_are_secrets() {
        for name in [
            "0123456789abcdef0123",
            "MIICXAIBAAKBgQC7Vxyz",
            "c2VjcmV0c2VjcmV0c2VjcmV0",
            "SECRETSECRETSECRETSECRET",
            "aB3_dE6-gH9_jK2-mN5_",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "ignoreCertificateErrors",
            "force_monotonic_sequence2",
            "some-very-long-unknown-name",
            "SOME_VERY_LONG_UNKNOWN_NAME",
            "0123456789abcdefABCDEF0123456789abcdef01_stream_0",
            "0123456789abcdef",
            "a name with many blanks in it",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
