//! One batch: a slice of orders for one event, allocated in one transaction.
//!
//! Two pipelined round trips. The first begins, reads the sale's state, looks the idempotency
//! keys up and locks free tickets; the second writes bookings, items and tickets and commits.
//! Only a batch that comes up short makes a third: the locks are taken again from the very
//! first seat, and the free tickets are counted regardless of locks.
//!
//! The statements are in `sql/`. Each guards the number of rows that it touches, because COMMIT
//! is sent before their answers are read.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio_postgres::Statement;
use uuid::Uuid;

use super::assign::{Pool, Taken};
use super::first_free::{FirstFree, Look};
use super::lock::{self, Given, Locked, Wanted};
use super::{BY_KEY, Booked, Order, Outcome, Shortage, Stock};
use crate::db::{Client, Db, Error, Params};
use crate::types::{
    BookingId, EventNo, Fingerprint, IdempotencyKey, SeatNo, TierNo, Timestamp, UserId,
};

/// Makes every plan look dear: see [`Statements::settle`].
const DEAR: &str = "SET LOCAL random_page_cost = 1e9; SET LOCAL cpu_index_tuple_cost = 1e9; SET LOCAL cpu_tuple_cost = 1e9";

fn begin() -> String {
    format!("BEGIN; {BY_KEY}")
}

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

/// The prepared statements of a batch.
struct Statements {
    sale_and_known_keys: Statement,
    lock_free: Statement,
    lock_named: Statement,
    insert_bookings: Statement,
    take_tickets: Statement,
}

impl Statements {
    async fn prepare(client: &Client) -> Result<Self, Error> {
        let known = client.statement_cache.size();
        let statements = Self {
            sale_and_known_keys: client
                .prepare_cached(include_str!("sql/sale_and_known_keys.sql"))
                .await?,
            lock_free: client.prepare_cached(lock::FREE).await?,
            lock_named: client.prepare_cached(lock::NAMED).await?,
            insert_bookings: client
                .prepare_cached(include_str!("sql/insert_bookings.sql"))
                .await?,
            take_tickets: client.prepare_cached(lock::TAKE).await?,
        };
        if client.statement_cache.size() > known {
            statements.settle(client).await?;
        }
        Ok(statements)
    }

    /// Has PostgreSQL settle on its generic plans, on a new connection. It plans a statement anew for
    /// its first five executions, and then goes on doing so for ever if that looked cheaper on
    /// average: it does for one order, and then every order pays for planning, more than for its
    /// tickets. So the first five look very dear, and are of an event that there is not.
    /// <https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES>
    async fn settle(&self, client: &Client) -> Result<(), Error> {
        const CUSTOM_PLANS: usize = 5;
        let (event, none, now) = (EventNo(-1), 0_i64, Timestamp::default());
        let (uuids, texts, blobs) = (vec![Uuid::nil()], vec![""], vec![[0_u8].as_slice()]);
        let (shorts, ints, longs) = (vec![-1_i16], vec![1_i32], vec![0_i64]);
        client.batch_execute(&begin()).await?;
        client.batch_execute(DEAR).await?;
        for _ in 0..CUSTOM_PLANS {
            client
                .query(&self.sale_and_known_keys, &[&event, &uuids, &texts])
                .await?;
            client
                .query(&self.lock_free, &[&event, &shorts, &ints, &longs])
                .await?;
            client
                .query(&self.lock_named, &[&event, &shorts, &ints])
                .await?;
            let bookings: Params = &[
                &event, &none, &none, &"", &now, &now, &uuids, &uuids, &texts, &blobs, &longs,
                &shorts, &ints, &uuids, &shorts, &ints, &longs, &ints,
            ];
            client.query(&self.insert_bookings, bookings).await?;
            Given::default()
                .take(client, &self.take_tickets, event)
                .await?;
        }
        Ok(client.batch_execute("ROLLBACK").await?)
    }
}

/// A connection in the middle of a transaction. Dropped there, by an error or because the caller
/// went away, it is closed rather than lent to the next one.
struct Midway(Option<Client>);

impl Midway {
    fn done(mut self) {
        self.0 = None;
    }
}

impl std::ops::Deref for Midway {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.0.as_ref().expect("present until done")
    }
}

