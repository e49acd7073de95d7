//! The server's own PostgreSQL, for when it is given none: finds the installed
//! programs, makes a cluster in the data directory, runs it, stops it.
//!
//! What must hold:
//! - One process at a time owns a data directory: it holds a lock on
//!   `server.lock` for as long as its `Embedded` lives.
//! - The cluster listens on a Unix socket only, in a directory that only its
//!   owner (and root) can enter; that is why it may trust who connects.
//! - PostgreSQL never outlives its owner for long. The kernel sends it SIGINT
//!   when the thread that started it ends (Linux), so one thread starts it,
//!   watches it and stops it; what slips through is stopped by the next start.
//! - It runs in a process group of its own: Ctrl-C in a terminal reaches the
//!   server alone, which drains first and stops the database last.
//! - A PostgreSQL that dies is started again; callers see failed connections
//!   meanwhile, never a wrong answer.
//!
//! Everything here blocks, and belongs before or after the async runtime.

mod instance;
mod programs;

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use instance::{Cluster, PidFile};

/// The superuser of the cluster.
const USER: &str = "boxoffice";
/// The number in the socket's name; there is no TCP port.
const PORT: u32 = 5432;

/// How often something that is about to happen is looked at.
const POLL: Duration = Duration::from_millis(20);
/// How often a running PostgreSQL is looked at.
const WATCH: Duration = Duration::from_millis(100);
/// How long an `attach` that is looking at the lock may delay a start.
const LOCK_LIMIT: Duration = Duration::from_secs(1);
/// How long recovery after a crash may take; it replays `max_wal_size` at most.
const READY_LIMIT: Duration = Duration::from_secs(600);
/// Restarts in a row before they slow down.
const QUICK_RESTARTS: u32 = 10;
/// The pause before each restart from then on.
const SLOW_RESTART: Duration = Duration::from_secs(30);
/// A PostgreSQL that ran this long was well: its next crash is a new event.
const STEADY: Duration = Duration::from_secs(60);

/// How to run the cluster.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is kept; made if missing.
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
    /// Programs, but none that can be used.
    #[error(
        "{needed} is needed, but only PostgreSQL {found} is installed here: \
         install it, or name a server in DATABASE_URL"
    )]
    WrongVersion {
        /// What would do.
        needed: String,
        /// What there is.
        found: String,
    },
    /// Root, and nobody else to run as.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres` to run it as: \
         create it (`useradd --system postgres`), or start the server as another user"
    )]
    NoAccount,
    /// Root, and a directory that is closed to the other user.
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
    /// Someone else's directory where ours should be.
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
    #[error("PostgreSQL could not create a cluster: {reason}")]
    Create {
        /// The last line that it wrote.
        reason: String,
    },
    /// `postgres` ended while it was starting.
    #[error("PostgreSQL did not start: {reason} (all of it: {})", log.display())]
    Launch {
        /// What it said last.
        reason: String,
        /// Where the rest is.
        log: PathBuf,
    },
    /// `postgres` runs but accepts no connections.
    #[error(
        "PostgreSQL does not accept connections after {} s: see postgres.log in the data directory",
        READY_LIMIT.as_secs()
    )]
    NotReady,
    /// It ended, but not cleanly: it will recover at its next start.
    #[error("PostgreSQL did not stop cleanly and will recover at its next start: {status}")]
    UncleanStop {
        /// How it ended.
        status: ExitStatus,
    },
    /// It does not end.
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

/// A running cluster that this process owns. Dropping it stops it and waits.
#[derive(Debug)]
pub struct Embedded {
    connection: Connection,
    fresh: bool,
    pid: Arc<AtomicU32>,
    /// Dropping it asks the supervisor to stop.
    stop: Option<Sender<()>>,
    supervisor: Option<JoinHandle<Result<(), Error>>>,
    /// Released last, when PostgreSQL has ended.
    _lock: File,
}

