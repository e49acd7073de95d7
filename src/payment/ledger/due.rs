//! What is due to go back of payments, and what is in doubt.

use super::read_method;
use crate::payment::{LEASE, Method, refunds};
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, PaymentId};

/// $1 event, $2 booking, $3 seconds from now for recovery, which has nothing to do with what is given back by hand.
const REQUEST_REFUNDS: &str = "
    UPDATE payments
    SET refund_requested_at = now(), recover_attempts = 0, recover_at = CASE WHEN method = 'card' THEN due.later END
    FROM (SELECT now() + make_interval(secs => $3) AS later) AS due
    WHERE event_id = $1 AND booking_id = $2 AND status = 'succeeded' AND refund_requested_at IS NULL
    RETURNING id, method";

/// $1 event, $2 bookings, $3 their number: looked up one by one, as in `booking::call_off`. Due at once.
const REQUEST_MANY_REFUNDS: &str = "
    UPDATE payments AS p
    SET refund_requested_at = now(), recover_attempts = 0, recover_at = CASE WHEN p.method = 'card' THEN ended.due END
    FROM (SELECT id, now() AS due FROM unnest((SELECT $2::uuid[])) AS u (id) LIMIT (SELECT $3::bigint)) AS ended
    WHERE p.event_id = $1 AND p.booking_id = ended.id AND p.status = 'succeeded' AND p.refund_requested_at IS NULL";

/// $1 event. The index has only payments that are not done.
const REFUNDS_DUE: &str = "
    SELECT count(*) AS due, count(*) FILTER (WHERE recover_attempts > 1) AS failed
    FROM payments
    WHERE event_id = $1 AND status = 'succeeded' AND recover_at IS NOT NULL AND refund_requested_at IS NOT NULL";

/// $1 event.
const IN_DOUBT: &str = "
    SELECT EXISTS (SELECT FROM payments WHERE event_id = $1 AND status = 'processing' AND recover_at IS NOT NULL)";

/// What the provider has said of its refund. $1 event, $2 payment, $3 true or NULL.
const SET_REFUND_PENDING: &str = "
    UPDATE payments SET refund_pending = $3
    WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND refund_requested_at IS NOT NULL
      AND refund_pending IS DISTINCT FROM $3::boolean";

/// Of what was captured. $1 event, $2 payment.
const SET_REFUNDED: &str = "
    UPDATE payments SET status = 'refunded', refunded_at = now(), recover_at = NULL, refund_pending = NULL
    WHERE event_id = $1 AND id = $2 AND status = 'succeeded' AND refund_requested_at IS NOT NULL
      AND capture_due IS NULL";

/// Makes the refund of a booking's payment due. The charges whose refund was not due before: what was paid by hand is
/// given back by hand.
pub(in crate::payment) async fn request_refunds(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<Vec<PaymentId>, Error> {
    let statement = transaction.prepare_cached(REQUEST_REFUNDS).await?;
    let params: Params = &[&event, &booking, &LEASE.as_secs_f64()];
    let rows = transaction.query(&statement, params).await?;
    let by_gateway = rows.iter().filter(|row| read_method(row) == Method::Card);
    Ok(by_gateway.map(|row| row.get("id")).collect())
}

/// Makes the refunds of these bookings' charges due, at once. How many.
pub(in crate::payment) async fn request_many_refunds(
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
pub(in crate::payment) struct RefundsDue {
    pub(in crate::payment) due: i64,
    /// Those of them that were tried in vain.
    pub(in crate::payment) failed: i64,
}

/// The refunds of an event that are due.
pub(in crate::payment) async fn refunds_due(
    client: &Client,
    event: EventNo,
) -> Result<RefundsDue, Error> {
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
pub(in crate::payment) async fn is_in_doubt(
    client: &Client,
    event: EventNo,
) -> Result<bool, Error> {
    let statement = client.prepare_cached(IN_DOUBT).await?;
    Ok(client.query_one(&statement, &[&event]).await?.get(0))
}

/// Writes down whether the provider has said that the refund of what is left is pending.
pub(in crate::payment) async fn set_refund_pending(
    db: &Db,
    event: EventNo,
    id: PaymentId,
    is_pending: bool,
) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SET_REFUND_PENDING).await?;
    let params: Params = &[&event, &id, &is_pending.then_some(true)];
    client.execute(&statement, params).await?;
    Ok(())
}

/// `succeeded` → `refunded`, if the refund was due.
pub(in crate::payment) async fn set_refunded(
    db: &Db,
    event: EventNo,
    id: PaymentId,
) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(SET_REFUNDED).await?;
    client.execute(&statement, &[&event, &id]).await?;
    Ok(())
}
