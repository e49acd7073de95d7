//! Why an order was refused, as text for its buyer, with the next step.
//!
//! What must hold: it never says "sold out" of tickets that others only hold, and always says that nothing was
//! booked. Failures of the server are not here: they have a page of their own, `failure`.

use std::fmt::Display;

use super::choice::Choice;
use super::own_holds;
use crate::allocator::{CodeRefusal, Outcome, Shortage};
use crate::availability::{Counts, TierCount};
use crate::booking::{BookError, Booking, FieldError, Refused, Rule};
use crate::catalog::code::PromoCode;
use crate::catalog::{Event, Tier};
use crate::types::{BookingId, SeatNo, TierNo};
use crate::web::view::format::Format;

/// Why an order was refused.
pub(super) struct Refusal {
    format: Format,
    pub(super) title: String,
    pub(super) text: String,
    /// What is wrong with the promo code.
    pub(super) code: Option<String>,
    /// Texts by a tier's code.
    pub(super) tiers: Vec<(String, String)>,
    /// Whether the order may be sent again as it is, under the same key.
    pub(super) same_key: bool,
    /// Where the buyer may go instead: the path and the text of a link.
    pub(super) link: Option<(String, &'static str)>,
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
            BookError::Refused(refused) => Some(Self::of_refused(refused, event, choice, format)),
            BookError::Outcome(outcome) => Self::of_outcome(outcome, event, format),
            // The order form asks for no contact and nothing else.
            BookError::Contact(_) | BookError::Answers(_) => None,
            BookError::Paid(id, _) => {
                let refusal = Self::with(format, "refused-paid", "refused-paid-text");
                Some(refusal.linking(format!("/bookings/{id}"), "refused-paid-link"))
            }
        }
    }

    /// With a link to this page.
    fn linking(mut self, path: String, text: &str) -> Self {
        self.link = Some((path, self.format.words.text(text)));
        self
    }

    /// The buyer holds these already and has not said whether the order is to take their place.
    pub(super) fn undecided(holds: &[Booking], format: &Format) -> Self {
        let text = format.words.text("refused-undecided").to_owned();
        let refusal = Self::titled(format, own_holds::heading(holds, format), text);
        match holds {
            [first, ..] => refusal.linking(format!("/bookings/{}", first.id), "refused-hold-link"),
            [] => refusal,
        }
    }

    /// Says that the hold which the order was to replace is still there.
    pub(super) fn mention_kept_hold(&mut self, held: BookingId) {
        if self.same_key {
            // Whether it was replaced is not known.
            return;
        }
        let words = self.format.words;
        self.text.push(' ');
        self.text.push_str(words.text("refused-hold-kept"));
        let text = words.text("refused-hold-link");
        self.link = Some((format!("/bookings/{held}"), text));
    }

    /// With these texts, by their ids.
    fn with(format: &Format, title: &str, text: &str) -> Self {
        Self::saying(format, title, format.words.text(text).to_owned())
    }

    fn saying(format: &Format, title: &str, text: String) -> Self {
        Self::titled(format, format.words.text(title).to_owned(), text)
    }

    fn titled(format: &Format, title: String, text: String) -> Self {
        Self {
            title,
            text,
            format: format.clone(),
            code: None,
            tiers: Vec::new(),
            same_key: false,
            link: None,
            shortages: Vec::new(),
        }
    }

    fn of_refused(refused: &Refused, event: &Event, choice: &Choice, format: &Format) -> Self {
        let disagreements = choice.disagreements(event).into_iter();
        let disagreements: Vec<_> = disagreements
            .map(|found| disagreement(found, format))
            .collect();
        if !disagreements.is_empty() {
            let mut refusal =
                Self::with(format, "refused-seats-differ", "refused-seats-differ-text");
            refusal.tiers = disagreements;
            return refusal;
        }
        let errors = match refused {
            Refused::OverLimit { asked, limit } => {
                let asked = format.number(*asked);
                let text = format.counted("refused-over-limit-text", *limit, &[("asked", &asked)]);
                return Self::saying(format, "refused-over-limit", text);
            }
            Refused::Invalid(errors) => errors,
        };
        if errors.iter().all(|error| error.pointer == "/items") && choice.items().is_empty() {
            return Self::with(format, "refused-empty", "refused-empty-text");
        }
        let of_code = errors.iter().find(|error| error.pointer == "/code");
        if let Some(error) = of_code {
            let text = match error.rule {
                Rule::FittingCode => "code-not-for-these",
                _ => "code-unknown",
            };
            return Self::of_code(format.words.text(text).to_owned(), format);
        }
        let item = |pointer: &str| {
            let index = pointer.strip_prefix("/items/")?.split('/').next()?;
            choice.items().get(index.parse::<usize>().ok()?)
        };
        let mut refusal = Self::with(format, "refused-invalid", "refused-invalid-text");
        let text = |rule: Rule| match rule {
            Rule::AtLeastOfTier { least } => format.counted("tier-least", least, &[]),
            Rule::AtMostOfTier { most } => format.counted("tier-most", most, &[]),
            _ => format.words.text("refused-whole-number").to_owned(),
        };
        let of_item = |error: &FieldError| {
            let item = item(&error.pointer)?;
            Some((item.tier.clone(), text(error.rule)))
        };
        refusal.tiers = errors.iter().filter_map(of_item).collect();
        let of_seats = errors.iter().find(|error| error.pointer == "/seats");
        if let Some(error) = of_seats {
            refusal.text = text(error.rule);
        }
        refusal
    }

    fn of_outcome(outcome: &Outcome, event: &Event, format: &Format) -> Option<Self> {
        let with = |title, text| Self::with(format, title, text);
        let refusal = match outcome {
            Outcome::SoldOut(shortages) => {
                let mut refusal = with("refused-sold-out", "refused-sold-out-text");
                refusal.tiers = tier_texts(shortages, event, |it| short_text(it, format));
                refusal.shortages = shortages.clone();
                refusal
            }
            Outcome::HeldByOthers { shortages, .. } => {
                let mut refusal = with("refused-held", "refused-held-text");
                let text = format.words.text("refused-held-tier");
                refusal.tiers = tier_texts(shortages, event, |_| text.to_owned());
                refusal
            }
            Outcome::SeatsTaken(seats) => seats_taken(seats, event, format),
            Outcome::CodeRefused(refusal) => {
                Self::of_code(code_text(*refusal, event, format)?, format)
            }
            Outcome::OverBuyerLimit { limit, left } => {
                let (limit, left) = (*limit as i32, *left as i32);
                let text = match left {
                    0 => format.counted("refused-buyer-limit-none", limit, &[]),
                    left => format.counted(
                        "refused-buyer-limit-left",
                        limit,
                        &[("left", &format.number(left))],
                    ),
                };
                Self::saying(format, "refused-buyer-limit", text)
            }
            Outcome::NotYetOnSale(_) => with("refused-too-early", "refused-nothing-booked"),
            Outcome::SaleOver => with("refused-over", "refused-over-text"),
            Outcome::CalledOff => with("refused-called-off", "refused-called-off-text"),
            Outcome::TierClosed { tier, opens_at } => {
                let mut refusal = with("refused-tier-closed", "refused-tier-closed-text");
                let zone = event.venue.time_zone;
                let text = match opens_at {
                    Some(at) => {
                        let time = format.date_time(*at, zone);
                        format.words.with("tier-opens", &[("time", &time)])
                    }
                    None => format.words.text("tier-over").to_owned(),
                };
                let tier = event.tier_no(*tier).map(|tier| tier.code.to_string());
                refusal.tiers = tier.map(|code| (code, text)).into_iter().collect();
                refusal
            }
            Outcome::KeyReused(_) => {
                let refusal = with("refused-key-reused", "refused-key-reused-text");
                refusal.linking("/bookings".to_owned(), "refused-key-reused-link")
            }
            Outcome::Overloaded | Outcome::Failed(crate::postgres::Error::Unavailable(_)) => {
                let mut refusal = with("refused-busy", "refused-busy-text");
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

    /// The promo code cannot be used; says so at its field.
    pub(super) fn of_code(problem: String, format: &Format) -> Self {
        let mut refusal = Self::with(format, "refused-code", "refused-code-text");
        refusal.code = Some(problem);
        refusal
    }

    /// Adds which seats are ticked instead of those that are gone.
    pub(super) fn offer(&mut self, event: &Event, tier: &Tier, seats: &[SeatNo], wanted: usize) {
        let format = &self.format;
        self.text = if seats.len() < wanted {
            let wanted = format.number(wanted as i32);
            let few = seats.len() as i32;
            format.counted("refused-seats-few", few, &[("wanted", &wanted)])
        } else {
            format.words.text("refused-seats-offered").to_owned()
        };
        let instead = labels(tier, seats.iter());
        let problem = self
            .tiers
            .iter_mut()
            .find(|(code, _)| event.tier(code).is_some_and(|of| of.stock == tier.stock));
        if let Some((_, text)) = problem {
            text.push(' ');
            text.push_str(
                &format
                    .words
                    .with("refused-ticked-instead", &[("seats", &instead)]),
            );
        }
    }

    /// Rewrites the refusal if every missing ticket is held by others and may come back.
    pub(super) fn mention_holds(&mut self, counts: &Counts, event: &Event) {
        let held =
            |shortage: &Shortage| counts.tier(shortage.tier).is_some_and(|tier| tier.held > 0);
        if self.shortages.is_empty() || !self.shortages.iter().all(held) {
            return;
        }
        let format = &self.format;
        self.title = format.words.text("refused-some-held").to_owned();
        self.text = format.words.text("refused-some-held-text").to_owned();
        // The tier's own line says so where none is free.
        let mut some = self.shortages.clone();
        some.retain(|shortage| shortage.available > 0);
        self.tiers = tier_texts(&some, event, |shortage| {
            let left = format.number(shortage.available);
            format.words.with("refused-only-free", &[("number", &left)])
        });
    }

    /// Lowers the counts to what the refusal found, which is newer.
    pub(super) fn correct(&self, event: &Event, mut counts: Counts) -> Counts {
        for shortage in &self.shortages {
            let stock = |no| event.stock.stock_of(no);
            let tiers = counts.tiers.iter_mut();
            let of_stock = |tier: &&mut TierCount| stock(tier.tier) == stock(shortage.tier);
            for tier in tiers.filter(of_stock) {
                tier.available = tier.available.min(shortage.available);
                tier.held = tier.capacity - tier.gone() - tier.available;
            }
        }
        counts
    }
}

/// What to do about another number of tickets than of seats, and the tier's code.
fn disagreement((code, tickets, seats): (String, i64, usize), format: &Format) -> (String, String) {
    // Neither is larger than a form can be.
    let (tickets, seats) = (tickets as i32, seats as i32);
    let (text, count) = match tickets - seats {
        more @ 1.. => ("refused-seats-too-few", more),
        less => ("refused-seats-too-many", -less),
    };
    let values: [(&str, &dyn Display); 3] = [
        ("tickets", &format.counted("tickets", tickets, &[])),
        ("seats", &format.counted("seats", seats, &[])),
        ("instead", &format.counted("tickets", seats, &[])),
    ];
    (code, format.counted(text, count, &values))
}

/// What is left of a tier that ran short.
fn short_text(shortage: &Shortage, format: &Format) -> String {
    let left = format.number(shortage.available);
    match shortage.available {
        0 => format.words.text("refused-none-left").to_owned(),
        _ if shortage.asked_of_stock > shortage.asked => {
            let asked = format.number(shortage.asked_of_stock);
            let values: [(&str, &dyn Display); 2] = [("number", &left), ("asked", &asked)];
            format.words.with("refused-only-left-shared", &values)
        }
        _ => format.words.with("refused-only-left", &[("number", &left)]),
    }
}

/// Why a promo code cannot be used; `None` if it only changed.
fn code_text(refusal: CodeRefusal, event: &Event, format: &Format) -> Option<String> {
    let text = |id| Some(format.words.text(id).to_owned());
    match refusal {
        CodeRefusal::Changed => None,
        CodeRefusal::Withdrawn => text("code-withdrawn"),
        CodeRefusal::NotYet(from) => {
            let time = format.date_time(from, event.venue.time_zone);
            Some(format.words.with("code-not-yet", &[("time", &time)]))
        }
        CodeRefusal::Over => text("code-over"),
        CodeRefusal::UsedUp => text("code-used-up"),
        CodeRefusal::UsedUpByBuyer { limit } => {
            let limit = format.number(limit);
            Some(
                format
                    .words
                    .with("code-used-up-by-buyer", &[("limit", &limit)]),
            )
        }
    }
}

/// What a code does now: what is wrong with it, if it cannot be used at this time.
pub(super) fn code_problem(
    code: Option<&PromoCode>,
    event: &Event,
    format: &Format,
) -> Option<String> {
    let Some(code) = code else {
        return Some(format.words.text("code-unknown").to_owned());
    };
    let refusal = match code {
        _ if code.is_valid(format.now) => return None,
        PromoCode {
            withdrawn_at: Some(_),
            ..
        } => CodeRefusal::Withdrawn,
        PromoCode {
            valid_from: Some(from),
            ..
        } if format.now < *from => CodeRefusal::NotYet(*from),
        _ => CodeRefusal::Over,
    };
    code_text(refusal, event, format)
}

/// One text for each tier that ran short, by the tier's code.
fn tier_texts(
    shortages: &[Shortage],
    event: &Event,
    text: impl Fn(&Shortage) -> String,
) -> Vec<(String, String)> {
    let one = |shortage: &Shortage| {
        let code = event.tier_no(shortage.tier)?.code.to_string();
        Some((code, text(shortage)))
    };
    shortages.iter().filter_map(one).collect()
}

/// `A-7, A-8`
fn labels<'s>(tier: &Tier, seats: impl Iterator<Item = &'s SeatNo>) -> String {
    let labels: Vec<String> = seats.map(|&seat| tier.label(seat)).collect();
    labels.join(", ")
}

fn seats_taken(seats: &[(TierNo, SeatNo)], event: &Event, format: &Format) -> Refusal {
    let mut refusal = Refusal::with(format, "refused-seats-gone", "refused-seats-gone-text");
    for tier in &event.tiers {
        let of_tier = seats.iter().filter(|(no, _)| *no == tier.no);
        let gone = labels(tier, of_tier.map(|(_, seat)| seat));
        if !gone.is_empty() {
            let text = format.words.with("refused-just-taken", &[("seats", &gone)]);
            refusal.tiers.push((tier.code.to_string(), text));
        }
    }
    refusal
}
