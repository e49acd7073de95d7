//! From a booking request to an order for the allocator: every check that needs no free tickets.
//!
//! Owns [`Request`], which JSON bodies and forms become, and the fingerprint that distinguishes a replay from
//! another request under the same key. What must hold: two requests for the same tickets have the same
//! fingerprint, in whatever order their items and seats are listed; a refusal names every field that is wrong.
//! It may not read the database: which tickets are free is decided by the allocator.

use serde::Deserialize;
use utoipa::ToSchema;

use super::answer_rules::Given;
use crate::allocator::{Item, Order, Priced};
use crate::catalog::code::PromoCode;
use crate::catalog::{Event, Tier};
use crate::price::Kind;
use crate::seating;
use crate::types::contact::Contact;
use crate::types::{BookingId, BuyerId, Fingerprint, IdempotencyKey, SeatNo};

/// A request to book.
#[derive(Debug, Clone)]
pub struct Request {
    /// The buyer.
    pub buyer: BuyerId,
    /// The client's name for this request.
    pub key: IdempotencyKey,
    /// Quantities by tier.
    pub items: Vec<RequestedItem>,
    /// RequestName seats, instead of a quantity for their tier.
    pub seats: Vec<RequestedSeat>,
    /// Brand and last four digits of the card, if the request is to be paid at once.
    pub card: Option<String>,
    /// Who the buyer says they are.
    pub contact: Option<Contact>,
    /// What is answered to the event's questions.
    pub answers: Vec<Given>,
    /// The buyer's hold that is to be given back for this booking.
    pub replaces: Option<BookingId>,
    /// Whether an order that costs nothing is held, and not refused, if the event needs a contact that is not here yet.
    pub awaits_contact: bool,
    /// The promo code that the request names.
    pub code: Option<PromoCode>,
}

/// A quantity of one tier's tickets, as the client sent it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestedItem {
    /// The tier's code.
    #[schema(examples("vip"))]
    pub tier: String,
    /// How many tickets.
    #[schema(minimum = 1)]
    pub quantity: i64,
}

/// One named seat, as the client sent it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestedSeat {
    /// The tier's code.
    #[schema(examples("vip"))]
    pub tier: String,
    /// The row's letters.
    #[schema(examples("A"))]
    pub row: String,
    /// The number in the row.
    #[schema(minimum = 1)]
    pub number: i64,
}

/// What a field of a request must be. The words for it are chosen where the reader's language is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A list of no more entries than the event has tiers.
    OneForEachTier {
        /// The event's tiers.
        tiers: usize,
    },
    /// A list of no more entries than a booking may hold tickets.
    OneForEachTicket {
        /// Tickets that a booking may hold.
        limit: i32,
    },
    /// A request for a ticket.
    AtLeastOneTicket,
    /// 1 or more.
    AtLeastOne,
    /// 0 or more.
    NoneOrMore,
    /// At least what an order of the tier has.
    AtLeastOfTier {
        /// Tickets.
        least: i32,
    },
    /// At most what an order may have of the tier.
    AtMostOfTier {
        /// Tickets.
        most: i32,
    },
    /// What no other entry is.
    OnlyOnce,
    /// The code of a tier of the event.
    KnownTier,
    /// A tier with numbered seats.
    NumberedTier,
    /// A tier that is not requested by quantity too, and none that shares its stock.
    NumberOrSeats,
    /// The letters of a row.
    RowLabel,
    /// A seat that the row has.
    SeatOfRow,
    /// As many seats as tickets of their tier.
    AsManySeats,
    /// Another booking of the same buyer and event.
    OwnBooking,
    /// A promo code of the event.
    KnownCode,
    /// A promo code that is for some of the tickets.
    FittingCode,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// RFC 6901, into the request: `/items/0/quantity`.
    pub pointer: String,
    /// What it must be.
    pub rule: Rule,
}

impl FieldError {
    /// The error of one field, which must be what `rule` says.
    pub fn new(pointer: impl Into<String>, rule: Rule) -> Self {
        Self {
            pointer: pointer.into(),
            rule,
        }
    }
}

/// Why a request can never become an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// These fields are wrong.
    Invalid(Vec<FieldError>),
    /// More tickets than one booking of the event may hold.
    OverLimit {
        /// Tickets requested.
        asked: i64,
        /// Tickets that a booking may hold.
        limit: i32,
    },
}

