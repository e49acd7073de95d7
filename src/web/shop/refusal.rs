//! Why an order was refused, as text for its buyer, with the next step.
//!
//! What must hold: it never says "sold out" of tickets that others only hold, and always says that nothing was
//! booked. Failures of the server are not here: they have a page of their own, `failure`.

use super::choice::Choice;
use crate::allocator::{Outcome, Shortage};
use crate::availability::Counts;
use crate::booking::{BookError, Refused};
use crate::catalog::{Event, Tier};
use crate::types::{SeatNo, TierNo};
use crate::web::view::format::Format;

/// Why an order was refused.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) title: &'static str,
    pub(super) text: String,
    /// Texts by a tier's code.
    pub(super) tiers: Vec<(String, String)>,
    /// Whether the order may be sent again as it is, under the same key.
    pub(super) same_key: bool,
    /// Whether to send the buyer to My bookings: the order may exist already.
    pub(super) links_to_bookings: bool,
    shortages: Vec<Shortage>,
}

impl Refusal {
    /// `None` for a failure of the server, which has a page of its own.
    pub(super) fn new(
        error: &BookError,
        event: &Event,
        choice: &Choice,
        format: &Format,
    ) -> Option<Self> {
        match error {
            BookError::Refused(refused) => Some(Self::of_refused(refused, choice)),
            BookError::Outcome(outcome) => Self::of_outcome(outcome, event, format),
        }
    }

    fn with(title: &'static str, text: impl Into<String>) -> Self {
        Self {
            title,
            text: text.into(),
            tiers: Vec::new(),
            same_key: false,
            links_to_bookings: false,
            shortages: Vec::new(),
        }
    }

    fn of_refused(refused: &Refused, choice: &Choice) -> Self {
        let disagreements: Vec<_> = choice.disagreements().map(disagreement).collect();
        if !disagreements.is_empty() {
            let text = "The number of tickets and the seats you chose are not the same. Nothing was booked or charged.";
            let mut refusal = Self::with("Choose as many seats as tickets", text);
            refusal.tiers = disagreements;
            return refusal;
        }
        let errors = match refused {
            Refused::OverLimit { asked, limit } => {
                let text = format!(
                    "One booking can hold {}; you chose {asked}. Nothing was booked.",
                    many((*limit).into(), "ticket")
                );
                return Self::with("That is more than one booking can hold", text);
            }
            Refused::Invalid(errors) => errors,
        };
        if errors.iter().all(|error| error.pointer == "/items") && choice.items().is_empty() {
            let text = "Choose how many tickets you would like, then book.";
            return Self::with("No tickets chosen yet", text);
        }
        let item = |pointer: &str| {
            let index = pointer.strip_prefix("/items/")?.split('/').next()?;
            choice.items().get(index.parse::<usize>().ok()?)
        };
        let mut refusal = Self::with(
            "Please check your order",
            "Something in it cannot be booked. Nothing was booked or charged.",
        );
        refusal.tiers = errors
            .iter()
            .filter_map(|error| item(&error.pointer))
            .map(|item| {
                (
                    item.tier.clone(),
                    "Choose a whole number of tickets.".to_owned(),
                )
            })
            .collect();
        refusal
    }

    fn of_outcome(outcome: &Outcome, event: &Event, format: &Format) -> Option<Self> {
        let refusal = match outcome {
            Outcome::SoldOut(shortages) => {
                let text = "Nothing was booked: we never book a part of an order. Choose from what is left.";
                let mut refusal = Self::with("There are not enough tickets left", text);
                refusal.tiers = tier_texts(shortages, event, |left| match left {
                    0 => "None left.".to_owned(),
                    left => format!("Only {} left.", format.number(left)),
                });
                refusal.shortages = shortages.clone();
                refusal
            }
            Outcome::HeldByOthers { shortages, .. } => {
                let text = "They are in other buyers’ orders and may come back within minutes. Nothing was booked; try again in a moment.";
                let mut refusal = Self::with("Others are holding these tickets", text);
                refusal.tiers =
                    tier_texts(shortages, event, |_| "Held by others right now.".to_owned());
                refusal
            }
            Outcome::SeatsTaken(seats) => seats_taken(seats, event),
            Outcome::OverBuyerLimit { limit, left } => {
                let (limit, left) = (*limit as i32, *left as i32);
                let text = match left {
                    0 => format!(
                        "One buyer can have {} of this event, and you have {}. Nothing was booked.",
                        many(limit.into(), "ticket"),
                        if limit == 1 { "it" } else { "them" }
                    ),
                    left => format!(
                        "One buyer can have {} of this event; you can book {} more. Nothing was booked.",
                        many(limit.into(), "ticket"),
                        format.number(left)
                    ),
                };
                Self::with("That is more than one buyer can have", text)
            }
            Outcome::NotYetOnSale(_) => {
                Self::with("The sale has not opened yet", "Nothing was booked.")
            }
            Outcome::SaleOver => Self::with(
                "The sale is over",
                "The event has begun. Nothing was booked.",
            ),
            Outcome::KeyReused => {
                let text = "This form was sent before with another choice, and that order stands. Send it again if you want a second one.";
                let mut refusal = Self::with("You have booked with this form already", text);
                refusal.links_to_bookings = true;
                refusal
            }
            Outcome::Overloaded | Outcome::Failed(crate::postgres::Error::Unavailable(_)) => {
                let text = "Your choice is still here. Book again in a moment: the same order is never booked twice.";
                let mut refusal = Self::with("We are very busy just now", text);
                refusal.same_key = true;
                refusal
            }
            Outcome::Failed(_)
            | Outcome::Booked(_)
            | Outcome::Committed(_)
            | Outcome::Replay(_) => return None,
        };
        Some(refusal)
    }

