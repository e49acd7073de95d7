//! Gives a booking to another person, for the organiser. Owns the table `former_contacts`.
//!
//! What must hold: whoever had the booking has nothing of it any more: it has another buyer, who has nothing yet but the
//! new link; the links and the codes of before are void, and what was answered is deleted, in one transaction. Who had it
//! before can be forgotten.

use std::sync::Arc;

use super::answers::forget_answers;
use super::change::{Asked, Change, ChangeError, ChangeKind, begin_change};
use super::contact::save_contact;
use crate::audit::{self, Actor, Entry};
use crate::catalog::Event;
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::contact::Contact;
use crate::types::{BookingId, BuyerId, ChangeId, EventNo};

/// $1 event, $2 booking, $3 the new buyer, who has no other booking.
const HAND_OVER: &str = "
    UPDATE bookings SET buyer_id = $3, turn = 1, link_no = coalesce(link_no, 0) + 1
    WHERE event_id = $1 AND id = $2 AND status = 'confirmed'";

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
    let work = Arc::new((asked, contact, entry, BuyerId::make()));
    db.transaction(|transaction| {
        let work = work.clone();
        Box::pin(async move {
            let (asked, contact, entry, buyer) = &*work;
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
            forget_answers(transaction, event, booking, None).await?;
            let statement = transaction.prepare_cached(HAND_OVER).await?;
            let params: Params = &[&event, &booking, buyer];
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
