//! What the same work costs without acecast: simple loops, each a process of its own.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

/// The names of these modes.
pub(crate) const LOOK: &str = "bare-look";
pub(crate) const ASK: &str = "bare-ask";
pub(crate) const SPAWN: &str = "bare-spawn";
pub(crate) const REPORT: &str = "bare-report";

/// Between two looks for a node's pid file: a sixteenth of the time so far, within these bounds.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(100));
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads the pid files and what `/proc` says about their processes and about who else there is, and asks each node
/// once: one after the other, or all at the same time.
pub(crate) fn look(args: &[String]) {
    let [dir, how] = args else { panic!("{LOOK} DIR serial|parallel") };
    let ports = pid_files(Path::new(dir));
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let is_process =
            entry.file_name().to_str().is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()));
        if is_process {
            read_process(&entry.path());
        }
    }
    let answers: usize = match how.as_str() {
        "serial" => ports.iter().filter_map(|port| ask(*port)).map(|answer| answer.len()).sum(),
        _ => scope(|scope| {
            let asked: Vec<_> = ports.iter().map(|port| scope.spawn(|| ask(*port))).collect();
            asked.into_iter().filter_map(|answer| answer.join().unwrap()).map(|answer| answer.len()).sum()
        }),
    };
    assert!(answers > ports.len(), "no answers");
}

fn pid_files(dir: &Path) -> Vec<u16> {
    let files = fs::read_dir(dir).unwrap().flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let port = name.strip_prefix("acestreamengine-")?.strip_suffix(".pid")?.parse().ok()?;
        fs::read_to_string(entry.path()).ok()?.trim().parse::<u32>().ok().map(|_| port)
    });
    files.collect()
}

/// The command line of every process, and of nodes and their wrappers all that tells whose they are.
fn read_process(dir: &Path) {
    let Ok(line) = fs::read(dir.join("cmdline")) else { return };
    let mut args = line.split(|b| *b == 0);
    if !args.any(|arg| arg == b"--stream-source-node" || arg == b"--stream-support-node") {
        return;
    }
    let files = ["stat", "environ"].map(|name| fs::read(dir.join(name)).map(|bytes| bytes.len()));
    let links = ["cwd", "exe", "root", "ns/pid"].map(|name| fs::read_link(dir.join(name)));
    assert!(files.iter().all(Result::is_ok) && links.iter().all(Result::is_ok));
}

fn ask(port: u16) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    stream.write_all(b"GET /app/monitor HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// Asks the nodes that have a pid file, one after the other; some may hang.
pub(crate) fn ask_all(args: &[String]) {
    let [dir] = args else { panic!("{ASK} DIR") };
    let answers = pid_files(Path::new(dir)).into_iter().filter_map(ask).count();
    assert!(answers > 0, "no answers");
}

/// Asks all nodes at the same time, and then sends each answer to the server at `ADDRESS`, so many at a time.
pub(crate) fn report(args: &[String]) {
    let [dir, address, at_once] = args else { panic!("{REPORT} DIR ADDRESS AT_ONCE") };
    let ports = pid_files(Path::new(dir));
    let answers: Vec<Vec<u8>> = scope(|scope| {
        let asked: Vec<_> = ports.iter().map(|port| scope.spawn(|| ask(*port))).collect();
        asked.into_iter().filter_map(|answer| answer.join().unwrap()).collect()
    });
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(answer) = answers.get(next.fetch_add(1, Ordering::Relaxed)) {
            let document = answer.iter().position(|byte| *byte == b'{').unwrap();
            post(address, &answer[document..]);
        }
    };
    scope(|scope| (0..at_once.parse().unwrap()).for_each(|_| drop(scope.spawn(work))));
}

fn post(address: &str, document: &[u8]) {
    let mut stream = TcpStream::connect(address).unwrap();
    let head =
        format!("POST /monitor HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n", document.len());
    stream.write_all(&[head.as_bytes(), document].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("200 OK"), "{answer}");
}

/// Starts the engines whose command lines are in the file, so many at a time and each after its source, and waits until
/// each has its pid file and answers.
pub(crate) fn spawn(args: &[String]) {
    let [dir, file, at_once] = args else { panic!("{SPAWN} PID_DIR FILE AT_ONCE") };
    let lines: Vec<Vec<String>> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
            start(line, Path::new(dir));
        }
    };
    scope(|scope| (0..at_once.parse().unwrap()).for_each(|_| drop(scope.spawn(work))));
}

fn start(line: &[String], pid_dir: &Path) {
    if let Some(source) = option(line, "--download-from") {
        await_ready(source.rsplit(':').next().unwrap(), pid_dir);
    }
    let log = fs::File::options().append(true).open("/dev/null").unwrap();
    let mut command = Command::new(&line[0]);
    command
        .args(&line[1..])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    drop(command.spawn().unwrap());
    await_ready(option(line, "--port").unwrap(), pid_dir);
}

fn await_ready(port: &str, pid_dir: &Path) {
    let pid_file = pid_dir.join(format!("acestreamengine-{port}.pid"));
    let begun = Instant::now();
    while !pid_file.exists() || ask(port.parse().unwrap()).is_none() {
        assert!(begun.elapsed() < PATIENCE, "port {port} does not answer");
        sleep((begun.elapsed() / 16).clamp(LOOK_AGAIN.0, LOOK_AGAIN.1));
    }
}

/// The value of an option in either spelling.
fn option<'a>(line: &'a [String], name: &str) -> Option<&'a str> {
    let inline = line.iter().find_map(|arg| arg.strip_prefix(name)?.strip_prefix('='));
    let at = line.iter().position(|arg| arg == name);
    inline.or_else(|| at.and_then(|at| line.get(at + 1)).map(String::as_str))
}
