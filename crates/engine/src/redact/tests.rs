use proptest::prelude::*;

use super::*;

fn cleaned(text: &str) -> String {
    Redactor::new(&["hunter2", "a/b c", "hunter2-long", "", "q\"é"].map(Secret::new)).clean(text)
}

#[test]
fn known_secrets_go_in_every_form() {
    assert_eq!(cleaned("key=hunter2, again hunter2"), "key=****, again ****");
    assert_eq!(cleaned("xhunter2x"), "x****x");
    assert_eq!(cleaned("hunter2-long"), "****", "the longer one first");
    assert_eq!(cleaned("raw a/b c, path a%2Fb%20c, lower a%2fb%20c"), "raw ****, path ****, lower ****");
    assert_eq!(cleaned(r#"{"t":"q\"é"} q"é q%22%C3%A9 q%22%c3%a9"#), r#"{"t":"****"} **** **** ****"#);
    assert_eq!(cleaned("nothing to hide"), "nothing to hide");
    assert_eq!(cleaned(""), "");
}

/// A key of one letter would hide that letter everywhere.
#[test]
fn what_is_too_short_for_a_secret_is_not_looked_for() {
    let redactor = Redactor::new(&["e", "abc", "%2", "abcd"].map(Secret::new));
    assert_eq!(redactor.clean("abc is the beginning of abcd"), "abc is the beginning of ****");
    assert_eq!(redactor.hide_known("the end"), "the end");
    // What is secret by its shape does not depend on that.
    assert_eq!(redactor.clean("http://e:abc@h/?abc=e"), "http://****@h/?abc=****");
}

#[test]
fn the_redactor_does_not_show_its_secrets_either() {
    let redactor = Redactor::new(&[Secret::new("hunter2")]);
    assert!(!format!("{redactor:?}").contains("hunter2"));
}

#[test]
fn a_known_secret_that_was_cut_is_known_still() {
    assert_eq!(
        cleaned("found \"hunter2-…\", token hunt… and hun…"),
        "found \"****-…\", token ****… and hun…"
    );
    let redactor = Redactor::new(&[Secret::new("hunter2é")]);
    assert_eq!(redactor.hide_known("http://h/?a=b hunter2é"), "http://h/?a=b ****");
}

#[test]
fn raw_texts_do_not_show_in_debug() {
    assert_eq!(format!("{:?}", RawText::new("hunter2")), "7 bytes");
}

#[test]
fn credentials_and_sessions_in_urls() {
    assert_eq!(
        cleaned("GET http://me:p@w@h:80/x.ts?token=abc&n=1#frag, \"https://h/?bare\" end"),
        "GET http://****@h:80/x.ts?token=****&n=****#****, \"https://h/?****\" end"
    );
    assert_eq!(cleaned("url=http://h/x?a=b;c=d"), "url=http://h/x?a=****&c=****");
    assert_eq!(cleaned("http://h#secret"), "http://h#****");
    assert_eq!(
        cleaned("get http://h/x?token=abc: refused (see http://h/?t=1), http://h/#f; http://h/?a."),
        "get http://h/x?token=****: refused (see http://h/?t=****), http://h/#****; http://h/?****."
    );
    assert_eq!(
        cleaned("cannot load /live/x.m3u8?token=abc why?"),
        "cannot load /live/x.m3u8?token=**** why?"
    );
    assert_eq!(cleaned("rtmp://u:p@h/app and mail@example.com"), "rtmp://****@h/app and mail@example.com");
    assert_eq!(
        cleaned("http://h/x,http://u:p@h2/y,http://v:q@h3"),
        "http://h/x,http://****@h2/y,http://****@h3"
    );
    assert_eq!(cleaned("/x?token=abc&u=http://u:p@h"), "/x?token=****&u=****");
    assert_eq!(cleaned("why?http://u:p@h"), "why?****");
    assert_eq!(cleaned("issue #5 and c# and x#y=z"), "issue #5 and c# and x#y=z");
    assert_eq!(cleaned("what? a=b"), "what? a=b");
    assert_eq!(cleaned("http://h/plain"), "http://h/plain");
}

const PEM: &str = "-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJB+/8=\nAKj34G\n-----END RSA PRIVATE KEY-----";

#[test]
fn keys_go_from_their_first_line_to_their_last() {
    assert_eq!(cleaned(&format!("key: {PEM} end")), "key: **** end");
    assert_eq!(cleaned(&format!("{PEM}\n{PEM}")), "****\\n****");
    assert_eq!(cleaned(&format!("json \"{}\" end", PEM.replace('\n', "\\n"))), "json \"****\" end");
    assert_eq!(cleaned(&PEM[..50]), "****", "its end is missing");
    assert_eq!(cleaned(&format!("log: {}", &PEM[40..])), "log:****", "its beginning is missing");
    assert_eq!(cleaned(&format!("{}\nmore", &PEM[..PEM.len() - 5])), "****\\nmore");
}

#[test]
fn lines_are_split_after_keys_are_hidden() {
    let lines = Redactor::default().clean_lines(&format!("one\n{PEM}\n\u{1b}[2Jtwo\r\n"));
    assert_eq!(lines, ["one", "****", "\\u{1b}[2Jtwo"]);
}

#[test]
fn nothing_controls_the_terminal() {
    assert_eq!(
        cleaned("a\u{1b}[31m\u{9b}2J\r\nb\0\u{202e}c"),
        "a\\u{1b}[31m\\u{9b}2J\\r\\nb\\u{0}\\u{202e}c"
    );
}

#[test]
fn what_is_shown_has_an_end_and_no_secret_is_cut_into_it() {
    let long = cleaned(&"é".repeat(MAX_LEN));
    assert!(long.len() <= MAX_LEN + '…'.len_utf8() && long.ends_with('…'));
    let escapes = cleaned(&"\u{1b}".repeat(MAX_LEN));
    assert!(escapes.len() <= MAX_LEN + '…'.len_utf8());
    for shift in 0..10 {
        let text = "x".repeat(MAX_LEN - shift) + "hunter2";
        assert!(!cleaned(&text).contains("hun"), "{shift}");
    }
}

#[test]
fn a_text_shows_that_its_end_was_left_out() {
    let redactor = Redactor::new(&[Secret::new("hunter2")]);
    let ends = [
        (0, "", ""),
        (0, "y", "…"),
        (1, "é", "é"),
        (1, "éy", "é…"),
        (3, "hunter2", "****"),
        (3, "hunter2y", "****…"),
        (0, "hunter2", "…"),
    ];
    for (before, end, shown) in ends {
        let text = "x".repeat(MAX_INPUT - before) + end;
        let hidden = redactor.hide_known(&text);
        assert_eq!(hidden.trim_start_matches('x'), shown, "{before} {end}");
    }
}

#[test]
fn a_huge_or_hostile_text_takes_no_time() {
    let redactor = Redactor::new(&[Secret::new("hunter2")]);
    let started = std::time::Instant::now();
    let keys =
        ["-----END ", "-----BEGIN ", "-----END a", "LS0tLS1CRUdJ", "LS0t\n", "\\", "\\u00", "%", "%25"];
    for piece in keys.into_iter().chain(["://", "@", "?=&", "hunter2", "a\n"]) {
        let lines = redactor.clean_lines(&piece.repeat(10_000_000 / piece.len()));
        assert!(lines.iter().map(String::len).sum::<usize>() <= 2 * MAX_INPUT, "{piece}");
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    for shift in 0..8 {
        let text = "\n".repeat(MAX_INPUT - shift) + "hunter2";
        assert!(!redactor.clean_lines(&text).concat().contains("hun"), "{shift}");
    }
}

proptest! {
    #[test]
    fn no_secret_survives(
        secret in "[a-zA-Z0-9/+=%&? é\"]{6,20}",
        before in "[ -~\\n]{0,40}",
        after in "[ -~\\n]{0,40}",
    ) {
        let redactor = Redactor::new(&[Secret::new(secret.clone())]);
        for form in [secret.clone(), percent_encode(&secret), percent_encode_all(&secret)] {
            let text = format!("{before}{form}{after}");
            prop_assert!(!redactor.clean(&text).contains(&form) || MASK.contains(&form), "{}", text);
        }
    }

    /// Passing over what begins no secret leaves none behind.
    #[test]
    fn every_place_is_looked_at(
        secrets in prop::collection::vec("[abé日]{1,6}", 0..4),
        text in prop::collection::vec("[abé日ü…x]{1,9}", 0..9),
    ) {
        let redactor = Redactor::new(&secrets.into_iter().map(Secret::new).collect::<Vec<_>>());
        let text = text.concat();
        let (mut masked, mut rest) = (String::new(), &text[..]);
        while let Some(first) = rest.chars().next() {
            let whole = redactor.forms.iter().map(Secret::reveal).find(|form| rest.starts_with(form));
            let len = whole.map(str::len).or_else(|| redactor.cut_form(rest));
            masked.extend([if len.is_some() { MASK } else { &rest[..first.len_utf8()] }]);
            rest = &rest[len.unwrap_or(first.len_utf8())..];
        }
        prop_assert_eq!(redactor.hide_known(&text), masked);
    }

    #[test]
    fn any_text_becomes_a_safe_line(text in any::<String>()) {
        let shown = Redactor::new(&[Secret::new("x")]).clean(&text);
        prop_assert!(!shown.chars().any(char::is_control));
    }

    #[test]
    fn userinfo_never_survives(user in "[a-z]{5,9}", host in "[a-z]{1,4}", before in "[ -~]{0,20}") {
        let text = format!("{before} http://{user}:pw@{host}/x?k={user}");
        prop_assert!(!redact_nothing().clean(&text).rsplit(' ').next().unwrap_or("").contains(&user));
    }
}

fn redact_nothing() -> Redactor {
    Redactor::default()
}
