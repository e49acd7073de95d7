//! One batch: a slice of orders for one event, allocated in one transaction.
//!
//! Orders for places of general tiers alone are one statement ([`general`]). Other batches, and those that
//! it cannot settle, are two pipelined round trips. The first begins, reads the sale's state, looks the
//! idempotency keys up and locks free tickets; the second writes bookings, items and tickets and commits.
//! Only a batch that comes up short makes a third: the locks are taken again from the very
//! first seat, and the free tickets are counted regardless of locks.
//!
//! The statements are in `sql/`. Each guards the number of rows that it touches, because COMMIT
//! is sent before their answers are read.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use postgres_types::ToSql;
use tokio_postgres::Row;

use super::assign::{Pool, Taken};
use super::first_free::{FirstFree, Look};
use super::general;
use super::lock::{self, Given, Locked, Wanted};
use super::new_bookings::NewBookings;
use super::statements::{Midway, Statements, begin};
use super::{Booked, Order, Outcome, Shortage, Stock};
use crate::postgres::{Client, Db, Error, Params};
use crate::types::{BookingId, Fingerprint, SeatNo, TierNo, Timestamp};

/// What became of an order in a batch.
#[derive(Debug)]
pub enum Verdict {
    /// This is the answer.
    Done(Outcome),
    /// Others in flight hold what is asked for: try again for a while, then answer this.
    Held(Vec<Shortage>),
    /// Holds of the event are over but not ended: end them, then try again for a while, then answer this.
    Overdue(Vec<Shortage>),
}

/// An order and the id that its booking will have, the same in all tries.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'o> {
    /// Best ascending with [`Order::identity`].
    pub id: BookingId,
    /// What is asked for.
    pub order: &'o Order,
}

impl std::ops::Deref for Candidate<'_> {
    type Target = Order;
    fn deref(&self) -> &Order {
        self.order
    }
}

/// What the database says of the sale and of the keys of a batch.
pub(super) struct Sale {
    now: Timestamp,
    pub(super) closed: Option<Closed>,
    /// What the keys have booked before.
    pub(super) known: Known,
}

/// Bookings that a key has made before, by the id that the order would give to its booking now.
pub(super) type Known = HashMap<BookingId, (BookingId, Fingerprint)>;

/// Why nothing is sold.
pub(super) enum Closed {
    NotYet(Timestamp),
    Over,
}

impl Sale {
    /// From the rows of `sale_and_known_keys.sql`, or any with the same columns; `asked` are the ids that
    /// the orders would give, in the order of the keys in the question.
    pub(super) fn read(rows: &[Row], asked: &[BookingId]) -> Self {
        let (now, closed) = match rows.first() {
            Some(row) if row.get("over") => (row.get("now"), Some(Closed::Over)),
            Some(row) if row.get("opened") => (row.get("now"), None),
            Some(row) => (row.get("now"), Some(Closed::NotYet(row.get("on_sale_at")))),
            None => (Timestamp::default(), Some(Closed::Over)),
        };
        let known = rows.iter().filter_map(|row| {
            let index = row.get::<_, Option<i64>>("n")? as usize - 1;
            let before = (BookingId(row.get("id")), row.get("request_fingerprint"));
            Some((asked[index], before))
        });
        Self {
            now,
            closed,
            known: known.collect(),
        }
    }
}

