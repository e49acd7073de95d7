//! The simulated gateway's books: the requested charges with their answers, and the refunds. Owns the tables
//! `gateway_charges`, `gateway_refunds` and `gateway_part_refunds`.
//!
//! What must hold: the first answer for a payment stays; a refund is made once, and all refunds of a charge are together no
//! more than the charge. No other module writes
//! these tables.

use tokio_postgres::Row;
use uuid::Uuid;

use super::notice;
use crate::gateway::{Answer, Refund};
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::{Currency, Money, PaymentId};

/// Charges that are answered late in one transaction.
const ANSWERED_MAX: i64 = 1_000;

/// $1 payment, $2 status, $3 decline code, $4 minor units, $5 currency, $6 seconds until a pending charge
/// succeeds. The first answer for a payment stays.
const INSERT: &str = "
    INSERT INTO gateway_charges (payment_id, status, decline_code, amount_minor, currency,
                                 created_at, answers_at)
    VALUES ($1, $2, $3, $4, $5, now(),
            CASE WHEN $2 = 'pending' THEN now() + make_interval(secs => $6) END)
    ON CONFLICT (payment_id) DO NOTHING";

/// $1 payment.
const FIND: &str = "SELECT status, decline_code FROM gateway_charges WHERE payment_id = $1";

/// $1 how many at most.
const LOCK_DUE: &str = "
    SELECT payment_id, amount_minor, currency FROM gateway_charges
    WHERE status = 'pending' AND answers_at <= now()
    ORDER BY answers_at LIMIT $1 FOR UPDATE SKIP LOCKED";

/// $1 payments.
const SUCCEED: &str = "
    UPDATE gateway_charges SET status = 'succeeded', answers_at = NULL WHERE payment_id = ANY ($1)";

/// What goes back last of a charge. $1 payment, $2 minor units, $3 currency.
const INSERT_LAST_REFUND: &str = "
    INSERT INTO gateway_refunds (payment_id, amount_minor, currency, created_at)
    SELECT c.payment_id, $2, c.currency, now() FROM gateway_charges AS c
    WHERE c.payment_id = $1 AND c.status = 'succeeded' AND c.currency = $3
      AND $2::bigint + (SELECT coalesce(sum(amount_minor), 0) FROM gateway_part_refunds WHERE payment_id = $1)
          <= c.amount_minor
    ON CONFLICT (payment_id) DO NOTHING";

/// $1 payment, $2 refund, $3 minor units, $4 currency.
const INSERT_PART_REFUND: &str = "
    INSERT INTO gateway_part_refunds (id, payment_id, amount_minor, currency, created_at)
    SELECT $2, c.payment_id, $3, c.currency, now() FROM gateway_charges AS c
    WHERE c.payment_id = $1 AND c.status = 'succeeded' AND c.currency = $4
      AND $3::bigint + (SELECT coalesce(sum(amount_minor), 0) FROM gateway_part_refunds WHERE payment_id = $1)
          + (SELECT coalesce(sum(amount_minor), 0) FROM gateway_refunds WHERE payment_id = $1)
          <= c.amount_minor
    ON CONFLICT (id) DO NOTHING";

/// $1 payment. Refunds of one charge come one after the other.
const LOCK_CHARGE: &str = "SELECT FROM gateway_charges WHERE payment_id = $1 FOR UPDATE";

/// $1 payment, $2 minor units.
const FIND_LAST_REFUND: &str =
    "SELECT FROM gateway_refunds WHERE payment_id = $1 AND amount_minor = $2";

/// $1 payment, $2 refund, $3 minor units.
const FIND_PART_REFUND: &str =
    "SELECT FROM gateway_part_refunds WHERE payment_id = $1 AND id = $2 AND amount_minor = $3";

/// A webhook that reports a charge.
pub(super) struct Report {
    pub(super) id: Uuid,
    pub(super) payment: PaymentId,
    pub(super) body: String,
}

