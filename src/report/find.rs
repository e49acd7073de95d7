//! Bookings that an organiser looks for: by reference, name, e-mail address, seat, or the id of booking or payment; and
//! the list of those that were paid.
//!
//! What must hold: each kind of clue is one look at one index; what is found is bounded; what somebody types is a
//! parameter, never a pattern of their own.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use tokio_postgres::types::Type;
use uuid::Uuid;

use super::Reports;
use crate::booking::{self, Booking, Confirmed};
use crate::catalog::Event;
use crate::postgres::{Client, Error, Params, like};
use crate::types::contact::{Contact, fold_email};
use crate::types::{
    BookingId, EventNo, Invalid, OrganisationNo, Reference, SeatNo, TierNo, Timestamp,
};

/// Bookings of one answer at most.
pub const FOUND_MAX: usize = 50;
/// Characters of a clue at most.
pub const CLUE_MAX: usize = 200;
/// Letters from which on a part of a name is looked for: fewer have no trigram.
const PART_MIN: usize = 3;
/// Contacts that fit which are looked at, at most.
const CONTACTS_MAX: i64 = 5_000;

/// Which bookings are of whoever looks. $2 event or NULL, $3 organisation or NULL.
macro_rules! theirs {
    () => {
        "($2::bigint IS NULL OR e.event_id = $2) AND ($3::bigint IS NULL OR e.organisation_id = $3)"
    };
}

/// $1 id.
const BY_ID: &str = concat!(
    "SELECT b.id FROM bookings AS b JOIN events AS e ON e.event_id = b.event_id WHERE b.id = $1 AND ",
    theirs!()
);

/// $1 payment.
const BY_PAYMENT: &str = concat!(
    "SELECT p.booking_id AS id FROM payments AS p JOIN events AS e ON e.event_id = p.event_id
     WHERE p.id = $1 AND ",
    theirs!()
);

/// $1 reference, $4 how many. Of those that were paid, and of those of one event that are held.
const BY_REFERENCE: &str = concat!(
    "(SELECT b.id FROM events AS e
      CROSS JOIN LATERAL (
          SELECT id FROM bookings
          WHERE event_id = e.event_id AND reference = $1 AND confirmed_at IS NOT NULL LIMIT 1) AS b
      WHERE ",
    theirs!(),
    " LIMIT $4)
     UNION ALL
     (SELECT id FROM bookings
      WHERE event_id = $2 AND status = 'pending' AND expires_at > '-infinity' AND reference = $1 LIMIT $4)"
);

/// $1 pattern, $4 how many, $5 how many are looked at. The newest first.
const BY_CONTACT: &str = concat!(
    "WITH found AS MATERIALIZED (
         SELECT event_id, booking_id FROM contacts
         WHERE (lower(name) || ' ' || email_folded) LIKE $1 AND ($2::bigint IS NULL OR event_id = $2)
         LIMIT $5)
     SELECT f.booking_id AS id FROM found AS f JOIN events AS e ON e.event_id = f.event_id
     WHERE ",
    theirs!(),
    " ORDER BY f.booking_id DESC LIMIT $4"
);

/// $1 event, $2 tiers and $3 seats, pair by pair.
const BY_SEAT: &str = "
    SELECT t.booking_id AS id FROM unnest($2::smallint[], $3::int[]) AS wanted (tier_no, seat_no)
    JOIN tickets AS t ON t.event_id = $1 AND t.tier_no = wanted.tier_no AND t.seat_no = wanted.seat_no
    WHERE t.booking_id IS NOT NULL";

/// $1 event, $2 and $3 the booking before which to look, $4 how many at most.
const PAID: &str = "
    SELECT id FROM bookings
    WHERE event_id = $1 AND confirmed_at IS NOT NULL AND (confirmed_at, id) < ($2, $3) AND kind <> 'withheld'
    ORDER BY event_id DESC, confirmed_at DESC, id DESC LIMIT $4";

