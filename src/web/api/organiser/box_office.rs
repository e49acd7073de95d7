//! Handlers of the box office: tickets that are given to guests, sales at the counter, and money that goes back by hand.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{actor, booking as asked_booking, caller, event, event_for};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::booking::{self, Booking, Issue, Made, RequestedItem, RequestedSeat};
use crate::catalog::Event;
use crate::payment::{BackByHand, ByHand, HandRefund, Method, Payment, Take};
use crate::types::contact::Contact;
use crate::types::json;
use crate::types::{BookingId, BookingKind, Money, Reference, Timestamp};
use crate::web::api::booking_json::{BookingJson, ContactJson};
use crate::web::api::parameters::{BookingPath, EventPath, IdempotencyKeyParam};
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::issue;

/// A booking that an organiser has made.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedBooking)]
struct IssuedJson<'a> {
    booking: BookingJson<'a>,
    /// What opens the booking and its tickets for whoever has it: a path of this server.
    link: String,
    /// What is left of the cash that was given; null unless it was.
    #[schema(required = true)]
    change: Option<Money>,
}

async fn answer(app: &App, event: &Event, made: Made) -> Result<HttpResponse, Error> {
    let Made { booking, replayed } = made;
    let one = std::slice::from_ref(&booking);
    let payments = app.payments.of_bookings(one).await?;
    let contacts = booking::contacts(&app.db, one).await?;
    let access = app.access.link(booking.link()).await?;
    let mut json = BookingJson::new(&booking, event, payments.iter());
    json.contact = contacts.into_iter().next().map(|(_, contact)| contact);
    let mut response = match replayed {
        true => HttpResponse::Ok(),
        false => HttpResponse::Created(),
    };
    if replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.json(IssuedJson {
        link: format!("/bookings/{}?access={access}", booking.id),
        change: payments.last().and_then(Payment::change),
        booking: json,
    }))
}

/// Tickets for a guest.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewComplimentary)]
struct NewComplimentaryJson {
    /// Quantities by tier, each tier once at most. With `seats` 100 tickets at most.
    #[serde(default, deserialize_with = "json::objects")]
    items: Vec<RequestedItem>,
    /// Named seats of numbered tiers. A tier has an entry in `items` or seats here.
    #[serde(default, deserialize_with = "json::objects")]
    seats: Vec<RequestedSeat>,
    /// For whom.
    #[serde(deserialize_with = "json::object")]
    contact: ContactJson,
    /// Why, for organisers alone; 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, examples("Press"))]
    reason: String,
}

/// Give tickets to a guest
///
/// They cost nothing and are confirmed at once; also before the sale opens and after the event has begun. No limit of
/// buyers counts them. `link` is for the guest.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/complimentary",
    operation_id = "giveTickets",
    tag = "organiser",
    params(EventPath, IdempotencyKeyParam),
    request_body = NewComplimentaryJson,
    responses(
        (status = 201, description = "Given.", body = IssuedJson),
        (status = 200, description = "A replay: this key has made this booking before. It is shown as it is now.",
            body = IssuedJson, headers(("Idempotent-Replayed" = String, description = "`true`."))),
    ),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "sold-out", "held-by-others", "seats-taken", "over-limit",
        "not-on-sale", "called-off", "idempotency-key-reused", "overloaded",
    ]))),
)]
pub async fn give(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let key = extract::idempotency_key(&request)?;
    let asked: NewComplimentaryJson = extract::json(&request, &body)?;
    let contact = asked.contact.read()?;
    if contact.name.is_empty() {
        return Err(Error::invalid_field("/contact/name", "field-guest-name"));
    }
    let wanted = Issue {
        kind: BookingKind::Complimentary,
        key,
        items: asked.items,
        seats: asked.seats,
        reason: Some(issue::reason(&asked.reason)?),
        contact: Some(contact),
        terms: String::new(),
    };
    let made = issue::issue(&app, &by, &event, wanted).await?;
    answer(&app, &event, made).await
}

/// A sale at the counter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBoxOfficeSale)]
struct NewSaleJson {
    /// Quantities by tier, each tier once at most. With `seats` 100 tickets at most.
    #[serde(default, deserialize_with = "json::objects")]
    items: Vec<RequestedItem>,
    /// Named seats of numbered tiers. A tier has an entry in `items` or seats here.
    #[serde(default, deserialize_with = "json::objects")]
    seats: Vec<RequestedSeat>,
    /// How it was paid.
    #[serde(deserialize_with = "json::object")]
    payment: ByHandJson,
    /// Who the buyer is, if they say so.
    #[serde(default, deserialize_with = "json::optional_object")]
    contact: Option<ContactJson>,
    /// What was shown and paid, in minor units: if it costs something else by now, nothing is sold.
    #[schema(minimum = 0)]
    expected_total: Option<i64>,
}

