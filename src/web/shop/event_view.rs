//! The view structs of the page of one event, and of one event in a list.
//!
//! What must hold: a field is text, formatted for one reader. The threshold of the warning is passed to the page's
//! script. No queries here: the handlers in
//! `events` pass what is shown.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use chrono::TimeDelta;

use super::choice::Choice;
use super::code::Applied;
use super::event_details::EventDetails;
use super::event_facts::EventFacts;
use super::frame::Frame;
use super::own_holds::HoldsView;
use super::prices_view::{OrderFees, TierPrices, order_fees};
use super::refusal::Refusal;
use super::seat_map::SeatMap;
use super::sharing::EventHead;
use crate::availability::seats::Seats;
use crate::availability::{Counts, TierCount};
use crate::catalog::{Event, Status, Tier};
use crate::types::TierNo;
use crate::web::view::artwork::{Artwork, Look};
use crate::web::view::format::{Format, machine_time};

/// Up to this many tickets left, the page warns.
const FEW: i32 = 10;
/// An event warns in the list when one ticket in this many is left, or [`FEW`].
const FEW_PART: i32 = 20;
/// Counts that are older are shown with their age: the database has not answered since.
const OLD: TimeDelta = TimeDelta::seconds(90);
/// A card's drawing is unlike those of so many cards before it: a row of them on a wide screen, and one more.
pub(super) const NEAR: usize = 4;
/// The seats of the tiers whose maps are open.
pub(super) type OpenMaps = HashMap<TierNo, Arc<Seats>>;

/// One event in the list.
pub(super) struct EventCard {
    pub(super) event: Arc<EventFacts>,
    /// Its drawing, unlike those near it.
    pub(super) artwork: Arc<Artwork>,
    /// What the drawing looks like.
    pub(super) look: Look,
    pub(super) stock: StockView,
}

/// What there is of an event, in the list and at the top of its page.
pub(super) struct StockView {
    /// The lowest price.
    pub(super) from: String,
    /// `open`, `few`, `held`, `sold`, `soon`, `off`.
    pub(super) state: &'static str,
    pub(super) state_text: String,
    /// Up to so many left in all are few.
    pub(super) few: i32,
}

/// How old counts are in minutes, if the database has not answered for so long that readers should know.
pub(super) fn minutes_old(counts: &[Counts], format: &Format) -> Option<i32> {
    let oldest = counts.iter().map(|counts| counts.as_of).min()?;
    let age = format.now - oldest;
    (age > OLD).then(|| ((age.num_seconds() + 30) / 60) as i32)
}

impl EventCard {
    /// `near` are the drawings of the cards before it.
    pub(super) fn new(event: &Arc<Event>, counts: &Counts, format: &Format, near: &[Look]) -> Self {
        let event = &event.in_language(format.words.tag());
        let facts = EventFacts::of(event, format);
        let look = facts.look.unlike(near);
        let artwork = if look == facts.look {
            facts.artwork.clone()
        } else {
            Arc::new(Artwork::of(event.id, look))
        };
        Self {
            event: facts,
            artwork,
            look,
            stock: StockView::new(event, counts, format),
        }
    }
}

impl StockView {
    fn new(event: &Event, counts: &Counts, format: &Format) -> Self {
        let said = Said::of(event, counts, format);
        let left = |tier: &&Tier| {
            let is_left = |count: &TierCount| count.available > 0;
            tier.terms.window.is_open(format.now) && counts.tier(tier.no).is_some_and(is_left)
        };
        let price = |tier: &Tier| event.price_of_one(tier, None);
        let cheapest = |tiers: &mut dyn Iterator<Item = &Tier>| tiers.map(price).min();
        let from = cheapest(&mut event.tiers.iter().filter(left))
            .or_else(|| cheapest(&mut event.tiers.iter()));
        Self {
            from: format.money(event.money(from.unwrap_or_default())),
            state: said.state,
            state_text: said.text(event, format),
            few: said.few,
        }
    }
}

/// What is said of an event's tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    /// `open`, `few`, `held`, `sold`, `soon`, `off`.
    state: &'static str,
    /// How many are left, if that is said.
    left: i32,
    /// Up to so many left in all are few.
    few: i32,
}

