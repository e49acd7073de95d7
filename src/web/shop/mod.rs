//! The buyers' HTML pages. A view struct per template says what the template shows, already in words; the
//! templates decide nothing. Everything works without scripts.
//!
//! By nouns: `events` with `event_view`, `refusal` and `seat_map`; `bookings` with `booking_view`;
//! `users`; `failure` is the page of everything that goes wrong.

mod booking_view;
pub mod bookings;
mod event_view;
pub mod events;
mod failure;
mod refusal;
mod seat_map;
pub mod users;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::middleware::{DefaultHeaders, Next};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::catalog::Event;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::artwork::Artwork;
use crate::web::view::assets;
use crate::web::view::format::{self, Format};

pub use failure::render_errors;

/// What a page may load: its own files and nothing else; no inline style or script.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// What every page is sent with.
pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .add(("Referrer-Policy", "same-origin"))
        .add(("X-Content-Type-Options", "nosniff"))
}

/// Refuses forms that another site made the browser send: browsers say where a request comes from.
pub async fn refuse_other_sites<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let site = request.headers().get("sec-fetch-site");
    let is_ours = site.is_none_or(|site| site == "same-origin" || site == "none");
    if is_ours || request.method().is_safe() {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let refused = request.error_response(Error::other_site());
    Ok(refused.map_into_right_body())
}

/// What the frame around every page shows: `base.html`.
#[derive(Debug)]
pub struct Frame {
    /// The locale of dates, numbers and money.
    pub locale: String,
    /// Where the stylesheet is.
    pub style: &'static str,
    /// Where the script is.
    pub script: &'static str,
    /// Where the icon is.
    pub icon: &'static str,
    /// The database's clock, for countdowns.
    pub now: String,
    /// The path, for marking where one is.
    pub path: String,
}

impl Frame {
    /// For one request.
    pub fn new(request: &HttpRequest, format: &Format) -> Self {
        Self {
            locale: format.tag(),
            style: &assets::STYLE.path,
            script: &assets::SCRIPT.path,
            icon: &assets::ICON.path,
            now: format::machine_time(format.now),
            path: request.path().to_owned(),
        }
    }
}

/// When and where an event is, as several pages show it.
#[derive(Debug)]
pub struct EventFacts {
    /// Where its page is.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// `Friday, June 12, 2026`, in the venue's zone.
    pub date: String,
    /// `Jun 12`
    pub day: String,
    /// `7:30 PM`, in the venue's zone.
    pub time: String,
    /// `Fri, Jun 12, 2026, 7:30 PM`
    pub date_time: String,
    /// `Portugal Time, GMT+1`
    pub zone: String,
    /// The zone's IANA name, for scripts.
    pub zone_name: &'static str,
    /// The start, for scripts.
    pub starts_at: String,
    /// The venue's name.
    pub venue: String,
    /// The venue's city.
    pub city: String,
    /// The venue's country, by name.
    pub country: String,
    /// Its picture.
    pub artwork: Artwork,
    /// Whether it has begun.
    pub has_begun: bool,
}

impl EventFacts {
    /// Of an event, for one reader.
    pub fn new(event: &Event, format: &Format) -> Self {
        let (at, zone) = (event.starts_at, event.venue.time_zone);
        Self {
            path: format!("/events/{}", event.id),
            name: event.name.clone(),
            date: format.date(at, zone),
            day: format.day(at, zone),
            time: format.time(at, zone),
            date_time: format.date_time(at, zone),
            zone: format.zone(at, zone),
            zone_name: zone.name(),
            starts_at: format::machine_time(at),
            venue: event.venue.name.clone(),
            city: event.venue.city.clone(),
            country: format.country(&event.venue.country),
            artwork: Artwork::of(event.id),
            has_begun: at <= format.now,
        }
    }
}

/// A page that may be kept by the browser but is asked for again.
fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    respond(status, template, "private, no-cache")
}

/// A page that is nobody's but the buyer's and true only now.
fn private_page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    respond(status, template, "no-store")
}

fn respond(
    status: StatusCode,
    template: &impl Template,
    caching: &str,
) -> Result<HttpResponse, Error> {
    let html = template.render()?;
    Ok(HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, caching))
        .body(html))
}

/// 303: read that page next. A reload of it sends no form again.
fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// A name for the request that a form will make; a form sent twice is one request.
fn fresh_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The fields of a form, in the order in which they were sent; a name may be there several times.
pub(super) type Fields = actix_web::web::Form<Vec<(String, String)>>;

/// The form's idempotency key.
fn key_field(fields: &[(String, String)]) -> Result<crate::types::IdempotencyKey, Error> {
    let text = value_of(fields, "key").unwrap_or_default();
    extract::parse("/key", text)
}

fn value_of<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let field = fields.iter().find(|(field, _)| field == name);
    field.map(|(_, value)| value.as_str())
}