impl Embedded {
    /// Makes the cluster if there is none, stops what an earlier server left
    /// running, starts it, and returns when it accepts connections.
    pub fn start(options: &Options) -> Result<Embedded, Error> {
        let data_dir = instance::make_data_dir(&options.data_dir)?;
        let lock = lock(&data_dir)?;
        let cluster = Cluster::prepare(options, data_dir)?;
        let fresh = !cluster.exists();
        if fresh {
            cluster.create()?;
        }
        cluster.stop_orphan()?;

        let connection = Connection {
            socket_dir: cluster.socket_dir.clone(),
            port: PORT,
            user: USER.to_owned(),
        };
        let pid = Arc::new(AtomicU32::new(0));
        let (stop, stopped) = mpsc::channel();
        let (started, start) = mpsc::channel();
        let shown_pid = Arc::clone(&pid);
        let supervisor = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || supervise(&cluster, &shown_pid, &started, &stopped))
            .map_err(cannot("start a thread for", &options.data_dir))?;
        let embedded = Embedded {
            connection,
            fresh,
            pid,
            stop: Some(stop),
            supervisor: Some(supervisor),
            _lock: lock,
        };
        match start.recv() {
            Ok(()) => Ok(embedded),
            Err(_) => Err(embedded.stop().err().unwrap_or(Error::NotReady)),
        }
    }

    /// Where the cluster of a server that runs on this data directory listens,
    /// or `None` if none runs. Waits for one that is starting.
    pub fn attach(data_dir: &Path) -> Result<Option<Connection>, Error> {
        let path = data_dir.join("server.lock");
        let lock = match File::open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot("open", &path)(error)),
        };
        let cluster = data_dir.join("postgres");
        let deadline = Instant::now() + READY_LIMIT;
        while Instant::now() < deadline {
            match lock.try_lock_shared() {
                Ok(()) => return Ok(None),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(cannot("lock", &path)(error)),
            }
            match PidFile::read(&cluster)? {
                Some(file) if file.ready && instance::runs(file.pid, &file.cluster) => {
                    return Ok(Some(Connection {
                        socket_dir: file.socket_dir,
                        port: PORT,
                        user: USER.to_owned(),
                    }));
                }
                _ => thread::sleep(POLL),
            }
        }
        Err(Error::NotReady)
    }

    /// Where it listens.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether this start created the cluster.
    pub fn fresh(&self) -> bool {
        self.fresh
    }

    /// The process id of PostgreSQL; 0 while it is being restarted.
    pub fn pid(&self) -> u32 {
        self.pid.load(Ordering::Acquire)
    }

    /// Disconnects every client, stops PostgreSQL and waits; says how if it
    /// was not cleanly. Nothing committed is lost either way.
    pub fn stop(mut self) -> Result<(), Error> {
        self.halt()
    }

    fn halt(&mut self) -> Result<(), Error> {
        self.stop = None;
        match self.supervisor.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Err(error) = self.halt() {
            log::error!("{error}");
        }
    }
}

/// The life of one PostgreSQL, in the thread that is its parent. `started` is
/// told when it first accepts connections; the end of `stop` ends it.
fn supervise(
    cluster: &Cluster,
    pid: &AtomicU32,
    started: &Sender<()>,
    stop: &Receiver<()>,
) -> Result<(), Error> {
    let Some(mut server) = cluster.launch(stop)? else {
        return Ok(());
    };
    pid.store(server.id(), Ordering::Release);
    // Nobody listens any more only if the owner is gone, and then `stop` ends too.
    let _ = started.send(());
    let mut restarts = 0;
    loop {
        let up_since = Instant::now();
        let status = loop {
            if let Some(status) = instance::exited(&mut server)? {
                break status;
            }
            if asked_to_stop(stop, WATCH) {
                return instance::shut_down(&mut server);
            }
        };
        pid.store(0, Ordering::Release);
        let down_since = Instant::now();
        log::error!("PostgreSQL ended unexpectedly ({status}): restarting it");
        if up_since.elapsed() > STEADY {
            restarts = 0;
        }
        let Some(successor) = relaunch(cluster, stop, &mut restarts) else {
            return Ok(());
        };
        server = successor;
        pid.store(server.id(), Ordering::Release);
        let down_ms = down_since.elapsed().as_millis();
        log::info!("PostgreSQL is back after {down_ms} ms");
    }
}

/// Tries until PostgreSQL runs again, ever more slowly; `None` if asked to stop.
fn relaunch(cluster: &Cluster, stop: &Receiver<()>, restarts: &mut u32) -> Option<Child> {
    loop {
        let pause = match *restarts {
            0 => Duration::ZERO,
            n if n < QUICK_RESTARTS => Duration::from_millis(50 << n),
            _ => SLOW_RESTART,
        };
        if asked_to_stop(stop, pause) {
            return None;
        }
        *restarts = restarts.saturating_add(1);
        match cluster.launch(stop) {
            Ok(server) => return server,
            Err(error) if *restarts == 1 => log::warn!("{error}"),
            Err(error) if *restarts == QUICK_RESTARTS => log::error!(
                "{error}; {QUICK_RESTARTS} restarts failed: trying every {} s from now on",
                SLOW_RESTART.as_secs()
            ),
            Err(_) => {}
        }
    }
}

/// Waits for `pause`, less if the owner asks to stop.
fn asked_to_stop(stop: &Receiver<()>, pause: Duration) -> bool {
    stop.recv_timeout(pause) != Err(RecvTimeoutError::Timeout)
}

fn lock(data_dir: &Path) -> Result<File, Error> {
    let path = data_dir.join("server.lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(cannot("open", &path))?;
    let deadline = Instant::now() + LOCK_LIMIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => {
                let data_dir = data_dir.to_owned();
                return Err(Error::InUse { data_dir });
            }
            Err(TryLockError::Error(error)) => return Err(cannot("lock", &path)(error)),
        }
    }
}

#[cfg(test)]
mod tests;
