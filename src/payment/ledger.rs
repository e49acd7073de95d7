//! The tables `payments` and `webhook_events`: every statement on them is here, one function each. `actions` is what the buyer of a
//! payment has to do, `due` what is to go back, `by_hand` the box office.
//!
//! What must hold: functions that take a transaction are called after the booking's row was locked in it; every
//! update is conditional on the current status. Decisions about a payment are not here: `record` makes them.

use tokio_postgres::Row;

use super::{LEASE, Method, Payment, PaymentRef, PaymentRequest, Status, Through, Told, refunds};
use crate::gateway::{Action, CardShown, Provider, Reference};
use crate::postgres::retention::Aged;
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::{BookingId, Currency, EventNo, Fingerprint, Money, PaymentId, Timestamp};

/// What [`read`] and [`Entry::read`] need.
macro_rules! columns {
    () => {
        "p.event_id, p.id, p.booking_id, p.status, p.amount_minor, p.currency, p.card_brand, p.card_last4,
         p.decline_code, p.created_at, p.answered_at, p.refund_requested_at, p.refunded_at,
         p.returned_minor, p.request_fingerprint, p.one_shot, p.method, p.tendered_minor, p.terminal_reference,
         p.provider, p.reference, p.action, p.action_data, p.act_until, p.capture_due"
    };
}

mod actions;
mod by_hand;
mod due;

pub(super) use self::actions::*;
pub(super) use self::by_hand::*;
pub(super) use self::due::*;

/// $1 event, $2 payment, $3 booking, $4 key, $5 fingerprint, $6 minor units, $7 currency, $8 brand and
/// $9 last digits of the card, $10 one shot, $11 seconds until recovery asks for the outcome, $12 provider.
const INSERT: &str = concat!(
    "INSERT INTO payments AS p (event_id, id, booking_id, idempotency_key, request_fingerprint, status,
                                amount_minor, currency, card_brand, card_last4, one_shot,
                                created_at, recover_at, recover_attempts, provider)
     VALUES ($1, $2, $3, $4, $5, 'processing', $6, $7, $8, $9, $10,
             now(), now() + make_interval(secs => $11), 0, $12)
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

/// $1 payments.
const FIND_BY_IDS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p WHERE p.id = ANY ($1::uuid[])"
);

/// Through the primary key, part by part, whose order is that of time. $1 provider, $2 since when, $3 payment after which to go
/// on: at first one of that time, $4 how many at most.
const MADE_SINCE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p
     WHERE p.id > $3 AND p.provider = $1 AND p.method = 'card' AND p.created_at >= $2 AND p.status <> 'declined'
     ORDER BY p.id LIMIT $4"
);

/// $1 provider, $2 what it calls the payment.
const FIND_BY_REFERENCE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p WHERE p.provider = $1 AND p.reference = $2"
);

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

/// $1 event, $2 payment, $3 what the provider calls it. Nothing may be charged by that name before this is committed.
const SET_REFERENCE: &str = "
    UPDATE payments SET reference = $3
    WHERE event_id = $1 AND id = $2 AND status = 'processing' AND reference IS NULL AND act_until IS NULL";

/// $1 event, $2 payment, $3 and $4 brand and last digits of the card, or NULL for what is known of it.
const SUCCEED: &str = "
    UPDATE payments
    SET status = 'succeeded', answered_at = now(), decline_code = NULL, recover_attempts = 0, recover_at = NULL,
        action = NULL, action_data = NULL, act_until = NULL,
        card_brand = coalesce($3, card_brand), card_last4 = coalesce($4, card_last4)
    WHERE event_id = $1 AND id = $2 AND status IN ('processing', 'declined')";

/// As [`SUCCEED`], with the refund or the capture due: $5 seconds from now for recovery, $6 seconds from now (0) at which the
/// refund is due or NULL, $7 true if a capture is or NULL.
const SUCCEED_WITH_WORK: &str = "
    UPDATE payments
    SET status = 'succeeded', answered_at = now(), decline_code = NULL, recover_attempts = 0,
        action = NULL, action_data = NULL, act_until = NULL,
        card_brand = coalesce($3, card_brand), card_last4 = coalesce($4, card_last4),
        refund_requested_at = now() + make_interval(secs => $6), capture_due = $7,
        recover_at = now() + make_interval(secs => $5)
    WHERE event_id = $1 AND id = $2 AND status IN ('processing', 'declined')";

