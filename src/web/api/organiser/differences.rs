//! What is paid by hand for dearer tickets, as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::box_office::MethodJson;
use crate::catalog::Event;
use crate::payment::{ByHand, Method, PaidDifference, Settling};
use crate::types::{Money, Timestamp};
use crate::web::error::Error;

/// What was paid by hand for dearer tickets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPaidDifference)]
pub(super) struct NewDifferenceJson {
    method: MethodJson,
    /// With `terminal`: what the terminal printed; 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    reference: Option<String>,
    /// How much was paid, in minor units: if the new tickets cost something else more, nothing is done.
    #[schema(minimum = 0)]
    expected: i64,
}

impl NewDifferenceJson {
    pub(super) fn read(&self) -> Result<Settling, Error> {
        let by_hand = match self.method {
            MethodJson::Cash if self.reference.is_some() => {
                let pointer = "/paid_difference/reference";
                return Err(Error::invalid_field(pointer, "field-not-with-method"));
            }
            MethodJson::Cash => ByHand::Cash {
                tendered_minor: None,
            },
            MethodJson::Terminal => ByHand::Terminal {
                reference: self.reference.clone(),
            },
        };
        Ok(Settling::Paid {
            by_hand,
            expected_minor: self.expected,
        })
    }
}

/// What was paid by hand for a dearer ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = PaidDifference)]
pub(super) struct DifferenceJson {
    /// The code of the ticket's tier.
    tier: String,
    /// The ticket, as it is now, or was when it left the booking.
    seat: String,
    amount: Money,
    /// The way in which it was paid, and goes back: `cash` or `terminal`.
    method: Method,
    /// What the terminal printed.
    #[schema(required = true)]
    terminal_reference: Option<String>,
    #[schema(value_type = DateTime<Utc>)]
    paid_at: Timestamp,
    /// Since when it is to be given back by hand, or was: the ticket has left the booking, or the booking has ended.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    due_since: Option<Timestamp>,
    /// When it was.
    #[schema(value_type = Option<DateTime<Utc>>, required = true)]
    given_back_at: Option<Timestamp>,
}

impl DifferenceJson {
    pub(super) fn of(paid: PaidDifference, event: &Event) -> Option<Self> {
        let (no, seat) = paid.ticket;
        let tier = event.tier_no(no)?;
        Some(Self {
            tier: tier.code.to_string(),
            seat: tier.label(seat),
            amount: event.money(paid.amount_minor),
            method: paid.method,
            terminal_reference: paid.terminal_reference,
            paid_at: paid.paid_at,
            due_since: paid.due_since,
            given_back_at: paid.given_back_at,
        })
    }
}
