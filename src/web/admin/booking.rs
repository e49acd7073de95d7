//! One booking: what it is, its life, its link, notes; and cancelling it, after a question.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::Value;

use super::bookings::{Row, state_text};
use super::changes::Differences;
use super::fields::Field;
use super::form::Fields;
use super::respond::{private_page, see_other};
use super::session::{Manage, May, Read};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::booking::{self, Answer, Booking, Former, NOTE_MAX};
use crate::catalog::{Event, Kind, all_questions};
use crate::gateway::IncidentKind;
use crate::payment::{Method, Payment, Trouble, troubles};
use crate::report::{Found, Moment, What};
use crate::types::{BookingId, BookingKind, EventId};
use crate::web::error::Error;
use crate::web::view::declines::decline_text;
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
    /// What was asked, of which ticket, and the answer.
    answers: Vec<(String, String, String)>,
    lines: PriceLines,
    moments: Vec<Told>,
    link: String,
    /// Whether it is a block: there is nobody to send a link to.
    is_block: bool,
    may_manage: bool,
    may_cancel: bool,
    may_change: bool,
    may_return: bool,
    /// What went back of it, or is due to, while it stays.
    returned: Option<String>,
    former: Vec<FormerLine>,
    differences: Option<Differences>,
    note: Field,
}

/// Who had the booking before.
struct FormerLine {
    name: String,
    email: String,
    until_machine: String,
    until: String,
}

