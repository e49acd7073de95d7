//! A batch of orders for places of general tiers: all of it by one statement, in one round trip.
//!
//! Among places nobody has to choose, so the database can be told whose the nth free ticket will be
//! before it has said which that is. What this cannot settle (seats to choose from, a key that has
//! made a booking before, too few tickets) it leaves untouched to the two round trips of
//! [`batch`](super::batch).

use std::collections::HashMap;
use std::time::Duration;

use postgres_types::ToSql;
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

use super::assign::Taken;
use super::batch::{Candidate, Known, Sale, Verdict, refuse_all, replay, wanted_of};
use super::first_free::Look;
use super::lock::Wanted;
use super::new_bookings::NewBookings;
use super::statements::begin;
use super::{Booked, Outcome, Stock};
use crate::postgres::{Client, Error};
use crate::types::{BookingId, SeatNo, TierNo, Timestamp};

/// Looks up, locks, inserts and takes.
pub(super) const ALLOCATE: &str = include_str!("sql/allocate_places.sql");

/// How often it is asked: once more without the keys that were known.
const ASKED_MAX: u32 = 2;

/// Allocates a batch and commits: a verdict per order, in their order. `None` if nothing was done.
///
/// # Errors
/// Those of [`batch::allocate`](super::batch::allocate).
pub(super) async fn allocate(
    client: &Client,
    statement: &Statement,
    stock: &Stock,
    orders: &[Candidate<'_>],
    hold: Duration,
    look: &mut Look<'_>,
) -> Result<Option<Vec<Verdict>>, Error> {
    let mut known = Known::new();
    for _ in 0..ASKED_MAX {
        let rest = orders.iter().filter(|order| !known.contains_key(&order.id));
        let rest: Vec<_> = rest.copied().collect();
        if rest.is_empty() {
            return Ok(Some(verdicts(orders, &known, Vec::new())));
        }
        let Some(places) = Places::of(stock, &rest, look) else {
            return Ok(None);
        };
        match places
            .allocate(client, statement, stock, hold, look)
            .await?
        {
            Answer::Sold(booked) => return Ok(Some(verdicts(orders, &known, booked))),
            Answer::Nothing(sale) => {
                let found = !sale.known.is_empty();
                known.extend(sale.known);
                if let Some(closed) = sale.closed {
                    return Ok(Some(refuse_all(orders, &known, &closed)));
                }
                if !found {
                    return Ok(None);
                }
            }
        }
    }
    Ok(None)
}

/// `booked` has one for each order that is not known, in their order.
fn verdicts(orders: &[Candidate<'_>], known: &Known, booked: Vec<Booked>) -> Vec<Verdict> {
    let mut booked = booked.into_iter().map(Outcome::Booked);
    let outcomes = orders
        .iter()
        .filter_map(|order| replay(order, known).or_else(|| booked.next()));
    outcomes.map(Verdict::Done).collect()
}

/// What the statement did.
enum Answer {
    /// Everything: what each order got, in their order.
    Sold(Vec<Booked>),
    /// Nothing, because of this, or because there were too few tickets.
    Nothing(Sale),
}

/// A batch, and which of the tickets that it will lock each order gets: counted from 0, in the order of
/// tier and seat.
struct Places<'o> {
    orders: &'o [Candidate<'o>],
    /// The first place of each item of each order.
    firsts: Vec<Vec<usize>>,
    wanted: Wanted,
    /// Of which tier each place is.
    tiers: Vec<TierNo>,
    /// Whose it will be.
    bookings: Vec<BookingId>,
}

impl<'o> Places<'o> {
    /// `None` if there are seats to choose from, or too few tickets can be left.
    fn of(stock: &Stock, orders: &'o [Candidate<'o>], look: &Look<'_>) -> Option<Self> {
        let wanted = wanted_of(stock, orders, |tier| look.start(tier));
        let (mut tiers, mut next_of) = (Vec::new(), HashMap::new());
        for (no, start, quantity) in wanted.iter() {
            let tier = stock.tier(no)?;
            if tier.rows.is_some() || quantity > i64::from(tier.capacity - start.0 + 1) {
                return None;
            }
            next_of.insert(no, tiers.len());
            tiers.resize(tiers.len() + quantity as usize, no);
        }
        let mut bookings = vec![BookingId(Uuid::nil()); tiers.len()];
        let mut firsts = Vec::with_capacity(orders.len());
        for order in orders {
            let mut firsts_of_order = Vec::with_capacity(order.items.len());
            for item in &order.items {
                // Not there if its seats are named.
                let next = next_of.get_mut(&item.tier)?;
                bookings[*next..][..item.quantity as usize].fill(order.id);
                firsts_of_order.push(*next);
                *next += item.quantity as usize;
            }
            firsts.push(firsts_of_order);
        }
        Some(Self {
            orders,
            firsts,
            wanted,
            tiers,
            bookings,
        })
    }

    async fn allocate(
        &self,
        client: &Client,
        statement: &Statement,
        stock: &Stock,
        hold: Duration,
        look: &mut Look<'_>,
    ) -> Result<Answer, Error> {
        let mut sorted: Vec<_> = self.orders.iter().zip(&self.firsts).collect();
        sorted.sort_unstable_by(|(a, _), (b, _)| a.identity().cmp(&b.identity()));
        let mut new = NewBookings::default();
        for (order, firsts) in sorted {
            new.push(order, firsts.iter().copied());
        }
        let (hold_us, currency) = (hold.as_micros() as i64, stock.currency.code());
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&stock.event, &hold_us, &currency];
        params.extend(self.wanted.columns());
        params.extend(new.columns());
        params.extend([&self.tiers as &(dyn ToSql + Sync), &self.bookings]);
        let begin = begin();
        // Polled in this order, so sent in this order, in one go.
        let (begun, rows, committed) = tokio::join!(
            client.batch_execute(&begin),
            client.query(statement, &params),
            client.batch_execute("COMMIT"),
        );
        begun?;
        let rows = rows?;
        committed?;
        Ok(match rows.first() {
            Some(row) if row.get("sold") => Answer::Sold(self.booked(row, hold, look)),
            _ => Answer::Nothing(Sale::read(&rows, new.ids())),
        })
    }

    fn booked(&self, row: &Row, hold: Duration, look: &mut Look<'_>) -> Vec<Booked> {
        let now: Timestamp = row.get("now");
        let seats: Vec<SeatNo> = row.get("seats");
        let tickets: Vec<_> = self
            .tiers
            .iter()
            .copied()
            .zip(seats.iter().copied())
            .collect();
        look.pass(&tickets);
        let booked = |(order, firsts): (&Candidate<'_>, &Vec<usize>)| {
            let items = order.items.iter().zip(firsts).map(|(item, &first)| Taken {
                seats: seats[first..][..item.quantity as usize].to_vec(),
                together: None,
            });
            Booked {
                id: order.id,
                created_at: now,
                expires_at: now + hold,
                items: items.collect(),
            }
        };
        self.orders.iter().zip(&self.firsts).map(booked).collect()
    }
}
