//! Reads bookings with their items: one by its id, or a buyer's list. Changes nothing and locks nothing; who may
//! see a booking is the caller's decision.

use tokio_postgres::Row;

use super::order::RequestName;
use super::{BookedItem, Booking, Status};
use crate::postgres::{Client, Db, Error, Params};
use crate::price::{Kind, Line};
use crate::types::{
    BookingId, BookingKind, BuyerId, Currency, EventNo, IdempotencyKey, Money, Reference, TierNo,
};

/// Bookings of a buyer in one page of the list.
pub const LIST_MAX: i64 = 50;

/// What a booking is read of, of `bookings AS b`. Few have lines: these are read of those alone that do. The first line is
/// asked for by its key, because of EXISTS the planner may make a hash of all lines that there are.
macro_rules! columns {
    () => {
        "b.event_id, b.id, b.reference, b.buyer_id, b.status, b.total_minor, b.currency, b.created_at, b.expires_at,
           b.paying_until, b.confirmed_at, b.ended_at, b.link_no, b.kind, b.reason,
           (SELECT l.line_no FROM booking_lines AS l
            WHERE l.event_id = b.event_id AND l.booking_id = b.id AND l.line_no = 1) IS NOT NULL AS has_lines"
    };
}
pub(super) use columns;

/// $1 booking.
const GET: &str = concat!("SELECT ", columns!(), " FROM bookings AS b WHERE b.id = $1");

/// $1 event, $2 buyer, $3 key, $4 fingerprint.
const BY_NAME: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM bookings AS b
      WHERE b.event_id = $1 AND b.buyer_id = $2 AND b.idempotency_key = $3 AND b.request_fingerprint = $4"
);

/// $1 bookings.
const SOME: &str = concat!(
    "SELECT ",
    columns!(),
    "
    FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, n)
    JOIN bookings AS b ON b.id = wanted.id
    ORDER BY wanted.n"
);

/// $1 event, $2 bookings, $3 their buyer, $4 a key that was not theirs, or NULL.
const HELD_AMONG: &str = concat!(
    "SELECT ",
    columns!(),
    "
    FROM bookings AS b
    WHERE b.event_id = $1 AND b.id = ANY ($2) AND b.buyer_id = $3 AND b.status = 'pending' AND b.expires_at > now()
      AND b.paying_until IS NULL AND b.idempotency_key IS DISTINCT FROM $4
    ORDER BY b.expires_at, b.id"
);

/// $1 buyer, $2 bookings older than this one or NULL, $3 how many at most.
const LIST: &str = include_str!("list.sql");

/// $1 events and $2 bookings, pair by pair.
const ITEMS: &str = "
    SELECT i.* FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
    CROSS JOIN LATERAL (
        SELECT booking_id, tier_no, quantity, unit_price_minor, seats FROM booking_items
        WHERE event_id = b.event_id AND booking_id = b.id
        ORDER BY tier_no) AS i";

/// As [`ITEMS`], of bookings that have any.
const LINES: &str = "
    SELECT l.* FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
    CROSS JOIN LATERAL (
        SELECT booking_id, kind, name, tier_no, quantity, percent_bp, amount_minor, is_added FROM booking_lines
        WHERE event_id = b.event_id AND booking_id = b.id
        ORDER BY line_no) AS l";

/// The booking with this id.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, id: BookingId) -> Result<Option<Booking>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(GET).await?;
    let rows = client.query(&statement, &[&id]).await?;
    Ok(with_items(&client, &rows).await?.pop())
}

/// The booking that a request of this name has made.
///
/// # Errors
/// Those of the database.
pub(super) async fn by_name(
    db: &Db,
    event: EventNo,
    named: &RequestName,
) -> Result<Option<Booking>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(BY_NAME).await?;
    let params: Params = &[&event, &named.buyer, &named.key, &named.fingerprint];
    let rows = client.query(&statement, params).await?;
    Ok(with_items(&client, &rows).await?.pop())
}

/// The bookings with these ids, in this order, without those that there are not.
///
/// # Errors
/// Those of the database.
pub async fn some(db: &Db, ids: &[BookingId]) -> Result<Vec<Booking>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let client = db.get().await?;
    let statement = client.prepare_cached(SOME).await?;
    let rows = client.query(&statement, &[&ids]).await?;
    with_items(&client, &rows).await
}

/// Those of these bookings that hold tickets of the event for this buyer and are not being paid, what ends first
/// first; without that of the order with this key.
///
/// # Errors
/// Those of the database.
pub async fn held_among(
    db: &Db,
    event: EventNo,
    buyer: BuyerId,
    ids: &[BookingId],
    except: Option<&IdempotencyKey>,
) -> Result<Vec<Booking>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(HELD_AMONG).await?;
    let rows = client
        .query(&statement, &[&event, &ids, &buyer, &except])
        .await?;
    with_items(&client, &rows).await
}

