//! Handlers of an organiser's bookings: looking for them, the life of one, cancelling it, notes.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::differences::DifferenceJson;
use super::{actor, booking as asked_booking, caller};
use crate::access::Denied;
use crate::access::api_token::{ApiToken, Scope};
use crate::app::App;
use crate::audit::ActorKind;
use crate::booking::{self, Booking, Former, NOTE_MAX};
use crate::catalog::Event;
use crate::report::{CLUE_MAX, FOUND_MAX, Found, Moment, Places, What, Within};
use crate::types::contact::Contact;
use crate::types::{BookingKind, EventId, Money, PaymentId, Timestamp};
use crate::web::about;
use crate::web::api::answers::AnswerJson;
use crate::web::api::booking_json::BookingJson;
use crate::web::api::parameters::BookingPath;
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::find;
use crate::web::headers::link_to_next;

/// Bookings that were found.
#[derive(Serialize, ToSchema)]
#[schema(as = FoundBookings)]
struct FoundJson<'a> {
    /// The newest first; 50 at most.
    bookings: Vec<BookingJson<'a>>,
    /// For the `cursor` of the next page of an event's bookings; null on the last one, and where something was looked
    /// for.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// Whether more bookings fit than are shown.
    has_more: bool,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FindQuery {
    /// A reference, a part of a name or of an e-mail address (three letters at least), the id of a booking or of a payment;
    /// within an event also a seat, such as `A-7`.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The bookings of this event alone; without `q` all that were paid, in pages.
    event_id: Option<EventId>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl FindQuery {
    /// What is looked for, if anything.
    fn clue(&self) -> Result<Option<&str>, Error> {
        let clue = self.q.as_deref().unwrap_or_default();
        if clue.chars().count() > CLUE_MAX {
            return Err(Error::out_of_range("/q", 0, CLUE_MAX));
        }
        Ok(Some(clue.trim()).filter(|clue| !clue.is_empty()))
    }

    fn after(&self) -> Result<Option<Places>, Error> {
        let cursor = self.cursor.as_deref();
        cursor
            .map(|text| extract::parse("/cursor", text))
            .transpose()
    }
}

/// Find bookings
///
/// Of all events of the token's organisation, or of one.
#[utoipa::path(
    get,
    path = "/api/organiser/bookings",
    operation_id = "findBookings",
    tag = "organiser",
    params(FindQuery),
    responses(
        (status = 200, description = "Bookings.", body = FoundJson,
            headers(("Link" = Option<String>, description = "`rel=\"next\"`: the next page, if there is one."))),
    ),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn find(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let query: FindQuery = extract::query(&request)?;
    let event = match query.event_id {
        Some(id) => Some(own_event(&app, id, &token).await?),
        None => None,
    };
    let (found, next, has_more) = match (query.clue()?, &event) {
        (Some(clue), event) => {
            let within = match (event, token.organisation) {
                (Some(event), _) => Within::Event(event),
                (None, Some(organisation)) => Within::Organisation(organisation),
                (None, None) => Within::Everything,
            };
            let (found, has_more) = app.reports.find(within, clue).await?;
            (found, None, has_more)
        }
        (None, Some(event)) => {
            let paid = app.reports.paid(event.no, query.after()?, FOUND_MAX);
            let (found, next) = paid.await?;
            (found, next, next.is_some())
        }
        (None, None) => return Err(Error::invalid_field("/q", "field-clue-or-event")),
    };
    let next = next.map(|next| next.to_string());
    answer(&app, &request, &found, next, has_more).await
}

async fn own_event(
    app: &App,
    id: EventId,
    token: &ApiToken,
) -> Result<std::sync::Arc<Event>, Error> {
    let event = app.catalog.event_to_show(id).await?;
    let event = event.filter(|event| token.is_for(event.organisation));
    let event = event.map(|event| event.whole());
    event.ok_or_else(|| Error::not_found("event"))
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    found: &[Found],
    next_cursor: Option<String>,
    has_more: bool,
) -> Result<HttpResponse, Error> {
    let bookings: Vec<Booking> = found.iter().map(|found| found.booking.clone()).collect();
    let payments = app.payments.of_bookings(&bookings).await?;
    let events = find::events_of(app, &bookings).await?;
    let json = found.iter().filter_map(|found| {
        let booking = &found.booking;
        let event = events.iter().find(|event| event.no == booking.event)?;
        let its_own = payments
            .iter()
            .filter(|payment| payment.booking == booking.id);
        let mut json = BookingJson::new(booking, event, its_own);
        json.contact.clone_from(&found.contact);
        Some(json)
    });
    let mut response = HttpResponse::Ok();
    link_to_next(&mut response, request, next_cursor.as_deref());
    Ok(response.json(FoundJson {
        bookings: json.collect(),
        next_cursor,
        has_more,
    }))
}

/// A booking and its life.
#[derive(Serialize, ToSchema)]
#[schema(as = BookingHistory)]
pub(super) struct HistoryJson<'a> {
    /// What the buyer has answered to the event's questions.
    answers: Vec<AnswerJson>,
    booking: BookingJson<'a>,
    /// What opens the booking for whoever has it, to be sent to its buyer again: a path of this server.
    link: String,
    /// The oldest first.
    history: Vec<MomentJson>,
    /// Who had the booking before it was given to another person, the last one first; missing if nobody had.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    former_contacts: Vec<FormerJson>,
    /// What was paid by hand for dearer tickets that it got in exchange, ticket by ticket, the oldest first; missing if
    /// nothing was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paid_differences: Vec<DifferenceJson>,
}

