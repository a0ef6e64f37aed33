//! A real MPEG-TS stream, where there is an `ffmpeg` to make one.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::json;

use crate::support::{Site, node, with};

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

#[test]
fn a_real_stream_flows_through_source_and_support_node() {
    let Some(ffmpeg) = ffmpeg() else {
        // Not by a macro: of those the harness hides what a passed test prints.
        let _ = writeln!(io::stderr(), "skipped: with_ffmpeg: no ffmpeg on PATH");
        return;
    };
    let site = Site::new();
    let [source, support] = site.ports();
    let url = serve(ffmpeg, &site);
    site.sources(&[with(site.ts("real", source), json!({"url": url, "bitrate": 100_000}))]);
    site.supports(&[site.support(support, source)]);
    site.start();
    site.await_status(source, "the source takes the real stream", |doc| {
        doc["source_connected"] == true && doc["source_download_rate"].as_u64() > Some(5_000)
    });
    site.await_status(support, "the support node gets it", |doc| {
        doc["download_speed"].as_u64() > Some(5_000)
    });
    let status = site.json(&["status"], 0);
    for port in [source, support] {
        assert!(node(&status, port)["download_speed"].as_u64() > Some(5_000), "{status:#}");
    }
    site.assert_nothing_to_do();
}
