//! The table `refunds`: what goes back of a charge while its booking stays; every statement on it is here.
//!
//! What must hold: [`request`] is called after the booking's row was locked in the transaction; the sum of a payment's
//! refunds is kept beside it, under a constraint, so that never more goes back than was charged.

use tokio_postgres::Row;

use super::{LEASE, PaymentRef, Refund, RefundRef};
use crate::gateway::Provider;
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, Money, PaymentId, RefundId};

/// $1 event, $2 booking, $3 minor units. The payment that keeps its money: there is one at most. What was paid by hand is
/// given back by hand, and as a whole.
const COUNT: &str = "
    UPDATE payments SET returned_minor = coalesce(returned_minor, 0) + $3
    WHERE event_id = $1 AND booking_id = $2 AND method = 'card' AND status = 'succeeded' AND refund_requested_at IS NULL
    RETURNING id, currency, provider";

/// $1 event, $2 refund, $3 payment, $4 booking, $5 minor units, $6 currency, $7 seconds until recovery makes it.
const INSERT: &str = "
    INSERT INTO refunds (event_id, id, payment_id, booking_id, amount_minor, currency, status, recover_at,
                         recover_attempts)
    VALUES ($1, $2, $3, $4, $5, $6, 'due', now() + make_interval(secs => $7), 0)";

/// $1 event, $2 refund.
const SET_REFUNDED: &str = "
    UPDATE refunds SET status = 'refunded', refunded_at = now(), recover_at = NULL, refund_pending = NULL
    WHERE event_id = $1 AND id = $2 AND status = 'due'";

/// Nothing goes back of what was never captured. $1 event, $2 booking, $3 payment.
const VOID: &str = "
    UPDATE refunds SET status = 'void', recover_at = NULL
    WHERE event_id = $1 AND booking_id = $2 AND payment_id = $3 AND status = 'due'";

/// What the provider has said of it. $1 event, $2 refund, $3 true or NULL.
const SET_PENDING: &str = "
    UPDATE refunds SET refund_pending = $3
    WHERE event_id = $1 AND id = $2 AND status = 'due' AND refund_pending IS DISTINCT FROM $3::boolean";

/// $1 event, $2 refund.
const IS_DUE: &str =
    "SELECT EXISTS (SELECT FROM refunds WHERE event_id = $1 AND id = $2 AND status = 'due')";

/// $1 events and $2 bookings, pair by pair.
const OF_BOOKINGS: &str = "
    SELECT r.id, r.payment_id, r.amount_minor, r.currency, r.requested_at, r.refunded_at
    FROM unnest($1::bigint[], $2::uuid[]) AS b (event_id, id)
    JOIN refunds AS r ON r.event_id = b.event_id AND r.booking_id = b.id
    WHERE r.status <> 'void'
    ORDER BY r.requested_at, r.id";

/// $1 event. The index has only refunds that are not made.
const DUE: &str = "
    SELECT count(*) AS due, count(*) FILTER (WHERE recover_attempts > 1) AS failed
    FROM refunds WHERE event_id = $1 AND recover_at IS NOT NULL";

/// Makes a refund of a booking's charge due, and says who has charged it; `None` if the booking has no charge that keeps its
/// money.
///
/// # Errors
/// Those of the database; a violation of `payments_returned_check` if less is left of the charge.
pub(super) async fn request(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    refund: RefundId,
    minor: i64,
) -> Result<Option<(RefundRef, Provider)>, Error> {
    let statement = transaction.prepare_cached(COUNT).await?;
    let row = transaction
        .query_opt(&statement, &[&event, &booking, &minor])
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let (payment, currency): (PaymentId, _) = (row.get("id"), row.get("currency"));
    let amount = Money { minor, currency };
    let statement = transaction.prepare_cached(INSERT).await?;
    let params: Params = &[
        &event,
        &refund,
        &payment,
        &booking,
        &minor,
        &amount.currency.code(),
        &LEASE.as_secs_f64(),
    ];
    transaction.execute(&statement, params).await?;
    let refund = RefundRef {
        event,
        booking,
        refund,
        payment,
        amount,
    };
    // The CHECK on the column allows no other value.
    let provider: &str = row.get("provider");
    Ok(Some((
        refund,
        provider.parse().unwrap_or(Provider::Simulated),
    )))
}

/// `due` → `refunded`.
pub(super) async fn set_refunded(db: &Db, event: EventNo, id: RefundId) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SET_REFUNDED).await?;
    client.execute(&statement, &[&event, &id]).await?;
    Ok(())
}

/// `due` → `void`, all of a payment that was never captured and has ended.
pub(super) async fn void(transaction: &Transaction<'_>, of: &PaymentRef) -> Result<(), Error> {
    let statement = transaction.prepare_cached(VOID).await?;
    let params: Params = &[&of.event, &of.booking, &of.payment];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// Writes down whether the provider has said that it is pending.
pub(super) async fn set_pending(
    db: &Db,
    event: EventNo,
    id: RefundId,
    is_pending: bool,
) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SET_PENDING).await?;
    let params: Params = &[&event, &id, &is_pending.then_some(true)];
    client.execute(&statement, params).await?;
    Ok(())
}

/// Whether it is to be made still.
pub(super) async fn is_due(db: &Db, event: EventNo, id: RefundId) -> Result<bool, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(IS_DUE).await?;
    Ok(client.query_one(&statement, &[&event, &id]).await?.get(0))
}

/// The refunds of some bookings, oldest first. `events` and `bookings` are pairs.
pub(super) async fn of_bookings(
    db: &Db,
    events: &[EventNo],
    bookings: &[BookingId],
) -> Result<Vec<Refund>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(OF_BOOKINGS).await?;
    let rows = client.query(&statement, &[&events, &bookings]).await?;
    Ok(rows.iter().map(read).collect())
}

/// How many refunds of an event are due, and how many of them were tried in vain.
pub(super) async fn due(client: &Client, event: EventNo) -> Result<(i64, i64), Error> {
    let statement = client.prepare_cached(DUE).await?;
    let row = client.query_one(&statement, &[&event]).await?;
    Ok((row.get("due"), row.get("failed")))
}

fn read(row: &Row) -> Refund {
    Refund {
        id: row.get("id"),
        payment: row.get("payment_id"),
        amount: Money {
            minor: row.get("amount_minor"),
            currency: row.get("currency"),
        },
        requested_at: row.get("requested_at"),
        refunded_at: row.get("refunded_at"),
    }
}
