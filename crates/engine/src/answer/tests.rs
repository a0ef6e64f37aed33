use super::*;

fn parse(text: &str) -> Answer {
    Answer::parse(text).unwrap()
}

#[test]
fn fields_of_both_versions_are_read_and_others_count_as_absent() {
    let new = parse(
        r#"{"status": "running", "version": "3.2.3", "pid": 16, "source_connected": true, "cpu_percent": "?",
            "source_download_rate": 94088, "run_time": 3, "connected_peers_count": 0, "source_reconnects": 2}"#,
    );
    assert_eq!((new.status(), new.version(), new.pid()), (Some("running"), Some("3.2.3"), Some(16)));
    assert_eq!((new.source_connected(), new.source_download_rate()), (Some(true), Some(94088)));
    assert_eq!((new.run_time(), new.peers(), new.source_reconnects()), (Some(3), Some(0), Some(2)));
    let old = parse(r#"{"status": 5, "source_connected": 0, "upload_speed": 1.6, "pid": "x"}"#);
    assert_eq!((old.status(), old.source_connected(), old.upload_speed()), (None, Some(false), Some(2)));
    assert_eq!((old.pid(), old.peers(), old.source_reconnects()), (None, None, None));
}

#[test]
fn a_load_is_a_number_or_unknown() {
    for (value, expected) in [("1.5", Some(1.5)), ("12", Some(12.0)), ("\"?\"", None), ("null", None)] {
        assert_eq!(parse(&format!("{{\"cpu_percent\": {value}}}")).cpu_percent(), expected, "{value}");
    }
}

#[test]
fn an_infohash_is_40_hex_digits() {
    let hash = "00112233445566778899aAbBcCdDeEfF00112233";
    assert_eq!(parse(&format!("{{\"download_hash\": \"{hash}\"}}")).download_hash(), Some(hash));
    for other in [format!("\"{}\"", &hash[1..]), format!("\"{}g\"", &hash[1..]), format!("\"{hash}0\"")] {
        assert_eq!(parse(&format!("{{\"download_hash\": {other}}}")).download_hash(), None, "{other}");
    }
    assert_eq!(parse(r#"{"download_hash": null}"#).download_hash(), None);
}

#[test]
fn what_is_no_object_is_no_answer() {
    for text in
        ["", "null", "[]", "<html>", "{\"a\": 1", "{\"a\": 1} x", "{\"a\" 1}", "12", "\"{}\"", "{1: 2}"]
    {
        assert!(Answer::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_text_is_kept_as_it_was_written() {
    let text = " {\"z\":1, \"a\":{\"deep\":[1.10,2]},\"m\" : null,\"status\":\"running\"}\n";
    let answer = parse(text);
    assert_eq!((answer.text(), answer.status()), (text, Some("running")));
}

#[test]
fn what_no_type_holds_does_not_hide_the_rest() {
    let deep = "[".repeat(500) + &"]".repeat(500);
    for odd in ["1e400", "-1e400", "184467440737095516160000000000", "\"\\ud800\"", &deep] {
        let text = format!("{{\"odd\": {odd}, \"run_time\": {odd}, \"pid\": {odd}, \"upload_speed\": 7}}");
        let answer = parse(&text);
        assert_eq!(answer.text(), text);
        assert_eq!((answer.upload_speed(), answer.pid(), answer.run_time()), (Some(7), None, None), "{odd}");
    }
}

#[test]
fn of_a_field_that_is_there_twice_the_last_one_counts() {
    let answer = parse(r#"{"pid": 1, "status": "a", "\u0070id": 2, "status": null}"#);
    assert_eq!((answer.pid(), answer.status()), (Some(2), None));
}
