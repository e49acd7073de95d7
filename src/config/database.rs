//! Which databases: the one that decides, or how to run one, and a replica of it for readers.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// Which PostgreSQL, and how many connections to it.
#[derive(Debug, Clone, Args)]
pub struct DatabaseConfig {
    /// PostgreSQL to use, as a URL or libpq words. Without it boxoffice runs its own. TLS as in libpq:
    /// sslmode (disable, prefer, require, verify-ca, verify-full), sslrootcert (a file, or `system`),
    /// sslcert, sslkey. Of several hosts, target_session_attrs=read-write takes the one that can be written.
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "URL",
        global = true,
        hide_env_values = true
    )]
    pub database_url: Option<DatabaseUrl>,
    /// Where boxoffice keeps the data of its own PostgreSQL. As root: /var/lib/boxoffice unless
    /// given, because PostgreSQL then runs as the user `postgres` [default: data]
    #[arg(
        long,
        env = "BOXOFFICE_DATA_DIR",
        value_name = "DIRECTORY",
        global = true
    )]
    pub data_dir: Option<PathBuf>,
    /// Directory of PostgreSQL's programs (initdb, postgres), if they are not found.
    #[arg(
        long,
        env = "BOXOFFICE_POSTGRES_BIN",
        value_name = "DIRECTORY",
        global = true
    )]
    pub postgres_bin: Option<PathBuf>,
    /// Connections to the database at most, of this process.
    #[arg(long, env = "BOXOFFICE_CONNECTIONS", value_name = "COUNT", default_value_t = 16, global = true,
          value_parser = clap::value_parser!(u16).range(4..=1000))]
    pub connections: u16,
}

/// The address of the database. It may contain a password: it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// For connecting alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl DatabaseConfig {
    /// The data directory in force.
    pub fn data_dir(&self) -> PathBuf {
        match &self.data_dir {
            Some(directory) => directory.clone(),
            None if rustix::process::geteuid().is_root() => PathBuf::from("/var/lib/boxoffice"),
            None => PathBuf::from("data"),
        }
    }

    /// The directory of the events' pictures if none is named.
    pub fn pictures_dir(&self) -> PathBuf {
        self.data_dir().join("pictures")
    }
}

/// A replica of the database.
#[derive(Debug, Clone, Args)]
pub struct ReplicaConfig {
    /// Streaming replica of the database, from which events, lists, counts and seat maps are read; named as by
    /// --database-url. Everything else, and what it cannot answer, is read from the database itself.
    #[arg(
        long,
        env = "BOXOFFICE_REPLICA_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub replica_url: Option<DatabaseUrl>,
    /// Seconds that the replica may be behind the database; if it is more, it is not read from.
    #[arg(long, env = "BOXOFFICE_REPLICA_LAG_SECONDS", value_name = "SECONDS", default_value_t = 5,
          value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub replica_lag_seconds: u16,
}

impl ReplicaConfig {
    /// By so much the replica may be behind.
    pub fn lag_max(&self) -> Duration {
        Duration::from_secs(self.replica_lag_seconds.into())
    }
}