impl Said {
    pub(super) fn of(event: &Event, counts: &Counts, format: &Format) -> Self {
        let stocks = || event.stocks().filter_map(|tier| counts.tier(tier.no));
        let sum = |of: fn(&TierCount) -> i32| stocks().map(of).sum::<i32>();
        let (available, held, capacity) = (
            sum(|tier| tier.available),
            sum(|tier| tier.held),
            sum(|tier| tier.capacity),
        );
        let few = (capacity / FEW_PART).max(FEW);
        let state = if event.called_off_at.is_some() {
            "off"
        } else if event.on_sale_at > format.now {
            "soon"
        } else if event.tiers.is_empty() {
            "open"
        } else if available == 0 && held == 0 {
            "sold"
        } else if available == 0 {
            "held"
        } else if available <= few {
            "few"
        } else {
            "open"
        };
        let left = if state == "few" { available } else { 0 };
        Self { state, left, few }
    }

    fn text(self, event: &Event, format: &Format) -> String {
        let words = format.words;
        match self.state {
            "off" => words.text("stock-called-off").to_owned(),
            "soon" => {
                let opens = format.day(event.on_sale_at, event.venue.time_zone);
                words.with("events-opens", &[("date", &opens)])
            }
            "open" if event.tiers.is_empty() => words.text("stock-with-code").to_owned(),
            "sold" => words.text("stock-sold").to_owned(),
            "held" => words.text("events-some-held").to_owned(),
            "few" => stock_text("few", self.left, format),
            _ => words.text("events-on-sale").to_owned(),
        }
    }
}

/// One event.
#[derive(Template)]
#[template(path = "event.html")]
pub(super) struct EventPage {
    frame: Frame,
    event: Arc<EventFacts>,
    /// For search engines, and where the page's link is shared.
    head: Option<Arc<EventHead>>,
    /// The event as JSON-LD.
    data: String,
    stock: StockView,
    details: EventDetails,
    sale: Sale,
    /// The age of the counts, if readers should know.
    minutes_old: Option<i32>,
    tiers: Vec<TierView>,
    /// Why there is nothing to book; empty if there is.
    nothing_left: &'static str,
    /// The form's idempotency key.
    key: String,
    /// What becomes of the buyer's holds of the event.
    holds: HoldsView,
    /// Whether any tier has numbered seats.
    has_seats: bool,
    /// Tickets of one booking at most.
    limit: i32,
    /// Tickets of one buyer at most.
    buyer_limit: i32,
    /// For the sum that the script shows.
    currency: &'static str,
    exponent: u32,
    /// For the script: [`FEW`].
    few: i32,
    refusal: Option<Refusal>,
    /// Whether there is a field for a promo code.
    asks_code: bool,
    code: Applied,
    /// `code=SUMMER`: what scripts ask for counts and seats with.
    query: String,
    /// What any order costs that is not free, beside its tickets.
    order_fees: Option<OrderFees>,
}

/// Whether tickets are on sale.
enum Sale {
    /// Not yet: when, as text and for scripts.
    Soon {
        opens: String,
        zone: String,
        at: String,
    },
    /// Now.
    Open,
    /// The event has begun.
    Over,
    /// It does not take place.
    CalledOff,
}

/// One tier of the form.
struct TierView {
    code: String,
    name: String,
    prices: TierPrices,
    is_free: bool,
    /// `open`, `few`, `held`, `sold`; `closed` if it is not sold now.
    state: &'static str,
    left: String,
    /// Until when it is sold, and how many in one order.
    terms: Vec<String>,
    /// The parts of the bar in percent: sold, then held.
    sold_percent: i32,
    held_percent: i32,
    quantities: Vec<Quantity>,
    numbered: bool,
    /// The code of the tier whose stock it is, if several share it.
    shared: Option<String>,
    /// The name of the tier on whose map its seats are chosen, if that is another.
    seats_of: Option<String>,
    map: Option<SeatMap>,
    /// The query's `seats` that opens this tier's map and keeps the others open.
    opens_map: String,
    problem: Option<String>,
}

