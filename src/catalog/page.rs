//! A page of the list of events, and where it begins.

use std::sync::Arc;

use uuid::Uuid;

use super::event::Event;
use crate::types::{EventId, Invalid, Timestamp};

/// The event after which a page of the list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(super) starts_at: Timestamp,
    pub(super) id: EventId,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:x}.{}",
            self.starts_at.timestamp_micros(),
            self.id.0.simple()
        )
    }
}

impl std::str::FromStr for Cursor {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parse = || {
            let (micros, id) = text.split_once('.')?;
            let micros = i64::from_str_radix(micros, 16).ok()?;
            Some(Self {
                starts_at: Timestamp::from_timestamp_micros(micros)?,
                id: EventId(Uuid::try_parse(id).ok()?),
            })
        };
        parse()
            .filter(|cursor| cursor.to_string() == text)
            .ok_or_else(|| Invalid::new("must be a next_cursor of this list"))
    }
}

/// Some of the events, by date.
#[derive(Debug, Default)]
pub struct Page {
    /// At most as many as requested.
    pub events: Vec<Arc<Event>>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Nothing was found, and these events are what was found for these words instead.
    pub did_you_mean: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip_and_nothing_else_passes() {
        let cursor = Cursor {
            starts_at: Timestamp::from_timestamp_micros(1_800_000_000_000_001).unwrap(),
            id: EventId(Uuid::from_u128(7)),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in [
            "",
            "1",
            ".",
            "zz.00",
            "1.x",
            "' OR 1=1",
            // Times that PostgreSQL does not have, and other ways to write one that it has.
            "-1000000000000000.00000000000000000000000000000007",
            "01.00000000000000000000000000000007",
            "1.00000000-0000-0000-0000-000000000007",
            "7fffffffffffffff.00000000000000000000000000000007",
        ] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
