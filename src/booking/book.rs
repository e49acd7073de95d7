//! Books: checks a request, sends the order to its event's lane, and turns the outcome into a booking or an
//! error.
//!
//! What must hold: a booking is returned only after its commit; a request whose key has made a booking is answered with it,
//! also if the event does not allow such an order any more. No SQL here: the allocator inserts bookings,
//! `read` reads them. What few orders need is boxed: the future of every order is copied as it is boxed with its request,
//! and would have room for the largest.

use super::answer_rules::{Given, check_answers};
use super::answers::{AnswersRefused, save_first};
use super::contact::{ContactRefused, check_contact, save_contact};
use super::order::{FieldError, Refused, Request, RequestName, Rule, make_order};
use super::read::{by_name, get, lines_of_items};
use super::replace::{NotReplaced, replace};
use super::{BookedItem, Booking, Status};
use crate::allocator::{Booked, CodeRefusal, Item, Lanes, Order, Outcome};
use crate::catalog::{Event, code, questions};
use crate::postgres::{Db, Error};
use crate::price::Line;
use crate::types::contact::Contact;
use crate::types::{BookingId, BookingKind, BuyerId};

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
    let (replaced, asked) = (request.replaces, Beside::of(&request));
    let contact = check_contact(event.contact, asked.contact(), asked.is_paid);
    if let Err(refused) = contact {
        let named = RequestName::of(event, &request);
        let refused = NotOrdered::new(named, BookError::Contact(refused));
        return Box::pin(known_or(db, event, refused)).await;
    }
    let made = if request.code.is_some() {
        Box::pin(make_with_code(db, lanes, event, request)).await?
    } else {
        let ordered = match ordered(event, request) {
            Ok(order) if asked.has_more_to_check(event, &order) => {
                Box::pin(completed(db, event, order, &asked)).await
            }
            ordered => ordered,
        };
        match ordered {
            Ok(order) => make(db, lanes, event, order, replaced).await?,
            Err(refused) => Box::pin(known_or(db, event, refused)).await?,
        }
    };
    if let Some(contact) = asked.contact() {
        // If it fails, the client sends the same key again; the payment may have brought a newer one since.
        let client = db.get().await?;
        let id = made.booking.id;
        Box::pin(save_contact(&client, event.no, id, contact, false)).await?;
    }
    if !asked.answers().is_empty() {
        Box::pin(save_answers(db, &made.booking, asked.answers())).await?;
    }
    Ok(made)
}

/// A request that can be no order now.
struct NotOrdered {
    named: RequestName,
    refused: BookError,
}

impl NotOrdered {
    fn new(named: RequestName, refused: BookError) -> Box<Self> {
        Box::new(Self { named, refused })
    }
}

fn ordered(event: &Event, request: Request) -> Result<Order, Box<NotOrdered>> {
    make_order(event, request)
        .map_err(|(refused, named)| NotOrdered::new(named, BookError::Refused(refused)))
}

/// As [`complete`].
async fn completed(
    db: &Db,
    event: &Event,
    mut order: Order,
    asked: &Beside,
) -> Result<Order, Box<NotOrdered>> {
    match complete(db, event, &mut order, asked).await {
        Ok(()) => Ok(order),
        Err(refused) => Err(NotOrdered::new(RequestName::of_order(&order), refused)),
    }
}

/// What was booked by the same request when it was sent before; else that it is refused.
async fn known_or(db: &Db, event: &Event, refused: Box<NotOrdered>) -> Result<Made, BookError> {
    let known = by_name(db, event.no, &refused.named).await?;
    let known = known.map(|booking| Made {
        booking,
        replayed: true,
    });
    known.ok_or(refused.refused)
}

/// What a request says beside the tickets.
struct Beside {
    /// `None` if it says nothing of its buyer, as most do.
    of_buyer: Option<Box<OfBuyer>>,
    is_paid: bool,
    awaits_contact: bool,
}

