//! What a command prints for the operator: lines on standard output, and why it failed. What must hold: a closed
//! pipe ends no command with an error.

use std::io::Write;

/// Why a command failed, as text for the operator.
pub(super) type Failure = Box<dyn std::error::Error>;

/// Prints a line on standard output; a closed pipe (`| head`) is not an error.
pub(super) fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
