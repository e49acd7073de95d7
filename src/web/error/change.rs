//! The errors of changing a paid booking as problems.

use super::Error;
use super::text::Text;
use crate::allocator::{Outcome, Shortage};
use crate::booking::{ChangeError, HeldTicket, Status, Unfit};
use crate::catalog::Event;
use crate::types::Timestamp;

impl Error {
    /// Why a booking of this event was not changed.
    pub fn of_change(error: ChangeError, event: &Event) -> Self {
        let of_outcome = |outcome| Self::of_outcome(outcome, event, Timestamp::default());
        match error {
            ChangeError::NotFound => Self::not_found("booking"),
            ChangeError::NotConfirmed(Status::Pending) => {
                let detail = "problem-not-paid-detail";
                Self::new(409, "booking-not-paid", "problem-not-paid", detail)
                    .with("booking_status", Status::Pending)
            }
            ChangeError::NotConfirmed(status) => Self::not_pending(status),
            ChangeError::OnlyCancelled => {
                let detail = "problem-only-cancelled-detail";
                Self::new(409, "only-cancelled", "problem-only-cancelled", detail)
            }
            ChangeError::KeyReused => Self::key_reused(),
            ChangeError::Unfit(unfit) => Self::of_unfit(unfit, event),
            ChangeError::LetIn(tickets) => {
                let detail = Text::from("problem-let-in-detail");
                let detail = detail.with("tickets", names(&tickets, event));
                Self::new(409, "already-let-in", "problem-let-in", detail)
            }
            ChangeError::Taken(seats) => of_outcome(Outcome::SeatsTaken(seats)),
            ChangeError::TooFew {
                tier,
                asked,
                available,
            } => of_outcome(Outcome::SoldOut(vec![Shortage {
                tier,
                asked,
                asked_of_stock: asked,
                available,
            }])),
            ChangeError::Locked => of_outcome(Outcome::HeldByOthers {
                shortages: Vec::new(),
                may_free_at: None,
            }),
            ChangeError::Dearer(minor) => {
                let detail = Text::from("problem-dearer-detail");
                Self::new(409, "difference-owed", "problem-dearer", detail)
                    .with("difference", event.money(minor))
            }
            ChangeError::OtherDifference(minor) => {
                let (title, detail) = (
                    "problem-other-difference",
                    "problem-other-difference-detail",
                );
                Self::new(409, "difference-differs", title, detail)
                    .with("difference", event.money(minor))
            }
            ChangeError::Reference => {
                let text = Text::from("field-text").with("most", 100);
                Self::invalid_field("/paid_difference/reference", text)
            }
            ChangeError::OtherAmount(minor) => {
                let detail = Text::from("problem-other-amount-detail");
                Self::new(409, "refund-differs", "problem-other-amount", detail)
                    .with("refund", event.money(minor))
            }
            ChangeError::NothingCharged => {
                let detail = "problem-nothing-to-refund-detail";
                let title = "problem-nothing-to-refund";
                Self::new(409, "nothing-to-refund", title, detail)
            }
            ChangeError::Indivisible(minor) => {
                let detail = Text::from("problem-refund-refused-detail");
                Self::new(409, "refund-refused", "problem-refund-refused", detail)
                    .with("refund", event.money(minor))
            }
            ChangeError::CalledOff => Self::called_off(),
            ChangeError::Db(error) => error.into(),
        }
    }

    fn of_unfit(unfit: Unfit, event: &Event) -> Self {
        match unfit {
            Unfit::NotIts(tickets) => {
                let detail = Text::from("problem-tickets-changed-detail");
                let detail = detail.with("tickets", names(&tickets, event));
                Self::new(409, "tickets-changed", "problem-tickets-changed", detail)
            }
            Unfit::NoTickets => Self::invalid_field("/tickets", "field-tickets-none"),
            Unfit::All => Self::invalid_field("/tickets", "field-tickets-all"),
            Unfit::SeveralTiers => Self::invalid_field("/tickets", "field-tickets-one-tier"),
            Unfit::Same => Self::invalid_field("/seats", "field-tickets-same"),
            Unfit::Count => Self::invalid_field("/seats", "field-seats-count"),
            Unfit::OtherPrice => Self::invalid_field("/tier", "field-tier-other-price"),
            Unfit::Priced => Self::invalid_field("/tier", "field-tier-priced"),
        }
    }
}

/// `VIP A-7, VIP A-8`
fn names(tickets: &[HeldTicket], event: &Event) -> String {
    let name = |(tier, seat): &HeldTicket| {
        let tier = event.tier_no(*tier)?;
        Some(format!("{} {}", tier.name, tier.label(*seat)))
    };
    let names: Vec<String> = tickets.iter().filter_map(name).collect();
    names.join(", ")
}
