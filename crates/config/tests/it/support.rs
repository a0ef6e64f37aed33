//! Entries of the list of support nodes, and what both lists must not share.

use acecast_config::LoadError;

use crate::world::{World, support, ts};

#[track_caller]
fn check(changes: &[(&str, &str)], expected: &str) {
    let world = World::new();
    let lists = world.lists("[]", format!("[{}]", support(changes)));
    assert_eq!(world.text(&lists.problems()), expected);
}

#[test]
fn a_source_is_an_address_and_a_port() {
    check(&[("source_port", "\"8640\""), ("extended_logging", "1"), ("engine_version", "\"stable\"")], "");
    check(&[("source_ip", "\"2001:db8::1\"")], "");
    check(
        &[("source_ip", "\"example.com\""), ("source_port", "99999")],
        "support.json:3:14: [0].source_ip: found \"example.com\", expected an IP address like 192.0.2.1\n\
         support.json:4:16: [0].source_port: found 99999, expected a port from 1 to 65535\n",
    );
    check(
        &[("source_prot", "1"), ("bitrate", "1")],
        "warning: support.json:5:1: [0].source_prot: unknown key, it is ignored\n\
         warning: support.json:6:1: [0].bitrate: unknown key, it is ignored\n",
    );
}

#[test]
fn a_node_cannot_take_the_stream_from_itself() {
    for ip in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"] {
        check(
            &[("source_ip", &format!("\"{ip}\"")), ("source_port", "8641")],
            "support.json:4:16: [0].source_port: found 8641, which is this node itself; expected the port of its \
             source node\n",
        );
        check(&[("source_ip", &format!("\"{ip}\""))], "");
    }
    // The same port of another host.
    check(&[("source_port", "8641")], "");
}

#[test]
fn a_wrong_support_node_is_named_by_its_source() {
    let world = World::new();
    let lists = world.lists("[]", format!("[{}]", support(&[("extended_logging", "7")])));
    let list = lists.supports.unwrap().unwrap();
    assert_eq!(list.wrong[0].name.as_deref(), Some("192.0.2.1:8640"));
    assert_eq!(list.wrong[0].port.map(acecast_reconcile::Port::get), Some(8641));
}

#[test]
fn a_list_that_repeats_itself_is_no_list() {
    let world = World::new();
    // One of the two is wrong for another reason; its port counts all the same.
    let sources = format!("[{}, {}]", ts(&[]), ts(&[("title", "1")]));
    let lists = world.lists(sources, "[]");
    let Some(Err(LoadError::Repeated { why, problems, .. })) = &lists.sources else {
        panic!("{:?}", lists.sources)
    };
    assert_eq!(why, "port 8640 and stream_uid \"news\" are used twice");
    assert!(problems.iter().all(|problem| problem.entry.as_deref() == Some("news, port 8640")));
    assert_eq!(
        world.text(&lists.problems()),
        "source.json:8:15: [1].stream_uid: found \"news\", which [0].stream_uid has, too; every stream needs a \
         name of its own\n\
         source.json:9:9: [1].port: found 8640, which [0].port has, too; every node needs a port of its own\n\
         source.json:10:10: [1].title: found 1, expected a title\n"
    );
    assert!(lists.into_config(world.app("{}")).is_err());
}

#[test]
fn both_lists_share_the_hosts_ports() {
    let world = World::new();
    let sources = format!("[{}]", ts(&[("port", "8641"), ("title", "1")]));
    let lists = world.lists(sources, format!("[{}]", support(&[])));
    assert!(matches!(lists.sources, Some(Ok(_))));
    let Some(Err(error)) = &lists.supports else { panic!("{:?}", lists.supports) };
    assert_eq!(
        world.text(&error.problems()),
        "support.json:2:9: [0].port: found 8641, which a source node has, too (source.json:3:9 [0].port); every \
         node needs a port of its own\n"
    );
    let Some(Err(LoadError::Repeated { why, .. })) = &lists.supports else { panic!("{:?}", lists.supports) };
    assert_eq!(why, "port 8641 is used by source nodes, too");
    assert_eq!(
        world.text(&lists.problems()),
        "source.json:4:10: [0].title: found 1, expected a title\n".to_owned()
            + &world.text(&error.problems())
    );
}

#[test]
fn a_list_that_repeats_itself_hides_nothing_else() {
    let world = World::new();
    let sources = format!("[{}, {}]", ts(&[]), ts(&[("engine_version", "\"alpha\"")]));
    let lists = world.lists(sources, format!("[{}]", support(&[("port", "8640")])));
    let text = world.text(&lists.problems());
    for part in
        ["engine_path.alpha: no engine at ", "which [0].port has, too", "which a source node has, too"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}
