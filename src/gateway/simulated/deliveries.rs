//! The webhooks that the simulated gateway sends: an outbox in the table `gateway_deliveries`. Each is sent over
//! HTTP until the receiver has accepted it.
//!
//! Runs in every process; a delivery is leased before it is sent. Delivery is at least once: the receiver
//! recognises a redelivery by its id.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use super::charges::{self, Report};
use super::signing_key::{HEADER, SigningKey};
use crate::gateway::signature;
use crate::postgres::lease::{ALL_ROWS, Attempt, NO_EVENT, Table, Work};
use crate::postgres::retention::{Aged, purge};
use crate::postgres::{Db, Error, Transaction};
use crate::types::{EventNo, PaymentId};

/// How long the receiver may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(4);

/// $1 ids, $2 payments, $3 bodies.
const INSERT: &str = "
    INSERT INTO gateway_deliveries (id, payment_id, body, attempts, next_attempt_at)
    SELECT d.id, d.payment_id, d.body, 0, now()
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS d (id, payment_id, body)";

/// $1 id.
const SET_DELIVERED: &str = "
    UPDATE gateway_deliveries SET delivered_at = now(), next_attempt_at = NULL WHERE id = $1";

/// Webhooks that are not sent any more.
const ENDED: Aged = Aged {
    table: "gateway_deliveries",
    event: NO_EVENT,
    since: "created_at",
    condition: "next_attempt_at IS NULL",
};

/// Sends webhooks.
#[derive(Debug)]
pub(super) struct Deliveries {
    db: Db,
    key: Arc<SigningKey>,
    /// Set at the first round.
    target: OnceLock<Target>,
}

/// Where webhooks go.
#[derive(Debug)]
struct Target {
    url: String,
    client: reqwest::Client,
}

/// A webhook to send.
pub(super) struct Delivery {
    id: Uuid,
    body: String,
    now_unix_seconds: i64,
}

impl Deliveries {
    /// Signed with this key.
    pub(super) fn new(db: Db, key: Arc<SigningKey>) -> Self {
        Self {
            db,
            key,
            target: OnceLock::new(),
        }
    }

    /// From now on webhooks go to this address; the first one that is set stays.
    pub(super) fn send_to(&self, url: &str) -> Result<(), reqwest::Error> {
        if self.target.get().is_none() {
            let client = reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(ANSWER_LIMIT)
                .build()?;
            let url = url.to_owned();
            self.target.set(Target { url, client }).ok();
        }
        Ok(())
    }

    /// Whether the receiver has accepted it.
    async fn send(&self, delivery: Delivery) -> Result<bool, Error> {
        let Some(target) = self.target.get() else {
            return Ok(false);
        };
        let Delivery {
            id,
            body,
            now_unix_seconds,
        } = delivery;
        let key = self.key.get().await?;
        let signature = signature::sign(key, now_unix_seconds, body.as_bytes());
        let request = target
            .client
            .post(&target.url)
            .header("Content-Type", "application/json")
            .header(HEADER, signature)
            .body(body);
        match request.send().await.map(|response| response.status()) {
            Ok(status) if status.is_success() => return Ok(true),
            Ok(status) => log::warn!("webhook {id}: the receiver answers {status}"),
            Err(error) => log::warn!("webhook {id} could not be sent: {error}"),
        }
        Ok(false)
    }

    async fn set_delivered(&self, id: Uuid) -> Result<(), Error> {
        let client = self.db.get().await?;
        let statement = client.prepare_cached(SET_DELIVERED).await?;
        client.execute(&statement, &[&id]).await?;
        Ok(())
    }
}

impl Work for Deliveries {
    type Item = Delivery;

    const TABLE: Table = Table {
        name: "gateway_deliveries",
        only: ALL_ROWS,
        event: NO_EVENT,
        due_at: "next_attempt_at",
        attempts: "attempts",
        columns: "body, extract(epoch FROM now())::bigint AS now",
        // About three days. The recovery of the payment does not depend on the webhook.
        attempts_max: Some(80),
        // For the answer, and for connections to the database.
        lease: Duration::from_secs(15),
    };

    fn read(_event: EventNo, row: &Row) -> Delivery {
        Delivery {
            id: row.get("id"),
            body: row.get("body"),
            now_unix_seconds: row.get("now"),
        }
    }

    async fn attempt(&self, delivery: Delivery) -> Result<Attempt, Error> {
        let id = delivery.id;
        if !self.send(delivery).await? {
            return Ok(Attempt::Unsettled);
        }
        self.set_delivered(id).await?;
        Ok(Attempt::Settled)
    }
}

/// Deletes webhooks that were enqueued longer ago than this, and were accepted or given up. How many.
pub(super) async fn forget(db: &Db, older_than: Duration) -> Result<usize, Error> {
    purge(db, &ENDED, older_than).await
}

/// Lets pending charges succeed that are due, and enqueues the webhooks that report them.
pub(super) async fn enqueue_due(db: &Db) -> Result<(), Error> {
    db.transaction(|transaction| {
        Box::pin(async move {
            let reports = charges::succeed_due(transaction).await?;
            insert(transaction, &reports).await
        })
    })
    .await
}

async fn insert(transaction: &Transaction<'_>, reports: &[Report]) -> Result<(), Error> {
    if reports.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = reports.iter().map(|report| report.id).collect();
    let payments: Vec<PaymentId> = reports.iter().map(|report| report.payment).collect();
    let bodies: Vec<&str> = reports.iter().map(|report| report.body.as_str()).collect();
    let statement = transaction.prepare_cached(INSERT).await?;
    transaction
        .execute(&statement, &[&ids, &payments, &bodies])
        .await?;
    Ok(())
}