/// A payment by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentByHand)]
struct ByHandJson {
    method: MethodJson,
    /// With `cash`: what the buyer gave, in minor units; without it just what it costs.
    #[schema(minimum = 0)]
    tendered: Option<i64>,
    /// With `terminal`: what the terminal printed; 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    reference: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MethodByHand)]
pub(super) enum MethodJson {
    Cash,
    Terminal,
}

impl ByHandJson {
    fn read(self) -> Result<ByHand, Error> {
        let must_not =
            |name: &str| Error::invalid_field(&format!("/payment/{name}"), "field-not-with-method");
        match self.method {
            MethodJson::Cash if self.reference.is_some() => Err(must_not("reference")),
            MethodJson::Terminal if self.tendered.is_some() => Err(must_not("tendered")),
            MethodJson::Cash => Ok(ByHand::Cash {
                tendered_minor: self.tendered,
            }),
            MethodJson::Terminal => Ok(ByHand::Terminal {
                reference: self.reference,
            }),
        }
    }
}

/// Sell at the counter
///
/// The booking is confirmed with its payment by hand at once, all or nothing; also before the sale opens and after the
/// event has begun. No card is charged.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/box-office",
    operation_id = "sellAtBoxOffice",
    tag = "organiser",
    params(EventPath, IdempotencyKeyParam),
    request_body = NewSaleJson,
    responses(
        (status = 201, description = "Sold.", body = IssuedJson),
        (status = 200, description = "A replay: this key has made this booking before. It is shown as it is now.",
            body = IssuedJson, headers(("Idempotent-Replayed" = String, description = "`true`."))),
    ),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "sold-out", "held-by-others", "seats-taken", "over-limit",
        "not-on-sale", "called-off", "total-differs", "idempotency-key-reused", "overloaded",
    ]))),
)]
pub async fn sell(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let key = extract::idempotency_key(&request)?;
    let asked: NewSaleJson = extract::json(&request, &body)?;
    let take = Take {
        by_hand: asked.payment.read()?,
        expected_minor: asked.expected_total,
        order: Issue {
            kind: BookingKind::BoxOffice,
            key,
            items: asked.items,
            seats: asked.seats,
            reason: None,
            contact: asked.contact.map(ContactJson::read).transpose()?,
            terms: String::new(),
        },
    };
    let made = issue::sell(&app, &by, &event, take).await?;
    answer(&app, &event, made).await
}

/// Money that is to be given back by hand.
#[derive(Serialize, ToSchema)]
#[schema(as = HandRefund)]
struct HandRefundJson {
    booking_id: BookingId,
    reference: Reference,
    amount: Money,
    /// The way in which it was paid, and goes back.
    method: Method,
    /// What the terminal printed.
    #[schema(required = true)]
    terminal_reference: Option<String>,
    /// `booking`: it was cancelled; `difference`: dearer tickets for which it was paid have left the booking, or it has ended.
    paid_for: &'static str,
    /// Since when.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    due_since: Option<Timestamp>,
    /// Whose it is, if they said so.
    #[schema(required = true)]
    contact: Option<Contact>,
}

/// What is to be given back by hand.
#[derive(Serialize, ToSchema)]
#[schema(as = HandRefunds)]
struct HandRefundsJson {
    /// The oldest first; 500 at most.
    refunds: Vec<HandRefundJson>,
}

/// List what is to be given back by hand
///
/// What was paid at the box office for bookings that were cancelled without the buyer being there: the event was called
/// off. And what was paid by hand for dearer tickets that have left their booking, or whose booking has ended.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/hand-refunds",
    operation_id = "listHandRefunds",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The list.", body = HandRefundsJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn due(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let event = event(&app, &request, &token).await?;
    let due = app.payments.due_by_hand(&event).await?;
    let bookings: Vec<Booking> = due.iter().map(|one| one.booking.clone()).collect();
    let contacts = booking::contacts(&app.db, &bookings).await?;
    let json = due.into_iter().map(|one: HandRefund| {
        let contact = contacts.iter().find(|(id, _)| *id == one.booking.id);
        HandRefundJson {
            booking_id: one.booking.id,
            reference: one.booking.reference,
            amount: one.amount,
            method: one.method,
            terminal_reference: one.terminal_reference,
            paid_for: match one.change {
                Some(_) => "difference",
                None => "booking",
            },
            due_since: one.due_since,
            contact: contact.map(|(_, contact)| contact.clone()),
        }
    });
    Ok(HttpResponse::Ok().json(HandRefundsJson {
        refunds: json.collect(),
    }))
}

/// Record that money was given back by hand
///
/// All that is due of the booking: it was cancelled and had been paid at the box office, or a difference was paid by hand for
/// tickets that have left it. Recording it again changes nothing and is answered alike.
#[utoipa::path(
    post,
    path = "/api/organiser/bookings/{booking_id}/given-back",
    operation_id = "recordGivenBack",
    tag = "organiser",
    params(BookingPath),
    responses((status = 200, description = "The booking.", body = BookingJson)),
    security(("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn given_back(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsWrite).await?;
    let (booking, event) = asked_booking(&app, &request, &token).await?;
    let back = BackByHand {
        booking: booking.id,
        change: None,
        expected_minor: None,
    };
    let by = actor(&token);
    let recorded = app.payments.give_back_by_hand(&by, &event, back).await;
    recorded.map_err(|error| Error::of_change(error, &event))?;
    let payments = app
        .payments
        .of_bookings(std::slice::from_ref(&booking))
        .await?;
    Ok(HttpResponse::Ok().json(BookingJson::new(&booking, &event, payments.iter())))
}
