//! Locking tickets: free ones from the front of a tier, or seats by name; never waiting for anybody.
//!
//! What is locked is remembered with where its row lies, so that giving it to a booking looks
//! nothing up again.

use deadpool_postgres::GenericClient;
use postgres_types::private::BytesMut;
use postgres_types::{FromSql, IsNull, ToSql, Type};
use tokio_postgres::{Row, Statement};

use super::TierStock;
use crate::postgres::{Error, Params};
use crate::types::{BookingId, EventNo, SeatNo, TierNo};

/// Locks free tickets from the front.
pub(super) const FREE: &str = include_str!("sql/lock_free_tickets.sql");
/// Locks seats by name.
pub(super) const NAMED: &str = include_str!("sql/lock_named_tickets.sql");
/// Gives locked tickets to bookings; guards their number.
pub(super) const TAKE: &str = include_str!("sql/take_tickets.sql");

/// Seats that are locked beyond what is wanted of a numbered tier, so that there is a choice, in rows.
const SPARE_ROWS: i64 = 2;

/// Where a row lies in its table (`ctid`), as PostgreSQL writes it: true for as long as the row is
/// locked. <https://www.postgresql.org/docs/current/ddl-system-columns.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Tid([u8; 6]);

impl<'a> FromSql<'a> for Tid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.try_into()?))
    }
    postgres_types::accepts!(TID);
}

impl ToSql for Tid {
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

/// Tickets that the transaction has locked: free, and nobody else's to give.
#[derive(Debug, Default)]
pub(super) struct Locked {
    /// Ascending, each once.
    tickets: Vec<(TierNo, SeatNo)>,
    /// Where each of them lies.
    tids: Vec<Tid>,
}

impl Locked {
    /// The tickets in ascending order of tier and seat, each once.
    pub(super) fn tickets(&self) -> &[(TierNo, SeatNo)] {
        &self.tickets
    }

    /// Those of both.
    pub(super) fn and(self, other: Self) -> Self {
        if other.tickets.is_empty() {
            return self;
        }
        let mine = self.tickets.into_iter().zip(self.tids);
        let others = other.tickets.into_iter().zip(other.tids);
        let mut all: Vec<_> = mine.chain(others).collect();
        all.sort_unstable();
        all.dedup();
        let (tickets, tids) = all.into_iter().unzip();
        Self { tickets, tids }
    }

    fn from_rows(rows: &[Row]) -> Self {
        Self {
            tickets: rows.iter().map(|row| (row.get(0), row.get(1))).collect(),
            tids: rows.iter().map(|row| row.get(2)).collect(),
        }
    }
}

/// How many tickets of each tier to lock, and from which seat on; tiers ascending.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    tiers: Vec<TierNo>,
    firsts: Vec<SeatNo>,
    quantities: Vec<i64>,
}

impl Wanted {
    /// So many of this tier, and some to choose from if its seats are numbered. Tiers come ascending.
    pub(super) fn add(&mut self, tier: &TierStock, first: SeatNo, quantity: i64) {
        let spare = tier
            .rows
            .as_ref()
            .map_or(0, |rows| SPARE_ROWS * i64::from(rows.seats_per_row()));
        self.tiers.push(tier.no);
        self.firsts.push(first);
        self.quantities.push(quantity + spare);
    }

    /// Of each tier: where to start, and how many.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TierNo, SeatNo, i64)> {
        let starts = self.tiers.iter().zip(&self.firsts);
        let wanted = starts.zip(&self.quantities);
        wanted.map(|((&tier, &first), &quantity)| (tier, first, quantity))
    }

    /// As the statements take them: tiers, where to start in each, how many of each.
    pub(super) fn columns(&self) -> [&(dyn ToSql + Sync); 3] {
        [&self.tiers, &self.firsts, &self.quantities]
    }

    /// Runs [`FREE`]; asks nothing if nothing is wanted.
    pub(super) async fn lock(
        &self,
        client: &impl GenericClient,
        free: &Statement,
        event: EventNo,
    ) -> Result<Locked, Error> {
        if self.tiers.is_empty() {
            return Ok(Locked::default());
        }
        let params: Params = &[&event, &self.tiers, &self.firsts, &self.quantities];
        Ok(Locked::from_rows(&client.query(free, params).await?))
    }
}

/// Runs [`NAMED`] over seats in ascending order; asks nothing if there are none.
pub(super) async fn named(
    client: &impl GenericClient,
    named: &Statement,
    event: EventNo,
    tiers: &[TierNo],
    seats: &[SeatNo],
) -> Result<Locked, Error> {
    if tiers.is_empty() {
        return Ok(Locked::default());
    }
    let params: Params = &[&event, &tiers, &seats];
    Ok(Locked::from_rows(&client.query(named, params).await?))
}

/// Tickets on their way to their bookings: a vector per column, as [`TAKE`] takes them.
#[derive(Debug, Default)]
pub(super) struct Given {
    tiers: Vec<TierNo>,
    seats: Vec<SeatNo>,
    tids: Vec<Tid>,
    bookings: Vec<BookingId>,
}

impl Given {
    /// These seats of the tier, all locked, are the booking's.
    pub(super) fn add(
        &mut self,
        locked: &Locked,
        tier: TierNo,
        seats: &[SeatNo],
        booking: BookingId,
    ) {
        for &seat in seats {
            // A ticket that is not locked lies nowhere; then the guard of the statement fails.
            let place = locked.tickets.binary_search(&(tier, seat));
            self.tids
                .push(place.map_or(Tid::default(), |at| locked.tids[at]));
            self.tiers.push(tier);
            self.bookings.push(booking);
        }
        self.seats.extend_from_slice(seats);
    }

    /// Runs [`TAKE`].
    pub(super) async fn take(
        &self,
        client: &impl GenericClient,
        take: &Statement,
        event: EventNo,
    ) -> Result<(), Error> {
        let count = self.seats.len() as i64;
        let params: Params = &[
            &event,
            &count,
            &self.tiers,
            &self.seats,
            &self.tids,
            &self.bookings,
        ];
        client.query(take, params).await?;
        Ok(())
    }
}
