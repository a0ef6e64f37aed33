//! Prometheus' own tool as a judge: `$PROMTOOL`, else the one on `PATH`. Without it these tests say so and pass.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, process};

use acecast_telemetry::metrics::Format;

use crate::worlds::{Hostile, whole};

/// Runs promtool in a folder, with a text for its stdin, and gives what it says; it must succeed.
#[track_caller]
pub(crate) fn run(promtool: &Path, folder: &Path, args: &[&str], stdin: &str) -> String {
    let mut child = Command::new(promtool)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Dropped at the end of the statement, which closes it. Pages here are smaller than what a pipe holds.
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "promtool {}: {}\n{said}", args.join(" "), output.status);
    said
}

/// promtool, or `None`, said aloud.
pub(crate) fn promtool(test: &str) -> Option<PathBuf> {
    let on_path = || {
        let folders = env::var_os("PATH")?;
        env::split_paths(&folders).map(|folder| folder.join("promtool")).find(|file| file.is_file())
    };
    let found = env::var_os("PROMTOOL").map(PathBuf::from).or_else(on_path);
    if found.is_none() {
        let _ = writeln!(io::stderr(), "skipped: {test}: no promtool on PATH or in $PROMTOOL");
    }
    found
}

/// A folder that is gone with this value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let folder = env::temp_dir().join(format!("acecast-metrics-{test}-{}", process::id()));
        fs::create_dir(&folder).unwrap();
        Folder(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn promtool_has_nothing_to_say_about_a_page() {
    let Some(promtool) = promtool("promtool_has_nothing_to_say_about_a_page") else { return };
    let said = run(&promtool, Path::new("."), &["check", "metrics"], &whole().render(Format::Text));
    assert_eq!(said, "");
}

#[test]
fn promtool_reads_hostile_pages() {
    let Some(promtool) = promtool("promtool_reads_hostile_pages") else { return };
    for seed in 0..20 {
        let text = Hostile::new(seed).metrics().render(Format::Text);
        assert_eq!(run(&promtool, Path::new("."), &["check", "metrics"], &text), "", "seed {seed}");
    }
}

/// There is no check of OpenMetrics; what reads it is the making of blocks, which wants a time behind each value.
#[test]
fn prometheus_reads_openmetrics() {
    let Some(promtool) = promtool("prometheus_reads_openmetrics") else { return };
    let hostile = (0..8).map(|seed| Hostile::new(seed).metrics());
    for (i, metrics) in [whole()].into_iter().chain(hostile).enumerate() {
        let folder = Folder::new(&format!("openmetrics-{i}"));
        let page = metrics.render(Format::OpenMetrics);
        let timed = |line: &str| {
            if line.starts_with('#') { format!("{line}\n") } else { format!("{line} 1700000000\n") }
        };
        let text: String = page.split_terminator('\n').map(timed).collect();
        let samples = page.split_terminator('\n').filter(|line| !line.starts_with('#')).count();
        fs::write(folder.path().join("page"), text).unwrap();
        let said = run(
            &promtool,
            folder.path(),
            &["tsdb", "create-blocks-from", "openmetrics", "page", "blocks"],
            "",
        );
        // The table's last line: …, number of samples, chunks, series, size.
        let numbers: Vec<&str> = said.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(numbers[4], samples.to_string(), "{said}");
        assert_eq!(numbers[6], samples.to_string(), "{said}");
    }
}