impl Drop for Midway {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Client::take(client));
        }
    }
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

/// What the first round trip found.
struct Found {
    now: Timestamp,
    closed: Option<Closed>,
    /// By the order's index in the batch.
    known: HashMap<usize, (Uuid, Fingerprint)>,
    locked: Locked,
}

enum Closed {
    NotYet(Timestamp),
    Over,
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
    let client = db.get().await?;
    let client = Midway(Some(client));
    let statements = Statements::prepare(&client).await?;
    let mut look = first_free.look();
    let found = first_round(&client, &statements, stock, orders, &mut look).await?;
    if let Some(closed) = found.closed {
        client.batch_execute("ROLLBACK").await?;
        client.done();
        return Ok(refuse_all(orders, &found.known, &closed));
    }
    let mut locked = found.locked;
    let mut draft = Draft::new(stock, orders, &found.known, locked.tickets());
    let mut shortages = None;
    if draft.is_short() {
        let again = lock_from_the_start(&client, &statements, stock, orders).await?;
        look.pass(again.tickets());
        locked = locked.and(again);
        draft = Draft::new(stock, orders, &found.known, locked.tickets());
        if draft.is_short() {
            shortages = Some(Counted::read(&client, orders, stock, &draft).await?);
        }
    }
    let rows = Rows::of(orders, &draft, &locked);
    second_round(&client, &statements, stock, &rows, found.now, hold).await?;
    client.done();
    look.done(|tier| draft.pool.first_free(tier));
    Ok(draft.verdicts(orders, found.now, hold, shortages.as_ref()))
}

