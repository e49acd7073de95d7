//! Calls an event off: all of its bookings are cancelled and refunded in the background. Owns the table `call_offs`.
//!
//! What must hold:
//! - A batch is one transaction: it locks the event's row of `call_offs`, which another process passes over, cancels
//!   bookings, makes their refunds due, ends what their buyers were to do, and moves the row along. A process that dies in the middle has done nothing, and
//!   another goes on where the last commit was.
//! - A refund is due once for a charge (`ledger`) and is made by recovery, under a lease, by the payment's id.
//! - All bookings are cancelled only when none holds tickets, and no transaction is open any more that began when the
//!   event was still on sale: it might make another. A payment that succeeds after that is refunded by `record`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::figures::Step;
use super::settle::Settler;
use super::{ledger, paid_differences};
use crate::audit::{self, Actor, Entry};
use crate::booking::{self, CancelledMany, Confirmed, Status};
use crate::catalog::{self, Event};
use crate::fault;
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, Timestamp};

/// Bookings that one transaction cancels at most: some ten milliseconds of work.
const BATCH: i64 = 100;
/// How long one round goes on at most.
const ROUND: Duration = Duration::from_secs(2);
/// Seconds until it is looked for bookings again that were locked, or have come since.
const LOOK_AGAIN_SECONDS: f64 = 1.0;
/// Events that one round looks after at most.
const EVENTS_MAX: i64 = 100;

/// $1 event, $2 bookings that hold tickets.
const INSERT: &str = "
    INSERT INTO call_offs AS c (event_id, bookings) VALUES ($1, $2) ON CONFLICT (event_id) DO NOTHING";

/// $1 how many at most. Takes no locks.
const DUE: &str = "
    SELECT event_id FROM call_offs
    WHERE finished_at IS NULL AND look_at <= now() ORDER BY look_at LIMIT $1";

/// $1 event. Whoever has it locked looks after the event.
const CLAIM: &str = "
    SELECT called_off_at, last_confirmed_at, last_id, cancelled_at FROM call_offs
    WHERE event_id = $1 AND finished_at IS NULL AND look_at <= now()
    FOR UPDATE SKIP LOCKED";

/// $1 event, $2 and $3 the last paid booking, $4 bookings and $5 refunds to add.
const MOVE_ON: &str = "
    UPDATE call_offs
    SET last_confirmed_at = coalesce($2, last_confirmed_at), last_id = coalesce($3, last_id),
        cancelled = cancelled + $4, refunds = refunds + $5
    WHERE event_id = $1";

/// $1 event, $2 seconds, $3 whether no booking can hold tickets any more; $4 seconds from now (0) if so or NULL, and $5 if all
/// money is back.
const PAUSE: &str = "
    UPDATE call_offs
    SET last_confirmed_at = NULL, last_id = NULL, look_at = now() + make_interval(secs => $2),
        cancelled_at = least(CASE WHEN $3 THEN cancelled_at END, now() + make_interval(secs => $4)),
        finished_at = now() + make_interval(secs => $5)
    WHERE event_id = $1";

/// $1 event.
const READ: &str = "
    SELECT called_off_at, bookings, cancelled, refunds, cancelled_at, finished_at
    FROM call_offs WHERE event_id = $1";

/// How far the calling off of an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOff {
    /// When it was called off.
    pub called_off_at: Timestamp,
    /// Bookings that held tickets then, or later.
    pub bookings: i64,
    /// Those of them that are cancelled.
    pub cancelled: i64,
    /// Charges that go back because of it.
    pub refunds: i64,
    /// Those of them that are back.
    pub refunded: i64,
    /// Refunds that were tried in vain at least once, and are tried again.
    pub failed: i64,
    /// Payments at the box office, and exchanges for dearer tickets that were paid by hand, of which something is to be given
    /// back by hand, and is not yet.
    pub by_hand: i64,
    /// When no booking held tickets any more.
    pub cancelled_at: Option<Timestamp>,
    /// When all money was back that goes back by itself.
    pub finished_at: Option<Timestamp>,
}

/// What a process that looks after an event knows of it.
struct Claim {
    called_off_at: Timestamp,
    is_cancelled: bool,
    last: Option<Confirmed>,
}

/// What one transaction has done.
#[derive(Default)]
struct Batch {
    cancelled: CancelledMany,
    refunds: u64,
}

/// Calls the event off. False if it was called off before.
pub(super) async fn begin(db: &Db, by: &Actor, event: &Event) -> Result<bool, Error> {
    let entry = Entry::new(by, "event.called_off", "event", event.id);
    let entry = Arc::new(entry.event(event.no).of(event.organisation));
    let event = event.no;
    db.transaction(|transaction| {
        let entry = entry.clone();
        Box::pin(async move {
            if !catalog::call_off(transaction, event).await? {
                return Ok(false);
            }
            let bookings = booking::count_live(transaction, event).await?;
            let statement = transaction.prepare_cached(INSERT).await?;
            let params: Params = &[&event, &bookings];
            transaction.execute(&statement, params).await?;
            audit::record(transaction, &entry).await?;
            log::info!(event_no = event.0; "called off; {bookings} bookings are cancelled and refunded");
            Ok(true)
        })
    })
    .await
}

