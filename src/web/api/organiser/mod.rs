//! The organiser's JSON under /api/organiser: for API tokens, by scope. A module for each noun.
//!
//! What must hold: what another organisation runs is answered like what there is not; each change has its entry in the
//! audit trail, which the domain writes; nothing here is cached by anybody.

pub mod blocks;
pub mod bookings;
pub mod box_office;
pub mod call_off;
pub mod changes;
pub mod codes;
mod differences;
pub mod event_json;
pub mod events;
pub mod gates;
pub mod guests;
pub mod halls;
pub mod moving;
pub mod offline;
pub mod picture;
pub mod publishing;
pub mod questions;
pub mod reports;
pub mod scans;
pub mod seating;
pub mod tiers;

use std::sync::Arc;

use actix_web::HttpRequest;

use crate::access::api_token::{ApiToken, Scope};
use crate::app::App;
use crate::audit::Actor;
use crate::booking::{self, Booking};
use crate::catalog::Event;
use crate::web::error::Error;
use crate::web::{extract, find, session};

/// Who asks, with a token that has the scope.
///
/// # Errors
/// 401 without a token, 403 with one that lacks the scope.
async fn caller(app: &App, request: &HttpRequest, scope: Scope) -> Result<Arc<ApiToken>, Error> {
    let principal = session::of_header(app, request).await?;
    Ok(principal.program(scope)?.clone())
}

/// As whom the audit trail knows the caller.
fn actor(token: &ApiToken) -> Actor {
    Actor::api_token(token.id, &token.name, token.organisation)
}

/// The event that the path names, if it is the caller's.
///
/// # Errors
/// 404.
async fn event(app: &App, request: &HttpRequest, token: &ApiToken) -> Result<Arc<Event>, Error> {
    let event = find::event_of_path(app, request).await?.whole();
    if token.is_for(event.organisation) {
        Ok(event)
    } else {
        Err(Error::not_found("event"))
    }
}

/// The booking that the path names with its event, if that is the caller's.
///
/// # Errors
/// 404.
async fn booking(
    app: &App,
    request: &HttpRequest,
    token: &ApiToken,
) -> Result<(Booking, Arc<Event>), Error> {
    let id = extract::path_id(request, "booking_id", "booking")?;
    let booking = booking::get(&app.db, id).await?;
    let booking = booking.ok_or_else(|| Error::not_found("booking"))?;
    let events = find::events_of(app, [&booking]).await?;
    let event = events.into_iter().next();
    let event = event.filter(|event| token.is_for(event.organisation));
    let event = event.ok_or_else(|| Error::not_found("booking"))?;
    Ok((booking, event))
}

/// The event that the path names, for a program that may do this to it, and who that is.
///
/// # Errors
/// 401, 403, 404.
async fn event_for(
    app: &App,
    request: &HttpRequest,
    scope: Scope,
) -> Result<(Arc<Event>, Actor), Error> {
    let token = caller(app, request, scope).await?;
    let event = event(app, request, &token).await?;
    Ok((event, actor(&token)))
}

/// Who asks, as the audit trail knows them, if they may do what takes this scope.
///
/// # Errors
/// 401, 403.
async fn actor_for(app: &App, request: &HttpRequest, scope: Scope) -> Result<Actor, Error> {
    Ok(actor(&*caller(app, request, scope).await?))
}
