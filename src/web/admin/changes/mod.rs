//! Changing a paid booking: some tickets given back, tickets exchanged for others, given to another person. Each page asks
//! first, and says what it will do; the form that does it has a key, so that two presses are one.

pub mod exchange;
pub mod give_back;
pub mod hand_over;

use super::form::{Fields, key_field};
use crate::booking::{self, Asked, Booking, HeldTicket};
use crate::catalog::Event;
use crate::payment::PaidDifference;
use crate::types::Fingerprint;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::Format;
use crate::web::view::words::Words;

/// A ticket to choose.
struct Choice {
    /// `vip:A-7`
    value: String,
    /// `VIP A-7`
    label: String,
    price: String,
    is_chosen: bool,
}

/// The tickets of a booking.
fn choices(
    booking: &Booking,
    event: &Event,
    chosen: &[HeldTicket],
    format: &Format,
) -> Vec<Choice> {
    let of_item = |item: &crate::booking::BookedItem| {
        let tier = event.tier_no(item.tier)?;
        let price = format.money(event.money(item.unit_price_minor));
        let choice = |&seat| Choice {
            value: format!("{}:{}", tier.code, tier.label(seat)),
            label: format!("{} {}", tier.name, tier.label(seat)),
            price: price.clone(),
            is_chosen: chosen.contains(&(tier.no, seat)),
        };
        Some(item.seats.iter().map(choice).collect::<Vec<_>>())
    };
    let items = booking.items.iter().filter_map(of_item);
    items.flatten().collect()
}

/// The tickets that a form names; what names none is passed over.
fn chosen(fields: &[(String, String)], event: &Event) -> Vec<HeldTicket> {
    let named = fields.iter().filter(|(name, _)| name == "ticket").take(100);
    let ticket = |(_, value): &(String, String)| {
        let (code, label) = value.split_once(':')?;
        let tier = event.tier(code)?;
        Some((tier.no, tier.seat(label)?))
    };
    named.filter_map(ticket).collect()
}

/// What a form asks for, by its key and all that stands in it.
fn asked(fields: &Fields, booking: &Booking, what: &str) -> Result<Asked, Error> {
    let rest = fields.iter().filter(|(name, _)| name != "key");
    let parts = rest.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    Ok(Asked {
        event: booking.event,
        booking: booking.id,
        key: key_field(fields)?,
        fingerprint: Fingerprint::of([what.as_bytes()].into_iter().chain(parts)),
    })
}

/// The number in a field that a page of ours has filled in.
fn minor_field(fields: &[(String, String)], name: &str) -> Option<i64> {
    super::form::value_of(fields, name)?.parse().ok()
}

/// The query string as fields.
fn query(request: &actix_web::HttpRequest) -> Vec<(String, String)> {
    extract::query(request).unwrap_or_default()
}

/// What was paid by hand for dearer tickets.
pub(super) struct Differences {
    pub(super) paid: String,
    /// What of it is to be given back, and what was.
    pub(super) due: Option<String>,
    pub(super) back: Option<String>,
}

impl Differences {
    /// None if nothing was.
    pub(super) fn of(paid: &[PaidDifference], event: &Event, format: &Format) -> Option<Self> {
        let sum = |which: fn(&PaidDifference) -> bool| -> Option<String> {
            let its = paid.iter().filter(|it| which(it));
            let minor = its.map(|it| it.amount_minor).sum();
            (minor > 0).then(|| format.money(event.money(minor)))
        };
        Some(Self {
            paid: sum(|_| true)?,
            due: sum(|it| it.due_since.is_some() && it.given_back_at.is_none()),
            back: sum(|it| it.given_back_at.is_some()),
        })
    }
}

/// What is wrong with a form, beside the field that it is about.
#[derive(Default)]
struct Problems {
    /// Of no field.
    form: Option<String>,
    tickets: Option<String>,
    tier: Option<String>,
    seats: Option<String>,
    /// What a terminal printed.
    reference: Option<String>,
}

impl Problems {
    /// What a problem says, if whoever reads it can do something about it.
    ///
    /// # Errors
    /// The problem itself, if not.
    fn of(error: Error, words: &'static Words) -> Result<Self, Error> {
        let problem = &error.0;
        if problem.status >= 500 || problem.status == 404 {
            return Err(error);
        }
        let mut problems = Self::default();
        let wrong = problem.errors.first();
        let (place, detail) = match wrong {
            Some((pointer, detail)) if pointer.starts_with("/tickets") => {
                (&mut problems.tickets, detail)
            }
            Some((pointer, detail)) if pointer.starts_with("/tier") => (&mut problems.tier, detail),
            Some((pointer, detail)) if pointer.starts_with("/seats") => {
                (&mut problems.seats, detail)
            }
            Some((pointer, detail)) if pointer.starts_with("/paid_difference") => {
                (&mut problems.reference, detail)
            }
            Some((_, detail)) => (&mut problems.form, detail),
            None => (&mut problems.form, &problem.detail),
        };
        *place = Some(detail.in_words(words).into_owned());
        Ok(problems)
    }
}

/// Only a paid booking is changed, and no block.
///
/// # Errors
/// The problem that says so.
fn may_change(booking: &Booking, event: &Event) -> Result<(), Error> {
    let may = booking::may_change(booking.kind, booking.status);
    may.map_err(|error| Error::of_change(error, event))
}

/// Only what a buyer has paid is changed so that money moves.
///
/// # Errors
/// The problem that says so.
fn may_change_money(booking: &Booking, event: &Event) -> Result<(), Error> {
    let may = booking::may_change_money(booking.kind);
    may.map_err(|error| Error::of_change(error, event))
}
