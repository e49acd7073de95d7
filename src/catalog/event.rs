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
    /// What the allocator needs of it.
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

    /// The tier with this number.
    pub fn tier_no(&self, no: TierNo) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.no == no)
    }

    /// The tiers that are sold from the same stock as this one, itself among them, in their order.
    pub fn sharing<'e>(&'e self, tier: &Tier) -> impl Iterator<Item = &'e Tier> + use<'e> {
        let stock = tier.stock;
        self.tiers.iter().filter(move |other| other.stock == stock)
    }

    /// The tiers that have tickets of their own: each stock once.
    pub fn stocks(&self) -> impl Iterator<Item = &Tier> {
        self.tiers.iter().filter(|tier| tier.is_stock())
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
