//! The server's own PostgreSQL, for when it is given none: finds the installed
//! programs, creates a cluster in the data directory, runs it, stops it.
//!
//! What must hold:
//! - One process at a time owns a data directory: it holds a lock on
//!   `server.lock` for as long as its `Embedded` lives.
//! - The cluster listens on a Unix socket only, in a directory that only its
//!   owner (and root) can enter; that is why it may trust who connects.
//! - PostgreSQL never outlives its owner for long. The kernel sends it SIGINT
//!   when the thread that started it ends (Linux), so one thread starts it,
//!   supervises it and stops it; a remaining orphan is stopped by the next start.
//! - It runs in a process group of its own: Ctrl-C in a terminal reaches the
//!   server alone, which drains first and stops the database last.
//! - A PostgreSQL that dies is restarted; callers see failed connections
//!   meanwhile, never a wrong answer.
//!
//! Everything here blocks: it is called before or after the async runtime
//! runs. No SQL here: `postgres` connects and migrates.

mod claim;
mod embedded;
mod instance;
mod programs;
mod replace;
mod space;

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

pub use claim::Claim;
pub use embedded::Embedded;
pub use programs::{MAJORS, Programs, made_by};
pub use replace::{Staging, refuse_kept, replace};
pub use space::available_bytes;

/// The superuser of the cluster.
const USER: &str = "boxoffice";
/// The number in the socket's name; there is no TCP port.
const PORT: u32 = 5432;

/// The poll interval while waiting for a start, a stop or a lock.
const POLL: Duration = Duration::from_millis(20);
/// The poll interval of the supervisor while PostgreSQL runs.
const WATCH: Duration = Duration::from_millis(100);
/// How long a command waits for the database of the server that it runs beside.
const ATTACH_LIMIT: Duration = Duration::from_secs(10);
/// How long recovery after a crash may take; it replays `max_wal_size` at most.
const READY_LIMIT: Duration = Duration::from_secs(600);

/// How to run the cluster.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory of the cluster and its lock; created if missing.
    pub data_dir: PathBuf,
    /// Connections that PostgreSQL accepts at once.
    pub max_connections: u32,
    /// The directory with `postgres` and `initdb`; searched for if `None`.
    pub bin_dir: Option<PathBuf>,
}

/// Where a running cluster listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The directory of the Unix socket.
    pub socket_dir: PathBuf,
    /// The number in the socket's name.
    pub port: u32,
    /// The superuser.
    pub user: String,
}

impl Connection {
    /// A connection string, as libpq and `tokio_postgres::Config` read it.
    pub fn url(&self, database: &str) -> String {
        let quoted = |value: &str| value.replace('\\', r"\\").replace('\'', r"\'");
        format!(
            "host='{}' port={} user='{}' dbname='{}'",
            quoted(&self.socket_dir.to_string_lossy()),
            self.port,
            quoted(&self.user),
            quoted(database),
        )
    }
}

