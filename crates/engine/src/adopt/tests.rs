use std::fs;

use acecast_config::AppConfig;
use acecast_reconcile::{Channel, Field};

use super::read::{as_configured, path_value};
use super::*;
use crate::args::{fixtures, source_args, support_args};
use crate::command::normal;

/// The arguments as the old scripts gave them: each value apart from its option.
fn two_argument_form(args: &[String]) -> Vec<String> {
    args.iter()
        .flat_map(|arg| match arg.split_once('=') {
            Some((option, value)) => vec![option.to_owned(), value.to_owned()],
            None => vec![arg.clone()],
        })
        .collect()
}

fn command(app: &AppConfig, args: &[String]) -> NodeCommand {
    let engine = app.engine_path[&Channel::Stable].clone();
    let mut argv = vec!["/bin/sh".to_owned(), engine.to_string_lossy().into_owned()];
    argv.extend_from_slice(args);
    NodeCommand::parse("start-engine", &argv, &[engine]).expect("it is a node's command line")
}

/// What is shown is what is wanted; what cannot be shown is left out.
fn assert_no_drift(wanted: &acecast_reconcile::DesiredNode, shown: &Shown) {
    let spec = shown.spec.as_ref().unwrap();
    assert_eq!(spec.stream, wanted.spec.stream);
    for (field, value) in spec.settings.iter() {
        assert_eq!(Some(value), wanted.spec.settings.get(field), "{field}");
    }
    for (field, secret) in &shown.secrets {
        assert_eq!(wanted.secrets.get(field), Some(secret), "{field}");
    }
}

#[test]
fn what_the_arguments_of_a_node_show_is_what_the_node_was_asked_to_be() {
    let dir = tempfile::tempdir().unwrap();
    let app = fixtures::app(dir.path());
    let (ts, hls, support) = (fixtures::ts(), fixtures::hls(), fixtures::support());
    let config = fixtures::config(app.clone(), vec![ts.clone(), hls.clone()], vec![support.clone()]);
    let desired = config.desired();
    let nodes = [
        (ts.common.port, source_args(&ts, &app, 1), vec![Field::Url, Field::Title, Field::Bitrate]),
        (hls.common.port, source_args(&hls, &app, 1), vec![Field::PrivateDir, Field::ForceMonotonicSequence]),
        (support.common.port, support_args(&support, &app, 1), vec![Field::CacheDir]),
    ];
    for (port, args, shows) in nodes {
        for args in [two_argument_form(&args), args] {
            let shown = shown(&command(&app, &args), None, None, &app);
            assert_no_drift(desired.get(port).unwrap(), &shown);
            let settings = &shown.spec.unwrap().settings;
            assert!(shows.iter().chain([&Field::EngineVersion]).all(|field| settings.contains_key(*field)));
        }
    }
}

#[test]
fn what_fits_no_kind_of_node_is_not_guessed() {
    let dir = tempfile::tempdir().unwrap();
    let app = fixtures::app(dir.path());
    let why = |extra: &[&str]| {
        let common = ["--port=8640", "--pid-file-dir=/run"];
        let args: Vec<String> = common.iter().chain(extra).map(|arg| (*arg).to_owned()).collect();
        shown(&command(&app, &args), None, None, &app).spec.unwrap_err().to_string()
    };
    let support = "--stream-support-node";
    assert!(why(&[support]).contains("neither a source nor a support node"));
    assert!(why(&[support, "--download-from=host"]).contains("does not name one IP:PORT"));
    let two = [support, "--download-from=10.0.0.1:1", "--download-from=10.0.0.2:1"];
    assert!(why(&two).contains("does not name one IP:PORT"));
    assert!(why(&["--stream-source-node"]).contains("--name names no stream"));
    assert!(why(&["--stream-source-node", "--name=../x"]).contains("--name starts with '.'"));
}

#[test]
fn another_spelling_of_a_directory_is_the_same_directory() {
    let dir = tempfile::tempdir().unwrap();
    let app = fixtures::app(dir.path());
    fs::create_dir_all(&app.dirs.public).unwrap();
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&app.dirs.public, &link).unwrap();
    let configured = path_value(&app.dirs.public);
    assert_eq!(as_configured(&link, &app.dirs.public), configured);
    assert_eq!(as_configured(&normal(&dir.path().join("x/..//public/.")), &app.dirs.public), configured);
    assert_ne!(as_configured(dir.path(), &app.dirs.public), configured);
}
