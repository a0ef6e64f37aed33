use acecast_reconcile::{Role, StreamUid};

use super::*;
use clap::error::ErrorKind;

fn read(line: &str) -> Result<Cli, clap::Error> {
    Cli::read(line.split(' ').map(Into::into))
}

fn start(line: &str) -> StartArgs {
    match read(line).unwrap().command {
        Command::Start(args) => args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn global_options_are_taken_before_and_after_the_command() {
    for line in [
        "acecast -c x -o json --color never -q -vv status",
        "acecast status -c x -o json --color never -q -vv",
    ] {
        let global = read(line).unwrap().global;
        assert_eq!(global.config, Some("x".into()));
        assert_eq!((global.output, global.color), (Format::Json, Color::Never));
        assert_eq!((global.quiet, global.verbose), (true, 2));
    }
}

#[test]
fn a_wait_behind_a_blank_is_told_how_it_is_written() {
    let said = |line: &str| read(line).unwrap_err().to_string();
    let tip = "use '--wait=10s'";
    for line in ["acecast start --wait 10s", "acecast -q start source --wait 10s"] {
        assert!(said(line).contains(tip), "{}", said(line));
    }
    for line in ["acecast start 10s", "acecast start --wait sources", "acecast plan 10s --wait"] {
        assert!(!said(line).contains("--wait="), "{}", said(line));
    }
}

#[test]
fn start_has_the_defaults_of_the_contract() {
    let args = start("acecast start");
    assert_eq!((args.scope.role, args.parallel.get()), (None, 16));
    let seconds = [args.ready_timeout, args.waits.stop_timeout, args.waits.lock_timeout].map(|d| d.as_secs());
    assert_eq!(seconds, [15, 30, 0]);
}

#[test]
fn start_takes_a_role_ports_and_uids() {
    let args = start("acecast start source --port 8640 --port 8650 --new-key news --ready-timeout 1m30s");
    assert_eq!(args.scope.role, Some(Role::Source));
    assert_eq!(args.scope.ports.iter().map(|port| port.get()).collect::<Vec<_>>(), [8640, 8650]);
    assert_eq!(args.scope.new_keys.iter().map(StreamUid::as_str).collect::<Vec<_>>(), ["news"]);
    assert_eq!(args.ready_timeout.as_secs(), 90);
}

#[test]
fn ports_may_be_separated_by_commas() {
    let ports: Vec<u16> =
        start("acecast start --port 8640,8650 --port 80").scope.ports.iter().map(|port| port.get()).collect();
    assert_eq!(ports, [8640, 8650, 80]);
    assert!(read("acecast stop 8640,8650").is_ok());
    assert_eq!(read("acecast stop all,8640").unwrap_err().kind(), ErrorKind::ArgumentConflict);
}

#[test]
fn stop_takes_all_or_ports_but_not_both() {
    assert!(read("acecast stop all").is_ok());
    assert!(read("acecast stop 8640 8650").is_ok());
    assert_eq!(read("acecast stop all 8640").unwrap_err().kind(), ErrorKind::ArgumentConflict);
    assert_eq!(read("acecast stop").unwrap_err().kind(), ErrorKind::MissingRequiredArgument);
    for target in ["everything", "0", "65536", "+80"] {
        assert_eq!(read(&format!("acecast stop {target}")).unwrap_err().kind(), ErrorKind::ValueValidation);
    }
}

#[test]
fn wrong_values_are_usage_errors() {
    for line in [
        "acecast start sink",
        "acecast start --port 0",
        "acecast start --parallel 0",
        "acecast start --stop-timeout soon",
        "acecast start --new-key ../x",
        "acecast plan --dry-run",
        "acecast check --port 1",
    ] {
        assert!(read(line).unwrap_err().use_stderr(), "{line}");
    }
}
