//! `boxoffice restore`: makes a data directory from a backup, and checks it.
//!
//! What must hold: the backup is compared with its manifest before anything is written; the directory is empty; it gets
//! the cluster in one step, when that is complete, migrated and checked; a failure leaves it as it was.

use std::path::Path;
use std::process::ExitCode;

use tokio::runtime::Runtime;

use super::backup::{NOT_EMBEDDED, is_empty};
use super::database::{self, DATABASE};
use super::dump::{self, Running, unless_interrupted};
use super::output::{Failure, say};
use crate::backup::Backup;
use crate::cluster::{self, Claim, Embedded, Programs, Staging};
use crate::config::{DatabaseConfig, RestoreArgs};
use crate::postgres::{create_database, newest_schema};

/// Prints what was restored; exits with 1 if an invariant is broken in it.
pub(super) fn run(
    runtime: &Runtime,
    config: &DatabaseConfig,
    args: &RestoreArgs,
) -> Result<ExitCode, Failure> {
    if config.database_url.is_some() {
        return Err(format!("`boxoffice restore` {NOT_EMBEDDED}").into());
    }
    let data_dir = config.data_dir();
    refuse_used(&data_dir)?;
    let backup = Backup::open(&args.from)?;
    let programs = Programs::newest(config.postgres_bin.as_deref())?;
    refuse_newer(&backup, &programs)?;
    let was_there = data_dir.exists();
    let claim = Claim::take(&data_dir)?;
    let restored =
        refuse_used(&data_dir).and_then(|()| restore(runtime, config, &backup, &programs, &claim));
    match restored {
        Ok(is_sound) => {
            let (from, to) = (args.from.display(), data_dir.display());
            say(&format!("restored {from} to {to}"))?;
            if is_sound {
                say("all invariants hold")?;
                return Ok(ExitCode::SUCCESS);
            }
            Ok(ExitCode::FAILURE)
        }
        Err(failure) => {
            // Only what was made here.
            std::fs::remove_file(data_dir.join("server.lock")).ok();
            if !was_there {
                std::fs::remove_dir(&data_dir).ok();
            }
            Err(failure)
        }
    }
}

fn refuse_used(data_dir: &Path) -> Result<(), Failure> {
    if is_empty(data_dir)? {
        return Ok(());
    }
    let said = data_dir.display();
    Err(format!(
        "{said} is not empty, and nothing is overwritten: name another directory by --data-dir, or move what is there \
         away. Nothing was changed"
    )
    .into())
}

fn refuse_newer(backup: &Backup, programs: &Programs) -> Result<(), Failure> {
    let (schema, known) = (backup.manifest.schema, newest_schema());
    if schema > known {
        let by = &backup.manifest.boxoffice;
        return Err(format!(
            "the backup was made by a newer boxoffice ({by}, schema V{schema}; known is V{known}): install that one. \
             Nothing was changed"
        )
        .into());
    }
    let (needed, major) = (backup.manifest.postgresql, programs.major);
    if needed > major {
        return Err(format!(
            "the backup was made from PostgreSQL {needed}, and the newest here is {major}: install PostgreSQL {needed}. \
             Nothing was changed"
        )
        .into());
    }
    Ok(())
}

/// Builds the cluster beside, and moves it to its place. Whether the invariants hold in it.
fn restore(
    runtime: &Runtime,
    config: &DatabaseConfig,
    backup: &Backup,
    programs: &Programs,
    claim: &Claim,
) -> Result<bool, Failure> {
    let staging = Staging::new(claim, "restoring")?;
    let embedded = Embedded::start(&cluster::Options {
        data_dir: staging.data_dir().to_owned(),
        bin_dir: Some(programs.dir.clone()),
        ..database::options(config)
    })?;
    let url = embedded.connection().url(DATABASE);
    let filled = runtime.block_on(unless_interrupted(async {
        let db = empty_database(&embedded, config).await?;
        let dump = backup.dump()?;
        Running::restore(programs, &url, dump)?.finish().await?;
        dump::complete(&db).await
    }));
    let is_sound = database::stop(Some(embedded), filled)?;
    let pictures = staging.data_dir().join("pictures");
    backup.copy_pictures(&pictures)?;
    staging.release(claim, "pictures")?;
    staging.release(claim, "postgres")?;
    Ok(is_sound)
}

/// The database of a cluster that was created just now.
pub(super) async fn empty_database(
    embedded: &Embedded,
    config: &DatabaseConfig,
) -> Result<crate::postgres::Db, Failure> {
    let connection = embedded.connection();
    create_database(&connection.url("postgres"), DATABASE).await?;
    let db = database::connect(&connection.url(DATABASE), config, None).await?;
    Ok(db.patient())
}
