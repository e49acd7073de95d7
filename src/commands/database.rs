//! The database that a command works with: the one that is named, or our own.

use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::output::Failure;
use crate::cluster::{self, Embedded};
use crate::config::DatabaseConfig;
use crate::postgres::{Db, create_database};

/// The database inside the embedded cluster.
const DATABASE: &str = "boxoffice";

/// A PostgreSQL to work with; if it is our own, it runs for as long as this is kept.
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
        work(db).await
    });
    if let Some(embedded) = embedded {
        embedded.stop()?;
    }
    result
}

/// Connects, creates the database in a cluster of our own if it is not there, and migrates.
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
