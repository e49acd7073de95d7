//! Finishes what a process that died, a gateway that did not answer or a webhook that got lost has left
//! behind: charges without an answer, and refunds that are due.
//!
//! Runs in every process, once a second. Each piece of work is claimed by pushing its `recover_at`
//! ahead, in one conditional UPDATE, so processes share the work; done twice, it would change
//! nothing. The pauses grow, and nothing is ever given up.

use futures::StreamExt;
use futures::stream;

use super::{GATEWAY_LIMIT, Payments, Status, Which, within};
use crate::gateway::Answer;
use crate::postgres::Error;
use crate::types::{Currency, Money, Timestamp};

/// Pieces of work that one round finds at most.
const ROUND_MAX: i64 = 500;
/// Pieces of work that are done at once.
const AT_ONCE_MAX: usize = 16;

/// A payment that somebody must look after.
#[derive(Debug)]
struct Due {
    which: Which,
    status: Status,
    amount: Money,
    recover_at: Timestamp,
}

impl Payments {
    /// One round: asks what became of charges, and does refunds, whose time has come. How many.
    ///
    /// # Errors
    /// Those of the database: what was not done will be found again.
    pub async fn recover(&self) -> Result<usize, Error> {
        let due = self.find_due().await?;
        let done = stream::iter(due)
            .map(|due| self.recover_one(due))
            .buffer_unordered(AT_ONCE_MAX);
        let done: Vec<Result<bool, Error>> = done.collect().await;
        let mut count = 0;
        for one in done {
            count += usize::from(one?);
        }
        Ok(count)
    }

    /// Takes no locks.
    async fn find_due(&self) -> Result<Vec<Due>, Error> {
        let client = self.0.db.get().await?;
        let statement = client
            .prepare_cached(
                "SELECT event_id, booking_id, id, status, amount_minor, currency, recover_at FROM payments
                 WHERE recover_at <= now() ORDER BY recover_at LIMIT $1",
            )
            .await?;
        let rows = client.query(&statement, &[&ROUND_MAX]).await?;
        let due = rows.iter().map(|row| Due {
            which: Which {
                event: row.get("event_id"),
                booking: row.get("booking_id"),
                payment: row.get("id"),
            },
            status: Status::read(row),
            amount: Money {
                minor: row.get("amount_minor"),
                currency: row.get::<_, Currency>("currency"),
            },
            recover_at: row.get("recover_at"),
        });
        Ok(due.collect())
    }

    async fn recover_one(&self, due: Due) -> Result<bool, Error> {
        if !self.claim(&due).await? {
            return Ok(false);
        }
        let id = due.which.payment;
        if due.status == Status::Succeeded {
            log::info!("payment {id}: its refund is due, trying again");
            self.refund(due.which.event, id).await;
            return Ok(true);
        }
        match within(GATEWAY_LIMIT, self.ask(&due)).await {
            Ok(Answer::Later) => {}
            Ok(answer) => {
                log::info!("payment {id}: the gateway says {answer:?}");
                self.settle(&due.which, answer).await?;
            }
            Err(error) => log::warn!("payment {id}: {error}; it will be asked again"),
        }
        Ok(true)
    }

    /// A charge that the gateway does not know of was never asked for; it is not made now, when the buyer
    /// may be gone, and never will be.
    async fn ask(&self, due: &Due) -> Result<Answer, super::GatewayError> {
        match self.0.gateway.status(due.which.payment).await? {
            Some(answer) => Ok(answer),
            None => self.0.gateway.abandon(due.which.payment, due.amount).await,
        }
    }

    /// Whether the work is ours. The next try comes after 5, 10, 20, ... seconds, an hour at most.
    async fn claim(&self, due: &Due) -> Result<bool, Error> {
        let client = self.0.db.get().await?;
        let statement = client
            .prepare_cached(
                "UPDATE payments
                 SET recover_attempts = recover_attempts + 1,
                     recover_at = now() + make_interval(secs => least(3600, 5 * 2 ^ least(recover_attempts, 10)))
                 WHERE event_id = $1 AND id = $2 AND recover_at = $3",
            )
            .await?;
        let (event, id) = (due.which.event, due.which.payment);
        Ok(client
            .execute(&statement, &[&event, &id, &due.recover_at])
            .await?
            == 1)
    }
}
