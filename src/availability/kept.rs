//! The seats of a tier that somebody looks at: what the process knows of them (`live`), and when that was read.
//!
//! What must hold: one task reads at a time, and only when somebody looks and what is known is old.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::live::LiveSeats;
use super::seats::SeatState;
use crate::postgres::last_known::LastKnown;
use crate::postgres::{Error, Floor, Reader, Reads};
use crate::types::{EventNo, SeatNo, TierNo, Timestamp};

/// What is kept of a tier's seats once somebody has looked at them.
#[derive(Debug)]
pub(super) struct KeptSeats {
    pub(super) live: LiveSeats,
    pub(super) last: Arc<LastKnown<Reading>>,
}

/// A reading of the database that has gone into [`KeptSeats::live`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) as_of: Timestamp,
    pub(super) cost: Duration,
}

impl KeptSeats {
    pub(super) fn new(capacity: i32) -> Self {
        Self {
            live: LiveSeats::new(capacity),
            last: Arc::default(),
        }
    }

    /// Reads them again.
    pub(super) async fn read(
        &self,
        reads: &Reads,
        floor: &Floor,
        event: EventNo,
        tier: TierNo,
    ) -> Result<Reading, Error> {
        let read = |reader| self.read_by(reader, event, tier);
        let found = reads.read(Some(floor), read).await?;
        let (reading, states) =
            found.ok_or_else(|| Error::Unavailable("the tier is gone".into()))?;
        self.live.end_reading(&states);
        Ok(reading)
    }

    /// Begins a reading; `None` if the tier is not there, or not yet.
    async fn read_by(
        &self,
        reader: Reader,
        event: EventNo,
        tier: TierNo,
    ) -> Result<Option<(Reading, Vec<SeatState>)>, Error> {
        let statement = reader
            .prepare_cached(include_str!("taken_seats.sql"))
            .await?;
        let started = Instant::now();
        self.live.begin_reading();
        let Some(row) = reader.query_opt(&statement, &[&event, &tier]).await? else {
            return Ok(None);
        };
        let mut found = vec![SeatState::Free; self.live.len()];
        // The held ones are among the taken ones.
        for (column, state) in [("taken", SeatState::Sold), ("held", SeatState::Held)] {
            for seat in row.get::<_, Vec<SeatNo>>(column) {
                if let Some(known) = found.get_mut(seat.0 as usize - 1)
                    && (state == SeatState::Sold || *known == SeatState::Sold)
                {
                    *known = state;
                }
            }
        }
        let reading = Reading {
            as_of: reader.as_of(row.get("now")),
            cost: started.elapsed(),
        };
        Ok(Some((reading, found)))
    }
}
