//! What scripts of other sites may do: everybody's may read the catalogue, those of the origins that the settings name
//! may do everything under /api. <https://fetch.spec.whatwg.org/#http-cors-protocol>
//!
//! What must hold: a cookie counts nowhere under /api, so no answer allows credentials. A request without `Origin` costs
//! one look at its headers.

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW,
    HeaderValue, ORIGIN, VARY,
};

use crate::config::Origin;

/// What a script may send beside what is always allowed.
const SENT: HeaderValue = HeaderValue::from_static(
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id",
);

/// What a script may read beside what is always allowed.
pub(super) const READ: HeaderValue = HeaderValue::from_static(
    "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
);

/// Seconds for which a browser need not ask again: it takes no longer until a new setting is in force.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Adds to an answer under /api what the sender's browser must be told.
pub(super) fn allow<B>(mut response: ServiceResponse<B>, named: &[Origin]) -> ServiceResponse<B> {
    let Some(origin) = response.request().headers().get(ORIGIN).cloned() else {
        return response;
    };
    let head = response.request().head();
    let is_preflight =
        head.method == Method::OPTIONS && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let is_named = named
        .iter()
        .any(|named| named.as_bytes() == origin.as_bytes());
    let headers = response.headers_mut();
    if is_named && !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READ);
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if is_preflight
        && headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
        && let Some(methods) = headers.get(ALLOW).cloned()
    {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    response
}
