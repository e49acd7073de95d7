//! Bookings that an organiser looks for: of one event, or of the organisation.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::respond::private_page;
use super::session::{May, On, Read};
use super::shell::Shell;
use crate::app::App;
use crate::booking::{Booking, Status};
use crate::catalog::Event;
use crate::payment::{Happened, Trouble, troubles};
use crate::report::{CLUE_MAX, FOUND_MAX, Found, Places, Within};
use crate::types::{BookingId, BookingKind};
use crate::web::error::Error;
use crate::web::view::format::{Format, machine_time};
use crate::web::view::words::Words;
use crate::web::{extract, find};

#[derive(Template)]
#[template(path = "admin/bookings.html")]
struct BookingsPage {
    shell: Shell,
    /// Of the page, without a query.
    path: String,
    /// Whether it is of one event.
    is_of_event: bool,
    clue: String,
    rows: Vec<Row>,
    has_more: bool,
    next: Option<Places>,
}

/// A booking as it is listed.
pub(super) struct Row {
    pub(super) id: BookingId,
    pub(super) reference: String,
    pub(super) event: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) tickets: String,
    pub(super) total: String,
    /// How it came about, unless a buyer has booked it.
    pub(super) kind: Option<&'static str>,
    /// Why an organiser has made it.
    pub(super) reason: String,
    pub(super) state: &'static str,
    pub(super) state_text: &'static str,
    /// What of its money somebody has to look at.
    pub(super) troubles: Vec<&'static str>,
    pub(super) at_machine: String,
    pub(super) at: String,
}

/// What a status is called.
pub(super) fn state_text(status: Status, words: &'static Words) -> &'static str {
    words.text(match status {
        Status::Pending => "state-pending",
        Status::Confirmed => "state-confirmed",
        Status::Failed => "state-failed",
        Status::Expired => "state-expired",
        Status::Cancelled => "state-cancelled",
    })
}

/// What a kind of booking is called, unless a buyer has made it.
fn kind_text(kind: BookingKind) -> Option<&'static str> {
    match kind {
        BookingKind::Sale => None,
        BookingKind::Complimentary => Some("kind-complimentary"),
        BookingKind::BoxOffice => Some("kind-box-office"),
        BookingKind::Withheld => Some("kind-withheld"),
    }
}

impl Row {
    pub(super) fn of(found: &Found, event: &Event, format: &Format) -> Self {
        let (booking, zone) = (&found.booking, event.venue.time_zone);
        let at = booking.confirmed_at.unwrap_or(booking.created_at);
        let quantity: i64 = booking
            .items
            .iter()
            .map(|item| i64::from(item.quantity))
            .sum();
        let contact = found.contact.as_ref();
        Self {
            id: booking.id,
            reference: booking.reference.to_string(),
            event: event.name.clone(),
            name: contact.map_or_else(String::new, |contact| contact.name.clone()),
            email: contact.map_or_else(String::new, |contact| contact.email.clone()),
            tickets: format.number(quantity),
            total: format.money(booking.total),
            kind: kind_text(booking.kind).map(|text| format.words.text(text)),
            reason: booking.reason.clone().unwrap_or_default(),
            state: booking.status.as_str(),
            state_text: state_text(booking.status, format.words),
            troubles: Vec::new(),
            at_machine: machine_time(at),
            at: format.date_time(at, zone),
        }
    }
}

impl Row {
    /// The row with what happened to these charges, some of them its booking's.
    pub(super) fn told(mut self, happened: &[Happened], format: &Format) -> Self {
        let its = happened.iter().filter(|it| it.booking == self.id);
        let its: Vec<Happened> = its.cloned().collect();
        let text = |trouble: &Trouble| format.words.text(trouble_text(*trouble));
        self.troubles = troubles(&its).iter().map(text).collect();
        self
    }
}

fn trouble_text(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Disputed => "badge-disputed",
        Trouble::DisputeLost => "badge-dispute-lost",
        Trouble::RefundFailed => "badge-refund-failed",
    }
}

/// What happened to the charges of the bookings that were found.
async fn told_of(app: &App, found: &[Found]) -> Result<Vec<Happened>, Error> {
    let bookings: Vec<Booking> = found.iter().map(|found| found.booking.clone()).collect();
    Ok(app.payments.incidents_of(&bookings).await?)
}

#[derive(Default, Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
    cursor: Option<String>,
}

impl Query {
    fn read(request: &HttpRequest) -> Result<(String, Option<Places>), Error> {
        let query: Self = extract::query(request)?;
        let cursor = query.cursor.map(|text| extract::parse("/cursor", &text));
        let clue = query.q.trim().chars().take(CLUE_MAX).collect();
        Ok((clue, cursor.transpose()?))
    }
}

/// GET /admin/events/{event}/bookings
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let (clue, after) = Query::read(&request)?;
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    let (found, next, has_more) = if clue.is_empty() {
        let (found, next) = app.reports.paid(event.no, after, FOUND_MAX).await?;
        (found, next, false)
    } else {
        let (found, has_more) = app.reports.find(Within::Event(&event), &clue).await?;
        (found, None, has_more)
    };
    let happened = told_of(&app, &found).await?;
    let format = Format::of(&request);
    let rows = found.iter();
    let rows = rows.map(|found| Row::of(found, &event, &format).told(&happened, &format));
    let page = BookingsPage {
        shell: Shell::of_event(&request, &on, &event, "bookings"),
        path: format!("/admin/events/{}/bookings", on.id),
        is_of_event: true,
        clue,
        rows: rows.collect(),
        has_more,
        next,
    };
    private_page(StatusCode::OK, &page)
}

/// GET /admin/bookings
pub async fn find(
    app: Data<App>,
    request: HttpRequest,
    may: May<Read>,
) -> Result<HttpResponse, Error> {
    let (clue, _) = Query::read(&request)?;
    let (found, has_more) = if clue.is_empty() {
        (Vec::new(), false)
    } else {
        let within = Within::Organisation(may.organisation());
        app.reports.find(within, &clue).await?
    };
    let events = find::events_of(&app, found.iter().map(|found| &found.booking)).await?;
    let happened = told_of(&app, &found).await?;
    let format = Format::of(&request);
    let rows = found.iter().filter_map(|found| {
        let event = events
            .iter()
            .find(|event| event.no == found.booking.event)?;
        Some(Row::of(found, event, &format).told(&happened, &format))
    });
    let page = BookingsPage {
        shell: Shell::of(&request, &may, "bookings"),
        path: "/admin/bookings".to_owned(),
        is_of_event: false,
        clue,
        rows: rows.collect(),
        has_more,
        next: None,
    };
    private_page(StatusCode::OK, &page)
}
