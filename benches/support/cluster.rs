//! A PostgreSQL of a bench's own, with the product's durable settings, in a temporary directory
//! that is removed at the end.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use boxoffice::cluster::{Embedded, Options};
use boxoffice::postgres::{Db, create_database};

use crate::failure::Failure;

/// A running cluster; dropped, it stops and its files go.
pub(crate) struct Cluster {
    /// `None` only during the drop.
    embedded: Option<Embedded>,
    dir: PathBuf,
    /// Whether WAL segments are preallocated.
    log_ahead: AtomicBool,
}

impl Cluster {
    /// Starts an empty one. What a bench of this name and checkout that was killed has left is removed.
    pub(crate) fn start(bench: &str, connections_max: u32) -> Result<Self, Failure> {
        // In the system's temporary directory: the user that runs PostgreSQL can reach it.
        let checkout =
            BuildHasherDefault::<DefaultHasher>::default().hash_one(env!("CARGO_MANIFEST_DIR"));
        let user = rustix::process::geteuid().as_raw();
        let dir = std::env::temp_dir().join(format!("boxoffice-{bench}-{user}-{checkout:016x}"));
        if Embedded::attach(&dir)?.is_some() {
            return Err(format!("{} is in use by another run", dir.display()).into());
        }
        if dir.exists() {
            std::fs::remove_dir_all(&dir)?;
        }
        let embedded = Embedded::start(&Options {
            data_dir: dir.clone(),
            max_connections: connections_max,
            bin_dir: None,
        })?;
        Ok(Self {
            embedded: Some(embedded),
            dir,
            log_ahead: AtomicBool::new(false),
        })
    }

    /// A new database with the product's schema, as a connection string.
    pub(crate) async fn create(&self, database: &str) -> Result<String, Failure> {
        let embedded = self.embedded.as_ref().ok_or("the cluster has stopped")?;
        create_database(&embedded.connection().url("postgres"), database).await?;
        let url = embedded.connection().url(database);
        let db = Db::new(&url, 2)?.patient();
        db.migrate().await?;
        if !self.log_ahead.swap(true, Ordering::Relaxed) {
            db.preallocate_wal(15).await?;
            slow_flush(&db).await?;
        }
        db.close();
        Ok(url)
    }
}

/// Makes every WAL flush take `FLUSH_US` microseconds longer: a slower disk, or a synchronous standby.
/// <https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-COMMIT-DELAY>
async fn slow_flush(db: &Db) -> Result<(), Failure> {
    let Ok(delay_us) = std::env::var("FLUSH_US") else {
        return Ok(());
    };
    let delay_us: u32 = delay_us.parse()?;
    let client = db.patient().get().await?;
    for setting in [
        format!("commit_delay = {delay_us}"),
        "commit_siblings = 0".into(),
    ] {
        client
            .batch_execute(&format!("ALTER SYSTEM SET {setting}"))
            .await?;
    }
    Ok(client.batch_execute("SELECT pg_reload_conf()").await?)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = self.embedded.take().map(Embedded::stop);
        if let Some(Err(error)) = stopped {
            eprintln!("{error}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.dir) {
            eprintln!("{} could not be removed: {error}", self.dir.display());
        }
    }
}
