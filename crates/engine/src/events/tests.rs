mod files;
mod following;
mod lines;
mod writers;

use std::time::{Duration, SystemTime};

use acecast_reconcile::{Pid, Port, Role};

use super::*;

/// 2026-11-22T16:00:00.123Z.
fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_363_200_123)
}

/// An event that is known by its number.
fn event(n: usize) -> Event {
    Event {
        time: then(),
        port: Some(Port::try_from(8640).unwrap()),
        role: Some(Role::Source),
        name: Some("news".to_owned()),
        detail: Some(n.to_string()),
        ..Event::now(What::Died, By::Run)
    }
}

fn events(numbers: impl IntoIterator<Item = usize>) -> Vec<Event> {
    numbers.into_iter().map(event).collect()
}

/// The numbers of the lines that are events.
fn numbers(lines: &[String]) -> Vec<usize> {
    lines.iter().filter_map(|line| parse(line)?.detail?.parse().ok()).collect()
}
