use super::*;

fn url(text: &str) -> StreamUrl {
    text.parse().unwrap()
}

#[test]
fn a_new_session_token_is_the_same_stream() {
    let (a, b) = (url("http://h/x.m3u8?token=1"), url("http://h/x.m3u8?token=2#f"));
    assert_eq!(a.identity(), b.identity());
    assert!(a.is_same_stream(&b) && !a.is_same_stream(&url("http://h/y.m3u8?token=1")));
    assert_eq!(a.reveal_base(), "http://h/x.m3u8");
    assert_eq!(b.reveal_session(), "?token=2#f");
}

#[test]
fn what_only_grants_access_in_the_path_is_like_the_query() {
    let (a, b) = (url("http://h/x;token=s1/y?t=1#f"), url("http://h/x;token=s2/y"));
    assert_eq!(a.identity(), "http://h/x;token=****/y");
    assert!(a.is_same_stream(&b) && !a.is_same_stream(&url("http://h/x;v=s1/y")));
    assert_eq!(a.reveal_request(), "http://h/x;token=s1/y?t=1");
    assert_eq!(url("http://me:pw@h#f@g").reveal_request(), "http://h");
    let nested = url("http://h/http://me:hunter2@i/x");
    assert_eq!(nested.to_string(), "http://h/http://****@i/x");
    let secrets: Vec<_> = nested.secrets().iter().map(|secret| secret.reveal().to_owned()).collect();
    assert_eq!(secrets, ["me:hunter2", "hunter2"]);
}

#[test]
fn credentials_and_query_values_are_never_shown() {
    let shown = url("https://me:pw@h:8443/x?token=abc&bare&e=#frag").to_string();
    assert_eq!(shown, "https://h:8443/x?token=****&****&e=****#****");
    assert_eq!(url("http://me:pw@h/").userinfo(), Some("me:pw"));
    assert_eq!(url("http://h?tok").to_string(), "http://h?****");
}

#[test]
fn mistyped_urls_show_no_secret_but_stay_what_they_are() {
    for (text, shown) in [
        ("https://h:9/x&token=S", "https://h:9/x&token=****"),
        ("https://h:9/x%3Ftoken=S?a", "https://h:9/x%3Ftoken=****?****"),
        ("https://u%3AS%40h:9/x", "https://****%40h:9/x"),
        ("https://me:pw@u%3aS%40h/x", "https://****%40h/x"),
        ("https://h&token=S", "https://h&token=****"),
        ("https://h?a&b;token=S", "https://h?****&b;token=****"),
    ] {
        assert_eq!(url(text).to_string(), shown);
    }
    let (a, b) = (url("http://h/x&token=S1"), url("http://h/x&token=S2"));
    assert!(!a.is_same_stream(&b) && a.shown_base() == b.shown_base());
}

#[test]
fn what_a_server_may_repeat_is_known() {
    let secrets = |text: &str| -> Vec<String> {
        url(text).secrets().iter().map(|secret| secret.reveal().to_owned()).collect()
    };
    assert_eq!(
        secrets("https://me:hunter2@h/x?format=raw&n=1&token=ab12cd#f"),
        ["me:hunter2", "hunter2", "ab12cd"]
    );
    assert!(secrets("http://h/x?get_metadata").is_empty());
    // A name that tells needs no digits.
    assert_eq!(secrets("http://h/x?access_token=sesame&format=mpegts"), ["sesame"]);
}

#[test]
fn only_http_urls_with_a_host() {
    let error = |text: &str| text.parse::<StreamUrl>().unwrap_err();
    assert_eq!(error("rtmp://h/x"), UrlError::Scheme);
    assert_eq!(error("/local/file"), UrlError::Scheme);
    assert_eq!(error("http://"), UrlError::NoHost);
    assert_eq!(error("http://u@/x"), UrlError::NoHost);
    assert_eq!(error("http://h:0/x"), UrlError::Port);
    assert_eq!(error("http://h/a b"), UrlError::Character(' '));
    assert_eq!(error("http://h/\u{1b}[2J"), UrlError::Character('\u{1b}'));
    assert_eq!(url("http://[2001:db8::1]:80/x").identity(), "http://[2001:db8::1]:80/x");
}
