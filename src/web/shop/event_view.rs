//! What the pages of events show.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;

use super::refusal::Refusal;
use super::seat_map::SeatMap;
use super::{EventFacts, Frame};
use crate::availability::seats::SeatState;
use crate::availability::{Counts, TierCount};
use crate::booking::{AskedItem, AskedSeat, Request};
use crate::catalog::{Event, Page, Tier};
use crate::seating::{Place, parse_row_label, row_label};
use crate::types::{IdempotencyKey, SeatNo, TierNo, UserId};
use crate::web::view::format::{Format, machine_time};

/// From so few tickets on, their number is a warning.
const FEW: i32 = 10;
/// An event with so small a part of its tickets left is called nearly gone: one in so many.
const FEW_PART: i32 = 20;

/// The states of the seats of some tiers.
pub(super) type SeatStates = HashMap<TierNo, Vec<SeatState>>;

/// The list of events.
#[derive(Template)]
#[template(path = "events.html")]
pub(super) struct EventsPage {
    frame: Frame,
    /// What was searched for, if anything.
    search: String,
    is_first: bool,
    events: Vec<EventCard>,
    /// Where the next page begins.
    next: Option<String>,
}

/// One event in the list.
struct EventCard {
    event: EventFacts,
    /// The lowest price.
    from: String,
    /// `open`, `few`, `held`, `sold`, `soon`.
    state: &'static str,
    state_text: String,
}

impl EventsPage {
    pub(super) fn new(
        frame: Frame,
        format: &Format,
        search: String,
        is_first: bool,
        found: &Page,
        counts: &[Counts],
    ) -> Self {
        let cards = found.events.iter().zip(counts);
        Self {
            frame,
            search: search.trim().to_owned(),
            is_first,
            events: cards
                .map(|(event, counts)| EventCard::new(event, counts, format))
                .collect(),
            next: found.next.map(|cursor| cursor.to_string()),
        }
    }
}

impl EventCard {
    fn new(event: &Arc<Event>, counts: &Counts, format: &Format) -> Self {
        let sum = |of: fn(&TierCount) -> i32| counts.tiers.iter().map(of).sum::<i32>();
        let (available, held, capacity) = (
            sum(|tier| tier.available),
            sum(|tier| tier.held),
            sum(|tier| tier.capacity),
        );
        let zone = event.venue.time_zone;
        let (state, state_text) = if event.on_sale_at > format.now {
            let opens = format.day(event.on_sale_at, zone);
            ("soon", format!("Opens {opens}"))
        } else if available == 0 && held == 0 {
            ("sold", "Sold out".to_owned())
        } else if available == 0 {
            ("held", "All held, may come back".to_owned())
        } else if available <= (capacity / FEW_PART).max(FEW) {
            ("few", format!("Only {} left", format.number(available)))
        } else {
            ("open", "On sale".to_owned())
        };
        let left = |tier: &&Tier| {
            counts
                .tier(tier.no)
                .is_some_and(|count| count.available > 0)
        };
        let cheapest = |tiers: &mut dyn Iterator<Item = &Tier>| tiers.map(|t| t.price_minor).min();
        let from = cheapest(&mut event.tiers.iter().filter(left))
            .or_else(|| cheapest(&mut event.tiers.iter()));
        Self {
            event: EventFacts::new(event, format),
            from: format.money(event.money(from.unwrap_or_default())),
            state,
            state_text,
        }
    }
}

/// What a buyer has put into the form.
#[derive(Debug, Default)]
pub(super) struct Choice {
    items: Vec<AskedItem>,
    seats: Vec<AskedSeat>,
    /// Tiers whose seat maps are open.
    maps: Vec<String>,
}

impl Choice {
    /// What is in the form when a seat map is opened: `seats` says which are open now.
    pub(super) fn shown(query: &[(String, String)]) -> Self {
        let mut choice = Self::read(query);
        let seats = query.iter().rev().find(|(name, _)| name == "seats");
        let open = seats.iter().flat_map(|(_, codes)| codes.split(','));
        choice.maps = open.map(str::to_owned).collect();
        choice.open_ticked();
        choice
    }