/// One option of the quantity.
struct Quantity {
    number: i32,
    is_chosen: bool,
    is_possible: bool,
}

impl EventPage {
    pub(super) fn new(
        frame: Frame,
        format: &Format,
        event: &Arc<Event>,
        (counts, seats, code): (&Counts, &OpenMaps, Applied),
        choice: &Choice,
        dates: &[Date],
        key: String,
    ) -> Self {
        let zone = event.venue.time_zone;
        let sale = if event.status == Status::CalledOff {
            Sale::CalledOff
        } else if event.starts_at <= format.now {
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
            let seats = seats.get(&tier.no);
            let prices = TierPrices::new(tier, event, code.discount.as_ref(), format);
            TierView::new(tier, (count, seats), event, choice, prices, format)
        });
        let tiers: Vec<TierView> = tiers.collect();
        let all = |states: &[&str]| tiers.iter().all(|tier| states.contains(&tier.state));
        let nothing_left = if tiers.is_empty() {
            format.words.text("order-with-code")
        } else if all(&["sold", "closed"]) {
            format.words.text("order-all-sold")
        } else if all(&["sold", "held", "closed"]) {
            format.words.text("order-all-held")
        } else {
            ""
        };
        let facts = EventFacts::of(event, format);
        let head = EventHead::of(event, &facts, format, &frame);
        Self {
            frame,
            data: head
                .as_ref()
                .map_or_else(String::new, |head| head.data(event, counts, format.now)),
            head,
            stock: StockView::new(event, counts, format),
            details: EventDetails::new(event, &with_stock(dates, format), format),
            sale,
            minutes_old: minutes_old(std::slice::from_ref(counts), format),
            tiers,
            nothing_left,
            key,
            holds: HoldsView::default(),
            has_seats: event.tiers.iter().any(|tier| tier.rows.is_some()),
            query: match code.discount {
                Some(_) => format!("code={}", code.typed.trim().to_ascii_uppercase()),
                None => String::new(),
            },
            order_fees: order_fees(event, format),
            asks_code: event.has_codes || !code.typed.is_empty(),
            code,
            limit: event.max_tickets_per_booking,
            buyer_limit: event.max_tickets_per_buyer,
            currency: event.currency.code(),
            exponent: event.currency.exponent(),
            few: FEW,
            refusal: None,
            event: facts,
        }
    }

    /// The page with the reason why an order was refused, and what becomes of the buyer's holds.
    pub(super) fn refused(mut self, refusal: Refusal, holds: HoldsView) -> Self {
        self.holds = holds;
        for tier in &mut self.tiers {
            let of_tier = refusal.tiers.iter().find(|(code, _)| *code == tier.code);
            tier.problem = of_tier.map(|(_, text)| text.clone());
        }
        self.refusal = Some(refusal);
        self
    }
}

/// Another date of an event's series, with what is said of its tickets if that is known.
pub(super) type Date = (Arc<Event>, Option<Said>);

/// Other dates, with what is said of their tickets; nothing of one that was not counted yet.
fn with_stock<'a>(
    dates: &'a [Date],
    format: &Format,
) -> Vec<(&'a Arc<Event>, &'static str, String)> {
    let said = |(date, said): &'a Date| match said {
        Some(said) => (date, said.state, said.text(date, format)),
        None => (date, "", String::new()),
    };
    dates.iter().map(said).collect()
}

/// What is left of a tier in this state.
fn stock_text(state: &str, available: i32, format: &Format) -> String {
    let words = format.words;
    match state {
        "sold" => words.text("stock-sold").to_owned(),
        "held" => words.text("stock-held").to_owned(),
        "few" => words.with("stock-few", &[("number", &format.number(available))]),
        _ => words.with("stock-open", &[("number", &format.number(available))]),
    }
}

/// When a tier is sold that is not sold now.
fn closed_text(tier: &Tier, event: &Event, format: &Format) -> String {
    let opens = tier.terms.window.opens_at.filter(|&at| format.now < at);
    match opens {
        Some(at) => {
            let time = format.date_time(at, event.venue.time_zone);
            format.words.with("tier-opens", &[("time", &time)])
        }
        None => format.words.text("tier-over").to_owned(),
    }
}

