//! Forms: their fields, their idempotency key, and the check that they were sent by a page of this site.
//!
//! What must hold: a form that another site made the browser send changes nothing.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::types::IdempotencyKey;
use crate::web::error::Error;
use crate::web::extract;

/// Refuses forms that another site made the browser send, by the header `Sec-Fetch-Site`.
pub async fn refuse_other_sites<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let site = request.headers().get("sec-fetch-site");
    let is_same_site = site.is_none_or(|site| site == "same-origin" || site == "none");
    if is_same_site || request.method().is_safe() {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let refused = request.error_response(Error::other_site());
    Ok(refused.map_into_right_body())
}

/// A new idempotency key for a form: a form that is sent twice is one request.
pub(super) fn fresh_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The fields of a form.
pub(super) type Fields = extract::Form;

/// The form's idempotency key.
///
/// # Errors
/// 422 if it is missing or malformed.
pub(super) fn key_field(fields: &[(String, String)]) -> Result<IdempotencyKey, Error> {
    let text = value_of(fields, "key").unwrap_or_default();
    extract::parse("/key", text)
}

/// The first value of a field.
pub(super) fn value_of<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let field = fields.iter().find(|(field, _)| field == name);
    field.map(|(_, value)| value.as_str())
}
