//! A run as the first process of a pid namespace, as in a container: it is everybody's heir.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use crate::keeper::{self, Keeper, await_events, await_ports};
use crate::kernel::zombies_of;
use crate::machine::unshare;
use crate::support::{Site, eventually};

const OPTIONS: [&str; 4] = ["--pid", "--fork", "--mount-proc", "--kill-child"];

#[test]
fn as_the_first_process_it_buries_all_who_die() {
    let Some(mut outer) = unshare("a run as the first process", &OPTIONS) else { return };
    let site = Site::new();
    let ports: [u16; 3] = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    let inner = keeper::command(&site, "300ms", &["--stop-nodes"]);
    outer.arg(inner.get_program()).args(inner.get_args()).current_dir(inner.get_current_dir().unwrap());
    for (name, value) in inner.get_envs() {
        assert!(value.is_none(), "{name:?} is only taken away");
        outer.env_remove(name);
    }
    let mut keeper = Keeper::of(outer);
    keeper.await_ready();
    await_ports(&keeper, &site, &ports);
    let children = format!("/proc/{0}/task/{0}/children", keeper.pid());
    let first: i32 = fs::read_to_string(children).unwrap().trim().parse().unwrap();

    for port in ports {
        // Without its wrapper, the engine is the first process's own.
        let wrapper = site.procs().into_iter().find(|proc| {
            !proc.is_engine()
                && proc.args.iter().any(|arg| arg.ends_with("/start-engine"))
                && proc.port() == Some(port)
        });
        kill(wrapper.expect("each engine has its wrapper").pid, Signal::KILL);
        site.kill(port);
    }
    for port in ports {
        await_events(&keeper, &site, "back", Some(port), 1);
    }
    eventually("no zombie is left", || (zombies_of(first) == 0).then_some(()));
    kill(first, Signal::TERM);
    assert_eq!(keeper.wait(), Some(0), "{keeper}");
    site.await_quiet();
}

fn kill(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}
