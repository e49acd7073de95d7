//! What handlers read from a request: JSON bodies, query strings, ids in paths, the idempotency key,
//! what a booking link carries.
//!
//! What must hold: every failure is an [`Error`] that names the field; no body is read beyond
//! [`body::BODY_MAX`]. It may not look anything up: `find` and `session` do.

use std::pin::Pin;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Query};
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::body;
use super::error::Error;
use crate::types::IdempotencyKey;
use crate::types::json::{self, JsonError};

/// The content type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request's body, [`body::BODY_MAX`] bytes at most.
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body::take(request, payload);
        Box::pin(async { Ok(Self(body.await?)) })
    }
}

/// A request's body with many of something, [`body::LONG_BODY_MAX`] bytes at most.
pub struct LongBody(pub Bytes);

impl FromRequest for LongBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body::take_up_to(request, payload, body::LONG_BODY_MAX);
        Box::pin(async { Ok(Self(body.await?)) })
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
        JsonError::NotJson(reason) => Error::not_json(reason),
        JsonError::Misfit { pointer, detail } => Error::misfit(&pointer, detail),
    })
}

/// The request says that its body is JSON.
///
/// # Errors
/// 415.
pub fn require_json(request: &HttpRequest) -> Result<(), Error> {
    let is_json = content_type(request).eq_ignore_ascii_case(b"application/json");
    if is_json && is_utf8(request) {
        Ok(())
    } else {
        Err(Error::unsupported_media_type("application/json"))
    }
}

/// The type of a request's body without its parameters; empty if it has none.
fn content_type(request: &HttpRequest) -> &[u8] {
    let value = request.headers().get(CONTENT_TYPE);
    let mut parts = value
        .map_or(b"".as_slice(), |value| value.as_bytes())
        .split(|&byte| byte == b';');
    parts.next().unwrap_or_default().trim_ascii()
}

/// Whether the body is in UTF-8, as far as its type says: JSON is in nothing else (RFC 8259, section 8.1).
fn is_utf8(request: &HttpRequest) -> bool {
    let value = request.headers().get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    let mut parameters = value.unwrap_or_default().split(';').skip(1);
    parameters.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = charset.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// The fields of a form, in the order in which they were sent; a name may occur several times.
pub struct Form(Vec<(String, String)>);

impl std::ops::Deref for Form {
    type Target = [(String, String)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body::take(request, payload);
        let is_form = content_type(request).eq_ignore_ascii_case(FORM.as_bytes());
        Box::pin(async move {
            let body = body.await?;
            if !is_form {
                return Err(Error::unsupported_media_type(FORM));
            }
            let text = std::str::from_utf8(&body).ok();
            let fields = text.and_then(|text| Query::<Vec<_>>::from_query(text).ok());
            let fields = fields.ok_or_else(|| Error::unreadable("problem-form-unreadable"))?;
            Ok(Self(fields.into_inner()))
        })
    }
}

/// The query string of a request.
///
/// # Errors
/// 422 with the name of the parameter.
pub fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Error> {
    Query::from_query(request.query_string())
        .map(Query::into_inner)
        .map_err(|error| Error::misfit("", format!("query: {error}")))
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
        .map_err(|error: T::Err| Error::misfit(pointer, error.to_string()))
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
        return Err(Error::unreadable("problem-key-missing"));
    };
    let key = std::str::from_utf8(value.as_bytes())
        .ok()
        .and_then(|text| text.parse().ok());
    key.ok_or_else(|| Error::unreadable("problem-key-unprintable"))
}

/// What the link of a booking carries: `access` of the query string, if it could be one of ours. It may
/// stand in a URL as it is.
pub fn access(request: &HttpRequest) -> Option<String> {
    let is_ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let pairs: Vec<(String, String)> = query(request).ok()?;
    let (_, text) = pairs.into_iter().find(|(name, _)| name == "access")?;
    (text.len() <= 64 && text.bytes().all(is_ours)).then_some(text)
}
