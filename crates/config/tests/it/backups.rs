//! What streams are restored from, as controllers and files have it.

mod secrets;

use std::sync::Mutex;
use std::time::Instant;

use acecast_config::{
    Answer, Ask, Backup, Backups, Fetch, FetchError, LoadError, Metadata, PrivateKey, RemoteUrl,
    load_metadata, load_nodes, read_backup,
};
use acecast_reconcile::SourceKind;

use crate::world::{NoFetch, World};

const NAME: &str = "0123456789012345678901234567890123456789_stream_0";

/// Answers with a text, and notes what it was asked for.
struct Says(String, Mutex<Vec<String>>);

impl Fetch for Says {
    fn get(&self, url: &RemoteUrl, _: Instant) -> Result<Answer, FetchError> {
        self.1.lock().unwrap().push(url.reveal().to_owned());
        Ok(Answer::new(200, self.0.as_str()))
    }
}

fn answer(text: &str) -> Result<Backups, LoadError> {
    let fetch = Says(text.replace("NAME", NAME), Mutex::default());
    let backups = load_metadata(&"https://example.com/list?host=a".parse().unwrap(), true, &fetch);
    assert_eq!(*fetch.1.lock().unwrap(), ["https://example.com/list?host=a&get_metadata"]);
    backups
}

fn file(text: &str) -> Result<Backups, LoadError> {
    let world = World::new();
    world.write("backup.json", text.replace("NAME", NAME));
    read_backup(&world.path().join("backup.json"))
}

fn ts(last_seq: u64, key: &str) -> Metadata {
    Metadata::Ts { last_seq, private_key: PrivateKey::new(key) }
}

fn hls(number: u64) -> Metadata {
    Metadata::Hls { sequences: [(NAME.parse().unwrap(), number)].into() }
}

/// `news 8640 ts [ts], tv? []; wrong: x`
fn summary(backups: &Backups) -> String {
    let stream = |(uid, backup): (&acecast_reconcile::StreamUid, &Backup)| {
        let port = backup.port.map_or("-".to_owned(), |port| port.to_string());
        let kind = backup.kind.map_or("-", SourceKind::as_str);
        let kinds: Vec<&str> = backup.metadata().map(|metadata| metadata.kind().as_str()).collect();
        assert_eq!(kinds.is_empty(), backup.is_empty());
        assert!(!backups.wrong.contains(uid), "{uid} is right and wrong");
        format!("{uid} {port} {kind} [{}]", kinds.join(" "))
    };
    let streams: Vec<String> = backups.streams.iter().map(stream).collect();
    let wrong: Vec<&str> = backups.wrong.iter().map(acecast_reconcile::StreamUid::as_str).collect();
    format!("{}; wrong: {}", streams.join(", "), wrong.join(" "))
}

#[track_caller]
fn check(backups: Result<Backups, LoadError>, expected: &str, problems: &str) {
    let backups = backups.unwrap();
    let texts = World::new().text(&backups.problems);
    let short = texts.replace("https://example.com/list?host=****:", "");
    let short: Vec<&str> =
        short.lines().map(|line| line.split_once("backup.json:").map_or(line, |(_, s)| s)).collect();
    assert_eq!((summary(&backups).as_str(), short.join("\n").as_str()), (expected, problems));
    for problem in &backups.problems {
        assert!(problem.at.is_some() && problem.snippet.is_none(), "{problem:?}");
    }
}

#[test]
fn a_controller_answers_with_metadata_of_both_kinds() {
    let backups = answer(
        r#"{"result": [
            {"stream_uid": "news", "port": "8640", "type": "ts", "title": "News",
             "metadata": {"last_seq": "12", "private_key": "-----BEGIN\nx"}},
            {"stream_uid": "tv", "port": 8641, "type": "hls", "metadata": {"hls_sequence": {"NAME": 42}}},
            {"stream_uid": "both", "metadata":
                {"last_seq": 0, "private_key": {"base64": "AP8="}, "hls_sequence": {"NAME": 7}}},
            {"stream_uid": "new", "metadata": null}, {"stream_uid": "newer", "metadata": {}},
            {"stream_uid": "newest", "metadata": []}, {"stream_uid": "old"},
            {"stream_uid": "nulls", "metadata": {"last_seq": null, "private_key": null, "hls_sequence": []}}
        ]}"#,
    );
    let backups = backups.unwrap();
    assert_eq!(
        summary(&backups),
        "both - - [ts hls], new - - [], newer - - [], newest - - [], news 8640 ts [ts], nulls - - [], old - - [], \
         tv 8641 hls [hls]; wrong: "
    );
    assert_eq!((backups.problems.len(), backups.offered), (0, true));
    let news = &backups.streams[&"news".parse().unwrap()];
    assert_eq!(news.of(SourceKind::Ts), Some(&ts(12, "-----BEGIN\nx")));
    assert_eq!(news.of(SourceKind::Hls), None);
    let both = &backups.streams[&"both".parse().unwrap()];
    let Some(Metadata::Ts { last_seq: 0, private_key }) = both.of(SourceKind::Ts) else { panic!("{both:?}") };
    assert_eq!(private_key.reveal(), b"\0\xff");
    assert_eq!(both.of(SourceKind::Hls), Some(&hls(7)));
}

