//! The JSON of a move of an event, and of what is asked about it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::booking::{Answered, Booking, MoveAnswer, Status};
use crate::catalog::Event;
use crate::types::Timestamp;

/// That an event was moved to another date, or elsewhere, the last time.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Moved)]
pub(super) struct MovedJson<'a> {
    /// How often the event was moved: the number of this move.
    number: i32,
    #[schema(value_type = DateTime<Utc>)]
    moved_at: Timestamp,
    /// When it was to start before.
    #[schema(value_type = DateTime<Utc>)]
    previous_starts_at: Timestamp,
    /// Where it was to be, if that was elsewhere: name and city.
    #[schema(required = true, examples("Kleiner Saal, Hamburg"))]
    previous_place: Option<&'a str>,
    /// Until when its buyers may return their tickets.
    #[schema(value_type = DateTime<Utc>)]
    answer_until: Timestamp,
}

/// A move of the event that a booking's buyer is asked about, or is shown before paying.
#[derive(Serialize, ToSchema)]
#[schema(as = AskedMove)]
pub(super) struct AskedMoveJson<'a> {
    /// How often the event was moved: the number of this move.
    number: i32,
    #[schema(value_type = DateTime<Utc>)]
    moved_at: Timestamp,
    /// When it was to start before.
    #[schema(value_type = DateTime<Utc>)]
    previous_starts_at: Timestamp,
    /// Where it was to be, if that was elsewhere: name and city.
    #[schema(required = true)]
    previous_place: Option<&'a str>,
    /// Until when the tickets may be returned.
    #[schema(value_type = DateTime<Utc>)]
    answer_until: Timestamp,
    /// What was answered to it; null is as good as `keep`.
    #[schema(required = true)]
    answer: Option<MoveAnswer>,
}

impl<'a> MovedJson<'a> {
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        let moved = event.moved.as_ref()?;
        Some(Self {
            number: moved.number,
            moved_at: moved.at,
            previous_starts_at: moved.from,
            previous_place: moved.from_place.as_deref(),
            answer_until: moved.answer_until,
        })
    }
}

impl<'a> AskedMoveJson<'a> {
    /// Of a booking that was made before its event was moved.
    pub(super) fn of(booking: &Booking, event: &'a Event, answers: &[Answered]) -> Option<Self> {
        let moved = event.moved.as_ref();
        let moved = moved.filter(|moved| moved.asks(booking.created_at))?;
        let answers = answers.iter().filter(|it| it.booking == booking.id);
        let mut to_this = answers.filter(|it| it.number == moved.number);
        let answer = to_this.next().map(|it| it.answer);
        let is_asked = matches!(booking.status, Status::Pending | Status::Confirmed);
        if !is_asked && answer.is_none() {
            return None;
        }
        Some(Self {
            number: moved.number,
            moved_at: moved.at,
            previous_starts_at: moved.from,
            previous_place: moved.from_place.as_deref(),
            answer_until: moved.answer_until,
            answer,
        })
    }
}
