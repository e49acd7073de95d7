//! From what a buyer asks for to an order that the allocator can fill: everything about a request
//! that can be said without looking at the stock.

use crate::allocator::{Item, Order};
use crate::catalog::{Event, Tier};
use crate::seating;
use crate::types::{Fingerprint, IdempotencyKey, SeatNo, UserId};

/// What a buyer asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub user: UserId,
    /// The client's name for this request.
    pub key: IdempotencyKey,
    /// Tickets by tier and number.
    pub items: Vec<AskedItem>,
    /// Seats by name, instead of a number for their tier.
    pub seats: Vec<AskedSeat>,
    /// Of the card, if the request is to be paid at once: brand and last four digits.
    pub card: Option<String>,
}

/// So many tickets of a tier.
#[derive(Debug, Clone)]
pub struct AskedItem {
    /// The tier's code, as it was sent.
    pub tier: String,
    /// How many, as it was sent.
    pub quantity: i64,
}

/// One seat.
#[derive(Debug, Clone)]
pub struct AskedSeat {
    /// The tier's code, as it was sent.
    pub tier: String,
    /// The row's letters.
    pub row: String,
    /// The number in the row.
    pub number: i64,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// RFC 6901, into the request: `/items/0/quantity`.
    pub pointer: String,
    /// What it must be.
    pub detail: String,
}

impl FieldError {
    /// With these words for this field.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
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
        /// Tickets asked for.
        asked: i64,
        /// Tickets that a booking may hold.
        limit: i32,
    },
}

/// Makes an order of a request.
///
/// # Errors
/// [`Refused`], with every field that is wrong.
pub fn place(event: &Event, request: Request) -> Result<Order, Refused> {
    let fingerprint = fingerprint(event, &request);
    let limit = event.max_tickets_per_booking;
    let tiers = event.tiers.len();
    if request.items.len() > tiers || request.seats.len() > limit as usize {
        let mut errors = Vec::new();
        if request.items.len() > tiers {
            errors.push(FieldError::new(
                "/items",
                format!("must have at most {tiers} entries, one for each tier"),
            ));
        }
        if request.seats.len() > limit as usize {
            return Err(Refused::OverLimit {
                asked: request.seats.len() as i64,
                limit,
            });
        }
        return Err(Refused::Invalid(errors));
    }
    let mut errors = Vec::new();
    let mut items: Vec<Item> = Vec::with_capacity(request.items.len() + 1);
    for (index, asked) in request.items.iter().enumerate() {
        add_item(event, index, asked, &mut items, &mut errors);
    }
    for (index, asked) in request.seats.iter().enumerate() {
        if let Err(error) = add_seat(event, index, asked, &request.items, &mut items) {
            errors.push(error);
        }
    }
    if items.is_empty() && errors.is_empty() {
        errors.push(FieldError::new(
            "/items",
            "must ask for at least one ticket",
        ));
    }
    if !errors.is_empty() {
        return Err(Refused::Invalid(errors));
    }
    let asked = items.iter().map(|item| i64::from(item.quantity)).sum();
    if asked > i64::from(limit) {
        return Err(Refused::OverLimit { asked, limit });
    }
    items.sort_unstable_by_key(|item| item.tier);
    for seats in items.iter_mut().filter_map(|item| item.seats.as_mut()) {
        seats.sort_unstable();
    }
    let total_minor = items
        .iter()
        .map(|item| item.unit_price_minor * i64::from(item.quantity))
        .sum();
    Ok(Order {
        user: request.user,
        key: request.key,
        fingerprint,
        total_minor,
        items,
    })
}

fn add_item(
    event: &Event,
    index: usize,
    asked: &AskedItem,
    items: &mut Vec<Item>,
    errors: &mut Vec<FieldError>,
) {
    let tier = event.tier(&asked.tier);
    match tier {
        None => errors.push(unknown_tier(format!("/items/{index}/tier"))),
        Some(tier) if items.iter().any(|item| item.tier == tier.no) => {
            errors.push(FieldError::new(
                format!("/items/{index}/tier"),
                "must not be there twice",
            ));
        }
        Some(_) => {}
    }
    // Anything over the limit is told as such, so only what no booking could ever hold is wrong here.
    let quantity = asked.quantity.clamp(0, 1_000_000) as i32;
    if quantity < 1 {
        errors.push(FieldError::new(
            format!("/items/{index}/quantity"),
            "must be at least 1",
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
    asked: &AskedSeat,
    asked_items: &[AskedItem],
    items: &mut Vec<Item>,
) -> Result<(), FieldError> {
    let field =
        |name: &str, detail: &str| FieldError::new(format!("/seats/{index}/{name}"), detail);
    let tier = event
        .tier(&asked.tier)
        .ok_or_else(|| unknown_tier(format!("/seats/{index}/tier")))?;
    if asked_items.iter().any(|item| item.tier == asked.tier) {
        return Err(field(
            "tier",
            "must not be among the items too: ask for a number or for seats",
        ));
    }
    let seat = find_seat(tier, asked).map_err(|(name, detail)| field(name, detail))?;
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
    let seats = item.seats.get_or_insert_default();
    if seats.contains(&seat) {
        return Err(field("number", "must not be there twice"));
    }
    seats.push(seat);
    item.quantity += 1;
    Ok(())
}

fn find_seat(tier: &Tier, asked: &AskedSeat) -> Result<SeatNo, (&'static str, &'static str)> {
    let rows = tier
        .rows
        .as_ref()
        .ok_or(("tier", "must be a tier with numbered seats"))?;
    let row = seating::parse_row_label(&asked.row).ok_or(("row", "must be a row's letters"))?;
    let number =
        i32::try_from(asked.number).map_err(|_| ("number", "must be a seat of the row"))?;
    let seat = rows
        .seat(seating::Place { row, number })
        .filter(|seat| seat.0 <= tier.capacity);
    seat.ok_or(("number", "must be a seat of the row"))
}

fn unknown_tier(pointer: String) -> FieldError {
    FieldError::new(pointer, "must be the code of one of the event's tiers")
}

/// Over all that was asked, whatever the order in which it was said. Items and seats are sorted, so
/// that a client whose JSON library shuffles them still replays.
fn fingerprint(event: &Event, request: &Request) -> Fingerprint {
    let items = request
        .items
        .iter()
        .map(|item| format!("{}={}", item.tier, item.quantity));
    let seats = request
        .seats
        .iter()
        .map(|seat| format!("{}:{}-{}", seat.tier, seat.row, seat.number));
    let mut parts: Vec<String> = items.chain(seats).collect();
    parts.sort_unstable();
    parts.push(format!(
        "card={}",
        request.card.as_deref().unwrap_or_default()
    ));
    let fixed = [event.id.0.as_bytes().as_slice(), request.user.0.as_bytes()];
    Fingerprint::of(fixed.into_iter().chain(parts.iter().map(String::as_bytes)))
}
