//! A buyer's choice in the order form, read from the form's fields or the page's query.
//!
//! What must hold: any input is accepted; text that makes no sense becomes a choice that is refused, and so does a form
//! with more fields than any order has. Whether it can be booked is decided by `booking`.

use std::collections::HashSet;

use uuid::Uuid;

use crate::booking::{FieldError, Refused, Request, RequestedItem, RequestedSeat, Rule};
use crate::catalog::{Event, Tier};
use crate::seating::Position;
use crate::types::{BookingId, BuyerId, IdempotencyKey, SeatNo};
use crate::web::form::read_seat;

/// Seats, quantities and open maps of a form that are read, each. No order may have so many: an event has 100 tiers at most,
/// and sells 100 tickets at once. What is compared pair by pair stays small.
const LIST_MAX: usize = 200;
/// Bytes of the name of an open map: a tier's code and the number of a section.
const MAP_MAX: usize = 48;
/// Letters of a promo code that are read.
const CODE_MAX: usize = 64;
/// What stands in `replaces` if nothing is to be given back.
pub(super) const KEEP: &str = "none";

/// What a buyer has chosen: quantities, named seats, open seat maps.
#[derive(Debug, Default)]
pub(super) struct Choice {
    items: Vec<RequestedItem>,
    seats: Vec<RequestedSeat>,
    /// Quantities of the tiers of which seats are named.
    asked: Vec<RequestedItem>,
    /// Seats and quantities that were not read, because there are too many.
    left_out: usize,
    /// Tiers whose seat maps are open, each once.
    maps: Vec<String>,
    /// The promo code that was typed; empty if none was.
    pub(super) code: String,
    /// The hold that is to be given back for what is chosen.
    pub(super) replaces: Option<BookingId>,
    /// Whether all holds are to be kept, and what is chosen booked as well.
    pub(super) keeps: bool,
}

impl Choice {
    /// From the query when a seat map is opened: its `seats` lists the maps that are open.
    pub(super) fn shown(query: &[(String, String)]) -> Self {
        let mut choice = Self::read(query);
        let seats = query.iter().rev().find(|(name, _)| name == "seats");
        let open = seats.iter().flat_map(|(_, codes)| codes.split(','));
        choice.maps.clear();
        for map in open.take(LIST_MAX) {
            choice.open(map);
        }
        choice.open_ticked();
        choice
    }

    /// From the form's fields: `qty-<tier>`, and one `seat` for each named seat.
    pub(super) fn read(fields: &[(String, String)]) -> Self {
        let mut choice = Self::default();
        for (name, value) in fields {
            if name == "seat" {
                match choice.seats.len() {
                    LIST_MAX.. => choice.left_out += 1,
                    _ => choice.seats.push(read_seat(value)),
                }
            } else if let Some(code) = name.strip_prefix("qty-") {
                match value.trim() {
                    "" | "0" => {}
                    _ if choice.items.len() >= LIST_MAX => choice.left_out += 1,
                    text => choice.items.push(RequestedItem {
                        tier: code.to_owned(),
                        quantity: read_quantity(text),
                    }),
                }
            } else if name == "code" {
                choice.code = value.trim().chars().take(CODE_MAX).collect();
            } else if name == "maps" {
                choice.open(value);
            } else if name == "replaces" && value == KEEP {
                choice.keeps = true;
            } else if name == "replaces" {
                // Text that is no id becomes one that no booking has, so the order is refused.
                let id = Uuid::try_parse(value).unwrap_or_default();
                choice.replaces = Some(BookingId(id));
            }
        }
        // Named seats are booked as they are named.
        let picked =
            |item: &mut RequestedItem| choice.seats.iter().any(|seat| seat.tier == item.tier);
        choice.asked = choice.items.extract_if(.., picked).collect();
        choice.open_ticked();
        choice
    }

    fn open_ticked(&mut self) {
        for tier in distinct(&self.seats) {
            self.open(&tier);
        }
    }

    fn open(&mut self, map: &str) {
        let is_one = self.maps.len() < LIST_MAX && map.len() <= MAP_MAX;
        if is_one && !self.maps.iter().any(|open| open == map) {
            self.maps.push(map.to_owned());
        }
    }

