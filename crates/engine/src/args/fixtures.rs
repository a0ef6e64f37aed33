//! Short helpers that build configs for the tests of this crate's files and arguments.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use acecast_config::{
    AppConfig, Category, Common, Config, Media, NodeList, Quality, SourceNode, SupportNode, load_app,
};
use acecast_reconcile::{Channel, Endpoint, Port};

/// An app config with all its folders under `root`, which must exist; a few of its keys can be given as JSON.
pub(crate) fn app_with(root: &Path, more: &[(&str, serde_json::Value)]) -> AppConfig {
    let mut config = serde_json::json!({
        "engine_path": {"stable": "/opt/engine/start-engine"},
        "root": root,
        "controller": {},
        "dirs": {"public": "public", "private": "private", "metadata": "metadata", "log": "log",
                 "cache": "cache", "pid": "pid", "state": "state"},
        "trackers": ["udp://t1:1", "udp://t2:2"],
    });
    for (key, value) in more {
        config[*key] = value.clone();
    }
    let path = root.join("config.json");
    fs::write(&path, config.to_string()).unwrap();
    let (app, _) = load_app(&path, root, &|_| None).unwrap();
    app
}

/// An app config with nothing optional in it.
pub(crate) fn app(root: &Path) -> AppConfig {
    app_with(root, &[])
}

/// A ts source node `news` on port 8640.
pub(crate) fn ts() -> SourceNode {
    SourceNode {
        common: common(8640),
        uid: "news".parse().unwrap(),
        title: "The news".to_owned(),
        url: "http://me:pw@in:80/live.ts?token=1".parse().unwrap(),
        categories: ["sport", "kids"].into_iter().filter_map(Category::from_name).collect(),
        media: Media::Ts { bitrate: 400_000, quality: Some(Quality::Hd) },
        metadata: None,
    }
}

/// A HLS source node `tv` on port 8650.
pub(crate) fn hls() -> SourceNode {
    SourceNode {
        common: common(8650),
        uid: "tv".parse().unwrap(),
        title: "Tv".to_owned(),
        url: "https://in/live.m3u8?token=1#x".parse().unwrap(),
        media: Media::Hls { force_monotonic_sequence: None },
        ..ts()
    }
}

/// A support node on port 8660 of the source at `10.0.0.1:8640`.
pub(crate) fn support() -> SupportNode {
    SupportNode { common: common(8660), source: endpoint("10.0.0.1:8640") }
}

/// The endpoint with this text.
pub(crate) fn endpoint(text: &str) -> Endpoint {
    text.parse::<Endpoint>().unwrap()
}

/// The port with this number.
pub(crate) fn port(number: u64) -> Port {
    Port::try_from(number).unwrap()
}

/// A config of these nodes.
pub(crate) fn config(app: AppConfig, sources: Vec<SourceNode>, supports: Vec<SupportNode>) -> Config {
    let sources = Some(NodeList { nodes: sources, wrong: Vec::new() });
    let supports = Some(NodeList { nodes: supports, wrong: Vec::new() });
    Config { app, sources, supports, problems: Vec::new() }
}

fn common(number: u64) -> Common {
    Common {
        port: port(number),
        channel: Channel::Stable,
        extended_logging: false,
        private_node: None,
        upload_to: BTreeSet::new(),
    }
}
