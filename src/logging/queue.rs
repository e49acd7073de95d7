//! Lines on their way to standard error, written by a thread of its own.
//!
//! What must hold: whoever logs waits for no write; what waits to be written is bounded, and what does not fit is
//! dropped and counted. The first line wakes the writer, which then waits a moment for more, so that an on-sale costs
//! fifty writes a second and not thousands.

use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::metrics::LOG_LINES_DROPPED;

/// Bytes that wait at most: what half a second of an on-sale writes.
const WAITING_MAX: usize = 4 * 1024 * 1024;
/// Of the memory of written lines so much is kept.
const SPARE_MAX: usize = 256 * 1024;
/// How long the writer waits for more.
const PAUSE: Duration = Duration::from_millis(20);

/// The lines, and where they go.
pub(super) struct Queue<W> {
    waiting: Mutex<Waiting>,
    filled: Condvar,
    /// Locked by whoever writes, before it takes what waits: so lines stay in order.
    out: Mutex<W>,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    /// Lines that did not fit since the last write.
    dropped: u64,
    /// The memory of lines that were written, for those that come next.
    spare: Vec<u8>,
}

impl<W: Write> Queue<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            waiting: Mutex::default(),
            filled: Condvar::new(),
            out: Mutex::new(out),
        }
    }

    /// Adds a line.
    pub(super) fn push(&self, line: &[u8]) {
        let mut waiting = self.waiting();
        if waiting.lines.len() + line.len() > WAITING_MAX {
            waiting.dropped += 1;
            LOG_LINES_DROPPED.add_one();
            return;
        }
        let is_first = waiting.lines.is_empty();
        waiting.lines.extend_from_slice(line);
        drop(waiting);
        if is_first {
            self.filled.notify_one();
        }
    }

    /// Writes lines as they come, for ever.
    pub(super) fn write_for_ever(&self) {
        loop {
            let waiting = self.waiting();
            let is_empty = |waiting: &mut Waiting| waiting.lines.is_empty();
            drop(self.filled.wait_while(waiting, is_empty));
            std::thread::sleep(PAUSE);
            self.write();
        }
    }

    /// Writes what waits.
    pub(super) fn write(&self) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut lines, dropped) = {
            let mut waiting = self.waiting();
            let empty = std::mem::take(&mut waiting.spare);
            let lines = std::mem::replace(&mut waiting.lines, empty);
            (lines, std::mem::take(&mut waiting.dropped))
        };
        // Standard error may be closed; then there is nobody to tell.
        out.write_all(&lines).ok();
        if dropped > 0 {
            writeln!(
                out,
                "{dropped} lines of the log were dropped: it is not read fast enough"
            )
            .ok();
        }
        out.flush().ok();
        lines.clear();
        lines.shrink_to(SPARE_MAX);
        self.waiting().spare = lines;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_dropped_and_told_and_nobody_waits() {
        let queue = Queue::new(Vec::new());
        let line = [&[b'x'; 1023][..], b"\n"].concat();
        for _ in 0..WAITING_MAX / 1024 + 3 {
            queue.push(&line);
        }
        queue.write();
        queue.push(b"the next one\n");
        queue.write();
        let out = String::from_utf8(queue.out.into_inner().unwrap()).unwrap();
        let last: Vec<_> = out.lines().skip(WAITING_MAX / 1024).collect();
        let told = "3 lines of the log were dropped: it is not read fast enough";
        assert_eq!(last, [told, "the next one"]);
    }
}
