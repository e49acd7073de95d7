//! Handlers under /api/payments: paying a pending booking, and the gateway's webhook. Signatures and bodies of
//! webhooks are read by `gateway`.

use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Deserialize;
use serde_json::json;

use super::booking_json::{ContactJson, PaymentJson};
use crate::access::Right;
use crate::app::App;
use crate::gateway::card::Card;
use crate::payment::{PaymentRequest, Status};
use crate::types::BookingId;
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::{find, session};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayJson {
    booking_id: BookingId,
    card_number: String,
    contact: Option<ContactJson>,
}

/// POST /api/payments: 201, 200 for a replay, 202 while the gateway has not answered, 402 declined.
pub async fn pay(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let key = extract::idempotency_key(&request)?;
    let asked: PayJson = extract::json(&request, &body)?;
    let card: Card =
        (asked.card_number.parse()).map_err(|error| Error::of_card("/card_number", error))?;
    let contact = asked.contact.map(ContactJson::read).transpose()?;
    let id = asked.booking_id;
    let booking = find::booking(&app, &request, principal, Right::Pay, id).await?;
    let (event, booking, buyer) = (booking.event, booking.id, booking.buyer);
    let paid = app
        .payments
        .pay(&PaymentRequest {
            event,
            booking,
            buyer,
            key,
            card,
            contact,
            one_shot: false,
        })
        .await?;
    let payment = &paid.payment;
    let mut response = match (payment.status, &payment.decline_code) {
        (Status::Declined, Some(code)) => {
            let declined = Error::declined(code).with("payment_id", payment.id);
            return Err(if paid.replayed {
                declined.replayed()
            } else {
                declined
            });
        }
        (Status::Processing, _) => still_processing(payment.booking),
        _ if paid.replayed => HttpResponse::Ok(),
        _ => HttpResponse::Created(),
    };
    if paid.replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.json(PaymentJson::from(payment)))
}

/// 202 with Location and Retry-After: where and when to query the outcome.
pub(super) fn still_processing(booking: BookingId) -> HttpResponseBuilder {
    let mut response = HttpResponse::Accepted();
    response
        .insert_header((LOCATION, format!("/api/bookings/{booking}")))
        .insert_header((RETRY_AFTER, 2));
    response
}

/// POST /api/payments/webhook: 200, also for what was received before.
pub async fn webhook(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    extract::require_json(&request)?;
    let signature = request.headers().get(app.payments.signature_header());
    let signature = signature.and_then(|value| value.to_str().ok());
    let is_news = app.payments.receive_webhook(signature, &body.0).await?;
    Ok(HttpResponse::Ok().json(json!({"received": true, "duplicate": !is_news})))
}
