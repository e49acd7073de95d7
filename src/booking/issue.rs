//! What organisers book: blocks of tickets that are kept off sale, tickets that are given to guests, tickets that are sold
//! at the counter. Each is a booking that is confirmed with its tickets, and is allocated by the steps of a batch.
//!
//! What must hold: a request that is sent twice books once; what belongs to the booking, its contact, its payment, the
//! entry of the audit trail, is written in the transaction that takes the tickets. For the sake of that it does not go
//! through a lane, as `replace` does not; the locks are the same, so nothing is sold twice, however many lanes sell beside
//! it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::json;

use super::attempts::{Attempts, candidate};
use super::book::{BookError, Made, Ordered};
use super::contact::save_contact;
use super::order::{
    Refused, RequestName, RequestedItem, RequestedSeat, Wanted, contact_part, price,
};
use super::read::{by_name, get};
use crate::allocator::replace::allocate_in;
use crate::allocator::{Lanes, Order, Outcome, Verdict};
use crate::audit::{self, Actor, Entry};
use crate::catalog::Event;
use crate::postgres::{AsDbError, Db, Error, Transaction};
use crate::types::contact::Contact;
use crate::types::{BookingId, BookingKind, BuyerId, EventNo, IdempotencyKey};

/// Tickets of one block at most: some ten milliseconds of a batch.
pub const TICKETS_WITHHELD_MAX: i32 = 1_000;
/// Tickets at most that are given to one guest, or sold at the counter at once.
pub const TICKETS_GIVEN_MAX: i32 = 100;
/// For how long an order waits for tickets that orders in flight have locked, or overdue holds give back. In a rush lanes
/// have locked more than they assign.
const WAIT: Duration = Duration::from_secs(3);

/// $1 event, $2 booking, $3 why.
const SET_REASON: &str = "UPDATE bookings SET reason = $3 WHERE event_id = $1 AND id = $2";

/// What is written of an order beside its booking, in the transaction that makes it.
pub type Also = Arc<
    dyn for<'t> Fn(&'t Transaction<'t>, BookingId) -> BoxFuture<'t, Result<(), Error>>
        + Send
        + Sync,
>;

/// What an organiser orders.
#[derive(Debug, Clone)]
pub struct Issue {
    /// A block, a gift or a sale at the counter.
    pub kind: BookingKind,
    /// The client's name for this request, among the organisers' of the event.
    pub key: IdempotencyKey,
    /// Quantities by tier.
    pub items: Vec<RequestedItem>,
    /// RequestName seats, instead of a quantity for their tier.
    pub seats: Vec<RequestedSeat>,
    /// Why; 1 to 200 characters.
    pub reason: Option<String>,
    /// For whom.
    pub contact: Option<Contact>,
    /// What else is the same in a repetition: how it is paid.
    pub terms: String,
}

/// Why a try made no booking; it is rolled back.
enum Stopped {
    Refused(Verdict),
    Db(Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl AsDbError for Stopped {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Refused(_) => None,
        }
    }
}

/// Makes the order of an organiser's request. What is not sold costs nothing, whatever its tier costs.
///
/// # Errors
/// [`Refused`].
pub fn make_issue(event: &Event, request: &Issue) -> Result<Order, Refused> {
    let wanted = Wanted {
        items: &request.items,
        seats: &request.seats,
    };
    let limit = match request.kind {
        BookingKind::Withheld => TICKETS_WITHHELD_MAX,
        _ => TICKETS_GIVEN_MAX,
    };
    let mut items = wanted.items(event, limit)?;
    if !request.kind.is_paid() {
        items.iter_mut().for_each(|item| item.unit_price_minor = 0);
    }
    let RequestName {
        buyer,
        key,
        fingerprint,
    } = name(event, request);
    let (total_minor, priced) = if request.kind.is_paid() {
        price(event, &items, None)?
    } else {
        (0, None)
    };
    Ok(Order {
        buyer,
        key,
        fingerprint,
        total_minor,
        confirmed_as: Some(request.kind),
        items,
        priced,
    })
}

/// By what it is known whether it was sent before.
fn name(event: &Event, request: &Issue) -> RequestName {
    let buyer = BuyerId::of_organisers(event.id, &request.key);
    let mut others = vec![
        format!("kind={}", request.kind.as_str()),
        format!("reason={}", request.reason.as_deref().unwrap_or_default()),
        format!("terms={}", request.terms),
    ];
    others.extend(request.contact.as_ref().map(contact_part));
    let wanted = Wanted {
        items: &request.items,
        seats: &request.seats,
    };
    RequestName {
        buyer,
        key: request.key.clone(),
        fingerprint: wanted.fingerprint(event, buyer, others),
    }
}

