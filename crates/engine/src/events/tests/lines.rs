use serde_json::Value;

use super::*;

#[test]
fn every_key_is_there_in_its_order() {
    let bare = Event { time: then(), ..Event::now(What::RunStarted, By::Run) };
    assert_eq!(
        bare.line(),
        r#"{"schema":1,"time":"2026-11-22T16:00:00.123Z","event":"run_started","port":null,"role":null,"name":null,"pid":null,"reason":null,"outcome":null,"detail":null,"by":"run"}"#
    );
    let full = Event {
        pid: Some(Pid::try_from(4711).unwrap()),
        reason: Some("missing".to_owned()),
        outcome: Some("ready".to_owned()),
        detail: None,
        what: What::Start,
        by: By::Restart,
        ..event(0)
    };
    assert_eq!(
        full.line(),
        r#"{"schema":1,"time":"2026-11-22T16:00:00.123Z","event":"start","port":8640,"role":"source","name":"news","pid":4711,"reason":"missing","outcome":"ready","detail":null,"by":"restart"}"#
    );
}

#[test]
fn times_are_utc_to_the_millisecond() {
    let at = |time| parse(&Event { time, ..event(0) }.line()).unwrap().time;
    assert_eq!(at(then()), then());
    let begin = SystemTime::UNIX_EPOCH;
    assert_eq!(at(begin + Duration::from_nanos(999_999)), begin, "cut, not rounded into the future");
    let line = Event { time: begin, ..event(0) }.line();
    assert!(line.contains(r#""time":"1970-01-01T00:00:00.000Z""#), "{line}");
    // Clocks that no calendar reaches.
    assert!(at(begin + Duration::from_secs(1 << 40)) > then());
    assert!(at(begin - Duration::from_secs(1 << 40)) < begin);
}

#[test]
fn nothing_reaches_a_terminal_and_readers_of_json_get_it_back() {
    let hostile = "a\u{1b}[2J\n\r\0\"\\\u{7f}\u{9b}31m\u{202e}\u{2028}\u{feff}\u{e0041} Новости 日本 🎥";
    let event = Event {
        name: Some(hostile.to_owned()),
        reason: Some(hostile.to_owned()),
        outcome: Some(hostile.to_owned()),
        detail: Some(hostile.to_owned()),
        ..event(0)
    };
    let line = event.line();
    assert_eq!(acecast_reconcile::escape(&line), line);
    assert!(line.contains(r"\u007f\u009b31m\u202e\u2028\ufeff\udb40\udc41 Новости 日本 🎥"), "{line}");
    let value: Value = serde_json::from_str(&line).unwrap();
    for key in ["name", "reason", "outcome", "detail"] {
        assert_eq!(value[key], hostile, "{key}");
    }
    // For showing, they are escaped once more.
    let read = parse(&line).unwrap();
    assert_eq!(read.detail.unwrap(), acecast_reconcile::escape(hostile));
}

#[test]
fn texts_are_bounded_and_so_is_the_line() {
    let long = |c: char, len: usize| Some(c.to_string().repeat(len));
    let exact = Event { detail: long('é', 1000), name: long('n', 200), ..event(0) };
    let read = parse(&exact.line()).unwrap();
    assert_eq!((read.detail, read.name), (exact.detail, exact.name));
    let over = Event { detail: long('é', 1001), ..event(0) };
    assert_eq!(parse(&over.line()).unwrap().detail.unwrap(), "é".repeat(999) + "…");
    // What takes the most room.
    let most = long('\u{e0041}', 5000);
    let (name, reason, outcome) = (most.clone(), most.clone(), most.clone());
    let line = Event { name, reason, outcome, detail: most, ..event(0) }.line();
    assert!(line.len() < MAX_LINE, "{}", line.len());
}

#[test]
fn a_line_is_read_as_it_was_meant() {
    let pid = Pid::try_from(4711).unwrap();
    let event = Event { pid: Some(pid), reason: Some("missing".to_owned()), ..event(3) };
    let read = parse(&event.line()).unwrap();
    let expected = ReadEvent {
        time: then(),
        event: "died".to_owned(),
        what: Some(What::Died),
        port: event.port,
        role: Some(Role::Source),
        name: Some("news".to_owned()),
        pid: Some(pid),
        reason: Some("missing".to_owned()),
        outcome: None,
        detail: Some("3".to_owned()),
        by: Some("run".to_owned()),
    };
    assert_eq!(read, expected);
}

#[test]
fn other_versions_are_read_as_far_as_they_are_understood() {
    let read = parse(
        r#"{"new":[{}],"by":7,"port":99999,"role":"judge","pid":1,"name":["x"],"event":"danced\u001b","time":"2026-11-22T17:00:00+01:00","schema":1}"#,
    )
    .unwrap();
    assert_eq!(read.event, "danced\\u{1b}");
    assert_eq!(read.time, then() - Duration::from_millis(123));
    assert_eq!((read.what, read.port, read.role), (None, None, None));
    assert_eq!((read.pid, read.name, read.by), (None, None, None));
}

#[test]
fn what_is_no_event_is_none() {
    let good = event(1).line();
    assert!(parse(&good).is_some());
    let deep = "[".repeat(10_000);
    let others = [
        "",
        "null",
        "[]",
        "{}",
        &deep,
        &good[..good.len() - 1],
        &format!("{good}{good}"),
        &good.replace("\"schema\":1", "\"schema\":2"),
        &good.replace("\"schema\":1,", ""),
        &good.replace("2026-11", "2026-13"),
        &good.replace("\"died\"", "7"),
    ];
    for other in others {
        assert!(parse(other).is_none(), "{other}");
    }
}

#[test]
fn codes_lead_back_to_what_they_are_of() {
    for what in What::ALL {
        assert_eq!(What::from_code(what.as_str()), Some(*what));
    }
    for by in By::ALL {
        assert_eq!(By::from_code(by.as_str()), Some(*by));
    }
    assert_eq!(What::from_code("Start"), None);
}
