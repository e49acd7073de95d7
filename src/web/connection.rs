//! One client's connection: it is closed when a request's head does not arrive, or when the client does not
//! receive what it is sent.
//!
//! actix-http bounds the time of the first head alone: a client that sends half of a second one, or a body
//! that nobody reads, could keep its connection for ever. Here a connection is closed when it was opened, or
//! bytes have come, for the length of the deadline without a request being handled or an answer being
//! written; the time between an answer and the first byte of the next request is actix-http's, unless the body
//! of the answered one may go on: for the end of a chunked one actix-http would wait for ever. That the
//! client does not receive is seen by the kernel (`TCP_USER_TIMEOUT`), which also knows when nothing can be
//! sent to a client whose buffers are full.
//!
//! A stream is closed when its client has gone: actix-http lets a client close its side and wait for the rest
//! of an answer, and would notice only by what it cannot send.
//!
//! A connection is closed, too, when more heads have come than are handled: actix-http decodes all that it has read,
//! and 128 KiB of small requests sent ahead became 20 MiB of decoded ones.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::malformed;
use crate::access::connections::Admitted;
use crate::config::LimitConfig;

/// Bytes that the kernel keeps at most for a client that does not receive; it doubles them for its own use.
const SEND_BUFFER_BYTES: usize = 128 * 1024;

/// Requests that a client may send ahead. Nearly all send none.
const AHEAD_MAX: u32 = 32;

/// A connection that a client was let in on.
pub(super) struct Connection {
    stream: TcpStream,
    progress: Rc<Progress>,
    head_deadline: Duration,
    /// Made when a head is waited for, and kept.
    timer: Option<Pin<Box<Sleep>>>,
    /// Looks for the ends of heads.
    lines: Lines,
    /// What is left to be written instead of an answer of actix-http's own.
    refusal: Vec<u8>,
    /// Whether the timer is going to wake this task.
    is_armed: bool,
    _admitted: Admitted,
}

/// How far the request is that a connection is about.
pub(super) struct Progress {
    /// Whether a request is handled: its head was read, nothing of its answer is written.
    is_handled: Cell<bool>,
    /// Whether its body is chunked.
    is_chunked: Cell<bool>,
    /// Whether its answer goes on until the client goes.
    is_endless: Cell<bool>,
    /// Since when bytes have come, or the rest of a chunked body is missing, without a request being handled.
    waits_since: Cell<Option<Instant>>,
    /// Heads that have come and are not handled yet; at most so many, as a body may have empty lines.
    heads: Cell<u32>,
}

/// Finds the empty lines in what comes in pieces.
#[derive(Default)]
struct Lines {
    /// What has come of the last line is nothing but this.
    begun: Begun,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Begun {
    #[default]
    Text,
    Nothing,
    CarriageReturn,
}

impl Lines {
    /// How many empty lines end in this piece.
    fn count_empty(&mut self, piece: &[u8]) -> u32 {
        let mut empty = 0;
        let mut begin = 0;
        for end in memchr::memchr_iter(b'\n', piece) {
            let is_empty = match &piece[begin..end] {
                b"" => self.begun != Begun::Text,
                b"\r" => self.begun == Begun::Nothing,
                _ => false,
            };
            empty += u32::from(is_empty);
            self.begun = Begun::Nothing;
            begin = end + 1;
        }
        self.begun = match (&piece[begin..], self.begun) {
            (b"", begun) => begun,
            (b"\r", Begun::Nothing) => Begun::CarriageReturn,
            _ => Begun::Text,
        };
        empty
    }
}

impl Progress {
    fn new() -> Self {
        Self {
            is_handled: Cell::new(false),
            is_chunked: Cell::new(false),
            is_endless: Cell::new(false),
            waits_since: Cell::new(Some(Instant::now())),
            heads: Cell::new(0),
        }
    }

    /// A request begins to be handled.
    pub(super) fn handle(&self, is_chunked: bool) {
        self.is_handled.set(true);
        self.is_chunked.set(is_chunked);
        self.is_endless.set(false);
        self.waits_since.set(None);
        self.heads.set(self.heads.get().saturating_sub(1));
    }

    /// The answer goes on until the client goes.
    pub(super) fn go_on(&self) {
        self.is_endless.set(true);
    }

