//! Streams' keys and numbers, and where they are backed up.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Site, with};

impl Site {
    /// Has lists and backups come from and go to the world's controller, with these changes to the app config.
    pub(crate) fn use_backups(&self, changes: Value) {
        let url = |path: &str| format!("{}/{path}", self.world.controller);
        let controller = json!({
            "source_node": url("source_node"), "support_node": url("support_node"),
            "metadata_receiver": url("metadata"),
        });
        self.app(with(json!({"controller": controller}), changes));
    }

    /// Has the app config speak of another server: a root of its own, and the same controller.
    pub(crate) fn move_to(&self, root: &str) {
        self.use_backups(json!({"root": self.path(root)}));
    }

    /// Writes the key and the number of a ts stream.
    pub(crate) fn keep_ts(&self, uid: &str, key: &str, last_seq: u64) {
        self.keep(&format!("{uid}.sauth"), key);
        self.keep(&format!("{uid}.restart"), &last_seq.to_string());
    }

    /// Writes a metadata file for its owner only.
    pub(crate) fn keep(&self, name: &str, text: &str) {
        let path = self.metadata(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Tells acecast that the transport files of a HLS stream have this infohash.
    pub(crate) fn know_hls(&self, uid: &str, port: u16) {
        self.sources(&[self.hls(uid, port)]);
        self.start();
        self.acecast(&["stop", &port.to_string()]).exit(0);
    }

    /// The text of a metadata file.
    #[track_caller]
    pub(crate) fn kept(&self, name: &str) -> String {
        read(&self.metadata(name))
    }

    /// The names in the metadata dir, in order.
    pub(crate) fn kept_names(&self) -> Vec<String> {
        names(&self.root().join("metadata"))
    }

    /// What the controller has been sent for the stream, if anything.
    pub(crate) fn sent(&self, uid: &str) -> Option<Value> {
        let posts = self.world.posts("metadata");
        posts.iter().rev().find_map(|post| post.doc().get(uid).cloned())
    }

    /// Has the controller hand out this metadata with the entries of its list, whatever it is sent.
    pub(crate) fn hand_out_metadata(&self, streams: &[(&str, Value)]) {
        let entry = |(uid, metadata): &(&str, Value)| with(self.ts(uid, 9), json!({"metadata": metadata}));
        self.world.hand_out("source_node", &streams.iter().map(entry).collect());
    }
}

/// The text of a file.
#[track_caller]
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in a folder, in order.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The path of the only file whose name begins so.
#[track_caller]
pub(crate) fn only(dir: &Path, start: &str) -> PathBuf {
    let names: Vec<String> = names(dir).into_iter().filter(|name| name.starts_with(start)).collect();
    assert_eq!(names.len(), 1, "one file {start}… in {}: {names:?}", dir.display());
    dir.join(&names[0])
}

/// What a document says of a stream of which there is one kind.
#[track_caller]
pub(crate) fn stream<'a>(doc: &'a Value, uid: &str) -> &'a Value {
    let all = doc["streams"].as_array().unwrap_or_else(|| panic!("no streams in {doc:#}"));
    let found: Vec<&Value> = all.iter().filter(|stream| stream["uid"] == uid).collect();
    assert_eq!(found.len(), 1, "one {uid} in {doc:#}");
    found[0]
}

/// The outcomes of all streams, in the document's order, as in `news sent`.
pub(crate) fn all_outcomes(doc: &Value) -> Vec<String> {
    let all = doc["streams"].as_array().unwrap_or_else(|| panic!("no streams in {doc:#}"));
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    all.iter().map(|stream| format!("{} {}", text(&stream["uid"]), text(&stream["outcome"]))).collect()
}

/// A private key that is whole by its form; each letter from A to P makes another one.
pub(crate) fn key(letter: char) -> String {
    // A DER sequence of 456 bytes, as its head says.
    let body = format!("MIIBx{}", letter.to_string().repeat(603));
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"))
}

/// The metadata of a ts stream as a controller has it.
pub(crate) fn ts_metadata(key: &str, last_seq: u64) -> Value {
    json!({"last_seq": last_seq, "private_key": key})
}

/// A proxy that answers itself, whatever host is asked for: it takes every POST, and its lists are empty.
pub(crate) struct Proxy {
    port: u16,
    posts: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) fn start() -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let posts = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&posts);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(stream, &count);
            }
        });
        Proxy { port, posts }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many POSTs it has taken.
    pub(crate) fn posts(&self) -> usize {
        self.posts.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, posts: &AtomicUsize) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        reader.read_line(&mut first)?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length])?;
        if first.starts_with("CONNECT") {
            // The tunnel leads here.
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            continue;
        }
        let body = if first.starts_with("POST") { "{\"result\":\"ok\"}" } else { "{\"result\":[]}" };
        posts.fetch_add(usize::from(first.starts_with("POST")), Ordering::SeqCst);
        let length = body.len();
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
    }
}
