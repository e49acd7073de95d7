//! The prepared statements of a batch, and the connection that it runs them on.

use tokio_postgres::Statement;
use uuid::Uuid;

use super::lock::{self, Given};
use super::{BY_KEY, general};
use crate::postgres::{Client, Error, Params};
use crate::types::{EventNo, Timestamp};

/// Begins a transaction in which everything is planned by key.
pub(super) fn begin() -> String {
    format!("BEGIN; {BY_KEY}")
}

/// Makes every plan look dear: see [`Statements::settle`].
const DEAR: &str = "SET LOCAL random_page_cost = 1e9; SET LOCAL cpu_index_tuple_cost = 1e9; SET LOCAL cpu_tuple_cost = 1e9";

/// The prepared statements of a batch.
pub(super) struct Statements {
    pub(super) allocate_places: Statement,
    pub(super) sale_and_known_keys: Statement,
    pub(super) lock_free: Statement,
    pub(super) lock_named: Statement,
    pub(super) insert_bookings: Statement,
    pub(super) take_tickets: Statement,
}

impl Statements {
    pub(super) async fn prepare(client: &Client) -> Result<Self, Error> {
        let known = client.statement_cache.size();
        let statements = Self {
            sale_and_known_keys: client
                .prepare_cached(include_str!("sql/sale_and_known_keys.sql"))
                .await?,
            lock_free: client.prepare_cached(lock::FREE).await?,
            lock_named: client.prepare_cached(lock::NAMED).await?,
            insert_bookings: client
                .prepare_cached(include_str!("sql/insert_bookings.sql"))
                .await?,
            take_tickets: client.prepare_cached(lock::TAKE).await?,
            allocate_places: client.prepare_cached(general::ALLOCATE).await?,
        };
        if client.statement_cache.size() > known {
            statements.settle(client).await?;
        }
        Ok(statements)
    }

    /// Has PostgreSQL settle on its generic plans, on a new connection. It plans a statement anew for
    /// its first five executions, and then goes on doing so for ever if that looked cheaper on
    /// average: it does for one order, and then every order pays for planning, more than for its
    /// tickets. So the first five look very dear, and are of an event that there is not.
    /// <https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES>
    async fn settle(&self, client: &Client) -> Result<(), Error> {
        const CUSTOM_PLANS: usize = 5;
        let (event, none, now) = (EventNo(-1), 0_i64, Timestamp::default());
        let (uuids, texts, blobs) = (vec![Uuid::nil()], vec![""], vec![[0_u8].as_slice()]);
        let (shorts, ints, longs) = (vec![-1_i16], vec![1_i32], vec![0_i64]);
        client.batch_execute(&begin()).await?;
        client.batch_execute(DEAR).await?;
        for _ in 0..CUSTOM_PLANS {
            client
                .query(&self.sale_and_known_keys, &[&event, &uuids, &texts])
                .await?;
            client
                .query(&self.lock_free, &[&event, &shorts, &ints, &longs])
                .await?;
            client
                .query(&self.lock_named, &[&event, &shorts, &ints])
                .await?;
            let bookings: Params = &[
                &event, &none, &none, &"", &now, &now, &ints, &uuids, &uuids, &texts, &blobs,
                &longs, &shorts, &uuids, &shorts, &ints, &longs, &ints,
            ];
            client.query(&self.insert_bookings, bookings).await?;
            let places: Params = &[
                &event, &none, &"", &shorts, &ints, &longs, &uuids, &uuids, &texts, &blobs, &longs,
                &shorts, &uuids, &shorts, &ints, &longs, &ints, &shorts, &uuids,
            ];
            client.query(&self.allocate_places, places).await?;
            Given::default()
                .take(client, &self.take_tickets, event)
                .await?;
        }
        Ok(client.batch_execute("ROLLBACK").await?)
    }
}

/// A connection in the middle of a transaction. Dropped there, by an error or because the caller
/// went away, it is closed rather than lent to the next one.
pub(super) struct Midway(Option<Client>);

impl Midway {
    pub(super) fn new(client: Client) -> Self {
        Self(Some(client))
    }

    pub(super) fn done(mut self) {
        self.0 = None;
    }
}

impl std::ops::Deref for Midway {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.0.as_ref().expect("present until done")
    }
}

impl Drop for Midway {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            drop(Client::take(client));
        }
    }
}
