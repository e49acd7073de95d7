//! What a buyer holds already of the event that they order: found, and asked about. An order that says neither "as well"
//! nor "instead" is not booked until it does.
//!
//! What must hold: no hold is given back unless its buyer has chosen so; a form that is sent twice is answered, not
//! asked. A browser without the cookie of `hold_cookie` is not asked: then the order is booked as well.

use actix_web::HttpRequest;

use super::choice::{Choice, KEEP};
use super::hold_cookie;
use crate::app::App;
use crate::booking::{self, Booking};
use crate::catalog::Event;
use crate::postgres;
use crate::types::{BookingId, BuyerId, IdempotencyKey};
use crate::web::view::format::Format;

/// What the buyer holds of the event: what the browser knows of and this booking, but not what the form with this key
/// has made.
pub(super) async fn find(
    app: &App,
    request: &HttpRequest,
    event: &Event,
    buyer: BuyerId,
    (also, except): (Option<BookingId>, Option<&IdempotencyKey>),
) -> Result<Vec<Booking>, postgres::Error> {
    let mut ids = hold_cookie::of_event(request, event.id);
    ids.extend(also.filter(|id| !ids.contains(id)));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    booking::held_among(&app.db, event.no, buyer, &ids, except).await
}

/// The question of the form, if there is one.
#[derive(Default)]
pub(super) struct HoldsView {
    pub(super) heading: String,
    /// Empty if the buyer holds nothing.
    pub(super) choices: Vec<HoldChoice>,
    /// What was answered before, while the holds cannot be read.
    pub(super) answered: Option<String>,
}

/// One answer.
pub(super) struct HoldChoice {
    /// Of the field `replaces`.
    pub(super) value: String,
    pub(super) text: String,
    pub(super) is_chosen: bool,
}

impl HoldsView {
    pub(super) fn new(holds: &[Booking], choice: &Choice, format: &Format) -> Self {
        if holds.is_empty() {
            let kept = choice.keeps.then(|| KEEP.to_owned());
            return Self {
                answered: choice.replaces.map(|id| id.to_string()).or(kept),
                ..Self::default()
            };
        }
        let count = count(holds);
        let keep = HoldChoice {
            value: KEEP.to_owned(),
            text: format.counted("own-holds-keep", count, &[]),
            is_chosen: choice.keeps,
        };
        let replace = holds.iter().map(|hold| HoldChoice {
            value: hold.id.to_string(),
            text: format.counted("own-holds-replace", quantity(hold), &[]),
            is_chosen: choice.replaces == Some(hold.id),
        });
        Self {
            heading: heading(holds, format),
            choices: std::iter::once(keep).chain(replace).collect(),
            answered: None,
        }
    }
}

/// Says that these are held.
pub(super) fn heading(holds: &[Booking], format: &Format) -> String {
    format.counted("own-holds", count(holds), &[])
}

fn count(holds: &[Booking]) -> i32 {
    holds.iter().map(quantity).sum()
}

fn quantity(hold: &Booking) -> i32 {
    hold.items.iter().map(|item| item.quantity).sum()
}
