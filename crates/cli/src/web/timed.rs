//! A connection with a time limit for the whole exchange, not for each byte of it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A client gets so long to say what it wants, and so long again to take the answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// So much of what a client still sends after its answer is read, so that the kernel does not take back the answer
/// with a reset.
const LEFTOVERS: usize = 64 * 1024;

/// Reads and writes until a deadline.
pub(super) struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl<'a> Timed<'a> {
    /// A fresh deadline on the connection.
    pub(super) fn new(stream: &'a TcpStream) -> Self {
        Self::within(stream, PATIENCE)
    }

    fn within(stream: &'a TcpStream, time: Duration) -> Self {
        Timed { stream, until: Instant::now() + time }
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        let mut stream = self.stream;
        stream.read(into)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        let mut stream = self.stream;
        stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ends a connection so that its client gets the whole answer.
pub(super) fn hang_up(stream: &TcpStream) {
    if stream.shutdown(std::net::Shutdown::Write).is_err() {
        return;
    }
    let mut rest = Timed::within(stream, Duration::from_secs(1));
    let (mut buffer, mut read) = ([0; 4096], 0);
    while read < LEFTOVERS {
        match rest.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(n) => read += n,
        }
    }
}
