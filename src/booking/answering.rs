//! A buyer answers an event's questions, or changes what was answered, apart from booking and paying.

use std::sync::Arc;

use super::answer_rules::Given;
use super::answers::{AnswersRefused, take};
use super::transition::lock;
use super::{Booking, Status};
use crate::postgres::{Db, Error};

/// $1 event. Whether it has begun, or does not take place.
const IS_OVER: &str = "
    SELECT e.starts_at <= now() OR e.status = 'called_off' AS is_over FROM events AS e WHERE e.event_id = $1";

/// Saves what is answered to a booking that holds its tickets, until the event begins: by its buyer or a program, or by
/// whoever has no more than its link, who replaces nothing. What must be answered stays answered once the booking is
/// paid, or is being paid.
///
/// # Errors
/// Those of the database; inside, [`AnswersRefused`]: then nothing was saved.
pub async fn answer(
    db: &Db,
    booking: &Booking,
    given: Vec<Given>,
    by_buyer: bool,
) -> Result<Result<(), AnswersRefused>, Error> {
    let (event, id, given) = (booking.event, booking.id, Arc::new(given));
    let buyer = booking.buyer;
    db.transaction(|transaction| {
        let given = given.clone();
        Box::pin(async move {
            let is_over = transaction.prepare_cached(IS_OVER).await?;
            let is_over: bool = transaction.query_one(&is_over, &[&event]).await?.get(0);
            let locked = lock(transaction, event, id).await?;
            let Some(locked) = locked.filter(|it| it.status.holds_tickets() && !is_over) else {
                return Ok(Err(AnswersRefused::Over));
            };
            if locked.buyer != buyer {
                return Ok(Err(AnswersRefused::NotYours));
            }
            let must_stay = locked.is_paying || locked.status == Status::Confirmed;
            take(transaction, event, id, &given, (by_buyer, must_stay)).await
        })
    })
    .await
}
