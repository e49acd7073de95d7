//! An event as its organiser writes it, in JSON and on pages, and what of it is wrong.
//!
//! What must hold: every field that is wrong is named, by its pointer; what is not wrong can be inserted. Whether a
//! change is possible once the event is published is decided by `edit` and `tier`.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::charges;
use super::event::{Event, Tier};
use super::facts::{Access, Facts, is_series};
use super::must::{Must, Wrong};
use super::new_event::{NewEvent, NewTier, NewVenue};
use super::prose::{DESCRIPTION_MAX, LINE_MAX, REFUND_POLICY_MAX, TERMS_MAX};
use super::terms::Terms;
use super::translation::{self, Translations};
use super::wrongs::{PRICE_MAX, Wrongs};
use crate::allocator::Window;
use crate::picture::Picture;
use crate::price::{Charges, Fee, Tax};
use crate::seating::plan::Plan;
use crate::seating::{Position, Rows, SeatKind, parse_label, row_label};
use crate::types::{Currency, OrganisationNo, SeatNo, TierCode, Timestamp};

/// Tiers of an event at most.
pub(super) const TIERS_MAX: usize = 100;
const ADDRESS_MAX: usize = 300;
const CAPACITY_MAX: i64 = 10_000_000;
/// Names of a line-up at most.
const LINEUP_MAX: usize = 50;
/// Entries of a list of what is offered.
const ACCESS_MAX: usize = 20;
/// A row's number is a smallint.
const ROWS_MAX: i64 = 32_000;

/// What an organiser says of an event.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Details {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What it is about: Markdown (CommonMark) of which paragraphs, headings, emphasis, lists and links are shown.
    #[schema(max_length = 5000)]
    pub description: String,
    /// When it starts.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub starts_at: Option<Timestamp>,
    /// When the sale opens; when the event is created if it is not said.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub on_sale_at: Option<Timestamp>,
    /// ISO 4217; all prices are in it.
    #[schema(pattern = "^[A-Z]{3}$", examples("EUR"))]
    pub currency: String,
    /// Tickets of one booking at most; 10 if it is not said.
    #[schema(minimum = 1, maximum = 100)]
    pub max_tickets_per_booking: Option<i64>,
    /// Tickets that one buyer may hold or own; twice as many as a booking may hold if it is not said.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    pub max_tickets_per_buyer: Option<i64>,
    /// Seconds for which a booking that is not paid keeps its tickets, 60 to 86,400; what the server is set to if it is
    /// not said.
    #[schema(minimum = 60, maximum = 86_400)]
    pub hold_seconds: Option<i64>,
    /// Whether buyers leave a name and an e-mail address: `none`, `optional`, `required`; `optional` if it is not said.
    #[schema(pattern = "^(none|optional|required)$")]
    pub contact: Option<String>,
    /// Where it takes place.
    pub venue: VenueDetails,
    /// What buyers want to know before they pay.
    pub facts: Facts,
    /// The texts in other languages, by ISO 639.
    pub translations: Translations,
    /// What is paid to the state; in their order on receipts. Existing bookings keep what they were booked with.
    pub taxes: Vec<Tax>,
    /// What is charged beside the prices of the tiers; in their order on receipts.
    pub fees: Vec<Fee>,
    /// Its tiers.
    #[schema(max_items = 100)]
    pub tiers: Vec<TierDetails>,
}

/// Where an event takes place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VenueDetails {
    /// With city and country it says which venue it is.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Its city.
    #[schema(min_length = 1, max_length = 200)]
    pub city: String,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", examples("SE"))]
    pub country: String,
    /// IANA.
    #[schema(min_length = 1, examples("Europe/Stockholm"))]
    pub time_zone: String,
    /// Street and number.
    #[schema(min_length = 1, max_length = 300)]
    pub address: Option<String>,
    /// What it offers to people with a disability.
    #[schema(max_items = 20)]
    pub accessibility: Vec<Access>,
}

