//! The state machine of a booking.
//!
//! ```text
//!                       paid                          cancelled by the buyer;
//!        +--------------------------> confirmed ----+ the money is refunded
//!        |                            ^             |
//!        |   paid, but reported       |             v
//!  book  |   after the hold, and -----+         cancelled
//!   |    |   tickets are left         |             ^
//!   v    |                            |             |
//!  pending ----- hold over ------> expired          |
//!   |    |                                          |
//!   |    +----- cancelled by the buyer -------------+
//!   |
//!   +---------- final decline -----> failed
//! ```
//!
//! `pending` and `confirmed` hold tickets. `failed` and `cancelled` are final. `expired` has one way
//! back: a charge that was requested during the hold, and whose success is reported after it, takes
//! tickets for the same order once more: the very same ones if the buyer named them. If there are none, the
//! money is refunded and the booking stays expired. A charge for a failed or cancelled booking is always
//! refunded.
//!
//! What must hold: every transition is one conditional UPDATE on the current status (`transition`), so of
//! two that race one changes nothing; only `pending` and `confirmed` bookings hold tickets, and every other
//! status releases them in the transaction that sets it.
//!
//! `order` checks a request and makes an order of it, `book` passes the order to the allocator, `replace` books in
//! the place of a hold, `issue` books for organisers, `attempts` are the tries of both, `block` gives withheld tickets
//! back, `read` reads bookings, `mine` lists a buyer's for its buyer, `transition` changes their
//! status, `call_off` cancels all of an event, `move_answer` is what buyers answer when theirs is moved, `note` is what organisers write down, `change` records what they change of
//! a paid booking, `plan` says what that would do and `worth` what it is worth, `transfer` gives it to another person,
//! `contact` is who their buyers say they are, `answers` what they answer to the event's questions, `hand_over` moves them
//! to another browser. The allocator
//! inserts bookings and expires them, because it
//! does both for many at once. Payments are not known here: `payment` imports this module.

mod answer_rules;
mod answering;
mod answers;
mod attempts;
mod block;
mod book;
mod call_off;
mod change;
mod contact;
mod forget;
mod hand_over;
mod issue;
mod mine;
mod move_answer;
mod note;
mod order;
mod plan;
mod read;
mod replace;
mod transfer;
mod transition;
mod worth;

use tokio_postgres::Row;
use utoipa::ToSchema;

use crate::allocator::Stock;
use crate::price::{Line, lines_left};
use crate::types::{
    BookingId, BookingKind, BookingLink, BuyerId, EventNo, Money, Reference, SeatNo, TierNo,
    Timestamp,
};

pub use answer_rules::{Answer, AnswerRule, AnswerWrong, Given, check_answers};
pub use answering::answer;
pub use answers::{AnswersRefused, SeatChange, answers, move_answers, take_answers};
pub use block::{Block, BlockError, Kept, blocks, give_back};
pub use book::{BookError, Made, book};
pub use call_off::{CancelledMany, Confirmed, cancel_many, count_live};
pub use change::{
    Asked, Change, ChangeError, ChangeKind, Changing, ItemChange, begin_change, may_change,
    may_change_money,
};
pub use contact::{
    ContactRefused, check_contact, contacts, find_by_contact, save_contact, take_contact,
};
pub use forget::forget;
pub use hand_over::{hand_over, has_live};
pub use issue::{Also, Issue, TICKETS_GIVEN_MAX, TICKETS_WITHHELD_MAX, issue, issued, make_issue};
pub use mine::{Listed, Part, Place, mine};
pub use move_answer::{
    Answer as MoveAnswer, AnswerCounts, Answered, answers as answers_to_moves, count_answers,
    save_answer,
};
pub use note::{NOTE_MAX, Note, add_note, notes};
pub use order::{FieldError, Refused, Request, RequestedItem, RequestedSeat, Rule};
pub use plan::{ExchangePlan, HeldTicket, Return, TierChange, Unfit, plan_exchange, plan_return};
pub use read::{LIST_MAX, get, held_among, list, some};
pub use transfer::{Former, former_contacts, transfer};
pub use transition::{Late, LockedBooking, lock};

/// The state of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSchema)]
#[schema(as = BookingStatus, rename_all = "lowercase")]
pub enum Status {
    /// Holds its tickets until the hold ends.
    Pending,
    /// Paid; keeps its tickets.
    Confirmed,
    /// Not paid: the card was declined, and no further card may be tried.
    Failed,
    /// Not paid in time.
    Expired,
    /// Given back by the buyer or the organiser.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Confirmed,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
    ];

    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether a booking with this status holds its tickets.
    pub fn holds_tickets(self) -> bool {
        matches!(self, Self::Pending | Self::Confirmed)
    }

    fn read(row: &Row) -> Self {
        let text: &str = row.get("status");
        // The CHECK on the column allows no other value.
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .unwrap_or(Self::Failed)
    }
}

