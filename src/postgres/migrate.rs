//! Migrates the schema, or verifies it; creates a database; preallocates WAL.
//!
//! What must hold:
//! - One process migrates at a time.
//! - A migration that was released is never edited, not even its comments, because its checksum is compared with
//!   the applied one.
//! - Servers of the version before go on selling: nobody queues behind a migration that waits for a lock for
//!   longer than [`LOCK_TIMEOUT`]. Where a migration takes away what older servers need, it is not applied while
//!   any are connected.
//!
//! The statements are in `migrations/`; `tests/it/migrations.rs` has the rules that they follow.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use deadpool_postgres::ClientWrapper;
use refinery::{Migration, Target};
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::SqlState;

use super::distribute;
use super::schema::{self, migrations, version_needed};
use super::statements::{creates_table, one_change_each, statements};
use super::waits::Observer;
use super::{Client, Db, Error};

/// How long a migration waits for a lock: everybody who needs the table queues behind it.
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);
/// The pause after the first attempt that met a lock; it doubles.
const RETRY_PAUSE_MIN: Duration = Duration::from_secs(1);
/// The longest pause between two attempts.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(15);
/// How often a process looks whether another one has finished migrating.
const GUARD_PAUSE: Duration = Duration::from_millis(50);
/// When is looked what a statement without a time limit waits for.
const LOOK: Duration = Duration::from_secs(2);
/// The first line of a migration whose statements run one by one: `CREATE INDEX CONCURRENTLY` refuses
/// to run in a transaction.
const NOT_IN_A_TRANSACTION: &str = "-- Not in a transaction.";
/// Migrations that take away what servers of an older version need: V12 renames a column, V16 drops the constraint
/// that kept idempotency keys unique.
const STOPS_OLDER_SERVERS: &[i32] = &[12, 16];

/// How to migrate.
#[derive(Debug, Clone, Copy)]
pub struct MigrateOptions {
    /// The last version to apply; `None` for all.
    pub to: Option<i32>,
    /// Whether to apply migrations that connected servers of an older version do not survive.
    pub despite_older_servers: bool,
    /// How long to wait: for another process that migrates, and for the locks of each migration.
    pub patience: Duration,
}

impl Default for MigrateOptions {
    fn default() -> Self {
        Self {
            to: None,
            despite_older_servers: false,
            patience: Duration::from_secs(600),
        }
    }
}

impl Db {
    /// Brings the schema up to date, with the default options.
    ///
    /// # Errors
    /// As [`Db::migrate_with`].
    pub async fn migrate(&self) -> Result<(), Error> {
        self.migrate_with(MigrateOptions::default()).await?;
        Ok(())
    }

    /// Brings the schema up to date, one process at a time, and returns the names of the migrations that it has
    /// applied. What was applied before an error stays.
    ///
    /// # Errors
    /// [`Error::Schema`] if it must not or cannot be migrated now, [`Error::Migration`] with the statement's own
    /// words, or [`Error::Unavailable`].
    pub async fn migrate_with(&self, options: MigrateOptions) -> Result<Vec<String>, Error> {
        // Refinery does not lock against another process. The connection is taken out of the pool: if an error
        // drops it, it is closed, and the lock is released.
        let guard = Client::take(self.get().await?);
        lock(&guard, options.patience).await?;
        let migrated = self.migrate_locked(options).await;
        guard.batch_execute("COMMIT").await?;
        migrated
    }

