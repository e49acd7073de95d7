//! Reads the bodies of requests: the only code that does.
//!
//! What must hold: a body is never unpacked, so that a few bytes cannot become many; no more than
//! [`BODY_MAX`] bytes are kept of it, or of a picture what `upload` says; it arrives within its deadline or is refused. That is why the
//! extractors of actix-web are not used (`clippy.toml` forbids them): they unpack, and wait for ever.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use actix_web::web::{Bytes, BytesMut, Data};
use futures::StreamExt;

use super::error::Error;
use crate::app::App;

/// Bytes of a request's body at most.
pub(super) const BODY_MAX: usize = 64 * 1024;
/// Bytes of a body that holds many of something.
pub(super) const LONG_BODY_MAX: usize = 256 * 1024;

/// So many times as long as any other a large body may take.
const LARGE_TAKE: u32 = 6;

/// How long a server that stops waits for bodies that are half there.
const DRAINING_DEADLINE: Duration = Duration::from_secs(1);

/// Takes the body of a request.
///
/// # Errors
/// 415 for one that is packed, 413 for one that is too long, 408 for one that does not arrive in time, 400
/// for one that breaks off.
pub(super) fn take(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, Error>> + 'static {
    take_up_to(request, payload, BODY_MAX)
}

/// As [`take`], of up to so many bytes; the more there may be, the longer they may take.
///
/// # Errors
/// Those of [`take`].
pub(super) fn take_up_to(
    request: &HttpRequest,
    payload: &mut Payload,
    bytes_max: usize,
) -> impl Future<Output = Result<Bytes, Error>> + 'static {
    let accepted = accept(request, bytes_max);
    let payload = payload.take();
    async move {
        let (app, deadline) = accepted?;
        let is_late = async {
            tokio::select! {
                () = tokio::time::sleep(deadline) => {}
                () = async {
                    app.draining().await;
                    tokio::time::sleep(DRAINING_DEADLINE).await;
                } => {}
            }
        };
        tokio::select! {
            biased;
            body = read(payload, bytes_max) => body,
            () = is_late => Err(Error::body_too_slow(deadline)),
        }
    }
}

/// Looks at what the head says of the body. How long it may take to arrive.
fn accept(request: &HttpRequest, bytes_max: usize) -> Result<(Data<App>, Duration), Error> {
    let headers = request.headers();
    for coding in headers.get_all(CONTENT_ENCODING) {
        if !coding.as_bytes().eq_ignore_ascii_case(b"identity") {
            return Err(Error::packed_body());
        }
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    let length = length.and_then(|digits| digits.parse::<u64>().ok());
    if length.is_some_and(|length| length > bytes_max as u64) {
        return Err(Error::too_large(bytes_max));
    }
    let app = request.app_data::<Data<App>>();
    let app = app.ok_or_else(|| Error::unreadable("problem-body-unreadable"))?;
    let deadline = app.config.limits.body_deadline();
    let is_large = bytes_max > BODY_MAX;
    Ok((
        app.clone(),
        if is_large {
            deadline * LARGE_TAKE
        } else {
            deadline
        },
    ))
}

async fn read(mut payload: Payload, bytes_max: usize) -> Result<Bytes, Error> {
    let mut chunks = Vec::new();
    let mut bytes = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::unreadable("problem-body-unreadable"))?;
        bytes += chunk.len();
        if bytes > bytes_max {
            return Err(Error::too_large(bytes_max));
        }
        chunks.push(chunk);
    }
    if chunks.len() > 1 {
        let mut whole = BytesMut::with_capacity(bytes);
        for chunk in &chunks {
            whole.extend_from_slice(chunk);
        }
        return Ok(whole.freeze());
    }
    Ok(chunks.pop().unwrap_or_default())
}
