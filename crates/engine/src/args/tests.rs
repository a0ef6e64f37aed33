use std::path::{Path, PathBuf};

use acecast_config::{Dirs, Media, Quality};
use acecast_reconcile::Secret;
use serde_json::json;

use super::fixtures::{app, app_with, endpoint, hls, support, ts};
use super::*;

const MIB: u64 = 1024 * 1024;

/// One option a line, with the folders shortened to what they are called in the config.
#[track_caller]
fn check(args: &[String], root: &Path, expected: &str) {
    let root = format!("{}/", root.display());
    let shown: Vec<String> = args.iter().map(|arg| arg.replace(&root, "")).collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown, expected);
}

const TS: &str = "
    --stream-source-node
    --source=http://me:pw@in:80/live.ts?token=1
    --bitrate=400000
    --name=news
    --title=The news
    --quality=HD
    --category=sport
    --category=kids
    --tracker=udp://t1:1
    --tracker=udp://t2:2
    --publish-dir=public
    --metadata-dir=metadata
    --cache-dir=cache/source_node_8640_cache
    --state-dir=state/source_node_8640_state
    --pid-file-dir=pid
    --log-file=log/source_node_8640.log
    --port=8640
    --live-mem-cache-size=104857600
    --monitor-node-ip=127.0.0.1
    --skip-internal-tracker
    --source-reconnect-interval=20
    --close-connections-from-same-peer=1
    --max-peers=10
    --stats-report-interval=4
    --stats-report-peers
    --service-remote-access
    --permanent
    --live-cache-type=memory
    --log-backup-count=1
";

const HLS: &str = "
    --stream-support-node
    --url=private/tv_private.acelive
    --public-transport-file=public/tv.acelive
    --metadata-dir=metadata
    --cache-dir=cache/source_node_8650_cache
    --state-dir=state/source_node_8650_state
    --pid-file-dir=pid
    --log-file=log/source_node_8650.log
    --port=8650
    --live-mem-cache-size=52428800
    --monitor-node-ip=127.0.0.1
    --hide-hls-segments
    --hls-broadcast-last-source-piece
    --hls-bad-manifest-max-errors=5
    --hls-bad-manifest-retry-interval=2
    --close-connections-from-same-peer=1
    --max-peers=10
    --stats-report-interval=4
    --stats-report-peers
    --service-remote-access
    --live-cache-type=memory
    --log-backup-count=1
";

const SUPPORT: &str = "
    --stream-support-node
    --url=http://10.0.0.1:8640/app/get_transport_file?format=raw
    --download-from=10.0.0.1:8640
    --cache-dir=cache/support_node_8660_cache
    --state-dir=state/support_node_8660_state
    --pid-file-dir=pid
    --log-file=log/support_node_8660.log
    --port=8660
    --live-mem-cache-size=52428800
    --close-connections-from-same-peer=1
    --max-peers=10
    --core-sandbox-max-peers=1
    --core-max-fast-peers=1
    --stats-report-interval=4
    --stats-report-peers
    --service-remote-access
    --live-cache-type=memory
    --log-backup-count=1
";

const TRANSPORT: &str = "
    --create-hls-transport
    --hide-hls-manifest
    --title=Tv
    --url=https://in/live.m3u8?token=1#x
    --base-url=https://in/live.m3u8
    --output-public=public/new.acelive
    --output-private=private/new.acelive
    --sid=tv
    --log-debug=1
    --category=sport
    --category=kids
    --tracker=udp://t1:1
    --tracker=udp://t2:2
";

const EXTENDED: &str = "
    --log-debug=1
    --log-modules=root:D
    --log-max-size=100000000
    --debug-multicast-pex
    --debug-encoder
    --debug-encoder-connection
    --debug-download-live
    --debug-connecter
    --debug-connecter-connection
    --debug-downloader
    --debug-single-download
    --debug-picker-client
    --debug-client-transporter
    --debug-memory-usage
    --debug-pieces
    --debug-storage
    --debug-rerequester
";

#[test]
fn each_kind_of_node_with_nothing_optional() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path());
    check(&source_args(&ts(), &app, 100 * MIB), dir.path(), TS);
    check(&source_args(&hls(), &app, 50 * MIB), dir.path(), HLS);
    check(&support_args(&support(), &app, 50 * MIB), dir.path(), SUPPORT);
    let out = |name: &str| dir.path().join(name).join("new.acelive");
    check(&transport_args(&hls(), &app, &out("public"), &out("private")), dir.path(), TRANSPORT);
}