/// Allocates a batch: a verdict per order, in their order, all committed. `orders` must not hold
/// the same user and key twice. `first_free` says where to start looking and learns from what is found.
///
/// # Errors
/// Nothing was committed, or the commit was cut off: then a second call finds the keys and says
/// so. A unique violation of `bookings_idempotency_key_key` means that another process has just
/// made one of the bookings: a second call finds it.
pub async fn allocate(
    db: &Db,
    stock: &Stock,
    orders: &[Candidate<'_>],
    hold: Duration,
    first_free: &FirstFree,
) -> Result<Vec<Verdict>, Error> {
    let client = Midway::new(db.get().await?);
    let statements = Statements::prepare(&client).await?;
    let mut look = first_free.look();
    let general = &statements.allocate_places;
    if let Some(verdicts) =
        general::allocate(&client, general, stock, orders, hold, &mut look).await?
    {
        client.done();
        look.done(|_| None);
        return Ok(verdicts);
    }
    let (sale, mut locked) = first_round(&client, &statements, stock, orders, &mut look).await?;
    if let Some(closed) = sale.closed {
        client.batch_execute("ROLLBACK").await?;
        client.done();
        return Ok(refuse_all(orders, &sale.known, &closed));
    }
    let mut draft = Draft::new(stock, orders, &sale.known, locked.tickets());
    let mut shortages = None;
    if draft.is_short() {
        let again = lock_from_the_start(&client, &statements, stock, orders, &mut look).await?;
        locked = locked.and(again);
        draft = Draft::new(stock, orders, &sale.known, locked.tickets());
        if draft.is_short() {
            shortages = Some(Counted::read(&client, orders, stock, &draft).await?);
        }
    }
    let writes = Writes::of(orders, &draft, &locked);
    second_round(&client, &statements, stock, &writes, sale.now, hold).await?;
    client.done();
    look.done(|tier| draft.pool.first_free(tier));
    Ok(draft.verdicts(orders, sale.now, hold, shortages.as_ref()))
}

async fn first_round(
    client: &Client,
    statements: &Statements,
    stock: &Stock,
    orders: &[Candidate<'_>],
    look: &mut Look<'_>,
) -> Result<(Sale, Locked), Error> {
    let users: Vec<_> = orders.iter().map(|order| order.user).collect();
    let keys: Vec<_> = orders.iter().map(|order| &order.key).collect();
    let wanted = wanted_of(stock, orders, |tier| look.start(tier));
    let (named_tiers, named_seats) = named_seats(orders);
    let keys_params: Params = &[&stock.event, &users, &keys];
    let begin = begin();
    // Polled in this order, so sent in this order, in one go.
    let (begun, sale, locked, named) = tokio::join!(
        client.batch_execute(&begin),
        client.query(&statements.sale_and_known_keys, keys_params),
        wanted.lock(client, &statements.lock_free, stock.event),
        lock::named(
            client,
            &statements.lock_named,
            stock.event,
            &named_tiers,
            &named_seats
        ),
    );
    begun?;
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let sale = Sale::read(&sale?, &ids);
    let locked = locked?;
    look.pass(locked.tickets());
    Ok((sale, locked.and(named?)))
}

/// Takes the locks again, from the first seat of every tier: nothing is called short before.
async fn lock_from_the_start(
    client: &Client,
    statements: &Statements,
    stock: &Stock,
    orders: &[Candidate<'_>],
    look: &mut Look<'_>,
) -> Result<Locked, Error> {
    let wanted = wanted_of(stock, orders, |_| SeatNo(1));
    let locked = wanted
        .lock(client, &statements.lock_free, stock.event)
        .await?;
    for (tier, ..) in wanted.iter() {
        let mut tickets = locked.tickets().iter();
        look.found_first(
            tier,
            tickets.find(|(no, _)| *no == tier).map(|(_, seat)| *seat),
        );
    }
    Ok(locked)
}

async fn second_round(
    client: &Client,
    statements: &Statements,
    stock: &Stock,
    writes: &Writes<'_>,
    now: Timestamp,
    hold: Duration,
) -> Result<(), Error> {
    let (bookings, items) = writes.bookings.counts();
    if bookings == 0 {
        return Ok(client.batch_execute("ROLLBACK").await?);
    }
    let expires_at = now + hold;
    let currency = stock.currency.code();
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![
        &stock.event,
        &bookings,
        &items,
        &currency,
        &now,
        &expires_at,
        &writes.seats,
    ];
    params.extend(writes.bookings.columns());
    let (inserted, taken, committed) = tokio::join!(
        client.query(&statements.insert_bookings, &params),
        writes
            .given
            .take(client, &statements.take_tickets, stock.event),
        client.batch_execute("COMMIT"),
    );
    inserted?;
    taken?;
    Ok(committed?)
}

/// How many tickets of each tier the orders want that name no seats; `first` is where to start in a tier.
pub(super) fn wanted_of(
    stock: &Stock,
    orders: &[Candidate<'_>],
    first: impl Fn(TierNo) -> SeatNo,
) -> Wanted {
    let mut wanted = Wanted::default();
    for tier in &stock.tiers {
        let items = orders.iter().flat_map(|order| &order.items);
        let quantity: i64 = items
            .filter(|item| item.tier == tier.no && item.seats.is_none())
            .map(|item| i64::from(item.quantity))
            .sum();
        if quantity > 0 {
            wanted.add(tier, first(tier.no), quantity);
        }
    }
    wanted
}

/// The seats that orders name, ascending, each once: tier numbers and seat numbers.
fn named_seats(orders: &[Candidate<'_>]) -> (Vec<TierNo>, Vec<SeatNo>) {
    let items = orders.iter().flat_map(|order| &order.items);
    let mut seats: Vec<_> = items
        .flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat)))
        .collect();
    seats.sort_unstable();
    seats.dedup();
    seats.into_iter().unzip()
}

/// Which of the seats that orders name are free, locked or not.
async fn free_named(
    client: &Client,
    stock: &Stock,
    orders: &[Candidate<'_>],
) -> Result<Vec<(TierNo, SeatNo)>, Error> {
    let (tiers, seats) = named_seats(orders);
    if tiers.is_empty() {
        return Ok(Vec::new());
    }
    let statement = client
        .prepare_cached(include_str!("sql/free_named.sql"))
        .await?;
    let params: Params = &[&stock.event, &tiers, &seats];
    let rows = client.query(&statement, params).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Who gets what if the batch commits.
struct Draft<'a> {
    pool: Pool<'a>,
    /// Tickets given in this batch, by tier.
    given: HashMap<TierNo, i32>,
    fills: Vec<Fill>,
}

enum Fill {
    /// The key has made a booking before.
    Known(Outcome),
    Filled(Vec<Taken>),
    Short,
}

impl<'a> Draft<'a> {
    fn new(
        stock: &'a Stock,
        orders: &[Candidate<'_>],
        known: &Known,
        locked: &[(TierNo, SeatNo)],
    ) -> Self {
        let mut pool = Pool::new(stock, locked);
        let mut given = HashMap::new();
        let fills = orders.iter().map(|order| {
            if let Some(outcome) = replay(order, known) {
                return Fill::Known(outcome);
            }
            let Some(taken) = pool.take(order) else {
                return Fill::Short;
            };
            for item in &order.items {
                *given.entry(item.tier).or_insert(0) += item.quantity;
            }
            Fill::Filled(taken)
        });
        let fills = fills.collect();
        Self { pool, given, fills }
    }

    fn is_short(&self) -> bool {
        self.fills.iter().any(|fill| matches!(fill, Fill::Short))
    }

    fn short_orders<'o>(&'o self, orders: &'o [Candidate<'o>]) -> impl Iterator<Item = &'o Order> {
        orders
            .iter()
            .zip(&self.fills)
            .filter(|(_, fill)| matches!(fill, Fill::Short))
            .map(|(order, _)| order.order)
    }

    /// `counted` is there if any order came up short.
    fn verdicts(
        self,
        orders: &[Candidate<'_>],
        now: Timestamp,
        hold: Duration,
        counted: Option<&Counted>,
    ) -> Vec<Verdict> {
        let given = self.given;
        let fills = self.fills.into_iter().zip(orders);
        fills
            .map(|(fill, order)| match (fill, counted) {
                (Fill::Known(outcome), _) => Verdict::Done(outcome),
                (Fill::Filled(items), _) => Verdict::Done(Outcome::Booked(Booked {
                    id: order.id,
                    created_at: now,
                    expires_at: now + hold,
                    items,
                })),
                (Fill::Short, Some(counted)) => counted.verdict(order, &given),
                (Fill::Short, None) => Verdict::Held(Vec::new()),
            })
            .collect()
    }
}

/// What an order is told whose key has made a booking before; `None` if it has not.
pub(super) fn replay(order: &Candidate<'_>, known: &Known) -> Option<Outcome> {
    let &(id, fingerprint) = known.get(&order.id)?;
    Some(if id == order.id {
        Outcome::Committed(id)
    } else if fingerprint == order.fingerprint {
        Outcome::Replay(id)
    } else {
        Outcome::KeyReused
    })
}

/// The sale is not open: only replays are answered as ever.
pub(super) fn refuse_all(orders: &[Candidate<'_>], known: &Known, closed: &Closed) -> Vec<Verdict> {
    let refuse = || match closed {
        Closed::NotYet(on_sale_at) => Outcome::NotYetOnSale(*on_sale_at),
        Closed::Over => Outcome::SaleOver,
    };
    let outcomes = orders
        .iter()
        .map(|order| replay(order, known).unwrap_or_else(refuse));
    outcomes.map(Verdict::Done).collect()
}

/// The free tickets as everybody sees them, locked or not, before this batch commits.
struct Counted {
    /// By tier, counted only as far as the orders make it matter.
    free: HashMap<TierNo, i32>,
    /// Of the seats that orders name, those that are free and not given in this batch.
    named_free: Vec<(TierNo, SeatNo)>,
    overdue: bool,
}

impl Counted {
    async fn read(
        client: &Client,
        orders: &[Candidate<'_>],
        stock: &Stock,
        draft: &Draft<'_>,
    ) -> Result<Self, Error> {
        let (mut tiers, mut bounds) = (Vec::new(), Vec::new());
        for tier in &stock.tiers {
            let items = draft.short_orders(orders).flat_map(|order| &order.items);
            if let Some(asked) = items
                .filter(|item| item.tier == tier.no)
                .map(|item| item.quantity)
                .max()
            {
                tiers.push(tier.no);
                bounds.push(i64::from(
                    asked + draft.given.get(&tier.no).copied().unwrap_or(0),
                ));
            }
        }
        let count_free = client
            .prepare_cached(include_str!("sql/count_free.sql"))
            .await?;
        let rows = client
            .query(&count_free, &[&stock.event, &tiers, &bounds])
            .await?;
        let mut named_free = free_named(client, stock, orders).await?;
        let given = draft
            .fills
            .iter()
            .zip(orders)
            .flat_map(|(fill, order)| match fill {
                Fill::Filled(taken) => order
                    .items
                    .iter()
                    .zip(taken)
                    .map(|(item, taken)| (item.tier, taken))
                    .collect(),
                _ => Vec::new(),
            });
        let given: HashSet<_> = given
            .flat_map(|(tier, taken)| taken.seats.iter().map(move |&seat| (tier, seat)))
            .collect();
        named_free.retain(|seat| !given.contains(seat));
        Ok(Self {
            free: rows
                .iter()
                .map(|row| (row.get("tier_no"), row.get::<_, i64>("free") as i32))
                .collect(),
            named_free,
            overdue: rows.iter().any(|row| row.get("overdue")),
        })
    }

    /// What a short order is told. `given` are the tickets that this batch gives to others.
    fn verdict(&self, order: &Order, given: &HashMap<TierNo, i32>) -> Verdict {
        let available = |tier| self.free.get(&tier).unwrap_or(&0) - given.get(&tier).unwrap_or(&0);
        let shortages = |all: bool| -> Vec<Shortage> {
            let items = order.items.iter().map(|item| Shortage {
                tier: item.tier,
                asked: item.quantity,
                available: available(item.tier).max(0),
            });
            items
                .filter(|shortage| all || shortage.available < shortage.asked)
                .collect()
        };
        if self.overdue {
            return Verdict::Overdue(shortages(true));
        }
        let sold_out = shortages(false);
        if !sold_out.is_empty() {
            return Verdict::Done(Outcome::SoldOut(sold_out));
        }
        let named = order
            .items
            .iter()
            .flat_map(|item| item.seats.iter().flatten().map(|&seat| (item.tier, seat)));
        let gone: Vec<_> = named
            .filter(|seat| !self.named_free.contains(seat))
            .collect();
        if !gone.is_empty() {
            return Verdict::Done(Outcome::SeatsTaken(gone));
        }
        Verdict::Held(shortages(true))
    }
}

/// What a batch writes.
struct Writes<'o> {
    bookings: NewBookings<'o>,
    /// Of all items, in their order.
    seats: Vec<SeatNo>,
    given: Given,
}

impl<'o> Writes<'o> {
    fn of(orders: &[Candidate<'o>], draft: &Draft<'_>, locked: &Locked) -> Self {
        let fills = orders.iter().zip(&draft.fills);
        let mut filled: Vec<_> = fills
            .filter_map(|(order, fill)| match fill {
                Fill::Filled(taken) => Some((order, taken)),
                Fill::Known(_) | Fill::Short => None,
            })
            .collect();
        let mut given = Given::default();
        // As they were given, so side by side.
        for (order, taken) in &filled {
            for (item, taken) in order.items.iter().zip(*taken) {
                given.add(locked, item.tier, &taken.seats, order.id);
            }
        }
        filled.sort_unstable_by(|(a, _), (b, _)| a.identity().cmp(&b.identity()));
        let (mut bookings, mut seats) = (NewBookings::default(), Vec::new());
        for (order, taken) in filled {
            let firsts = taken.iter().map(|taken| {
                let first = seats.len();
                seats.extend_from_slice(&taken.seats);
                first
            });
            bookings.push(order, firsts);
        }
        Self {
            bookings,
            seats,
            given,
        }
    }
}
