//! `boxoffice backup`: backs up the embedded cluster and the pictures of its events, while servers sell.
//!
//! What must hold: all that was committed before it began is in it; a backup that is not complete has another name, and
//! is removed if the command can; no cluster is created. The files are `crate::backup`'s.

use std::path::Path;
use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::database;
use super::dump::{Running, unless_interrupted};
use super::output::{Failure, say};
use crate::backup::Unfinished;
use crate::cluster::{self, Programs};
use crate::config::{BackupArgs, DatabaseConfig};

/// What is said to those who have a PostgreSQL of their own.
pub(super) const NOT_EMBEDDED: &str = "is for the PostgreSQL that boxoffice runs itself, and --database-url \
     (DATABASE_URL) names another: use its own means, pg_dump and pg_restore for example";

/// Prints where the backup is.
pub(super) fn run(
    runtime: &Runtime,
    config: &DatabaseConfig,
    args: BackupArgs,
) -> Result<ExitCode, Failure> {
    if config.database_url.is_some() {
        return Err(format!("`boxoffice backup` {NOT_EMBEDDED}").into());
    }
    let data_dir = config.data_dir();
    cluster::made_by(&data_dir)?;
    let programs = Programs::of_cluster(&data_dir, config.postgres_bin.as_deref())?;
    let pictures_dir = args.pictures_dir.unwrap_or_else(|| config.pictures_dir());
    let (url, embedded) = database::attach(config)?;
    let made = runtime.block_on(unless_interrupted(async {
        let db = database::connect(&url, config, embedded.as_ref()).await?;
        let db = db.patient();
        let schema = db.schema_version().await?;
        let schema = schema.ok_or("the database is empty: there is nothing to back up")?;
        db.read_clock().await?;
        let begun_at = db.now();
        let unfinished = Unfinished::begin(&args.to, begun_at)?;
        Running::dump(&programs, &url, unfinished.create_dump()?)?
            .finish()
            .await?;
        // After the dump: every picture that it names is there by then.
        unfinished.copy_pictures(&pictures_dir)?;
        Ok(unfinished.finish(schema, programs.major, begun_at)?)
    }));
    let made = database::stop(embedded, made)?;
    say(&made.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a directory has nothing in it but what a file system and a lock leave there.
pub(super) fn is_empty(directory: &Path) -> Result<bool, Failure> {
    let cannot = |error| format!("cannot read {}: {error}", directory.display());
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        entries => entries.map_err(cannot)?,
    };
    for entry in entries {
        let name = entry.map_err(cannot)?.file_name();
        if name != "lost+found" && name != "server.lock" {
            return Ok(false);
        }
    }
    Ok(true)
}