    /// From the form's fields: `qty-<tier>`, and `seat` as often as there are seats.
    pub(super) fn read(fields: &[(String, String)]) -> Self {
        let mut choice = Self::default();
        for (name, value) in fields {
            if name == "seat" {
                choice.seats.push(read_seat(value));
            } else if let Some(code) = name.strip_prefix("qty-") {
                match value.trim() {
                    "" | "0" => {}
                    text => choice.items.push(AskedItem {
                        tier: code.to_owned(),
                        quantity: read_quantity(text),
                    }),
                }
            } else if name == "maps" {
                choice.maps.push(value.clone());
            }
        }
        // Seats that were picked replace the number of their tier.
        let picked = |code: &str| choice.seats.iter().any(|seat| seat.tier == code);
        choice.items.retain(|item| !picked(&item.tier));
        choice.open_ticked();
        choice
    }

    fn open_ticked(&mut self) {
        let tiers = self.seats.iter().map(|seat| seat.tier.clone());
        self.maps.extend(tiers);
    }

    /// What is wanted without naming seats.
    pub(super) fn items(&self) -> &[AskedItem] {
        &self.items
    }

    /// Ticks these seats of a tier and no others of it.
    pub(super) fn replace_seats(&mut self, tier: &Tier, seats: &[SeatNo]) {
        self.seats.retain(|seat| seat.tier != tier.code.as_str());
        let Some(rows) = &tier.rows else { return };
        self.seats.extend(seats.iter().map(|&seat| {
            let place = rows.place(seat);
            AskedSeat {
                tier: tier.code.to_string(),
                row: row_label(place.row),
                number: place.number.into(),
            }
        }));
    }

    /// What is asked for.
    pub(super) fn request(&self, user: UserId, key: IdempotencyKey) -> Request {
        Request {
            user,
            key,
            items: self.items.clone(),
            seats: self.seats.clone(),
            card: None,
        }
    }

    /// The tiers whose seats are to be shown.
    pub(super) fn tiers_with_map<'a>(&self, event: &'a Event) -> impl Iterator<Item = &'a Tier> {
        event
            .tiers
            .iter()
            .filter(|tier| tier.rows.is_some() && self.section_of(tier).is_some())
    }

    /// Which part of a tier's seat map is open: `vip` is the first, `vip.2` the second.
    fn section_of(&self, tier: &Tier) -> Option<usize> {
        let part = |map: &String| match map.strip_prefix(tier.code.as_str())? {
            "" => Some(0),
            rest => Some(rest.strip_prefix('.')?.parse::<usize>().ok()?.max(1) - 1),
        };
        self.maps.iter().find_map(part)
    }

    fn quantity(&self, tier: &Tier) -> i64 {
        let item = self
            .items
            .iter()
            .find(|item| item.tier == tier.code.as_str());
        item.map_or(0, |item| item.quantity)
    }

    /// The seats of a tier that are ticked, as far as it has them.
    pub(super) fn seats_of(&self, tier: &Tier) -> Vec<SeatNo> {
        let Some(rows) = &tier.rows else {
            return Vec::new();
        };
        let named = |seat: &AskedSeat| {
            let row = parse_row_label(&seat.row)?;
            let number = i32::try_from(seat.number).ok()?;
            rows.seat(Place { row, number })
        };
        let of_tier = |seat: &&AskedSeat| seat.tier == tier.code.as_str();
        self.seats
            .iter()
            .filter(of_tier)
            .filter_map(named)
            .collect()
    }
}

/// What is no number is refused like every number that is too small.
fn read_quantity(text: &str) -> i64 {
    let is_huge = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().unwrap_or(if is_huge { i64::MAX } else { 0 })
}

/// `vip:A:7`; what is none becomes a seat that no tier has.
fn read_seat(text: &str) -> AskedSeat {
    let (tier, seat) = text.split_once(':').unwrap_or((text, ""));
    let (row, number) = seat.split_once(':').unwrap_or((seat, ""));
    AskedSeat {
        tier: tier.to_owned(),
        row: row.to_owned(),
        number: number.parse().unwrap_or(0),
    }
}

/// One event.
#[derive(Template)]
#[template(path = "event.html")]
pub(super) struct EventPage {
    frame: Frame,
    event: EventFacts,
    /// The description's paragraphs.
    description: Vec<String>,
    sale: Sale,
    tiers: Vec<TierView>,
    /// The form's idempotency key.
    key: String,
    /// Tickets of one booking at most.
    /// Whether any tier has numbered seats.
    has_seats: bool,
    limit: i32,
    /// For the sum that the script shows.
    currency: &'static str,
    exponent: u32,
    refusal: Option<Refusal>,
}

/// Whether tickets can be had.
enum Sale {
    /// Not yet: when, in words and for scripts.
    Soon {
        opens: String,
        zone: String,
        at: String,
    },
    /// Now.
    Open,
    /// Not any more.
    Over,
}

