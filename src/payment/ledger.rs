//! The tables `payments` and `webhook_events`: every statement on them is here, one function each.
//!
//! What must hold: functions that take a transaction are called after the booking's row was locked in it; every
//! update is conditional on the current status. Decisions about a payment are not here: `record` makes them.

use tokio_postgres::Row;

use super::{LEASE, Payment, PaymentRef, PaymentRequest, Status, refunds};
use crate::gateway::Notice;
use crate::postgres::retention::Aged;
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, Currency, EventNo, Fingerprint, Money, PaymentId, Timestamp};

/// What [`read`] and [`Entry::read`] need.
macro_rules! columns {
    () => {
        "p.event_id, p.id, p.booking_id, p.status, p.amount_minor, p.currency, p.card_brand, p.card_last4,
         p.decline_code, p.created_at, p.answered_at, p.refund_requested_at, p.refunded_at,
         p.returned_minor, p.request_fingerprint, p.one_shot"
    };
}

/// $1 event, $2 payment, $3 booking, $4 key, $5 fingerprint, $6 minor units, $7 currency, $8 brand and
/// $9 last digits of the card, $10 one shot, $11 seconds until recovery asks for the outcome.
const INSERT: &str = concat!(
    "INSERT INTO payments AS p (event_id, id, booking_id, idempotency_key, request_fingerprint, status,
                                amount_minor, currency, card_brand, card_last4, one_shot,
                                created_at, recover_at, recover_attempts)
     VALUES ($1, $2, $3, $4, $5, 'processing', $6, $7, $8, $9, $10,
             now(), now() + make_interval(secs => $11), 0)
     RETURNING ",
    columns!()
);

/// $1 event, $2 payment.
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p WHERE p.event_id = $1 AND p.id = $2"
);

/// $1 payment: the gateway knows no events.
const FIND_BY_ID: &str = concat!("SELECT ", columns!(), " FROM payments AS p WHERE p.id = $1");

/// $1 event, $2 booking, $3 key.
const FIND_BY_KEY: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p WHERE p.event_id = $1 AND p.booking_id = $2 AND p.idempotency_key = $3"
);

/// $1 event, $2 booking.
const OF_BOOKING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p WHERE p.event_id = $1 AND p.booking_id = $2 ORDER BY p.created_at, p.id"
);

/// $1 events and $2 bookings, pair by pair.
const OF_BOOKINGS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
     JOIN payments AS p ON p.event_id = b.event_id AND p.booking_id = b.id
     ORDER BY p.created_at, p.id"
);

/// $1 event, $2 payment.
const SUCCEED: &str = "
    UPDATE payments
    SET status = 'succeeded', answered_at = now(), decline_code = NULL, recover_attempts = 0, recover_at = NULL
    WHERE event_id = $1 AND id = $2 AND status IN ('processing', 'declined')";

/// As [`SUCCEED`], with the refund due: $3 seconds from now for recovery.
const SUCCEED_IN_VAIN: &str = "
    UPDATE payments
    SET status = 'succeeded', answered_at = now(), decline_code = NULL, recover_attempts = 0,
        refund_requested_at = now(), recover_at = now() + make_interval(secs => $3)
    WHERE event_id = $1 AND id = $2 AND status IN ('processing', 'declined')";

/// $1 event, $2 payment, $3 decline code.
const DECLINE: &str = "
    UPDATE payments SET status = 'declined', answered_at = now(), decline_code = $3, recover_at = NULL
    WHERE event_id = $1 AND id = $2 AND status = 'processing'";

/// $1 event, $2 booking, $3 seconds from now for recovery.
const REQUEST_REFUNDS: &str = "
    UPDATE payments
    SET refund_requested_at = now(), recover_at = now() + make_interval(secs => $3), recover_attempts = 0
    WHERE event_id = $1 AND booking_id = $2 AND status = 'succeeded' AND refund_requested_at IS NULL
    RETURNING id";

/// $1 event, $2 bookings, $3 their number: looked up one by one, as in `booking::call_off`. Due at once.
const REQUEST_MANY_REFUNDS: &str = "
    UPDATE payments AS p
    SET refund_requested_at = now(), recover_at = now(), recover_attempts = 0
    FROM (SELECT * FROM unnest((SELECT $2::uuid[])) AS u (id) LIMIT (SELECT $3::bigint)) AS ended
    WHERE p.event_id = $1 AND p.booking_id = ended.id AND p.status = 'succeeded' AND p.refund_requested_at IS NULL";

/// $1 event. The index has only payments that are not done.
const REFUNDS_DUE: &str = "
    SELECT count(*) AS due, count(*) FILTER (WHERE recover_attempts > 1) AS failed
    FROM payments WHERE event_id = $1 AND status = 'succeeded' AND recover_at IS NOT NULL";