impl serde::Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A buyer's order and its tickets.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Of which event.
    pub event: EventNo,
    /// Its public id.
    pub id: BookingId,
    /// What people call it; may change when it is confirmed, never after.
    pub reference: Reference,
    /// Whose it is.
    pub buyer: BuyerId,
    /// Which of its links is believed; 0 is the first one.
    pub link_no: i32,
    /// As the database has it; what to show is [`Booking::status_at`].
    pub status: Status,
    /// What all of it costs.
    pub total: Money,
    /// When the tickets were taken.
    pub created_at: Timestamp,
    /// When the hold ends; only of a pending booking.
    pub expires_at: Option<Timestamp>,
    /// Until when a payment under way keeps the tickets, if one does.
    pub paying_until: Option<Timestamp>,
    /// When it was paid.
    pub confirmed_at: Option<Timestamp>,
    /// When its tickets were released.
    pub ended_at: Option<Timestamp>,
    /// How it came about.
    pub kind: BookingKind,
    /// Why an organiser withholds its tickets, or gives them away.
    pub reason: Option<String>,
    /// In the order of the event's tiers.
    pub items: Vec<BookedItem>,
    /// What it cost when it was made, line by line: those that are added sum up to the total. If that is its tickets'
    /// prices alone, what these are that it has.
    pub lines: Vec<Line>,
}

impl Booking {
    /// The tier that was bought with a ticket of this tier's stock and this seat.
    pub fn bought(&self, of: TierNo, seat: SeatNo, stock: &Stock) -> TierNo {
        let mut items = self.items.iter();
        let is_it =
            |item: &&BookedItem| stock.stock_of(item.tier) == of && item.seats.contains(&seat);
        items.find(is_it).map_or(of, |item| item.tier)
    }

    /// The seats of an item and of the booking's other items of the same stock, ascending: who goes together.
    pub fn party(&self, item: &BookedItem, stock: &Stock) -> Vec<SeatNo> {
        let of = stock.stock_of(item.tier);
        let items = self.items.iter();
        let party = items.filter(|item| stock.stock_of(item.tier) == of);
        let mut seats: Vec<SeatNo> = party.flat_map(|item| item.seats.iter().copied()).collect();
        seats.sort_unstable();
        seats
    }

    /// The link that opens it.
    pub fn link(&self) -> BookingLink {
        BookingLink {
            booking: self.id,
            no: self.link_no,
        }
    }

    /// Of what is made up what its tickets cost that it has now.
    pub fn lines_left(&self) -> Vec<Line> {
        let kept = |tier| {
            let item = self.items.iter().find(|item| item.tier == tier);
            item.map_or(0, |item| item.quantity)
        };
        lines_left(&self.lines, kept)
    }

    /// The promo code with which it was booked.
    pub fn code(&self) -> Option<&str> {
        let mut lines = self.lines.iter();
        let line = lines.find(|line| line.kind == crate::price::Kind::Discount)?;
        Some(&line.name)
    }

    /// The status to show at this time. A pending booking whose hold is overdue will be expired within a
    /// second or two, and cannot be paid any more: it is shown as expired. While a payment is processing the
    /// hold is kept, so it is shown as pending.
    pub fn status_at(&self, now: Timestamp, is_paying: bool) -> Status {
        let is_over = self.expires_at.is_some_and(|expires_at| expires_at <= now);
        if self.status == Status::Pending && is_over && !is_paying {
            Status::Expired
        } else {
            self.status
        }
    }
}

/// The tickets of one tier that a booking has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedItem {
    /// Of which tier.
    pub tier: TierNo,
    /// How many tickets.
    pub quantity: i32,
    /// Minor units for each, as it was when it was booked.
    pub unit_price_minor: i64,
    /// Which, ascending; kept after they were released.
    pub seats: Vec<SeatNo>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_pending_booking_is_shown_as_expired_from_the_end_of_its_hold_unless_it_is_being_paid() {
        let end = Timestamp::default();
        let (before, after) = (end - Duration::from_secs(1), end + Duration::from_secs(1));
        let mut booking = Booking {
            event: EventNo(1),
            id: BookingId(Uuid::nil()),
            reference: Reference::make(),
            buyer: BuyerId(Uuid::nil()),
            link_no: 0,
            status: Status::Pending,
            total: Money {
                minor: 0,
                currency: "EUR".parse().unwrap(),
            },
            created_at: before,
            expires_at: Some(end),
            paying_until: None,
            confirmed_at: None,
            ended_at: None,
            kind: BookingKind::Sale,
            reason: None,
            items: Vec::new(),
            lines: Vec::new(),
        };
        assert_eq!(booking.status_at(before, false), Status::Pending);
        assert_eq!(booking.status_at(end, false), Status::Expired);
        assert_eq!(booking.status_at(after, false), Status::Expired);
        assert_eq!(booking.status_at(after, true), Status::Pending);
        booking.expires_at = None;
        for status in Status::ALL {
            booking.status = status;
            assert_eq!(booking.status_at(after, false), status);
            assert_eq!(booking.status_at(after, true), status);
        }
    }
}
