//! Listening, and a thread for each connection.
//!
//! A connection carries one request: those who look come every few seconds, from near by, and a connection that ends
//! needs no rules about what comes after a request that was refused.

use std::io::{self, ErrorKind, Read as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::WebError;
use super::request::{Refused, Request};
use super::response::Response;
use super::routes::Site;
use super::slots::{Slot, Slots};
use super::timed::{Timed, hang_up};

/// Enough for a thread that writes a document.
const STACK: usize = 512 * 1024;

/// How long accepting rests after it failed, for want of descriptors.
const REST: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// How long a stop waits for answers that are being made.
const FAREWELL: Duration = Duration::from_secs(2);

/// Answers until it is stopped or dropped.
#[must_use = "the server stops when it is dropped"]
pub(crate) struct Server {
    address: SocketAddr,
    slots: Slots,
    /// Dropped to stop.
    running: Option<(UnixStream, JoinHandle<()>)>,
}

impl Server {
    /// Binds, and then answers with what is made for the address that was bound.
    pub(super) fn start(
        address: SocketAddr,
        site: impl FnOnce(SocketAddr) -> Result<Site, WebError>,
    ) -> Result<Self, WebError> {
        let bind = |source| WebError::Bind { address, source };
        let listener = TcpListener::bind(address).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let site = Arc::new(site(address)?);
        let (stop, stopped) = UnixStream::pair().map_err(WebError::Start)?;
        let slots = Slots::default();
        let places = slots.clone();
        let accepting = Builder::new().name("web".to_owned()).stack_size(STACK);
        let accepting = accepting.spawn(move || accept_all(&listener, &stopped, &places, &site));
        Ok(Server { address, slots, running: Some((stop, accepting.map_err(WebError::Start)?)) })
    }

    /// Where it listens, with the port that the kernel chose if it was asked to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the port and all connections. An answer that is being made for longer than 2 s is not waited for.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some((stop, accepting)) = self.running.take() else { return };
        drop(stop);
        // A panic of the thread has closed the port as well.
        let _ = accepting.join();
        self.slots.clear(FAREWELL);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

fn accept_all(listener: &TcpListener, stopped: &UnixStream, slots: &Slots, site: &Arc<Site>) {
    let has_stopped = |rest: &Timespec| poll(&mut [PollFd::new(stopped, PollFlags::IN)], Some(rest)) != Ok(0);
    loop {
        let mut both = [PollFd::new(stopped, PollFlags::IN), PollFd::new(listener, PollFlags::IN)];
        match poll(&mut both, None) {
            Ok(_) if both[0].revents().is_empty() => {}
            Err(rustix::io::Errno::INTR) => continue,
            _ => return,
        }
        match listener.accept() {
            Ok((stream, _)) => welcome(stream, slots, site),
            // Gone before it was accepted.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::ConnectionAborted) => {}
            Err(_) if has_stopped(&REST) => return,
            Err(_) => {}
        }
    }
}

/// Gives the connection a place and a thread, or tells it that there is none.
fn welcome(stream: TcpStream, slots: &Slots, site: &Arc<Site>) {
    // Answers are written at once; who cannot have this is served all the same.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let Some(slot) = slots.take(&stream) else {
        turn_away(&stream);
        return;
    };
    let site = Arc::clone(site);
    // Without a thread, place and connection are given up with the closure.
    let _ = Builder::new().name("web client".to_owned()).stack_size(STACK).spawn(move || {
        if stream.set_nonblocking(false).is_ok() {
            talk(&stream, &slot, &site);
        }
    });
}

/// Says so in passing: whoever takes no answer at once gets none. What was sent is read first, because to close a
/// connection with something unread takes back the answer.
fn turn_away(stream: &TcpStream) {
    let busy = Response::text(503, "too many connections").with("Retry-After", "1");
    if stream.set_nonblocking(true).is_ok() {
        let _ = { stream }.read(&mut [0; 4096]);
        let _ = busy.send(&mut { stream }, false);
    }
}

fn talk(stream: &TcpStream, slot: &Slot, site: &Site) {
    let mut from = Timed::new(stream);
    let mut is_head = false;
    let answered = Request::read(&mut from).and_then(|mut request| {
        is_head = request.method == "HEAD";
        let body = if site.takes_body(&request) { request.body(&mut from)? } else { Vec::new() };
        slot.has_spoken();
        Ok(site.answer(&request, &body))
    });
    let Some(response) = answered.map_or_else(refusal, Some) else { return };
    if send(stream, &response, is_head).is_ok() {
        hang_up(stream);
    }
}

fn send(stream: &TcpStream, response: &Response, is_head: bool) -> io::Result<()> {
    response.send(&mut Timed::new(stream), is_head)
}

fn refusal(refused: Refused) -> Option<Response> {
    Some(match refused {
        Refused::Gone => return None,
        Refused::Slow => Response::text(408, "the request did not end in time"),
        Refused::Malformed => Response::text(400, "not a request of HTTP/1.0 or 1.1"),
        Refused::LongHead => Response::text(431, "the head is too long"),
        Refused::LongBody => Response::text(413, "the body is too long"),
        Refused::NoLength => Response::text(411, "a body needs a length"),
    })
}