/// One tier of the form.
struct TierView {
    code: String,
    name: String,
    price: String,
    price_minor: i64,
    /// `open`, `few`, `held`, `sold`.
    state: &'static str,
    left: String,
    /// Percent of the bar: sold, and held after it.
    sold_percent: i32,
    held_percent: i32,
    quantities: Vec<Quantity>,
    numbered: bool,
    map: Option<SeatMap>,
    /// What opens the seat map beside those that are open, in the query's `seats`.
    opens_map: String,
    problem: Option<String>,
}

/// One choice of how many.
struct Quantity {
    number: i32,
    is_chosen: bool,
    is_possible: bool,
}

impl EventPage {
    pub(super) fn new(
        frame: Frame,
        format: &Format,
        event: &Event,
        counts: &Counts,
        seats: &SeatStates,
        choice: &Choice,
        key: String,
    ) -> Self {
        let zone = event.venue.time_zone;
        let sale = if event.starts_at <= format.now {
            Sale::Over
        } else if event.on_sale_at > format.now {
            Sale::Soon {
                opens: format.date_time(event.on_sale_at, zone),
                zone: format.zone(event.on_sale_at, zone),
                at: machine_time(event.on_sale_at),
            }
        } else {
            Sale::Open
        };
        let tiers = event.tiers.iter().map(|tier| {
            let count = counts.tier(tier.no);
            TierView::new(tier, count, seats.get(&tier.no), event, choice, format)
        });
        Self {
            frame,
            description: paragraphs(&event.description),
            sale,
            tiers: tiers.collect(),
            key,
            has_seats: event.tiers.iter().any(|tier| tier.rows.is_some()),
            limit: event.max_tickets_per_booking,
            currency: event.currency.code(),
            exponent: event.currency.exponent(),
            refusal: None,
            event: EventFacts::new(event, format),
        }
    }

    /// With what stood against an order.
    pub(super) fn refused(mut self, refusal: Refusal) -> Self {
        for tier in &mut self.tiers {
            let of_tier = refusal.tiers.iter().find(|(code, _)| *code == tier.code);
            tier.problem = of_tier.map(|(_, words)| words.clone());
        }
        self.refusal = Some(refusal);
        self
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    let paragraphs = text.split("\n\n").map(str::trim);
    paragraphs
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

impl TierView {
    fn new(
        tier: &Tier,
        count: Option<&TierCount>,
        seats: Option<&Vec<SeatState>>,
        event: &Event,
        choice: &Choice,
        format: &Format,
    ) -> Self {
        let (available, held, sold) =
            count.map_or((0, 0, 0), |count| (count.available, count.held, count.sold));
        let (state, left) = match (available, held) {
            (0, 0) => ("sold", "Sold out".to_owned()),
            (0, _) => ("held", "All held by others, some may come back".to_owned()),
            (1..=FEW, _) => ("few", format!("Only {} left", format.number(available))),
            _ => ("open", format!("{} left", format.number(available))),
        };
        let most = available.min(event.max_tickets_per_booking);
        let chosen = choice.quantity(tier).clamp(0, most.into()) as i32;
        let quantities =
            (0..=event.max_tickets_per_booking.min(tier.capacity)).map(|number| Quantity {
                number,
                is_chosen: number == chosen,
                is_possible: number <= most,
            });
        let percent = |part: i32| i64::from(part) * 100 / i64::from(tier.capacity);
        // The tier comes first: of several parts of its map that one is open.
        let others = choice.maps.iter().map(String::as_str);
        let others = others
            .filter(|map| !map.is_empty() && map.split('.').next() != Some(tier.code.as_str()));
        let others: String = others.flat_map(|map| [",", map]).collect();
        let opens = |part: &str| format!("{}{part}{others}", tier.code);
        Self {
            code: tier.code.to_string(),
            name: tier.name.clone(),
            price: format.money(event.money(tier.price_minor)),
            price_minor: tier.price_minor,
            state,
            left,
            sold_percent: percent(sold) as i32,
            held_percent: percent(held) as i32,
            quantities: quantities.collect(),
            numbered: tier.rows.is_some(),
            map: seats.and_then(|seats| {
                let section = choice.section_of(tier).unwrap_or_default();
                SeatMap::new(tier, seats, &choice.seats_of(tier), section, opens)
            }),
            opens_map: opens(""),
            problem: None,
        }
    }
}
