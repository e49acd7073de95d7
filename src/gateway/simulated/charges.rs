//! The simulated gateway's books: the requested charges with their answers, and the refunds. Owns the tables
//! `gateway_charges` and `gateway_refunds`.
//!
//! What must hold: the first answer for a payment stays; a payment is refunded once. No other module writes
//! these tables.

use tokio_postgres::Row;
use uuid::Uuid;

use super::notice;
use crate::gateway::Answer;
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

/// $1 payment.
const INSERT_REFUND: &str = "
    INSERT INTO gateway_refunds (payment_id, amount_minor, currency, created_at)
    SELECT payment_id, amount_minor, currency, now() FROM gateway_charges
    WHERE payment_id = $1 AND status = 'succeeded'
    ON CONFLICT (payment_id) DO NOTHING";

/// $1 payment.
const FIND_REFUND: &str = "SELECT FROM gateway_refunds WHERE payment_id = $1";

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

/// Refunds a charge once. Returns whether it is refunded now; false if it was never charged.
pub(super) async fn refund(db: &Db, payment: PaymentId) -> Result<bool, Error> {
    let client = db.get().await?;
    let insert = client.prepare_cached(INSERT_REFUND).await?;
    client.execute(&insert, &[&payment]).await?;
    let find = client.prepare_cached(FIND_REFUND).await?;
    Ok(client.query_opt(&find, &[&payment]).await?.is_some())
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
