//! One booking: what it is, its life, its link, notes; and cancelling it, after a question.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::bookings::{Row, state_text};
use super::fields::Field;
use super::form::Fields;
use super::respond::{private_page, see_other};
use super::session::{Manage, May, Read};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::booking::{self, Booking, NOTE_MAX};
use crate::catalog::Event;
use crate::report::{Found, Moment, What};
use crate::types::{BookingId, EventId};
use crate::web::error::Error;
use crate::web::view::format::{Format, machine_time};
use crate::web::view::price_lines::PriceLines;
use crate::web::{client, extract, find};

#[derive(Template)]
#[template(path = "admin/booking.html")]
struct BookingPage {
    shell: Shell,
    event_id: EventId,
    row: Row,
    items: Vec<Item>,
    lines: PriceLines,
    moments: Vec<Told>,
    link: String,
    may_manage: bool,
    may_cancel: bool,
    note: Field,
}

#[derive(Template)]
#[template(path = "admin/booking_cancel.html")]
struct CancelPage {
    shell: Shell,
    row: Row,
    items: Vec<Item>,
    lines: PriceLines,
}

/// The tickets of one tier.
struct Item {
    name: String,
    quantity: String,
    seats: String,
    price: String,
}

/// Something that happened, as the page tells it.
struct Told {
    at_machine: String,
    at: String,
    what: String,
    by: String,
    text: String,
}

/// A booking of the organisation's with its event.
struct Its {
    booking: Booking,
    event: Arc<Event>,
}

impl Its {
    /// The booking that the path names.
    ///
    /// # Errors
    /// 404, also for a booking of another organisation.
    async fn of<R>(app: &App, request: &HttpRequest, may: &May<R>) -> Result<Self, Error> {
        let id: BookingId = extract::path_id(request, "booking", "booking")?;
        let booking = booking::get(&app.db, id).await?;
        let booking = booking.ok_or_else(|| Error::not_found("booking"))?;
        let event = find::events_of(app, [&booking]).await?.into_iter().next();
        let event = event.filter(|event| event.organisation == may.organisation());
        let event = event.ok_or_else(|| Error::not_found("booking"))?;
        Ok(Self { booking, event })
    }

    async fn row(&self, app: &App, format: &Format) -> Result<Row, Error> {
        let one = std::slice::from_ref(&self.booking);
        let contacts = booking::contacts(&app.db, one).await?;
        let found = Found {
            booking: self.booking.clone(),
            contact: contacts.into_iter().next().map(|(_, contact)| contact),
        };
        Ok(Row::of(&found, &self.event, format))
    }

    fn items(&self, format: &Format) -> Vec<Item> {
        let items = self.booking.items.iter().filter_map(|item| {
            let tier = self.event.tier_no(item.tier)?;
            let seats: Vec<String> = item.seats.iter().map(|seat| tier.label(*seat)).collect();
            Some(Item {
                name: tier.name.clone(),
                quantity: format.number(item.quantity),
                seats: seats.join(", "),
                price: format.money(self.event.money(item.unit_price_minor)),
            })
        });
        items.collect()
    }
}

/// GET /admin/bookings/{booking}
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    may: May<Read>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let page = page(&app, &request, &may, &its).await?;
    private_page(StatusCode::OK, &page)
}

async fn page<R>(
    app: &App,
    request: &HttpRequest,
    may: &May<R>,
    its: &Its,
) -> Result<BookingPage, Error> {
    let format = Format::of(request);
    let shell = Shell::of(request, may, "bookings");
    let one = std::slice::from_ref(&its.booking);
    let payments = app.payments.of_bookings(one).await?;
    let moments = app.reports.history(&its.booking, &payments).await?;
    let access = app.access.link(its.booking.id).await?;
    let origin = client::origin(&app.config, request).map(|origin| origin.to_string());
    let may_manage = shell.may(&Right::Manage);
    Ok(BookingPage {
        event_id: its.event.id,
        row: its.row(app, &format).await?,
        items: its.items(&format),
        lines: PriceLines::of(&its.booking.lines, &its.event, &format),
        moments: moments
            .iter()
            .map(|moment| Told::of(moment, &its.event, &format))
            .collect(),
        link: format!(
            "{}/bookings/{}?access={access}",
            origin.unwrap_or_default(),
            its.booking.id
        ),
        may_cancel: may_manage && its.booking.status.holds_tickets(),
        may_manage,
        note: Field::default(),
        shell,
    })
}

impl Told {
    fn of(moment: &Moment, event: &Event, format: &Format) -> Self {
        let words = format.words;
        let with_money = |id: &str, money| words.with(id, &[("amount", &format.money(money))]);
        let (mut by, mut text) = (String::new(), String::new());
        let what = match &moment.what {
            What::Booked => words.text("moment-booked").to_owned(),
            What::PaymentBegun(_, amount) => with_money("moment-payment-begun", *amount),
            What::PaymentSucceeded(_, amount) => with_money("moment-payment-succeeded", *amount),
            What::PaymentDeclined(_, code) => {
                text.clone_from(code);
                words.text("moment-payment-declined").to_owned()
            }
            What::RefundDue(_, amount) => with_money("moment-refund-due", *amount),
            What::Refunded(_, amount) => with_money("moment-refunded", *amount),
            What::Confirmed => words.text("moment-confirmed").to_owned(),
            What::Ended(status) => state_text(*status, words).to_owned(),
            What::Noted {
                text: noted,
                by: who,
            } => {
                text.clone_from(noted);
                by.clone_from(who);
                words.text("moment-noted").to_owned()
            }
            What::Done { action, by: who } => {
                by.clone_from(&who.name);
                let id = format!("audit-{}", action.replace('.', "-"));
                let known = words.text_if_any(&id);
                known.map_or_else(|| action.clone(), str::to_owned)
            }
        };
        Self {
            at_machine: machine_time(moment.at),
            at: format.date_time(moment.at, event.venue.time_zone),
            what,
            by,
            text,
        }
    }
}

/// POST /admin/bookings/{booking}/notes
pub async fn note(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let mut note = Field::of(&fields, "text");
    let letters = note.value.chars().count();
    if letters == 0 || letters > NOTE_MAX || note.value.contains('\0') {
        let mut page = page(&app, &request, &may, &its).await?;
        note.refuse(page.shell.text("field-note"));
        page.note = note;
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let (by, id) = (may.actor(), its.booking.id);
    booking::add_note(&app.db, &by, &its.event, id, &note.value).await?;
    Ok(see_other(&format!("/admin/bookings/{id}?done=note-added")))
}

/// GET /admin/bookings/{booking}/cancel: the question.
pub async fn ask_to_cancel(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let format = Format::of(&request);
    let page = CancelPage {
        shell: Shell::of(&request, &may, "bookings"),
        row: its.row(&app, &format).await?,
        items: its.items(&format),
        lines: PriceLines::of(&its.booking.lines, &its.event, &format),
    };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/bookings/{booking}/cancel
pub async fn cancel(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let id = its.booking.id;
    let by = may.actor();
    app.payments
        .cancel_for_organiser(&by, &its.event, id)
        .await?;
    let path = format!("/admin/bookings/{id}?done=booking-cancelled");
    Ok(see_other(&path))
}
