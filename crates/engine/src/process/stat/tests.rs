use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

use super::super::Proc;
use super::*;

/// A line as the kernel writes it (seen on 6.18), of a process with this name.
fn line(comm: &str) -> Vec<u8> {
    let line = format!(
        "4242 ({comm}) S 4241 4242 4242 0 -1 4194304 500 0 3 0 90 10 7 8 20 0 15 0 987654 23076864 512 \
         18446744073709551615 1 1 0 0 0 0 0 4096 81920 1 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    );
    line.into_bytes()
}

#[track_caller]
fn named(comm: &str) -> Stat {
    Stat::parse(&line(comm)).unwrap_or_else(|| panic!("{comm:?} hides the rest"))
}

#[test]
fn what_is_needed_is_read() {
    let stat = named("acestreamengine");
    assert_eq!(stat.comm, "acestreamengine");
    assert_eq!((i64::from(stat.id.pid.as_raw()), stat.id.start_ticks), (4242, 987_654));
    assert_eq!(stat.parent.map(Pid::as_raw), Some(4241));
    assert_eq!(stat.rss_bytes, 512 * procfs::page_size());
    assert_eq!(stat.cpu, of_ticks(100));
}

#[test]
fn a_name_is_nothing_but_a_name() {
    let hostile = [
        "",
        " ",
        ")",
        "(",
        ") ",
        ")) S 1 1",
        "a) Z 1 (b",
        "1 (x) R 2",
        "4243 (sh) S 1",
        "tab\tbell\u{7}",
        "line\\nfeed\\",
        "\u{202e}é…",
    ];
    for comm in hostile {
        let stat = named(comm);
        assert_eq!(stat.comm, comm);
        assert_eq!((stat.id, stat.parent), (named("sh").id, named("sh").parent), "{comm:?}");
    }
    let mut bytes = line("abc");
    bytes[6] = 0xff;
    assert_eq!(Stat::parse(&bytes).unwrap().comm, "\u{fffd}bc");
}

#[test]
fn what_is_no_line_of_a_process_is_none() {
    for text in ["", "(", ")", ")(", "4242 sh S 1", "x (sh) S 1 1", "4242 (sh)", "\u{fffd} (sh) S", "() "] {
        assert!(Stat::parse(text.as_bytes()).is_none(), "{text:?}");
    }
    let init = String::from_utf8(line("init")).unwrap().replacen("4242", "1", 1);
    assert!(Stat::parse(init.as_bytes()).is_none());
    let huge = String::from_utf8(line("sh")).unwrap().replace("987654", "98765432109876543210");
    assert!(Stat::parse(huge.as_bytes()).is_none());
}

#[test]
fn a_line_that_was_cut_is_none_or_says_the_same() {
    let line = line("a) Z 1 (b");
    let whole = Stat::parse(&line).unwrap();
    for end in 0..line.len() {
        let Some(stat) = Stat::parse(&line[..end]) else { continue };
        assert_eq!(format!("{stat:?}"), format!("{whole:?}"), "cut at {end}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in prop::collection::vec(any::<u8>(), 0..200), comm in "[()0-9a-z ]{0,15}") {
        let _ = Stat::parse(&text);
        let _ = Stat::parse(&[line(&comm), text].concat());
    }
}

/// Whatever runs here by the time of the test, and a child with a hostile name.
#[test]
fn all_that_live_are_read_as_procfs_reads_them() {
    let child = Named::start(") S 1 (x y");
    let mut same = 0;
    for process in procfs::process::all_processes().unwrap().flatten() {
        let path = format!("/proc/{}/stat", process.pid);
        // What is counted goes on while two readers read, so they are given the same bytes.
        let Ok(line) = fs::read(&path) else { continue };
        let theirs = <procfs::process::Stat as procfs::FromRead>::from_read(&line[..]).unwrap();
        let Some(ours) = Stat::parse(&line) else {
            assert_eq!(process.pid, 1, "{}", String::from_utf8_lossy(&line));
            continue;
        };
        assert_eq!((ours.id.pid.as_raw(), ours.id.start_ticks), (theirs.pid, theirs.starttime));
        assert_eq!(ours.parent, Pid::try_from(i64::from(theirs.ppid)).ok());
        assert_eq!(ours.rss_bytes, theirs.rss * procfs::page_size());
        assert_eq!(ours.cpu, of_ticks(theirs.utime + theirs.stime));
        assert_eq!(ours.comm, theirs.comm);
        same += 1;
    }
    assert!(same >= 2, "at least this process and its child");
    let stat = Proc::open(child.pid()).unwrap().stat().unwrap();
    assert_eq!((stat.comm.as_str(), stat.id.pid), (child.comm, child.pid()));
    assert_eq!(stat.parent, Pid::try_from(i64::from(std::process::id())).ok());
}

/// A shell that has given itself this name, and ends when its input does.
struct Named {
    shell: Child,
    comm: &'static str,
}

impl Named {
    fn start(comm: &'static str) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "printf %s \"$1\" > /proc/$$/comm; echo; read line", "sh", comm]);
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        Named { shell, comm }
    }

    fn pid(&self) -> Pid {
        Pid::try_from(i64::from(self.shell.id())).unwrap()
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn spent() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

#[test]
fn time_on_processors_is_that_of_all_threads() {
    let me = Pid::try_from(i64::from(std::process::id())).unwrap();
    let until = spent() + Duration::from_millis(200);
    let work = move || {
        // For itself.
        while spent() + Duration::from_millis(100) < until {
            std::hint::black_box((0..100_000).fold(0u64, |sum, n| std::hint::black_box(sum ^ n)));
        }
        // And in the kernel, which is asked for the time.
        while spent() < until {}
    };
    std::thread::spawn(work).join().unwrap();
    let before = spent();
    let stat = Proc::open(me).unwrap().stat().unwrap();
    let after = spent();
    // The kernel cuts both of its parts to whole ticks.
    let ticks = of_ticks(3);
    assert!(stat.cpu + ticks >= before && stat.cpu <= after + ticks, "{before:?} {:?} {after:?}", stat.cpu);
}

#[test]
fn a_second_has_as_many_ticks_as_the_system_says() {
    assert_eq!(of_ticks(procfs::ticks_per_second() * 90), Duration::from_secs(90));
}