impl Refused {
    /// Whether this field is wrong.
    pub fn is_about(&self, pointer: &str) -> bool {
        match self {
            Self::Invalid(errors) => errors.iter().any(|error| error.pointer == pointer),
            Self::OverLimit { .. } => false,
        }
    }
}

/// By what it is known whether a request was sent before.
#[derive(Debug)]
pub(super) struct RequestName {
    pub(super) buyer: BuyerId,
    pub(super) key: IdempotencyKey,
    pub(super) fingerprint: Fingerprint,
}

impl RequestName {
    pub(super) fn of(event: &Event, request: &Request) -> Self {
        Self {
            buyer: request.buyer,
            key: request.key.clone(),
            fingerprint: fingerprint(event, request),
        }
    }

    pub(super) fn of_order(order: &Order) -> Self {
        Self {
            buyer: order.buyer,
            key: order.key.clone(),
            fingerprint: order.fingerprint,
        }
    }
}

/// Makes the order of a request. The event is as whoever knows the request's code sees it.
///
/// # Errors
/// Every field that is wrong, or else that the quantity is over the event's limit: as the event is now. The request may
/// have been sent before, when it was another.
pub(super) fn make_order(event: &Event, request: Request) -> Result<Order, (Refused, RequestName)> {
    let fingerprint = fingerprint(event, &request);
    let priced = price_request(event, &request);
    let Request { buyer, key, .. } = request;
    match priced {
        Ok((items, (total_minor, priced))) => Ok(Order {
            buyer,
            key,
            fingerprint,
            total_minor,
            confirmed_as: None,
            items,
            priced,
        }),
        Err(refused) => Err((
            refused,
            RequestName {
                buyer,
                key,
                fingerprint,
            },
        )),
    }
}

/// What tickets cost, and of what that is made up if it is more than their prices.
pub(super) type Cost = (i64, Option<Box<Priced>>);

/// The items of a request, and what they cost.
fn price_request(event: &Event, request: &Request) -> Result<(Vec<Item>, Cost), Refused> {
    let items = Wanted::of(request).items(event, event.max_tickets_per_booking)?;
    refuse_wrong_numbers(event, request, &items)?;
    let cost = price(event, &items, request.code.as_ref())?;
    Ok((items, cost))
}

/// What the tickets cost.
pub(super) fn price(
    event: &Event,
    items: &[Item],
    code: Option<&PromoCode>,
) -> Result<Cost, Refused> {
    let is_for = |code: &&PromoCode| {
        let discount = code.discount();
        let mut tiers = items.iter().filter_map(|item| event.tier_no(item.tier));
        tiers.any(|tier| discount.is_of(tier.code.as_str()))
    };
    let used = code.filter(is_for);
    if code.is_some_and(|code| code.off.is_some()) && used.is_none() {
        let wrong = FieldError::new("/code", Rule::FittingCode);
        return Err(Refused::Invalid(vec![wrong]));
    }
    let tickets: Vec<_> = items
        .iter()
        .map(|item| (item.tier, item.quantity))
        .collect();
    let discount = used.map(PromoCode::discount);
    let price = event.price(&tickets, discount.as_ref());
    // A discount has a line, also if it takes nothing off.
    let is_plain = price.lines.iter().all(|line| line.kind == Kind::Tickets);
    let priced = (!is_plain).then(|| {
        Box::new(Priced {
            lines: price.lines,
            code: used.map(PromoCode::as_use),
        })
    });
    Ok((price.total_minor, priced))
}

/// Refuses fewer or more tickets of a tier than an order of it may have.
fn refuse_wrong_numbers(event: &Event, request: &Request, items: &[Item]) -> Result<(), Refused> {
    let wrong = |item: &Item| {
        let tier = event.tier_no(item.tier)?;
        let (least, most) = (
            tier.terms.least(),
            tier.terms.most(event.max_tickets_per_booking),
        );
        let rule = match item.quantity {
            quantity if quantity < least => Rule::AtLeastOfTier { least },
            quantity if quantity > most => Rule::AtMostOfTier { most },
            _ => return None,
        };
        let code = tier.code.as_str();
        let named = request.items.iter().position(|item| item.tier == code);
        let pointer = named.map_or_else(
            || "/seats".to_owned(),
            |index| format!("/items/{index}/quantity"),
        );
        Some(FieldError::new(pointer, rule))
    };
    let errors: Vec<FieldError> = items.iter().filter_map(wrong).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refused::Invalid(errors))
    }
}

