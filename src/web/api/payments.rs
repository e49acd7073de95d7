//! Handlers under /api/payments: paying a pending booking, and the gateway's webhook. Signatures and bodies of
//! webhooks are read by `gateway`.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::AnswerJson;
use super::booking_json::{ContactJson, PaymentJson};
use super::parameters::IdempotencyKeyParam;
use crate::access::Right;
use crate::app::App;
use crate::gateway::simulated::NoticeJson;
use crate::payment::webhook::Received;
use crate::payment::{PaymentRequest, Status};
use crate::types::{BookingId, PaymentId, json};
use crate::web::about::{self, Part};
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::means::{self, Means};
use crate::web::{find, session};

/// A payment of a pending booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPayment)]
struct PayJson {
    booking_id: BookingId,
    /// A payment method's token, which the provider has given: `pm_card_visa`. This or `card_number`.
    #[schema(
        max_length = 255,
        pattern = "^[a-z]+_[A-Za-z0-9_]*$",
        examples("pm_card_visa")
    )]
    payment_method: Option<String>,
    /// The number of a test card: 12 to 19 digits, with spaces or hyphens between them at most. Taken by the simulated gateway
    /// alone.
    #[schema(
        max_length = 64,
        pattern = "^[ -]*([0-9][ -]*){12,19}$",
        examples("4242424242424242")
    )]
    card_number: Option<String>,
    /// Where the buyer's browser goes when their bank has asked them something.
    #[schema(
        max_length = 2000,
        format = "uri",
        examples("https://example.org/paid")
    )]
    return_url: Option<String>,
    /// Who the buyer is; needed if the event's `contact` is `required` and the booking has none yet.
    #[serde(default, deserialize_with = "json::optional_object")]
    contact: Option<ContactJson>,
    /// What is answered to the event's questions; what is required is needed unless it was answered before.
    #[serde(default, deserialize_with = "json::objects")]
    answers: Vec<AnswerJson>,
}

/// Pay a booking
///
/// Charges a card for a pending booking and confirms it. If the card is declined another may be tried until the hold
/// ends, three at most, each under a key of its own.
#[utoipa::path(
    post,
    path = "/api/payments",
    operation_id = "pay",
    tag = "payments",
    params(IdempotencyKeyParam),
    request_body = PayJson,
    responses(
        (status = 201, description = "Paid: the booking is confirmed.", body = PaymentJson),
        (status = 200, description = "A replay: this key has made this payment before. It is shown as it is now.",
            body = PaymentJson, headers(("Idempotent-Replayed" = String, description = "`true`."))),
        (status = 202, description = "Not decided yet: look at `Location`, the payment, after `Retry-After` seconds. \
            If `status` is `requires_action`, the buyer has to do what `next_action` says first.", body = PaymentJson,
            headers(("Location" = String), ("Retry-After" = u32))),
    ),
    security(("buyerToken" = []), ("apiToken" = ["bookings:write"]), ("bookingLink" = [])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "payment-declined", "amount-refused", "hold-expired", "already-paid",
        "booking-cancelled", "booking-failed", "payment-in-progress", "card-not-digits", "card-wrong-length",
        "card-fails-check", "idempotency-key-reused", "overloaded",
    ]))),
)]
pub async fn pay(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let key = extract::idempotency_key(&request)?;
    let asked: PayJson = extract::json(&request, &body)?;
    let means = Means {
        payment_method: asked.payment_method.as_deref(),
        card_number: asked.card_number.as_deref(),
        return_url: asked.return_url.as_deref(),
    };
    let (method, return_url) = means.read(&app, "")?;
    let contact = asked.contact.map(ContactJson::read).transpose()?;
    let answers = asked.answers.into_iter().map(AnswerJson::read).collect();
    let id = asked.booking_id;
    let booking = find::booking(&app, &request, principal.clone(), Right::Pay, id).await?;
    let (event, booking, buyer) = (booking.event, booking.id, booking.buyer);
    let return_url = means::return_url(&app, &request, booking, return_url);
    let asked = PaymentRequest {
        seen_moves: None,
        event,
        booking,
        buyer,
        key,
        method: method.into(),
        return_url,
        contact,
        answers,
        by_buyer: principal.speaks_for(buyer),
        one_shot: false,
    };
    let paid = about::time(Part::Payment, app.payments.pay(&asked)).await?;
    let payment = &paid.payment;
    if payment.status == Status::Succeeded {
        about::note_done("paid");
    }
    let mut response = match (payment.status, &payment.decline_code) {
        (Status::Declined, Some(code)) => {
            let declined = Error::declined(code).with("payment_id", payment.id);
            return Err(if paid.replayed {
                declined.replayed()
            } else {
                declined
            });
        }
        (Status::Processing, _) => still_processing(&format!("/api/payments/{}", payment.id)),
        _ if paid.replayed => HttpResponse::Ok(),
        _ => HttpResponse::Created(),
    };
    if paid.replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.json(PaymentJson::with_action(payment, &app, &request)))
}

/// Get a payment
///
/// A payment as it is now. If its buyer had to do something at their bank, the provider is asked first how that went.
#[utoipa::path(
    get,
    path = "/api/payments/{payment_id}",
    operation_id = "getPayment",
    tag = "payments",
    params(("payment_id" = PaymentId, Path, description = "The payment.")),
    responses((status = 200, description = "The payment.", body = PaymentJson)),
    security(("buyerToken" = []), ("apiToken" = ["bookings:write"]), ("bookingLink" = [])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn get(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let id = extract::path_id(&request, "payment_id", "payment")?;
    let booking = app.payments.booking_of(id).await?;
    // Of what there is not, the same is asked as of what is another's.
    let booking = booking.unwrap_or(BookingId(uuid::Uuid::nil()));
    let found = find::booking(&app, &request, principal, Right::Pay, booking).await;
    found.map_err(|error| match error.status_code() {
        StatusCode::NOT_FOUND => Error::not_found("payment"),
        _ => error,
    })?;
    let payment = app.payments.look(id).await?;
    let payment = payment.ok_or_else(|| Error::not_found("payment"))?;
    Ok(HttpResponse::Ok().json(PaymentJson::with_action(&payment, &app, &request)))
}

/// 202 with Location and Retry-After: where and when to query the outcome.
pub(super) fn still_processing(location: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Accepted();
    response
        .insert_header((LOCATION, location))
        .insert_header((RETRY_AFTER, 2));
    response
}

/// What became of a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookReceipt)]
struct ReceiptJson {
    /// Always true.
    received: bool,
    /// Whether the same webhook was received before; then it has changed nothing.
    duplicate: bool,
}

/// Report on a payment
///
/// For the payment gateway alone. A webhook that comes twice, late or out of order does no harm. The body is the
/// gateway's own; that of the simulated one is shown here.
#[utoipa::path(
    post,
    path = "/api/payments/webhook",
    operation_id = "receiveWebhook",
    tag = "payments",
    request_body(content_type = "application/json", content = NoticeJson),
    responses((status = 200, description = "Recorded.", body = ReceiptJson)),
    security(("webhookSignature" = [])),
    extensions(("x-problems" = json!([
        "not-found", "webhook-signature", "webhook-timestamp", "webhook-not-json", "webhook-amount",
    ]))),
)]
pub async fn webhook(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    extract::require_json(&request)?;
    let signature = |name: &str| request.headers().get(name)?.to_str().ok();
    let received = app.payments.receive_webhook(signature, &body.0).await?;
    Ok(HttpResponse::Ok().json(ReceiptJson {
        received: true,
        duplicate: received == Received::Duplicate,
    }))
}
