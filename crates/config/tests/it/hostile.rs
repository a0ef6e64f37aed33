//! Whatever comes in, something comes out, and every problem has a place in the document.

use acecast_config::{LoadError, Problem};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::world::{World, support, ts};

fn check_places(document: &[u8], problems: &[Problem]) {
    let text =
        String::from_utf8_lossy(document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document)).into_owned();
    let lines: Vec<&str> = text.split('\n').collect();
    for problem in problems {
        let at = problem.at.unwrap_or_else(|| panic!("{problem}"));
        let line = lines.get(at.line - 1).unwrap_or_else(|| panic!("{problem}"));
        assert!((1..=line.chars().count() + 1).contains(&at.column), "{problem}");
        for text in [&problem.message, &problem.path] {
            assert!(!text.chars().any(char::is_control), "{problem:?}");
        }
        if let Some(snippet) = &problem.snippet {
            let len = snippet.text.chars().count();
            assert!(len <= 60 && snippet.highlight.end <= len, "{snippet:?}");
            assert!(snippet.highlight.start <= snippet.highlight.end, "{snippet:?}");
            assert!(!snippet.text.chars().any(char::is_control), "{snippet:?}");
        }
    }
    let places: Vec<_> = problems.iter().map(|problem| (problem.at, &problem.source)).collect();
    assert!(places.is_sorted_by_key(|(at, _)| *at), "{places:?}");
}

fn check(document: &[u8]) {
    let world = World::new();
    let app = match world.load(document) {
        Ok((_, problems)) => problems,
        Err(error) => error.problems(),
    };
    check_places(document, &app);
    let lists = world.lists(document, "[]");
    check_places(document, &lists.problems());
    let usable = lists.sources.as_ref().and_then(|list| list.as_ref().ok());
    assert!(usable.is_some() || lists.errors().all(|error| !error.problems().is_empty()));
    if let Ok(config) = lists.into_config(world.app("{}")) {
        let _ = config.desired();
    }
    let lists = world.lists("[]", document);
    check_places(document, &lists.problems());
}

/// A document with something of everything.
fn whole() -> String {
    let source = ts(&[
        ("categories", r#"["sport", "кино"]"#),
        ("upload_to", r#"["192.0.2.1:8641"]"#),
        ("private_node", "1"),
        ("metadata", r#"{"last_seq": 1, "private_key": {"base64": "AP8="}}"#),
    ]);
    format!("// é\n{{\"result\": [{source}, /* 日本 */ {}, {}]}}", support(&[]), ts(&[("port", "\"x\"")]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn any_text(text in r#"([\[\]{},:"'\\/*\n ]|[a-z0-9\-.]|"port"|"url"|"private_key"|://|\?|@|é|\\u00e9|true|null){0,60}"#) {
        check(text.as_bytes());
    }

    #[test]
    fn whole_documents_with_something_wrong(
        edits in proptest::collection::vec((any::<Index>(), 0..3_u8, r#"[\[\]{},:"\\/ 0-9a-z\n]|é|\u{0}|null|"port""#), 1..4)
    ) {
        let mut chars: Vec<String> = whole().chars().map(String::from).collect();
        for (place, kind, text) in edits {
            let at = place.index(chars.len());
            match kind {
                0 => { chars.remove(at); }
                1 => chars.insert(at, text),
                _ => chars[at] = text,
            }
        }
        check(chars.concat().as_bytes());
    }

    #[test]
    fn documents_that_were_cut(end in any::<Index>()) {
        let text = whole();
        check(&text.as_bytes()[..end.index(text.len())]);
    }
}

#[test]
fn a_list_of_nothing_but_mistakes_stays_readable() {
    let world = World::new();
    let lists = world.lists(format!("[{{}}, {}]", "1,".repeat(20_000)), "[]");
    let problems = lists.problems();
    assert_eq!(problems.len(), 1001);
    assert_eq!(problems[1000].message, "19005 more errors and 0 more warnings are not listed");
    assert_eq!(lists.sources.unwrap().unwrap().wrong.len(), 20_001);
}

#[test]
fn text_made_to_be_slow_is_not() {
    let world = World::new();
    for piece in [
        "://",
        "key:",
        "key /*",
        "\"url\":{",
        "key:{",
        "key \"",
        "http://@?",
        "\\u0041",
        "url='",
        "token=\"\n",
        "\" :",
        "\"u:p@ ",
        "\"a key\" ",
        "\"a key\", ",
        "\"key\", \"",
        "?token=\"",
        ";sid=",
        "http//u:p@",
        "\\u003a",
        " ",
    ] {
        let lists = world.lists(piece.repeat((1 << 20) / piece.len()), "[]");
        assert!(matches!(lists.sources, Some(Err(LoadError::Syntax(_)))), "{piece}");
    }
    let one_line = format!("[{}]", "{\"a\": 1},".repeat(60_000));
    assert_eq!(world.lists(one_line, "[]").problems().len(), 1001);
    let keys: Vec<String> = (0..100_000).map(|i| format!("\"k{i}\": 1")).collect();
    assert_eq!(world.lists(format!("[{{{}}}]", keys.join(",")), "[]").problems().len(), 1001);
}