/// $1 event, $2 payment.
const SET_CAPTURED: &str = "
    UPDATE payments
    SET capture_due = NULL, recover_at = CASE WHEN refund_requested_at IS NOT NULL THEN recover_at END
    WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND capture_due";

/// $1 event, $2 payment, $3 and $4 as [`SUCCEED`], $5 decline code.
const DECLINE: &str = "
    UPDATE payments
    SET status = 'declined', answered_at = now(), decline_code = $5, recover_at = NULL,
        action = NULL, action_data = NULL, act_until = NULL,
        card_brand = coalesce($3, card_brand), card_last4 = coalesce($4, card_last4)
    WHERE event_id = $1 AND id = $2 AND status = 'processing'";

/// The money that was reserved is not to be had, so nothing of it goes back. $1 event, $2 payment, $3 decline code.
const FAIL_CAPTURE: &str = "
    UPDATE payments
    SET status = 'declined', answered_at = now(), decline_code = $3, recover_at = NULL, capture_due = NULL,
        returned_minor = NULL
    WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND capture_due AND refund_requested_at IS NULL";

/// What was reserved, and was to go back, is free again: all of it. $1 event, $2 payment.
const SET_FREE: &str = "
    UPDATE payments
    SET status = 'refunded', refunded_at = now(), recover_at = NULL, capture_due = NULL, returned_minor = NULL
    WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND capture_due AND refund_requested_at IS NOT NULL";

/// $1 event, $2 of the provider's id of what it tells, $3 payment, $4 kind.
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
#[derive(Clone)]
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
pub(super) struct NewPayment {
    pub(super) id: PaymentId,
    pub(super) fingerprint: Fingerprint,
    pub(super) through: Through,
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
    let shown = new.through.shown.as_ref();
    let (brand, last4) = shown.map_or(("", ""), |card| (&card.brand, &card.last4));
    let params: Params = &[
        &request.event,
        &new.id,
        &request.booking,
        &request.key,
        &new.fingerprint,
        &amount.minor,
        &amount.currency.code(),
        &brand,
        &last4,
        &request.one_shot,
        &new.recover_after_seconds,
        &new.through.gateway.provider().as_str(),
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

/// The payments with these ids, of whichever events.
pub(super) async fn get_by_ids(db: &Db, ids: &[PaymentId]) -> Result<Vec<Entry>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND_BY_IDS).await?;
    let rows = client.query(&statement, &[&ids]).await?;
    Ok(rows.iter().map(Entry::read).collect())
}

/// The payments through a provider that were begun since then and are not declined, by their ids after this one, `at_most`
/// of them.
pub(super) async fn made_since(
    db: &Db,
    provider: Provider,
    since: Timestamp,
    after: PaymentId,
    at_most: i64,
) -> Result<Vec<Entry>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(MADE_SINCE).await?;
    let params: Params = &[&provider.as_str(), &since, &after, &at_most];
    let rows = client.query(&statement, params).await?;
    Ok(rows.iter().map(Entry::read).collect())
}

/// The payment that a provider calls so, of whichever event.
pub(super) async fn get_by_reference(
    db: &Db,
    provider: Provider,
    reference: &Reference,
) -> Result<Option<Entry>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND_BY_REFERENCE).await?;
    let params: Params = &[&provider.as_str(), &reference.as_str()];
    let row = client.query_opt(&statement, params).await?;
    Ok(row.as_ref().map(Entry::read))
}

/// Writes down what the provider calls a payment. False if it is not to be charged any more.
pub(super) async fn set_reference(
    db: &Db,
    of: PaymentRef,
    reference: &Reference,
) -> Result<bool, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SET_REFERENCE).await?;
    let params: Params = &[&of.event, &of.payment, &reference.as_str()];
    Ok(client.execute(&statement, params).await? == 1)
}

/// What was reserved is captured.
pub(super) async fn set_captured(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(SET_CAPTURED).await?;
    Ok(transaction.execute(&statement, &[&event, &id]).await? == 1)
}

/// What was reserved cannot be captured: `succeeded` → `declined`.
pub(super) async fn fail_capture(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    code: &str,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(FAIL_CAPTURE).await?;
    Ok(transaction
        .execute(&statement, &[&event, &id, &code])
        .await?
        == 1)
}