/// Whoever had a booking.
#[derive(Serialize, ToSchema)]
#[schema(as = FormerContact)]
pub(super) struct FormerJson {
    contact: Contact,
    /// When it was given to another person.
    #[schema(value_type = DateTime<Utc>)]
    until: Timestamp,
}

impl From<Former> for FormerJson {
    fn from(former: Former) -> Self {
        Self {
            contact: former.contact,
            until: former.until,
        }
    }
}

/// Something that happened to a booking.
#[derive(Serialize, ToSchema)]
#[schema(as = Moment)]
struct MomentJson {
    #[schema(value_type = DateTime<Utc>)]
    at: Timestamp,
    /// `booked`, `payment-begun`, `payment-succeeded`, `payment-declined`, `confirmed`, `cancelled`, `expired`, `failed`,
    /// `refund-due`, `refunded`, `noted`, or `done`: somebody did what `action` says. What the payment provider has told of
    /// a charge: `dispute-opened`, `dispute-won`, `dispute-lost`, `refund-reported`, `refund-failed`.
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<PaymentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    /// Why a card was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<String>,
    /// The payment provider's name of the dispute or of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// What was noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Such as `booking.cancelled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// What it was before it was done, and after: tickets by `tier` and `seat`, what went back, what was waived, what was paid
    /// by hand and by which `method`, what is to be given back by hand and what was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// Who, as they were called then.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// `organiser`, `api_token`, `operator` or `system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_kind: Option<&'static str>,
}

impl From<Moment> for MomentJson {
    fn from(moment: Moment) -> Self {
        let mut json = Self {
            at: moment.at,
            what: moment.what.as_str(),
            payment_id: None,
            amount: None,
            decline_code: None,
            reference: None,
            text: None,
            action: None,
            before: None,
            after: None,
            by: None,
            by_kind: None,
        };
        match moment.what {
            What::Booked | What::Confirmed | What::Ended(_) => {}
            What::PaymentBegun(id, amount)
            | What::PaymentSucceeded(id, amount)
            | What::RefundDue(id, amount)
            | What::Refunded(id, amount) => {
                json.payment_id = Some(id);
                json.amount = Some(amount);
            }
            What::Told {
                payment,
                amount,
                reference,
                ..
            } => {
                json.payment_id = Some(payment);
                json.amount = Some(amount);
                json.reference = Some(reference);
            }
            What::PaymentDeclined(id, code) => {
                json.payment_id = Some(id);
                json.decline_code = Some(code);
            }
            What::Noted { text, by } => {
                json.text = Some(text);
                json.by = Some(by);
            }
            What::Done {
                action,
                by,
                before,
                after,
            } => {
                (json.before, json.after) = (before, after);
                json.action = Some(action);
                json.by_kind = Some(by.kind.as_str());
                json.by = (by.kind != ActorKind::System).then_some(by.name);
            }
        }
        json
    }
}

