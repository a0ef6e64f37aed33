use base64::prelude::*;
use proptest::prelude::*;

use super::*;
use crate::redact::Redactor;

/// A key as an engine writes it, with every kind of character that one can have.
fn key() -> String {
    let body: Vec<u8> = (0..608_u32).map(|i| (i * i * 7 + i * 3 + 5).to_le_bytes()[i as usize % 2]).collect();
    let body = BASE64_STANDARD.encode(body);
    assert!(body.contains(['+']) && body.contains('/'));
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"))
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Each of these writes the whole key without a character that a word has not.
fn written() -> Vec<(&'static str, String)> {
    let key = key();
    let json_of = json(&key);
    let percent: String = key
        .bytes()
        .map(|c| if c.is_ascii_alphanumeric() { char::from(c).to_string() } else { format!("%{c:02X}") })
        .collect();
    let packed = BASE64_STANDARD.encode(&key);
    let wrapped: Vec<&str> =
        (0..packed.len()).step_by(76).map(|i| &packed[i..packed.len().min(i + 76)]).collect();
    vec![
        ("plain", key.clone()),
        ("crlf", key.replace('\n', "\r\n")),
        ("json", json_of.trim_matches('"').to_owned()),
        ("json of json", json(&json_of)[3..json(&json_of).len() - 3].to_owned()),
        ("slashes", json_of.trim_matches('"').replace('/', r"\/")),
        ("code points", json_of.trim_matches('"').replace('+', r"\u002b").replace('=', r"\u003D")),
        ("dashes", json_of.trim_matches('"').replace('-', r"\u002d")),
        ("percent", percent.clone()),
        ("percent twice", percent.replace('%', "%25")),
        ("form", percent.replace("%20", "+").replace("%2D", "-")),
        ("packed", packed.clone()),
        ("packed in lines", wrapped.join("\n")),
        ("packed in lines in json", wrapped.join("\\r\\n")),
        ("packed without padding", packed.trim_end_matches('=').to_owned()),
    ]
}

/// No 24 characters in a row of what was to be hidden are shown.
#[track_caller]
fn assert_hidden(what: &str, secret: &str, shown: &str) {
    let bytes = secret.as_bytes();
    let left = shown.as_bytes().windows(24).find(|part| bytes.windows(24).any(|window| window == *part));
    assert_eq!(left.map(String::from_utf8_lossy), None, "{what}: {shown}");
}

#[test]
fn a_key_is_hidden_however_it_is_written() {
    for (what, text) in written() {
        let text = format!(r#"got {{"uid": "news", "key": "{text}", "last_seq": 12}}, done"#);
        let masked =
            mask(&text).replace("****\n", "****").replace(r"****\n", "****").replace("****%0A", "****");
        let masked =
            masked.replace("****%250A", "****").replace(r"****\\n", "****").replace("****\r\n", "****");
        assert_eq!(masked, r#"got {"uid": "news", "key": "****", "last_seq": 12}, done"#, "{what}");
    }
}

#[test]
fn a_key_is_hidden_wherever_it_was_cut() {
    for (what, text) in written() {
        // Its first line and its last are no secret.
        let (first, last) = (text.len() / 10, text.len() - text.len() / 10);
        for at in first..last {
            let begins = mask(&format!("a log says: {}", &text[..at]));
            assert!(begins.starts_with("a log says: "), "{what}");
            assert_hidden(what, &text[first..last], &begins);
            let ends = mask(&format!("{}, it says", &text[at..]));
            assert!(ends.ends_with(", it says"), "{what}");
            assert_hidden(what, &text[first..last], &ends);
        }
    }
}

#[test]
fn a_packed_key_is_hidden_though_both_its_ends_are_cut() {
    let packed = BASE64_STANDARD.encode(key());
    for at in 0..90 {
        assert_eq!(mask(&format!("\"{}\"", &packed[at..at + 60])), "\"****\"", "{at}");
    }
}

#[test]
fn lines_show_none_of_it() {
    for (what, text) in written() {
        for text in [format!("one\n{text}\ntwo"), format!("one\n{{\"key\": \"{text}\"}}\ntwo\n")] {
            let lines = Redactor::default().clean_lines(&text);
            assert_hidden(what, &text[40..text.len() - 40], &lines.join("\n"));
            assert_eq!(
                (lines[0].as_str(), lines[lines.len() - 1].as_str()),
                ("one", "two"),
                "{what}: {lines:?}"
            );
        }
    }
}

#[test]
fn several_keys_leave_what_is_between_them() {
    let (key, packed) = (key(), BASE64_STANDARD.encode(key()));
    let text = format!("a {key}b {packed} c \"{}\" d {packed}", key.replace('\n', "\\n"));
    assert_eq!(mask(&text), "a ****\nb **** c \"****\\n\" d ****");
}

#[test]
fn what_logs_say_stays() {
    let hash = "0123456789abcdef0123456789ABCDEF01234567";
    for text in [
        "2026-01-01 10:00:00,123|MainThread|acestream.node|INFO start on port 8640, 50% done",
        "peer 192.0.2.1:8621 id=UlNfMC4zLWFiY2RlZjAxMjM0NTY3ODk= have=12-345",
        "GET /app/monitor HTTP/1.1 200 1234 Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        "-----",
        "----- BEGIN of the report -----",
        "-----BEGINNING-----, -----ENDING-----",
        r"C:\new\reports\table\u0041\uZZZZ \\server\share",
        "/srv/Broadcast/acestream/engine3/data/live/channels/SportsHD1/segments/0001.ts",
        "thequickbrownfoxjumpsoverthelazydogthequickbrownfoxjumpsoverthelazydog",
        "TransportFileDescriptionOfTheLiveStreamWithoutAnyTrackerInItAtAll",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "{\"title\": \"News \\/ \\u041d\\u043e\\u0432\\u043e\\u0441\\u0442\\u0438\", \"bitrate\": 400000}\n",
        "",
        "é%20\\",
    ] {
        assert_eq!(mask(text), text);
    }
    for text in [
        format!("hash={hash} sha256 {}{hash}", &hash[..24]),
        format!("{hash}\n").repeat(20),
        "a line of a log that says nothing in particular\n".repeat(50),
    ] {
        assert_eq!(mask(&text), text);
    }
}

#[test]
fn the_end_of_a_last_line_that_was_cut_hides_no_other_line() {
    let text = "MIIB\n-----END RSA PRIV\nnext - one";
    assert_eq!(mask(text), "****\nnext - one");
}

proptest! {
    #[test]
    fn words_stay(words in proptest::collection::vec("[a-zA-Z0-9]{1,23}", 0..20)) {
        let text = words.join(" ");
        prop_assert_eq!(mask(&text), text);
    }

    #[test]
    fn binary_data_in_base64_stays(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = BASE64_STANDARD.encode(bytes);
        prop_assert_eq!(mask(&text), text);
    }

    #[test]
    fn any_text_is_taken(text in "(-----BEGIN |-----END |\\\\|n|u00|%25|2|LS0tLS1CRUdJTiBSU0Eg|é|\\PC){0,40}") {
        let masked = mask(&text);
        prop_assert!(!masked.contains("-----BEGIN ") && !masked.contains("-----END "), "{}", masked);
    }
}