/// What an organiser says of a tier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TierDetails {
    /// Its code: `vip`.
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,31}$", examples("vip"))]
    pub tier: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The price of a ticket, a whole number of the currency's minor units; it costs nothing if it is not said.
    #[schema(minimum = 0, maximum = 1_000_000_000_000i64)]
    pub price_minor: i64,
    /// The code of another tier whose tickets are sold as this tier's too: adult and reduced in one room. The number of
    /// tickets and the seats are that tier's then, and need not be said. It is said when the tier is added, or while the
    /// event is a draft.
    pub shares: Option<String>,
    /// How many tickets there are; 1 at least of a tier that does not share another's.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub capacity: i64,
    /// How many seats stand together in a row before an aisle, from left to right; none for general admission.
    pub row_blocks: Option<Vec<i16>>,
    /// Places for wheelchairs: `A-1`.
    pub wheelchair: Vec<String>,
    /// The seats of who comes with a buyer in a wheelchair.
    pub companion: Vec<String>,
    /// Where it stands among the tiers; those that stand equal are in the order in which they were added.
    #[schema(minimum = -1000, maximum = 1000)]
    pub position: i16,
    /// When it is sold, within the sale of the event.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub on_sale_at: Option<Timestamp>,
    /// Until when it is sold.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub off_sale_at: Option<Timestamp>,
    /// Tickets that an order has at least if it has any of the tier.
    #[schema(minimum = 1, maximum = 100)]
    pub min_tickets: Option<i16>,
    /// Tickets that an order has at most of the tier.
    #[schema(minimum = 1, maximum = 100)]
    pub max_tickets: Option<i16>,
    /// Whether it is shown to nobody who does not name a promo code that unlocks it.
    pub hidden: bool,
    /// The part of a hall that it has: what is said of its seats follows from it.
    #[serde(skip)]
    pub(super) plan: Option<Plan>,
}

impl Details {
    /// As the event is; of how many tickets one buyer may have, what was said is not known here.
    pub(super) fn of(event: &Event) -> Self {
        let venue = &event.venue;
        let translations = event.facts.translations.clone();
        let facts = Facts {
            translations: Translations::new(),
            ..event.facts.clone()
        };
        Self {
            name: event.name.clone(),
            description: event.description.clone(),
            starts_at: Some(event.starts_at),
            on_sale_at: Some(event.on_sale_at),
            currency: event.currency.code().to_owned(),
            max_tickets_per_booking: Some(event.max_tickets_per_booking.into()),
            max_tickets_per_buyer: None,
            hold_seconds: None,
            contact: Some(event.contact.as_str().to_owned()),
            venue: VenueDetails {
                name: venue.name.clone(),
                city: venue.city.clone(),
                country: venue.country.clone(),
                time_zone: venue.time_zone.name().to_owned(),
                address: venue.address.clone(),
                accessibility: venue.accessibility.clone(),
            },
            facts,
            translations,
            taxes: event.charges.taxes.clone(),
            fees: event.charges.fees.clone(),
            tiers: event.tiers.iter().map(TierDetails::from).collect(),
        }
    }

    /// What a command or a program would create.
    pub(super) fn of_new(event: &NewEvent) -> Self {
        let venue = &event.venue;
        Self {
            name: event.name.clone(),
            description: event.description.clone(),
            starts_at: Some(event.starts_at),
            on_sale_at: event.on_sale_at,
            currency: event.currency.code().to_owned(),
            max_tickets_per_booking: Some(event.max_tickets_per_booking.into()),
            max_tickets_per_buyer: event.max_tickets_per_buyer.map(i64::from),
            hold_seconds: event.hold_seconds.map(i64::from),
            contact: Some(event.contact.as_str().to_owned()),
            venue: VenueDetails {
                name: venue.name.clone(),
                city: venue.city.clone(),
                country: venue.country.clone(),
                time_zone: venue.time_zone.name().to_owned(),
                address: venue.address.clone(),
                accessibility: venue.accessibility.clone(),
            },
            facts: event.facts.clone(),
            translations: event.facts.translations.clone(),
            taxes: event.charges.taxes.clone(),
            fees: event.charges.fees.clone(),
            tiers: event.tiers.iter().map(TierDetails::of_new).collect(),
        }
    }

