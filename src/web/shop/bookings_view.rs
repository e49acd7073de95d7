//! The view structs of the list of a buyer's bookings, part by part.
//!
//! What must hold: a field is text, formatted for one reader. No queries here: the handler in `bookings` passes
//! what is shown.

use std::sync::Arc;

use askama::Template;

use super::booking_view::{items_text, state_text};
use super::event_facts::EventFacts;
use super::frame::Frame;
use super::moved_view::Asked;
use crate::booking::{Booking, LIST_MAX, Listed, Part};
use crate::catalog::Event;
use crate::payment::Payment;
use crate::types::BuyerId;
use crate::web::view::format::{Format, machine_time};

/// A buyer's bookings.
#[derive(Template)]
#[template(path = "bookings.html")]
pub(super) struct BookingsPage {
    frame: Frame,
    /// Whether the browser has been given a buyer.
    is_buyer: bool,
    is_first: bool,
    /// Those of which this page has any.
    parts: Vec<PartOfList>,
    /// Where the next page begins.
    next: Option<String>,
}

/// The bookings of one part.
struct PartOfList {
    /// `to-pay`, `coming`, `past`, `ended`.
    name: &'static str,
    heading: &'static str,
    /// Whether it is folded away: what has ended, beside what has not.
    is_folded: bool,
    bookings: Vec<BookingCard>,
}

/// One booking in the list.
struct BookingCard {
    path: String,
    reference: String,
    event: Arc<EventFacts>,
    state: &'static str,
    state_text: &'static str,
    /// `2 × VIP, 1 × GA`
    items: String,
    total: String,
    /// Until when its buyer has something to do to keep it, for scripts.
    expires_at: Option<String>,
    /// Whether it is paid, and the bank has not answered: there is nothing to do.
    is_at_bank: bool,
    /// What the way to its page is called, if it is not paid.
    pay_text: &'static str,
    /// When the event was to be, if it was moved since.
    moved_from: Option<String>,
    /// Until when its buyer may return the tickets, if that is asked.
    answer_until: Option<String>,
}

impl BookingsPage {
    pub(super) fn new(
        frame: Frame,
        format: &Format,
        buyer: Option<BuyerId>,
        is_first: bool,
        listed: &[Listed],
        events: &[Arc<Event>],
        paying: &[Payment],
    ) -> Self {
        let parts = Part::ALL.map(|part| PartOfList::new(part, listed, events, paying, format));
        let mut parts: Vec<PartOfList> = parts
            .into_iter()
            .filter(|part| !part.bookings.is_empty())
            .collect();
        // Nothing else to look at.
        if let [only] = parts.as_mut_slice() {
            only.is_folded = false;
        }
        let is_full = listed.len() as i64 == LIST_MAX;
        let next = listed.last().filter(|_| is_full);
        Self {
            frame,
            is_buyer: buyer.is_some(),
            is_first,
            parts,
            next: next.map(|listed| listed.place.to_string()),
        }
    }
}

impl PartOfList {
    fn new(
        part: Part,
        listed: &[Listed],
        events: &[Arc<Event>],
        paying: &[Payment],
        format: &Format,
    ) -> Self {
        let cards = listed.iter().filter(|listed| listed.part == part);
        let cards = cards.filter_map(|Listed { booking, .. }| {
            let event = events.iter().find(|event| event.no == booking.event)?;
            let payment = paying.iter().find(|payment| payment.booking == booking.id);
            Some(BookingCard::new(booking, event, payment, format))
        });
        let (name, heading) = match part {
            Part::ToPay => ("to-pay", "bookings-to-pay"),
            Part::Coming => ("coming", "bookings-coming"),
            Part::Past => ("past", "bookings-past"),
            Part::Ended => ("ended", "bookings-ended"),
        };
        Self {
            name,
            heading: format.words.text(heading),
            is_folded: part == Part::Ended,
            bookings: cards.collect(),
        }
    }
}

impl BookingCard {
    /// `payment` is under way for it.
    fn new(
        booking: &Booking,
        event: &Arc<Event>,
        payment: Option<&Payment>,
        format: &Format,
    ) -> Self {
        let facts = EventFacts::of(event, format);
        let asked = Asked::of(event, booking, &[], format.now);
        let moved = facts.moved.as_ref().filter(|_| asked.is_some());
        let before = |from: &String| format.words.with("moved-before", &[("date", from)]);
        let until = |until: &String| format.words.with("moved-until", &[("date", until)]);
        let is_open = asked == Some(Asked::Open);
        let (end, pay_text) = match payment.map(|payment| payment.act_until) {
            None => (booking.expires_at, "bookings-pay"),
            Some(None) => (None, "bank-heading"),
            Some(end) => (end, "bookings-continue"),
        };
        Self {
            moved_from: moved.map(|moved| before(&moved.from)),
            answer_until: moved.filter(|_| is_open).map(|moved| until(&moved.until)),
            path: format!("{}/bookings/{}", format.prefix, booking.id),
            reference: booking.reference.to_string(),
            event: facts,
            state: booking.status.as_str(),
            state_text: state_text(booking.status, format),
            items: items_text(booking, event, format),
            total: format.money(booking.total),
            expires_at: end.map(machine_time),
            is_at_bank: payment.is_some() && end.is_none(),
            pay_text: format.words.text(pay_text),
        }
    }
}
