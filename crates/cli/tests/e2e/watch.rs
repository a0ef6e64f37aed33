//! `acecast status` of one role and again and again.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::{Ran, Running, Site, node};

/// Runs a command on a terminal of its own: so many columns and lines, then others, then Ctrl-C. What it drew is on
/// stdout, its exit code is this command's.
const TERMINAL: &str = r#"
import fcntl, os, pty, select, signal, struct, sys, termios, time
sizes, patterns, lost, argv = eval(sys.argv[1]), eval(sys.argv[2]), sys.argv[3], sys.argv[4:]
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(argv[0], argv)
def resize(size):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
def read_until(pattern, deadline):
    text = b""
    while time.monotonic() < deadline and not (pattern and pattern in text):
        ready, _, _ = select.select([fd], [], [], 0.1)
        try:
            more = os.read(fd, 65536) if ready else b""
        except OSError:
            break
        if ready and not more:
            break
        text += more
    sys.stdout.buffer.write(text)
    return pattern in text if pattern else True
for size, pattern in zip(sizes, patterns):
    resize(size)
    sys.stdout.buffer.write(b"\n== %d x %d\n" % size)
    if not read_until(pattern.encode(), time.monotonic() + 20):
        sys.stdout.buffer.write(b"\n== missed\n")
        os.kill(pid, signal.SIGKILL)
    if lost and os.path.exists(lost):
        os.unlink(lost)
os.write(fd, b"\x03")
read_until(None, time.monotonic() + 20)
_, status = os.waitpid(pid, 0)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"#;

/// Watches until the texts are drawn, one for each size of the window. Nothing where there is no python3.
fn watched(site: &Site, args: &[&str], sizes: &[(u16, u16)], texts: &[&str]) -> Option<Ran> {
    watched_while_lost(site, args, sizes, texts, "")
}

/// The same; once the first text is drawn, the file is gone.
fn watched_while_lost(
    site: &Site,
    args: &[&str],
    sizes: &[(u16, u16)],
    texts: &[&str],
    lost: &str,
) -> Option<Ran> {
    if !Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success()) {
        let _ = writeln!(std::io::stderr(), "skipped: there is no python3 to make a terminal with");
        return None;
    }
    let program = site.command(args);
    let mut command = Command::new("python3");
    command.arg("-c").arg(TERMINAL).arg(format!("{sizes:?}")).arg(format!("{texts:?}")).arg(lost);
    command.arg(program.get_program()).args(program.get_args()).current_dir(site.path("config"));
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Some(Running::start(command).wait())
}

#[test]
fn the_table_is_drawn_in_place_and_the_terminal_given_back() {
    let site = Site::new();
    let ports: [u16; 12] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("stream_{port}"), port)));
    site.start();
    let sizes = [(140, 40), (60, 8), (140, 40)];
    let texts = ["12 answering", "more lines", "12 answering"];
    let Some(ran) = watched(&site, &["status", "--watch", "0.2s"], &sizes, &texts) else { return };
    // A wrong interval is a usage error, and nothing is drawn.
    assert_eq!(ran.code, Some(2), "{ran}");
    let Some(ran) = watched(&site, &["status", "--watch", "200ms"], &sizes, &texts) else { return };
    let ran = ran.exit(130).hides("== missed").hides("interrupted");
    let drawn: Vec<&str> = ran.stdout.split("\n== ").collect();
    assert!(drawn[1].contains("\u{1b}[?1049h"), "the alternate screen: {ran}");
    assert!(drawn[1].contains("VERSION") && drawn[1].contains(&format!("stream_{}", ports[11])), "{ran}");
    let small = drawn[2].rsplit("\u{1b}[H\u{1b}[2J").next().unwrap();
    assert!(small.lines().count() <= 8 && !small.contains("VERSION"), "{small}");
    let end = ran.stdout.rfind("\u{1b}[?1049l").expect("the terminal is given back");
    assert!(ran.stdout.rfind("\u{1b}[2J") < Some(end));
    assert!(ran.stdout[..end].ends_with("\u{1b}[?7h\u{1b}[?25h"), "{ran}");
}

#[test]
fn it_goes_on_while_the_controller_is_down() {
    let site = Site::new();
    let [one, two] = site.ports();
    site.use_controller();
    site.sources(&[site.ts("one", one)]);
    site.start();
    site.sources(&[site.ts("one", one), site.ts("two", two)]);
    let Some(ran) = watched(
        &site,
        &["status", "--watch", "200ms", "--color", "never"],
        &[(140, 40)],
        &["1 change pending"],
    ) else {
        return;
    };
    let ran = ran.exit(130);
    assert!(ran.stdout.contains("1 answering, 1 down") && !ran.stdout.contains("\u{1b}[1m"), "{ran}");
    // From the first moment on: what runs is shown, and what is not known is said.
    site.world.faults(&json!({"source_node": {"status": 500}, "support_node": {"status": 500}}));
    let Some(ran) = watched(&site, &["status", "--watch=200ms"], &[(200, 40)], &["list cannot be read"])
    else {
        return;
    };
    ran.exit(130).says("1 answering");
    // And in between: the last lists count, and that is said.
    site.app(json!({}));
    let list = site.path("config/source_node.json");
    let texts = ["1 answering, 1 down", "source_node.json"];
    let args = ["status", "--watch=200ms"];
    let Some(ran) = watched_while_lost(&site, &args, &[(200, 40); 2], &texts, list.to_str().unwrap()) else {
        return;
    };
    let last = ran.stdout.rsplit("\u{1b}[H\u{1b}[2J").next().unwrap();
    assert!(last.contains("1 answering, 1 down") && last.contains("the lists of"), "{ran}");
    ran.exit(130);
}

#[test]
fn without_a_terminal_one_table_follows_the_other() {
    let site = Site::new();
    let port = site.port();
    site.sources(&[site.ts("news", port)]);
    site.start();
    let mut command = Command::new("sh");
    let line = "\"$@\" | head -n 12";
    let watch = site.command(&["status", "--watch", "100ms"]);
    command.args(["-c", line, "sh"]).arg(watch.get_program()).args(watch.get_args());
    let ran = Running::start(command).wait().exit(0);
    assert!(ran.stdout.matches("PORT").count() >= 2 && !ran.stdout.contains('\u{1b}'), "{ran}");
    site.acecast(&["status", "--watch", "-o", "json"]).exit(2).says("--watch shows a table");
}

#[test]
fn a_role_is_enough() {
    let site = Site::new();
    let [source, support] = site.ports();
    site.sources(&[site.ts("news", source)]);
    site.supports(&[site.support(support, source)]);
    site.start();
    // The other role's list is not read.
    fs::write(site.path("config/source_node.json"), "[").unwrap();
    let doc = site.json(&["status", "support"], 0);
    assert_eq!(doc["nodes"].as_array().unwrap().len(), 1, "{doc:#}");
    assert_eq!(node(&doc, support)["listed"], true);
    site.json(&["status", "source"], 3);
}