#[test]
fn whatever_else_is_wrong_with_an_entry_is_no_obstacle() {
    check(
        answer(
            r#"[{"stream_uid": "news", "port": "no", "type": "tv", "url": 5, "url": 6, "title": {}, "prot": 1,
                 "metadata": {"last_seq": 1, "private_key": "k"}},
                {"stream_uid": "../x"}, {"port": 8640}, {"port": 8640}]"#,
        ),
        "news - - [ts]; wrong: ",
        "",
    );
}

#[test]
fn a_controller_that_knows_nothing_of_metadata_is_told_from_one_that_has_none() {
    for (list, offered) in [
        (r#"[{"stream_uid": "news"}]"#, false),
        ("[]", false),
        (r#"[{"stream_uid": "news"}, {"stream_uid": "tv", "metadata": null}]"#, true),
    ] {
        assert_eq!(answer(list).unwrap().offered, offered, "{list}");
    }
}

#[test]
fn wrong_metadata_leaves_its_stream_out_and_no_other() {
    check(
        answer(
            r#"[{"stream_uid": "a", "metadata": {"last_seq": -1, "private_key": "s3cret"}},
{"stream_uid": "b", "metadata": {"last_seq": 1}},
{"stream_uid": "c", "metadata": "MIIBs3cret"},
{"stream_uid": "d", "metadata": {"hls_sequence": {"../x": 1}}},
{"stream_uid": "e", "metadata": {"last_seq": 1, "private_key": "s3cret", "private_key": "s3cret"}},
{"stream_uid": "f", "metadata": {"last_seq": 1, "privat_key": "s3cret"}},
{"stream_uid": "g", "metadata": {"last_seq": 1, "private_key": "s3cret"}, "metadata": {}},
{"stream_uid": "ok", "metadata": {"last_seq": 1, "private_key": "s3cret"}}, 5, "s3cret"]"#,
        ),
        "ok - - [ts]; wrong: a b c d e f g",
        "1:47: [0].metadata.last_seq: found -1, which is negative; expected the number of the last piece\n\
         2:33: [1].metadata.private_key: is missing, expected the stream's private key as a text or as \
         {\"base64\": …}\n\
         3:33: [2].metadata: found a text, expected an object with last_seq and private_key, or with hls_sequence\n\
         4:59: [3].metadata.hls_sequence[\"../x\"]: unknown name, expected 40 hex digits, _stream_ and a number\n\
         5:74: [4].metadata.private_key: the key is used twice, first in line 5\n\
         6:49: [5].metadata.privat_key: unknown key, did you mean \"private_key\"?\n\
         7:33: [6].metadata: the key is used twice\n\
         8:77: [8]: found a number, expected an object with a node's settings\n\
         8:80: [9]: found a text, expected an object with a node's settings",
    );
}

#[test]
fn the_other_kinds_part_may_be_wrong() {
    let metadata = r#"{"last_seq": 1, "private_key": "k", "hls_sequence": {"NAME": -1}}"#;
    let problem =
        "1:107: [0].metadata.hls_sequence.NAME: found -1, which is negative; expected a piece number";
    let problem = problem.replace("NAME", NAME);
    let entry = |kind: &str| format!(r#"[{{"stream_uid": "a", "type": "{kind}", "metadata": {metadata}}}]"#);
    let at = |column: usize| problem.replace("1:107", &format!("1:{column}"));
    let column = entry("ts").replace("NAME", NAME).find("-1").unwrap() + 1;
    check(answer(&entry("ts")), "a - ts [ts]; wrong: ", &format!("warning: {}", at(column)));
    check(answer(&entry("hls")), "; wrong: a", &at(column + 1));
    check(answer(&entry("??")), "; wrong: a", &at(column));
}

#[test]
fn a_stream_that_is_there_twice_is_left_out() {
    let entry = r#"{"stream_uid": "a", "metadata": {"last_seq": 1, "private_key": "k"}}"#;
    check(
        answer(&format!("[{entry},\n{entry},\n{{\"stream_uid\": \"a\"}}, {{\"stream_uid\": \"b\"}}]")),
        "b - - []; wrong: a",
        "2:16: [1].stream_uid: the name a is used twice, first at [0].stream_uid; all metadata under it is left out\n\
         3:16: [2].stream_uid: the name a is used twice, first at [0].stream_uid; all metadata under it is left out",
    );
    check(
        file(r#"{"a": {}, "a": {"last_seq": 1, "private_key": "k"}, "b": {}}"#),
        "b - - []; wrong: a",
        "1:16: a: the name a is used twice, first at a; all metadata under it is left out",
    );
}

#[test]
fn metadata_of_nobody_is_said() {
    check(
        answer(
            r#"[{"metadata": {"last_seq": 1, "private_key": "k"}},
{"stream_uid": "../x", "metadata": {"last_seq": 1, "private_key": "k"}},
{"stream_uid": "a", "stream_uid": "b", "metadata": {"last_seq": 1, "private_key": "k"}}]"#,
        ),
        "; wrong: ",
        "1:2: [0].stream_uid: is missing, expected the stream's name\n\
         2:16: [1].stream_uid: found \"../x\", which starts with '.', not with a letter, digit or underscore\n\
         3:16: [2].stream_uid: the key is used twice",
    );
}

#[test]
fn a_file_has_streams_by_name() {
    let backups = file(
        "\u{feff}{\"news\": {\"last_seq\": 12, \"private_key\": \"k\", \"hls_sequence\": {\"NAME\": 42}}, \"tv\": {}}",
    );
    let backups = backups.unwrap();
    assert_eq!(summary(&backups), "news - - [ts hls], tv - - []; wrong: ");
    assert_eq!(backups.streams[&"news".parse().unwrap()], [ts(12, "k"), hls(42)].into_iter().collect());
    assert_eq!((backups.problems.len(), backups.offered), (0, true));
    check(
        file(r#"{"../x": {"last_seq": 1, "private_key": "k"}, "a": "s3cret", "b": 5, "c": null}"#),
        "c - - []; wrong: a b",
        "1:2: [\"../x\"]: the name is no stream_uid: it starts with '.', not with a letter, digit or underscore\n\
         1:52: a: found a text, expected an object with last_seq and private_key, or with hls_sequence\n\
         1:67: b: found a number, expected an object with last_seq and private_key, or with hls_sequence",
    );
}

#[test]
fn what_is_no_backup_is_said_to_be_none() {
    let text = |error: LoadError| error.problems()[0].to_string();
    let error = file(r#"[{"a": "s3cret"}]"#).unwrap_err();
    assert!(matches!(error, LoadError::NotABackup(_)), "{error:?}");
    let message =
        "backup.json:1:1: found a list, expected an object with the metadata of streams by stream_uid";
    assert!(text(error).ends_with(message));
    assert!(matches!(file("\"s3cret\""), Err(LoadError::NotABackup(_))));
    assert!(matches!(file("{\"a\": "), Err(LoadError::Syntax(_))));
    assert!(matches!(file(&" ".repeat((16 << 20) + 1)), Err(LoadError::TooLarge { .. })));
    let world = World::new();
    assert!(matches!(read_backup(&world.path().join("none")), Err(LoadError::Read { .. })));
    assert!(matches!(read_backup(world.path()), Err(LoadError::NotAFile { .. })));
    assert!(matches!(answer("{\"error\": \"no such host\"}"), Err(LoadError::Answered(_))));
    assert!(matches!(answer("5"), Err(LoadError::NotAList(_))));
    assert!(matches!(answer("[5]"), Err(LoadError::NotAList(_))));
}

#[test]
fn a_pipe_is_not_waited_for() {
    let world = World::new();
    let pipe = world.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(matches!(read_backup(&pipe), Err(LoadError::NotAFile { .. })));
}