/// Read a booking's life
///
/// The booking as it is now, everything that happened to it and to its money, and its link, to be sent again.
#[utoipa::path(
    get,
    path = "/api/organiser/bookings/{booking_id}/history",
    operation_id = "getHistory",
    tag = "organiser",
    params(BookingPath),
    responses((status = 200, description = "The booking and its life.", body = HistoryJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn history(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    show(&app, &booking, &event).await
}

pub(super) async fn show(
    app: &App,
    booking: &Booking,
    event: &Event,
) -> Result<HttpResponse, Error> {
    let one = std::slice::from_ref(booking);
    let payments = app.payments.of_bookings(one).await?;
    let contacts = booking::contacts(&app.db, one).await?;
    let told = app.payments.incidents(booking).await?;
    let history = app.reports.history(booking, &payments, told).await?;
    let former = booking::former_contacts(&app.db, booking.event, booking.id).await?;
    let access = app.access.link(booking.link()).await?;
    let mut json = BookingJson::new(booking, event, payments.iter());
    json.contact = contacts.into_iter().next().map(|(_, contact)| contact);
    let answers = booking::answers(&app.db, booking).await?;
    let paid = app.payments.differences(booking).await?.into_iter();
    Ok(HttpResponse::Ok().json(HistoryJson {
        answers: answers.into_iter().map(AnswerJson::from).collect(),
        link: format!("/bookings/{}?access={access}", booking.id),
        booking: json,
        history: history.into_iter().map(MomentJson::from).collect(),
        former_contacts: former.into_iter().map(FormerJson::from).collect(),
        paid_differences: paid
            .filter_map(|paid| DifferenceJson::of(paid, event))
            .collect(),
    }))
}

/// Cancel a booking for the organiser
///
/// Gives its tickets back and refunds all of its money, also when the event has begun. Cancelling again changes nothing and
/// is answered alike; no key is needed. For a block of withheld tickets the token also needs `events:write`, as for giving
/// it back.
#[utoipa::path(
    post,
    path = "/api/organiser/bookings/{booking_id}/cancel",
    operation_id = "cancelForOrganiser",
    tag = "organiser",
    params(BookingPath),
    responses((status = 200, description = "The booking, cancelled, and its life.", body = HistoryJson)),
    security(("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "hold-expired", "booking-failed",
    ]))),
)]
pub async fn cancel(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsWrite).await?;
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    if booking.kind == BookingKind::Withheld && !token.allows(Scope::EventsWrite) {
        return Err(Denied::Scope(Scope::EventsWrite).into());
    }
    let by = actor(&token);
    app.payments
        .cancel_for_organiser(&by, &event, booking.id)
        .await?;
    about::note_done("cancelled");
    let cancelled = booking::get(&app.db, booking.id).await?.unwrap_or(booking);
    show(&app, &cancelled, &event).await
}

/// Something to remember of a booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewNote)]
struct NoteJson {
    /// 1 to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000, examples("Comes with a guide dog."))]
    text: String,
}

/// Note something of a booking
///
/// Organisers read it in the booking's life; its buyer never does.
#[utoipa::path(
    post,
    path = "/api/organiser/bookings/{booking_id}/notes",
    operation_id = "addNote",
    tag = "organiser",
    params(BookingPath),
    request_body = NoteJson,
    responses((status = 201, description = "The booking and its life, with the note.", body = HistoryJson)),
    security(("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn note(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsWrite).await?;
    let note: NoteJson = extract::json(&request, &body)?;
    let text = note.text.trim();
    if text.is_empty() || text.chars().count() > NOTE_MAX || text.contains('\0') {
        return Err(Error::invalid_field("/text", "field-note"));
    }
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    booking::add_note(&app.db, &actor(&token), &event, booking.id, text).await?;
    let mut answer = show(&app, &booking, &event).await?;
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}
