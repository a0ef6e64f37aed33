use super::*;

fn argv(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn parse(comm: &str, line: &str) -> Option<NodeCommand> {
    NodeCommand::parse(comm, &argv(line), &[PathBuf::from("/opt/ace/start-engine")])
}

const NODE: &str = "--stream-source-node --port 8640 --pid-file-dir /run/ace";

#[test]
fn the_engine_is_known_by_its_name_or_its_first_argument() {
    for (comm, program) in [("acestreamengine", "/x/y"), ("python", "/opt/ace/acestreamengine")] {
        let node = parse(comm, &format!("{program} {NODE}")).unwrap();
        assert_eq!((node.part, node.port.get()), (Part::Engine, 8640));
    }
}

#[test]
fn the_wrapper_is_a_shell_that_runs_a_configured_engine() {
    for program in ["/bin/sh", "/bin/bash -e", "/bin/bash --posix", "-sh"] {
        let node = parse("start-engine", &format!("{program} /opt//ace/./start-engine {NODE}")).unwrap();
        assert_eq!(node.part, Part::Wrapper("/opt/ace/start-engine".into()));
    }
    assert!(parse("sh", &format!("/opt/ace/start-engine {NODE}")).is_some());
}

#[test]
fn a_line_that_only_mentions_an_engine_is_no_node() {
    for line in [
        "sudo -u ace /opt/ace/start-engine",
        "strace -f /opt/ace/acestreamengine",
        "vim /opt/ace/start-engine",
        "/bin/sh -c /opt/ace/start-engine",
        "/bin/bash -s /opt/ace/start-engine",
        "/bin/sh -xs /opt/ace/start-engine",
        "gdb --args acestreamengine",
        "/bin/sh /other/start-engine",
        "nohup /opt/ace/start-engine",
    ] {
        let line = format!("{line} {NODE}");
        let found = parse(base_name(line.split(' ').next().unwrap()), &line);
        assert_eq!(found, None, "{line}");
    }
}

#[test]
fn both_forms_of_an_option_are_read() {
    let line = "acestreamengine --stream-support-node --port=8641 --pid-file-dir ./run --upload-to 10.0.0.1:1 \
                --upload-to=10.0.0.2:2 --stats-report-peers --title=--port --private-node 1";
    let node = parse("acestreamengine", line).unwrap();
    assert_eq!((node.mode, node.port.get()), (Mode::Support, 8641));
    assert_eq!(node.pid_dir, PathBuf::from("./run"));
    assert_eq!(node.options.all("--upload-to").collect::<Vec<_>>(), ["10.0.0.1:1", "10.0.0.2:2"]);
    assert_eq!(node.options.last("--title"), Some("--port"));
    assert_eq!(node.options.last("--private-node"), Some("1"));
    assert!(node.options.has("--stats-report-peers"));
}

#[test]
fn without_a_port_or_a_pid_dir_it_is_no_node_of_anybody() {
    assert!(parse("acestreamengine", "acestreamengine --stream-source-node --port 1").is_none());
    assert!(parse("acestreamengine", "acestreamengine --stream-source-node --pid-file-dir /x").is_none());
    assert!(
        parse("acestreamengine", "acestreamengine --client-console --port 1 --pid-file-dir /x").is_none()
    );
    assert!(
        parse("acestreamengine", "acestreamengine --stream-source-node --port 0 --pid-file-dir /x").is_none()
    );
}

#[test]
fn the_debug_form_shows_no_value() {
    let node =
        parse("acestreamengine", &format!("acestreamengine {NODE} --service-access-token=hunter2")).unwrap();
    assert!(!format!("{node:?}").contains("hunter2"), "{node:?}");
}