    /// What is wrong with it, whatever the time and whatever it was before.
    pub(super) fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Wrongs::default();
        wrong.text("/name", &self.name, LINE_MAX);
        wrong.short("/description", &self.description, DESCRIPTION_MAX);
        self.check_times(&mut wrong);
        wrong.unless(
            self.currency.parse::<Currency>().is_ok(),
            "/currency",
            Must::BeCurrency,
        );
        let of_booking = self.max_tickets_per_booking.unwrap_or(10);
        wrong.within("/max_tickets_per_booking", of_booking, 1, 100);
        if let Some(of_buyer) = self.max_tickets_per_buyer {
            wrong.within(
                "/max_tickets_per_buyer",
                of_buyer,
                of_booking.clamp(1, 100),
                i64::from(i32::MAX),
            );
        }
        if let Some(hold) = self.hold_seconds {
            wrong.within("/hold_seconds", hold, 60, 86_400);
        }
        let rule = self.contact.as_deref().unwrap_or("optional");
        let is_rule = rule.parse::<crate::types::contact::ContactRule>().is_ok();
        wrong.unless(is_rule, "/contact", Must::BeContactRule);
        self.venue.check(&mut wrong);
        check_facts(&self.facts, &mut wrong);
        let codes: Vec<&str> = self.tiers.iter().map(|tier| tier.tier.as_str()).collect();
        wrong
            .0
            .extend(translation::wrong(&self.translations, &codes));
        wrong.entries("/tiers", self.tiers.len(), 0, TIERS_MAX);
        for (index, tier) in self.tiers.iter().take(TIERS_MAX).enumerate() {
            let at = format!("/tiers/{index}");
            tier.check(&at, &mut wrong);
            let is_again = codes[..index].contains(&tier.tier.as_str());
            wrong.unless(!is_again, &format!("{at}/tier"), Must::BeAlone);
            if tier.shares.is_some() {
                let stock = self.stock_of(tier);
                wrong.unless(stock.is_some(), &format!("{at}/shares"), Must::BeStock);
                let others = stock.map_or_else(Vec::new, |stock| tier.differs(stock));
                for field in others {
                    wrong.add(&format!("{at}/{field}"), Must::BeOfStock);
                }
            }
        }
        charges::check(&self.taxes, &self.fees, &codes, &mut wrong);
        wrong.0
    }

    /// The tier whose stock another one shares; `None` if there is none that has tickets of its own.
    pub(super) fn stock_of(&self, tier: &TierDetails) -> Option<&TierDetails> {
        let code = tier.shares.as_deref()?;
        let mut others = self.tiers.iter();
        others.find(|other| other.tier == code && other.shares.is_none())
    }

    fn check_times(&self, wrong: &mut Wrongs) {
        let Some(starts_at) = self.starts_at else {
            wrong.add("/starts_at", Must::BeGiven);
            return;
        };
        let before = |at: Option<Timestamp>| at.is_none_or(|at| at < starts_at);
        wrong.unless(before(self.on_sale_at), "/on_sale_at", Must::BeBeforeStart);
        let hours = chrono::TimeDelta::hours(24);
        let doors = |at: Timestamp| at <= starts_at && starts_at - at <= hours;
        let are_doors = self.facts.doors_at.is_none_or(doors);
        wrong.unless(are_doors, "/facts/doors_at", Must::BeDoors);
        let days = chrono::TimeDelta::days(31);
        let ends = |at: Timestamp| at > starts_at && at - starts_at <= days;
        let is_end = self.facts.ends_at.is_none_or(ends);
        wrong.unless(is_end, "/facts/ends_at", Must::BeEnd);
    }

    /// What is inserted or written. Only of what is not wrong.
    pub(super) fn to_new(
        &self,
        organisation: OrganisationNo,
        picture: Option<Picture>,
    ) -> Option<NewEvent> {
        let venue = &self.venue;
        let tiers = self
            .tiers
            .iter()
            .filter_map(|tier| match self.stock_of(tier) {
                Some(stock) => tier.sharing(stock).to_new(),
                None => tier.to_new(),
            });
        let own = self.translations.clone();
        Some(NewEvent {
            organisation,
            name: self.name.clone(),
            description: self.description.clone(),
            starts_at: self.starts_at?,
            on_sale_at: self.on_sale_at,
            currency: self.currency.parse().ok()?,
            max_tickets_per_booking: narrow(self.max_tickets_per_booking.unwrap_or(10)),
            max_tickets_per_buyer: self.max_tickets_per_buyer.map(narrow),
            hold_seconds: self.hold_seconds.map(narrow),
            picture,
            contact: self
                .contact
                .as_deref()
                .and_then(|rule| rule.parse().ok())
                .unwrap_or_default(),
            venue: NewVenue {
                name: venue.name.trim().to_owned(),
                city: venue.city.trim().to_owned(),
                country: venue.country.clone(),
                time_zone: venue.time_zone.parse().unwrap_or(Tz::UTC),
                address: venue.address.clone(),
                accessibility: venue.accessibility.clone(),
            },
            facts: Facts {
                translations: own,
                ..self.facts.clone()
            },
            charges: Charges {
                taxes: self.taxes.clone(),
                fees: self.fees.clone(),
            },
            tiers: tiers.collect(),
        })
    }
}

