//! Access to PostgreSQL: connections, transactions with a bounded retry, migrations,
//! and errors by what the caller can do about them.
//!
//! No other module opens a connection. Connections run on the runtime that made the
//! [`Db`], not on the web worker that first needs one, so they outlive the workers
//! while the server drains. No session state is kept on them (no SET, no LISTEN, no
//! session locks), except prepared statements, so a pooler in transaction mode works that keeps those.
//!
//! `error`: errors by kind. `address`: the words of `--database-url`. `tls`: certificates, and which
//! server is the right one. `connect`: opens connections, to the first host that will do. `pool`: a pool for each
//! purpose, and the database's clock. `client`: a connection, every wait for which ends. `transaction`: the bounded
//! retry. `named`: statements with named parameters. `schema`: the migrations that this program has. `migrate`:
//! applies or verifies them. `distribute`: moves the tables to the nodes of a Citus cluster. `waits`: what a
//! statement waits for. `lease`: due work, distributed between processes and retried. `retention`: deletes what is
//! old. `last_known`: answers that many readers share. `like`: texts in patterns. `reads`: which database a read goes to. `replica`: how old
//! what a replica says is. `pooler`: whether one forgets prepared statements. `observed`: what
//! PostgreSQL says of itself. `pool_figures`: how the pools are used. `secrets`: secrets that all processes
//! share. `settled`: up to when the past is complete. `inspect`: its rows and settings as an operator sees them.

mod address;
mod client;
mod connect;
mod distribute;
mod error;
mod inspect;
pub mod last_known;
pub mod lease;
pub mod like;
mod migrate;
mod named;
mod observed;
mod pool;
mod pool_figures;
mod pooler;
mod reads;
mod replica;
pub mod retention;
mod schema;
pub mod secrets;
mod settled;
mod statements;
mod tls;
mod transaction;
mod waits;

pub use client::{Client, Params, STATEMENT_WAIT, Transaction};
pub use error::{AsDbError, Error};
pub use inspect::Facts;
pub use migrate::{MigrateOptions, create_database};
pub use named::{NamedStatement, Prepared, Values};
pub use observed::Observed;
pub use pool::{Db, Purpose};
pub use pooler::require_prepared_statements;
pub use reads::{Reader, Reads, ReplicaState};
pub use replica::{Floor, Unfit};
pub use schema::newest as newest_schema;
pub(crate) use waits::Observer;
