//! `boxoffice upgrade`: makes the data directory ready for the newest PostgreSQL that is installed.
//!
//! What must hold: no server runs on the directory, from the first step to the last; the old cluster is read and never
//! written by hand, and is kept; the new one takes its place when it has every row, is migrated and was checked.

use std::process::{ExitCode, Stdio};

use tokio::runtime::Runtime;

use super::backup::NOT_EMBEDDED;
use super::database::{self, DATABASE};
use super::dump::{self, Running, unless_interrupted};
use super::output::{Failure, say};
use super::restore::empty_database;
use crate::cluster::{self, Claim, Embedded, Programs, Staging};
use crate::config::{DatabaseConfig, UpgradeArgs};

/// Says what it does.
pub(super) fn run(
    runtime: &Runtime,
    config: &DatabaseConfig,
    args: &UpgradeArgs,
) -> Result<ExitCode, Failure> {
    if config.database_url.is_some() {
        return Err(format!("`boxoffice upgrade` {NOT_EMBEDDED}").into());
    }
    let data_dir = config.data_dir();
    let old_major = cluster::made_by(&data_dir)?;
    let new = Programs::newest(config.postgres_bin.as_deref())?;
    if new.major <= old_major {
        let (dir, major) = (new.dir.display(), new.major);
        return Err(format!(
            "the data is of PostgreSQL {old_major} already, and the newest that is found is {major} ({dir}): install a \
             newer one, or name its programs by --postgres-bin. Nothing was changed"
        )
        .into());
    }
    let old = Programs::of_cluster(&data_dir, args.old_postgres_bin.as_deref())?;
    let claim = Claim::take(&data_dir)?;
    cluster::refuse_kept(&claim, old_major)?;
    let staging = Staging::new(&claim, "upgrading")?;
    say(&format!(
        "upgrading {} from PostgreSQL {old_major} to {}",
        data_dir.display(),
        new.major
    ))?;
    let of_old = Embedded::start_claimed(
        &cluster::Options {
            bin_dir: Some(old.dir.clone()),
            ..database::options(config)
        },
        claim.clone(),
    )?;
    let is_sound = fill(runtime, config, &staging, &of_old, [&old, &new]);
    if !database::stop(Some(of_old), is_sound)? {
        return Err(
            "the rows above break an invariant: repair them first. Nothing was changed".into(),
        );
    }
    let kept = cluster::replace(&claim, &staging, old_major)?;
    say(&format!(
        "the data is ready for PostgreSQL {}, and all invariants hold. The old cluster is kept in {}: remove it when \
         the server has run well",
        new.major,
        kept.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds the new cluster from the old one, which runs. Whether the invariants hold in it; it has stopped.
fn fill(
    runtime: &Runtime,
    config: &DatabaseConfig,
    staging: &Staging,
    of_old: &Embedded,
    [old, new]: [&Programs; 2],
) -> Result<bool, Failure> {
    let of_new = Embedded::start(&cluster::Options {
        data_dir: staging.data_dir().to_owned(),
        bin_dir: Some(new.dir.clone()),
        ..database::options(config)
    })?;
    let (from, to) = (
        of_old.connection().url(DATABASE),
        of_new.connection().url(DATABASE),
    );
    let filled = runtime.block_on(unless_interrupted(async {
        let old_db = database::connect(&from, config, None).await?.patient();
        let new_db = empty_database(&of_new, config).await?;
        // The old pg_dump knows all that the old server writes: a newer major version of an earlier date may not.
        let mut dump = Running::dump(old, &from, Stdio::piped())?;
        let restore = Running::restore(new, &to, dump.output()?)?;
        let (dumped, restored) = tokio::join!(dump.finish(), restore.finish());
        restored.and(dumped)?;
        if old_db.count_rows().await? != new_db.count_rows().await? {
            return Err(
                "the new cluster has not as many rows as the old one: nothing was changed".into(),
            );
        }
        dump::complete(&new_db).await
    }));
    database::stop(Some(of_new), filled)
}
