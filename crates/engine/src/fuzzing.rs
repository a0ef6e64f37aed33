//! The readers of this crate that take what others wrote, each as a function of bytes, for fuzz targets and for the
//! tests that run over their seeds. Each panics where what it read breaks a promise.

use std::path::{Component, Path};
use std::time::Duration;

use acecast_config::fuzzing::sample_app;
use acecast_reconcile::{Field, Health, Role, Secret};

use crate::answer::Answer;
use crate::args::Given;
use crate::command::{NodeCommand, normal};
use crate::health::health;
use crate::log_tail::last_lines;
use crate::redact::{MAX_LEN, RawText, Redactor};
use crate::spec_text::{Decoded, decode, encode};
use crate::status::Silence;
use crate::{adopt, memory, metadata, pid_file, transport};

/// A reader that takes anything.
pub type Target = fn(&[u8]);

/// All of them, by the names of their fuzz targets.
pub const TARGETS: &[(&str, Target)] = &[
    ("command_line", command_line),
    ("spec_text", spec_text),
    ("pid_file", pid_file),
    ("status_answer", status_answer),
    ("sauth", sauth),
    ("restart_sequence", restart_sequence),
    ("sidecar", sidecar),
    ("redactor", redactor),
    ("memory_limits", memory_limits),
];

/// A command line as `/proc` shows it: arguments that end with a zero byte.
pub fn command_line(bytes: &[u8]) {
    let argv: Vec<String> =
        bytes.split(|byte| *byte == 0).map(|arg| String::from_utf8_lossy(arg).into_owned()).collect();
    let options = Given::parse(&argv);
    assert_eq!(options.has("--port"), argv.iter().any(|arg| arg == "--port" || arg.starts_with("--port=")));
    let app = sample_app();
    let engines: Vec<_> = app.engine_path.values().cloned().collect();
    for comm in ["acestreamengine", "sh"] {
        let Some(command) = NodeCommand::parse(comm, &argv, &engines) else { continue };
        let shown = adopt::shown(&command, Some(Path::new("/somewhere")), None, app);
        let Ok(spec) = shown.spec else { continue };
        assert_eq!(spec.port, command.port);
        assert!(!spec.settings.contains_key(Field::NodeAccessToken));
        let realm = Path::new("/srv/ace/run");
        if let Ok(text) = encode(&spec, realm) {
            let again = decode(&text).expect("what was written can be read");
            assert_eq!(again, Decoded::Spec { realm: realm.to_owned(), spec });
        }
    }
}

/// The spec in a node's environment, which anybody may have set.
pub fn spec_text(bytes: &[u8]) {
    match decode(&String::from_utf8_lossy(bytes)) {
        Ok(Decoded::Spec { realm, spec }) => {
            assert!(realm.is_absolute());
            if let Ok(text) = encode(&spec, &realm) {
                assert_eq!(
                    decode(&text).expect("what was written can be read"),
                    Decoded::Spec { realm, spec }
                );
            }
        }
        Ok(Decoded::Newer { realm, .. }) => assert!(realm.is_none_or(|realm| realm.is_absolute())),
        Err(error) => assert!(error.to_string().len() < 200),
    }
}

/// A pid file's text.
pub fn pid_file(bytes: &[u8]) {
    if let pid_file::Says::Pid(pid) = pid_file::parse(bytes) {
        assert!(pid.as_raw() > 1);
        let digits: Vec<u8> = bytes.trim_ascii().iter().copied().skip_while(|byte| *byte == b'0').collect();
        assert_eq!(digits, pid.to_string().into_bytes());
    }
}

