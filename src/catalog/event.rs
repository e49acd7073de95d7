//! An event, its venue and its tiers, as everything that reads the catalogue knows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;

use super::address;
use super::facts::{Access, Facts};
use super::moved::Moved;
use super::status::Status;
use super::terms::Terms;
use super::translation::Translation;
use crate::allocator::Stock;
use crate::picture::Picture;
use crate::price::{self, Charges, Discount, Price};
use crate::seating::{Rows, SeatKind};
use crate::types::contact::ContactRule;
use crate::types::{
    Currency, EventId, EventNo, Money, OrganisationNo, SeatNo, TierCode, TierNo, Timestamp,
};

/// One performance at a venue.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id inside the database.
    pub no: EventNo,
    /// Its public id.
    pub id: EventId,
    /// Who runs it.
    pub organisation: OrganisationNo,
    /// What the address of its page ends with: `velvet-almanac-lisbon-90611f46`.
    pub address: String,
    /// Where it is in its life.
    pub status: Status,
    /// Counts its changes.
    pub version: i32,
    /// Its name.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When the sale opens.
    pub on_sale_at: Timestamp,
    /// When it was called off: it does not take place.
    pub called_off_at: Option<Timestamp>,
    /// That it was moved to another date or elsewhere, the last time.
    pub moved: Option<Moved>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// Its picture, if it has one.
    pub picture: Option<Picture>,
    /// The currency of all its prices.
    pub currency: Currency,
    /// Tickets that one booking may hold at most.
    pub max_tickets_per_booking: i32,
    /// Tickets that one buyer may hold or own at most.
    pub max_tickets_per_buyer: i32,
    /// Whether buyers leave their name and e-mail address.
    pub contact: ContactRule,
    /// Whether buyers are asked anything: see [`questions`](super::questions).
    pub asks: bool,
    /// Where it takes place.
    pub venue: Venue,
    /// What a buyer wants to know before paying.
    pub facts: Facts,
    /// In the order in which they are shown; at least one of an event that buyers see.
    pub tiers: Vec<Tier>,
    /// What its orders cost beside the prices of the tiers.
    pub charges: Charges,
    /// Whether there are promo codes.
    pub has_codes: bool,
    /// With the tiers that are hidden; `None` if none of it is left out here.
    pub(super) whole: Option<Arc<Event>>,
    /// What the allocator needs of it: of all tiers, hidden or not.
    pub stock: Arc<Stock>,
    /// The same by language; without translations of their own.
    pub(super) translated: BTreeMap<String, Arc<Event>>,
}

impl Event {
    /// The event for those who read this language; a text that has no translation is as it was written first.
    pub fn in_language(self: &Arc<Self>, language: &str) -> Arc<Self> {
        let translated = self.translated.get(language);
        translated.unwrap_or(self).clone()
    }

    /// With its translations made, so that all readers share them.
    pub(super) fn translate(mut self) -> Self {
        let of = |(language, texts): (&String, &Translation)| {
            (language.clone(), Arc::new(self.translated_by(texts)))
        };
        self.translated = self.facts.translations.iter().map(of).collect();
        self
    }

    /// The same in other words; nothing else differs.
    fn translated_by(&self, texts: &Translation) -> Self {
        let mut event = self.clone();
        event.facts.translations.clear();
        let replace = |text: &mut String, by: &Option<String>| {
            if let Some(by) = by {
                text.clone_from(by);
            }
        };
        replace(&mut event.name, &texts.name);
        replace(&mut event.description, &texts.description);
        let facts = &mut event.facts;
        facts.terms = texts.terms.clone().or(facts.terms.take());
        facts.refund_policy = texts.refund_policy.clone().or(facts.refund_policy.take());
        for tier in &mut event.tiers {
            replace(
                &mut tier.name,
                &texts.tiers.get(tier.code.as_str()).cloned(),
            );
        }
        event
    }

