//! The webhooks of the simulated gateway: charges that answer later do so here, and whoever is to
//! know is told over HTTP until it has taken it.
//!
//! Runs in every process. What is due is found under SKIP LOCKED and claimed by pushing its next
//! attempt ahead, so that it is sent by one of them; sent twice it would do no harm.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use serde_json::json;
use uuid::Uuid;

use super::signature::{self, SigningKey};
use crate::gateway::Answer;
use crate::postgres::{Db, Error, Transaction};
use crate::types::PaymentId;

/// Webhooks that are claimed together, and sent at once: none waits for its turn, so all are sent
/// before somebody else may claim them.
const AT_ONCE_MAX: usize = 16;
/// How often that is done in one round at most.
const CLAIMS_MAX: usize = 100;
/// Charges that are answered together.
const ANSWERED_MAX: i64 = 100;
/// How often a webhook is sent before the gateway gives it up, after about three days. The recovery
/// of the payment does not depend on it.
const ATTEMPTS_MAX: i32 = 80;
/// How long the receiver may take; shorter than the first pause.
const ANSWER_LIMIT: Duration = Duration::from_secs(4);

/// Sends the simulated gateway's webhooks.
#[derive(Debug)]
pub struct Deliveries {
    db: Db,
    key: Arc<SigningKey>,
    url: String,
    client: reqwest::Client,
}

/// A webhook that this process has claimed.
struct Delivery {
    id: Uuid,
    body: String,
    now_unix_seconds: i64,
}

impl Deliveries {
    /// To this address, signed with this key.
    ///
    /// # Errors
    /// There is no HTTP client to be had.
    pub fn new(db: Db, key: Arc<SigningKey>, url: String) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_LIMIT)
            .build()?;
        Ok(Self {
            db,
            key,
            url,
            client,
        })
    }

    /// One round: answers the charges whose time has come, and sends what is due. How many were taken.
    ///
    /// # Errors
    /// Those of the database: what was not sent will be found again.
    pub async fn deliver(&self) -> Result<usize, Error> {
        let mut taken = 0;
        for _ in 0..CLAIMS_MAX {
            let (claimed, taken_of_them) = self.deliver_some().await?;
            taken += taken_of_them;
            if claimed < AT_ONCE_MAX {
                break;
            }
        }
        Ok(taken)
    }

    /// How many were claimed, and how many of them were taken.
    async fn deliver_some(&self) -> Result<(usize, usize), Error> {
        let due = self.db.transaction(|transaction| {
            Box::pin(async move {
                answer_charges(transaction).await?;
                claim(transaction).await
            })
        });
        let due: Vec<Delivery> = due.await?;
        if due.is_empty() {
            return Ok((0, 0));
        }
        let claimed = due.len();
        let key = self.key.get().await?;
        let sent = stream::iter(due)
            .map(|delivery| self.send(key, delivery))
            .buffer_unordered(AT_ONCE_MAX);
        let taken: Vec<Option<Uuid>> = sent.collect().await;
        let taken: Vec<Uuid> = taken.into_iter().flatten().collect();
        self.record_taken(&taken).await?;
        Ok((claimed, taken.len()))
    }

    /// The delivery's id, if the receiver has taken it.
    async fn send(&self, key: &[u8], delivery: Delivery) -> Option<Uuid> {
        let signature = signature::sign(key, delivery.now_unix_seconds, delivery.body.as_bytes());
        let request = self
            .client
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header(signature::HEADER, signature)
            .body(delivery.body);
        match request.send().await.map(|response| response.status()) {
            Ok(status) if status.is_success() => Some(delivery.id),
            Ok(status) => {
                log::warn!("webhook {}: the receiver says {status}", delivery.id);
                None
            }
            Err(error) => {
                log::warn!("webhook {} could not be sent: {error}", delivery.id);
                None
            }
        }
    }

    async fn record_taken(&self, taken: &[Uuid]) -> Result<(), Error> {
        if taken.is_empty() {
            return Ok(());
        }
        let client = self.db.get().await?;
        let statement = client
            .prepare_cached(
                "UPDATE gateway_deliveries SET delivered_at = now(), next_attempt_at = NULL WHERE id = ANY ($1)",
            )
            .await?;
        client.execute(&statement, &[&taken]).await?;
        Ok(())
    }
}

/// Pending charges whose time has come have succeeded; of each a webhook is to tell.
async fn answer_charges(transaction: &Transaction<'_>) -> Result<(), Error> {
    let due = transaction
        .prepare_cached(
            "SELECT payment_id, amount_minor, currency FROM gateway_charges
             WHERE status = 'pending' AND answers_at <= now()
             ORDER BY answers_at LIMIT $1 FOR UPDATE SKIP LOCKED",
        )
        .await?;
    let rows = transaction.query(&due, &[&ANSWERED_MAX]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let payments: Vec<PaymentId> = rows.iter().map(|row| row.get("payment_id")).collect();
    let ids: Vec<Uuid> = rows.iter().map(|_| Uuid::now_v7()).collect();
    let bodies = ids.iter().zip(&rows).map(|(id, row)| {
        let (payment, minor): (PaymentId, i64) = (row.get("payment_id"), row.get("amount_minor"));
        let (kind, currency): (_, &str) = (Answer::Succeeded.kind(), row.get("currency"));
        let amount = json!({"amount": minor, "currency": currency});
        json!({"id": id, "type": kind, "payment_id": payment, "amount": amount}).to_string()
    });
    let bodies: Vec<String> = bodies.collect();
    let succeed = transaction
        .prepare_cached(
            "UPDATE gateway_charges SET status = 'succeeded', answers_at = NULL WHERE payment_id = ANY ($1)",
        )
        .await?;
    transaction.execute(&succeed, &[&payments]).await?;
    let insert = transaction
        .prepare_cached(
            "INSERT INTO gateway_deliveries (id, payment_id, body, attempts, next_attempt_at)
             SELECT d.id, d.payment_id, d.body, 0, now()
             FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS d (id, payment_id, body)",
        )
        .await?;
    transaction
        .execute(&insert, &[&ids, &payments, &bodies])
        .await?;
    Ok(())
}

/// What is due is ours until its next attempt would be: after 5, 10, 20, ... seconds, an hour at most.
async fn claim(transaction: &Transaction<'_>) -> Result<Vec<Delivery>, Error> {
    let due = transaction
        .prepare_cached(
            "SELECT id, body, extract(epoch FROM now())::bigint AS now FROM gateway_deliveries
             WHERE next_attempt_at <= now()
             ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED",
        )
        .await?;
    let at_most = AT_ONCE_MAX as i64;
    let rows = transaction.query(&due, &[&at_most]).await?;
    let due: Vec<Delivery> = rows
        .iter()
        .map(|row| Delivery {
            id: row.get("id"),
            body: row.get("body"),
            now_unix_seconds: row.get("now"),
        })
        .collect();
    if due.is_empty() {
        return Ok(due);
    }
    let ids: Vec<Uuid> = due.iter().map(|delivery| delivery.id).collect();
    let push = transaction
        .prepare_cached(
            "UPDATE gateway_deliveries
             SET attempts = attempts + 1,
                 next_attempt_at = CASE WHEN attempts + 1 < $2
                     THEN now() + make_interval(secs => least(3600, 5 * 2 ^ least(attempts, 10))) END
             WHERE id = ANY ($1)",
        )
        .await?;
    transaction.execute(&push, &[&ids, &ATTEMPTS_MAX]).await?;
    Ok(due)
}