/// What a request says of its buyer.
struct OfBuyer {
    answers: Vec<Given>,
    contact: Option<Contact>,
}

impl Beside {
    fn of(request: &Request) -> Self {
        let is_said = !request.answers.is_empty() || request.contact.is_some();
        let of_buyer = || {
            Box::new(OfBuyer {
                answers: request.answers.clone(),
                contact: request.contact.clone(),
            })
        };
        Self {
            of_buyer: is_said.then(of_buyer),
            is_paid: request.card.is_some(),
            awaits_contact: request.awaits_contact,
        }
    }

    fn contact(&self) -> Option<&Contact> {
        self.of_buyer.as_ref()?.contact.as_ref()
    }

    fn answers(&self) -> &[Given] {
        self.of_buyer.as_ref().map_or(&[], |said| &said.answers)
    }

    /// Most orders cost something, and answer nothing.
    fn has_more_to_check(&self, event: &Event, order: &Order) -> bool {
        order.total_minor == 0 || !self.answers().is_empty() || (event.asks && self.is_paid)
    }
}

/// Checks that the request has all that the order needs. What costs nothing, with its code, is confirmed with its tickets,
/// unless its page has to ask for something first.
async fn complete(
    db: &Db,
    event: &Event,
    order: &mut Order,
    asked: &Beside,
) -> Result<(), BookError> {
    if order.total_minor != 0 {
        return check(db, event, order, asked.answers(), asked.is_paid).await;
    }
    match check_free(db, event, order, asked.contact(), asked.answers()).await {
        Ok(()) => order.confirmed_as = Some(BookingKind::Sale),
        Err(_) if asked.awaits_contact => {}
        Err(refused) => return Err(refused),
    }
    Ok(())
}

/// Whether all that a booking needs is there which costs nothing.
async fn check_free(
    db: &Db,
    event: &Event,
    order: &Order,
    contact: Option<&Contact>,
    answers: &[Given],
) -> Result<(), BookError> {
    check_contact(event.contact, contact, true).map_err(BookError::Contact)?;
    if !answers.is_empty() || event.asks {
        check(db, event, order, answers, true).await?;
    }
    Ok(())
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
        let asked = Beside::of(&request);
        let ordered = match ordered(event, request.clone()) {
            Ok(order) if asked.has_more_to_check(event, &order) => {
                completed(db, event, order, &asked).await
            }
            ordered => ordered,
        };
        let order = match ordered {
            Ok(order) => order,
            Err(refused) => return known_or(db, event, refused).await,
        };
        match make(db, lanes, event, order, request.replaces).await {
            Err(BookError::Outcome(Outcome::CodeRefused(CodeRefusal::Changed)))
                if attempt < CHANGES_MAX =>
            {
                let known = request.code.as_ref();
                let text = known.map(|code| code.code.clone());
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
    /// Empty if they are what the items say.
    lines: Vec<Line>,
}

impl Ordered {
    pub(super) fn of(order: &Order) -> Self {
        Self {
            buyer: order.buyer,
            total_minor: order.total_minor,
            kind: order.confirmed_as.unwrap_or_default(),
            items: order.items.clone(),
            lines: match &order.priced {
                Some(priced) => priced.lines.clone(),
                None => Vec::new(),
            },
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
        let items: Vec<BookedItem> = items.collect();
        let (status, confirmed_at) = match booked.expires_at {
            Some(_) => (Status::Pending, None),
            None => (Status::Confirmed, Some(booked.created_at)),
        };
        Booking {
            event: event.no,
            id: booked.id,
            reference: booked.reference,
            buyer: self.buyer,
            link_no: 0,
            status,
            total: event.money(self.total_minor),
            created_at: booked.created_at,
            expires_at: booked.expires_at,
            paying_until: None,
            confirmed_at,
            ended_at: None,
            kind: self.kind,
            reason: None,
            lines: if self.lines.is_empty() {
                lines_of_items(&items)
            } else {
                self.lines
            },
            items,
        }
    }
}
