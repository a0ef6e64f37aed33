//! What acecast tells about its own work with `-v`.

use std::io;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt};

use super::Output;

/// From now on, events of acecast's own crates go to stderr, cleaned. Those of libraries never do: they know
/// nothing of what is secret here.
pub(crate) fn trace_to(out: &Arc<Output>) {
    let level = match out.verbose {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let crates = ["acecast_cli", "acecast_config", "acecast_engine", "acecast_reconcile"];
    let targets = Targets::new().with_targets(crates.map(|target| (target, level)));
    let writer = {
        let out = Arc::clone(out);
        move || Lines(Arc::clone(&out))
    };
    let layer = fmt::layer().with_ansi(false).with_timer(fmt::time::uptime()).with_writer(writer);
    let subscriber = tracing_subscriber::registry().with(layer.with_filter(targets));
    // The only other subscriber there could be is one of a test in this process.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Each event comes as one write.
struct Lines(Arc<Output>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in self.0.clean_lines(&String::from_utf8_lossy(bytes)) {
            self.0.message(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
