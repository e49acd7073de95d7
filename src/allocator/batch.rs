//! One batch: orders for one event, allocated in one transaction and two steps, each sent in one go.
//!
//! The first step begins, reads the sale's state, looks the idempotency keys up and locks free
//! tickets. Between the two, [`decide`] assigns the locked tickets. The second step writes bookings,
//! items and tickets and commits. Only a batch that comes up short makes round trips in between: the
//! locks are taken again from the first seat on, and free tickets are counted regardless of locks.
//!
//! Each step is a value that owns its parameters, so that a lane can send the first step of the next
//! batch right after the COMMIT of this one. Retries and waiting are not here: `lane` does both.

use std::collections::BTreeMap;
use std::time::Duration;

use super::code::{Codes, WantedCodes};
use super::draft::Draft;
use super::first_free::{EARLIER_AT_ONCE, FirstFree};
use super::order::{Candidate, Stock, Verdict};
use super::sale::Sale;
use super::shortage::FreeCounts;
use super::statements::{Connection, Session};
use super::tickets::{LockedTickets, Named, Wanted};
use super::writes::{Held, Writes};
use crate::postgres::{Db, Error, Values};
use crate::types::{BuyerId, EventNo, IdempotencyKey, SeatNo, TierNo};

/// The parameters of the first step.
pub(super) struct FirstStep {
    event: EventNo,
    keys: Keys,
    codes: WantedCodes,
    wanted: Wanted,
    /// Seats before those that are searched.
    earlier: Vec<(TierNo, SeatNo)>,
    /// These, and those that orders name.
    named: Named,
    new_plans: bool,
}

/// The buyers and idempotency keys of some orders.
struct Keys {
    event: EventNo,
    buyer_ids: Vec<BuyerId>,
    keys: Vec<IdempotencyKey>,
}

impl Keys {
    fn of(stock: &Stock, orders: &[Candidate<'_>]) -> Self {
        Self {
            event: stock.event,
            buyer_ids: orders.iter().map(|order| order.buyer).collect(),
            keys: orders.iter().map(|order| order.key.clone()).collect(),
        }
    }

    /// What they have booked, and the sale's state. The first poll sends it.
    async fn look_up(&self, session: Session<'_>) -> Result<Sale, Error> {
        let values: Values<'_> = &[
            ("event_id", &self.event),
            ("buyer_ids", &self.buyer_ids),
            ("keys", &self.keys),
        ];
        let look_up = &session.statements.sale_and_known_keys;
        let rows = look_up.query(&session, values).await?;
        Ok(Sale::read(&rows, self.keys.len()))
    }
}

/// The result of the first step. The transaction is open and holds the locks.
pub(super) struct Found {
    sale: Sale,
    codes: Codes,
    /// From where on each tier was searched, and what was found there and locked.
    starts: Vec<(TierNo, SeatNo)>,
    free: LockedTickets,
    /// The seats before that were looked at.
    earlier: Vec<(TierNo, SeatNo)>,
    /// What of them and of the seats that orders name was locked.
    named: LockedTickets,
}