/// The answer of a node, or of whatever listens on its port.
pub fn status_answer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let answer = Answer::parse(&text).map_err(|source| {
        let body = RawText::new(Redactor::new(&[Secret::new("sample-token")]).clean(text.trim()));
        Silence::NotJson { body, source }
    });
    if let Ok(answer) = &answer {
        let _ = (answer.status(), answer.version(), answer.pid(), answer.source_connected());
        let _ = (answer.run_time(), answer.download_speed(), answer.upload_speed(), answer.peers());
        let _ = (answer.source_download_rate(), answer.source_reconnects(), answer.cpu_percent());
        assert!(answer.download_hash().is_none_or(|hash| hash.len() == 40));
        assert_eq!(answer.text(), text);
        assert_eq!(format!("{answer:?}"), "Answer { .. }");
    } else if let Ok(serde_json::Value::Object(_)) = serde_json::from_str(&text) {
        panic!("an object is an answer");
    }
    if let Health::Silent(why) = health(Some(Role::Source), Some(&answer), Duration::from_secs(3600)) {
        assert!(!why.chars().any(char::is_control), "{why:?}");
        assert!(why.chars().count() < 400 && !why.contains("sample-token"), "{why}");
    }
}

/// A key file, and a key that a controller sends.
pub fn sauth(bytes: &[u8]) {
    let judged = metadata::judge_key(bytes);
    assert_eq!(metadata::fingerprint(bytes).len(), 64);
    let Ok(()) = judged else { return };
    assert!(!bytes.is_empty() && bytes.iter().any(|byte| *byte != 0));
    // No whole key can be shown, nor be cut by a byte without being noticed.
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.contains("-----BEGIN ")
    {
        let shown = Redactor::default().clean_lines(text).concat();
        let is_body = |line: &&str| line.len() >= 32 && line.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let body = text.lines().filter(is_body);
        body.for_each(|line| assert!(!shown.contains(line.trim()), "{shown}"));
        let text = text.trim_ascii();
        assert!(metadata::judge_key(&text.as_bytes()[..text.len() - 1]).is_err());
        assert!(metadata::judge_key(&text.as_bytes()[..text.len() / 2]).is_err());
    }
}

/// A `.restart` file, and a sequence file.
pub fn restart_sequence(bytes: &[u8]) {
    if let Some(number) = metadata::restart_number(bytes) {
        let digits = bytes.trim_ascii_end();
        assert!(digits.iter().all(u8::is_ascii_digit));
        assert_eq!(number.to_string().trim_start_matches('0').as_bytes(), {
            let start = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
            &digits[start..]
        });
    }
    let _ = metadata::sequence_number(bytes);
}

/// The record beside transport files.
pub fn sidecar(bytes: &[u8]) {
    if let Some(again) = transport::rewritten(bytes) {
        assert_eq!(transport::rewritten(&again).as_deref(), Some(again.as_slice()));
    }
}

/// A text that is shown. Its first line is a secret that is known.
pub fn redactor(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (secret, text) = text.split_once('\n').unwrap_or(("", &text));
    let known = Redactor::new(&[Secret::new(secret)]);
    let shown = known.clean(text);
    let lines = known.clean_lines(text);
    for line in lines.iter().chain([&shown]) {
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert!(line.len() <= MAX_LEN + '…'.len_utf8());
    }
    assert!(lines.iter().map(String::len).sum::<usize>() <= 2 << 20);
    if secret.len() >= 6 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        assert!(!known.hide_known(text).contains(secret), "{text:?}");
    }
    assert!(last_lines(text, 10).len() <= 10);
}

/// `/proc/self/cgroup`, a group's limit, and `/proc/meminfo`.
pub fn memory_limits(bytes: &[u8]) {
    // The kernel's own paths are no longer than this.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    for path in memory::cgroup::limit_files(&text) {
        assert!(path.starts_with("/sys/fs/cgroup"), "{}", path.display());
        assert!(!path.components().any(|part| part == Component::ParentDir), "{}", path.display());
        assert_eq!(normal(&path), path);
    }
    let _ = memory::cgroup::limit(&text);
    if let Some(total) = memory::mem_total(&text) {
        let share = memory::cache_share(total, 3, true);
        assert!((50 << 20..=1 << 30).contains(&share));
    }
}