/// Records the answer to a charge, unless there is one already. Returns the recorded answer.
pub(super) async fn insert(
    db: &Db,
    payment: PaymentId,
    amount: Money,
    answer: &Answer,
    delay_seconds: f64,
) -> Result<Answer, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(INSERT).await?;
    let (status, code) = match answer {
        Answer::Succeeded => ("succeeded", None),
        Answer::Declined { code } => ("declined", Some(code)),
        Answer::Later => ("pending", None),
    };
    let currency = amount.currency.code();
    let params: Params = &[
        &payment,
        &status,
        &code,
        &amount.minor,
        &currency,
        &delay_seconds,
    ];
    client.execute(&statement, params).await?;
    drop(client);
    let recorded = find(db, payment).await?;
    recorded.ok_or_else(|| Error::Inconsistent(format!("the charge of {payment} has disappeared")))
}

/// The answer to a charge; `None` if there is no such charge.
pub(super) async fn find(db: &Db, payment: PaymentId) -> Result<Option<Answer>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND).await?;
    let row = client.query_opt(&statement, &[&payment]).await?;
    Ok(row.as_ref().map(read_answer))
}

/// Refunds once. Returns whether it is refunded now; false if it was never charged, or less is left of the charge.
pub(super) async fn refund(db: &Db, refund: &Refund) -> Result<bool, Error> {
    let refund = *refund;
    db.transaction(|transaction| {
        Box::pin(async move {
            let lock = transaction.prepare_cached(LOCK_CHARGE).await?;
            transaction.query(&lock, &[&refund.payment]).await?;
            let found = match refund.id.0 == refund.payment.0 {
                true => refund_last(transaction, refund).await?,
                false => refund_part(transaction, refund).await?,
            };
            Ok(found)
        })
    })
    .await
}

async fn refund_last(transaction: &Transaction<'_>, refund: Refund) -> Result<bool, Error> {
    let (payment, minor) = (refund.payment, refund.amount.minor);
    let currency = refund.amount.currency.code();
    let insert = transaction.prepare_cached(INSERT_LAST_REFUND).await?;
    let params: Params = &[&payment, &minor, &currency];
    transaction.execute(&insert, params).await?;
    let find = transaction.prepare_cached(FIND_LAST_REFUND).await?;
    let found = transaction.query_opt(&find, &[&payment, &minor]).await?;
    Ok(found.is_some())
}

async fn refund_part(transaction: &Transaction<'_>, refund: Refund) -> Result<bool, Error> {
    let (payment, minor) = (refund.payment, refund.amount.minor);
    let currency = refund.amount.currency.code();
    let insert = transaction.prepare_cached(INSERT_PART_REFUND).await?;
    let params: Params = &[&payment, &refund.id, &minor, &currency];
    transaction.execute(&insert, params).await?;
    let find = transaction.prepare_cached(FIND_PART_REFUND).await?;
    let params: Params = &[&payment, &refund.id, &minor];
    Ok(transaction.query_opt(&find, params).await?.is_some())
}

/// Lets pending charges succeed that are due. Returns the webhooks that are to report them.
pub(super) async fn succeed_due(transaction: &Transaction<'_>) -> Result<Vec<Report>, Error> {
    let lock = transaction.prepare_cached(LOCK_DUE).await?;
    let rows = transaction.query(&lock, &[&ANSWERED_MAX]).await?;
    let reports: Vec<Report> = rows.iter().map(report).collect();
    if !reports.is_empty() {
        let payments: Vec<PaymentId> = reports.iter().map(|report| report.payment).collect();
        let succeed = transaction.prepare_cached(SUCCEED).await?;
        transaction.execute(&succeed, &[&payments]).await?;
    }
    Ok(reports)
}

fn report(row: &Row) -> Report {
    let (id, payment) = (Uuid::new_v4(), row.get("payment_id"));
    let amount = Money {
        minor: row.get("amount_minor"),
        currency: row.get::<_, Currency>("currency"),
    };
    Report {
        id,
        payment,
        body: notice::write_succeeded(id, payment, amount),
    }
}

fn read_answer(row: &Row) -> Answer {
    match row.get("status") {
        "succeeded" => Answer::Succeeded,
        "pending" => Answer::Later,
        _ => Answer::declined(row.get("decline_code")),
    }
}
