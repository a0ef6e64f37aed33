//! Short helpers that build configs for the tests of this crate's files and arguments.

use std::fs;
use std::path::Path;

use acecast_config::{
    AppConfig, Category, Config, Media, NodeList, Quality, SourceNode, SupportNode, load_app,
};
use acecast_reconcile::{Endpoint, Port};

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
    let media = Media::Ts { bitrate: 400_000, quality: Some(Quality::Hd) };
    source(8640, "news", "The news", "http://me:pw@in:80/live.ts?token=1", media)
}

/// A HLS source node `tv` on port 8650.
pub(crate) fn hls() -> SourceNode {
    let media = Media::Hls { force_monotonic_sequence: None };
    source(8650, "tv", "Tv", "https://in/live.m3u8?token=1#x", media)
}

/// A support node on port 8660 of the source at `10.0.0.1:8640`.
pub(crate) fn support() -> SupportNode {
    SupportNode::new(port(8660), endpoint("10.0.0.1:8640"))
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
    let mut config = Config::new(app);
    config.sources = Some(NodeList::new(sources));
    config.supports = Some(NodeList::new(supports));
    config
}

fn source(number: u64, uid: &str, title: &str, url: &str, media: Media) -> SourceNode {
    let (uid, url) = (uid.parse().unwrap(), url.parse().unwrap());
    let mut node = SourceNode::new(port(number), uid, title, url, media);
    node.categories = ["sport", "kids"].into_iter().filter_map(Category::from_name).collect();
    node
}