    /// Bytes have come, with the ends of so many heads.
    fn receive(&self, heads: u32) {
        self.heads.set(self.heads.get() + heads);
        if !self.is_handled.get() && self.waits_since.get().is_none() {
            self.waits_since.set(Some(Instant::now()));
        }
    }

    fn send(&self) {
        self.is_handled.set(false);
        self.waits_since
            .set(self.is_chunked.get().then(Instant::now));
    }
}

impl Connection {
    /// Sets the socket's limits.
    pub(super) fn new(stream: TcpStream, admitted: Admitted, config: &LimitConfig) -> Self {
        // Without these limits it works as well, if not for so many.
        if let Err(error) = bound(&stream, config.reader_deadline_ms) {
            log::debug!("a connection's socket keeps its limits: {error}");
        }
        // An answer goes out in pieces: with Nagle's algorithm the second one would wait for the client's delayed
        // acknowledgement of the first, 40 ms. <https://www.rfc-editor.org/rfc/rfc9293#section-3.7.4>
        if let Err(error) = stream.set_nodelay(true) {
            log::debug!("a connection's answers are slow: {error}");
        }
        Self {
            stream,
            progress: Rc::new(Progress::new()),
            head_deadline: config.head_deadline(),
            timer: None,
            lines: Lines::default(),
            refusal: Vec::new(),
            is_armed: false,
            _admitted: admitted,
        }
    }

    /// How far its request is.
    pub(super) fn progress(&self) -> Rc<Progress> {
        self.progress.clone()
    }

    /// Where the client is.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.stream.peer_addr().ok()
    }

    /// Writes a refusal that is not written yet, whole.
    fn poll_refusal(
        &mut self,
        context: &mut Context<'_>,
        refusal: Vec<u8>,
    ) -> Poll<io::Result<()>> {
        if self.refusal.is_empty() {
            self.refusal = refusal;
        }
        while !self.refusal.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.refusal))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.refusal.drain(..written);
        }
        Poll::Ready(Ok(()))
    }

    /// Ready when a request's head has been waited for too long.
    fn poll_head_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while let Some(since) = self.progress.waits_since.get() {
            let deadline = since + self.head_deadline;
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            if !self.is_armed {
                timer.as_mut().reset(deadline);
                self.is_armed = true;
            }
            // It may have been set for a request before this one: then it is set again.
            ready!(timer.as_mut().poll(context));
            self.is_armed = false;
            if deadline <= Instant::now() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}

#[cfg(target_os = "linux")]
fn bound(stream: &TcpStream, reader_deadline_ms: u32) -> rustix::io::Result<()> {
    use rustix::net::sockopt;
    sockopt::set_tcp_user_timeout(stream, reader_deadline_ms)?;
    sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER_BYTES)
}

#[cfg(not(target_os = "linux"))]
fn bound(stream: &TcpStream, _reader_deadline_ms: u32) -> rustix::io::Result<()> {
    rustix::net::sockopt::set_socket_send_buffer_size(stream, SEND_BUFFER_BYTES)
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let had = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                let piece = &buffer.filled()[had..];
                if piece.is_empty() {
                    if self.progress.is_endless.get() {
                        return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                    }
                } else {
                    let heads = self.lines.count_empty(piece);
                    self.progress.receive(heads);
                    if self.progress.heads.get() > AHEAD_MAX {
                        let reason = "too many requests are sent ahead";
                        return Poll::Ready(Err(io::Error::other(reason)));
                    }
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                ready!(self.poll_head_deadline(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match malformed::find(bytes) {
            Some((0, refusal)) => ready!(self.poll_refusal(context, refusal)).map(|()| bytes.len()),
            // First what stands before it.
            Some((at, _)) => ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..at])),
            None => ready!(Pin::new(&mut self.stream).poll_write(context, bytes)),
        };
        self.progress.send();
        // It wakes this task; the next attempt to read finds that it is too late.
        self.poll_head_deadline(context).is_ready();
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_found_however_they_are_cut() {
        let text = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\n\n\nx\r\r\n\r\n";
        for size in 1..=text.len() {
            let mut lines = Lines::default();
            let found: u32 = text
                .chunks(size)
                .map(|piece| lines.count_empty(piece))
                .sum();
            assert_eq!(found, 4, "{size}");
        }
        assert_eq!(Lines::default().count_empty(b"\r\n"), 0);
    }
}
