//! A connection of the pool and a transaction on it: every wait for the database ends.
//!
//! What must hold:
//! - A statement that is not answered in time is an [`Error::Unavailable`]; a transaction as a whole has one limit,
//!   here and, a little earlier, in the server ([`Limits::begin`]), so that its locks end also if this process
//!   does not get to say so.
//! - A connection goes back to the pool only when nothing is under way on it. If its holder went away in the
//!   middle, the statement is waited for and the transaction rolled back first; if that takes too long, or
//!   after an error that leaves the connection in an unknown state, it is closed and its statement is cancelled.
//! - Nothing ends a COMMIT in the server. It may wait for a synchronous standby, and PostgreSQL answers the end of
//!   that wait with success and a warning: what is committed would be acknowledged, and lost with the primary.
//!   <https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION>

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use deadpool_postgres::{ClientWrapper, Object};
use futures::future::join;
use tokio::runtime::Handle;
use tokio_postgres::types::Type;
use tokio_postgres::{Row, SimpleQueryMessage, Statement, ToStatement};

use super::Error;
use super::connect::{CONNECT_WAIT, Canceller};

/// A statement or transaction of a server ends within this.
pub const STATEMENT_WAIT: Duration = Duration::from_secs(5);
/// Nothing waits longer for a lock of another transaction.
pub(super) const LOCK_WAIT: Duration = Duration::from_millis(500);
/// By so much the server ends a statement before this process gives it up: an answer is better than none.
const SERVER_AHEAD: Duration = Duration::from_millis(500);

/// A statement that is cancelled has ended within this, or its connection is closed in the middle of it.
const CANCEL_WAIT: Duration = CONNECT_WAIT;

/// The parameters of a statement.
pub type Params<'a> = &'a [&'a (dyn postgres_types::ToSql + Sync)];

/// How long statements may take, and what says so to the server.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    /// For a statement, and for a transaction as a whole.
    pub(super) statement: Duration,
    /// Begins a transaction. `SET LOCAL`, because a pooler may give the next transaction another session.
    pub(super) begin: String,
}

impl Limits {
    pub(super) fn new(statement: Duration) -> Self {
        let server = statement.saturating_sub(SERVER_AHEAD).as_millis();
        let (idle, lock) = (statement.as_millis(), LOCK_WAIT.as_millis());
        Self {
            statement,
            begin: format!(
                "SET LOCAL statement_timeout = {server}; SET LOCAL lock_timeout = {lock}; \
                 SET LOCAL idle_in_transaction_session_timeout = {idle}"
            ),
        }
    }
}

/// What the connections of a pool have in common.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) limits: Limits,
    /// Where statements are cancelled and connections are cleaned up.
    pub(super) runtime: Handle,
    pub(super) canceller: Canceller,
}

/// A pooled connection with its cache of prepared statements.
pub struct Client {
    /// Present until it is dropped.
    object: Option<Object>,
    shared: Arc<Shared>,
    /// Statements that were sent and not answered.
    unanswered: AtomicU32,
    /// Whether it must not be lent again.
    is_broken: AtomicBool,
    /// Whether a COMMIT was sent and not answered.
    is_committing: AtomicBool,
    /// When the open transaction must have ended; `None` if none is open.
    transaction_ends: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("unanswered", &self.unanswered)
            .field("is_broken", &self.is_broken)
            .finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(object: Object, shared: Arc<Shared>) -> Self {
        Self {
            object: Some(object),
            shared,
            unanswered: AtomicU32::new(0),
            is_broken: AtomicBool::new(false),
            is_committing: AtomicBool::new(false),
            transaction_ends: Mutex::new(None),
        }
    }

    fn object(&self) -> &Object {
        self.object.as_ref().expect("present until it is dropped")
    }