impl VenueDetails {
    fn check(&self, wrong: &mut Wrongs) {
        wrong.text("/venue/name", &self.name, LINE_MAX);
        wrong.text("/venue/city", &self.city, LINE_MAX);
        let is_country =
            self.country.len() == 2 && self.country.bytes().all(|byte| byte.is_ascii_uppercase());
        wrong.unless(is_country, "/venue/country", Must::BeCountry);
        let is_zone = self.time_zone.parse::<Tz>().is_ok();
        wrong.unless(is_zone, "/venue/time_zone", Must::BeTimeZone);
        wrong.optional("/venue/address", self.address.as_deref(), ADDRESS_MAX);
        let offers = self.accessibility.len();
        wrong.entries("/venue/accessibility", offers, 0, ACCESS_MAX);
    }
}

fn check_facts(facts: &Facts, wrong: &mut Wrongs) {
    if let Some(age) = facts.age_min {
        wrong.within("/facts/age_min", age.into(), 0, 99);
    }
    wrong.entries("/facts/lineup", facts.lineup.len(), 0, LINEUP_MAX);
    for (index, name) in facts.lineup.iter().take(LINEUP_MAX).enumerate() {
        wrong.text(&format!("/facts/lineup/{index}"), name, LINE_MAX);
    }
    let offers = facts.accessibility.len();
    wrong.entries("/facts/accessibility", offers, 0, ACCESS_MAX);
    wrong.optional("/facts/organiser", facts.organiser.as_deref(), LINE_MAX);
    wrong.optional("/facts/terms", facts.terms.as_deref(), TERMS_MAX);
    let refunds = facts.refund_policy.as_deref();
    wrong.optional("/facts/refund_policy", refunds, REFUND_POLICY_MAX);
    let series = facts.series.as_deref();
    wrong.unless(
        series.is_none_or(is_series),
        "/facts/series",
        Must::BeSeries,
    );
}

impl From<&Tier> for TierDetails {
    fn from(tier: &Tier) -> Self {
        let labels = |kind: SeatKind| {
            let of_kind = tier.kinds.iter().filter(move |(_, found)| **found == kind);
            of_kind.map(|(&seat, _)| tier.label(seat)).collect()
        };
        Self {
            tier: tier.code.to_string(),
            name: tier.name.clone(),
            price_minor: tier.price_minor,
            shares: tier.shares.as_ref().map(ToString::to_string),
            capacity: tier.capacity.into(),
            row_blocks: tier
                .rows
                .as_ref()
                .filter(|rows| rows.plan().is_none())
                .map(|rows| rows.blocks().to_vec()),
            wheelchair: labels(SeatKind::Wheelchair),
            companion: labels(SeatKind::Companion),
            position: tier.terms.position,
            on_sale_at: tier.terms.window.opens_at,
            off_sale_at: tier.terms.window.closes_at,
            min_tickets: tier.terms.min_tickets,
            max_tickets: tier.terms.max_tickets,
            hidden: tier.terms.hidden,
            plan: tier.rows.as_ref().and_then(Rows::plan).cloned(),
        }
    }
}