    async fn migrate_locked(&self, options: MigrateOptions) -> Result<Vec<String>, Error> {
        let applied = applied(&self.get().await?).await?;
        let mut runner = migrations();
        refuse_newer(&applied)?;
        let mut pending: Vec<Migration> = runner.get_migrations().clone();
        pending.retain(|migration| {
            !applied.contains(&migration.version())
                && options.to.is_none_or(|to| migration.version() <= to)
        });
        pending.sort();
        if !options.despite_older_servers {
            self.refuse_older_servers(&applied, &pending).await?;
        }
        let is_distributed = distribute::is_distributed(&self.get().await?).await?;
        if is_distributed {
            // Those of a migration whose process died after it.
            self.distribute_new().await?;
        }
        let mut migrator = Migrator {
            client: Client::take(self.get().await?),
            is_distributed,
            observer: Observer::new(self),
            name: String::new(),
            patience: options.patience,
            last_wait: Mutex::default(),
        };
        let mut names = Vec::with_capacity(pending.len());
        for migration in pending {
            migrator.name = migration.to_string();
            runner = runner.set_target(Target::Version(migration.version()));
            let began = Instant::now();
            if let Err(error) = runner.run_async(&mut migrator).await {
                return Err(migrator.describe(error));
            }
            if is_distributed {
                self.distribute_new().await?;
            }
            log::info!("migration {}: {:.1?}", migrator.name, began.elapsed());
            names.push(migrator.name.clone());
        }
        Ok(names)
    }

    /// Refuses to apply what connected servers of an older version do not survive. One that connects later fails
    /// at its statements: it sells nothing.
    async fn refuse_older_servers(
        &self,
        applied: &[i32],
        pending: &[Migration],
    ) -> Result<(), Error> {
        let pending = pending.iter().map(Migration::version);
        let Some(needed) = pending
            .filter(|version| STOPS_OLDER_SERVERS.contains(version))
            .max()
            .filter(|_| !applied.is_empty())
        else {
            return Ok(());
        };
        let client = self.get().await?;
        let sessions = client
            .query(
                "SELECT pid, application_name FROM pg_stat_activity WHERE datname = current_database() ORDER BY pid",
                &[],
            )
            .await?;
        let older = sessions.iter().filter(|session| {
            let name = session.get::<_, Option<&str>>("application_name");
            name.and_then(version_needed)
                .is_some_and(|version| version < needed)
        });
        let older: Vec<String> = older
            .map(|session| session.get::<_, i32>("pid").to_string())
            .collect();
        if older.is_empty() {
            return Ok(());
        }
        Err(Error::Schema(format!(
            "is older than this program, and servers of an older version are connected (processes {} of \
             PostgreSQL), which do not survive migration V{needed}: stop them first, or run \
             `boxoffice migrate --despite-older-servers`",
            older.join(", ")
        )))
    }

    /// The version of the schema; `None` if it is empty.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schema_version(&self) -> Result<Option<i32>, Error> {
        Ok(applied(&self.get().await?).await?.into_iter().max())
    }

    /// Verifies that the schema is the one of this program. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Schema`] if it is older or newer, or those of the database.
    pub async fn verify_schema(&self) -> Result<(), Error> {
        let applied = applied(&self.get().await?).await?;
        refuse_newer(&applied)?;
        let needed = schema::newest();
        let Some(version) = applied.iter().max() else {
            return Err(Error::Schema("is empty: run `boxoffice migrate`".into()));
        };
        let runner = migrations();
        let mut versions = runner.get_migrations().iter().map(Migration::version);
        if versions.all(|version| applied.contains(&version)) {
            return Ok(());
        }
        Err(Error::Schema(format!(
            "is older than this program (V{version}, needed is V{needed}): run `boxoffice migrate`"
        )))
    }

    /// Whether the schema has all migrations that this program needs, and perhaps newer ones.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_schema(&self) -> Result<bool, Error> {
        let applied = applied(&self.get().await?).await?;
        let runner = migrations();
        let mut needed = runner.get_migrations().iter().map(Migration::version);
        Ok(needed.all(|version| applied.contains(&version)))
    }

    /// Preallocates WAL segments of 16 MB in a fresh cluster. PostgreSQL zero-fills a new segment during the
    /// commit that needs it: in an on-sale every quarter of a second, and all commits wait for it. Later it
    /// recycles old segments (`min_wal_size`).
    ///
    /// # Errors
    /// Those of the database; the caller must own the cluster.
    pub async fn preallocate_wal(&self, segments: u32) -> Result<(), Error> {
        let switch = format!(
            "DO $$ BEGIN FOR n IN 1..{segments} LOOP
             PERFORM pg_logical_emit_message(false, 'boxoffice', ''), pg_switch_wal();
             END LOOP; END $$"
        );
        let client = self.get().await?;
        client.batch_execute(&switch).await?;
        client.batch_execute("CHECKPOINT").await
    }
}

