//! Books: checks a request, sends the order to its event's lane, and turns the outcome into a booking or an
//! error.
//!
//! What must hold: a booking is returned only after its commit. No SQL here: the allocator inserts bookings,
//! `read` reads them. What few orders need is boxed: the future of every order is copied as it is boxed with its request,
//! and would have room for the largest.

use super::contact::{ContactRefused, check_contact, save_contact};
use super::order::{FieldError, Refused, Request, Rule, make_order};
use super::read::{get, lines_of_items};
use super::replace::{NotReplaced, replace};
use super::{BookedItem, Booking, Status};
use crate::allocator::{Booked, CodeRefusal, Item, Lanes, Order, Outcome, Priced};
use crate::catalog::code::PromoCode;
use crate::catalog::{Event, code};
use crate::postgres::{Db, Error};
use crate::types::{BookingId, BuyerId};

/// How often an order is priced because its code was changed meanwhile.
const CHANGES_MAX: u32 = 3;

/// The booking that a request made, now or when it was sent before.
#[derive(Debug)]
pub struct Made {
    /// As it is now.
    pub booking: Booking,
    /// Whether an earlier request with the same key made it.
    pub replayed: bool,
}

/// Why a request made no booking; nothing was changed.
#[derive(Debug)]
pub enum BookError {
    /// The request is invalid, whatever the stock.
    Refused(Refused),
    /// The event asks for a contact, or for none.
    Contact(ContactRefused),
    /// The booking that was to be replaced is paid: confirmed, or pending while a payment is under way.
    Paid(BookingId, Status),
    /// The stock or the sale does not allow it, or the database failed.
    Outcome(Outcome),
}

impl From<Error> for BookError {
    fn from(error: Error) -> Self {
        Self::Outcome(Outcome::Failed(error))
    }
}

/// Books the tickets that a buyer requests.
///
/// # Errors
/// [`BookError`].
pub async fn book(
    db: &Db,
    lanes: &Lanes,
    event: &Event,
    request: Request,
) -> Result<Made, BookError> {
    let (replaced, contact) = (request.replaces, request.contact.clone());
    check_contact(event.contact, contact.as_ref(), request.card.is_some())
        .map_err(BookError::Contact)?;
    let made = match request.code {
        None => {
            let order = make_order(event, request).map_err(BookError::Refused)?;
            make(db, lanes, event, order, replaced).await?
        }
        Some(_) => Box::pin(make_with_code(db, lanes, event, request)).await?,
    };
    if let Some(contact) = contact {
        // If it fails, the client sends the same key again; the payment may have brought a newer one since.
        let client = db.get().await?;
        let id = made.booking.id;
        Box::pin(save_contact(&client, event.no, id, &contact, false)).await?;
    }
    Ok(made)
}

/// Prices an order by its code, anew if the code is changed meanwhile.
async fn make_with_code(
    db: &Db,
    lanes: &Lanes,
    event: &Event,
    mut request: Request,
) -> Result<Made, BookError> {
    for attempt in 1.. {
        let unlocked = request.code.as_ref().and_then(|code| code.unlocks(event));
        let event = unlocked.as_deref().unwrap_or(event);
        let order = make_order(event, request.clone()).map_err(BookError::Refused)?;
        match make(db, lanes, event, order, request.replaces).await {
            Err(BookError::Outcome(Outcome::CodeRefused(CodeRefusal::Changed)))
                if attempt < CHANGES_MAX =>
            {
                let known = request.code.as_ref();
                let text = known.map(|code: &PromoCode| code.code.clone());
                if let Some(text) = text {
                    request.code = code::find(db, event.no, &text).await?;
                }
            }
            made => return made,
        }
    }
    Err(BookError::Outcome(Outcome::CodeRefused(
        CodeRefusal::Changed,
    )))
}

async fn make(
    db: &Db,
    lanes: &Lanes,
    event: &Event,
    order: Order,
    replaced: Option<BookingId>,
) -> Result<Made, BookError> {
    let (buyer, total_minor) = (order.buyer, order.total_minor);
    let (items, priced) = (order.items.clone(), order.priced.clone());
    let outcome = match replaced {
        Some(replaced) => {
            let outcome = Box::pin(replace(db, lanes, &event.stock, order, replaced));
            outcome
                .await
                .map_err(|error| not_replaced(error, replaced))?
        }
        None => lanes.book(&event.stock, order).await,
    };
    let (id, replayed) = match outcome {
        Outcome::Booked(booked) => {
            return Ok(Made {
                booking: new_booking(event, buyer, (total_minor, priced), &items, booked),
                replayed: false,
            });
        }
        Outcome::Committed(id) => (id, false),
        Outcome::Replay(id) => (id, true),
        outcome => return Err(BookError::Outcome(outcome)),
    };
    let gone = || Error::Unavailable("the booking cannot be read back yet".into());
    let booking = Box::pin(get(db, id)).await?.ok_or_else(gone)?;
    Ok(Made { booking, replayed })
}

fn not_replaced(error: NotReplaced, replaced: BookingId) -> BookError {
    match error {
        NotReplaced::Paid(status) => BookError::Paid(replaced, status),
        NotReplaced::Unknown => {
            let wrong = FieldError::new("/replaces", Rule::OwnBooking);
            BookError::Refused(Refused::Invalid(vec![wrong]))
        }
        NotReplaced::Db(error) => error.into(),
    }
}

/// The booking as it was committed, without reading it back.
fn new_booking(
    event: &Event,
    buyer: BuyerId,
    (total_minor, priced): (i64, Option<Box<Priced>>),
    ordered: &[Item],
    booked: Booked,
) -> Booking {
    let items = ordered
        .iter()
        .zip(booked.items)
        .map(|(item, taken)| BookedItem {
            tier: item.tier,
            quantity: item.quantity,
            unit_price_minor: item.unit_price_minor,
            seats: taken.seats,
        });
    let items: Vec<BookedItem> = items.collect();
    Booking {
        event: event.no,
        id: booked.id,
        reference: booked.reference,
        buyer,
        status: Status::Pending,
        total: event.money(total_minor),
        created_at: booked.created_at,
        expires_at: Some(booked.expires_at),
        confirmed_at: None,
        ended_at: None,
        lines: match priced {
            Some(priced) => priced.lines,
            None => lines_of_items(&items),
        },
        items,
    }
}