/// How far it is.
pub(super) async fn read(db: &Db, event: EventNo) -> Result<Option<CallOff>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(READ).await?;
    let Some(row) = client.query_opt(&statement, &[&event]).await? else {
        return Ok(None);
    };
    let due = ledger::refunds_due(&client, event).await?;
    let (cancelled, refunds): (i64, i64) = (row.get("cancelled"), row.get("refunds"));
    // A late charge that goes back is due too, and is none of these.
    let by_hand = ledger::count_by_hand(&client, event).await?;
    let left = (due.due + by_hand).min(refunds);
    let differences = paid_differences::count_due(&client, event).await?;
    Ok(Some(CallOff {
        called_off_at: row.get("called_off_at"),
        bookings: cancelled.max(row.get("bookings")),
        cancelled,
        refunds,
        refunded: refunds - left,
        failed: due.failed.min(left),
        by_hand: by_hand + differences,
        cancelled_at: row.get("cancelled_at"),
        finished_at: row.get("finished_at"),
    }))
}

/// Looks after the events that are due, for [`ROUND`] at most. How many bookings were cancelled.
pub(super) async fn run_due(settler: &Settler) -> Result<usize, Error> {
    let client = settler.db.get().await?;
    let statement = client.prepare_cached(DUE).await?;
    let rows = client.query(&statement, &[&EVENTS_MAX]).await?;
    drop(client);
    let (began, mut cancelled) = (Instant::now(), 0);
    for row in &rows {
        let event = row.get("event_id");
        while began.elapsed() < ROUND {
            let batch = run_batch(settler, event).await?;
            if batch == 0 {
                break;
            }
            cancelled += batch;
        }
    }
    Ok(cancelled)
}

/// One transaction, and what follows from it. How many bookings it has cancelled.
async fn run_batch(settler: &Settler, event: EventNo) -> Result<usize, Error> {
    // Before the bookings are looked at: who began later cannot have sold any.
    let settled_until = settler.db.get().await?.settled_until().await?;
    let batch = settler
        .db
        .transaction(|transaction| {
            Box::pin(async move { cancel_in(transaction, event, settled_until).await })
        })
        .await?;
    let Batch { cancelled, refunds } = batch;
    settler.lanes.released(event, &cancelled.released);
    for _ in &cancelled.bookings {
        settler.figures.end(Status::Cancelled);
    }
    (0..refunds).for_each(|_| settler.figures.count(Step::RefundDue));
    let count = cancelled.bookings.len();
    if count > 0 {
        log::info!(event_no = event.0; "called off: {count} bookings cancelled; {refunds} refunds are due");
    }
    Ok(count)
}

async fn cancel_in(
    transaction: &Transaction<'_>,
    event: EventNo,
    settled_until: Timestamp,
) -> Result<Batch, Error> {
    let Some(claim) = claim(transaction, event).await? else {
        return Ok(Batch::default());
    };
    if claim.is_cancelled {
        pause(transaction, event, true).await?;
        return Ok(Batch::default());
    }
    let cancelled = booking::cancel_many(transaction, event, claim.last, BATCH).await?;
    if cancelled.bookings.is_empty() {
        let is_settled = settled_until > claim.called_off_at;
        let is_cancelled = is_settled
            && claim.last.is_none()
            && booking::count_live(transaction, event).await? == 0;
        pause(transaction, event, is_cancelled).await?;
        return Ok(Batch::default());
    }
    let refunds = ledger::request_many_refunds(transaction, event, &cancelled.bookings).await?;
    if cancelled.last.is_none() {
        // They were not paid yet: what their buyers are doing at their banks pays nothing any more.
        ledger::end_many_actions(transaction, event, &cancelled.bookings).await?;
    }
    move_on(transaction, event, &cancelled, refunds).await?;
    fault::point(fault::CALLING_OFF);
    Ok(Batch { cancelled, refunds })
}

async fn claim(transaction: &Transaction<'_>, event: EventNo) -> Result<Option<Claim>, Error> {
    let statement = transaction.prepare_cached(CLAIM).await?;
    let row = transaction.query_opt(&statement, &[&event]).await?;
    Ok(row.map(|row| Claim {
        called_off_at: row.get("called_off_at"),
        is_cancelled: row.get::<_, Option<Timestamp>>("cancelled_at").is_some(),
        last: row
            .get::<_, Option<Timestamp>>("last_confirmed_at")
            .zip(row.get::<_, Option<BookingId>>("last_id"))
            .map(|(at, id)| Confirmed { at, id }),
    }))
}

async fn move_on(
    transaction: &Transaction<'_>,
    event: EventNo,
    cancelled: &CancelledMany,
    refunds: u64,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(MOVE_ON).await?;
    let (at, id) = (
        cancelled.last.map(|last| last.at),
        cancelled.last.map(|last| last.id),
    );
    let (count, refunds) = (cancelled.bookings.len() as i64, refunds as i64);
    let params: Params = &[&event, &at, &id, &count, &refunds];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// Nothing is left to cancel after the last booking: from the first one again after a pause, unless that is all.
async fn pause(
    transaction: &Transaction<'_>,
    event: EventNo,
    is_cancelled: bool,
) -> Result<(), Error> {
    let is_back = is_cancelled && is_money_back(transaction, event).await?;
    let statement = transaction.prepare_cached(PAUSE).await?;
    let (cancelled, back) = (is_cancelled.then_some(0.0), is_back.then_some(0.0));
    let params: Params = &[
        &event,
        &LOOK_AGAIN_SECONDS,
        &is_cancelled,
        &cancelled,
        &back,
    ];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// Whether no refund of the event is due, and none can become due any more.
async fn is_money_back(client: &Client, event: EventNo) -> Result<bool, Error> {
    let due = ledger::refunds_due(client, event).await?;
    Ok(due.due == 0 && !ledger::is_in_doubt(client, event).await?)
}