/// The versions that are applied; refuses a database that cannot have any.
async fn applied(client: &Client) -> Result<Vec<i32>, Error> {
    if distribute::is_on_worker(client).await? {
        return Err(Error::Schema(
            "is on a worker of a Citus cluster, which has the events alone: connect to the coordinator".into(),
        ));
    }
    let history = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(history, &[]).await?.get::<_, bool>(0) {
        return Ok(Vec::new());
    }
    let rows = client
        .query(
            "SELECT version FROM refinery_schema_history ORDER BY version",
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("version")).collect())
}

fn refuse_newer(applied: &[i32]) -> Result<(), Error> {
    let newest = schema::newest();
    match applied.iter().max() {
        Some(version) if *version > newest => Err(Error::Schema(format!(
            "is newer than this program (V{version}, known is V{newest}): run the program that migrated it"
        ))),
        _ => Ok(()),
    }
}

/// Takes the migration lock, in a transaction that stays open. A transaction-level advisory lock, not a
/// session-level one, so that it works through a pooler in transaction mode. It is polled: a statement that waits
/// for a lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for all older snapshots.
async fn lock(client: &ClientWrapper, patience: Duration) -> Result<(), Error> {
    let deadline = Instant::now() + patience;
    let mut is_told = false;
    loop {
        client
            .batch_execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
            .await?;
        // The simple protocol: a portal of the extended one would keep its snapshot until the transaction ends.
        let answer = client
            .simple_query("SELECT pg_try_advisory_xact_lock(hashtext('boxoffice migrations'))")
            .await?;
        let is_locked = |message: &SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t"));
        if answer.iter().any(is_locked) {
            return Ok(());
        }
        client.batch_execute("ROLLBACK").await?;
        if Instant::now() >= deadline {
            return Err(Error::Schema(
                "is being migrated by another process, which has not finished in time".into(),
            ));
        }
        if !is_told {
            log::info!("waiting for another process, which migrates the schema");
            is_told = true;
        }
        tokio::time::sleep(GUARD_PAUSE).await;
    }
}

/// The connection that one migration runs on.
struct Migrator {
    client: ClientWrapper,
    /// Whether tables are on other nodes.
    is_distributed: bool,
    observer: Observer,
    /// `V22__purge_old_rows`.
    name: String,
    /// How long to try.
    patience: Duration,
    /// Whom it has waited for last.
    last_wait: Mutex<Option<String>>,
}

