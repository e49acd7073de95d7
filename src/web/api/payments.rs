//! Payments of pending bookings.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::bookings::PaymentJson;
use crate::app::App;
use crate::booking;
use crate::payment::card::Card;
use crate::payment::{Status, Wish};
use crate::types::{BookingId, UserId};
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
    let card: Card = extract::parse("/card_number", &asked.card_number)?;
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
            return Err(Error::declined(code).and("payment_id", payment.id));
        }
        (Status::Processing, _) => HttpResponse::Accepted(),
        _ if paid.replayed => HttpResponse::Ok(),
        _ => HttpResponse::Created(),
    };
    if paid.replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    Ok(response.json(PaymentJson::from(payment)))
}
