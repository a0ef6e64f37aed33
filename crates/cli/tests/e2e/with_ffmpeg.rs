//! Real streams, MPEG-TS and HLS, where there is an `ffmpeg` to make them.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::support::{Site, eventually, node, with};

fn ffmpeg() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join("ffmpeg")).find(|file| file.is_file())
}

/// Serves a test picture to whoever connects, and gives the URL. Each ffmpeg names the site's folder, so that it ends
/// with the site at the latest.
fn serve(ffmpeg: PathBuf, site: &Site) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/test.ts", listener.local_addr().unwrap());
    let label = format!("service_name={}", site.path("ffmpeg").display());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (ffmpeg, label) = (ffmpeg.clone(), label.clone());
            thread::spawn(move || stream.and_then(|stream| broadcast(&ffmpeg, &label, stream)));
        }
    });
    url
}

fn broadcast(ffmpeg: &PathBuf, label: &str, mut stream: TcpStream) -> io::Result<()> {
    let _ = stream.read(&mut [0; 4096])?;
    stream.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")?;
    let mut command = Command::new(ffmpeg);
    command.args(["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=25"]);
    command.args(["-c:v", "mpeg2video", "-b:v", "800k", "-metadata", label, "-f", "mpegts", "pipe:1"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut picture = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let copied = io::copy(&mut picture, &mut stream);
    child.kill()?;
    child.wait()?;
    copied.map(drop)
}

/// A live playlist with segments, made by one ffmpeg in the site's folder; gives the URL. The ffmpeg ends with the
/// site, whose folder it names.
fn serve_hls(ffmpeg: &PathBuf, site: &Site) -> String {
    let dir = site.path("hls");
    fs::create_dir(&dir).unwrap();
    let mut command = Command::new(ffmpeg);
    command.args(["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=25"]);
    command.args(["-c:v", "mpeg2video", "-b:v", "800k", "-g", "25", "-f", "hls", "-hls_time", "1"]);
    command.args(["-hls_list_size", "5", "-hls_flags", "delete_segments"]).arg(dir.join("index.m3u8"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::spawn(move || child.wait());
    eventually("ffmpeg has written a playlist", || dir.join("index.m3u8").exists().then_some(()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/index.m3u8", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let dir = dir.clone();
            thread::spawn(move || stream.and_then(|stream| send_file(&dir, stream)));
        }
    });
    url
}

fn send_file(dir: &Path, mut stream: TcpStream) -> io::Result<()> {
    let mut request = [0; 4096];
    let len = stream.read(&mut request)?;
    let request = String::from_utf8_lossy(&request[..len]).into_owned();
    let name = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    match fs::read(dir.join(name)) {
        Ok(bytes) => {
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n")?;
            stream.write_all(&bytes)
        }
        Err(_) => stream.write_all(b"HTTP/1.0 404 Not Found\r\n\r\n"),
    }
}

/// The story of the README's first command, with real streams.
#[test]
fn the_tour_with_real_streams() {
    let Some(ffmpeg) = ffmpeg() else {
        // Not by a macro: of those the harness hides what a passed test prints.
        let _ = writeln!(io::stderr(), "skipped: with_ffmpeg: no ffmpeg on PATH");
        return;
    };
    let site = Site::new();
    let [ts, hls, first, second] = site.ports();
    let news = with(site.ts("news", ts), json!({"url": serve(ffmpeg.clone(), &site), "bitrate": 100_000}));
    let sport = with(site.hls("sport", hls), json!({"url": serve_hls(&ffmpeg, &site)}));
    site.sources(&[news.clone(), sport.clone()]);
    site.supports(&[site.support(first, ts), site.support(second, hls)]);
    site.acecast(&["check"]).exit(0);
    assert_eq!(site.plan()["changes"], 4);
    site.start();
    let flows = |doc: &Value| {
        let rate = doc["source_download_rate"].as_u64().max(doc["download_speed"].as_u64());
        rate > Some(5_000)
    };
    for port in [ts, hls, first, second] {
        site.await_status(port, "the real stream flows", flows);
    }
    site.assert_nothing_to_do();
    let before = site.pids();

    site.sources(&[with(news, json!({"bitrate": 120_000})), sport]);
    site.supports(&[site.support(first, ts)]);
    let plan = site.plan();
    assert_eq!(node(&plan, ts)["drift"][0]["field"], "bitrate", "{plan:#}");
    assert_eq!(node(&plan, second)["action"], "stop");
    site.start();
    site.await_status(ts, "the restarted source takes the real stream", flows);
    let after = site.pids();
    assert_eq!((after[&hls], after[&first]), (before[&hls], before[&first]), "only what changed was touched");
    site.assert_nothing_to_do();
    site.acecast(&["stop", "all"]).exit(0);
    site.acecast(&["status"]).exit(1);
}
