//! The answers to what is no HTTP, or whose head is too long: a problem like any other.
//!
//! actix-http makes these answers where no handler is known, without a body. Here they are recognised as they are
//! written to the connection: they are the last thing on it, have no body and no `X-Request-Id`, which every other answer
//! has. What must hold: an answer of a handler is never taken for one.

use super::error::Error;

/// The beginning of an answer, and what stands for it.
type Beginning = (&'static [u8], fn() -> Error);

/// How the head of such an answer begins, and what it means.
const BEGINNINGS: [Beginning; 2] = [
    (b"HTTP/1.1 400 Bad Request\r\n", Error::malformed),
    (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
        Error::head_too_large,
    ),
];

/// Longer than such a head ever is.
const HEAD_MAX: usize = 160;

/// Where an answer of actix-http's own begins in what is written, and what is written instead of it.
pub(super) fn find(written: &[u8]) -> Option<(usize, Vec<u8>)> {
    if !written.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = written.len().saturating_sub(HEAD_MAX);
    BEGINNINGS.iter().find_map(|(beginning, error)| {
        let at = memchr::memmem::rfind(&written[from..], beginning)? + from;
        let head = &written[at..];
        let is_empty = memchr::memmem::find(head, b"content-length: 0\r\n").is_some();
        let is_of_handler = memchr::memmem::find(head, b"x-request-id: ").is_some();
        let is_one = memchr::memmem::find(head, b"\r\n\r\n") == Some(head.len() - 4);
        (is_empty && !is_of_handler && is_one).then(|| (at, error().without_request()))
    })
}
