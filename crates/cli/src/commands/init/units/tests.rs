use std::ffi::OsStr;

use super::*;

fn wanted(program: &str, config: &[u8]) -> Wanted {
    let config = OsStr::from_bytes(config).into();
    Wanted { program: program.into(), config, ca_file: None, user: "news".parse().unwrap() }
}

/// The lines of the units that say what is run, and as whom.
#[track_caller]
fn said(wanted: &Wanted) -> Vec<String> {
    let units = units(Units::All, wanted).unwrap();
    let lines = units.iter().flat_map(|unit| unit.text.lines());
    lines
        .filter(|line| line.starts_with("ExecStart=") || line.starts_with("User="))
        .map(str::to_owned)
        .collect()
}

#[test]
fn program_config_and_user_are_put_in_and_nothing_else_changes() {
    let wanted = wanted("/opt/bin/acecast", b"/etc/news.json");
    assert_eq!(
        said(&wanted),
        [
            "User=news",
            "ExecStart=/opt/bin/acecast -c /etc/news.json run",
            "User=news",
            "ExecStart=/opt/bin/acecast -c /etc/news.json -q start --lock-timeout 30s",
        ]
    );
    let with_ca_file = Wanted { ca_file: Some("/etc/c a.pem".into()), ..wanted };
    assert!(said(&with_ca_file)[1].ends_with("/news.json --ca-file \"/etc/c a.pem\" run"));
    for (unit, example) in units(Units::All, &with_ca_file).unwrap().iter().zip([RUN, START, TIMER]) {
        let changed =
            unit.text.lines().zip(example.lines()).filter(|(line, example)| line != example).count();
        assert_eq!(changed, if unit.name == "acecast-start.timer" { 0 } else { 2 }, "{}", unit.name);
        assert!(example.starts_with(&format!("# {}: ", unit.name)));
    }
}

#[test]
fn odd_paths_are_quoted() {
    let wanted = wanted("/o p/50%/$HOME/é", b"/a b/50%/$HOME/\"q\"\\/\n\xff\xe2\x80\xae;User=acecast");
    assert_eq!(
        said(&wanted)[1],
        r#"ExecStart="/o p/50%%/$HOME/é" -c "/a b/50%%/$$HOME/\"q\"\\/\x0a\xff\xe2\x80\xae;User=acecast" run"#
    );
}

#[test]
fn a_program_that_systemd_cannot_run_is_refused() {
    for path in ["/a\"b", "/a'b", "/a\\b", "/a\nb"] {
        assert!(units(Units::Run, &wanted(path, b"/c")).is_err(), "{path:?}");
    }
}

#[test]
fn each_choice_has_its_units() {
    let names = |which| -> Vec<&str> {
        units(which, &wanted("/a", b"/c")).unwrap().iter().map(|unit| unit.name).collect()
    };
    assert_eq!(names(Units::Run), ["acecast.service"]);
    assert_eq!(names(Units::Timer), ["acecast-start.service", "acecast-start.timer"]);
    assert_eq!(names(Units::All), [names(Units::Run), names(Units::Timer)].concat());
}

/// Nodes inherit what a unit sets, and must outlive it.
#[test]
fn nothing_in_a_unit_harms_nodes() {
    for text in [RUN, START] {
        let settings: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        for line in ["KillMode=process", "OOMPolicy=continue", "TasksMax=infinity"] {
            assert!(settings.contains(&line), "{line}");
        }
        // Each of the settings is known here: a new one needs a thought on what it does to nodes.
        let known = [
            "Description",
            "Wants",
            "After",
            "StartLimitIntervalSec",
            "Type",
            "NotifyAccess",
            "User",
            "ExecStart",
            "ExecReload",
            "Restart",
            "RestartSec",
            "RestartPreventExitStatus",
            "WatchdogSec",
            "TimeoutStartSec",
            "TimeoutStopSec",
            "KillMode",
            "OOMPolicy",
            "ManagedOOMPreference",
            "TasksMax",
            "LimitNOFILE",
            "WantedBy",
        ];
        for key in settings.iter().filter_map(|line| Some(line.split_once('=')?.0)) {
            assert!(known.contains(&key), "{key}");
        }
    }
}