/// A buyer's bookings, newest first, those older than `before`; [`LIST_MAX`] at most.
///
/// # Errors
/// Those of the database.
pub async fn list(
    db: &Db,
    buyer: BuyerId,
    before: Option<BookingId>,
) -> Result<Vec<Booking>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(LIST).await?;
    let rows = client
        .query(&statement, &[&buyer, &before, &LIST_MAX])
        .await?;
    with_items(&client, &rows).await
}

/// The bookings of rows with all of [`columns`], with what each holds.
pub(super) async fn with_items(client: &Client, rows: &[Row]) -> Result<Vec<Booking>, Error> {
    let events: Vec<EventNo> = rows.iter().map(|row| row.get("event_id")).collect();
    let ids: Vec<BookingId> = rows.iter().map(|row| row.get("id")).collect();
    let of_items = client.prepare_cached(ITEMS).await?;
    let params: Params<'_> = &[&events, &ids];
    // Sent together.
    let (items, lines) = tokio::join!(client.query(&of_items, params), read_lines(client, rows));
    let (items, lines) = (items?, lines?);
    let lines_of = |id: BookingId| {
        let of_booking = lines
            .iter()
            .filter(move |line| line.get::<_, BookingId>("booking_id") == id);
        of_booking.filter_map(read_line).collect()
    };
    let items_of = |id: BookingId| {
        items
            .iter()
            .filter(move |item| item.get::<_, BookingId>("booking_id") == id)
    };
    Ok(rows
        .iter()
        .map(|row| {
            let id = row.get("id");
            let items = items_of(id).map(read_item).collect();
            read_booking(row, items, lines_of(id))
        })
        .collect())
}

/// Those of all bookings that have any; nothing is sent if none has.
async fn read_lines(client: &Client, rows: &[Row]) -> Result<Vec<Row>, Error> {
    let having = || rows.iter().filter(|row| row.get("has_lines"));
    let events: Vec<EventNo> = having().map(|row| row.get("event_id")).collect();
    let ids: Vec<BookingId> = having().map(|row| row.get("id")).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = client.prepare_cached(LINES).await?;
    client.query(&statement, &[&events, &ids]).await
}

fn read_booking(row: &Row, items: Vec<BookedItem>, lines: Vec<Line>) -> Booking {
    Booking {
        event: row.get("event_id"),
        id: row.get("id"),
        reference: read_reference(row),
        buyer: row.get("buyer_id"),
        link_no: row.get::<_, Option<i32>>("link_no").unwrap_or(0),
        status: Status::read(row),
        total: read_total(row),
        created_at: row.get("created_at"),
        expires_at: row.get("expires_at"),
        paying_until: row.get("paying_until"),
        confirmed_at: row.get("confirmed_at"),
        ended_at: row.get("ended_at"),
        kind: read_kind(row),
        reason: row.get("reason"),
        lines: if lines.is_empty() {
            lines_of_items(&items)
        } else {
            lines
        },
        items,
    }
}

/// What a booking costs of which nothing else is stored.
pub(super) fn lines_of_items(items: &[BookedItem]) -> Vec<Line> {
    let line =
        |item: &BookedItem| Line::of_tickets(item.tier, item.quantity, item.unit_price_minor);
    items.iter().map(line).collect()
}

/// `None` of a kind that a later version has written.
pub(super) fn read_line(row: &Row) -> Option<Line> {
    let tier: Option<TierNo> = row.get("tier_no");
    Some(Line {
        kind: Kind::of(row.get("kind"))?,
        name: row.get("name"),
        of: tier.zip(row.get("quantity")),
        percent_bp: row.get("percent_bp"),
        amount_minor: row.get("amount_minor"),
        is_added: row.get("is_added"),
    })
}

/// Of a row with `id` and `reference`, which bookings from before V17 do not have.
fn read_reference(row: &Row) -> Reference {
    let stored: Option<Reference> = row.get("reference");
    stored.unwrap_or_else(|| Reference::of_older(row.get("id")))
}

/// Of a row with `kind`.
pub(super) fn read_kind(row: &Row) -> BookingKind {
    // The CHECK on the column allows no other value.
    row.get::<_, &str>("kind").parse().unwrap_or_default()
}

/// Of a row with `total_minor` and `currency`.
pub(super) fn read_total(row: &Row) -> Money {
    Money {
        minor: row.get("total_minor"),
        currency: row.get::<_, Currency>("currency"),
    }
}

/// Of a row with `tier_no`, `quantity`, `unit_price_minor` and `seats`.
pub(super) fn read_item(row: &Row) -> BookedItem {
    BookedItem {
        tier: row.get("tier_no"),
        quantity: row.get("quantity"),
        unit_price_minor: row.get("unit_price_minor"),
        seats: row.get("seats"),
    }
}