/// What a request has made that was sent before, for one that [`make_issue`] or its price refuses now.
///
/// # Errors
/// Those of the database.
pub async fn issued(db: &Db, event: &Event, request: &Issue) -> Result<Option<Made>, Error> {
    let booking = by_name(db, event.no, &name(event, request)).await?;
    Ok(booking.map(|booking| Made {
        booking,
        replayed: true,
    }))
}

/// Books what an organiser orders; `order` is what [`make_issue`] has made of the request. `also` is run in the
/// transaction.
///
/// # Errors
/// [`BookError`].
pub async fn issue(
    db: &Db,
    lanes: &Lanes,
    by: &Actor,
    event: &Event,
    request: Issue,
    order: Order,
    also: Option<Also>,
) -> Result<Made, BookError> {
    let ordered = Ordered::of(&order);
    let new = Arc::new(New {
        entry: entry(by, event, &request, &order),
        request,
        order,
        also,
        hold: lanes.hold(),
    });
    let mut attempts = Attempts::new(WAIT);
    let outcome = loop {
        let name = attempts.name();
        let done = db.transaction(|transaction| {
            let (new, stock) = (new.clone(), event.stock.clone());
            Box::pin(async move {
                let order = candidate(name, &new.order);
                match allocate_in(transaction, &stock, order, new.hold).await? {
                    Verdict::Done(Outcome::Booked(booked)) => {
                        new.write(transaction, stock.event, booked.id).await?;
                        Ok(booked)
                    }
                    verdict => Err(Stopped::Refused(verdict)),
                }
            })
        });
        match done.await {
            Ok(booked) => {
                for (item, taken) in new.order.items.iter().zip(&booked.items) {
                    let stock = event.stock.stock_of(item.tier);
                    lanes.taken(event.no, stock, item.quantity, &taken.seats);
                }
                let mut booking = ordered.booking(event, booked);
                booking.reason.clone_from(&new.request.reason);
                log::info!(
                    booking:% = booking.id, event_no = event.no.0;
                    "{} by {}", booking.kind.as_str(), by.name
                );
                return Ok(Made {
                    booking,
                    replayed: false,
                });
            }
            Err(Stopped::Refused(verdict)) => {
                if let Some(outcome) = attempts.refused(lanes, event.no, verdict).await? {
                    break outcome;
                }
            }
            Err(Stopped::Db(error)) => attempts.failed(error)?,
        }
    };
    let (id, replayed) = match outcome {
        Outcome::Committed(id) => (id, false),
        Outcome::Replay(id) => (id, true),
        outcome => return Err(BookError::Outcome(outcome)),
    };
    let gone = || Error::Unavailable("the booking cannot be read back yet".into());
    let booking = get(db, id).await?.ok_or_else(gone)?;
    Ok(Made { booking, replayed })
}

/// What is written.
struct New {
    request: Issue,
    order: Order,
    entry: Entry,
    also: Option<Also>,
    hold: Duration,
}

impl New {
    /// Writes what belongs to the booking, within its transaction.
    async fn write(
        &self,
        transaction: &Transaction<'_>,
        event: EventNo,
        booking: BookingId,
    ) -> Result<(), Error> {
        if let Some(reason) = &self.request.reason {
            let statement = transaction.prepare_cached(SET_REASON).await?;
            transaction
                .execute(&statement, &[&event, &booking, reason])
                .await?;
        }
        if let Some(contact) = &self.request.contact {
            save_contact(transaction, event, booking, contact, true).await?;
        }
        if let Some(also) = &self.also {
            also(transaction, booking).await?;
        }
        audit::record(transaction, &self.entry.clone().subject(booking)).await
    }
}

/// The entry of the audit trail, of a booking that is not named yet.
fn entry(by: &Actor, event: &Event, request: &Issue, order: &Order) -> Entry {
    let action = match request.kind {
        BookingKind::Withheld => "tickets.withheld",
        BookingKind::Complimentary => "tickets.given",
        BookingKind::BoxOffice | BookingKind::Sale => "tickets.sold",
    };
    let items = order.items.iter().filter_map(|item| {
        let code = event.tier_no(item.tier)?.code.to_string();
        Some((code, json!(item.quantity)))
    });
    let mut after = json!({"tickets": items.collect::<serde_json::Map<_, _>>()});
    if let Some(reason) = &request.reason {
        after["reason"] = json!(reason);
    }
    if request.kind.is_paid() {
        after["total"] = json!(event.money(order.total_minor));
        after["paid"] = json!(request.terms);
    }
    let entry = Entry::new(by, action, "booking", "");
    entry.event(event.no).of(event.organisation).after(after)
}
