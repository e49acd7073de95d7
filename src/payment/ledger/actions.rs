//! What the buyer of a payment has to do, until when, and who looks how it is.

use crate::gateway::{Action, Reference};
use crate::payment::{ACT_LIMIT, LOOK_AFTER, PaymentRef};
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::{BookingId, EventNo, PaymentId};

/// $1 event, $2 payment, $3 what is to be done, $4 with what, $5 seconds for it, $6 seconds until recovery looks.
const ASK: &str = "
    UPDATE payments
    SET action = $3, action_data = $4, act_until = now() + make_interval(secs => $5),
        recover_at = now() + make_interval(secs => $6)
    WHERE event_id = $1 AND id = $2 AND status = 'processing' AND action IS NULL";

/// What the buyer has to do is not to be done any more: recovery cancels it at once. $1 event, $2 booking.
const END_ACTIONS: &str = "
    UPDATE payments SET act_until = now(), recover_at = now()
    WHERE event_id = $1 AND booking_id = $2 AND status = 'processing' AND action IS NOT NULL AND act_until > now()";

/// As [`END_ACTIONS`], of many bookings. $1 event, $2 bookings, $3 their number, as in [`REQUEST_MANY_REFUNDS`].
const END_MANY_ACTIONS: &str = "
    UPDATE payments AS p SET act_until = now(), recover_at = now()
    FROM (SELECT * FROM unnest((SELECT $2::uuid[])) AS u (id) LIMIT (SELECT $3::bigint)) AS ended
    WHERE p.event_id = $1 AND p.booking_id = ended.id AND p.status = 'processing' AND p.action IS NOT NULL
      AND p.act_until > now()";

/// It is about to be cancelled at the provider by the name that is known, and its buyer has no time left: as if the time had
/// ended when it was begun. What is asked of them later is told to nobody. Retries begin anew. $1 event, $2 payment, $3 its name.
const GIVE_UP: &str = "
    UPDATE payments
    SET action = coalesce(action, 'redirect'), action_data = coalesce(action_data, ''), act_until = created_at,
        recover_attempts = 0
    WHERE event_id = $1 AND id = $2 AND status = 'processing' AND reference IS NOT DISTINCT FROM $3
      AND (act_until IS NULL OR act_until > created_at)";

/// $1 event, $2 payment, $3 seconds from now.
const LOOK_AGAIN: &str = "
    UPDATE payments SET recover_at = now() + make_interval(secs => $3)
    WHERE event_id = $1 AND id = $2 AND status = 'processing'";

/// A process that wants to know how it is takes it up, once in each second: whoever does sets a whole second, which no pause
/// of recovery comes to. After `act_until` it is recovery's, which cancels it. $1 event, $2 payment, $3 seconds of its lease.
const TAKE_UP: &str = "
    UPDATE payments SET recover_at = date_trunc('second', now()) + make_interval(secs => $3)
    WHERE event_id = $1 AND id = $2 AND status = 'processing' AND action IS NOT NULL AND act_until > now()
      AND recover_at <> date_trunc('second', now()) + make_interval(secs => $3)";

/// Writes down what the buyer has to do, and lets recovery look after so many seconds. False if it is decided.
pub(in crate::payment) async fn ask(
    transaction: &Transaction<'_>,
    event: EventNo,
    id: PaymentId,
    action: &Action,
) -> Result<bool, Error> {
    let (kind, data) = match action {
        Action::Script { client_secret } => ("script", client_secret),
        Action::Redirect { url } => ("redirect", url),
    };
    let statement = transaction.prepare_cached(ASK).await?;
    // Earlier than a second after somebody has looked: nobody has.
    let (limit, look) = (ACT_LIMIT.as_secs_f64(), LOOK_AFTER.as_secs_f64() / 2.0);
    let params: Params = &[&event, &id, &kind, &data, &limit, &look];
    Ok(transaction.execute(&statement, params).await? == 1)
}

/// What a booking's buyer was to do for its payment is over.
pub(in crate::payment) async fn end_actions(
    transaction: &Transaction<'_>,
    event: EventNo,
    booking: BookingId,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(END_ACTIONS).await?;
    transaction.execute(&statement, &[&event, &booking]).await?;
    Ok(())
}

/// What the buyers of these bookings were to do for their payments is over.
pub(in crate::payment) async fn end_many_actions(
    transaction: &Transaction<'_>,
    event: EventNo,
    bookings: &[BookingId],
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(END_MANY_ACTIONS).await?;
    let params: Params = &[&event, &bookings, &(bookings.len() as i64)];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// Writes down that a payment is about to be cancelled at its provider. False if it is decided, or has a name now that is not
/// known there, or that was written down before: then whoever did it cancels it, or recovery.
pub(in crate::payment) async fn give_up(
    transaction: &Transaction<'_>,
    of: PaymentRef,
    reference: Option<&Reference>,
) -> Result<bool, Error> {
    let statement = transaction.prepare_cached(GIVE_UP).await?;
    let reference = reference.map(Reference::as_str);
    let params: Params = &[&of.event, &of.payment, &reference];
    Ok(transaction.execute(&statement, params).await? == 1)
}

/// Lets recovery look soon at a payment that somebody else is asking about.
pub(in crate::payment) async fn look_again(
    transaction: &Transaction<'_>,
    of: PaymentRef,
) -> Result<(), Error> {
    let statement = transaction.prepare_cached(LOOK_AGAIN).await?;
    let params: Params = &[&of.event, &of.payment, &LOOK_AFTER.as_secs_f64()];
    transaction.execute(&statement, params).await?;
    Ok(())
}

/// Takes up a payment that waits for its buyer. False if it does not, or somebody has looked in this second.
pub(in crate::payment) async fn take_up(db: &Db, of: PaymentRef) -> Result<bool, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(TAKE_UP).await?;
    let lease = LOOK_AFTER.as_secs_f64();
    let params: Params = &[&of.event, &of.payment, &lease];
    Ok(client.execute(&statement, params).await? == 1)
}
