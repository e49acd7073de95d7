//! Forgetting a buyer: what says who they are is deleted; the books stay.
//!
//! What must hold: bookings, payments and what was sold are as before; the audit trail says whose contact of which
//! booking is gone, without saying whose. Whoever has a booking now keeps what is theirs when somebody who had it before is
//! forgotten.

use super::answers::forget_answers;
use crate::audit::{self, Actor, Entry};
use crate::postgres::{Db, Error};
use crate::types::contact::fold_email;
use crate::types::{BookingId, EventNo, Timestamp};

/// Bookings of one buyer that are forgotten in one transaction.
const BATCH: i64 = 500;

/// $1 folded e-mail address, $2 how many.
const FIND: &str = "
    SELECT c.event_id, c.booking_id, e.organisation_id, NULL::timestamptz AS until FROM contacts AS c
    JOIN events AS e ON e.event_id = c.event_id
    WHERE c.email_folded = $1 ORDER BY c.event_id, c.booking_id LIMIT $2";
/// $1 event, $2 booking, $3 folded e-mail address.
const DELETE: &str =
    "DELETE FROM contacts WHERE event_id = $1 AND booking_id = $2 AND email_folded = $3";

/// As [`FIND`] and [`DELETE`], of those who had a booking until it was handed over: what was answered since is the answer
/// of whoever has it now.
const FIND_FORMER: &str = "
    SELECT c.event_id, c.booking_id, e.organisation_id, h.changed_at AS until FROM former_contacts AS c
    JOIN booking_changes AS h ON h.event_id = c.event_id AND h.booking_id = c.booking_id AND h.id = c.change_id
    JOIN events AS e ON e.event_id = c.event_id
    WHERE c.email_folded = $1 ORDER BY c.event_id, c.booking_id LIMIT $2";
const DELETE_FORMER: &str =
    "DELETE FROM former_contacts WHERE event_id = $1 AND booking_id = $2 AND email_folded = $3";

/// Deletes the contacts that have this e-mail address, and what was answered with them. Of how many bookings.
///
/// # Errors
/// Those of the database; what was forgotten before stays forgotten.
pub async fn forget(db: &Db, by: &Actor, email: &str) -> Result<u64, Error> {
    let email = fold_email(email);
    let forgotten = forget_by(db, by, &email, FIND, DELETE).await?;
    Ok(forgotten + forget_by(db, by, &email, FIND_FORMER, DELETE_FORMER).await?)
}

async fn forget_by(
    db: &Db,
    by: &Actor,
    email: &String,
    find: &str,
    delete: &str,
) -> Result<u64, Error> {
    let mut forgotten = 0;
    loop {
        let mut client = db.get().await?;
        let transaction = client.transaction().await?;
        let found = transaction.query(find, &[email, &BATCH]).await?;
        for row in &found {
            let (event, booking): (EventNo, BookingId) =
                (row.get("event_id"), row.get("booking_id"));
            forgotten += transaction
                .execute(delete, &[&event, &booking, email])
                .await?;
            let until: Option<Timestamp> = row.get("until");
            forget_answers(&transaction, event, booking, until).await?;
            let entry = Entry::new(by, "buyer.forgotten", "booking", booking);
            let entry = entry.event(event).of(row.get("organisation_id"));
            audit::record(&transaction, &entry).await?;
        }
        transaction.commit().await?;
        if (found.len() as i64) < BATCH {
            return Ok(forgotten);
        }
    }
}
