//! Opens the database that a command uses: the configured one, or the embedded cluster.
//!
//! What must hold: a command beside a running server uses that server's cluster and never starts a second one;
//! a cluster that a command has started is stopped at its end.

use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::output::Failure;
use crate::cluster::{self, Embedded};
use crate::config::DatabaseConfig;
use crate::postgres::{Db, create_database};

/// The database inside the embedded cluster.
const DATABASE: &str = "boxoffice";

/// The URL of the database; an embedded cluster runs until the returned value is dropped.
pub(super) fn open(config: &DatabaseConfig) -> Result<(String, Option<Embedded>), Failure> {
    if let Some(url) = &config.database_url {
        return Ok((url.as_str().to_owned(), None));
    }
    let options = cluster::Options {
        data_dir: config.data_dir(),
        max_connections: u32::from(config.connections) + 20,
        bin_dir: config.postgres_bin.clone(),
    };
    let embedded = Embedded::start(&options)?;
    Ok((embedded.connection().url(DATABASE), Some(embedded)))
}

/// Runs a command beside a server that may be running on the same data.
pub(super) fn with_database<F>(
    runtime: &Runtime,
    config: &DatabaseConfig,
    work: F,
) -> Result<ExitCode, Failure>
where
    F: AsyncFnOnce(Db) -> Result<ExitCode, Failure>,
{
    let running = match config.database_url {
        Some(_) => None,
        None => Embedded::attach(&config.data_dir())?,
    };
    let (url, embedded) = match running {
        Some(connection) => (connection.url(DATABASE), None),
        None => open(config)?,
    };
    let result = runtime.block_on(async {
        let db = connect(&url, config, embedded.as_ref()).await?;
        work(db.patient()).await
    });
    if let Some(embedded) = embedded {
        embedded.stop()?;
    }
    result
}

/// Connects, creates the database in an embedded cluster if it is missing, and migrates.
pub(super) async fn connect(
    url: &str,
    config: &DatabaseConfig,
    embedded: Option<&Embedded>,
) -> Result<Db, Failure> {
    if let Some(embedded) = embedded {
        create_database(&embedded.connection().url("postgres"), DATABASE).await?;
    }
    let db = Db::new(url, config.connections.into())?;
    db.migrate().await?;
    Ok(db)
}