    /// The tier with this code.
    pub fn tier(&self, code: &str) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.code.as_str() == code)
    }

    /// The tier with this number, hidden or not: whoever knows the number of a hidden one has tickets of it.
    pub fn tier_no(&self, no: TierNo) -> Option<&Tier> {
        let tiers = self
            .whole
            .as_ref()
            .map_or(&self.tiers, |whole| &whole.tiers);
        tiers.iter().find(|tier| tier.no == no)
    }

    /// The event with all of its tiers: for who runs it, and for what was booked.
    pub fn whole(self: &Arc<Self>) -> Arc<Self> {
        self.whole.as_ref().unwrap_or(self).clone()
    }

    /// Whether it has hidden tiers here.
    pub fn shows_hidden(&self) -> bool {
        self.tiers.iter().any(|tier| tier.terms.hidden)
    }

    /// The event without its hidden tiers.
    pub(super) fn public(self: &Arc<Self>) -> Arc<Self> {
        self.showing(&[])
    }

    /// The event without its hidden tiers but these, which a code unlocks; `None` if it unlocks none of them.
    pub fn unlocked(&self, tiers: &[String]) -> Option<Arc<Self>> {
        let whole = self.whole.as_ref()?;
        let is_unlocked =
            |tier: &Tier| tier.terms.hidden && tiers.iter().any(|code| *code == tier.code.as_str());
        whole
            .tiers
            .iter()
            .any(is_unlocked)
            .then(|| whole.showing(tiers))
    }

    /// The event, of which nothing is left out, without the hidden tiers that are not among these. Nothing that buyers
    /// are shown of it says that there are others.
    fn showing(self: &Arc<Self>, unlocked: &[String]) -> Arc<Self> {
        let is_out = |tier: &Tier| {
            tier.terms.hidden && !unlocked.iter().any(|code| *code == tier.code.as_str())
        };
        if !self.tiers.iter().any(is_out) {
            return self.clone();
        }
        let mut event = Self::clone(self);
        let (out, shown): (Vec<Tier>, Vec<Tier>) = event.tiers.into_iter().partition(is_out);
        event.tiers = shown;
        event.name_stocks();
        for texts in event.facts.translations.values_mut() {
            texts
                .tiers
                .retain(|code, _| out.iter().all(|tier| tier.code.as_str() != code));
        }
        // A tax of hidden tiers alone is not named: it would tell of them.
        event.charges.taxes.retain_mut(|tax| {
            let Some(tiers) = &mut tax.tiers else {
                return true;
            };
            tiers.retain(|code| out.iter().all(|tier| tier.code.as_str() != code));
            tax.on_fees || !tiers.is_empty()
        });
        let translated = event.translated.into_iter();
        let translated = translated.map(|(language, of)| (language, of.showing(unlocked)));
        event.translated = translated.collect();
        event.whole = Some(self.clone());
        Arc::new(event)
    }

    /// Of tiers that share the stock of one that is left out, the first takes its place: the others say that they share
    /// its tickets.
    fn name_stocks(&mut self) {
        for at in 0..self.tiers.len() {
            let stock = self.tiers[at].stock;
            if self.tiers.iter().any(|tier| tier.no == stock) {
                continue;
            }
            let first = self.tiers.iter().position(|tier| tier.stock == stock);
            let first = first.filter(|&first| first != at);
            self.tiers[at].shares = first.map(|first| self.tiers[first].code.clone());
        }
    }

    /// What one ticket costs, without what any order costs.
    pub fn price_of_one(&self, tier: &Tier, discount: Option<&Discount>) -> i64 {
        let price = self.price(&[(tier.no, 1)], discount);
        if price::is_paid(&price) {
            price.total_minor - self.price_of_order()
        } else {
            price.total_minor
        }
    }

    /// What any order costs that is not free, beside its tickets.
    pub fn price_of_order(&self) -> i64 {
        price::of_every_order(&self.charges)
    }

    /// What tickets of it cost: numbers of tickets by the tiers' numbers, ascending.
    pub fn price(&self, tickets: &[(TierNo, i32)], discount: Option<&Discount>) -> Price {
        let tickets = tickets.iter().filter_map(|&(no, quantity)| {
            let tier = self.tier_no(no)?;
            Some(price::Tickets {
                tier: no,
                code: tier.code.as_str(),
                quantity,
                unit_price_minor: tier.price_minor,
            })
        });
        let tickets: Vec<_> = tickets.collect();
        let charges = self
            .whole
            .as_ref()
            .map_or(&self.charges, |whole| &whole.charges);
        price::price(&tickets, charges, discount)
    }

    /// The tiers that are sold from the same stock as this one, itself among them, in their order.
    pub fn sharing<'e>(&'e self, tier: &Tier) -> impl Iterator<Item = &'e Tier> + use<'e> {
        let stock = tier.stock;
        self.tiers.iter().filter(move |other| other.stock == stock)
    }

    /// The tiers that have tickets of their own, or stand for one that has and is left out: each stock once.
    pub fn stocks(&self) -> impl Iterator<Item = &Tier> {
        self.tiers.iter().filter(|tier| tier.shares.is_none())
    }

    /// What the venue and the event offer to people with a disability, each once.
    pub fn accessibility(&self) -> Vec<Access> {
        let (venue, event) = (&self.venue.accessibility, &self.facts.accessibility);
        let mut offers: Vec<Access> = venue.iter().chain(event).copied().collect();
        offers.sort_unstable();
        offers.dedup();
        offers
    }

    /// The words of its address.
    pub(super) fn slug(&self) -> String {
        address::slug(&self.name, &self.venue.city)
    }

    /// An amount in the event's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money {
            minor,
            currency: self.currency,
        }
    }
}

