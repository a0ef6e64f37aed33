use acecast_reconcile::{Action, KeepReason, Pid, ProcessId, Processes, StartReason};

use super::*;
use crate::output::{Color, Format};

fn out(quiet: bool) -> Output {
    Output::new(Format::Text, Color::Never, quiet, 0)
}

fn dirs() -> Dirs {
    Dirs::under("/nowhere".as_ref())
}

fn decision(port: u64, action: Action) -> Decision {
    let mut decision = Decision::new(port.try_into().unwrap(), action);
    decision.role = Some(Role::Source);
    decision.name = Some(format!("n{port}"));
    decision
}

fn start() -> Action {
    Action::Start { reason: StartReason::Missing, new_key: false, after: Vec::new(), needs: None }
}

fn keep() -> Action {
    let engine = ProcessId { pid: Pid::try_from(42).unwrap(), start_ticks: 0 };
    let node = Processes::Engine { engine, wrapper: None };
    Action::Keep { reason: KeepReason::InSync, node, detail: Some("silent".to_owned()), noted: Vec::new() }
}

fn held() -> Action {
    let (detail, drift) = ("port 8660 is taken by sh".to_owned(), Vec::new());
    Action::Held { reason: HeldReason::PortTaken, pid: None, detail, drift }
}

fn applied() -> (Plan, Applied) {
    let decisions = vec![
        decision(8640, start()),
        decision(8641, start()),
        decision(8650, keep()),
        decision(8660, held()),
    ];
    let mut failed = NodeResult::failed("the engine exited with code 1");
    failed.log = vec!["cannot \u{1b}[2J start".to_owned(), "bye".to_owned()];
    let held = NodeResult::held("port 8660 is taken by sh");
    let results = vec![NodeResult::of(Outcome::Ready), failed, NodeResult::of(Outcome::Kept), held];
    (decisions.into_iter().collect(), Applied::new(results))
}

fn text(quiet: bool) -> String {
    let (plan, applied) = applied();
    let dirs = dirs();
    let text = Report {
        plan: &plan,
        applied: Some(&applied),
        errors: &[],
        dirs: &dirs,
        stop_timeout: Duration::from_secs(30),
    }
    .lines(&out(quiet))
    .join("\n");
    anstream::adapter::strip_str(&text).to_string() + "\n"
}

#[test]
fn every_node_has_a_line_and_those_that_failed_their_log() {
    assert_eq!(
        text(false),
        "\
+ ready   source   8640  n8640
+ failed  source   8641  n8641  start: the engine exited with code 1
    | cannot \\u{1b}[2J start
    | bye
    log: /nowhere/log/source_node_8641.log
= kept    source   8650  n8650  silent
! held    source   8660  n8660  port 8660 is taken by sh
    hint: end the program that uses the port, or give the node another port
"
    );
}

#[track_caller]
fn check_advice(reason: HeldReason, detail: &str, expected: Option<&str>) {
    let (plan, dirs) = (Plan::default(), dirs());
    let report = Report {
        plan: &plan,
        applied: None,
        errors: &[],
        dirs: &dirs,
        stop_timeout: Duration::from_secs(30),
    };
    let held = Action::Held { reason, pid: None, detail: detail.to_owned(), drift: Vec::new() };
    let decision = Decision::new(8640_u64.try_into().unwrap(), held);
    assert_eq!(report.advice(&decision).as_deref(), expected);
}

#[test]
fn the_advice_does_no_harm() {
    // To remove the pid file of a node that lives would be to invite a second one.
    let hidden = UnknownReason::Hidden.to_string();
    check_advice(HeldReason::PidUnknown, &hidden, Some("run as root, or as the user that the nodes run as"));
    check_advice(HeldReason::PidUnknown, "pid file holds no pid", None);
    let newer = Unidentified::NewerSpec(7).to_string();
    let update = "update this acecast; the node keeps running meanwhile";
    check_advice(HeldReason::NodeUnidentified, &newer, Some(update));
    let stop = "stop it with `acecast stop 8640`; the next start matches the config";
    check_advice(HeldReason::NodeUnidentified, "its arguments fit no kind of node: x", Some(stop));
}

#[test]
fn quiet_leaves_what_went_well_out() {
    let text = text(true);
    assert!(text.starts_with("+ failed") && text.contains("! held") && !text.contains("kept"), "{text}");
}

#[test]
fn the_summary_begins_with_the_worst() {
    let ((plan, applied), dirs) = (applied(), dirs());
    let report = Report {
        plan: &plan,
        applied: Some(&applied),
        errors: &[],
        dirs: &dirs,
        stop_timeout: Duration::from_secs(30),
    };
    assert_eq!(report.summary(), "1 failed, 1 held, 1 ready, 1 kept");
}

#[test]
fn the_document_is_the_plan_with_an_outcome_in_every_node() {
    let ((plan, applied), dirs) = (applied(), dirs());
    let document = Report {
        plan: &plan,
        applied: Some(&applied),
        errors: &[],
        dirs: &dirs,
        stop_timeout: Duration::from_secs(30),
    }
    .document();
    let part = |at: usize| {
        let node = &document["nodes"][at];
        json!([node["action"], node["outcome"], node["error"], node["pid"], node["log"], node["notes"]])
    };
    assert_eq!(part(0), json!(["start", "ready", null, null, [], []]));
    assert_eq!(
        part(1),
        json!([
            "start",
            "failed",
            "the engine exited with code 1",
            null,
            ["cannot \u{1b}[2J start", "bye"],
            []
        ])
    );
    assert_eq!(part(2), json!(["keep", "kept", null, 42, [], []]));
    assert_eq!(part(3), json!(["held", "held", "port 8660 is taken by sh", null, [], []]));
    assert_eq!([&document["changes"], &document["interrupted"]], [&json!(2), &json!(false)]);
}

#[test]
fn where_the_guard_refused_no_node_has_an_outcome() {
    let ((plan, _), dirs) = (applied(), dirs());
    let document = Report {
        plan: &plan,
        applied: None,
        errors: &[],
        dirs: &dirs,
        stop_timeout: Duration::from_secs(30),
    }
    .document();
    assert_eq!(document["nodes"][0]["outcome"], Value::Null);
    assert!(document["nodes"][0].as_object().unwrap().contains_key("outcome"));
}
