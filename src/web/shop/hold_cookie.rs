//! Cookies that tell a page's script which tickets its reader holds, for the clock in the header: one for each hold,
//! `hold-<booking>=<end in Unix seconds>.<tickets>.<event>`. The script reads them, so that no page needs a query for
//! them and public pages stay the same for every reader. An order of an event that one of them names is asked what
//! becomes of that hold, see `own_holds`.
//!
//! What must hold: nothing is decided by them, whoever writes one changes what they see themselves; a browser has
//! [`HOLDS_MAX`] at most and drops each at the end of its hold. They are set by the booking's page, where every form
//! leads, and removed by it and by the list of bookings when the hold is no more.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};

use crate::app::App;
use crate::booking::{Booking, Status};
use crate::types::{BookingId, EventId, Timestamp};

const PREFIX: &str = "hold-";
/// Holds beyond these are not shown; they are listed under the buyer's bookings.
const HOLDS_MAX: usize = 6;

/// What the browser should know after the page of one booking: that it is held until `end`, or that it is not any more.
pub(super) fn note(
    app: &App,
    request: &HttpRequest,
    response: &mut HttpResponse,
    (booking, event): (&Booking, EventId),
    end: Option<Timestamp>,
) {
    let known = known(request);
    let is_known = known.contains(&booking.id);
    match end {
        Some(end) if is_known || known.len() < HOLDS_MAX => {
            let cookie = cookie(app, booking, event, end);
            // Fails only for a cookie that is no valid header; this one is letters and digits.
            response.add_cookie(&cookie).ok();
        }
        None if is_known => remove(app, response, booking.id),
        _ => {}
    }
}

/// Lets a hold that the browser knows end at another time: its buyer goes to their bank, and not by the booking's page.
pub(super) fn prolong(
    app: &App,
    request: &HttpRequest,
    response: &mut HttpResponse,
    id: BookingId,
    end: Timestamp,
) {
    let known = request.cookie(&format!("{PREFIX}{id}"));
    let known = known
        .as_ref()
        .and_then(|known| known.value().split_once('.'));
    // `<tickets>.<event>`
    let is_ours = |rest: &str| {
        let mut letters = rest.chars();
        letters.all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter))
    };
    if let Some((_, rest)) = known.filter(|(_, rest)| is_ours(rest)) {
        let value = format!("{}.{rest}", end.timestamp());
        response.add_cookie(&made(app, id, value, end)).ok();
    }
}

/// Removes the hold that another order has replaced.
pub(super) fn forget(
    app: &App,
    request: &HttpRequest,
    response: &mut HttpResponse,
    replaced: Option<BookingId>,
) {
    if let Some(id) = replaced.filter(|id| known(request).contains(id)) {
        remove(app, response, id);
    }
}

/// Removes the holds that the browser knows, except these bookings' that are held.
pub(super) fn keep_only<'b>(
    app: &App,
    request: &HttpRequest,
    response: &mut HttpResponse,
    bookings: impl Iterator<Item = &'b Booking>,
) {
    let held: Vec<BookingId> = bookings
        .filter(|booking| booking.status == Status::Pending)
        .map(|booking| booking.id)
        .collect();
    for id in known(request).into_iter().filter(|id| !held.contains(id)) {
        remove(app, response, id);
    }
}

/// The bookings of an event whose holds the browser knows; [`HOLDS_MAX`] at most.
pub(super) fn of_event(request: &HttpRequest, event: EventId) -> Vec<BookingId> {
    let end = format!(".{event}");
    let mut ids = matching(request, |value| value.ends_with(&end));
    ids.truncate(HOLDS_MAX);
    ids
}

/// The bookings whose holds the browser knows.
fn known(request: &HttpRequest) -> Vec<BookingId> {
    matching(request, |_| true)
}

fn matching(request: &HttpRequest, is_meant: impl Fn(&str) -> bool) -> Vec<BookingId> {
    let Ok(cookies) = request.cookies() else {
        return Vec::new();
    };
    let meant = cookies.iter().filter(|cookie| is_meant(cookie.value()));
    let ids = meant.filter_map(|cookie| cookie.name().strip_prefix(PREFIX)?.parse().ok());
    ids.collect()
}

fn cookie(app: &App, booking: &Booking, event: EventId, end: Timestamp) -> Cookie<'static> {
    let quantity: i32 = booking.items.iter().map(|item| item.quantity).sum();
    let value = format!("{}.{quantity}.{event}", end.timestamp());
    made(app, booking.id, value, end)
}

fn made(app: &App, id: BookingId, value: String, end: Timestamp) -> Cookie<'static> {
    let left = (end - app.db.now()).num_seconds().max(0);
    shared(app, id, value)
        .max_age(Duration::seconds(left))
        .finish()
}

fn remove(app: &App, response: &mut HttpResponse, id: BookingId) {
    let mut cookie = shared(app, id, String::new()).finish();
    cookie.make_removal();
    response.add_cookie(&cookie).ok();
}

/// For the script as well: not HttpOnly.
fn shared(app: &App, id: BookingId, value: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(format!("{PREFIX}{id}"), value)
        .path("/")
        .secure(app.config.is_https())
        .same_site(SameSite::Lax)
}
