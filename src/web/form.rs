//! Forms: their fields, their idempotency key, and the check that they were sent by a page of this site.
//!
//! What must hold: a form that another site made the browser send changes nothing. Browsers say where a form
//! comes from by `Origin`, and by `Sec-Fetch-Site` where the connection is secure: what they say must be
//! us, and a form of which they say nothing is refused. `SameSite` alone would not do: it counts other hosts
//! of the domain as the same site. <https://www.w3.org/TR/fetch-metadata/>, <https://fetch.spec.whatwg.org/#origin-header>

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::app::App;
use crate::booking::RequestedSeat;
use crate::types::IdempotencyKey;
use crate::web::error::Error;
use crate::web::{client, extract};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses forms that were not sent by a page of this site, before anything is done for them.
pub async fn refuse_other_sites<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let sent_by_us = if request.method().is_safe() {
        Ok(())
    } else {
        check_sender(request.request())
    };
    match sent_by_us {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(error) => Ok(request.error_response(error).map_into_right_body()),
    }
}

/// What the browser says of where a form comes from is this site: by both headers, if it sends both.
fn check_sender(request: &HttpRequest) -> Result<(), Error> {
    let app = request.app_data::<Data<App>>();
    let ours = app.and_then(|app| client::origin(&app.config, request));
    let ours = ours.map(|origin| origin.to_string());
    // None if there is no such header.
    let says = |name: HeaderName, expected: Option<&str>| {
        let mut values = request.headers().get_all(name).peekable();
        values.peek()?;
        Some(values.all(|value| expected.is_some_and(|expected| value == expected)))
    };
    let by_origin = says(ORIGIN, ours.as_deref());
    let by_site = says(SEC_FETCH_SITE, Some("same-origin"));
    match (by_origin, by_site) {
        (None, None) => Err(Error::unknown_site()),
        (Some(false), by_site) => {
            if by_site == Some(true) {
                warn_of_address(ours.as_deref());
            }
            Err(Error::other_site())
        }
        (_, Some(false)) => Err(Error::other_site()),
        (Some(true), _) | (None, Some(true)) => Ok(()),
    }
}

/// The browser knows this site by another address than the server does: told once, to whoever operates it.
fn warn_of_address(ours: Option<&str>) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    if !IS_TOLD.swap(true, Ordering::Relaxed) {
        log::warn!(
            "a form is refused: its page was not loaded from {}. If buyers use another address, name it by \
             --public-url",
            ours.unwrap_or("this server")
        );
    }
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

/// Parses a seat such as `vip:A:7`; malformed text becomes a seat that no tier has, so the order is refused.
pub(super) fn read_seat(text: &str) -> RequestedSeat {
    let (tier, seat) = text.split_once(':').unwrap_or((text, ""));
    let (row, number) = seat.rsplit_once(':').unwrap_or((seat, ""));
    RequestedSeat {
        tier: tier.to_owned(),
        row: row.to_owned(),
        number: number.parse().unwrap_or(0),
    }
}
