//! What can hold a secret shows none in its debug text.

use std::fmt::Debug;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use acecast_config::PrivateKey;
use acecast_engine::Answer;
use acecast_engine::apply::{NodeResult, Outcome, Report};
use acecast_engine::command::NodeCommand;
use acecast_engine::metadata::KeyFile;
use acecast_engine::redact::{RawText, Redactor};
use acecast_engine::spawn::Launch;
use acecast_engine::status::Silence;
use acecast_engine::transport::{ChildEnv, TransportError};
use acecast_reconcile::Secret;

const SECRET: &str = "hunter2";

#[track_caller]
fn hides(value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn what_is_handed_to_engines() {
    let env = ChildEnv::from_vars([("HTTPS_PROXY".into(), format!("http://u:{SECRET}@h").into())]);
    hides(&env);
    assert_eq!(format!("{env:?}"), "{\"HTTPS_PROXY\"}");
    let args = [format!("--service-access-token={SECRET}")];
    let launch = Launch {
        engine: Path::new("/opt/engine"),
        args: &args,
        env: &env,
        spec: "{}",
        log: Path::new("/log"),
        nofile: None,
    };
    hides(&launch);
    let argv =
        ["acestreamengine", "--stream-source-node", "--port=8640", "--pid-file-dir=/run", &args[0], SECRET];
    let argv = argv.map(str::to_owned);
    hides(&NodeCommand::parse("acestreamengine", &argv, &[PathBuf::from("/opt/engine")]).unwrap());
    hides(&Redactor::new(&[Secret::new(SECRET)]));
}

#[test]
fn what_comes_from_engines() {
    let text = format!("{{\"source_url\": \"http://u:{SECRET}@h/?t={SECRET}\"}}");
    hides(&Answer::parse(&text).unwrap());
    let body = RawText::new(SECRET);
    hides(&Silence::Status { status: 400, body: body.clone() });
    let source = Answer::parse(&format!("\"{SECRET}\"")).unwrap_err();
    hides(&source);
    assert!(!source.to_string().contains(SECRET), "{source}");
    hides(&Silence::NotJson { body, source });
    let (uid, output) = ("news".parse().unwrap(), RawText::new(SECRET));
    hides(&TransportError::Failed { uid, status: ExitStatus::from_raw(256), output });
    let result = NodeResult { log: vec![SECRET.to_owned()], ..NodeResult::of(Outcome::Failed) };
    hides(&result);
    hides(&Report { results: vec![result], ..Report::default() });
    hides(&KeyFile::Whole(PrivateKey::new(SECRET)));
}
