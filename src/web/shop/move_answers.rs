//! The handler of what buyers answer when their event was moved.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::form::{Fields, value_of};
use super::respond::see_other;
use crate::access::Right;
use crate::app::App;
use crate::booking::MoveAnswer;
use crate::payment::{MoveReply, PayError};
use crate::web::error::Error;
use crate::web::{about, extract, find, session};

/// POST /bookings/{booking_id}/move-answer
pub async fn answer(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let principal = session::of_page(&app, &request).await?;
    let booking = find::booking_of_path(&app, &request, principal, Right::Cancel).await?;
    let value = |name| value_of(&fields, name).unwrap_or_default();
    let number = extract::parse("/move", value("move"))?;
    let answer = match value("answer") {
        "keep" => MoveAnswer::Keep,
        "return" => MoveAnswer::Return,
        _ => return Err(Error::invalid_field("/answer", "field-move-answer")),
    };
    let reply = MoveReply {
        event: booking.event,
        booking: booking.id,
        buyer: booking.buyer,
        number,
        answer,
    };
    // Whatever stands now, the booking's page says it.
    match app.payments.answer_move(reply).await {
        Ok(()) => about::note_done("answered"),
        Err(
            PayError::NotAsked
            | PayError::MovedAgain
            | PayError::AnswerClosed
            | PayError::NotPending(_),
        ) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(see_other(&format!("/bookings/{}", booking.id)))
}
