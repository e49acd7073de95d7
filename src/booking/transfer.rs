//! Gives a booking to another person, for the organiser. Owns the table `former_contacts`.
//!
//! What must hold: whoever had the booking has nothing of it any more: it has another buyer, who has nothing yet but the
//! new link; the links and the codes of before are void, in one transaction. Who had it before can be forgotten. What
//! organisers have made has no buyer, and keeps that: so the request that made it is known if it is sent again.

use std::sync::Arc;

use super::LockedBooking;
use super::change::{Asked, Change, ChangeError, ChangeKind, begin_change};
use super::contact::save_contact;
use crate::audit::{self, Actor, Entry};
use crate::catalog::Event;
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::contact::Contact;
use crate::types::{BookingId, BuyerId, ChangeId, EventId, EventNo, IdempotencyKey};

/// $1 event, $2 booking, $3 the buyer from now on: the one who has it, or another who has no other booking.
const HAND_OVER: &str = "
    UPDATE bookings
    SET buyer_id = $3, turn = CASE WHEN buyer_id = $3 THEN turn ELSE 1 END, link_no = coalesce(link_no, 0) + 1
    WHERE event_id = $1 AND id = $2 AND status = 'confirmed'";

/// $1 event, $2 booking.
const KEY: &str = "SELECT idempotency_key FROM bookings WHERE event_id = $1 AND id = $2";

/// $1 event, $2 booking, $3 change.
const KEEP_FORMER: &str = "
    INSERT INTO former_contacts AS f (event_id, booking_id, change_id, name, email, email_folded)
    SELECT c.event_id, c.booking_id, $3, c.name, c.email, c.email_folded FROM contacts AS c
    WHERE c.event_id = $1 AND c.booking_id = $2";

/// $1 event, $2 booking.
const DELETE_CONTACT: &str = "DELETE FROM contacts WHERE event_id = $1 AND booking_id = $2";

/// $1 event, $2 booking.
const FORMER: &str = "
    SELECT h.changed_at, f.name, f.email
    FROM booking_changes AS h
    JOIN former_contacts AS f ON f.event_id = $1 AND f.booking_id = $2 AND f.change_id = h.id
    WHERE h.event_id = $1 AND h.booking_id = $2
    ORDER BY h.id DESC LIMIT 100";

/// Whoever had a booking until it was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// When it was handed over.
    pub until: crate::types::Timestamp,
    /// Who they were.
    pub contact: Contact,
}

/// Gives a paid booking to somebody else. False if the key has done so before.
///
/// # Errors
/// [`ChangeError`].
pub async fn transfer(
    db: &Db,
    by: &Actor,
    event: &Event,
    asked: Asked,
    contact: Option<Contact>,
) -> Result<bool, ChangeError> {
    // Who had it and who has it stands where it can be forgotten.
    let entry = Entry::new(by, "booking.handed-over", "booking", asked.booking);
    let entry = entry.event(event.no).of(event.organisation);
    let work = Arc::new((asked, contact, entry, event.id));
    db.transaction(|transaction| {
        let work = work.clone();
        Box::pin(async move {
            let (asked, contact, entry, event_id) = &*work;
            let Some(changing) = begin_change(transaction, asked).await? else {
                return Ok(false);
            };
            changing.none_is_in(None).await?;
            changing.reissue().await?;
            let change = Change {
                kind: ChangeKind::HandedOver,
                items: Vec::new(),
                refund: None,
                waived_minor: 0,
            };
            let change = changing.record(asked, &change, None).await?;
            let (event, booking) = (asked.event, asked.booking);
            change_contact(transaction, event, booking, change, contact.as_ref()).await?;
            let buyer = new_buyer(transaction, &changing.booking, *event_id).await?;
            let statement = transaction.prepare_cached(HAND_OVER).await?;
            let params: Params = &[&event, &booking, &buyer];
            if transaction.execute(&statement, params).await? != 1 {
                let changed = format!("booking {booking} was locked as confirmed and is not");
                return Err(Error::Inconsistent(changed).into());
            }
            audit::record(transaction, entry).await?;
            Ok(true)
        })
    })
    .await
}

/// Whose the booking is from now on: nobody's yet, or nobody's still.
async fn new_buyer(
    transaction: &Transaction<'_>,
    booking: &LockedBooking<'_>,
    event: EventId,
) -> Result<BuyerId, Error> {
    if booking.kind.is_organisers() {
        let statement = transaction.prepare_cached(KEY).await?;
        let params: Params = &[&booking.event, &booking.id];
        let key: IdempotencyKey = transaction.query_one(&statement, params).await?.get(0);
        // Unless a guest has moved it to a browser.
        if booking.buyer == BuyerId::of_organisers(event, &key) {
            return Ok(booking.buyer);
        }
    }
    Ok(BuyerId::make())
}

async fn change_contact(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    change: ChangeId,
    contact: Option<&Contact>,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(KEEP_FORMER).await?;
    let params: Params = &[&event, &booking, &change];
    transaction.execute(&statement, params).await?;
    if let Some(contact) = contact {
        return save_contact(transaction, event, booking, contact, true).await;
    }
    let statement = transaction.prepare_cached(DELETE_CONTACT).await?;
    transaction.execute(&statement, &[&event, &booking]).await?;
    Ok(())
}

/// Who had a booking before, the last one first.
///
/// # Errors
/// Those of the database.
pub async fn former_contacts(
    db: &Db,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<Former>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FORMER).await?;
    let rows = client.query(&statement, &[&event, &booking]).await?;
    let former = |row: &tokio_postgres::Row| Former {
        until: row.get("changed_at"),
        contact: Contact {
            name: row.get("name"),
            email: row.get("email"),
        },
    };
    Ok(rows.iter().map(former).collect())
}
