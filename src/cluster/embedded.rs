//! A cluster that this process owns: the lock on its directory, and the supervisor thread that starts
//! PostgreSQL, restarts it when it dies, and stops it.
//!
//! What must hold: the lock is held until PostgreSQL has ended; one thread is PostgreSQL's parent for its whole
//! life; restarts are bounded by a growing pause. Files and signals of one PostgreSQL are in `instance`.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::claim::Claim;
use super::instance::{self, Cluster, PidFile, asked_to_stop};
use super::{ATTACH_LIMIT, Connection, Error, Options, POLL, PORT, USER, WATCH, cannot, replace};

/// Restarts in a row before they slow down.
const QUICK_RESTARTS: u32 = 10;
/// The pause before each restart from then on.
const SLOW_RESTART: Duration = Duration::from_secs(30);
/// After PostgreSQL has run this long, the count of restarts starts over.
const STEADY: Duration = Duration::from_secs(60);

/// A running cluster that this process owns. Dropping it stops it and waits.
#[derive(Debug)]
pub struct Embedded {
    connection: Connection,
    fresh: bool,
    wal_segments_ahead: u32,
    pid: Arc<AtomicU32>,
    /// Dropping it asks the supervisor to stop.
    stop: Option<Sender<()>>,
    supervisor: Option<JoinHandle<Result<(), Error>>>,
    /// Released last, when PostgreSQL has ended.
    _claim: Claim,
}

impl Embedded {
    /// Creates the cluster if there is none, stops what an earlier server left
    /// running, starts PostgreSQL, and returns when it accepts connections.
    pub fn start(options: &Options) -> Result<Embedded, Error> {
        Self::start_claimed(options, Claim::take(&options.data_dir)?)
    }

    /// As [`Embedded::start`], in a directory that belongs to this process already.
    pub fn start_claimed(options: &Options, claim: Claim) -> Result<Embedded, Error> {
        let cluster = Cluster::prepare(options, claim.data_dir().to_owned())?;
        let fresh = !cluster.exists();
        if fresh {
            replace::refuse_half_replaced(claim.data_dir())?;
            cluster.create()?;
        }
        cluster.stop_orphan()?;
        let wal_segments_ahead = if fresh { cluster.wal_sizes().ahead } else { 0 };

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
            wal_segments_ahead,
            pid,
            stop: Some(stop),
            supervisor: Some(supervisor),
            _claim: claim,
        };
        match start.recv() {
            Ok(()) => Ok(embedded),
            Err(_) => Err(embedded.stop().err().unwrap_or(Error::NotReady)),
        }
    }

    /// Where the cluster of a server that runs on this data directory listens,
    /// or `None` if none runs. Waits 10 seconds for one that is starting.
    pub fn attach(data_dir: &Path) -> Result<Option<Connection>, Error> {
        Self::attach_within(data_dir, ATTACH_LIMIT)
    }

    pub(super) fn attach_within(
        data_dir: &Path,
        limit: Duration,
    ) -> Result<Option<Connection>, Error> {
        let path = data_dir.join("server.lock");
        let lock = match File::open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot("open", &path)(error)),
        };
        let cluster = data_dir.join("postgres");
        let deadline = Instant::now() + limit;
        let mut is_told = false;
        loop {
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
                _ if Instant::now() >= deadline => {
                    let data_dir = data_dir.to_owned();
                    return Err(Error::NotOpen { data_dir });
                }
                _ => thread::sleep(POLL),
            }
            if !is_told {
                let data_dir = data_dir.display();
                log::info!("waiting for the server that uses {data_dir} to open its database");
                is_told = true;
            }
        }
    }

    /// Where it listens.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Whether this start created the cluster.
    pub fn fresh(&self) -> bool {
        self.fresh
    }

    /// Segments of the write-ahead log that are to be preallocated: none unless this start created the cluster,
    /// and as many as the disk has room for.
    pub fn wal_segments_ahead(&self) -> u32 {
        self.wal_segments_ahead
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

/// Supervises PostgreSQL in the thread that is its parent. `started` is sent
/// the result of the first start; dropping the sender of `stop` ends it.
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
    // The receiver is gone only if the owner is gone, and then `stop` is closed too.
    let _ = started.send(());
    let mut restarts = 0;
    loop {
        let up_since = Instant::now();
        let status = loop {
            if let Some(status) = instance::exited(&mut server)? {
                break status;
            }
            if asked_to_stop(stop, WATCH) {
                return cluster.shut_down(&mut server);
            }
        };
        pid.store(0, Ordering::Release);
        let down_since = Instant::now();
        let disk = cluster.disk_hint();
        log::error!("PostgreSQL ended unexpectedly ({status}){disk}: restarting it");
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

/// Retries until PostgreSQL runs, with growing pauses; `None` if asked to stop.
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