impl TierDetails {
    fn of_new(tier: &NewTier) -> Self {
        let labels = |kind: SeatKind| {
            let of_kind = tier.kinds.iter().filter(move |(_, found)| *found == kind);
            let label = |at: &Position| format!("{}-{}", row_label(at.row), at.number);
            of_kind.map(|(at, _)| label(at)).collect()
        };
        Self {
            tier: tier.code.to_string(),
            name: tier.name.clone(),
            price_minor: tier.price_minor,
            capacity: tier.capacity.into(),
            row_blocks: tier.row_blocks.clone(),
            wheelchair: labels(SeatKind::Wheelchair),
            companion: labels(SeatKind::Companion),
            ..Self::default()
        }
    }

    /// What is wrong with a tier by itself.
    pub(super) fn wrong(&self) -> Vec<Wrong> {
        let mut wrong = Wrongs::default();
        self.check("", &mut wrong);
        wrong.0
    }

    fn check(&self, at: &str, wrong: &mut Wrongs) {
        let field = |name: &str| format!("{at}/{name}");
        let is_code = self.tier.parse::<TierCode>().is_ok();
        wrong.unless(is_code, &field("tier"), Must::BeTierCode);
        wrong.text(&field("name"), &self.name, LINE_MAX);
        wrong.within(&field("price_minor"), self.price_minor, 0, PRICE_MAX);
        if self.shares.is_none() {
            self.check_tickets(at, wrong);
        }
        wrong.within(&field("position"), self.position.into(), -1000, 1000);
        let ordered = match (self.on_sale_at, self.off_sale_at) {
            (Some(opens), Some(closes)) => opens < closes,
            _ => true,
        };
        wrong.unless(ordered, &field("off_sale_at"), Must::BeAfter("on_sale_at"));
        for (name, limit) in [
            ("min_tickets", self.min_tickets),
            ("max_tickets", self.max_tickets),
        ] {
            wrong.within(&field(name), limit.map_or(1, i64::from), 1, 100);
        }
        let enough = self.max_tickets >= self.min_tickets || self.max_tickets.is_none();
        wrong.unless(
            enough,
            &field("max_tickets"),
            Must::BeAtLeast("min_tickets"),
        );
    }

    fn check_tickets(&self, at: &str, wrong: &mut Wrongs) {
        let field = |name: &str| format!("{at}/{name}");
        wrong.within(&field("capacity"), self.capacity, 1, CAPACITY_MAX);
        let rows = self.rows();
        let is_row = self.row_blocks.is_none() || rows.is_some();
        wrong.unless(is_row, &field("row_blocks"), Must::BeRow);
        if let Some(rows) = &rows {
            let in_rows = self.capacity / i64::from(rows.seats_per_row()) < ROWS_MAX;
            wrong.unless(in_rows, &field("row_blocks"), Must::HaveFewerRows);
        }
        match &self.plan {
            None => self.check_kinds(at, rows.as_ref(), wrong),
            Some(plan) => self.check_plan(at, plan, wrong),
        }
    }