    /// Waits for an answer, as long as a statement or what is left of the transaction may take. The first
    /// poll sends.
    async fn answer<T>(
        &self,
        asked: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        let limit = self.shared.limits.statement;
        let ends = self.ends().unwrap_or_else(|| Instant::now() + limit);
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        let Ok(answer) = tokio::time::timeout_at(ends.into(), asked).await else {
            self.is_broken.store(true, Ordering::Relaxed);
            let reason = format!("no answer within {} ms", limit.as_millis());
            return Err(Error::Unavailable(reason));
        };
        // If this future is dropped before, the statement stays unanswered.
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        answer.map_err(|error| {
            let error = Error::from(error);
            if matches!(error, Error::Unavailable(_)) {
                self.is_broken.store(true, Ordering::Relaxed);
            }
            error
        })
    }

    fn ends(&self) -> Option<Instant> {
        *self
            .transaction_ends
            .lock()
            .expect("no panic under the lock")
    }

    fn set_ends(&self, ends: Option<Instant>) {
        *self
            .transaction_ends
            .lock()
            .expect("no panic under the lock") = ends;
    }

    /// Begins a transaction whose first statement is not the limits alone: `more` is said in the same message.
    /// The first poll sends it, so what is polled next is sent behind it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(&self, mode: &str, more: &str) -> Result<(), Error> {
        let Limits { begin, statement } = &self.shared.limits;
        self.set_ends(Some(Instant::now() + *statement));
        self.batch_execute(&format!("BEGIN {mode}; {begin}{more}"))
            .await
    }

    /// Ends the transaction that [`Client::begin`] began with `COMMIT` or `ROLLBACK`. The first poll sends it.
    async fn end(&self, how: &str) -> Result<(), Error> {
        let ends = self.ends();
        let ended = self.batch_execute(how).await;
        // A pipelined BEGIN may have set the next one meanwhile.
        if ended.is_ok() && self.ends() == ends {
            self.set_ends(None);
        }
        ended
    }

    /// Commits. The first poll sends it.
    ///
    /// # Errors
    /// Those of the database; if it is [`Error::Unavailable`], the commit is in doubt.
    pub async fn commit(&self) -> Result<(), Error> {
        self.is_committing.store(true, Ordering::Relaxed);
        // In a transaction that has failed it fails too, and the COMMIT rolls back.
        let without_limit = self.batch_execute("SET LOCAL statement_timeout = 0");
        let (_, committed) = join(without_limit, self.end("COMMIT")).await;
        let committed = committed.map_err(Error::of_commit);
        if !matches!(committed, Err(Error::Unavailable(_))) {
            self.is_committing.store(false, Ordering::Relaxed);
        }
        committed
    }

    /// Rolls back. The first poll sends it.
    ///
    /// # Errors
    /// Those of the database; the connection is closed then.
    pub async fn roll_back(&self) -> Result<(), Error> {
        self.end("ROLLBACK").await
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        self.transaction_in("").await
    }

    /// Begins a transaction in a mode, such as `READ ONLY`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn transaction_in(&mut self, mode: &str) -> Result<Transaction<'_>, Error> {
        if self.ends().is_some() {
            self.roll_back().await?;
        }
        self.begin(mode, "").await?;
        Ok(Transaction(self))
    }

    /// Prepares a statement, once for each connection.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prepare_cached(&self, text: &str) -> Result<Statement, Error> {
        self.answer(self.object().prepare_cached(text)).await
    }

    /// The rows of a statement. The first poll sends it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn query<T: ?Sized + ToStatement>(
        &self,
        statement: &T,
        params: Params<'_>,
    ) -> Result<Vec<Row>, Error> {
        self.answer(self.object().query(statement, params)).await
    }

    /// The rows of a statement that is planned for these parameters: sent and planned anew each time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn query_planned(
        &self,
        text: &str,
        params: &[(&(dyn postgres_types::ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, Error> {
        self.answer(self.object().query_typed(text, params)).await
    }

    /// The one row of a statement.
    ///
    /// # Errors
    /// Those of the database; none or several rows are [`Error::Statement`].
    pub async fn query_one<T: ?Sized + ToStatement>(
        &self,
        statement: &T,
        params: Params<'_>,
    ) -> Result<Row, Error> {
        self.answer(self.object().query_one(statement, params))
            .await
    }

    /// The row of a statement, if there is one.
    ///
    /// # Errors
    /// Those of the database; several rows are [`Error::Statement`].
    pub async fn query_opt<T: ?Sized + ToStatement>(
        &self,
        statement: &T,
        params: Params<'_>,
    ) -> Result<Option<Row>, Error> {
        self.answer(self.object().query_opt(statement, params))
            .await
    }

    /// The number of rows that a statement has changed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn execute<T: ?Sized + ToStatement>(
        &self,
        statement: &T,
        params: Params<'_>,
    ) -> Result<u64, Error> {
        self.answer(self.object().execute(statement, params)).await
    }

    /// Statements without parameters, in one message. The first poll sends them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn batch_execute(&self, statements: &str) -> Result<(), Error> {
        self.answer(self.object().batch_execute(statements)).await
    }

    /// As [`Client::batch_execute`], with what they answer, as text.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn simple_query(&self, statements: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        self.answer(self.object().simple_query(statements)).await
    }

    /// Makes it unfit to be lent again: it is closed when it is dropped.
    pub fn close(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }

    /// Takes the connection out of the pool, for work without limits.
    pub(super) fn take(mut self) -> ClientWrapper {
        Object::take(self.object.take().expect("present until it is dropped"))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else {
            return;
        };
        let is_unanswered = self.unanswered.load(Ordering::Relaxed) > 0;
        let in_transaction = self.ends().is_some();
        let is_committing = self.is_committing.load(Ordering::Relaxed);
        if self.is_broken.load(Ordering::Relaxed) {
            let connection = Object::take(object);
            if is_unanswered && !is_committing {
                let canceller = self.shared.canceller.clone();
                self.shared.runtime.spawn(abandon(connection, canceller));
            }
        } else if is_unanswered || in_transaction {
            let shared = self.shared.clone();
            let runtime = self.shared.runtime.clone();
            runtime.spawn(clean_up(object, shared, in_transaction, is_committing));
        }
    }
}

