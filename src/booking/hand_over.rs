//! Makes all bookings of one buyer those of another: from one browser to the next.
//!
//! What must hold: a booking changes its buyer and nothing else; the turns of the new owner stay unique. Who may ask for
//! it is decided by `access`.

use std::collections::BTreeSet;

use crate::postgres::{Db, Error};
use crate::types::{BuyerId, EventNo};

/// $1 buyer.
const EVENTS: &str = "SELECT DISTINCT event_id FROM bookings WHERE buyer_id = $1 LIMIT 10000";

/// $1 buyer. Those of past events count too: they are somebody's memory.
const HAS_LIVE: &str = "
    SELECT EXISTS (SELECT 1 FROM bookings WHERE buyer_id = $1 AND status IN ('pending', 'confirmed'))";

/// $1 event, $2 the buyer who has the bookings, $3 the one who is to have them. A booking of the new owner that is
/// inserted meanwhile takes the same turn, and one of the two transactions fails.
const HAND_OVER: &str = "
    UPDATE bookings AS b SET buyer_id = $3, turn = n.turn
    FROM (SELECT id, (row_number() OVER (ORDER BY turn NULLS FIRST, id)
                      + coalesce((SELECT max(turn) FROM bookings WHERE event_id = $1 AND buyer_id = $3), 0))::int AS turn
          FROM bookings WHERE event_id = $1 AND buyer_id = $2) AS n
    WHERE b.event_id = $1 AND b.id = n.id AND b.buyer_id = $2";

/// How often an event is tried when the new owner books in it at the same time.
const ATTEMPTS_MAX: u32 = 5;

/// Whether a buyer has a booking that holds tickets.
///
/// # Errors
/// Those of the database.
pub async fn has_live(db: &Db, buyer: BuyerId) -> Result<bool, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(HAS_LIVE).await?;
    Ok(client.query_one(&statement, &[&buyer]).await?.get(0))
}

/// Makes every booking of `from` one of `to`'s. Returns how many. Each event is a transaction: if one fails, calling it
/// again does the rest.
///
/// # Errors
/// Those of the database.
pub async fn hand_over(db: &Db, from: BuyerId, to: BuyerId) -> Result<u64, Error> {
    if from == to {
        return Ok(0);
    }
    let client = db.get().await?;
    let statement = client.prepare_cached(EVENTS).await?;
    let rows = client.query(&statement, &[&from]).await?;
    let events: BTreeSet<EventNo> = rows.iter().map(|row| row.get(0)).collect();
    drop(client);
    let mut moved = 0;
    for event in events {
        let mut attempts = 0;
        moved += loop {
            let done = db.transaction(|transaction| {
                Box::pin(async move {
                    let statement = transaction.prepare_cached(HAND_OVER).await?;
                    transaction.execute(&statement, &[&event, &from, &to]).await
                })
            });
            attempts += 1;
            match done.await {
                Err(error)
                    if error.is_unique_violation("bookings_turn") && attempts < ATTEMPTS_MAX => {}
                result => break result?,
            }
        };
    }
    Ok(moved)
}
