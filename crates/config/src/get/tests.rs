use mockall::Sequence;

use super::*;
use crate::Answer;
use crate::get::fetch::MockFetch;

fn url(text: &str) -> RemoteUrl {
    text.parse().unwrap()
}

fn status(status: u16) -> Answer {
    Answer { status, body: status.to_string().into_bytes(), ..Answer::default() }
}

fn failed(status: u16, error: Option<&str>) -> FetchError {
    FetchError::Status { status, error: error.map(str::to_owned) }
}

fn redirect(location: &str) -> Answer {
    Answer { location: Some(location.to_owned()), ..status(302) }
}

/// Plays these exchanges in this order, and no other.
fn script(exchanges: Vec<(&'static str, Result<Answer, FetchError>)>) -> MockFetch {
    let (mut fetch, mut sequence) = (MockFetch::new(), Sequence::new());
    for (url, answer) in exchanges {
        fetch
            .expect_get()
            .withf(move |asked, _| asked.reveal() == url)
            .once()
            .in_sequence(&mut sequence)
            .return_once(move |_, _| answer);
    }
    fetch
}

#[track_caller]
fn check(exchanges: Vec<(&'static str, Result<Answer, FetchError>)>, expected: Result<&str, FetchError>) {
    let limits = Limits { deadline: Duration::from_secs(60), waits: [Duration::ZERO; 2] };
    let first = url(exchanges[0].0);
    let body = get(&script(exchanges), &first, &limits);
    assert_eq!(body, expected.map(|body| body.as_bytes().to_vec()));
}

#[test]
fn what_may_pass_is_tried_three_times() {
    let u = "http://h/";
    check(vec![(u, Ok(status(200)))], Ok("200"));
    check(vec![(u, Ok(status(503))), (u, Err(FetchError::Refused)), (u, Ok(status(200)))], Ok("200"));
    check(vec![(u, Ok(status(429))), (u, Ok(status(500))), (u, Ok(status(502)))], Err(failed(502, None)));
    check(vec![(u, Ok(status(404)))], Err(failed(404, None)));
    check(vec![(u, Ok(status(304)))], Err(failed(304, None)));
    check(vec![(u, Err(FetchError::Tls("x".to_owned())))], Err(FetchError::Tls("x".to_owned())));
    check(vec![(u, Err(FetchError::TooLarge))], Err(FetchError::TooLarge));
    check(
        vec![(u, Err(FetchError::TimedOut(Duration::ZERO)))],
        Err(FetchError::TimedOut(Duration::from_secs(60))),
    );
}

#[test]
fn the_servers_own_words_are_shown() {
    let body = |body: &str| Answer { body: body.as_bytes().to_vec(), ..status(404) };
    let says = "no host \u{1b} at http://u:p@h/?t=1";
    let json = format!("{{\"error\": \"{}\"}}", says.replace('\u{1b}', "\\u001b"));
    let shown = "no host \\u{1b} at http://****@h/?t=****";
    check(vec![("http://h/", Ok(body(&json)))], Err(failed(404, Some(shown))));
    let long = format!("{{\"error\": \"{}\"}}", "x".repeat(61));
    let cut = "x".repeat(60) + "…";
    check(vec![("http://h/", Ok(body(&long)))], Err(failed(404, Some(&cut))));
    for other in ["<html>", "[]", "{\"error\": 5}", ""] {
        check(vec![("http://h/", Ok(body(other)))], Err(failed(404, None)));
    }
}

#[test]
fn a_redirect_that_leads_to_a_dead_host_names_it() {
    let exchange = || {
        [
            ("http://h/", Ok(redirect("http://dead/?token=secret"))),
            ("http://dead/?token=secret", Err(FetchError::Refused)),
        ]
    };
    let error = || FetchError::Redirected {
        to: "http://dead/?token=****".to_owned(),
        source: Box::new(FetchError::Refused),
    };
    check((0..3).flat_map(|_| exchange()).collect(), Err(error()));
    let problems = LoadError::Fetch { url: "http://h/".to_owned(), source: error() }.problems();
    assert_eq!(
        problems[0].to_string(),
        "http://h/: the server redirects to http://dead/?token=****: the connection was refused"
    );
}

#[test]
fn a_wait_beyond_the_deadline_is_not_begun() {
    let busy = Answer { retry_after: Some(Duration::from_secs(61)), ..status(503) };
    check(vec![("http://h/", Ok(busy))], Err(failed(503, None)));
}

#[test]
fn five_redirects_are_followed_and_no_more() {
    let hops = ["http://h/0", "http://h/1", "http://h/2", "http://h/3", "http://h/4", "http://h/5"];
    let mut five: Vec<_> = (0..5).map(|i| (hops[i], Ok(redirect(hops[i + 1])))).collect();
    five.push((hops[5], Ok(status(200))));
    check(five, Ok("200"));
    let mut six: Vec<_> = (0..5).map(|i| (hops[i], Ok(redirect(hops[i + 1])))).collect();
    six.push((hops[5], Ok(redirect("/6"))));
    check(six, Err(FetchError::TooManyRedirects(5)));
}

#[test]
fn redirects_never_lose_tls_and_never_go_in_circles() {
    let to_plain = redirect("http://h/?token=secret");
    check(vec![("https://h/", Ok(to_plain))], Err(FetchError::Downgrade("http://h/?token=****".to_owned())));
    check(
        vec![
            ("http://h/", Ok(redirect("https://h/"))),
            ("https://h/", Ok(redirect("//i/x#f"))),
            ("https://i/x#f", Ok(status(200))),
        ],
        Ok("200"),
    );
    check(
        vec![("http://h/a", Ok(redirect("b"))), ("http://h/b", Ok(redirect("/a#x")))],
        Err(FetchError::RedirectLoop("http://h/a#****".to_owned())),
    );
    for location in ["", "ftp://h/", "http://", "http://h/\u{7}"] {
        check(vec![("http://h/", Ok(redirect(location)))], Err(FetchError::BadRedirect(302)));
    }
    check(vec![("http://h/", Ok(status(307)))], Err(FetchError::BadRedirect(307)));
}

#[test]
fn metadata_is_asked_for_in_the_query() {
    for (plain, asked) in [
        ("http://h/x", "http://h/x?get_metadata"),
        ("http://h/x?", "http://h/x?get_metadata"),
        ("http://h/x?a=1", "http://h/x?a=1&get_metadata"),
        ("http://h/x?a=1#f?", "http://h/x?a=1&get_metadata#f?"),
        ("http://h#f", "http://h?get_metadata#f"),
    ] {
        assert_eq!(with_metadata(&url(plain)).reveal(), asked);
    }
}

#[test]
fn metadata_is_not_asked_for_where_others_can_read_it() {
    let limits = Limits { deadline: Duration::from_secs(60), waits: [Duration::ZERO; 2] };
    let get = |exchanges, first: &str, require_https| {
        get_with_metadata(&script(exchanges), &url(first), require_https, &limits)
    };
    let error = get(vec![], "http://me:pw@example.com/l?t=s", true).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot get http://example.com/l?t=****: private keys are not asked for over plain http, because \
         require_https is set"
    );
    for (first, asked) in [
        ("https://example.com/l", "https://example.com/l?get_metadata"),
        ("http://127.0.0.1:8000/l", "http://127.0.0.1:8000/l?get_metadata"),
        ("http://localhost/l", "http://localhost/l?get_metadata"),
    ] {
        assert!(get(vec![(asked, Ok(status(200)))], first, true).is_ok(), "{first}");
    }
    let asked = "http://example.com/l?get_metadata";
    assert!(get(vec![(asked, Ok(status(200)))], "http://example.com/l", false).is_ok());
}

#[test]
fn a_redirect_does_not_get_around_require_https() {
    let limits = Limits { deadline: Duration::from_secs(60), waits: [Duration::ZERO; 2] };
    let first = "http://localhost/l";
    let hop = || ("http://localhost/l?get_metadata", Ok(redirect("http://example.com/x?t=s")));
    let fetch = script(vec![hop()]);
    let Err(LoadError::Fetch { source, .. }) = get_with_metadata(&fetch, &url(first), true, &limits) else {
        panic!("it was asked");
    };
    assert_eq!(source, FetchError::Exposed("http://example.com/x?t=****".to_owned()));
    let fetch = script(vec![hop(), ("http://example.com/x?t=s", Ok(status(200)))]);
    assert!(get_with_metadata(&fetch, &url(first), false, &limits).is_ok());
    let fetch = script(vec![
        ("http://localhost/l?get_metadata", Ok(redirect("https://example.com/x"))),
        ("https://example.com/x", Ok(status(200))),
    ]);
    assert!(get_with_metadata(&fetch, &url(first), true, &limits).is_ok());
}
