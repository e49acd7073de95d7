//! What a command says to the operator.

use std::io::Write;

/// Why a command gave up, in words for the operator.
pub(super) type Failure = Box<dyn std::error::Error>;

/// A line on standard output; a reader that has gone (`| head`) has seen enough.
pub(super) fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
