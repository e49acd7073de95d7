//! Handlers: paying pending bookings, and the webhook with which the gateway reports an outcome.

use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::booking_json::PaymentJson;
use crate::app::App;
use crate::booking;
use crate::gateway::Answer;
use crate::gateway::card::Card;
use crate::gateway::simulated::signature;
use crate::payment::webhook::Notice;
use crate::payment::{Status, Wish};
use crate::types::{BookingId, Currency, Money, PaymentId, UserId};
use crate::web::error::Error;
use crate::web::extract::{self, Body};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PayJson {
    booking_id: BookingId,
    user_id: UserId,
    card_number: String,
}

/// POST /api/payments: 201, 200 for a replay, 202 while the gateway has not answered, 402 declined.
pub async fn pay(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let key = extract::idempotency_key(&request)?;
    let asked: PayJson = extract::json(&request, &body)?;
    let card: Card =
        (asked.card_number.parse()).map_err(|error| Error::of_card("/card_number", error))?;
    let booking = booking::get(&app.db, asked.booking_id)
        .await?
        .ok_or_else(|| Error::not_found("booking"))?;
    let (event, booking, user) = (booking.event, booking.id, asked.user_id);
    let paid = app
        .payments
        .pay(&Wish {
            event,
            booking,
            user,
            key,
            card,
            one_shot: false,
        })
        .await?;
    let payment = &paid.payment;
    let mut response = match (payment.status, &payment.decline_code) {
        (Status::Declined, Some(code)) => {
            return Err(Error::declined(code).with("payment_id", payment.id));
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

/// 202 with Location and Retry-After: where and when to ask for the outcome.
pub(super) fn still_processing(booking: BookingId) -> HttpResponseBuilder {
    let mut response = HttpResponse::Accepted();
    response
        .insert_header((LOCATION, format!("/api/bookings/{booking}")))
        .insert_header((RETRY_AFTER, 2));
    response
}

/// The body of a webhook. Unknown fields are ignored: the gateway may add some.
#[derive(Deserialize)]
struct NoticeJson {
    id: Uuid,
    #[serde(rename = "type")]
    kind: Kind,
    payment_id: PaymentId,
    amount: AmountJson,
    decline_code: Option<String>,
}

#[derive(Deserialize)]
enum Kind {
    #[serde(rename = "payment.succeeded")]
    Succeeded,
    #[serde(rename = "payment.declined")]
    Declined,
}

#[derive(Deserialize)]
struct AmountJson {
    amount: i64,
    currency: String,
}

impl NoticeJson {
    fn read(self) -> Result<Notice, Error> {
        let currency: Currency = extract::parse("/amount/currency", &self.amount.currency)?;
        let answer = match (self.kind, self.decline_code.as_deref()) {
            (Kind::Succeeded, _) => Answer::Succeeded,
            (Kind::Declined, Some(code)) if is_code(code) => Answer::declined(code),
            (Kind::Declined, Some(_)) => {
                let words = "must be 1 to 64 of a-z, 0-9 and _";
                return Err(Error::invalid_field("/decline_code", words));
            }
            (Kind::Declined, None) => Answer::declined("card_declined"),
        };
        Ok(Notice {
            id: self.id,
            payment: self.payment_id,
            amount: Money {
                minor: self.amount.amount,
                currency,
            },
            answer,
        })
    }
}

fn is_code(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(is_word)
}

/// POST /api/payments/webhook: 200, also for a webhook that was received before.
pub async fn webhook(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let signature = request.headers().get(signature::HEADER);
    let signature = signature.and_then(|value| value.to_str().ok());
    app.payments.verify_webhook(signature, &body.0).await?;
    serde_json::from_slice::<serde::de::IgnoredAny>(&body.0)
        .map_err(|error| Error::webhook_not_json(&error))?;
    let notice: NoticeJson = extract::json(&request, &body)?;
    let is_news = app.payments.receive(notice.read()?).await?;
    Ok(HttpResponse::Ok().json(json!({"received": true, "duplicate": !is_news})))
}