#[test]
fn each_kind_of_node_with_everything() {
    let dir = tempfile::tempdir().unwrap();
    let app = app_with(dir.path(), &[("provider_key", json!("pk==")), ("node_access_token", json!("t/k"))]);
    let (mut ts, mut hls, mut support) = (ts(), hls(), support());
    for common in [&mut ts.common, &mut hls.common, &mut support.common] {
        common.extended_logging = true;
        common.private_node = Some(true);
        common.upload_to = ["10.0.0.3:8640", "10.0.0.2:8640"].map(endpoint).into();
    }
    hls.media = Media::Hls { force_monotonic_sequence: Some(false) };
    let if_set = "--service-access-token=t/k
        --upload-to=10.0.0.2:8640
        --upload-to=10.0.0.3:8640
        --private-node=1";

    let expected = format!("{TS}\n--provider-key=pk==\n--sid=news\n{if_set}\n{EXTENDED}");
    check(&source_args(&ts, &app, 100 * MIB), dir.path(), &expected);

    let expected = format!("{HLS}\n--hls-force-monotonic-sequence=0\n{if_set}\n{EXTENDED}");
    check(&source_args(&hls, &app, 50 * MIB), dir.path(), &expected);

    let more = "--debug-rerequester-dht\n--debug-dht\n--debug-magnet";
    let url = SUPPORT.replace("/app/get", "/app/t%2Fk/get");
    let expected = format!("{url}\n{if_set}\n{EXTENDED}\n{more}");
    check(&support_args(&support, &app, 50 * MIB), dir.path(), &expected);

    let out = |name: &str| dir.path().join(name).join("new.acelive");
    let expected = format!("{TRANSPORT}\n--provider-key=pk==");
    check(&transport_args(&hls, &app, &out("public"), &out("private")), dir.path(), &expected);
}

#[test]
fn what_the_config_does_not_say_is_not_said() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path());
    let mut node = ts();
    node.media = Media::Ts { bitrate: 0, quality: None };
    node.categories.clear();
    let expected: String = TS
        .lines()
        .filter(|line| !line.contains("--quality") && !line.contains("--category"))
        .map(|line| line.replace("400000", "0") + "\n")
        .collect();
    check(&source_args(&node, &app, 100 * MIB), dir.path(), &expected);
    node.media = Media::Ts { bitrate: 0, quality: Some(Quality::Auto) };
    node.common.private_node = Some(false);
    let args = source_args(&node, &app, 0);
    assert!(args.contains(&"--quality=auto".to_owned()));
    assert_eq!(args.last().map(String::as_str), Some("--private-node=0"));
}

#[test]
fn a_hostile_title_stays_one_argument_and_no_option() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path());
    for title in ["-x", "--port=1", "a\"b' $(id) `id` ; c", "--title=--title=", "=", ""] {
        let mut node = ts();
        title.clone_into(&mut node.title);
        let args = source_args(&node, &app, 0);
        assert_eq!(args.len(), source_args(&ts(), &app, 0).len(), "{title}");
        assert_eq!(args.iter().filter(|arg| **arg == format!("--title={title}")).count(), 1, "{title}");
        assert!(args.contains(&"--port=8640".to_owned()));
    }
}

#[test]
fn every_argument_is_a_long_option() {
    let dir = tempfile::tempdir().unwrap();
    let app = app_with(dir.path(), &[("provider_key", json!("-k")), ("node_access_token", json!("-t"))]);
    let all = [source_args(&ts(), &app, 1), source_args(&hls(), &app, 1), support_args(&support(), &app, 1)];
    assert!(all.iter().flatten().all(|arg| arg.starts_with("--")));
}

#[test]
fn a_token_becomes_one_segment_of_the_path() {
    let path = |token: &str| api_path(Some(&Secret::new(token)), "monitor");
    assert_eq!(api_path(None, "monitor"), "/app/monitor");
    assert_eq!(path("aB1-._~!$&'()*+,;=:@"), "/app/aB1-._~!$&'()*+,;=:@/monitor");
    assert_eq!(path("../x?y#z %"), "/app/..%2Fx%3Fy%23z%20%25/monitor");
    assert_eq!(path("é\r\n"), "/app/%C3%A9%0D%0A/monitor");
}

#[test]
fn a_source_with_an_ipv6_address() {
    let dir = tempfile::tempdir().unwrap();
    let mut node = support();
    node.source = endpoint("[2001:db8::1]:8640");
    let args = support_args(&node, &app(dir.path()), 0);
    assert_eq!(args[1], "--url=http://[2001:db8::1]:8640/app/get_transport_file?format=raw");
    assert_eq!(args[2], "--download-from=[2001:db8::1]:8640");
}

#[test]
fn names_of_files() {
    let dir = |name: &str| PathBuf::from("/a").join(name);
    let dirs = Dirs::under(Path::new("/a"));
    let node = NodePaths::new(&dirs, Role::Support, fixtures::port(8660));
    assert_eq!(node.log(), dir("log/support_node_8660.log"));
    assert_eq!(node.cache_dir(), dir("cache/support_node_8660_cache"));
    assert_eq!(node.state_dir(), dir("state/support_node_8660_state"));
    assert_eq!(
        pid_files(&dirs, fixtures::port(8660)),
        [dir("pid/acestreamengine-8660.pid"), dir("pid/acestream-8660.pid")]
    );
    let uid = "news".parse().unwrap();
    let stream = StreamPaths::new(&dirs, &uid);
    assert_eq!(stream.key(), dir("metadata/news.sauth"));
    assert_eq!(stream.restart(), dir("metadata/news.restart"));
    assert_eq!(stream.public_transport(), dir("public/news.acelive"));
    assert_eq!(stream.private_transport(), dir("private/news_private.acelive"));
    assert_eq!(stream.sidecar(), dir("private/news_private.acelive.inputs.json"));
}
