//! The simulated gateway's books: the requested charges with their answers, and the refunds. Owns the tables
//! `gateway_charges`, `gateway_refunds` and `gateway_part_refunds`.
//!
//! What must hold: the first answer for a payment stays, but for what the buyer or a capture completes; a refund is made once, and all refunds of a charge are together no
//! more than the charge. No other module writes
//! these tables.

use tokio_postgres::Row;
use uuid::Uuid;

use super::{bank, notice};
use crate::gateway::{Action, Answer, Intent, Refund, State};
use crate::postgres::{Db, Error, Params, Transaction};
use crate::types::{Currency, Money, PaymentId};

/// Charges that are answered late in one transaction.
const ANSWERED_MAX: i64 = 1_000;

/// $1 payment, $2 status, $3 decline code, $4 minor units, $5 currency, $6 seconds until a pending charge
/// succeeds, $7 the secret of the bank's page, $8 where that leads. The first answer for a payment stays.
const INSERT: &str = "
    INSERT INTO gateway_charges (payment_id, status, decline_code, amount_minor, currency,
                                 created_at, answers_at, secret, return_url)
    VALUES ($1, $2, $3, $4, $5, now(),
            CASE WHEN $2 = 'pending' THEN now() + make_interval(secs => $6) END, $7, $8)
    ON CONFLICT (payment_id) DO NOTHING";

/// $1 payment.
const FIND: &str = "
    SELECT status, decline_code, amount_minor, currency, secret FROM gateway_charges WHERE payment_id = $1";

/// $1 payment.
const CAPTURE: &str = "
    UPDATE gateway_charges SET status = 'succeeded' WHERE payment_id = $1 AND status = 'authorised'";

/// $1 payment. What is pending is with the bank.
const CANCEL: &str = "
    UPDATE gateway_charges SET status = 'cancelled'
    WHERE payment_id = $1 AND status IN ('requires-action', 'authorised')";

/// $1 payment, $2 secret, $3 status, $4 decline code.
const ANSWER: &str = "
    UPDATE gateway_charges SET status = $3, decline_code = $4
    WHERE payment_id = $1 AND secret = $2 AND status = 'requires-action'";

/// $1 payment, $2 secret.
const FIND_ASKED: &str = "
    SELECT status, amount_minor, currency, return_url FROM gateway_charges WHERE payment_id = $1 AND secret = $2";

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

/// Records the state of a charge, unless there is one already. Returns the recorded state.
pub(super) async fn insert(
    db: &Db,
    intent: &Intent,
    state: &State,
    asked: bank::Asked,
    delay_seconds: f64,
) -> Result<State, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(INSERT).await?;
    let (status, code) = match state {
        State::Succeeded => ("succeeded", None),
        State::Declined { code } => ("declined", Some(code)),
        State::Processing => ("pending", None),
        State::RequiresAction(_) => ("requires-action", None),
        State::Authorised => ("authorised", None),
        State::Cancelled => ("cancelled", None),
    };
    let (payment, currency) = (intent.payment, intent.amount.currency.code());
    let params: Params = &[
        &payment,
        &status,
        &code,
        &intent.amount.minor,
        &currency,
        &delay_seconds,
        &asked.secret,
        &asked.return_url,
    ];
    client.execute(&statement, params).await?;
    drop(client);
    let recorded = find(db, payment).await?;
    let recorded = recorded.map(|answer| answer.state);
    recorded.ok_or_else(|| Error::Inconsistent(format!("the charge of {payment} has disappeared")))
}

/// The answer to a charge; `None` if there is no such charge.
pub(super) async fn find(db: &Db, payment: PaymentId) -> Result<Option<Answer>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND).await?;
    let row = client.query_opt(&statement, &[&payment]).await?;
    Ok(row.as_ref().map(|row| read_answer(payment, row)))
}

/// Takes what was authorised, if it was.
pub(super) async fn capture(db: &Db, payment: PaymentId) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(CAPTURE).await?;
    client.execute(&statement, &[&payment]).await?;
    Ok(())
}

/// Cancels what waits for the buyer or for its capture.
pub(super) async fn cancel(db: &Db, payment: PaymentId) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(CANCEL).await?;
    client.execute(&statement, &[&payment]).await?;
    Ok(())
}

/// What the bank asks its customer; `None` without the secret.
pub(super) async fn find_asked(
    db: &Db,
    payment: PaymentId,
    secret: Uuid,
) -> Result<Option<bank::Question>, Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(FIND_ASKED).await?;
    let row = client.query_opt(&statement, &[&payment, &secret]).await?;
    Ok(row.map(|row| bank::Question {
        amount: read_amount(&row),
        is_open: row.get::<_, &str>("status") == "requires-action",
        return_url: row.get("return_url"),
    }))
}

/// The bank's customer has answered: nothing is changed by a second answer.
pub(super) async fn answer(
    db: &Db,
    payment: PaymentId,
    secret: Uuid,
    agrees: bool,
) -> Result<(), Error> {
    let client = db.get().await?;
    let statement = client.prepare_cached(ANSWER).await?;
    let (status, code) = match agrees {
        true => ("succeeded", None),
        false => ("declined", Some("authentication_required")),
    };
    client
        .execute(&statement, &[&payment, &secret, &status, &code])
        .await?;
    Ok(())
}

/// Refunds once. Returns whether it is refunded now; false if it was never charged, or less is left of the charge.
pub(super) async fn refund(db: &Db, refund: &Refund) -> Result<bool, Error> {
    let refund = refund.clone();
    db.transaction(|transaction| {
        let refund = refund.clone();
        Box::pin(async move {
            let lock = transaction.prepare_cached(LOCK_CHARGE).await?;
            transaction.query(&lock, &[&refund.of.payment]).await?;
            let found = match refund.id.0 == refund.of.payment.0 {
                true => refund_last(transaction, &refund).await?,
                false => refund_part(transaction, &refund).await?,
            };
            Ok(found)
        })
    })
    .await
}

async fn refund_last(transaction: &Transaction<'_>, refund: &Refund) -> Result<bool, Error> {
    let (payment, minor) = (refund.of.payment, refund.amount.minor);
    let currency = refund.amount.currency.code();
    let insert = transaction.prepare_cached(INSERT_LAST_REFUND).await?;
    let params: Params = &[&payment, &minor, &currency];
    transaction.execute(&insert, params).await?;
    let find = transaction.prepare_cached(FIND_LAST_REFUND).await?;
    let found = transaction.query_opt(&find, &[&payment, &minor]).await?;
    Ok(found.is_some())
}

async fn refund_part(transaction: &Transaction<'_>, refund: &Refund) -> Result<bool, Error> {
    let (payment, minor) = (refund.of.payment, refund.amount.minor);
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
    Report {
        id,
        payment,
        body: notice::write_succeeded(id, payment, read_amount(row)),
    }
}

fn read_amount(row: &Row) -> Money {
    Money {
        minor: row.get("amount_minor"),
        currency: row.get::<_, Currency>("currency"),
    }
}

fn read_answer(payment: PaymentId, row: &Row) -> Answer {
    let state = match row.get("status") {
        "succeeded" => State::Succeeded,
        "pending" => State::Processing,
        "authorised" => State::Authorised,
        "cancelled" => State::Cancelled,
        "requires-action" => State::RequiresAction(Action::Redirect {
            url: bank::path_with(payment, row.get("secret")),
        }),
        _ => State::Declined {
            code: row.get("decline_code"),
        },
    };
    Answer {
        amount: Some(read_amount(row)),
        ..Answer::of(state)
    }
}