    /// Adds which seats are ticked instead of those that are gone.
    pub(super) fn offer(&mut self, tier: &Tier, seats: &[SeatNo], wanted: usize) {
        self.text = "Somebody was a moment faster. Nothing was booked or charged. The nearest seats that are free are ticked for you: book them, pick others, or untick all and let us choose.".to_owned();
        if seats.len() < wanted {
            self.text = format!(
                "Somebody was a moment faster. Nothing was booked or charged. You chose {wanted} seats and only {} are free now: they are ticked for you.",
                seats.len()
            );
        }
        let labels: Vec<String> = seats.iter().map(|&seat| tier.label(seat)).collect();
        let problem = self
            .tiers
            .iter_mut()
            .find(|(code, _)| code == tier.code.as_str());
        if let Some((_, text)) = problem {
            text.push_str(&format!(" Ticked instead: {}.", labels.join(", ")));
        }
    }

    /// Rewrites the refusal if every missing ticket is held by others and may come back.
    pub(super) fn mention_holds(&mut self, counts: &Counts, event: &Event) {
        let held =
            |shortage: &Shortage| counts.tier(shortage.tier).is_some_and(|tier| tier.held > 0);
        if self.shortages.is_empty() || !self.shortages.iter().all(held) {
            return;
        }
        self.title = "Not enough free tickets right now";
        self.text = "Other buyers are holding the rest; some may come back within minutes. Nothing was booked: we never book a part of an order.".to_owned();
        // The tier's own line says so where none is free.
        let mut some = self.shortages.clone();
        some.retain(|shortage| shortage.available > 0);
        self.tiers = tier_texts(&some, event, |left| format!("Only {left} free right now."));
    }

    /// Lowers the counts to what the refusal found, which is newer.
    pub(super) fn correct(&self, mut counts: Counts) -> Counts {
        for shortage in &self.shortages {
            let tier = counts
                .tiers
                .iter_mut()
                .find(|tier| tier.tier == shortage.tier);
            if let Some(tier) = tier {
                tier.available = tier.available.min(shortage.available);
                tier.held = tier.capacity - tier.sold - tier.available;
            }
        }
        counts
    }
}

/// `1 ticket`, `2 tickets`.
fn many(count: i64, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

/// What to do about another number of tickets than of seats, and the tier's code.
fn disagreement((code, tickets, seats): (&str, i64, usize)) -> (String, String) {
    let seats = seats as i64;
    let step = match tickets - seats {
        more @ 1.. => format!("choose {}", many(more, "more seat")),
        less => format!("untick {}", many(-less, "seat")),
    };
    let text = format!(
        "You chose {} and {}: {step}, or {}.",
        many(tickets, "ticket"),
        many(seats, "seat"),
        many(seats, "ticket"),
    );
    (code.to_owned(), text)
}

/// One text for each tier that ran short, by the tier's code.
fn tier_texts(
    shortages: &[Shortage],
    event: &Event,
    text: impl Fn(i64) -> String,
) -> Vec<(String, String)> {
    let one = |shortage: &Shortage| {
        let code = event.tier_no(shortage.tier)?.code.to_string();
        Some((code, text(shortage.available.into())))
    };
    shortages.iter().filter_map(one).collect()
}

fn seats_taken(seats: &[(TierNo, SeatNo)], event: &Event) -> Refusal {
    let text = "Somebody was a moment faster. Nothing was booked or charged. Pick others, or let us choose the best seats together.";
    let mut refusal = Refusal::with("Some of your seats are gone", text);
    for tier in &event.tiers {
        let gone: Vec<String> = seats
            .iter()
            .filter(|(no, _)| *no == tier.no)
            .map(|(_, seat)| tier.label(*seat))
            .collect();
        if !gone.is_empty() {
            let text = format!("Just taken: {}.", gone.join(", "));
            refusal.tiers.push((tier.code.to_string(), text));
        }
    }
    refusal
}