/// Why there is no PostgreSQL. Each is one line with the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No programs.
    #[error(
        "PostgreSQL is not installed: `apt-get install postgresql` (Debian, Ubuntu), \
         `dnf install postgresql-server postgresql-contrib` (Fedora) or \
         `brew install postgresql@17` (macOS); or name a server in DATABASE_URL; \
         or use compose.yaml"
    )]
    NotInstalled,
    /// No programs in the directory that was named.
    #[error("{} (--postgres-bin) is not a directory with PostgreSQL's programs: it has no initdb", dir.display())]
    NoPrograms {
        /// The directory.
        dir: PathBuf,
    },
    /// Programs without `pg_dump` and `pg_restore`.
    #[error(
        "pg_dump and pg_restore are not beside PostgreSQL's other programs: `apt-get install postgresql-client` \
         (Debian, Ubuntu) or `dnf install postgresql` (Fedora); or name their directory by --postgres-bin"
    )]
    NoClients,
    /// Programs, but none that can be used.
    #[error(
        "{needed} is needed, but only PostgreSQL {found} is installed here: \
         install it{way}, or name a server in DATABASE_URL"
    )]
    WrongVersion {
        /// The versions that are supported.
        needed: String,
        /// The versions that were found.
        found: String,
        /// Another way out, for a cluster that can be upgraded.
        way: &'static str,
    },
    /// There is no cluster where one was named.
    #[error(
        "{} has no database of boxoffice: name its data directory by --data-dir or BOXOFFICE_DATA_DIR, or the \
         configuration file that does by --config", data_dir.display()
    )]
    NoCluster {
        /// The directory.
        data_dir: PathBuf,
    },
    /// An upgrade was ended between its last two steps.
    #[error(
        "an upgrade of {} was interrupted: its database is in {kept}, and nothing of it is lost. Rename {kept} to \
         postgres there and run `boxoffice upgrade` again", data_dir.display()
    )]
    HalfReplaced {
        /// The directory.
        data_dir: PathBuf,
        /// The old cluster in it.
        kept: String,
    },
    /// The old cluster of an earlier upgrade is still there.
    #[error("{} is there already, from an earlier upgrade: move it away, or remove it if it is not needed", path.display())]
    Kept {
        /// The old cluster.
        path: PathBuf,
    },
    /// This process is root, and there is no other user to run PostgreSQL.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres` to run it as: \
         create it (`useradd --system postgres`), or start the server as another user"
    )]
    NoAccount,
    /// This process is root, and the other user cannot enter the directory.
    #[error(
        "the user that runs PostgreSQL, which may not be root, cannot enter {} (user id {uid}): \
         use --data-dir /var/lib/boxoffice", data_dir.display()
    )]
    Unreachable {
        /// The directory.
        data_dir: PathBuf,
        /// Who cannot reach it.
        uid: u32,
    },
    /// This process is root, and the directory belongs to a user.
    #[error(
        "{} belongs to the user with the id {uid}: run this as that user (`sudo -u '#{uid}' boxoffice ...`), and not as \
         root", data_dir.display()
    )]
    NotRoot {
        /// The directory.
        data_dir: PathBuf,
        /// Whose it is.
        uid: u32,
    },
    /// The socket's directory exists and belongs to another user.
    #[error("{} belongs to another user: remove it, or use another --data-dir", path.display())]
    Foreign {
        /// The directory.
        path: PathBuf,
    },
    /// Locked.
    #[error(
        "another boxoffice is using {}: stop it, or use another --data-dir", data_dir.display()
    )]
    InUse {
        /// The directory.
        data_dir: PathBuf,
    },
    /// `initdb` failed.
    #[error("PostgreSQL could not create a cluster: {reason}{disk}")]
    Create {
        /// The last line that it wrote.
        reason: String,
        /// That the disk is full, if it is.
        disk: String,
    },
    /// `postgres` ended while it was starting.
    #[error("PostgreSQL did not start: {reason}{disk} (all of it: {})", log.display())]
    Launch {
        /// What it said last.
        reason: String,
        /// That the disk is full, if it is.
        disk: String,
        /// Where the rest is.
        log: PathBuf,
    },
    /// `postgres` runs but accepts no connections.
    #[error(
        "PostgreSQL does not accept connections after {} s: see postgres.log in the data directory",
        READY_LIMIT.as_secs()
    )]
    NotReady,
    /// A server uses the directory, but its PostgreSQL accepts no connections.
    #[error(
        "the server that uses {} has not opened its database within {} s: it is starting, or recovering, or its \
         PostgreSQL fails (see postgres.log there); try again later", data_dir.display(), ATTACH_LIMIT.as_secs()
    )]
    NotOpen {
        /// The directory.
        data_dir: PathBuf,
    },
    /// It ended, but not cleanly: it will recover at its next start.
    #[error("PostgreSQL did not stop cleanly and will recover at its next start: {status}{disk}")]
    UncleanStop {
        /// How it ended.
        status: ExitStatus,
        /// That the disk is full, if it is.
        disk: String,
    },
    /// PostgreSQL does not end.
    #[error("PostgreSQL (process {pid}) does not stop: end it with `kill -QUIT {pid}`")]
    Stuck {
        /// Its process.
        pid: u32,
    },
    /// The operating system refused.
    #[error("cannot {action} {}: {source} (another place can be named by --data-dir)", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What it answered.
        source: io::Error,
    },
}

/// Turns an `io::Error` into an [`Error`] that says what was tried on what.
fn cannot(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests;