/// $1 event.
const IN_DOUBT: &str = "
    SELECT EXISTS (SELECT FROM payments WHERE event_id = $1 AND status = 'processing' AND recover_at IS NOT NULL)";

/// $1 event, $2 payment.
const SET_REFUNDED: &str = "
    UPDATE payments SET status = 'refunded', refunded_at = now(), recover_at = NULL
    WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND refund_requested_at IS NOT NULL";

/// $1 event, $2 the gateway's id of the delivery, $3 payment, $4 kind.
const INSERT_WEBHOOK_EVENT: &str = "
    INSERT INTO webhook_events (event_id, id, payment_id, kind, received_at)
    VALUES ($1, $2, $3, $4, now())
    ON CONFLICT (event_id, id) DO NOTHING";

/// Webhooks, by which a repetition is recognised.
pub(super) const WEBHOOK_EVENTS: Aged = Aged {
    table: "webhook_events",
    event: "event_id",
    since: "received_at",
    condition: "true",
};

/// A payment as it is recorded, with what only this module needs of it.
pub(super) struct Entry {
    pub(super) payment: Payment,
    pub(super) event: EventNo,
    pub(super) fingerprint: Fingerprint,
    pub(super) one_shot: bool,
}

impl Entry {
    fn read(row: &Row) -> Self {
        Self {
            payment: read(row),
            event: row.get("event_id"),
            fingerprint: row.get("request_fingerprint"),
            one_shot: row.get("one_shot"),
        }
    }
}

/// What all attempts to begin a payment have in common.
#[derive(Clone, Copy)]
pub(super) struct NewPayment {
    pub(super) id: PaymentId,
    pub(super) fingerprint: Fingerprint,
    pub(super) recover_after_seconds: f64,
}

/// Inserts a payment as `processing`.
pub(super) async fn insert(
    transaction: &Transaction<'_>,
    request: &PaymentRequest,
    new: &NewPayment,
    amount: Money,
) -> Result<Payment, Error> {
    let statement = transaction.prepare_cached(INSERT).await?;
    let params: Params = &[
        &request.event,
        &new.id,
        &request.booking,
        &request.key,
        &new.fingerprint,
        &amount.minor,
        &amount.currency.code(),
        &request.card.brand(),
        &request.card.last4(),
        &request.one_shot,
        &new.recover_after_seconds,
    ];
    Ok(read(&transaction.query_one(&statement, params).await?))
}

/// The payment that a request with this key has begun.
pub(super) async fn find_by_key(
    transaction: &Transaction<'_>,
    request: &PaymentRequest,
) -> Result<Option<Entry>, Error> {
    let statement = transaction.prepare_cached(FIND_BY_KEY).await?;
    let params: Params = &[&request.event, &request.booking, &request.key];
    let row = transaction.query_opt(&statement, params).await?;
    Ok(row.as_ref().map(Entry::read))
}

/// Reads a payment. The booking's lock keeps it from changing, except that its refund may be recorded.
pub(super) async fn find(
    transaction: &Transaction<'_>,
    of: &PaymentRef,
) -> Result<Option<Entry>, Error> {
    let statement = transaction.prepare_cached(FIND).await?;
    let row = transaction
        .query_opt(&statement, &[&of.event, &of.payment])
        .await?;
    let entry = row.as_ref().map(Entry::read);
    Ok(entry.filter(|entry| entry.payment.booking == of.booking))
}

/// The payment, outside any transaction.
pub(super) async fn get(db: &Db, event: EventNo, id: PaymentId) -> Result<Option<Payment>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND).await?;
    let row = client.query_opt(&statement, &[&event, &id]).await?;
    Ok(row.as_ref().map(read))
}

/// The payment with this id, of whichever event.
pub(super) async fn get_by_id(db: &Db, id: PaymentId) -> Result<Option<Entry>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND_BY_ID).await?;
    let row = client.query_opt(&statement, &[&id]).await?;
    Ok(row.as_ref().map(Entry::read))
}

/// The payments of a booking, oldest first.
pub(super) async fn of_booking(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<Payment>, Error> {
    let statement = transaction.prepare_cached(OF_BOOKING).await?;
    let rows = transaction.query(&statement, &[&event, &booking]).await?;
    Ok(rows.iter().map(read).collect())
}

/// The payments of some bookings, oldest first. `events` and `bookings` are pairs.
pub(super) async fn of_bookings(
    db: &Db,
    events: &[EventNo],
    bookings: &[BookingId],
) -> Result<Vec<Payment>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(OF_BOOKINGS).await?;
    let rows = client.query(&statement, &[&events, &bookings]).await?;
    drop(client);
    let mut payments: Vec<Payment> = rows.iter().map(read).collect();
    if payments.iter().any(|payment| payment.returned_minor > 0) {
        let all = refunds::of_bookings(db, events, bookings).await?;
        for payment in &mut payments {
            let its = all.iter().filter(|refund| refund.payment == payment.id);
            payment.refunds = its.copied().collect();
        }
    }
    Ok(payments)
}