/// What buyers must know of a tier that is sold now.
fn terms_texts(tier: &Tier, event: &Event, format: &Format) -> Vec<String> {
    let terms = &tier.terms;
    if !terms.window.is_open(format.now) {
        return Vec::new();
    }
    let until = terms.window.closes_at.filter(|&at| at < event.starts_at);
    let until = until.map(|at| {
        let time = format.date_time(at, event.venue.time_zone);
        format.words.with("tier-until", &[("time", &time)])
    });
    let least = terms.min_tickets.map(i32::from).filter(|&least| least > 1);
    let least = least.map(|least| format.counted("tier-least", least, &[]));
    let most = terms.max_tickets.map(i32::from);
    let most = most.filter(|&most| most < event.max_tickets_per_booking);
    let most = most.map(|most| format.counted("tier-most", most, &[]));
    [until, least, most].into_iter().flatten().collect()
}

/// The code of the tier whose stock a tier shares with others.
fn shared_stock(tier: &Tier, event: &Event) -> Option<String> {
    let is_shared = event.sharing(tier).count() > 1;
    let stock = tier.shares.as_ref().unwrap_or(&tier.code);
    is_shared.then(|| stock.to_string())
}

/// A stock has one map, that of the first of its tiers that are sold: its name, if it is another than this one's.
fn seats_of(tier: &Tier, event: &Event, format: &Format) -> Option<String> {
    let is_open = |of: &&Tier| of.terms.window.is_open(format.now);
    let first = event.sharing(tier).find(is_open)?;
    (first.no != tier.no && tier.rows.is_some()).then(|| first.name.clone())
}

impl TierView {
    fn new(
        tier: &Tier,
        (count, seats): (Option<&TierCount>, Option<&Arc<Seats>>),
        event: &Event,
        choice: &Choice,
        prices: TierPrices,
        format: &Format,
    ) -> Self {
        let (available, held, sold) = count.map_or((0, 0, 0), |count| {
            (count.available, count.held, count.gone())
        });
        let is_open = tier.terms.window.is_open(format.now);
        let state = match (available, held) {
            _ if !is_open => "closed",
            (0, 0) => "sold",
            (0, _) => "held",
            (1..=FEW, _) => "few",
            _ => "open",
        };
        let of_order = tier.terms.most(event.max_tickets_per_booking);
        let most = available.min(of_order);
        let chosen = choice.quantity(tier).clamp(0, most.into()) as i32;
        // Seats are ticked one by one, so fewer may be chosen for a while.
        let least = tier.rows.as_ref().map_or(tier.terms.least(), |_| 1);
        let numbers =
            (0..=of_order.min(tier.capacity)).filter(|&number| number == 0 || number >= least);
        let quantities = numbers.map(|number| Quantity {
            number,
            is_chosen: number == chosen,
            is_possible: number <= most,
        });
        let percent = |part: i32| i64::from(part) * 100 / i64::from(tier.capacity);
        // This tier comes first: the first part of its map that is named is the one that opens.
        let others: String = choice
            .maps_of_others(tier)
            .flat_map(|map| [",", map])
            .collect();
        let opens = |part: &str| format!("{}{part}{others}", tier.code);
        Self {
            code: tier.code.to_string(),
            name: tier.name.clone(),
            is_free: prices.price_minor == 0 && prices.was.is_none(),
            prices,
            state,
            left: if is_open {
                stock_text(state, available, format)
            } else {
                closed_text(tier, event, format)
            },
            terms: terms_texts(tier, event, format),
            sold_percent: percent(sold) as i32,
            held_percent: percent(held) as i32,
            quantities: quantities.collect(),
            numbered: tier.rows.is_some(),
            shared: shared_stock(tier, event),
            seats_of: seats_of(tier, event, format),
            map: seats.and_then(|seats| {
                let section = choice.section_of(tier).unwrap_or_default();
                SeatMap::new(tier, &seats.states, &choice.seats_of(tier), section, opens)
            }),
            opens_map: opens(""),
            problem: None,
        }
    }
}
