//! What was paid by hand, and goes back so.

use super::read;
use crate::payment::{ByHand, Payment};
use crate::postgres::{Client, Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, Fingerprint, IdempotencyKey, PaymentId};

/// $1 event, $2 payment, $3 booking, $4 key, $5 fingerprint, $6 method, $7 cash that was given, $8 the terminal's
/// reference. Of the booking's own price, and made already.
const INSERT_BY_HAND: &str = "
    INSERT INTO payments AS p (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
                               currency, card_brand, card_last4, one_shot, created_at, answered_at, recover_attempts,
                               method, tendered_minor, terminal_reference)
    SELECT b.event_id, $2, b.id, $4, $5, 'succeeded', b.total_minor, b.currency, '', '', false, now(), now(), 0,
           $6, $7, $8
    FROM bookings AS b WHERE b.event_id = $1 AND b.id = $3";

/// $1 event, $2 booking. In the transaction that cancels the booking, or later.
const GIVE_BACK_BY_HAND: &str = "
    UPDATE payments SET status = 'refunded', refunded_at = now()
    WHERE event_id = $1 AND booking_id = $2 AND method <> 'card' AND status = 'succeeded'
      AND refund_requested_at IS NOT NULL";

/// $1 event, $2 how many at most. The oldest first.
const DUE_BY_HAND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM payments AS p
     WHERE p.event_id = $1 AND p.method <> 'card' AND p.status = 'succeeded' AND p.refund_requested_at IS NOT NULL
     ORDER BY p.event_id, p.refund_requested_at, p.id LIMIT $2"
);

/// $1 event.
const COUNT_BY_HAND: &str = "
    SELECT count(*) FROM payments
    WHERE event_id = $1 AND method <> 'card' AND status = 'succeeded' AND refund_requested_at IS NOT NULL";

/// Records what an organiser was paid for a booking by hand, within the transaction that makes it.
pub(in crate::payment) async fn insert_by_hand(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
    key: &IdempotencyKey,
    by_hand: &ByHand,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(INSERT_BY_HAND).await?;
    let method = by_hand.method().as_str();
    let (tendered, reference) = match by_hand {
        ByHand::Cash { tendered_minor } => (*tendered_minor, None),
        ByHand::Terminal { reference } => (None, reference.as_deref()),
    };
    let fingerprint = Fingerprint::of([method.as_bytes()]);
    let params: Params = &[
        &event,
        &PaymentId::make(),
        &booking,
        &key,
        &fingerprint,
        &method,
        &tendered,
        &reference,
    ];
    if transaction.execute(&statement, params).await? == 1 {
        Ok(())
    } else {
        let gone = format!("booking {booking} is not there to be paid");
        Err(Error::Inconsistent(gone))
    }
}

/// What was paid for a booking by hand is back. False if nothing of it was to be given back.
pub(in crate::payment) async fn give_back_by_hand(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(GIVE_BACK_BY_HAND).await?;
    let params: Params = &[&event, &booking];
    Ok(transaction.execute(&statement, params).await? > 0)
}

/// The payments of an event that are to be given back by hand, the oldest first, `at_most` of them.
pub(in crate::payment) async fn due_by_hand(
    db: &Db,
    event: EventNo,
    at_most: i64,
) -> Result<Vec<Payment>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(DUE_BY_HAND).await?;
    let rows = client.query(&statement, &[&event, &at_most]).await?;
    Ok(rows.iter().map(read).collect())
}

/// How many payments of an event are to be given back by hand.
pub(in crate::payment) async fn count_by_hand(
    client: &Client,
    event: EventNo,
) -> Result<i64, Error> {
    let statement = client.prepare_cached(COUNT_BY_HAND).await?;
    Ok(client.query_one(&statement, &[&event]).await?.get(0))
}
