//! Look-ups that handlers of `shop` and `api` share: the event or booking that a request names.
//!
//! What must hold: what does not exist is a 404 `not-found`. Parsing the request is in `extract`.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::error::Error;
use super::extract;
use crate::app::App;
use crate::booking::{self, Booking};
use crate::catalog::Event;
use crate::types::EventId;

/// The event with this id.
///
/// # Errors
/// 404 with `not-found`.
pub async fn event(app: &App, id: EventId) -> Result<Arc<Event>, Error> {
    app.catalog
        .event(id)
        .await?
        .ok_or_else(|| Error::not_found("event"))
}

/// The event that the path names.
///
/// # Errors
/// 404 with `not-found`.
pub async fn event_of_path(app: &App, request: &HttpRequest) -> Result<Arc<Event>, Error> {
    event(app, extract::path_id(request, "event_id", "event")?).await
}

/// The booking that the path names.
///
/// # Errors
/// 404 with `not-found`.
pub async fn booking_of_path(app: &App, request: &HttpRequest) -> Result<Booking, Error> {
    let id = extract::path_id(request, "booking_id", "booking")?;
    booking::get(&app.db, id)
        .await?
        .ok_or_else(|| Error::not_found("booking"))
}

/// The events of some bookings, each once, in no particular order.
///
/// # Errors
/// Those of the database.
pub async fn events_of(app: &App, bookings: &[Booking]) -> Result<Vec<Arc<Event>>, Error> {
    let mut numbers: Vec<_> = bookings.iter().map(|booking| booking.event).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(app.catalog.events_by_no(&numbers).await?)
}
