//! The servers around acecast, in one foreground process on 127.0.0.1.

mod controller;
mod faults;
mod playlist;
mod received;
mod shape;
mod streams;
mod ts;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use crate::http::server::accept;
use crate::threads;

/// Which servers to run, and on which ports; 0 takes a free one.
pub(crate) struct World {
    pub(crate) streams: Option<u16>,
    /// The folder and the port.
    pub(crate) controller: Option<(PathBuf, u16)>,
}

/// Every stream is a connection of its own.
const CONNECTIONS: usize = 2048;

impl World {
    /// Serves until SIGTERM or SIGINT, or the end of standard input.
    ///
    /// One line of JSON on stdout, and the ready file, say that it is ready and where.
    pub(crate) fn serve(self, ready_file: Option<&Path>, until_stdin_closes: bool) -> io::Result<()> {
        let (mut bell, ring) = UnixStream::pair()?;
        for signal in [SIGTERM, SIGINT] {
            pipe::register(signal, ring.try_clone()?)?;
        }
        let mut ready = Map::new();
        if let Some(port) = self.streams {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
            ready.insert("streams".to_owned(), url(&listener)?);
            let streams = streams::Streams::default();
            threads::detach("streams", move || {
                accept(&listener, CONNECTIONS, move |stream| {
                    let _ = streams.answer(&stream);
                });
            })?;
        }
        if let Some((dir, port)) = self.controller {
            let controller = controller::Controller::open(&dir)?;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
            ready.insert("controller".to_owned(), url(&listener)?);
            threads::detach("controller", move || {
                accept(&listener, CONNECTIONS, move |stream| {
                    let _ = controller.answer(&stream);
                });
            })?;
        }
        ready.insert("pid".to_owned(), std::process::id().into());
        announce(&Value::from(ready).to_string(), ready_file)?;
        if until_stdin_closes {
            threads::detach("stdin", move || {
                let mut buffer = [0; 4096];
                while io::stdin().read(&mut buffer).is_ok_and(|count| count > 0) {}
                let _ = (&ring).write(&[0]);
            })?;
            return wait(&mut bell);
        }
        // The writing end must outlive the wait: its end would look like a signal.
        let ended = wait(&mut bell);
        drop(ring);
        ended
    }
}

fn wait(bell: &mut UnixStream) -> io::Result<()> {
    loop {
        match bell.read(&mut [0; 1]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map(drop),
        }
    }
}

fn url(listener: &TcpListener) -> io::Result<Value> {
    Ok(format!("http://127.0.0.1:{}", listener.local_addr()?.port()).into())
}

fn announce(line: &str, ready_file: Option<&Path>) -> io::Result<()> {
    if let Some(path) = ready_file {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        fs::write(&beside, format!("{line}\n"))?;
        fs::rename(&beside, path)?;
    }
    let mut stdout = io::stdout();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
