//! The metadata that comes with the entries of source nodes.

use crate::world::{check_sources, ts};

/// What is said about one entry with these settings; it is usable if nothing but warnings are.
#[track_caller]
fn check(changes: &[(&str, &str)], expected: &str) {
    let usable = expected.lines().all(|line| line.starts_with("warning: "));
    check_sources(&format!("[{}]", ts(changes)), usize::from(usable), expected);
}

#[test]
fn metadata_is_taken_whole_or_the_entry_is_wrong() {
    check(&[("metadata", r#"{"last_seq": "0", "private_key": "-----BEGIN\nx"}"#)], "");
    check(&[("metadata", r#"{"last_seq": 7, "private_key": {"base64": "AP8="}}"#)], "");
    check(&[("metadata", "null")], "");
    check(
        &[("metadata", "{}")],
        "source.json:8:13: [0].metadata.last_seq: is missing, expected the number of the last piece\n\
         source.json:8:13: [0].metadata.private_key: is missing, expected the stream's private key as a text or as \
         {\"base64\": …}\n",
    );
    check(
        &[("metadata", r#"{"last_seq": -1, "private_key": "", "x": 1}"#)],
        "source.json:8:26: [0].metadata.last_seq: found -1, which is negative; expected the number of the last \
         piece\n\
         source.json:8:45: [0].metadata.private_key: found a text, which is empty; expected the stream's private \
         key as a text or as {\"base64\": …}\n\
         warning: source.json:8:49: [0].metadata.x: unknown key, it is ignored\n",
    );
    check(
        &[("metadata", "\"MIIBs3cret\"")],
        "source.json:8:13: [0].metadata: found a text, expected an object with last_seq and private_key\n",
    );
    check(
        &[("metadata", r#"{"last_seq": 1, "private_key": {"base64": "s3cret!"}}"#)],
        "source.json:8:55: [0].metadata.private_key.base64: found a text, expected padded base64\n",
    );
    check(
        &[
            ("type", "\"hls\""),
            ("metadata", r#"{"hls_sequence": {"0123456789012345678901234567890123456789_stream_0": "42"}}"#),
        ],
        "",
    );
    check(
        &[("type", "\"hls\""), ("metadata", r#"{"hls_sequence": {"../x_stream_0": 42}}"#)],
        "source.json:8:48: [0].metadata.hls_sequence[\"../x_stream_0\"]: unknown name, expected 40 hex digits, \
         _stream_ and a number\n",
    );
    check(
        &[("type", "\"hls\""), ("metadata", r#"{"last_seq": 1, "private_key": "s3cret"}"#)],
        "source.json:8:13: [0].metadata.hls_sequence: is missing, expected an object like \
         {\"INFOHASH_stream_0\": 42}\n",
    );
}

#[test]
fn metadata_of_both_kinds_may_come_together() {
    let both = r#"{"last_seq": 7, "private_key": "-----BEGIN", "hls_sequence":
        {"0123456789012345678901234567890123456789_stream_0": 42}}"#;
    check(&[("metadata", both)], "");
    check(&[("type", "\"hls\""), ("metadata", both)], "");
    let wrong = r#"{"last_seq": 7, "private_key": "-----BEGIN", "hls_sequence": "no"}"#;
    check(&[("metadata", wrong)], "");
    check(
        &[("metadata", r#"{"last_sequ": 7, "hls_sequence": {}, "x": 1}"#)],
        "source.json:8:13: [0].metadata.last_seq: is missing, expected the number of the last piece\n\
         source.json:8:13: [0].metadata.private_key: is missing, expected the stream's private key as a text or as \
         {\"base64\": …}\n\
         source.json:8:14: [0].metadata.last_sequ: unknown key, did you mean \"last_seq\"?\n\
         warning: source.json:8:50: [0].metadata.x: unknown key, it is ignored\n",
    );
}