/// `processing` or `declined` → `succeeded`. Unless the charge pays the booking, its refund is due.
pub(super) async fn succeed(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    pays_booking: bool,
) -> Result<bool, Error> {
    let lease = LEASE.as_secs_f64();
    let (statement, params): (_, Params) = if pays_booking {
        (SUCCEED, &[&event, &id])
    } else {
        (SUCCEED_IN_VAIN, &[&event, &id, &lease])
    };
    let statement = transaction.prepare_cached(statement).await?;
    Ok(transaction.execute(&statement, params).await? == 1)
}

/// `processing` → `declined`.
pub(super) async fn decline(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    code: &str,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(DECLINE).await?;
    let params: Params = &[&event, &id, &code];
    Ok(transaction.execute(&statement, params).await? == 1)
}

/// Makes the refund of a booking's charge due. The payments whose refund was not due before.
pub(super) async fn request_refunds(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<PaymentId>, Error> {
    let statement = transaction.prepare_cached(REQUEST_REFUNDS).await?;
    let params: Params = &[&event, &booking, &LEASE.as_secs_f64()];
    let rows = transaction.query(&statement, params).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect())
}

/// Makes the refunds of these bookings' charges due, at once. How many.
pub(super) async fn request_many_refunds(
    transaction: &Transaction<'_>,
    event: EventNo,
    bookings: &[BookingId],
) -> Result<u64, Error> {
    let statement = transaction.prepare_cached(REQUEST_MANY_REFUNDS).await?;
    let count = bookings.len() as i64;
    transaction
        .execute(&statement, &[&event, &bookings, &count])
        .await
}

/// Refunds of an event that are due.
#[derive(Debug, Clone, Copy)]
pub(super) struct RefundsDue {
    pub(super) due: i64,
    /// Those of them that were tried in vain.
    pub(super) failed: i64,
}

/// The refunds of an event that are due.
pub(super) async fn refunds_due(client: &Client, event: EventNo) -> Result<RefundsDue, Error> {
    let statement = client.prepare_cached(REFUNDS_DUE).await?;
    let row = client.query_one(&statement, &[&event]).await?;
    let (due, failed): (i64, i64) = (row.get("due"), row.get("failed"));
    let (parts_due, parts_failed) = refunds::due(client, event).await?;
    Ok(RefundsDue {
        due: due + parts_due,
        failed: failed + parts_failed,
    })
}

/// Whether a payment of the event has no outcome yet.
pub(super) async fn is_in_doubt(client: &Client, event: EventNo) -> Result<bool, Error> {
    let statement = client.prepare_cached(IN_DOUBT).await?;
    Ok(client.query_one(&statement, &[&event]).await?.get(0))
}

/// `succeeded` → `refunded`, if the refund was due.
pub(super) async fn set_refunded(db: &Db, event: EventNo, id: PaymentId) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SET_REFUNDED).await?;
    client.execute(&statement, &[&event, &id]).await?;
    Ok(())
}

/// Records that a webhook was received; false if it was received before.
pub(super) async fn insert_webhook_event(
    transaction: &Transaction<'_>,
    event: EventNo,
    notice: &Notice,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(INSERT_WEBHOOK_EVENT).await?;
    let kind = notice.answer.kind();
    let params: Params = &[&event, &notice.id, &notice.payment, &kind];
    Ok(transaction.execute(&statement, params).await? == 1)
}

fn read(row: &Row) -> Payment {
    let status = read_status(row);
    let refund_requested_at: Option<Timestamp> = row.get("refund_requested_at");
    Payment {
        id: row.get("id"),
        booking: row.get("booking_id"),
        status,
        amount: read_amount(row),
        card_brand: row.get("card_brand"),
        card_last4: row.get("card_last4"),
        decline_code: row.get("decline_code"),
        created_at: row.get("created_at"),
        answered_at: row.get("answered_at"),
        refund_due: status == Status::Succeeded && refund_requested_at.is_some(),
        refund_requested_at,
        refunded_at: row.get("refunded_at"),
        returned_minor: row.get::<_, Option<i64>>("returned_minor").unwrap_or(0),
        refunds: Vec::new(),
    }
}

/// Of a row with `status`.
pub(super) fn read_status(row: &Row) -> Status {
    let text: &str = row.get("status");
    // The CHECK on the column allows no other value.
    Status::ALL
        .into_iter()
        .find(|status| status.as_str() == text)
        .unwrap_or(Status::Processing)
}

/// Of a row with `amount_minor` and `currency`.
pub(super) fn read_amount(row: &Row) -> Money {
    Money {
        minor: row.get("amount_minor"),
        currency: row.get::<_, Currency>("currency"),
    }
}
