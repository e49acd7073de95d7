//! Places that are given only to who names them, such as those for wheelchairs: how many others are free.
//!
//! What must hold: they are given to others only if it is known that too few other seats are free, locked or not. Reads
//! only.

use super::order::TierStock;
use super::statements::{FREE_NAMED, FREE_OF_TIER};
use super::tickets::Named;
use crate::postgres::{Client, Error};
use crate::seating::Rows;
use crate::types::EventNo;

/// How many seats of a stock are free that are not special, counted as far as it matters to who wants so many. `None` if it
/// has no special ones.
///
/// # Errors
/// Those of the database.
pub(super) async fn count_others(
    client: &Client,
    event: EventNo,
    stock: &TierStock,
    wanted: i64,
) -> Result<Option<i32>, Error> {
    let special = stock.rows.as_ref().map_or(&[][..], Rows::special);
    if special.is_empty() {
        return Ok(None);
    }
    let free_named = FREE_NAMED.prepare(client).await?;
    let named = Named::of(special.iter().map(|&seat| (stock.no, seat)));
    let free_special = named.query(client, &free_named, event).await?.len() as i64;
    let at_most = wanted + special.len() as i64;
    let counted = [
        ("event_id", &event as _),
        ("tier_no", &stock.no as _),
        ("at_most", &at_most as _),
    ];
    let rows = FREE_OF_TIER.query(client, &counted).await?;
    let free: i64 = rows.first().map_or(0, |row| row.get(0));
    Ok(Some((free - free_special) as i32))
}