/// Among which bookings somebody looks.
#[derive(Debug, Clone, Copy)]
pub enum Within<'a> {
    /// Those of one event.
    Event(&'a Event),
    /// Those of one organisation.
    Organisation(OrganisationNo),
    /// All that there are.
    Everything,
}

impl Within<'_> {
    fn event(self) -> Option<EventNo> {
        match self {
            Self::Event(event) => Some(event.no),
            _ => None,
        }
    }

    fn organisation(self) -> Option<OrganisationNo> {
        match self {
            Self::Organisation(organisation) => Some(organisation),
            _ => None,
        }
    }
}

/// A booking in a list.
#[derive(Debug, Clone)]
pub struct Found {
    /// The booking.
    pub booking: Booking,
    /// Who its buyer says they are.
    pub contact: Option<Contact>,
}

/// Where a page of paid bookings ends: the cursor of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places(Confirmed);

impl Display for Places {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0.at.timestamp_micros(), self.0.id)
    }
}

impl FromStr for Places {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let (at, id) = text.split_once('.')?;
            let at = Timestamp::from_timestamp_micros(at.parse().ok()?)?;
            let id = id.parse().ok()?;
            Some(Self(Confirmed { at, id }))
        };
        read()
            .filter(|place| place.to_string() == text)
            .ok_or_else(|| Invalid::new("must be the cursor of a page of bookings"))
    }
}

impl Reports {
    /// The event's paid bookings, those that were cancelled since among them, the newest first, `limit` at most; and where
    /// the next page begins.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn paid(
        &self,
        event: EventNo,
        after: Option<Places>,
        limit: usize,
    ) -> Result<(Vec<Found>, Option<Places>), Error> {
        let before = after.map_or(
            (Timestamp::MAX_UTC, BookingId(Uuid::max())),
            |Places(after)| (after.at, after.id),
        );
        // No time of the database is as late as the latest of chrono.
        let before = (before.0.min(far_future()), before.1);
        let limit = limit.min(FOUND_MAX);
        let one_more = limit as i64 + 1;
        let client = self.db.get().await?;
        let statement = client.prepare_cached(PAID).await?;
        let params: Params = &[&event, &before.0, &before.1, &one_more];
        let rows = client.query(&statement, params).await?;
        drop(client);
        let mut ids: Vec<BookingId> = rows.iter().map(|row| row.get("id")).collect();
        let has_more = ids.len() > limit;
        ids.truncate(limit);
        let found = self.with_contacts(&ids).await?;
        let last = found.last().filter(|_| has_more);
        let next = last.and_then(|last| {
            let at = last.booking.confirmed_at?;
            let id = last.booking.id;
            Some(Places(Confirmed { at, id }))
        });
        Ok((found, next))
    }

    /// Bookings that fit a clue, the newest first, [`FOUND_MAX`] at most; and whether there are more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(&self, within: Within<'_>, clue: &str) -> Result<(Vec<Found>, bool), Error> {
        let clue: String = clue.trim().chars().take(CLUE_MAX).collect();
        let client = self.db.get().await?;
        let looker = Looker {
            client: &client,
            within,
        };
        let mut ids = looker.look(&clue).await?;
        drop(client);
        ids.sort_unstable_by_key(|id| std::cmp::Reverse(id.0));
        ids.dedup();
        let has_more = ids.len() > FOUND_MAX;
        ids.truncate(FOUND_MAX);
        Ok((self.with_contacts(&ids).await?, has_more))
    }

    async fn with_contacts(&self, ids: &[BookingId]) -> Result<Vec<Found>, Error> {
        let bookings = booking::some(&self.db, ids).await?;
        let contacts = booking::contacts(&self.db, &bookings).await?;
        let found = bookings.into_iter().map(|booking| {
            let contact = contacts.iter().find(|(id, _)| *id == booking.id);
            let contact = contact.map(|(_, contact)| contact.clone());
            Found { booking, contact }
        });
        Ok(found.collect())
    }
}

/// Later than any booking.
fn far_future() -> Timestamp {
    Timestamp::from_timestamp(32_503_680_000, 0).unwrap_or_default()
}

