//! Locks tickets, free ones from the front of a tier or seats by name, and assigns locked tickets to bookings.
//!
//! What must hold: tickets are locked in ascending order of tier and seat, with SKIP LOCKED: no lock is waited
//! for. A locked ticket keeps its row identifier (`ctid`), so that the update needs no index look-up.

use postgres_types::private::BytesMut;
use postgres_types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::Row;

use super::order::TierStock;
use crate::postgres::{Client, Error, Prepared};
use crate::seating::Rows;
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// A row identifier (`ctid`), as PostgreSQL writes it: valid for as long as the row is locked.
/// <https://www.postgresql.org/docs/current/ddl-system-columns.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Ctid([u8; 6]);

impl<'a> FromSql<'a> for Ctid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.try_into()?))
    }
    postgres_types::accepts!(TID);
}

impl ToSql for Ctid {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }
    postgres_types::accepts!(TID);
    postgres_types::to_sql_checked!();
}

/// Tickets that the transaction has locked, so that no other transaction can assign them.
#[derive(Debug, Clone, Default)]
pub(super) struct LockedTickets {
    /// Ascending, each once.
    tickets: Vec<(TierNo, SeatNo)>,
    /// The row identifier of each.
    ctids: Vec<Ctid>,
}

impl LockedTickets {
    /// Reads rows of tier, seat and row identifier, ascending.
    pub(super) fn read(rows: &[Row]) -> Self {
        Self {
            tickets: rows.iter().map(|row| (row.get(0), row.get(1))).collect(),
            ctids: rows.iter().map(|row| row.get(2)).collect(),
        }
    }

    /// The tickets in ascending order of tier and seat, each once.
    pub(super) fn tickets(&self) -> &[(TierNo, SeatNo)] {
        &self.tickets
    }

    /// The last ticket of a tier.
    pub(super) fn last_of(&self, tier: TierNo) -> Option<SeatNo> {
        let behind = self.tickets.partition_point(|ticket| ticket.0 <= tier);
        let last = self.tickets[..behind].last()?;
        (last.0 == tier).then_some(last.1)
    }

    /// The union of both.
    pub(super) fn and(self, other: Self) -> Self {
        if other.tickets.is_empty() {
            return self;
        }
        let mine = self.tickets.into_iter().zip(self.ctids);
        let others = other.tickets.into_iter().zip(other.ctids);
        let mut all: Vec<_> = mine.chain(others).collect();
        all.sort_unstable();
        all.dedup();
        let (tickets, ctids) = all.into_iter().unzip();
        Self { tickets, ctids }
    }
}

/// How many tickets of each tier to lock, and from which seat on; tiers ascending.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    tiers: Vec<TierNo>,
    first_seats: Vec<SeatNo>,
    quantities: Vec<i64>,
}

impl Wanted {
    /// Adds `quantity` tickets of this tier, and spare ones to choose from if its seats are numbered. Tiers
    /// come ascending.
    pub(super) fn add(&mut self, tier: &TierStock, first: SeatNo, quantity: i64) {
        let spare = tier.rows.as_ref().map_or(0, Rows::spare);
        self.tiers.push(tier.no);
        self.first_seats.push(first);
        self.quantities.push(quantity + spare);
    }

    /// From which seat on each tier is searched.
    pub(super) fn starts(&self) -> impl Iterator<Item = (TierNo, SeatNo)> {
        let starts = self.first_seats.iter().copied();
        self.tiers.iter().copied().zip(starts)
    }

    /// How many tickets of each tier are locked at most.
    pub(super) fn quantities(&self) -> impl Iterator<Item = (TierNo, i64)> {
        let quantities = self.quantities.iter().copied();
        self.tiers.iter().copied().zip(quantities)
    }

    /// Runs `lock_free_tickets.sql`; runs nothing if nothing is wanted.
    pub(super) async fn lock(
        &self,
        client: &Client,
        lock_free_tickets: &Prepared,
        event: EventNo,
    ) -> Result<LockedTickets, Error> {
        if self.tiers.is_empty() {
            return Ok(LockedTickets::default());
        }
        let rows = lock_free_tickets
            .query(
                client,
                &[
                    ("event_id", &event),
                    ("tiers", &self.tiers),
                    ("first_seats", &self.first_seats),
                    ("quantities", &self.quantities),
                ],
            )
            .await?;
        Ok(LockedTickets::read(&rows))
    }
}

/// Seats that are wanted by name.
#[derive(Debug, Default)]
pub(super) struct Named {
    tiers: Vec<TierNo>,
    seats: Vec<SeatNo>,
}

impl Named {
    /// Collects seats that come in any order, possibly repeated.
    pub(super) fn of(seats: impl Iterator<Item = (TierNo, SeatNo)>) -> Self {
        let mut seats: Vec<_> = seats.collect();
        seats.sort_unstable();
        seats.dedup();
        let (tiers, seats) = seats.into_iter().unzip();
        Self { tiers, seats }
    }

    /// Runs `lock_named_tickets.sql`, or `free_named.sql` for its first two columns; runs nothing if there
    /// are no seats.
    pub(super) async fn query(
        &self,
        client: &Client,
        statement: &Prepared,
        event: EventNo,
    ) -> Result<Vec<Row>, Error> {
        if self.tiers.is_empty() {
            return Ok(Vec::new());
        }
        statement
            .query(
                client,
                &[
                    ("event_id", &event),
                    ("tiers", &self.tiers),
                    ("seats", &self.seats),
                ],
            )
            .await
    }
}

/// Tickets to assign: a vector for each column of `take_tickets.sql`.
#[derive(Debug, Default)]
pub(super) struct Given {
    tiers: Vec<TierNo>,
    seats: Vec<SeatNo>,
    ctids: Vec<Ctid>,
    bookings: Vec<BookingId>,
}

impl Given {
    /// Adds seats of a tier, all locked, for a booking.
    pub(super) fn add(
        &mut self,
        locked: &LockedTickets,
        tier: TierNo,
        seats: &[SeatNo],
        booking: BookingId,
    ) {
        for &seat in seats {
            // A ticket that is not locked gets no row identifier; then the statement's row count check fails.
            let at = locked.tickets.binary_search(&(tier, seat));
            self.ctids
                .push(at.map_or(Ctid::default(), |at| locked.ctids[at]));
            self.tiers.push(tier);
            self.bookings.push(booking);
        }
        self.seats.extend_from_slice(seats);
    }

    /// Runs `take_tickets.sql`.
    pub(super) async fn take(
        &self,
        client: &Client,
        take_tickets: &Prepared,
        event: EventNo,
        first_tier: TierNo,
    ) -> Result<(), Error> {
        let count = self.seats.len() as i64;
        take_tickets
            .query(
                client,
                &[
                    ("event_id", &event),
                    ("first_tier", &first_tier),
                    ("count", &count),
                    ("tiers", &self.tiers),
                    ("seats", &self.seats),
                    ("ctids", &self.ctids),
                    ("booking_ids", &self.bookings),
                ],
            )
            .await?;
        Ok(())
    }
}
