//! The handler of what a buyer answers when their event was moved.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use super::booking_json::BookingJson;
use super::bookings::answer;
use super::parameters::BookingPath;
use crate::access::Right;
use crate::app::App;
use crate::booking::{self, MoveAnswer};
use crate::payment::MoveReply;
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::{about, find, session};

/// An answer to a move of an event.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMoveAnswer)]
struct AnswerJson {
    /// The `number` of the booking's `moved`.
    r#move: i32,
    answer: MoveAnswer,
}

/// Keep or return the tickets of an event that was moved
///
/// `return` cancels the booking and refunds it in full, until the `answer_until` of the move, also when bookings cannot be
/// cancelled any more. Whoever does not answer keeps the tickets. An answer can be changed until then, but what was
/// returned stays returned; answering again is answered alike.
#[utoipa::path(
    post,
    path = "/api/bookings/{booking_id}/move-answer",
    operation_id = "answerMove",
    tag = "bookings",
    params(BookingPath),
    request_body = AnswerJson,
    responses((status = 200, description = "The booking as it is then.", body = BookingJson)),
    security(("buyerToken" = []), ("apiToken" = ["bookings:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "not-asked", "moved-again", "answer-closed", "already-admitted",
        "booking-cancelled", "hold-expired", "booking-failed",
    ]))),
)]
pub async fn take(app: Data<App>, request: HttpRequest, body: Body) -> Result<HttpResponse, Error> {
    let principal = session::of_header(&app, &request).await?;
    let booking = find::booking_of_path(&app, &request, principal, Right::Cancel).await?;
    let asked: AnswerJson = extract::json(&request, &body)?;
    let reply = MoveReply {
        event: booking.event,
        booking: booking.id,
        buyer: booking.buyer,
        number: asked.r#move,
        answer: asked.answer,
    };
    app.payments.answer_move(reply).await?;
    about::note_done("answered");
    let answered = booking::get(&app.db, booking.id).await?.unwrap_or(booking);
    answer(&app, &answered, true).await
}