/// Where events take place.
#[derive(Debug, Clone)]
pub struct Venue {
    /// Its name.
    pub name: String,
    /// Its city.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The zone in which its times are shown.
    pub time_zone: Tz,
    /// Street and number, and what else a letter needs beside city and country.
    pub address: Option<String>,
    /// What it offers to people with a disability.
    pub accessibility: Vec<Access>,
}

/// A priced class of an event's tickets.
#[derive(Debug, Clone)]
pub struct Tier {
    /// Its number within the event.
    pub no: TierNo,
    /// The tier whose tickets are sold as this tier's: itself, or one whose stock it shares. Both have the same number
    /// of tickets and the same seats.
    pub stock: TierNo,
    /// The code of that other tier; none if it has tickets of its own.
    pub shares: Option<TierCode>,
    /// Its code in JSON.
    pub code: TierCode,
    /// Its name on pages.
    pub name: String,
    /// Price of one ticket in minor units.
    pub price_minor: i64,
    /// Tickets in all.
    pub capacity: i32,
    /// Its rows if its seats are numbered; none for general admission.
    pub rows: Option<Rows>,
    /// Its places for wheelchairs, and the seats beside them.
    pub kinds: BTreeMap<SeatNo, SeatKind>,
    /// When it is sold, and how many in one order.
    pub terms: Terms,
}

impl Tier {
    /// Whether it has tickets of its own.
    pub fn is_stock(&self) -> bool {
        self.stock == self.no
    }

    /// The ticket with this label, as [`Tier::label`] writes it; `None` if the tier has no such ticket.
    pub fn seat(&self, label: &str) -> Option<SeatNo> {
        let label = label.trim();
        let seat = match &self.rows {
            Some(rows) => rows.find(label)?,
            None => SeatNo(label.parse().ok()?),
        };
        (1..=self.capacity).contains(&seat.0).then_some(seat)
    }

    /// The labels of some tickets, in the order in which they stand.
    pub fn labels(&self, seats: &[SeatNo]) -> Vec<String> {
        let in_order = match &self.rows {
            Some(rows) if rows.plan().is_some() => &rows.in_order(seats),
            _ => seats,
        };
        in_order.iter().map(|&seat| self.label(seat)).collect()
    }

    /// The label of a ticket: `A-7` for a numbered seat, `123` for general admission.
    pub fn label(&self, seat: SeatNo) -> String {
        self.rows
            .as_ref()
            .map_or_else(|| seat.0.to_string(), |rows| rows.label(seat))
    }
}
