//! The contacts of bookings: who their buyers say they are. Owns the table `contacts`.
//!
//! What must hold: a contact is apart from its booking, and can be deleted without it; whether there is a booking with
//! a reference and an address is told only to whoever names both.

use super::Booking;
use crate::postgres::{Client, Db, Error, Transaction};
use crate::types::contact::{Contact, ContactRule, fold_email};
use crate::types::{BookingId, BookingLink, EventNo, Reference};

/// $1 event, $2 booking, $3 name, $4 e-mail address, $5 the same folded, $6 whether it takes the place of another. From the booking's row, so that
/// a distributed database runs it whole on one node.
const SAVE: &str = "
    INSERT INTO contacts AS c (event_id, booking_id, name, email, email_folded)
    SELECT b.event_id, b.id, $3, $4, $5 FROM bookings AS b WHERE b.event_id = $1 AND b.id = $2
    ON CONFLICT ON CONSTRAINT contacts_pkey DO UPDATE
    SET name = excluded.name, email = excluded.email, email_folded = excluded.email_folded
    WHERE $6";

/// $1 events, $2 bookings.
const GET: &str = "
    SELECT booking_id, name, email FROM contacts
    WHERE event_id = ANY ($1) AND booking_id = ANY ($2)";

/// $1 event, $2 booking. Whether the booking has a contact that is complete, and whether the event asks for more.
const RULE: &str = "
    SELECT e.contact AS rule, e.asks,
           EXISTS (SELECT FROM contacts AS c WHERE c.event_id = $1 AND c.booking_id = $2 AND c.name <> '') AS is_there
    FROM events AS e WHERE e.event_id = $1";

/// $1 folded e-mail address, $2 reference. Bookings from before references were stored are compared by the caller.
/// The newest first: what is to come is looked for more often.
const FIND: &str = "
    SELECT b.id, b.reference, b.link_no FROM contacts AS c
    JOIN bookings AS b ON b.event_id = c.event_id AND b.id = c.booking_id
    WHERE c.email_folded = $1 AND (b.reference = $2 OR b.reference IS NULL)
    ORDER BY b.id DESC LIMIT 1000";

/// Why a contact cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactRefused {
    /// The event asks for none.
    NotAsked,
    /// The event asks for one, with a name, before it is paid.
    Missing,
}

/// Whether what a request says of its buyer is what the event asks for; `is_paid` if it is to be paid at once.
///
/// # Errors
/// [`ContactRefused`].
pub fn check_contact(
    rule: ContactRule,
    contact: Option<&Contact>,
    is_paid: bool,
) -> Result<(), ContactRefused> {
    match (rule, contact) {
        (ContactRule::None, Some(_)) => Err(ContactRefused::NotAsked),
        (ContactRule::Required, None) if is_paid => Err(ContactRefused::Missing),
        (ContactRule::Required, Some(contact)) if contact.name.is_empty() => {
            Err(ContactRefused::Missing)
        }
        _ => Ok(()),
    }
}

/// Saves the contact of a booking; instead of the one that it has only if it `replaces`.
///
/// # Errors
/// Those of the database.
pub async fn save_contact(
    client: &Client,
    event: EventNo,
    booking: BookingId,
    contact: &Contact,
    replaces: bool,
) -> Result<(), Error> {
    let statement = client.prepare_cached(SAVE).await?;
    let folded = contact.folded_email();
    client
        .execute(
            &statement,
            &[
                &event,
                &booking,
                &contact.name,
                &contact.email,
                &folded,
                &replaces,
            ],
        )
        .await?;
    Ok(())
}

/// Saves what a payment says of its buyer, if it is what the event asks for: within the transaction that begins the
/// payment. What others than the buyer say takes the place of nothing: the buyer finds the booking by it. Whether the event
/// asks for more.
///
/// # Errors
/// Those of the database; inside, [`ContactRefused`].
pub async fn take_contact(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    contact: Option<&Contact>,
    by_buyer: bool,
) -> Result<Result<bool, ContactRefused>, Error> {
    let statement = transaction.prepare_cached(RULE).await?;
    let row = transaction
        .query_one(&statement, &[&event, &booking])
        .await?;
    // The CHECK on the column allows no other value.
    let rule: ContactRule = row.get::<_, &str>("rule").parse().unwrap_or_default();
    let is_missing = contact.is_none() && !row.get::<_, bool>("is_there");
    let checked = check_contact(rule, contact, is_missing);
    if let (Ok(()), Some(contact)) = (checked, contact) {
        save_contact(transaction, event, booking, contact, by_buyer).await?;
    }
    Ok(checked.map(|()| row.get("asks")))
}

/// The contacts of these bookings, of those that have one, in no particular order.
///
/// # Errors
/// Those of the database.
pub async fn contacts(db: &Db, bookings: &[Booking]) -> Result<Vec<(BookingId, Contact)>, Error> {
    if bookings.is_empty() {
        return Ok(Vec::new());
    }
    let events: Vec<EventNo> = bookings.iter().map(|booking| booking.event).collect();
    let ids: Vec<BookingId> = bookings.iter().map(|booking| booking.id).collect();
    let client = db.get().await?;
    let statement = client.prepare_cached(GET).await?;
    let rows = client.query(&statement, &[&events, &ids]).await?;
    let contact = |row: &tokio_postgres::Row| {
        let contact = Contact {
            name: row.get("name"),
            email: row.get("email"),
        };
        (row.get("booking_id"), contact)
    };
    Ok(rows.iter().map(contact).collect())
}

/// The link of the newest booking with this reference whose buyer has left this e-mail address. The same statement runs whatever
/// there is.
///
/// # Errors
/// Those of the database.
pub async fn find_by_contact(
    db: &Db,
    reference: Reference,
    email: &str,
) -> Result<Option<BookingLink>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND).await?;
    let rows = client
        .query(&statement, &[&fold_email(email), &reference])
        .await?;
    let found = rows.iter().find_map(|row| {
        let id: BookingId = row.get("id");
        let stored: Option<Reference> = row.get("reference");
        let its_own = stored.unwrap_or_else(|| Reference::of_older(id));
        (its_own == reference).then(|| BookingLink {
            booking: id,
            no: row.get::<_, Option<i32>>("link_no").unwrap_or(0),
        })
    });
    Ok(found)
}
