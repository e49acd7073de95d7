//! The id of a request: on its answer, in a problem, and in its lines of the log.
//!
//! What must hold: every answer of a handler has one; a request's own id is taken only from a trusted proxy, and only
//! if it cannot break a log line. Answers to what is no HTTP are made by actix-http and have none.

use std::fmt;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use ipnet::IpNet;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::client;

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Bytes of an id that a proxy sends, at most.
const ID_MAX: usize = 64;

/// Room for the text of an id that is made here.
pub(super) type IdText = [u8; Hyphenated::LENGTH];

/// The id of a request. One of our own is written out where it is needed.
#[derive(Debug, Clone)]
pub(super) enum RequestId {
    /// Made here.
    Own(Uuid),
    /// A trusted proxy's.
    Sent(HeaderValue),
}

impl RequestId {
    /// That of a request.
    pub(super) fn of(request: &ServiceRequest, trusted: &[IpNet]) -> Self {
        sent(request, trusted).map_or_else(Self::fresh, Self::Sent)
    }

    /// A new one.
    pub(super) fn fresh() -> Self {
        Self::Own(Uuid::new_v4())
    }

    /// Its text, in this buffer if it needs one.
    pub(super) fn text<'a>(&'a self, buffer: &'a mut IdText) -> &'a str {
        match self {
            Self::Own(id) => id.hyphenated().encode_lower(buffer),
            Self::Sent(id) => id.to_str().unwrap_or_default(),
        }
    }

    /// As a header has it.
    pub(super) fn header(&self) -> HeaderValue {
        match self {
            Self::Own(_) => HeaderValue::from_str(self.text(&mut [0; Hyphenated::LENGTH]))
                .unwrap_or(HeaderValue::from_static("-")),
            Self::Sent(id) => id.clone(),
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; Hyphenated::LENGTH]))
    }
}

/// What a trusted proxy calls it: `X-Request-Id`, or else the id of the trace that it is part of.
fn sent(request: &ServiceRequest, trusted: &[IpNet]) -> Option<HeaderValue> {
    if trusted.is_empty() {
        return None;
    }
    let peer = request.peer_addr()?.ip().to_canonical();
    if !client::is_trusted(peer, trusted) {
        return None;
    }
    let headers = request.headers();
    let id = headers.get(X_REQUEST_ID).filter(|id| is_plain(id)).cloned();
    id.or_else(|| trace_id(headers.get(TRACEPARENT)?))
}

/// Letters, digits and what stands in URLs as it is.
fn is_plain(id: &HeaderValue) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    (1..=ID_MAX).contains(&id.len()) && id.as_bytes().iter().all(is_plain)
}

/// The id of a trace: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. Later versions may go on after it.
/// <https://www.w3.org/TR/trace-context/#traceparent-header>
fn trace_id(traceparent: &HeaderValue) -> Option<HeaderValue> {
    let mut parts = traceparent.to_str().ok()?.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == length && text.bytes().all(is_hex)
    };
    let is_whole = is_hex(version, 2) && is_hex(trace, 32) && is_hex(parent, 16);
    let is_valid = is_whole && version != "ff" && trace.bytes().any(|byte| byte != b'0');
    is_valid.then(|| HeaderValue::from_str(trace).ok())?
}