/// Waits for what is under way on a connection, and returns it to the pool; closes it if that takes too long.
async fn clean_up(object: Object, shared: Arc<Shared>, in_transaction: bool, is_committing: bool) {
    let last = if in_transaction { "ROLLBACK" } else { "" };
    let cleaned = tokio::time::timeout(shared.limits.statement, object.batch_execute(last)).await;
    if !matches!(cleaned, Ok(Ok(()))) {
        let connection = Object::take(object);
        if !is_committing {
            abandon(connection, shared.canceller.clone()).await;
        }
    }
}

/// Cancels the statement of a connection, waits for its end, but not for long, and closes the connection. In this
/// order: PgBouncer cancels nothing for a client that is gone, and the statement would go on.
async fn abandon(connection: ClientWrapper, canceller: Canceller) {
    let ended = async {
        canceller.cancel(connection.cancel_token()).await;
        connection.batch_execute("").await
    };
    tokio::time::timeout(CANCEL_WAIT, ended).await.ok();
}

/// An open transaction. If it is dropped, it is rolled back before the connection is used again.
#[derive(Debug)]
pub struct Transaction<'c>(&'c Client);

impl Transaction<'_> {
    /// Commits.
    ///
    /// # Errors
    /// Those of the database; if it is [`Error::Unavailable`], the commit is in doubt.
    pub async fn commit(self) -> Result<(), Error> {
        self.0.commit().await
    }

    /// Rolls back.
    ///
    /// # Errors
    /// Those of the database; the connection is closed then.
    pub async fn rollback(self) -> Result<(), Error> {
        self.0.roll_back().await
    }
}

impl std::ops::Deref for Transaction<'_> {
    type Target = Client;
    fn deref(&self) -> &Client {
        self.0
    }
}
