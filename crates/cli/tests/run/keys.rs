//! A key that is lost while its node runs is told, and so is what is restored without being asked for.

use std::fs;

use serde_json::{Value, json};

use crate::keeper::{Keeper, await_events, await_ports, logged};
use crate::support::{Site, key, node, only, with};

/// What the figures say of the key of the node on this port.
fn usable(keeper: &Keeper, port: u16) -> Option<char> {
    let (_, figures) = keeper.get("/metrics");
    let of_port = format!("acecast_node_key_usable{{port=\"{port}\"");
    figures.lines().find(|line| line.starts_with(&of_port))?.chars().last()
}

/// Waits until so many more rounds have come to their end.
fn await_rounds(keeper: &Keeper, more: u64) {
    let rounds = || {
        let (_, figures) = keeper.get("/metrics");
        let of_task = "acecast_task_runs_total{task=\"reconcile\"} ";
        let line = figures.lines().find_map(|line| line.strip_prefix(of_task)).unwrap_or("0");
        line.parse::<u64>().unwrap()
    };
    let before = rounds();
    keeper.eventually("rounds go by", || (rounds() >= before + more).then_some(()));
}

#[test]
fn a_key_that_is_lost_under_a_running_node_is_told_once_and_so_is_its_return() {
    let site = Site::new();
    let [news, tv, copy] = site.ports();
    site.sources(&[site.ts("news", news), site.hls("tv", tv)]);
    site.supports(&[site.support(copy, news)]);
    let keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &[news, tv, copy]);
    keeper.eventually("the figures have the key", || (usable(&keeper, news) == Some('1')).then_some(()));
    assert_eq!((usable(&keeper, tv), usable(&keeper, copy)), (None, None), "they have no key");
    let whole = site.kept("news.sauth");
    let pid = site.pid(news);

    site.keep("news.sauth", "");
    let wrong = await_events(&keeper, &site, "key_wrong", Some(news), 1);
    assert_eq!((&wrong[0]["reason"], &wrong[0]["name"]), (&json!("key_damaged"), &json!("news")));
    assert!(wrong[0]["detail"].as_str().unwrap().contains("it is empty"), "{wrong:?}");
    keeper.eventually("the figures say so", || (usable(&keeper, news) == Some('0')).then_some(()));
    let page = keeper.doc("/api/status");
    assert_eq!(node(&page, news)["state"], "answering", "{page:#}");
    for field in ["note", "key_error"] {
        let text = node(&page, news)[field].as_str().unwrap_or_else(|| panic!("{field}: {page:#}"));
        assert!(text.contains("it cannot be started again"), "{text}");
    }
    await_rounds(&keeper, 5);
    assert_eq!(logged(&site, "key_wrong", None).len(), 1, "{keeper}");
    assert_eq!(logged(&site, "key_good", None), [Value::Null; 0]);

    // Lost in another way is news.
    fs::remove_file(site.metadata("news.sauth")).unwrap();
    let wrong = await_events(&keeper, &site, "key_wrong", Some(news), 2);
    assert_eq!(wrong[1]["reason"], "key_missing", "{wrong:?}");

    site.keep("news.sauth", &whole);
    await_events(&keeper, &site, "key_good", Some(news), 1);
    keeper.eventually("the figures say so", || (usable(&keeper, news) == Some('1')).then_some(()));
    assert_eq!(site.pid(news), pid, "the node was not touched");
    let page = keeper.doc("/api/status");
    assert_eq!(node(&page, news)["key_error"], Value::Null, "{page:#}");
}

#[test]
fn a_damaged_key_for_which_the_list_brings_another_is_replaced_at_a_start_and_that_is_an_event() {
    let site = Site::new();
    let port = site.port();
    let brought = json!({"metadata": {"private_key": key('B'), "last_seq": 6}});
    site.keep("news.sauth", "garbage");
    site.sources(&[with(site.ts("news", port), brought)]);
    let keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &[port]);
    let restored = await_events(&keeper, &site, "restore", Some(port), 1);
    let [event] = &restored[..] else { panic!("{restored:?}") };
    assert_eq!((&event["by"], &event["name"]), (&json!("run"), &json!("news")), "{event:#}");
    let aside = only(&site.root().join("metadata"), "news.sauth.damaged-");
    assert!(event["detail"].as_str().unwrap().contains(&*aside.to_string_lossy()), "{event:#}");
    assert_eq!(
        (fs::read_to_string(&aside).unwrap(), site.kept("news.sauth")),
        ("garbage".to_owned(), key('B'))
    );
}

#[test]
fn a_key_that_is_not_there_yet_is_not_told_as_lost() {
    let site = Site::new();
    let [news, sport] = site.ports();
    site.script("stable", json!({news.to_string(): {"ready_ms": 3000}}));
    site.sources(&[site.ts("news", news), site.ts("sport", sport)]);
    let keeper = Keeper::start(&site, "200ms", &["--ready-timeout", "1"]);
    keeper.eventually("both were started", || (logged(&site, "start", None).len() == 2).then_some(()));
    // A node that dies is looked for in a hurry, without asking any.
    site.kill(sport);
    await_events(&keeper, &site, "back", Some(sport), 1);
    let (mut looks, before) = (0, site.pid(news));
    keeper.eventually("the key is there", || {
        looks += usize::from(usable(&keeper, news).inspect(|usable| assert_eq!(*usable, '1')).is_some());
        site.metadata("news.sauth").exists().then_some(())
    });
    assert!(looks > 0, "it was never looked at while the key was not there\n{keeper}");
    await_ports(&keeper, &site, &[news, sport]);
    await_rounds(&keeper, 2);
    assert_eq!((logged(&site, "key_wrong", None), site.pid(news)), (Vec::new(), before), "{keeper}");
}

#[test]
fn beside_a_run_a_restore_says_that_it_has_to_end_first() {
    let site = Site::new();
    let port = site.port();
    site.keep("news.sauth", &key('A'));
    site.keep("news.restart", "5");
    site.sources(&[site.ts("news", port)]);
    let mut keeper = Keeper::start(&site, "200ms", &[]);
    await_ports(&keeper, &site, &[port]);
    fs::create_dir(site.path("backup")).unwrap();
    let backup = json!({"news": {"private_key": key('B'), "last_seq": 6}});
    fs::write(site.path("backup/news.json"), backup.to_string()).unwrap();
    let restore = ["restore-metadata", "--from", "backup", "--replace-key", "news", "--lock-timeout", "10"];
    let run = site
        .acecast(&restore)
        .exit(1)
        .says("end the `acecast run` that is at work")
        .says("systemctl stop acecast");
    let _ = run.says(&format!("`acecast stop {port}`")).hides("acecast start --port");
    keeper.end();
    // Without it, the node stays down until it is started.
    site.acecast(&restore).exit(1).hides("acecast run").says(&format!("`acecast start --port {port}`"));
}