/// Which tickets a request asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'r> {
    /// Quantities by tier.
    pub(super) items: &'r [RequestedItem],
    /// RequestName seats, of other tiers.
    pub(super) seats: &'r [RequestedSeat],
}

impl<'r> Wanted<'r> {
    fn of(request: &'r Request) -> Self {
        Self {
            items: &request.items,
            seats: &request.seats,
        }
    }

    /// By tier, at least one ticket and at most so many, in ascending order of tiers and seats.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) fn items(self, event: &Event, limit: i32) -> Result<Vec<Item>, Refused> {
        self.refuse_long_lists(event, limit)?;
        let mut items = self.read(event).map_err(Refused::Invalid)?;
        let asked = self.asked();
        if asked > i64::from(limit) {
            return Err(Refused::OverLimit { asked, limit });
        }
        items.sort_unstable_by_key(|item| item.tier);
        for seats in items.iter_mut().filter_map(|item| item.seats.as_mut()) {
            seats.sort_unstable();
        }
        Ok(items)
    }

    /// The tickets that are asked for.
    fn asked(self) -> i64 {
        let quantities = self.items.iter().map(|item| item.quantity);
        quantities.fold(self.seats.len() as i64, i64::saturating_add)
    }

    /// Refuses lists that are longer than any valid request's before their entries are read one by one.
    fn refuse_long_lists(self, event: &Event, limit: i32) -> Result<(), Refused> {
        let tiers = event.tiers.len();
        let has_too_many_seats = self.seats.len() > limit as usize;
        if self.items.len() <= tiers {
            return if has_too_many_seats {
                let asked = self.seats.len() as i64;
                Err(Refused::OverLimit { asked, limit })
            } else {
                Ok(())
            };
        }
        let mut errors = vec![FieldError::new("/items", Rule::OneForEachTier { tiers })];
        if has_too_many_seats {
            errors.push(FieldError::new("/seats", Rule::OneForEachTicket { limit }));
        }
        Err(Refused::Invalid(errors))
    }

    /// The items and seats by tier, at least one, or every field that is wrong.
    fn read(self, event: &Event) -> Result<Vec<Item>, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut items: Vec<Item> = Vec::with_capacity(self.items.len() + 1);
        for (index, item) in self.items.iter().enumerate() {
            add_item(event, index, item, &mut items, &mut errors);
        }
        for (index, seat) in self.seats.iter().enumerate() {
            if let Err(error) = add_seat(event, index, seat, self.items, &mut items) {
                errors.push(error);
            }
        }
        if items.is_empty() && errors.is_empty() {
            errors.push(FieldError::new("/items", Rule::AtLeastOneTicket));
        }
        if errors.is_empty() {
            Ok(items)
        } else {
            Err(errors)
        }
    }
}

fn add_item(
    event: &Event,
    index: usize,
    requested: &RequestedItem,
    items: &mut Vec<Item>,
    errors: &mut Vec<FieldError>,
) {
    let tier = event.tier(&requested.tier);
    match tier {
        None => errors.push(unknown_tier(format!("/items/{index}/tier"))),
        Some(tier) if items.iter().any(|item| item.tier == tier.no) => {
            errors.push(FieldError::new(
                format!("/items/{index}/tier"),
                Rule::OnlyOnce,
            ));
        }
        Some(_) => {}
    }
    // A quantity over the event's limit is refused as such later, whatever the clamp has made of it.
    let quantity = requested.quantity.clamp(0, 1_000_000) as i32;
    if quantity < 1 {
        errors.push(FieldError::new(
            format!("/items/{index}/quantity"),
            Rule::AtLeastOne,
        ));
    } else if let Some(tier) = tier {
        items.push(Item {
            tier: tier.no,
            quantity,
            unit_price_minor: tier.price_minor,
            seats: None,
        });
    }
}

