//! Opens the database that a command uses: the configured one, or the embedded cluster; and a replica of it.
//!
//! What must hold: a command beside a running server uses that server's cluster and never starts a second one;
//! a cluster that a command has started is stopped at its end. Nothing is migrated here.

use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::output::Failure;
use crate::cluster::{self, Embedded};
use crate::config::{DatabaseConfig, ReplicaConfig};
use crate::postgres::{Db, Error, Reads, create_database, require_prepared_statements};

/// The database inside the embedded cluster.
pub(super) const DATABASE: &str = "boxoffice";

/// The URL of the database; an embedded cluster runs until the returned value is dropped.
pub(super) fn open(config: &DatabaseConfig) -> Result<(String, Option<Embedded>), Failure> {
    if let Some(url) = &config.database_url {
        return Ok((url.as_str().to_owned(), None));
    }
    let embedded = Embedded::start(&options(config))?;
    Ok((embedded.connection().url(DATABASE), Some(embedded)))
}

/// As [`open`], or the cluster of the server that runs on the data directory.
pub(super) fn attach(config: &DatabaseConfig) -> Result<(String, Option<Embedded>), Failure> {
    let running = match config.database_url {
        Some(_) => None,
        None => Embedded::attach(&config.data_dir())?,
    };
    match running {
        Some(connection) => Ok((connection.url(DATABASE), None)),
        None => open(config),
    }
}

/// How the embedded cluster is run.
pub(super) fn options(config: &DatabaseConfig) -> cluster::Options {
    cluster::Options {
        data_dir: config.data_dir(),
        max_connections: u32::from(config.connections) + 20,
        bin_dir: config.postgres_bin.clone(),
    }
}

/// The database of a command.
pub(super) struct Opened {
    pub(super) db: Db,
    /// Whether a server may be at work on it: always, unless the command has started the embedded cluster itself.
    pub(super) is_served: bool,
}

/// Runs a command beside a server that may be running on the same data, over a schema that must be this program's.
pub(super) fn with_database<F>(
    runtime: &Runtime,
    config: &DatabaseConfig,
    work: F,
) -> Result<ExitCode, Failure>
where
    F: AsyncFnOnce(Opened) -> Result<ExitCode, Failure>,
{
    with_any_schema(runtime, config, async |opened| {
        opened.db.verify_schema().await?;
        work(opened).await
    })
}

/// As [`with_database`], whatever the schema.
pub(super) fn with_any_schema<F>(
    runtime: &Runtime,
    config: &DatabaseConfig,
    work: F,
) -> Result<ExitCode, Failure>
where
    F: AsyncFnOnce(Opened) -> Result<ExitCode, Failure>,
{
    let (url, embedded) = attach(config)?;
    let result = runtime.block_on(async {
        let db = connect(&url, config, embedded.as_ref()).await?;
        work(Opened {
            db: db.patient(),
            is_served: embedded.is_none(),
        })
        .await
    });
    stop(embedded, result)
}

/// Stops the embedded cluster, if it was started. What failed before is what the operator is told.
pub(super) fn stop<T>(
    embedded: Option<Embedded>,
    result: Result<T, Failure>,
) -> Result<T, Failure> {
    let stopped = embedded.map_or(Ok(()), Embedded::stop);
    match (result, stopped) {
        (Ok(value), stopped) => stopped.map(|()| value).map_err(Into::into),
        (Err(failure), Ok(())) => Err(failure),
        (Err(failure), Err(error)) => Err(format!("{failure}; then: {error}").into()),
    }
}

/// Connects; creates the database in an embedded cluster if it is missing.
pub(super) async fn connect(
    url: &str,
    config: &DatabaseConfig,
    embedded: Option<&Embedded>,
) -> Result<Db, Failure> {
    if let Some(embedded) = embedded {
        create_database(&embedded.connection().url("postgres"), DATABASE).await?;
    }
    Ok(Db::new(url, config.connections.into())?)
}

/// The database with its replica, if one is configured. One that does not answer, or is too far behind, may be read
/// later; what is no standby of the database is refused.
pub(super) async fn with_replica(
    db: Db,
    config: &DatabaseConfig,
    replica: &ReplicaConfig,
) -> Result<Reads, Failure> {
    let Some(url) = &replica.replica_url else {
        return Ok(db.into());
    };
    let (url, connections) = (url.as_str(), config.connections.into());
    let refused = |reason: &dyn std::fmt::Display| -> Failure {
        format!("the replica (--replica-url, BOXOFFICE_REPLICA_URL) {reason}").into()
    };
    let reads = match Reads::with_replica(db, url, connections, replica.lag_max()) {
        Err(Error::Address(reason)) => {
            return Err(refused(&format_args!("has an address that {reason}")));
        }
        reads => reads?,
    };
    if let Err(error @ Error::ForgetfulPooler) = require_prepared_statements(url).await {
        return Err(refused(&format_args!("cannot be used: {error}")));
    }
    match reads.look().await {
        Err(unfit) if unfit.is_mistake() => Err(refused(&unfit)),
        _ => Ok(reads),
    }
}
