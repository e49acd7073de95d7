//! The seat map of a numbered tier: which seats are free, held, sold.

use super::Availability;
use crate::catalog::{Event, Tier};
use crate::db::Error;
use crate::types::SeatNo;

/// What a seat map says of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// Can be had now.
    Free,
    /// Of a pending booking: may come back.
    Held,
    /// Of a confirmed booking.
    Sold,
}

impl SeatState {
    /// `f`, `h` or `s`.
    pub fn letter(self) -> char {
        match self {
            Self::Free => 'f',
            Self::Held => 'h',
            Self::Sold => 's',
        }
    }
}

impl Availability {
    /// The states of all seats of a tier, by seat number.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn seats(&self, event: &Event, tier: &Tier) -> Result<Vec<SeatState>, Error> {
        let client = self.0.db.get().await?;
        let statement = client
            .prepare_cached(include_str!("taken_seats.sql"))
            .await?;
        let mut seats = vec![SeatState::Free; tier.capacity as usize];
        for row in client.query(&statement, &[&event.no, &tier.no]).await? {
            let seat: SeatNo = row.get("seat_no");
            if let Some(state) = seats.get_mut(seat.0 as usize - 1) {
                *state = if row.get("held") {
                    SeatState::Held
                } else {
                    SeatState::Sold
                };
            }
        }
        Ok(seats)
    }
}
