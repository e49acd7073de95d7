//! Books: checks a request, sends the order to its event's lane, and turns the outcome into a booking or an
//! error.
//!
//! What must hold: a booking is returned only after its commit. No SQL here: the allocator inserts bookings,
//! `read` reads them. What few orders need is boxed: the future of every order is copied as it is boxed with its request,
//! and would have room for the largest.

use super::answer_rules::{Given, check_answers};
use super::answers::{AnswersRefused, save_first};
use super::contact::{ContactRefused, check_contact, save_contact};
use super::order::{FieldError, Refused, Request, Rule, make_order};
use super::read::get;
use super::replace::{NotReplaced, replace};
use super::{BookedItem, Booking, Status};
use crate::allocator::{Booked, Item, Lanes, Order, Outcome};
use crate::catalog::{Event, questions};
use crate::postgres::{Db, Error};
use crate::types::{BookingId, BuyerId};

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
    /// The answers are not what the event asks for.
    Answers(AnswersRefused),
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
    let answers = request.answers.clone();
    let is_paid = request.card.is_some();
    let order = make_order(event, request).map_err(BookError::Refused)?;
    if !answers.is_empty() || (event.asks && is_paid) {
        Box::pin(check(db, event, &order, &answers, is_paid)).await?;
    }
    let made = make(db, lanes, event, order, replaced).await?;
    if let Some(contact) = contact {
        // If it fails, the client sends the same key again; the payment may have brought a newer one since.
        let client = db.get().await?;
        let id = made.booking.id;
        Box::pin(save_contact(&client, event.no, id, &contact, false)).await?;
    }
    if !answers.is_empty() {
        Box::pin(save_answers(db, &made.booking, &answers)).await?;
    }
    Ok(made)
}

/// Whether the answers are what the event asks for, before anything is booked.
async fn check(
    db: &Db,
    event: &Event,
    order: &Order,
    answers: &[Given],
    is_paid: bool,
) -> Result<(), BookError> {
    let asked = questions(&db.get().await?, event.no).await?;
    let tickets: i32 = order.items.iter().map(|item| item.quantity).sum();
    let checked = check_answers(&asked, tickets as usize, answers, &[], is_paid);
    checked.map_err(|wrong| BookError::Answers(AnswersRefused::Wrong(wrong)))
}

/// As the contact: if it fails, the client sends the same key again.
async fn save_answers(db: &Db, booking: &Booking, answers: &[Given]) -> Result<(), Error> {
    let client = db.get().await?;
    save_first(&client, booking, answers).await
}

async fn make(
    db: &Db,
    lanes: &Lanes,
    event: &Event,
    order: Order,
    replaced: Option<BookingId>,
) -> Result<Made, BookError> {
    let (buyer, total_minor) = (order.buyer, order.total_minor);
    let items = order.items.clone();
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
                booking: new_booking(event, buyer, total_minor, &items, booked),
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
    total_minor: i64,
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
    Booking {
        event: event.no,
        id: booked.id,
        reference: booked.reference,
        buyer,
        link_no: 0,
        status: Status::Pending,
        total: event.money(total_minor),
        created_at: booked.created_at,
        expires_at: Some(booked.expires_at),
        confirmed_at: None,
        ended_at: None,
        items: items.collect(),
    }
}
