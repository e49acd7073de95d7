//! Books: checks a request, sends the order to its event's lane, and turns the outcome into a booking or an
//! error.
//!
//! What must hold: a booking is returned only after its commit. No SQL here: the allocator inserts bookings,
//! `read` reads them. What few orders need is boxed: the future of every order is copied as it is boxed with its request,
//! and would have room for the largest.

use super::contact::{ContactRefused, check_contact, save_contact};
use super::order::{FieldError, Refused, Request, Rule, make_order};
use super::read::get;
use super::replace::{NotReplaced, replace};
use super::{BookedItem, Booking, Status};
use crate::allocator::{Booked, Item, Lanes, Order, Outcome};
use crate::catalog::Event;
use crate::postgres::{Db, Error};
use crate::types::{BookingId, BookingKind, BuyerId};

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
    let awaits_contact = request.awaits_contact;
    let mut order = make_order(event, request).map_err(BookError::Refused)?;
    if order.total_minor == 0 {
        // Nothing is to be paid: it is confirmed with its tickets.
        match check_contact(event.contact, contact.as_ref(), true) {
            Ok(()) => order.confirmed_as = Some(BookingKind::Sale),
            Err(_) if awaits_contact => {}
            Err(refused) => return Err(BookError::Contact(refused)),
        }
    }
    let made = make(db, lanes, event, order, replaced).await?;
    if let Some(contact) = contact {
        // If it fails, the client sends the same key again; the payment may have brought a newer one since.
        let client = db.get().await?;
        let id = made.booking.id;
        Box::pin(save_contact(&client, event.no, id, &contact, false)).await?;
    }
    Ok(made)
}

async fn make(
    db: &Db,
    lanes: &Lanes,
    event: &Event,
    order: Order,
    replaced: Option<BookingId>,
) -> Result<Made, BookError> {
    let ordered = Ordered::of(&order);
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
                booking: ordered.booking(event, booked),
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

/// What of an order is in its booking.
pub(super) struct Ordered {
    buyer: BuyerId,
    total_minor: i64,
    kind: BookingKind,
    items: Vec<Item>,
}

impl Ordered {
    pub(super) fn of(order: &Order) -> Self {
        Self {
            buyer: order.buyer,
            total_minor: order.total_minor,
            kind: order.confirmed_as.unwrap_or_default(),
            items: order.items.clone(),
        }
    }

    /// The booking as it was committed, without reading it back.
    pub(super) fn booking(self, event: &Event, booked: Booked) -> Booking {
        let items = self.items.iter().zip(booked.items);
        let items = items.map(|(item, taken)| BookedItem {
            tier: item.tier,
            quantity: item.quantity,
            unit_price_minor: item.unit_price_minor,
            seats: taken.seats,
        });
        let (status, confirmed_at) = match booked.expires_at {
            Some(_) => (Status::Pending, None),
            None => (Status::Confirmed, Some(booked.created_at)),
        };
        Booking {
            event: event.no,
            id: booked.id,
            reference: booked.reference,
            buyer: self.buyer,
            status,
            total: event.money(self.total_minor),
            created_at: booked.created_at,
            expires_at: booked.expires_at,
            confirmed_at,
            ended_at: None,
            kind: self.kind,
            reason: None,
            items: items.collect(),
        }
    }
}