    /// Whether no ticket is chosen.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.seats.is_empty()
    }

    /// Quantities of the tiers of which no seats are named.
    pub(super) fn items(&self) -> &[RequestedItem] {
        &self.items
    }

    /// The tiers of which another number of tickets than of seats is chosen: the code, the tickets, the seats. What
    /// is asked for is never silently fewer. The seats of a map are those of all tiers that share its stock.
    pub(super) fn disagreements(&self, event: &Event) -> Vec<(String, i64, usize)> {
        let mut found: Vec<(String, i64, usize)> = Vec::new();
        if self.left_out > 0 {
            return found;
        }
        for code in distinct(&self.seats) {
            let seats = self.seats.iter().filter(|seat| seat.tier == code).count();
            let own = self.asked.iter().find(|item| item.tier == code);
            let shares = sharing(event, &code);
            let others = self.items.iter().filter(|item| shares(&item.tier));
            let others: i64 = others
                .map(|item| item.quantity)
                .fold(0, i64::saturating_add);
            // Without a number of its own, the tier has the seats that are not the others'.
            let tickets = match own {
                Some(own) => own.quantity.saturating_add(others),
                None => others.max(seats as i64),
            };
            found.push((code.clone(), tickets, seats));
        }
        found.retain(|&(_, tickets, seats)| usize::try_from(tickets) != Ok(seats));
        found
    }

    /// The items and seats of the request. Seats that are named on the map of one tier are dealt to those that share its
    /// stock: the first to itself, the others to these.
    fn deal(&self, event: &Event) -> (Vec<RequestedItem>, Vec<RequestedSeat>) {
        let (mut items, mut seats) = (self.items.clone(), self.seats.clone());
        for map in distinct(&self.seats) {
            let shares = sharing(event, &map);
            let is_other = |item: &mut RequestedItem| shares(&item.tier);
            let others: Vec<RequestedItem> = items.extract_if(.., is_other).collect();
            let codes = others.iter().flat_map(|item| {
                let quantity = usize::try_from(item.quantity).unwrap_or(0);
                std::iter::repeat_n(&item.tier, quantity.min(seats.len()))
            });
            let codes: Vec<&String> = codes.collect();
            let of_map = seats.iter_mut().filter(|seat| seat.tier == map);
            let of_map: Vec<&mut RequestedSeat> = of_map.collect();
            let own = of_map.len().saturating_sub(codes.len());
            for (seat, code) in of_map.into_iter().skip(own).zip(codes) {
                seat.tier.clone_from(code);
            }
        }
        (items, seats)
    }

    /// Chooses these seats of a tier instead of all that were chosen of it.
    pub(super) fn replace_seats(&mut self, tier: &Tier, seats: &[SeatNo]) {
        self.seats.retain(|seat| seat.tier != tier.code.as_str());
        let Some(rows) = &tier.rows else { return };
        self.seats.extend(seats.iter().map(|&seat| {
            let position = rows.position(seat);
            RequestedSeat {
                tier: tier.code.to_string(),
                row: rows.row_label(position.row),
                number: position.number.into(),
            }
        }));
    }

    /// The request that the choice makes.
    ///
    /// # Errors
    /// [`Refused::OverLimit`] if more is chosen than is read; [`Refused::Invalid`] if another number of tickets than of
    /// seats is chosen of a tier.
    pub(super) fn request(
        &self,
        event: &Event,
        buyer: BuyerId,
        key: IdempotencyKey,
    ) -> Result<Request, Refused> {
        if self.left_out > 0 {
            let quantities = self.items.iter().map(|item| item.quantity.max(0));
            let seats = (self.seats.len() + self.left_out) as i64;
            return Err(Refused::OverLimit {
                asked: quantities.fold(seats, i64::saturating_add),
                limit: event.max_tickets_per_booking,
            });
        }
        if !self.disagreements(event).is_empty() {
            let must_agree = FieldError::new("/seats", Rule::AsManySeats);
            return Err(Refused::Invalid(vec![must_agree]));
        }
        let (items, seats) = self.deal(event);
        Ok(Request {
            buyer,
            key,
            items,
            seats,
            card: None,
            contact: None,
            answers: Vec::new(),
            replaces: self.replaces,
            // The booking's page asks for it.
            awaits_contact: true,
            code: None,
        })
    }

    /// The tiers whose seat maps are open.
    pub(super) fn tiers_with_map<'a>(&self, event: &'a Event) -> impl Iterator<Item = &'a Tier> {
        event
            .tiers
            .iter()
            .filter(|tier| tier.rows.is_some() && self.section_of(tier).is_some())
    }

    /// Which section of a tier's seat map is open, counted from 0: `vip` is the first, `vip.2` the second.
    pub(super) fn section_of(&self, tier: &Tier) -> Option<usize> {
        let part = |map: &String| match map.strip_prefix(tier.code.as_str())? {
            "" => Some(0),
            rest => Some(rest.strip_prefix('.')?.parse::<usize>().ok()?.max(1) - 1),
        };
        self.maps.iter().find_map(part)
    }

    /// The open maps of all other tiers, as the query names them.
    pub(super) fn maps_of_others(&self, tier: &Tier) -> impl Iterator<Item = &str> {
        let code = tier.code.as_str().to_owned();
        let maps = self.maps.iter().map(String::as_str);
        maps.filter(move |map| !map.is_empty() && map.split('.').next() != Some(code.as_str()))
    }

    /// The number of tickets chosen of a tier; 0 if only seats are.
    pub(super) fn quantity(&self, tier: &Tier) -> i64 {
        let mut items = self.items.iter().chain(&self.asked);
        let item = items.find(|item| item.tier == tier.code.as_str());
        item.map_or(0, |item| item.quantity)
    }

    /// The chosen seats that the tier has.
    pub(super) fn seats_of(&self, tier: &Tier) -> Vec<SeatNo> {
        let Some(rows) = &tier.rows else {
            return Vec::new();
        };
        let named = |seat: &RequestedSeat| {
            let row = rows.row_of(&seat.row)?;
            let number = i32::try_from(seat.number).ok()?;
            rows.seat(Position { row, number })
        };
        let of_tier = |seat: &&RequestedSeat| seat.tier == tier.code.as_str();
        self.seats
            .iter()
            .filter(of_tier)
            .filter_map(named)
            .collect()
    }
}

/// The tiers of seats, each once, in their order.
fn distinct(seats: &[RequestedSeat]) -> Vec<String> {
    let mut seen = HashSet::new();
    let tiers = seats.iter().map(|seat| seat.tier.as_str());
    let tiers = tiers.filter(|tier| seen.insert(*tier));
    tiers.map(str::to_owned).collect()
}

/// Which tiers are others that share this one's stock.
fn sharing(event: &Event, one: &str) -> impl Fn(&str) -> bool {
    let stock = |code: &str| event.tier(code).map(|tier| tier.stock);
    let of_one = stock(one);
    move |other| of_one.is_some() && one != other && of_one == stock(other)
}

/// Parses a quantity; text that is not a number becomes 0, which is refused; a huge number is over the limit.
fn read_quantity(text: &str) -> i64 {
    let is_huge = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().unwrap_or(if is_huge { i64::MAX } else { 0 })
}