/// What was reserved and was to go back is free again: `succeeded` → `refunded`.
pub(super) async fn set_free(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(SET_FREE).await?;
    Ok(transaction.execute(&statement, &[&event, &id]).await? == 1)
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

/// What is to be done after a success.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Left {
    /// It pays no booking: its refund is due.
    pub(super) refund: bool,
    /// The money is only reserved.
    pub(super) capture: bool,
}

/// `processing` or `declined` → `succeeded`.
pub(super) async fn succeed(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    card: Option<&CardShown>,
    left: Left,
) -> Result<bool, Error> {
    let lease = LEASE.as_secs_f64();
    let (brand, last4) = (card.map(|card| &card.brand), card.map(|card| &card.last4));
    let (due_after, capture) = (left.refund.then_some(0.0), left.capture.then_some(true));
    let (statement, params): (_, Params) = if left.refund || left.capture {
        (
            SUCCEED_WITH_WORK,
            &[&event, &id, &brand, &last4, &lease, &due_after, &capture],
        )
    } else {
        (SUCCEED, &[&event, &id, &brand, &last4])
    };
    let statement = transaction.prepare_cached(statement).await?;
    Ok(transaction.execute(&statement, params).await? == 1)
}

/// `processing` → `declined`.
pub(super) async fn decline(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    card: Option<&CardShown>,
    code: &str,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(DECLINE).await?;
    let (brand, last4) = (card.map(|card| &card.brand), card.map(|card| &card.last4));
    let params: Params = &[&event, &id, &brand, &last4, &code];
    Ok(transaction.execute(&statement, params).await? == 1)
}

/// Records that a webhook was received; false if it was received before.
pub(super) async fn insert_webhook_event(
    transaction: &Transaction<'_>,
    event: EventNo,
    payment: PaymentId,
    told: &Told,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(INSERT_WEBHOOK_EVENT).await?;
    let params: Params = &[&event, &told.id, &payment, &told.kind];
    Ok(transaction.execute(&statement, params).await? == 1)
}

fn read(row: &Row) -> Payment {
    let status = read_status(row);
    let (created_at, act_until) = (row.get("created_at"), row.get("act_until"));
    let is_given_up = is_given_up(created_at, act_until);
    let refund_requested_at: Option<Timestamp> = row.get("refund_requested_at");
    Payment {
        id: row.get("id"),
        booking: row.get("booking_id"),
        status,
        amount: read_amount(row),
        method: read_method(row),
        tendered_minor: row.get("tendered_minor"),
        terminal_reference: row.get("terminal_reference"),
        // The CHECK on the column allows no other value.
        provider: row
            .get::<_, &str>("provider")
            .parse()
            .unwrap_or(Provider::Simulated),
        reference: row
            .get::<_, Option<&str>>("reference")
            .and_then(|text| text.parse().ok()),
        action: read_action(row).filter(|_| !is_given_up),
        act_until,
        is_given_up,
        capture_due: row.get::<_, Option<bool>>("capture_due").unwrap_or(false),
        card_brand: row.get("card_brand"),
        card_last4: row.get("card_last4"),
        decline_code: row.get("decline_code"),
        created_at,
        answered_at: row.get("answered_at"),
        refund_due: status == Status::Succeeded && refund_requested_at.is_some(),
        refund_requested_at,
        refunded_at: row.get("refunded_at"),
        returned_minor: row.get::<_, Option<i64>>("returned_minor").unwrap_or(0),
        refunds: Vec::new(),
    }
}

/// As [`GIVE_UP`] writes it down.
fn is_given_up(created_at: Timestamp, act_until: Option<Timestamp>) -> bool {
    act_until.is_some_and(|until| until <= created_at)
}

/// Of a row with `action` and `action_data`.
fn read_action(row: &Row) -> Option<Action> {
    let data: Option<String> = row.get("action_data");
    Some(match row.get::<_, Option<&str>>("action")? {
        "script" => Action::Script {
            client_secret: data?,
        },
        _ => Action::Redirect { url: data? },
    })
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

/// Of a row with `method`.
fn read_method(row: &Row) -> Method {
    // The CHECK on the column allows no other value.
    row.get::<_, &str>("method").parse().unwrap_or(Method::Card)
}

/// Of a row with `amount_minor` and `currency`.
pub(super) fn read_amount(row: &Row) -> Money {
    Money {
        minor: row.get("amount_minor"),
        currency: row.get::<_, Currency>("currency"),
    }
}
