//! A list that lost most of its nodes is more likely broken than meant.

use crate::support::Site;

fn four(site: &Site) -> [u16; 4] {
    let ports = site.ports();
    site.sources(&ports.map(|port| site.ts(&format!("s_{port}"), port)));
    site.start();
    ports
}

#[test]
fn an_empty_list_and_a_mass_stop_are_refused() {
    let site = Site::new();
    let [one, ..] = four(&site);
    let before = site.pids();

    site.sources(&[]);
    let plan = site.json(&["plan"], 4);
    assert_eq!(plan["refused"]["code"], "empty_list", "{plan:#}");
    site.acecast(&["start"]).exit(4).says("--allow-mass-stop");
    site.acecast(&["start", "--dry-run"]).exit(4);
    site.acecast(&["start", "source", "-o", "json"]).exit(4);
    assert_eq!(site.pids(), before);

    site.sources(&[site.ts(&format!("s_{one}"), one)]);
    assert_eq!(site.json(&["plan"], 4)["refused"]["code"], "mass_stop");
    site.acecast(&["start"]).exit(4);
    assert_eq!(site.pids(), before);

    assert!(site.json(&["plan", "--allow-mass-stop"], 0)["refused"].is_null());
    site.acecast(&["start", "--allow-mass-stop"]).exit(0);
    assert_eq!(site.pids(), [(one, before[&one])].into());
    site.assert_nothing_to_do();
}

#[test]
fn half_of_them_may_stop_and_moves_do_not_count() {
    let site = Site::new();
    let ports = four(&site);
    let fresh: [u16; 4] = site.ports();
    let moved = ports.iter().zip(fresh).map(|(old, new)| site.ts(&format!("s_{old}"), new));
    site.sources(&moved.collect::<Vec<_>>());
    site.start();
    assert_eq!(site.pids().into_keys().collect::<Vec<_>>(), fresh);

    site.sources(&[0, 1].map(|n| site.ts(&format!("s_{}", ports[n]), fresh[n])));
    site.start();
    assert_eq!(site.pids().into_keys().collect::<Vec<_>>(), fresh[..2]);
    site.assert_nothing_to_do();
}

#[test]
fn stop_is_never_refused() {
    let site = Site::new();
    four(&site);
    site.acecast(&["stop", "all"]).exit(0);
    site.await_quiet();
}
