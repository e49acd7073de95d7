//! What the pages and the JSON of organisers share of making bookings: withholding, giving away, selling at the counter.

use std::sync::Arc;

use super::about::{self, Part};
use super::error::Error;
use super::find;
use crate::app::App;
use crate::audit::Actor;
use crate::booking::{self, BookError, Issue, Made, make_issue};
use crate::catalog::Event;
use crate::payment::Take;

/// Characters of a reason at most.
const REASON_MAX: usize = 200;

/// Why tickets are withheld or given away, as it was typed.
///
/// # Errors
/// 422 if there is none, if it is too long, or holds control characters.
pub(super) fn reason(text: &str) -> Result<String, Error> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > REASON_MAX || text.chars().any(char::is_control) {
        return Err(Error::of_reason(REASON_MAX));
    }
    Ok(text.to_owned())
}

/// Books what is withheld or given away.
///
/// # Errors
/// Why nothing was booked.
pub(super) async fn issue(
    app: &App,
    by: &Actor,
    event: &Arc<Event>,
    request: Issue,
) -> Result<Made, Error> {
    find::in_time_of_an_order(app, async {
        let order = make_issue(event, &request).map_err(BookError::Refused);
        let made = match order {
            Ok(order) => booking::issue(&app.db, &app.lanes, by, event, request, order, None).await,
            Err(refused) => match booking::issued(&app.db, event, &request).await {
                Ok(known) => known.ok_or(refused),
                Err(error) => Err(error.into()),
            },
        };
        made.map_err(|error| Error::of_booking(error, event, app.db.now()))
    })
    .await
    .inspect(about::note_made)
}

/// Sells at the counter.
///
/// # Errors
/// Why nothing was sold.
pub(super) async fn sell(
    app: &App,
    by: &Actor,
    event: &Arc<Event>,
    take: Take,
) -> Result<Made, Error> {
    find::in_time_of_an_order(app, async {
        let sold = about::time(Part::Order, app.payments.sell(by, event, take)).await;
        sold.map_err(|error| Error::of_sale(error, event, app.db.now()))
    })
    .await
    .inspect(about::note_made)
}
