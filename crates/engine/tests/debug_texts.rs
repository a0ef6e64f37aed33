//! What can hold a secret shows none in its debug text.

use acecast_config::PrivateKey;
use acecast_engine::Answer;
use acecast_engine::apply::{ChildEnv, NodeResult, Outcome, Report};
use acecast_engine::args::Given;
use acecast_engine::metadata::KeyFile;
use acecast_engine::redact::{RawText, Redactor};
use acecast_engine::status::Silence;
use acecast_reconcile::Secret;
use std::fmt::Debug;

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
    hides(&Given::parse(&[format!("--service-access-token={SECRET}"), SECRET.to_owned()]));
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
    let mut result = NodeResult::of(Outcome::Failed);
    result.log = vec![SECRET.to_owned()];
    hides(&result);
    hides(&Report::new(vec![result]));
    hides(&KeyFile::Whole(PrivateKey::new(SECRET)));
}
