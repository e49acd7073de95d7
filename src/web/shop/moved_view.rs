//! What pages say of an event that was moved: when and where it was to be, and what its buyers are asked.
//!
//! What must hold: a field is text, formatted for one reader; who booked after the move is asked nothing.

use crate::booking::{Answered, Booking, MoveAnswer, Status};
use crate::catalog::Event;
use crate::types::Timestamp;
use crate::web::view::format::{Format, machine_time};

/// What an event was before its last move.
#[derive(Debug)]
pub(super) struct MovedFacts {
    /// The number of the move.
    pub number: i32,
    /// `Fri, Jun 12, 2026, 7:30 PM`
    pub from: String,
    /// The same for scripts.
    pub from_machine: String,
    /// Where it was to be, if that was elsewhere.
    pub from_place: Option<String>,
    /// Until when its buyers may return their tickets.
    pub until: String,
}

impl MovedFacts {
    /// Of an event that takes place, if it was moved.
    pub(super) fn of(event: &Event, format: &Format) -> Option<Self> {
        let moved = event.moved.as_ref();
        let moved = moved.filter(|_| event.called_off_at.is_none())?;
        let zone = event.venue.time_zone;
        let text = |at: Timestamp| format.date_time(at, zone);
        Some(Self {
            number: moved.number,
            from: text(moved.from),
            from_machine: machine_time(moved.from),
            from_place: moved.from_place.clone(),
            until: text(moved.answer_until),
        })
    }
}

/// What the buyer of a booking is asked about the last move of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The tickets are not paid yet: the date is another one than when they were chosen.
    BeforePaying,
    /// To keep or to return them.
    Open,
    /// They are kept; they may still be returned.
    Kept,
    /// Nothing any more.
    Closed,
}

impl Asked {
    /// Of a booking; nothing of one that was made when the new date was known.
    pub(super) fn of(
        event: &Event,
        booking: &Booking,
        answers: &[Answered],
        now: Timestamp,
    ) -> Option<Self> {
        let moved = event.moved.as_ref();
        let moved = moved
            .filter(|moved| event.called_off_at.is_none() && moved.asks(booking.created_at))?;
        let is_kept = answers.iter().any(|given| {
            (given.booking, given.number, given.answer)
                == (booking.id, moved.number, MoveAnswer::Keep)
        });
        match booking.status {
            Status::Pending => Some(Self::BeforePaying),
            Status::Confirmed if !moved.is_open(now) => Some(Self::Closed),
            Status::Confirmed if is_kept => Some(Self::Kept),
            Status::Confirmed => Some(Self::Open),
            _ => None,
        }
    }
}
