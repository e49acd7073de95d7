//! The id of a request: on its answer, in a problem, and in the log line of a defect.
//!
//! What must hold: every answer of a handler has one; a request's own id is taken only from a trusted proxy, and only
//! if it cannot break a log line. Answers to what is no HTTP are made by actix-http and have none.

use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use ipnet::IpNet;
use uuid::Uuid;

use super::client;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of an id that a proxy sends, at most.
const ID_MAX: usize = 64;

tokio::task_local! {
    static ID: HeaderValue;
}

/// The id of the request that this task works on; a new one outside of any.
pub(super) fn current() -> HeaderValue {
    ID.try_with(HeaderValue::clone).unwrap_or_else(|_| fresh())
}

/// Handles a request under its id, and puts the id on the answer.
pub(super) fn within<S, B>(
    request: ServiceRequest,
    service: &S,
    trusted: &[IpNet],
) -> impl Future<Output = Result<ServiceResponse<B>, S::Error>> + use<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>>,
{
    let id = sent(&request, trusted).unwrap_or_else(fresh);
    let answer = ID.sync_scope(id.clone(), || service.call(request));
    ID.scope(id, async move {
        let mut response = answer.await?;
        response.headers_mut().insert(X_REQUEST_ID, current());
        Ok(response)
    })
}

fn fresh() -> HeaderValue {
    let id = Uuid::new_v4();
    let mut text = Uuid::encode_buffer();
    let text = id.hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("-"))
}

/// What a trusted proxy calls it: letters, digits and what stands in URLs as it is.
fn sent(request: &ServiceRequest, trusted: &[IpNet]) -> Option<HeaderValue> {
    let id = request.headers().get(X_REQUEST_ID)?;
    let bytes = id.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let is_usable = (1..=ID_MAX).contains(&bytes.len()) && bytes.iter().all(is_plain);
    let peer = request.peer_addr()?.ip().to_canonical();
    (is_usable && client::is_trusted(peer, trusted)).then(|| id.clone())
}