async fn first_round(
    client: &Client,
    statements: &Statements,
    stock: &Stock,
    orders: &[Candidate<'_>],
    look: &mut Look<'_>,
) -> Result<Found, Error> {
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
    let sale = sale?;
    let (now, closed) = match sale.first() {
        Some(row) if row.get("over") => (row.get("now"), Some(Closed::Over)),
        Some(row) if row.get("opened") => (row.get("now"), None),
        Some(row) => (row.get("now"), Some(Closed::NotYet(row.get("on_sale_at")))),
        None => (Timestamp::default(), Some(Closed::Over)),
    };
    let known = sale.iter().filter_map(|row| {
        let index = row.get::<_, Option<i64>>("n")? as usize - 1;
        Some((index, (row.get("id"), row.get("request_fingerprint"))))
    });
    let known = known.collect();
    let locked = locked?;
    look.pass(locked.tickets());
    Ok(Found {
        now,
        closed,
        known,
        locked: locked.and(named?),
    })
}

/// Takes the locks again, from the first seat of every tier: nothing is called short before.
async fn lock_from_the_start(
    client: &Client,
    statements: &Statements,
    stock: &Stock,
    orders: &[Candidate<'_>],
) -> Result<Locked, Error> {
    let wanted = wanted_of(stock, orders, |_| SeatNo(1));
    wanted
        .lock(client, &statements.lock_free, stock.event)
        .await
}

async fn second_round(
    client: &Client,
    statements: &Statements,
    stock: &Stock,
    rows: &Rows<'_>,
    now: Timestamp,
    hold: Duration,
) -> Result<(), Error> {
    if rows.ids.is_empty() {
        return Ok(client.batch_execute("ROLLBACK").await?);
    }
    let expires_at = now + hold;
    let currency = stock.currency.code();
    let bookings: Params = &[
        &stock.event,
        &(rows.ids.len() as i64),
        &(rows.item_ids.len() as i64),
        &currency,
        &now,
        &expires_at,
        &rows.ids,
        &rows.users,
        &rows.keys,
        &rows.fingerprints,
        &rows.totals,
        &rows.first_tiers,
        &rows.item_seats,
        &rows.item_ids,
        &rows.item_tiers,
        &rows.item_quantities,
        &rows.item_prices,
        &rows.item_firsts,
    ];
    let (inserted, taken, committed) = tokio::join!(
        client.query(&statements.insert_bookings, bookings),
        rows.given
            .take(client, &statements.take_tickets, stock.event),
        client.batch_execute("COMMIT"),
    );
    inserted?;
    taken?;
    Ok(committed?)
}

fn wanted_of(stock: &Stock, orders: &[Candidate<'_>], first: impl Fn(TierNo) -> SeatNo) -> Wanted {
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
    Known(Uuid, Fingerprint),
    Filled(Vec<Taken>),
    Short,
}

impl<'a> Draft<'a> {
    fn new(
        stock: &'a Stock,
        orders: &[Candidate<'_>],
        known: &HashMap<usize, (Uuid, Fingerprint)>,
        locked: &[(TierNo, SeatNo)],
    ) -> Self {
        let mut pool = Pool::new(stock, locked);
        let mut given = HashMap::new();
        let fills = orders.iter().enumerate().map(|(index, order)| {
            if let Some(&(id, fingerprint)) = known.get(&index) {
                return Fill::Known(id, fingerprint);
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
                (Fill::Known(id, fingerprint), _) => replay(order, id, fingerprint),
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

fn replay(order: &Candidate<'_>, id: Uuid, fingerprint: Fingerprint) -> Verdict {
    let id = BookingId(id);
    Verdict::Done(if id == order.id {
        Outcome::Committed(id)
    } else if fingerprint == order.fingerprint {
        Outcome::Replay(id)
    } else {
        Outcome::KeyReused
    })
}

/// The sale is not open: only replays are answered as ever.
fn refuse_all(
    orders: &[Candidate<'_>],
    known: &HashMap<usize, (Uuid, Fingerprint)>,
    closed: &Closed,
) -> Vec<Verdict> {
    let refuse = |(index, order): (usize, &Candidate<'_>)| match (known.get(&index), closed) {
        (Some(&(id, fingerprint)), _) => replay(order, id, fingerprint),
        (None, Closed::NotYet(on_sale_at)) => Verdict::Done(Outcome::NotYetOnSale(*on_sale_at)),
        (None, Closed::Over) => Verdict::Done(Outcome::SaleOver),
    };
    orders.iter().enumerate().map(refuse).collect()
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

/// The rows of a batch, a vector per column, as `unnest` takes them.
#[derive(Default)]
struct Rows<'o> {
    ids: Vec<BookingId>,
    users: Vec<UserId>,
    keys: Vec<&'o IdempotencyKey>,
    fingerprints: Vec<Fingerprint>,
    totals: Vec<i64>,
    first_tiers: Vec<TierNo>,
    item_ids: Vec<BookingId>,
    item_tiers: Vec<TierNo>,
    item_quantities: Vec<i32>,
    item_prices: Vec<i64>,
    /// Where an item's seats begin in `item_seats`, counted from 1.
    item_firsts: Vec<i32>,
    item_seats: Vec<SeatNo>,
    given: Given,
}

impl<'o> Rows<'o> {
    fn of(orders: &[Candidate<'o>], draft: &Draft<'_>, locked: &Locked) -> Self {
        let fills = orders.iter().zip(&draft.fills);
        let mut filled: Vec<_> = fills
            .filter_map(|(order, fill)| match fill {
                Fill::Filled(taken) => Some((order, taken)),
                Fill::Known(..) | Fill::Short => None,
            })
            .collect();
        let mut rows = Self::default();
        // As they were given, so side by side.
        for (order, taken) in &filled {
            for (item, taken) in order.items.iter().zip(*taken) {
                rows.given.add(locked, item.tier, &taken.seats, order.id);
            }
        }
        filled.sort_unstable_by(|(a, _), (b, _)| a.identity().cmp(&b.identity()));
        for (order, taken) in filled {
            rows.ids.push(order.id);
            rows.users.push(order.user);
            rows.keys.push(&order.order.key);
            rows.fingerprints.push(order.fingerprint);
            rows.totals.push(order.total_minor);
            rows.first_tiers.push(order.items[0].tier);
            for (item, taken) in order.items.iter().zip(taken) {
                rows.item_ids.push(order.id);
                rows.item_tiers.push(item.tier);
                rows.item_quantities.push(item.quantity);
                rows.item_prices.push(item.unit_price_minor);
                rows.item_firsts.push(rows.item_seats.len() as i32 + 1);
                rows.item_seats.extend_from_slice(&taken.seats);
            }
        }
        rows
    }
}