impl FirstStep {
    /// Searches for free tickets from the hint's seat on. No two orders have the same buyer and key.
    pub(super) fn of(stock: &Stock, orders: &[Candidate<'_>], first_free: &FirstFree) -> Self {
        let wanted = wanted(stock, orders, |tier| first_free.start(tier));
        let earlier: Vec<_> = wanted
            .quantities()
            .flat_map(|(tier, quantity)| {
                let seats = first_free.earlier(tier).map(move |seat| (tier, seat));
                seats.take(EARLIER_AT_ONCE.min(quantity as usize))
            })
            .collect();
        Self {
            event: stock.event,
            keys: Keys::of(stock, orders),
            codes: WantedCodes::of(orders),
            wanted,
            named: Named::of(named(orders).chain(earlier.iter().copied())),
            earlier,
            new_plans: false,
        }
    }

    /// Makes PostgreSQL plan the statements again.
    pub(super) fn with_new_plans(mut self) -> Self {
        self.new_plans = true;
        self
    }

    /// Begins the transaction. The first poll sends everything.
    pub(super) async fn send(&self, connection: &Connection) -> Result<Found, Error> {
        // Futures are polled in this order, so the statements are sent in this order, pipelined.
        let (begun, found) = tokio::join!(
            connection.begin_batch(self.new_plans),
            self.search(connection.session()),
        );
        begun?;
        found
    }

    /// All but the beginning of the transaction. The first poll sends everything.
    pub(super) async fn search(&self, session: Session<'_>) -> Result<Found, Error> {
        let statements = session.statements;
        let (sale, codes, free, named) = tokio::join!(
            self.keys.look_up(session),
            self.codes.look_up(session, self.event),
            self.wanted
                .lock(&session, &statements.lock_free_tickets, self.event),
            self.named
                .query(&session, &statements.lock_named_tickets, self.event),
        );
        Ok(Found {
            sale: sale?,
            codes: codes?,
            starts: self.wanted.starts().collect(),
            free: free?,
            earlier: self.earlier.clone(),
            named: LockedTickets::read(&named?),
        })
    }
}

/// What a batch will write, and what its orders are answered if that is committed.
pub(super) struct Decision {
    pub(super) writes: Writes,
    /// In the order of the orders.
    pub(super) verdicts: Vec<Verdict>,
}

/// Assigns what the first step has locked. If that is too little for an order, searches every tier from
/// its first seat on and counts, within the same transaction.
///
/// The hint moves to where free tickets are once the batch is committed.
pub(super) async fn decide(
    session: Session<'_>,
    stock: &Stock,
    orders: &[Candidate<'_>],
    found: Found,
    hold: Duration,
    first_free: &mut FirstFree,
) -> Result<Decision, Error> {
    let Found {
        sale,
        codes,
        mut starts,
        mut free,
        earlier,
        named,
    } = found;
    if let Some(verdicts) = sale.refusals(orders) {
        let writes = Writes::nothing(stock);
        return Ok(Decision { writes, verdicts });
    }
    let mut locked = free.clone().and(named);
    let mut draft = Draft::new(stock, orders, (&sale, &codes), locked.tickets());
    let mut counts = None;
    if draft.is_short() {
        let wanted = wanted(stock, orders, |_| SeatNo(1));
        let lock_free = &session.statements.lock_free_tickets;
        let more = wanted.lock(&session, lock_free, stock.event).await?;
        starts = wanted.starts().collect();
        for &(tier, _) in &starts {
            first_free.set(tier, None);
        }
        free = free.and(more.clone());
        locked = locked.and(more);
        draft = Draft::new(stock, orders, (&sale, &codes), locked.tickets());
        if draft.is_short() {
            let short: Vec<_> = draft.short_orders(orders).collect();
            let (keys, given) = (Keys::of(stock, &short), draft.given(orders));
            // Sent in this order: what has taken the tickets that are missing in the counts is in the keys.
            let (read, again) = tokio::join!(
                FreeCounts::read(session, stock, &short, &given),
                keys.look_up(session)
            );
            let read = read?;
            draft.replay_short(again?.replays(&short));
            draft.fill_with_special(stock, orders, &sale, &read);
            counts = Some(read);
        }
    }
    // Where free tickets are once this is committed: those that are locked and not given.
    for (tier, start) in starts {
        if let Some(SeatNo(last)) = free.last_of(tier) {
            let left = draft.left(tier, start);
            first_free.advance(tier, start, left, SeatNo(last + 1));
        }
    }
    for (tier, seat) in earlier {
        if !draft.has_free(tier, seat) {
            first_free.remove(tier, seat);
        }
    }
    let held = Held {
        from: sale.now,
        until: sale.now + sale.hold.unwrap_or(hold),
    };
    Ok(Decision {
        writes: Writes::of(stock, draft.filled(orders, &sale), &locked, held),
        verdicts: draft.verdicts(orders, held, counts.as_ref()),
    })
}

/// How many tickets of each stock are wanted by orders that name no seats; `first` is where the search
/// starts in the tier whose stock it is.
fn wanted(stock: &Stock, orders: &[Candidate<'_>], first: impl Fn(TierNo) -> SeatNo) -> Wanted {
    let mut quantities: BTreeMap<TierNo, i64> = BTreeMap::new();
    let items = orders.iter().flat_map(|order| &order.items);
    for item in items.filter(|item| item.seats.is_none()) {
        *quantities.entry(item.stock).or_insert(0) += i64::from(item.quantity);
    }
    let mut wanted = Wanted::default();
    for (no, quantity) in quantities {
        if let Some(tier) = stock.tier(no) {
            wanted.add(tier, first(no), quantity);
        }
    }
    wanted
}

/// The seats that orders name, each with the tier whose ticket it is.
fn named(orders: &[Candidate<'_>]) -> impl Iterator<Item = (TierNo, SeatNo)> {
    let items = orders.iter().flat_map(|order| &order.items);
    items.flat_map(|item| {
        let seats = item.seats.iter().flatten();
        seats.map(|&seat| (item.stock, seat))
    })
}

/// Allocates one batch by itself: a verdict for each order, in their order, all committed. No two
/// orders have the same buyer and key. `first_free` says where the search starts, and is updated.
///
/// # Errors
/// Nothing was committed, or the commit is in doubt: then a second call finds the keys of what was
/// committed. A unique violation of `bookings_turn_key` means that another process has just
/// made one of the bookings: a second call finds it.
pub async fn allocate(
    db: &Db,
    stock: &Stock,
    orders: &[Candidate<'_>],
    hold: Duration,
    first_free: &mut FirstFree,
) -> Result<Vec<Verdict>, Error> {
    let connection = Connection::open(db).await?;
    let found = FirstStep::of(stock, orders, first_free)
        .send(&connection)
        .await?;
    let before = first_free.clone();
    let decision = decide(connection.session(), stock, orders, found, hold, first_free).await?;
    let (written, committed) = tokio::join!(
        decision.writes.send(connection.session()),
        decision.writes.commit(&connection)
    );
    let written = written.and(committed);
    if let Err(error) = written {
        first_free.lower_to(&before);
        return Err(error);
    }
    connection.give_back();
    Ok(decision.verdicts)
}