impl FormerLine {
    fn of(former: &Former, event: &Event, format: &Format) -> Self {
        Self {
            name: former.contact.name.clone(),
            email: former.contact.email.clone(),
            until_machine: machine_time(former.until),
            until: format.date_time(former.until, event.venue.time_zone),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/booking_cancel.html")]
struct CancelPage {
    shell: Shell,
    row: Row,
    items: Vec<Item>,
    /// What becomes of the money.
    money: String,
    /// Whether the buyer's bank takes it back, or has.
    is_disputed: bool,
    /// What was paid by hand for dearer tickets, and is not due yet.
    by_hand: Option<String>,
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
pub(super) struct Its {
    pub(super) booking: Booking,
    pub(super) event: Arc<Event>,
}

impl Its {
    /// The booking that the path names.
    ///
    /// # Errors
    /// 404, also for a booking of another organisation.
    pub(super) async fn of<R>(
        app: &App,
        request: &HttpRequest,
        may: &May<R>,
    ) -> Result<Self, Error> {
        let id: BookingId = extract::path_id(request, "booking", "booking")?;
        let booking = booking::get(&app.db, id).await?;
        let booking = booking.ok_or_else(|| Error::not_found("booking"))?;
        let event = find::events_of(app, [&booking]).await?.into_iter().next();
        let event = event.filter(|event| event.organisation == may.organisation());
        let event = event.ok_or_else(|| Error::not_found("booking"))?;
        Ok(Self { booking, event })
    }

    pub(super) async fn row(&self, app: &App, format: &Format) -> Result<Row, Error> {
        let one = std::slice::from_ref(&self.booking);
        let contacts = booking::contacts(&app.db, one).await?;
        let found = Found {
            booking: self.booking.clone(),
            contact: contacts.into_iter().next().map(|(_, contact)| contact),
        };
        Ok(Row::of(&found, &self.event, format))
    }

    /// What the buyer has answered, also to what is not asked any more.
    async fn answers(
        &self,
        app: &App,
        format: &Format,
    ) -> Result<Vec<(String, String, String)>, Error> {
        let answers = booking::answers(&app.db, &self.booking).await?;
        if answers.is_empty() {
            return Ok(Vec::new());
        }
        let asked = all_questions(&app.db.get().await?, self.event.no).await?;
        let tickets = self.booking.items.iter().flat_map(|item| {
            let tier = self.event.tier_no(item.tier);
            let label = move |seat| tier.map_or_else(String::new, |tier| tier.label(seat));
            item.seats.iter().map(move |&seat| label(seat))
        });
        let tickets: Vec<String> = tickets.collect();
        let told = |answer: Answer| {
            let question = asked.iter().find(|it| it.no() == answer.question)?;
            let ticket = answer.ticket.and_then(|ticket| tickets.get(ticket - 1));
            let text = match (question.kind, answer.answer.as_str()) {
                (Kind::YesNo, "yes") => format.words.text("answers-yes").to_owned(),
                (Kind::YesNo, "no") => format.words.text("answers-no").to_owned(),
                _ => answer.answer,
            };
            Some((
                question.label.clone(),
                ticket.cloned().unwrap_or_default(),
                text,
            ))
        };
        Ok(answers.into_iter().filter_map(told).collect())
    }

    fn items(&self, format: &Format) -> Vec<Item> {
        let items = self.booking.items.iter().filter_map(|item| {
            let tier = self.event.tier_no(item.tier)?;
            let seats: Vec<String> = item.seats.iter().map(|seat| tier.label(*seat)).collect();
            Some(Item {
                name: tier.name.clone(),
                quantity: format.number(item.quantity),
                seats: seats.join(", "),
                price: format.money(
                    self.event
                        .money(item.unit_price_minor * i64::from(item.quantity)),
                ),
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
    let told = app.payments.incidents(&its.booking).await?;
    let row = its.row(app, &format).await?.told(&told, &format);
    let moments = app.reports.history(&its.booking, &payments, told).await?;
    let access = app.access.link(its.booking.link()).await?;
    let origin = client::origin(&app.config, request).map(|origin| origin.to_string());
    let may_manage = shell.may(&Right::Manage);
    let booking = &its.booking;
    let former = booking::former_contacts(&app.db, booking.event, booking.id).await?;
    let paid = app.payments.differences(booking).await?;
    let returned: i64 = payments.iter().map(|payment| payment.returned_minor).sum();
    let tickets: usize = booking.items.iter().map(|item| item.seats.len()).sum();
    let may_change = may_manage
        && booking::may_change(booking.kind, booking.status).is_ok()
        && its.event.called_off_at.is_none();
    let may_change_money = may_change && booking::may_change_money(booking.kind).is_ok();
    Ok(BookingPage {
        may_change,
        may_return: may_change_money && tickets > 1,
        returned: (returned > 0).then(|| format.money(its.event.money(returned))),
        former: former
            .iter()
            .map(|former| FormerLine::of(former, &its.event, &format))
            .collect(),
        differences: Differences::of(&paid, &its.event, &format),
        event_id: its.event.id,
        row,
        items: its.items(&format),
        answers: its.answers(app, &format).await?,
        lines: PriceLines::of(&its.booking.lines_left(), &its.event, &format),
        moments: moments
            .iter()
            .map(|moment| Told::of(moment, &its.event, &format))
            .collect(),
        link: format!(
            "{}/bookings/{}?access={access}",
            origin.unwrap_or_default(),
            its.booking.id
        ),
        is_block: its.booking.kind == BookingKind::Withheld,
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
                decline_text(Some(code), words).clone_into(&mut text);
                words.text("moment-payment-declined").to_owned()
            }
            What::RefundDue(_, amount) => with_money("moment-refund-due", *amount),
            What::Refunded(_, amount) => with_money("moment-refunded", *amount),
            What::Told {
                kind,
                amount,
                reference,
                ..
            } => {
                text.clone_from(reference);
                with_money(incident_text(*kind), *amount)
            }
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
            What::Done {
                action,
                by: who,
                before,
                after,
            } => {
                by.clone_from(&who.name);
                text = change_text(before.as_ref(), after.as_ref(), event, format);
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

fn incident_text(kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::DisputeOpened => "moment-dispute-opened",
        IncidentKind::DisputeWon => "moment-dispute-won",
        IncidentKind::DisputeLost => "moment-dispute-lost",
        IncidentKind::Refunded => "moment-refund-reported",
        IncidentKind::RefundFailed => "moment-refund-failed",
    }
}

/// `VIP A-7 → VIP B-3`, where tickets were changed.
fn change_text(
    before: Option<&Value>,
    after: Option<&Value>,
    event: &Event,
    format: &Format,
) -> String {
    let tickets = |of: Option<&Value>| {
        let tickets = of?.get("tickets")?.as_array()?.iter();
        let name = |ticket: &Value| {
            let tier = event.tier(ticket["tier"].as_str()?)?;
            Some(format!("{} {}", tier.name, ticket["seat"].as_str()?))
        };
        let names: Vec<String> = tickets.filter_map(name).collect();
        Some(names.join(", "))
    };
    let paid = match after.and_then(|after| after["method"].as_str()) {
        Some("terminal") => "change-paid-terminal",
        _ => "change-paid-cash",
    };
    let sums = [
        ("waived", "change-waived"),
        ("paid", paid),
        ("due_by_hand", "change-due-by-hand"),
        ("given_back", "change-given-back"),
    ];
    let said = sums.into_iter().filter_map(|(name, text)| {
        let minor = after?[name]["amount"].as_i64()?;
        let amount = format.money(event.money(minor));
        Some(format.words.with(text, &[("amount", &amount)]))
    });
    let changed = [tickets(before), tickets(after)];
    let changed: Vec<String> = changed.into_iter().flatten().collect();
    let parts = std::iter::once(changed.join(" → ")).chain(said);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(". ")
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
    let one = std::slice::from_ref(&its.booking);
    let payments = app.payments.of_bookings(one).await?;
    let troubles = troubles(&app.payments.incidents(&its.booking).await?);
    let is_dispute = |it: &Trouble| [Trouble::Disputed, Trouble::DisputeLost].contains(it);
    let returned: i64 = payments.iter().map(|payment| payment.returned_minor).sum();
    let rest = its.event.money(its.booking.total.minor - returned);
    let paid = app.payments.differences(&its.booking).await?;
    let kept = paid.iter().filter(|it| it.due_since.is_none());
    let kept: i64 = kept.map(|it| it.amount_minor).sum();
    let page = CancelPage {
        shell: Shell::of(&request, &may, "bookings"),
        row: its.row(&app, &format).await?,
        items: its.items(&format),
        by_hand: (kept > 0).then(|| format.money(its.event.money(kept))),
        money: money_text(&its.booking, &payments, &format.money(rest), &format),
        is_disputed: troubles.iter().any(is_dispute),
        lines: PriceLines::of(&its.booking.lines_left(), &its.event, &format),
    };
    private_page(StatusCode::OK, &page)
}

/// What becomes of the money of a booking that is cancelled.
fn money_text(booking: &Booking, payments: &[Payment], rest: &str, format: &Format) -> String {
    let words = format.words;
    if booking.total.minor == 0 {
        return words.text("booking-cancel-free").to_owned();
    }
    let text = match payments.last().map(|payment| payment.method) {
        Some(Method::Cash) => "booking-cancel-cash",
        Some(Method::Terminal) => "booking-cancel-terminal",
        _ => "booking-cancel-text",
    };
    words.with(text, &[("amount", &rest)])
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
