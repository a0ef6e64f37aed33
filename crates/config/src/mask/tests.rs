use super::*;

#[track_caller]
fn check(text: &str, shown: &str) {
    let mut masked = String::new();
    let mut at = 0;
    for span in hidden(text) {
        masked.push_str(&text[at..span.start]);
        masked.push_str(MASK);
        at = span.end;
    }
    assert_eq!(masked + &text[at..], shown);
}

#[test]
fn values_of_secret_keys_are_hidden() {
    check(r#"{"provider_key": "a\"b", "port": 1}"#, r#"{"provider_key": "****", "port": 1}"#);
    check(r#"{"private_key": {"base64": "QQ=="}, "port": 1}"#, r#"{"private_key": ****, "port": 1}"#);
    check(r#"{"node_access_token" /* x */ : 12, "a": 1}"#, r#"{"node_access_token" /* x */ : ****, "a": 1}"#);
    check(r#"{"provider\u005fkey": "s"}"#, r#"{"provider\u005fkey": "****"}"#);
    check(
        r#"{"provider_kye": "s", "privat_keey": "s"}"#,
        r#"{"provider_kye": "****", "privat_keey": "****"}"#,
    );
    check(r#"//,"provider_key": "<provider_key>""#, r#"//,"provider_key": "****""#);
}

#[test]
fn nothing_leaks_where_the_syntax_is_wrong() {
    check(r#"{"provider_key" "s1"}"#, r#"{"provider_key" "****"#);
    check(r#"{"provider_key": s1 s2}"#, r#"{"provider_key": ****"#);
    check(r#"{'provider_key': 's1', "a": 1}"#, r#"{'provider_key': '****', "a": 1}"#);
    check("{\"provider_key\": \"s1\n}é", "{\"provider_key\": \"****");
    check("{\"provider_key\" /* s1", "{\"provider_key\" /* s1");
    check("{\"provider_key\": \"s\"1\", \"a\": 1\n}", "{\"provider_key\": \"****\n}");
    check("{\"a: 1, \"private_key\": \"s1\", \"b\": 1}", "{\"a: 1, \"private_key\": \"****\", \"b\": 1}");
    check("provider_key = s1", "provider_key = ****");
}

#[test]
fn urls_show_neither_userinfo_nor_query_values() {
    check(r#""http://u:p@h/x?a=1&b&c=#f""#, r#""http://****@h/x?a=****&****&c=#****""#);
    check(r#""http:\/\/u:p@h\/x?a=1", "b""#, r#""http:\/\/****@h\/x?a=****", "b""#);
    check(r#""http://u:p/w@h/x""#, r#""http://****@h/x""#);
    check(r#""http://h/x?mail=a@b", 1"#, r#""http://h/x?mail=****", 1"#);
    check(r#""http://h/x?a=1\u0026b=2""#, r#""http://h/x?a=****""#);
    check(r#""http://h/x\u003fa=1""#, r#""http://****""#);
    check(r#""http://h/http://u:p@i/x", "b": "udp://t/a""#, r#""http://****@i/x", "b": "udp://t/a""#);
    check(r#"{"a": "http://h:80/x", "url": "http://u:pass"#, r#"{"a": "http://h:80/x", "url": "http://****"#);
    check(r#"{"url": "http://user"#, r#"{"url": "http://****"#);
    check(r#""http://u:pass/x", "http://[::1]:80/""#, r#""http://****/x", "http://[::1]:80/""#);
    check(r#"{"url": "u:p@h/x?a=1"}"#, r#"{"url": "****@h/x?a=****"}"#);
}

#[test]
fn single_values_are_hidden_the_same_way() {
    assert_eq!(mask("rtmp://u:p@h/\"?k=v\"w", false), "rtmp://****@h/\"?k=****");
    assert_eq!(mask("u:p@h/x?t=1", true), "****@h/x?t=****");
    assert_eq!(mask("What? Who=me", false), "What? Who=me");
    assert_eq!(mask("bad token: abc", false), "bad token: ****");
    assert_eq!(mask(r#"{"private_key": ["k"], "a": 1}"#, false), r#"{"private_key": ****, "a": 1}"#);
}

#[test]
fn user_and_password_are_hidden_wherever_they_stand() {
    for (written, shown) in [
        ("http//u:pw@h/x", "http//****@h/x"),
        ("http:/u:pw@h/x", "http:/****@h/x"),
        ("http:u:pw@h", "****@h"),
        ("http ://u:pw@h", "http ://****@h"),
        ("//u:pw@h/x", "//****@h/x"),
        ("//pw@h/x", "//****@h/x"),
        ("u:pw@h/x", "****@h/x"),
        ("u:p w@x@h", "****@h"),
        ("/u:pw@h", "****@h"),
        ("http//u:pw/x", "http//****/x"),
        ("http://u: pw@h", "http://****@h"),
        ("http://h/http:/u:pw@i/x", "http://****@i/x"),
        ("see http://u:pw@h", "****@h"),
        ("http//h/x?code=pw&pw", "http//h/x?code=****&****"),
        ("h/x?code=pw", "h/x?code=****"),
        ("http://h/x;token=pw", "http://h/x;token=****"),
        ("http://h/;jsessionid=pw", "http://h/;jsessionid=****"),
    ] {
        assert_eq!(mask(written, false), shown);
        for key in ["root", "type", "url", "xyz"] {
            check(
                &format!(r#"{{"{key}": "{written}", "a": 1}}"#),
                &format!(r#"{{"{key}": "{shown}", "a": 1}}"#),
            );
        }
        let slashes = |text: &str| text.replace('/', "\\/");
        check(&format!(r#"["{}"]"#, slashes(written)), &format!(r#"["{}"]"#, slashes(shown)));
    }
    for text in
        ["192.0.2.1:8641", "News @ 9: live", "me@example.com", "What? Who=me", "//srv/x", "/srv/a@b/c"]
    {
        assert_eq!(mask(text, false), text);
        let document = format!(r#"{{"title": "{text}"}}"#);
        check(&document, &document);
    }
}

#[test]
fn user_and_password_are_hidden_in_texts_that_are_none() {
    check(r#"{"url": "http://u:p"w@h/x", "a": 1}"#, r#"{"url": "http://****@h/x", "a": 1}"#);
    check(r#"{"root": u:pw@h, "a": 1}"#, r#"{"root"****@h, "a": 1}"#);
    check(r"{'root': 'http//u:pw@h'}", "****@h'}");
    check(r#"{"root": "u\u003apw\u0040h", "a": 1}"#, r#"{"root": "****", "a": 1}"#);
    check(r#"{"a": 1, "root": "http//u:pa"#, r#"{"a": 1, "root": "http//****"#);
    check(r#"{"a": 1, "root": "u:pa"#, r#"{"a": 1, "root": "****"#);
    check("{\"a\": 1, // u:pw@h\n\"b\": 1}", "{\"a\"****@h\n\"b\": 1}");
}

#[test]
fn secrets_are_hidden_beside_damaged_names() {
    for line in [
        r#""provider_kye" "s1""#,
        r#""provider_key", "s1""#,
        r#""provider_kye" "s1", "#,
        r#""provider_key" -> "s1""#,
        r#""provider_key" = "s1""#,
        r#""provider_key"; "s1""#,
        r#""provider_key: "s1""#,
        r#""provider_key": s1""#,
        r#""provider_key" : : "s1""#,
        r#""provider_key s1""#,
        r#""node_access_tokn" "s1""#,
        r#""node_access_tokn", 1234s1"#,
        r#""node access tok": "s1""#,
        r#""provider key" "s1""#,
        r#""p\u0072ovider_kye" "s1""#,
        r#""provider.key" "s1""#,
        r#""provider": "s1""#,
        r#""pwd": "s1""#,
        r#""secrt" "s1""#,
        "provider_kye s1",
        "provider_kye: s1",
        "provider_\u{43a}ey: s1",
        "providerKey = 's1'",
    ] {
        for document in
            [format!("{{{line}}}"), format!("{{\"a\": 1, {line}, \"b\": 2}}"), format!("{{\n{line}\n}}")]
        {
            assert!(!mask_json(&document).contains("s1"), "{document}: {}", mask_json(&document));
        }
    }
    // What comes next is no value.
    check(r#"{"title": "token", "port": 1}"#, r#"{"title": "token", "port": 1}"#);
    check(r#"{"private_node": 1, "private": "p"}"#, r#"{"private_node": 1, "private": "p"}"#);
    check(r#"{"type": "key"}"#, r#"{"type": "key"}"#);
    // Neither is the rest of a line behind a parameter.
    check(r#"{"url": "http://h/x?token=s1", "a": 1}"#, r#"{"url": "http://h/x?token=****", "a": 1}"#);
    check(r#"{"url": "http://h/x?token=s1"s2", "a": 1}"#, r#"{"url": "http://h/x?token=****"#);
}

#[test]
fn sentences_keep_their_words() {
    let said = "denied: ask me@example.com, or http//u:pw@h/x and u:pw@h";
    assert_eq!(mask_message(said), "denied: ask me@example.com, or http//****@h/x and ****@h");
    assert_eq!(
        mask_json(r#"{"code": 5, "message": "ask me@example.com"}"#),
        r#"{"code": 5, "message": "ask me@example.com"}"#
    );
}

#[test]
fn what_is_escaped_or_behind_any_separator_is_hidden_too() {
    for (written, shown) in [
        ("https://u%3AS%40h:9/x", "https://****%40h:9/x"),
        ("http%3a%2f%2fu%253aS%2540h", "http%3a%2f%2f****%2540h"),
        ("http://h/x%3Ftoken=S", "http://h/x%3Ftoken=****"),
        ("http://h/x,token%3DS", "http://h/x,token%3D****"),
        ("http://h/x|user_sid=S", "http://h/x|user_sid=****"),
        ("http://h/x\u{ff1f}sid=S", "http://h/x\u{ff1f}sid=****"),
        ("https;//S@h/x", "https;//****@h/x"),
        ("<https://u:S@h>", "<https://****@h>"),
        ("\u{feff}https//S@h", "\u{feff}https//****@h"),
        ("Bearer S", "Bearer ****"),
        ("Basic dTpw", "Basic ****"),
        ("--provider-key=S", "--provider-key=****"),
    ] {
        assert_eq!(mask(written, false), shown);
        let document = |text: &str| format!(r#"{{"url": "{text}", "a": 1}}"#);
        check(&document(written), &document(shown));
        assert!(holds_secret(written) || written.starts_with("http://h"), "{written}");
    }
    for text in ["caf%C3%A9 100%25", "Basic English", "http://h/a%20b/c"] {
        assert_eq!(mask(text, false), text);
        assert!(text.contains("//") || !holds_secret(text));
    }
}

#[test]
fn strangers_are_hidden_where_nothing_known_belongs() {
    for (document, shown) in [
        (r#"{"a":1 HUNTER}"#, r#"{"a":1 ****}"#),
        (r#"["HUNTER""#, r#"["****""#),
        (r#"["HUNTER", {"port": 0}]"#, r#"["****", {"port": 0}]"#),
        (r#"{"k": 12eHUNTER}"#, r#"{"k": ****}"#),
        (r#"{"result":HUNTER}"#, r#"{"result":****}"#),
        (r#"{"a": 1 "HUNTER"}"#, r#"{"a": 1 "****"}"#),
        (r#"{"metadata": "S"}"#, r#"{"metadata": "****"}"#),
        (r#"{"metdata": 77, "a": 1}"#, r#"{"metdata": ****, "a": 1}"#),
        (r#"{"metadata": {"last_seq": "hunt3r", "x": 1}}"#, r#"{"metadata": {"last_seq": "****", "x": 1}}"#),
        (r#"{"metadata": ["HUNTER"]}"#, r#"{"metadata": ["****"]}"#),
        (r#"{"0123456789abcdef0123": 1, "a": 1}"#, r#"{"****": ****, "a": 1}"#),
        (r#"{"https://u:pw@h/x": "HUNTER"}"#, r#"{"https://****@h/x": "****"}"#),
    ] {
        check(document, shown);
    }
    for document in [
        r#"{"port": 8640 "title": "News 24x7"}"#,
        r"{port: 8640, title: News, type: hls}",
        r#"{"private_node": True, quality: HD /* hunt3r */}"#,
        r#"{"trackers": ["udp://192.0.2.1:1/a2" "udp://h/announce"], "upload_to": ["192.0.2.1:8641" "x1"]}"#,
        r#"{"dirs": {"metadata": "metadata", "log": "log2"}, "metadata": null}"#,
        r#"{"root": /srv/acecast2, "force_monotonic_sequence": 1}"#,
    ] {
        check(document, document);
    }
}