impl Migrator {
    /// Tries again while tables are locked, with growing pauses in which everybody else has them.
    async fn run(&mut self, queries: &[&str]) -> Result<usize, tokio_postgres::Error> {
        let deadline = Instant::now() + self.patience;
        let mut pause = RETRY_PAUSE_MIN;
        loop {
            let pid = self.pid().await?;
            let error = match self.attempt(pid, queries).await {
                Err(error) if is_lock_failure(&error) && Instant::now() < deadline => error,
                result => return result.map(|()| queries.len()),
            };
            let wait = self.last_wait.get_mut().expect("no panic while it is held");
            log::warn!(
                "migration {} is tried again in {} s: {}",
                self.name,
                pause.as_secs(),
                wait.as_ref()
                    .map_or_else(|| error.to_string(), |wait| format!("it waited for {wait}")),
            );
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY_PAUSE_MAX);
        }
    }

    /// One attempt in one transaction.
    async fn attempt(&mut self, pid: i32, queries: &[&str]) -> Result<(), tokio_postgres::Error> {
        let limits = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{}ms'",
            LOCK_TIMEOUT.as_millis()
        );
        let is_distributed = self.is_distributed;
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(&limits).await?;
        // A distributed database refuses some statements in a message that has others.
        for statement in queries.iter().flat_map(|query| statements(query)) {
            for statement in as_taken(statement, is_distributed) {
                let say =
                    |wait| *self.last_wait.lock().expect("no panic while it is held") = Some(wait);
                let work = transaction.batch_execute(&statement);
                self.observer
                    .watch(pid, LOCK_TIMEOUT / 4, say, work)
                    .await?;
            }
        }
        transaction.commit().await
    }

    /// Each statement by itself. None of them keeps anybody else waiting: they build indexes concurrently.
    async fn run_one_by_one<'a>(
        &mut self,
        statements: impl Iterator<Item = &'a str>,
    ) -> Result<(), tokio_postgres::Error> {
        let pid = self.pid().await?;
        for statement in statements {
            let say = |wait| {
                let mut last = self.last_wait.lock().expect("no panic while it is held");
                log::info!("migration {} waits for {wait}", self.name);
                *last = Some(wait);
            };
            let work = self.client.batch_execute(statement);
            let patience = self.patience;
            self.observer
                .watch_for(pid, patience, LOOK, say, work)
                .await?;
        }
        Ok(())
    }

    /// Its backend.
    async fn pid(&self) -> Result<i32, tokio_postgres::Error> {
        Ok(self
            .client
            .query_one("SELECT pg_backend_pid()", &[])
            .await?
            .get(0))
    }

    /// Why the migration failed.
    fn describe(&self, error: refinery::Error) -> Error {
        let source = std::error::Error::source(&error);
        let is_locked = source
            .and_then(|source| source.downcast_ref())
            .is_some_and(|error| {
                is_lock_failure(error) || error.code() == Some(&SqlState::QUERY_CANCELED)
            });
        let wait = self.last_wait.lock().expect("no panic while it is held");
        match wait.as_ref().filter(|_| is_locked) {
            Some(wait) => Error::Schema(format!(
                "is not migrated: {} did not get its locks within {} s; it waited for {wait}",
                self.name,
                self.patience.as_secs()
            )),
            None => Error::Migration(Box::new(error)),
        }
    }
}

/// A statement as the database takes it. Citus refuses a foreign key of a table that is not distributed, so it is not told
/// of a new table until the migration is applied and the table is distributed.
fn as_taken(statement: &str, is_distributed: bool) -> Vec<String> {
    if !is_distributed {
        return vec![statement.to_owned()];
    }
    if !creates_table(statement) {
        return one_change_each(statement);
    }
    let tell = |on: &str| format!("SET LOCAL citus.enable_ddl_propagation = {on}");
    vec![tell("off"), statement.to_owned(), tell("on")]
}

/// Somebody else has the lock; or a deadlock, which the waits are too short for PostgreSQL to find, but others'
/// may not be.
fn is_lock_failure(error: &tokio_postgres::Error) -> bool {
    let states = [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    error.code().is_some_and(|code| states.contains(code))
}

impl AsyncTransaction for Migrator {
    type Error = tokio_postgres::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &mut self,
        queries: T,
    ) -> Result<usize, Self::Error> {
        let queries: Vec<&str> = queries.collect();
        match queries.split_first() {
            Some((first, rest)) if first.starts_with(NOT_IN_A_TRANSACTION) => {
                // Several statements in one message would be a transaction.
                let statements = statements(first).chain(rest.iter().copied());
                self.run_one_by_one(statements).await?;
                Ok(queries.len())
            }
            _ => self.run(&queries).await,
        }
    }
}

impl AsyncQuery<Vec<Migration>> for Migrator {
    async fn query(&mut self, query: &str) -> Result<Vec<Migration>, Self::Error> {
        AsyncQuery::query(&mut *self.client, query).await
    }
}

impl AsyncMigrate for Migrator {}

/// Creates a database if there is none of this name, over a connection to another one.
///
/// # Errors
/// [`Error::Unavailable`], or the database's own.
pub async fn create_database(url: &str, name: &str) -> Result<(), Error> {
    let db = Db::new(url, 1)?.patient();
    let client = db.get().await?;
    if client
        .query_opt("SELECT FROM pg_database WHERE datname = $1", &[&name])
        .await?
        .is_none()
    {
        client
            .batch_execute(&format!(
                "CREATE DATABASE \"{}\"",
                name.replace('"', "\"\"")
            ))
            .await?;
    }
    db.close();
    Ok(())
}
