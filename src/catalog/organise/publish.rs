//! Publishing: the tickets of a draft are made, and then it is listed and sold.
//!
//! A million tickets take seconds, so they are made in transactions of some ten thousand, between which others have their
//! turn. What must hold: nothing is sold before all tickets are there (the event is `publishing` until then); how far it
//! has come is read from the tickets themselves, so that whoever goes on after a crash, in any process, makes what is
//! missing and nothing twice.

use super::EditError;
use super::capacity::{CHUNK, last_seat};
use super::own::lock;
use super::series::must_be_own;
use crate::allocator::supply::make_tickets;
use crate::audit::{self, Actor, Entry};
use crate::catalog::details::TIERS_MAX;
use crate::catalog::must::Must;
use crate::catalog::status::Status;
use crate::postgres::{Db, Error, Transaction};
use crate::seating::Rows;
use crate::types::{EventId, EventNo, SeatNo, TierNo};

/// How far the publishing of an event has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Where the event is in its life.
    pub status: Status,
    /// Tickets that are made.
    pub made: i64,
    /// Tickets that it is to have.
    pub of: i64,
}

impl Progress {
    /// In percent.
    pub fn percent(&self) -> i64 {
        100 * self.made / self.of.max(1)
    }
}

/// Begins to publish a draft; [`go_on`] makes its tickets. What is published, or is being, stays so.
///
/// # Errors
/// [`EditError::Invalid`] of an event without tiers, or one that has begun, or whose series is another
/// organisation's; [`EditError::NoDraft`] of one that is called
/// off; those of the database.
pub async fn publish(db: &Db, by: &Actor, id: EventId) -> Result<EventNo, EditError> {
    db.transaction(|transaction| {
        let by = by.clone();
        Box::pin(async move {
            let own = lock(transaction, id, &by, None).await?;
            let event = &own.event;
            match event.status {
                Status::Draft => {}
                Status::Publishing | Status::Published => return Ok(event.no),
                Status::CalledOff => return Err(EditError::NoDraft),
            }
            if event.tiers.is_empty() {
                let must = Must::HaveEntries(1, TIERS_MAX);
                return Err(EditError::wrong("/tiers", must));
            }
            if event.starts_at <= own.now {
                return Err(EditError::wrong("/starts_at", Must::BeToCome));
            }
            must_be_own(transaction, event, event.facts.series.as_ref(), "/facts/series").await?;
            let begin = "UPDATE events SET status = 'publishing', version = version + 1 WHERE event_id = $1";
            transaction.execute(begin, &[&event.no]).await?;
            let entry = Entry::new(&by, "event.published", "event", id).of(event.organisation);
            audit::record(transaction, &entry.event(event.no)).await?;
            Ok(event.no)
        })
    })
    .await
}

/// Makes the tickets that an event lacks that is being published, and publishes it when it has all. Returns how many it
/// made; whoever finds others at work leaves it to them.
///
/// # Errors
/// Those of the database; what was made stays.
pub async fn go_on(db: &Db, event: EventNo) -> Result<usize, Error> {
    let mut total = 0;
    loop {
        let made = db
            .transaction(|transaction| Box::pin(make_some(transaction, event)))
            .await?;
        match made {
            Some(made) => total += made as usize,
            None => break,
        }
    }
    db.transaction(|transaction| Box::pin(finish(transaction, event)))
        .await?;
    Ok(total)
}

/// `None` if no tier lacks tickets that nobody else is making.
async fn make_some(transaction: &Transaction<'_>, event: EventNo) -> Result<Option<i32>, Error> {
    let lock = "SELECT t.tier_no, t.capacity, t.row_blocks, t.plan::text AS plan FROM tiers AS t
                WHERE t.event_id = $1 AND t.stock_tier_no IS NULL AND t.capacity > coalesce((
                    SELECT max(k.seat_no) FROM tickets AS k WHERE k.event_id = $1 AND k.tier_no = t.tier_no), 0)
                ORDER BY t.tier_no LIMIT 1 FOR UPDATE OF t SKIP LOCKED";
    if !is_being_published(transaction, event).await? {
        return Ok(None);
    }
    let Some(row) = transaction.query_opt(lock, &[&event]).await? else {
        return Ok(None);
    };
    let (tier, capacity): (TierNo, i32) = (row.get("tier_no"), row.get("capacity"));
    let rows = Rows::of_tier(row.get("row_blocks"), row.get("plan"));
    // Read again: before the lock, somebody else may have made some.
    let SeatNo(last) = last_seat(transaction, event, tier).await?;
    let more = (capacity - last).clamp(0, CHUNK);
    if more > 0 {
        let seats = (SeatNo(last + 1), SeatNo(last + more));
        make_tickets(transaction, (event, tier), rows.as_ref(), seats).await?;
    }
    Ok(Some(more))
}

async fn is_being_published(transaction: &Transaction<'_>, event: EventNo) -> Result<bool, Error> {
    let status = "SELECT status = 'publishing' FROM events WHERE event_id = $1";
    let row = transaction.query_opt(status, &[&event]).await?;
    Ok(row.is_some_and(|row| row.get(0)))
}

async fn finish(transaction: &Transaction<'_>, event: EventNo) -> Result<(), Error> {
    let counts = count(transaction, event).await?;
    if counts.made < counts.of {
        return Ok(());
    }
    let finish =
        "UPDATE events SET status = 'published' WHERE event_id = $1 AND status = 'publishing'";
    transaction.execute(finish, &[&event]).await?;
    Ok(())
}

/// Of the tickets of an event that is no draft.
struct Counts {
    made: i64,
    of: i64,
}

async fn count(client: &crate::postgres::Client, event: EventNo) -> Result<Counts, Error> {
    // Seats are numbered from 1 on: the last is how many there are.
    let count = "SELECT coalesce(sum(t.capacity), 0)::bigint AS capacity, coalesce(sum((
                     SELECT max(k.seat_no) FROM tickets AS k WHERE k.event_id = $1 AND k.tier_no = t.tier_no
                 )), 0)::bigint AS made
                 FROM tiers AS t WHERE t.event_id = $1 AND t.stock_tier_no IS NULL";
    let row = client.query_one(count, &[&event]).await?;
    Ok(Counts {
        made: row.get("made"),
        of: row.get("capacity"),
    })
}

/// How far the publishing of an event has come.
///
/// # Errors
/// [`EditError::NoEvent`], and those of the database.
pub async fn progress(db: &Db, by: &Actor, id: EventId) -> Result<Progress, EditError> {
    let own = super::own::read(db, id, by).await?;
    let client = db.get().await?;
    let counts = count(&client, own.event.no).await?;
    let made = match own.event.status {
        Status::Draft => 0,
        Status::Publishing => counts.made,
        Status::Published | Status::CalledOff => counts.of,
    };
    Ok(Progress {
        status: own.event.status,
        made,
        of: counts.of,
    })
}

/// Goes on with every event whose publishing has been interrupted. Returns how many tickets it made.
///
/// # Errors
/// Those of the database.
pub async fn resume(db: &Db) -> Result<usize, Error> {
    let find =
        "SELECT event_id FROM events WHERE status = 'publishing' ORDER BY event_id LIMIT 100";
    let rows = db.get().await?.query(find, &[]).await?;
    let mut total = 0;
    for row in &rows {
        total += go_on(db, row.get(0)).await?;
    }
    Ok(total)
}
