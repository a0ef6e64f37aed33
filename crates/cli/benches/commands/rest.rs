//! `acecast run` with nothing to do.

use std::time::Duration;

use crate::choice::{Choice, REST};
use crate::host::Host;
use crate::keeper::Keeper;
use crate::process::{Memory, Work, await_rest, mib};
use crate::support::Site;
use crate::table::{Table, figure};

const NODES: usize = 50;

/// How long it is looked at.
pub(crate) const SPAN: Duration = Duration::from_secs(10);

/// So many intervals end in that time where there is one each second.
const LOOKS: u32 = 10;

pub(crate) fn measure(choice: &Choice) {
    if !choice.wants(REST, NODES) {
        return;
    }
    let host = Host::running(NODES);
    let title = format!("`acecast run` over {NODES} nodes, {} s", SPAN.as_secs());
    let head =
        [title.as_str(), "processor ms", "voluntary switches", "resident MiB", "Pss MiB", "private MiB"];
    let mut table = Table::new(REST, &head);
    let mut add = |name: String, (work, memory): (Work, Memory)| {
        let memory = [memory.resident, memory.share, memory.private].map(|kib| figure(mib(kib)));
        table.row([vec![name, work.cpu_ms(), work.sleeps.to_string()], memory.to_vec()].concat());
    };
    add("at rest between two intervals".to_owned(), between_intervals(&host.site));
    let keeper = Keeper::start(&host.site, "1s", &[]);
    let work = Work::within(SPAN, keeper.pid());
    add(format!("an interval of 1 s: {LOOKS} looks at all nodes"), (work, Memory::of(keeper.pid())));
    table.print();
}

/// What a run costs that has done its first round, in a time in which no interval ends.
pub(crate) fn between_intervals(site: &Site) -> (Work, Memory) {
    let keeper = Keeper::start(site, "300s", &[]);
    await_rest(keeper.pid());
    let work = Work::within(SPAN, keeper.pid());
    (work, Memory::of(keeper.pid()))
}
