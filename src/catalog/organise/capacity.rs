//! How many tickets a tier of a published event has, also in the middle of its sale.
//!
//! What must hold: a tier's capacity is the number of its tickets, in every transaction, and that of the tiers that share
//! its stock is the same; only free tickets are taken out
//! of sale, all that were to be or none. Of numbered seats the last are taken, so that the hall loses rows from the back;
//! new ones come behind the last. Of general admission any free ones are, the last first.

use std::time::Duration;

use super::EditError;
use crate::allocator::supply::{make_tickets, withdraw};
use crate::postgres::{Db, Error, Transaction};
use crate::seating::Rows;
use crate::types::{EventNo, SeatNo, TierNo};

/// Tickets that one transaction makes: a few tenths of a second, after which others have their turn.
pub(super) const CHUNK: i32 = 25_000;
/// Orders in flight lock more tickets than they take: so often those are looked for again.
const ATTEMPTS: usize = 5;
const PAUSE: Duration = Duration::from_millis(50);

/// Adds tickets to a tier until it has `target`, so many at a time as one transaction makes.
///
/// # Errors
/// Those of the database; what was added before stays.
pub(super) async fn raise(
    db: &Db,
    event: EventNo,
    tier: TierNo,
    target: i32,
) -> Result<(), EditError> {
    loop {
        let capacity = db
            .transaction(|transaction| Box::pin(raise_some(transaction, event, tier, target)))
            .await?;
        if capacity >= target {
            return Ok(());
        }
    }
}

/// Adds some of the tickets that a tier lacks. Returns how many it has then.
pub(super) async fn raise_some(
    transaction: &Transaction<'_>,
    event: EventNo,
    tier: TierNo,
    target: i32,
) -> Result<i32, EditError> {
    let lock = "SELECT capacity, row_blocks, plan::text AS plan FROM tiers WHERE event_id = $1 AND tier_no = $2 FOR UPDATE";
    let row = transaction.query_one(lock, &[&event, &tier]).await?;
    let capacity: i32 = row.get("capacity");
    let rows = Rows::of_tier(row.get("row_blocks"), row.get("plan"));
    let more = (target - capacity).clamp(0, CHUNK);
    if more > 0 {
        let SeatNo(last) = last_seat(transaction, event, tier).await?;
        let seats = (SeatNo(last + 1), SeatNo(last + more));
        make_tickets(transaction, (event, tier), rows.as_ref(), seats).await?;
        set(transaction, event, tier, capacity + more, 0).await?;
    }
    Ok(capacity + more)
}

/// The last seat of a tier that there is; 0 if there is none.
pub(super) async fn last_seat(
    transaction: &Transaction<'_>,
    event: EventNo,
    tier: TierNo,
) -> Result<SeatNo, Error> {
    let last = "SELECT coalesce(max(seat_no), 0) FROM tickets WHERE event_id = $1 AND tier_no = $2";
    let row = transaction.query_one(last, &[&event, &tier]).await?;
    Ok(row.get(0))
}

/// Takes free tickets out of sale until the tier has `target`.
///
/// # Errors
/// [`EditError::NotFree`], and those of the database; the transaction is to be rolled back.
pub(super) async fn lower(
    transaction: &Transaction<'_>,
    event: EventNo,
    tier: TierNo,
    target: i32,
) -> Result<(), EditError> {
    let lock =
        "SELECT capacity, seating FROM tiers WHERE event_id = $1 AND tier_no = $2 FOR UPDATE";
    let row = transaction.query_one(lock, &[&event, &tier]).await?;
    let asked = i64::from(row.get::<_, i32>("capacity") - target);
    let first = match row.get("seating") {
        "numbered" => SeatNo(target + 1),
        _ => SeatNo(1),
    };
    let (mut free, mut issue) = (0, 0);
    for attempt in 1..=ATTEMPTS {
        let withdrawn = withdraw(transaction, event, tier, first, asked - free).await?;
        free += withdrawn.count;
        issue = issue.max(withdrawn.issue);
        if free >= asked {
            return Ok(set(transaction, event, tier, target, issue).await?);
        }
        if attempt < ATTEMPTS {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Err(EditError::NotFree { asked, free })
}

/// `issue` is the most often that a ticket was issued that is no more.
async fn set(
    transaction: &Transaction<'_>,
    event: EventNo,
    tier: TierNo,
    capacity: i32,
    issue: i32,
) -> Result<(), Error> {
    let set = "UPDATE tiers SET capacity = $3, issue_from = greatest(issue_from, $4)
               WHERE event_id = $1 AND tier_no = $2";
    transaction
        .execute(set, &[&event, &tier, &capacity, &issue])
        .await?;
    follow(transaction, event, tier).await
}

/// Says of the tiers that share a tier's stock what is said of its tickets.
pub(super) async fn follow(
    transaction: &Transaction<'_>,
    event: EventNo,
    stock: TierNo,
) -> Result<(), Error> {
    let follow = "UPDATE tiers AS t
                  SET capacity = s.capacity, seating = s.seating, row_blocks = s.row_blocks, plan = s.plan,
                      wheelchair_seats = s.wheelchair_seats, companion_seats = s.companion_seats
                  FROM tiers AS s
                  WHERE t.event_id = $1 AND t.stock_tier_no = $2 AND s.event_id = $1 AND s.tier_no = $2";
    transaction.execute(follow, &[&event, &stock]).await?;
    Ok(())
}