fn add_seat(
    event: &Event,
    index: usize,
    requested: &RequestedSeat,
    requested_items: &[RequestedItem],
    items: &mut Vec<Item>,
) -> Result<(), FieldError> {
    let field = |name: &str, rule: Rule| FieldError::new(format!("/seats/{index}/{name}"), rule);
    let tier = event
        .tier(&requested.tier)
        .ok_or_else(|| unknown_tier(format!("/seats/{index}/tier")))?;
    let is_of_stock = |item: &RequestedItem| {
        let other = event.tier(&item.tier);
        other.is_some_and(|other| other.stock == tier.stock)
    };
    if requested_items.iter().any(is_of_stock) {
        return Err(field("tier", Rule::NumberOrSeats));
    }
    let seat = find_seat(tier, requested).map_err(|(name, rule)| field(name, rule))?;
    let has_seat = |item: &Item| {
        let is_of_stock = event.stock.stock_of(item.tier) == tier.stock;
        is_of_stock
            && item
                .seats
                .as_ref()
                .is_some_and(|seats| seats.contains(&seat))
    };
    if items.iter().any(has_seat) {
        return Err(field("number", Rule::OnlyOnce));
    }
    let item = match items.iter_mut().find(|item| item.tier == tier.no) {
        Some(item) => item,
        None => {
            items.push(Item {
                tier: tier.no,
                quantity: 0,
                unit_price_minor: tier.price_minor,
                seats: Some(Vec::new()),
            });
            let last = items.len() - 1;
            &mut items[last]
        }
    };
    item.seats.get_or_insert_default().push(seat);
    item.quantity += 1;
    Ok(())
}

pub(super) fn find_seat(
    tier: &Tier,
    requested: &RequestedSeat,
) -> Result<SeatNo, (&'static str, Rule)> {
    let rows = tier.rows.as_ref().ok_or(("tier", Rule::NumberedTier))?;
    let row = rows.row_of(&requested.row).ok_or(("row", Rule::RowLabel))?;
    let number = i32::try_from(requested.number).map_err(|_| ("number", Rule::SeatOfRow))?;
    let seat = rows
        .seat(seating::Position { row, number })
        .filter(|seat| seat.0 <= tier.capacity);
    seat.ok_or(("number", Rule::SeatOfRow))
}

fn unknown_tier(pointer: String) -> FieldError {
    FieldError::new(pointer, Rule::KnownTier)
}

/// A hash over the whole request. Items and seats are sorted first, so that the same lists in another
/// order are a replay.
fn fingerprint(event: &Event, request: &Request) -> Fingerprint {
    let mut parts = vec![format!(
        "card={}",
        request.card.as_deref().unwrap_or_default()
    )];
    if let Some(contact) = &request.contact {
        parts.push(contact_part(contact));
    }
    for given in &request.answers {
        let ticket = given.ticket.unwrap_or(0);
        parts.push(format!(
            "answer={} {ticket} {}",
            given.question, given.answer
        ));
    }
    if let Some(replaced) = request.replaces {
        parts.push(format!("replaces={replaced}"));
    }
    if let Some(code) = &request.code {
        parts.push(format!("code={}", code.code));
    }
    Wanted::of(request).fingerprint(event, request.buyer, parts)
}

/// What of a contact is the same in a repetition.
pub(super) fn contact_part(contact: &Contact) -> String {
    format!("contact={} {}", contact.email, contact.name)
}

impl Wanted<'_> {
    /// A hash over what is wanted, by whom, and these other parts of the request.
    pub(super) fn fingerprint(
        self,
        event: &Event,
        buyer: BuyerId,
        others: Vec<String>,
    ) -> Fingerprint {
        let items = self.items.iter();
        let items = items.map(|item| format!("{}={}", item.tier, item.quantity));
        let seats = self.seats.iter();
        let seats = seats.map(|seat| format!("{}:{}-{}", seat.tier, seat.row, seat.number));
        let mut parts: Vec<String> = items.chain(seats).collect();
        parts.sort_unstable();
        parts.extend(others);
        let fixed = [event.id.0.as_bytes().as_slice(), buyer.0.as_bytes()];
        Fingerprint::of(fixed.into_iter().chain(parts.iter().map(String::as_bytes)))
    }
}
