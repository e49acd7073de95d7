//! What handlers read from a request: JSON bodies, query strings, ids in paths, the idempotency key,
//! what a booking link carries.
//!
//! What must hold: every failure is an [`Error`] that names the field; no body is read beyond
//! [`BODY_MAX`]. It may not look anything up: `find` and `session` do.

use std::pin::Pin;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::error::Error;
use crate::types::IdempotencyKey;
use crate::types::json::{self, JsonError};

/// Bytes of a request's body at most.
pub const BODY_MAX: usize = 64 * 1024;

/// A request's body, [`BODY_MAX`] bytes at most.
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = Bytes::from_request(request, payload);
        Box::pin(async {
            let body = read
                .await
                .map_err(|error| match error.as_error::<PayloadError>() {
                    Some(PayloadError::Overflow) => Error::too_large(BODY_MAX),
                    _ => Error::unreadable("The body cannot be read"),
                });
            Ok(Self(body?))
        })
    }
}

/// The JSON body of a request.
///
/// # Errors
/// 415 for another content type, 400 if the body is not JSON, 422 with the JSON pointer of a field that does
/// not fit.
pub fn json<T: DeserializeOwned>(request: &HttpRequest, Body(body): &Body) -> Result<T, Error> {
    require_json(request)?;
    json::read(body).map_err(|error| match error {
        JsonError::NotJson(reason) => Error::unreadable(format!("The body is not JSON: {reason}")),
        JsonError::Misfit { pointer, detail } => Error::invalid_field(&pointer, detail),
    })
}

/// The request says that its body is JSON.
///
/// # Errors
/// 415.
pub fn require_json(request: &HttpRequest) -> Result<(), Error> {
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .map_or(b"".as_slice(), |value| value.as_bytes());
    let essence = content_type
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/json") {
        Ok(())
    } else {
        Err(Error::unsupported_media_type("application/json"))
    }
}

/// The query string of a request.
///
/// # Errors
/// 422 with the name of the parameter.
pub fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Error> {
    actix_web::web::Query::from_query(request.query_string())
        .map(actix_web::web::Query::into_inner)
        .map_err(|error| Error::invalid_field("", format!("query: {error}")))
}

/// Parses one value that came as text.
///
/// # Errors
/// 422 with this pointer.
pub fn parse<T: FromStr>(pointer: &str, text: &str) -> Result<T, Error>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| Error::invalid_field(pointer, error.to_string()))
}

/// An id in the path; a malformed one names nothing, so it is not found either.
///
/// # Errors
/// 404.
pub fn path_id<T: FromStr>(request: &HttpRequest, name: &str, what: &str) -> Result<T, Error> {
    request
        .match_info()
        .get(name)
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::not_found(what))
}

/// The `Idempotency-Key` header.
///
/// # Errors
/// 400 if it is missing, repeated, too long or not printable.
pub fn idempotency_key(request: &HttpRequest) -> Result<IdempotencyKey, Error> {
    let mut values = request.headers().get_all("idempotency-key");
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Error::unreadable(
            "Exactly one Idempotency-Key header is needed: any 1 to 255 printable characters",
        ));
    };
    let key = std::str::from_utf8(value.as_bytes())
        .ok()
        .and_then(|text| text.parse().ok());
    key.ok_or_else(|| {
        Error::unreadable("The Idempotency-Key must be 1 to 255 printable characters")
    })
}

/// What the link of a booking carries: `access` of the query string, if it could be one of ours. It may
/// stand in a URL as it is.
pub fn access(request: &HttpRequest) -> Option<String> {
    let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let pairs: Vec<(String, String)> = query(request).ok()?;
    let (_, text) = pairs.into_iter().find(|(name, _)| name == "access")?;
    (text.len() <= 64 && text.bytes().all(is_ours)).then_some(text)
}