/// Looks for what a clue may mean.
struct Looker<'a> {
    client: &'a Client,
    within: Within<'a>,
}

impl Looker<'_> {
    /// Everything that it may mean: eight letters may be a reference or a name.
    async fn look(&self, clue: &str) -> Result<Vec<BookingId>, Error> {
        let mut ids = Vec::new();
        if let Ok(id) = clue.parse::<Uuid>() {
            ids.extend(self.by_id(BY_ID, id).await?);
            ids.extend(self.by_id(BY_PAYMENT, id).await?);
            return Ok(ids);
        }
        if let Ok(reference) = clue.parse::<Reference>() {
            ids.extend(self.by_reference(reference).await?);
        }
        if let Within::Event(event) = self.within {
            ids.extend(self.by_seat(event, clue).await?);
        }
        if clue.chars().count() >= PART_MIN {
            ids.extend(self.by_contact(clue).await?);
        }
        Ok(ids)
    }

    async fn by_id(&self, statement: &str, id: Uuid) -> Result<Vec<BookingId>, Error> {
        let (event, organisation) = (self.within.event(), self.within.organisation());
        self.ids(statement, &[&id, &event, &organisation]).await
    }

    async fn by_reference(&self, reference: Reference) -> Result<Vec<BookingId>, Error> {
        let (event, organisation) = (self.within.event(), self.within.organisation());
        let limit = FOUND_MAX as i64 + 1;
        let params: Params = &[&reference, &event, &organisation, &limit];
        self.ids(BY_REFERENCE, params).await
    }

    /// `A-7`, in each tier that has such a seat; a number is a place without a seat.
    async fn by_seat(&self, event: &Event, clue: &str) -> Result<Vec<BookingId>, Error> {
        let number: Option<i32> = clue.parse().ok();
        let seats = event.stocks().filter_map(|tier| {
            let seat = match &tier.rows {
                Some(rows) => rows.find(clue)?,
                None => SeatNo(number?),
            };
            (1..=tier.capacity)
                .contains(&seat.0)
                .then_some((tier.no, seat))
        });
        let (tiers, seats): (Vec<TierNo>, Vec<SeatNo>) = seats.unzip();
        if tiers.is_empty() {
            return Ok(Vec::new());
        }
        self.ids(BY_SEAT, &[&event.no, &tiers, &seats]).await
    }

    /// By a part of the name or of the address. Planned for the pattern: a rare one is found by its trigrams.
    async fn by_contact(&self, clue: &str) -> Result<Vec<BookingId>, Error> {
        let pattern = format!("%{}%", like::literal(&fold_email(clue)));
        let (event, organisation) = (self.within.event(), self.within.organisation());
        let limit = FOUND_MAX as i64 + 1;
        let rows = self
            .client
            .query_planned(
                BY_CONTACT,
                &[
                    (&pattern, Type::TEXT),
                    (&event, Type::INT8),
                    (&organisation, Type::INT8),
                    (&limit, Type::INT8),
                    (&CONTACTS_MAX, Type::INT8),
                ],
            )
            .await?;
        Ok(rows.iter().map(|row| row.get("id")).collect())
    }

    async fn ids(&self, statement: &str, params: Params<'_>) -> Result<Vec<BookingId>, Error> {
        let statement = self.client.prepare_cached(statement).await?;
        let rows = self.client.query(&statement, params).await?;
        Ok(rows.iter().map(|row| row.get("id")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written_and_nothing_else_is_one() {
        let place = Places(Confirmed {
            at: Timestamp::from_timestamp_micros(1_800_000_000_000_001).unwrap(),
            id: BookingId(Uuid::from_u128(7)),
        });
        assert_eq!(place.to_string().parse(), Ok(place));
        for wrong in [
            "",
            "1",
            "1.2",
            "x.y",
            "9999999999999999999.00000000-0000-0000-0000-000000000000",
        ] {
            assert!(wrong.parse::<Places>().is_err(), "{wrong}");
        }
    }
}
