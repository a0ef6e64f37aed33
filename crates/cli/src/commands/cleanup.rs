//! `acecast cleanup`: removes logs and caches of nodes that do not run.

use std::collections::BTreeSet;

use acecast_engine::cleanup::{CleanupReport, Removed, cleanup};
use acecast_reconcile::Port;
use serde_json::{Value, json};

use crate::args::CleanupArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{plain, schema, size};

pub(super) fn run(context: &Context, args: &CleanupArgs) -> Result<Exit, Failure> {
    // A node that is not seen would lose its cache under its feet.
    super::hidden::refuse()?;
    let has_pid_dir = context.app.dirs.pid.try_exists().unwrap_or(true);
    // A run that is starting nodes has files of nodes that cannot be seen yet.
    let _lock = (!args.dry_run && has_pid_dir)
        .then(|| super::lock::acquire(context, args.lock_timeout))
        .transpose()?;
    let observed = context.observe(None)?.observed;
    let running: BTreeSet<Port> =
        observed.nodes.iter().map(|node| node.port).chain(observed.unknown.iter().map(|u| u.port)).collect();
    let report = cleanup(&context.app, &running, args.dry_run);
    show(context, &report, args.dry_run);
    Ok(Exit::problem_if(!report.failed.is_empty()))
}

fn show(context: &Context, report: &CleanupReport, dry_run: bool) {
    let out = &context.out;
    if out.is_json() {
        out.document(document(report, dry_run));
    } else if !out.is_quiet() {
        let line = |one: &Removed| format!("{}  {}", out.clean(&one.path.to_string_lossy()), size(one.bytes));
        out.lines(report.removed.iter().map(line));
        out.note(summary(report.removed.len(), report.bytes(), dry_run));
    }
    for failed in &report.failed {
        let error = anyhow::Error::msg(plain(&failed.source)).context(failed.to_string());
        out.error(&error, None);
    }
}

/// How much was removed, in words.
fn summary(count: usize, bytes: u64, dry_run: bool) -> String {
    let what = if count == 1 { "file or folder" } else { "files and folders" };
    match (count, dry_run) {
        (0, true) => "nothing to remove".to_owned(),
        (0, false) => "nothing removed".to_owned(),
        (_, true) => format!("{count} {what} would be removed, {}", size(bytes)),
        (_, false) => format!("{count} {what} removed, {}", size(bytes)),
    }
}

fn document(report: &CleanupReport, dry_run: bool) -> Value {
    let removed = report.removed.iter();
    let removed: Vec<Value> =
        removed.map(|one| json!({"path": one.path.to_string_lossy(), "bytes": one.bytes})).collect();
    let failed = report.failed.iter();
    let failed: Vec<Value> =
        failed.map(|one| json!({"path": one.path.to_string_lossy(), "error": plain(&one.source)})).collect();
    let mut document = schema();
    document.insert("dry_run".to_owned(), json!(dry_run));
    document.insert("bytes".to_owned(), json!(report.bytes()));
    document.insert("removed".to_owned(), removed.into());
    document.insert("failed".to_owned(), failed.into());
    document.into()
}
