//! A buyer's bookings by what they mean to the buyer: to pay, coming, past, ended. Changes nothing and locks nothing.
//!
//! What must hold: the parts follow each other through all pages, so each booking is listed once, in its part. A
//! booking goes from part to part as time passes: paging may show it twice then. It is missed only if it was ended
//! and is paid late between two pages; the first page has it.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use uuid::Uuid;

use super::Booking;
use super::read::{LIST_MAX, with_items};
use crate::postgres::{Db, Error};
use crate::types::{BookingId, BuyerId, Invalid};

/// Parameters as its comment says.
const MINE: &str = include_str!("mine.sql");

/// A part of a buyer's bookings, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Holds tickets that are not paid.
    ToPay,
    /// Paid, and the event has not begun.
    Coming,
    /// Paid, and the event has begun.
    Past,
    /// Holds no tickets.
    Ended,
}

impl Part {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 4] = [Self::ToPay, Self::Coming, Self::Past, Self::Ended];

    /// As the statement numbers them.
    fn of(number: i32) -> Option<Self> {
        let number = usize::try_from(number).ok()?;
        Self::ALL.get(number).copied()
    }
}

/// Where a booking stands in the list: the cursor of the page after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    part: i32,
    /// Microseconds; what comes first is less.
    position: i64,
    booking: BookingId,
}

impl Place {
    /// Before every booking.
    const START: Self = Self {
        part: -1,
        position: 0,
        booking: BookingId(Uuid::nil()),
    };
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.part, self.position, self.booking)
    }
}

impl FromStr for Place {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let mut words = text.splitn(3, '.');
            let part: i32 = words.next()?.parse().ok()?;
            Part::of(part)?;
            Some(Self {
                part,
                position: words.next()?.parse().ok()?,
                booking: words.next()?.parse().ok()?,
            })
        };
        read().ok_or_else(|| Invalid::new("must be the cursor of a page of bookings".to_owned()))
    }
}

/// A booking in the list.
#[derive(Debug)]
pub struct Listed {
    /// Which part it is in.
    pub part: Part,
    /// Where it stands.
    pub place: Place,
    /// What is listed.
    pub booking: Booking,
}

/// A buyer's bookings after this one, part by part; [`LIST_MAX`] at most.
///
/// # Errors
/// Those of the database.
pub async fn mine(db: &Db, buyer: BuyerId, after: Option<Place>) -> Result<Vec<Listed>, Error> {
    let after = after.unwrap_or(Place::START);
    let client = db.get().await?;
    let statement = client.prepare_cached(MINE).await?;
    let rows = client
        .query(
            &statement,
            &[
                &buyer,
                &after.part,
                &after.position,
                &after.booking,
                &LIST_MAX,
            ],
        )
        .await?;
    let bookings = with_items(&client, &rows).await?;
    let listed = rows.iter().zip(bookings).filter_map(|(row, booking)| {
        let part = row.get("part");
        let place = Place {
            part,
            position: row.get("position"),
            booking: booking.id,
        };
        // The statement makes no other part.
        Part::of(part).map(|part| Listed {
            part,
            place,
            booking,
        })
    });
    Ok(listed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written_and_nothing_else_is_one() {
        let place = Place {
            part: 2,
            position: -1_900_000_000_000_000,
            booking: BookingId(Uuid::max()),
        };
        assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        let id = Uuid::nil();
        for wrong in [
            "",
            "1",
            "1.2",
            "1.2.3",
            &format!("4.2.{id}"),
            &format!("-1.2.{id}"),
            &format!("1.x.{id}"),
            &format!("1.2.{id}.4"),
            &id.to_string(),
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