    /// The fields that say something else of the tickets than the tier whose stock it shares.
    pub(super) fn differs(&self, stock: &Self) -> Vec<&'static str> {
        let (mine, theirs) = (&self.wheelchair, &stock.wheelchair);
        let fields = [
            (
                "capacity",
                self.capacity == 0 || self.capacity == stock.capacity,
            ),
            (
                "row_blocks",
                self.row_blocks.is_none() || self.row_blocks == stock.row_blocks,
            ),
            ("wheelchair", mine.is_empty() || mine == theirs),
            (
                "companion",
                self.companion.is_empty() || self.companion == stock.companion,
            ),
        ];
        let others = fields.into_iter().filter(|(_, is_same)| !is_same);
        others.map(|(field, _)| field).collect()
    }

    /// With the tickets of the tier whose stock it shares.
    pub(super) fn sharing(&self, stock: &Self) -> Self {
        Self {
            capacity: stock.capacity,
            row_blocks: stock.row_blocks.clone(),
            wheelchair: stock.wheelchair.clone(),
            companion: stock.companion.clone(),
            plan: stock.plan.clone(),
            ..self.clone()
        }
    }

    /// Nothing is said of the seats that differs from what the hall says.
    fn check_plan(&self, at: &str, plan: &Plan, wrong: &mut Wrongs) {
        let rows = Rows::of_plan(plan.clone());
        let labels = |kind| {
            let of_kind = plan.kinds().filter(|(_, found)| *found == kind);
            let mut seats: Vec<SeatNo> = of_kind.map(|(seat, _)| seat).collect();
            seats.sort_unstable();
            seats.into_iter().map(|seat| rows.label(seat)).collect()
        };
        let wheelchair: Vec<String> = labels(SeatKind::Wheelchair);
        let companion: Vec<String> = labels(SeatKind::Companion);
        for (name, stays) in [
            (
                "capacity",
                usize::try_from(self.capacity) == Ok(plan.count()),
            ),
            ("row_blocks", self.row_blocks.is_none()),
            ("wheelchair", self.wheelchair == wheelchair),
            ("companion", self.companion == companion),
        ] {
            wrong.unless(stays, &format!("{at}/{name}"), Must::StayAsInHall);
        }
    }

    fn check_kinds(&self, at: &str, rows: Option<&Rows>, wrong: &mut Wrongs) {
        let mut seen = BTreeSet::new();
        for (name, labels) in [
            ("wheelchair", &self.wheelchair),
            ("companion", &self.companion),
        ] {
            for (index, label) in labels.iter().enumerate() {
                let pointer = format!("{at}/{name}/{index}");
                let position = parse_label(label);
                let seat = position.and_then(|position| rows?.seat(position));
                match seat.filter(|seat| i64::from(seat.0) <= self.capacity) {
                    None => wrong.add(&pointer, Must::BeSeat),
                    Some(seat) => wrong.unless(seen.insert(seat), &pointer, Must::BeAlone),
                }
            }
        }
    }

    /// Its rows, if it has seats and they make rows.
    pub(super) fn rows(&self) -> Option<Rows> {
        Rows::new(self.row_blocks.clone()?).filter(|rows| rows.seats_per_row() <= 1_000)
    }

    /// On what terms it is sold.
    pub(super) fn terms(&self) -> Terms {
        Terms {
            position: self.position,
            window: Window {
                opens_at: self.on_sale_at,
                closes_at: self.off_sale_at,
            },
            min_tickets: self.min_tickets,
            max_tickets: self.max_tickets,
            hidden: self.hidden,
        }
    }

    /// What is inserted. Only of what is not wrong.
    pub(super) fn to_new(&self) -> Option<NewTier> {
        let kinds = |labels: &[String], kind| {
            let positions = labels.iter().filter_map(|label| parse_label(label));
            positions.map(|at| (at, kind)).collect::<Vec<_>>()
        };
        let mut all = Vec::new();
        if self.plan.is_none() {
            all = kinds(&self.wheelchair, SeatKind::Wheelchair);
            all.extend(kinds(&self.companion, SeatKind::Companion));
        }
        Some(NewTier {
            code: self.tier.parse().ok()?,
            name: self.name.clone(),
            price_minor: self.price_minor,
            capacity: narrow(self.capacity),
            row_blocks: self.row_blocks.clone(),
            kinds: all,
        })
    }
}

/// A number that was found to be within bounds.
fn narrow(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
