//! What the planner gets.

use std::fmt::Write as _;

use acecast_reconcile::{DesiredNode, Role};

use crate::world::{World, support, ts};

fn text(world: &World, node: &DesiredNode) -> String {
    let mut text = format!("{} {}\n", node.spec.port, node.spec.name());
    for (field, value) in node.spec.settings.iter() {
        writeln!(text, "{field} {value}").unwrap();
    }
    for (field, secret) in &node.secrets {
        writeln!(text, "{field} {}", secret.as_ref().map_or("none", |secret| secret.reveal())).unwrap();
    }
    text.replace(&world.path().display().to_string(), "ROOT")
}

#[test]
fn every_setting_of_a_kind_is_there() {
    let world = World::new();
    let source = ts(&[
        ("url", "\"http://u:p@192.0.2.1/news?token=1\""),
        ("categories", r#"["sport", "kids"]"#),
        ("quality", "\"HD\""),
        ("upload_to", r#"["192.0.2.9:1"]"#),
        ("private_node", "1"),
    ]);
    let hls = ts(&[
        ("port", "8639"),
        ("stream_uid", "\"hls\""),
        ("type", "\"hls\""),
        ("quality", "\"HD\""),
        ("force_monotonic_sequence", "1"),
        ("extended_logging", "1"),
    ]);
    let lists = world.lists(format!("[{source}, {hls}]"), format!("[{}]", support(&[])));
    let config = lists.into_config(world.app("{}")).unwrap();
    let desired = config.desired();
    let texts: Vec<String> = desired.nodes().map(|node| text(&world, node)).collect();
    assert_eq!(
        texts[1],
        "8640 news\n\
         type ts\n\
         url http://192.0.2.1/news\n\
         title News\n\
         bitrate 400000\n\
         quality HD\n\
         categories [kids, sport]\n\
         upload_to [192.0.2.9:1]\n\
         private_node 1\n\
         extended_logging 0\n\
         engine_version stable\n\
         engine_path ROOT/start-engine\n\
         trackers [udp://tracker.example.com:2710/announce]\n\
         dirs.public ROOT/public\n\
         dirs.metadata ROOT/metadata\n\
         dirs.cache ROOT/cache\n\
         dirs.state /var/state\n\
         provider_key s3cret-provider\n\
         node_access_token s3cret-token\n"
    );
    assert_eq!(
        texts[0],
        "8639 hls\n\
         type hls\n\
         url http://192.0.2.1/news\n\
         title News\n\
         categories []\n\
         force_monotonic_sequence 1\n\
         upload_to []\n\
         private_node 0\n\
         extended_logging 1\n\
         engine_version stable\n\
         engine_path ROOT/start-engine\n\
         trackers [udp://tracker.example.com:2710/announce]\n\
         dirs.public ROOT/public\n\
         dirs.private ROOT/private\n\
         dirs.metadata ROOT/metadata\n\
         dirs.cache ROOT/cache\n\
         dirs.state /var/state\n\
         node_access_token s3cret-token\n"
    );
    assert_eq!(
        texts[2],
        "8641 192.0.2.1:8640\n\
         upload_to []\n\
         private_node 0\n\
         extended_logging 0\n\
         engine_version stable\n\
         engine_path ROOT/start-engine\n\
         dirs.cache ROOT/cache\n\
         dirs.state /var/state\n\
         node_access_token s3cret-token\n"
    );
    let urls: Vec<Option<&str>> =
        desired.nodes().map(|node| node.url.as_ref().map(acecast_reconcile::StreamUrl::reveal)).collect();
    assert_eq!(urls, [Some("http://192.0.2.1/news"), Some("http://u:p@192.0.2.1/news?token=1"), None]);
}

#[test]
fn wrong_entries_come_along() {
    let world = World::new();
    let lists = world.lists(format!("[{}]", ts(&[("title", "1")])), "[]");
    let desired = lists.into_config(world.app("{}")).unwrap().desired();
    let list = desired.list(Role::Source).unwrap();
    assert_eq!((list.nodes().count(), list.wrong().len()), (0, 1));
    assert!(desired.list(Role::Support).unwrap().is_empty());
}
