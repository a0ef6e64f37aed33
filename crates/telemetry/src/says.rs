//! Why a server refused a document, in its own words.

use crate::Receiver;
use crate::text::shown;

/// As long as its own words may be, in characters.
const MAX: usize = 60;

/// How much of a long answer is looked at, in bytes.
const START: usize = 4096;

/// So many characters of base64 in a row are a key rather than a word.
const KEY: usize = 32;

#[derive(serde::Deserialize)]
struct Answer {
    error: String,
}

/// The `error` of a JSON answer, or where there is none the first line of a text: one line, at most 60 characters,
/// without control characters, and without what looks like a key or is one of the receiver's secrets. HTML says
/// nothing.
pub(crate) fn says(body: &[u8], to: &Receiver) -> Option<String> {
    let text = match serde_json::from_slice(body) {
        Ok(Answer { error }) => error,
        Err(_) => String::from_utf8_lossy(&body[..body.len().min(START)]).into_owned(),
    };
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line.starts_with('<') {
        return None;
    }
    let start: String = line.chars().take(START).collect();
    // Masked before it is cut: the beginning of a secret would not be found any more.
    Some(shown(&without_keys(&to.masked(&start)), MAX))
}

fn without_keys(text: &str) -> String {
    let in_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\\');
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_key) {
        let length = rest[start..].find(|c| !in_key(c)).unwrap_or(rest.len() - start);
        let (run, behind) = rest[start..].split_at(length);
        kept.push_str(&rest[..start]);
        kept.push_str(if run.len() < KEY { run } else { "****" });
        rest = behind;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<&str>) {
        let to = Receiver::new("http://user:hunter2@example.com/?token=abcdef").unwrap();
        assert_eq!(says(body.as_bytes(), &to).as_deref(), expected);
    }

    #[test]
    fn the_error_of_a_json_answer_or_the_start_of_a_text() {
        check(r#"{"big":1e400,"error":"no such host"}"#, Some("no such host"));
        check("\n  no such host \nmore", Some("no such host"));
        check(r#"{"message":"no such host"}"#, Some(r#"{"message":"no such host"}"#));
        check(r#"{"error":5}"#, Some(r#"{"error":5}"#));
        check(r#"{"error":""}"#, None);
        for nothing in ["", " \n", "<!DOCTYPE html>", "\r\n<html>"] {
            check(nothing, None);
        }
    }

    #[test]
    fn it_is_one_short_line_that_controls_nothing() {
        check("{\"error\":\"a\\u001b[2J\\u202eb\\nc\"}", Some("a\\u{1b}[2J\\u{202e}b"));
        let word = "word ".repeat(20);
        check(&word, Some(&format!("{}…", &word[..59])));
        check(&format!("{}\u{ff}", "é".repeat(START)), Some(&format!("{}…", "é".repeat(59))));
    }

    #[test]
    fn what_was_sent_is_not_shown() {
        check("token abcdef of user:hunter2 is wrong", Some("token **** of user:**** is wrong"));
        let key = "MIIEpAIBAAKCAQEA7bqmcBX2aSvPW3k1";
        check(&format!("{{\"error\":\"bad key: {key}\\/{key}\"}}"), Some("bad key: ****"));
        check(&format!("bad key: \"{key}\\/{key}\", sorry"), Some("bad key: \"****\", sorry"));
        // Cut inside of the secret, if it were cut first.
        check(&format!("{}hunter2", ". ".repeat(28)), Some(&format!("{}****", ". ".repeat(28))));
    }
}
