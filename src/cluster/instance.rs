//! One cluster: its files, its settings, and its process: creating, starting
//! until it accepts connections, and stopping until it has ended.
//!
//! What must hold: settings are given on the command line, so no file can weaken
//! durability; a half-made cluster is never used; a process id alone is never
//! trusted. When to start and stop is decided in `embedded`.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read, Seek, SeekFrom},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal};

use super::{
    Error, Options, POLL, PORT, READY_LIMIT, USER, WATCH, cannot,
    programs::{Account, find_programs},
    space::{self, WalSizes},
};

/// The longest path of a socket's directory: macOS allows 103 bytes with the
/// file's name in it, Linux 107.
const SOCKET_DIR_BYTES_MAX: usize = 103 - "/.s.PGSQL.5432".len();
/// How long processes of a killed PostgreSQL may keep its memory in use.
const LEFTOVER_LIMIT: Duration = Duration::from_secs(15);
/// How long a fast shutdown, which writes a checkpoint, may take.
const FAST_STOP_LIMIT: Duration = Duration::from_secs(60);
/// How long an immediate shutdown may take.
const IMMEDIATE_STOP_LIMIT: Duration = Duration::from_secs(15);
/// A log larger than this is renamed at the next start.
const LOG_BYTES_MAX: u64 = 16 << 20;

/// What is needed to run one cluster.
#[derive(Debug)]
pub(super) struct Cluster {
    bin_dir: PathBuf,
    account: Option<Account>,
    dir: PathBuf,
    pub(super) socket_dir: PathBuf,
    data_dir: PathBuf,
    max_connections: u32,
}

impl Cluster {
    pub(super) fn prepare(options: &Options, data_dir: PathBuf) -> Result<Cluster, Error> {
        let dir = data_dir.join("postgres");
        let account = Account::choose(&dir)?;
        let bin_dir = find_programs(options.bin_dir.as_deref(), account, &dir)?;
        // These programs have just run as this account, elsewhere.
        let mut probe = Account::command(account, &bin_dir.join("postgres"), &data_dir);
        match (probe.arg("--version").output(), account) {
            (Err(error), Some(Account { uid, .. }))
                if error.kind() == io::ErrorKind::PermissionDenied =>
            {
                return Err(Error::Unreachable { data_dir, uid });
            }
            (result, _) => result.map_err(cannot("run", &bin_dir))?,
        };
        let socket_dir = socket_dir(&data_dir);
        make_private_dir(&socket_dir, account)?;
        Ok(Cluster {
            bin_dir,
            account,
            dir,
            socket_dir,
            data_dir,
            max_connections: options.max_connections,
        })
    }

    pub(super) fn exists(&self) -> bool {
        self.dir.exists()
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin_dir.join(program);
        let mut command = Account::command(self.account, &program, &self.data_dir);
        end_with_parent(&mut command);
        command
    }

    /// Creates it in a temporary directory and renames that when it is complete,
    /// so that the leftovers of a killed `initdb` are never taken for a cluster.
    pub(super) fn create(&self) -> Result<(), Error> {
        let new = self.data_dir.join("postgres.new");
        if new.exists() {
            fs::remove_dir_all(&new).map_err(cannot("remove", &new))?;
        }
        make_private_dir(&new, self.account)?;
        // Collation by bytes, which is fast and never changes under an index, and a
        // UTF-8 character type, which trigrams need for the letters of all languages.
        let letters = if cfg!(target_os = "macos") {
            "--lc-ctype=en_US.UTF-8"
        } else {
            "--lc-ctype=C.UTF-8"
        };
        let output = self
            .command("initdb")
            .args(["--encoding=UTF8", "--locale=C", letters])
            .args(["--auth-local=trust", "--auth-host=reject"])
            .args(["--data-checksums", "--username", USER, "--pgdata"])
            .arg(&new)
            .output()
            .map_err(cannot("run initdb for", &new))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let reason = last_words(&said).unwrap_or(output.status.to_string());
            return Err(Error::Create {
                reason,
                disk: self.disk_hint(),
            });
        }
        fs::rename(&new, &self.dir).map_err(cannot("rename", &new))?;
        let parent = File::open(&self.data_dir).and_then(|dir| dir.sync_all());
        parent.map_err(cannot("flush", &self.data_dir))
    }

    /// Stops the PostgreSQL of a server that was killed. The lock is held, so a
    /// process that runs on this cluster has no owner.
    pub(super) fn stop_orphan(&self) -> Result<(), Error> {
        match PidFile::read(&self.dir)? {
            Some(PidFile { pid, .. }) if runs(pid, &self.dir) => {
                log::warn!("stopping PostgreSQL (process {pid}), left by a server that was killed");
                end(pid, || !runs(pid, &self.dir))
            }
            _ => Ok(()),
        }
    }

    /// Starts PostgreSQL and waits until it accepts connections; `None` if
    /// asked to stop meanwhile.
    pub(super) fn launch(&self, stop: &Receiver<()>) -> Result<Option<Child>, Error> {
        let leftovers_until = Instant::now() + LEFTOVER_LIMIT;
        let (mut server, mut log_start) = self.spawn()?;
        let deadline = Instant::now() + READY_LIMIT;
        while Instant::now() < deadline {
            if let Some(status) = exited(&mut server)? {
                let said = self.log_since(log_start);
                // It waits for the last processes of a server that was killed.
                let leftovers = said.contains("shared memory block") || said.contains("lock file");
                if !leftovers || Instant::now() > leftovers_until {
                    let reason = last_words(&said).unwrap_or(status.to_string());
                    let (log, disk) = (self.log_path(), self.disk_hint());
                    return Err(Error::Launch { reason, disk, log });
                }
                if asked_to_stop(stop, WATCH) {
                    return Ok(None);
                }
                (server, log_start) = self.spawn()?;
            }
            // If it cannot be read now it is read at the next poll: the child must not be lost.
            match PidFile::read(&self.dir) {
                Ok(Some(file)) if file.ready && file.pid == server.id() => {
                    return Ok(Some(server));
                }
                _ => {}
            }
            if asked_to_stop(stop, POLL) {
                return self.shut_down(&mut server).map(|()| None);
            }
        }
        self.shut_down(&mut server)?;
        Err(Error::NotReady)
    }

    /// Returns the child, and the length of the log before it started.
    fn spawn(&self) -> Result<(Child, u64), Error> {
        let path = self.log_path();
        if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_BYTES_MAX) {
            let old = path.with_extension("log.old");
            fs::rename(&path, old).map_err(cannot("rename", &path))?;
        }
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).mode(0o600).open(&path);
        let log = log.map_err(cannot("open", &path))?;
        let log_start = log.metadata().map_err(cannot("read", &path))?.len();
        let copy = log.try_clone().map_err(cannot("open", &path))?;
        let mut command = self.command("postgres");
        command.arg("-D").arg(&self.dir).stdout(copy).stderr(log);
        for setting in self.settings() {
            command.arg("-c").arg(setting);
        }
        let child = command.spawn().map_err(cannot("start", &self.dir))?;
        Ok((child, log_start))
    }

    /// Stops it and waits.
    pub(super) fn shut_down(&self, server: &mut Child) -> Result<(), Error> {
        end(server.id(), || !matches!(server.try_wait(), Ok(None)))?;
        match exited(server)? {
            Some(status) if !status.success() => Err(Error::UncleanStop {
                status,
                disk: self.disk_hint(),
            }),
            _ => Ok(()),
        }
    }

    /// The sizes of its log, by the space that there is now.
    pub(super) fn wal_sizes(&self) -> WalSizes {
        let log = fs::read_dir(self.dir.join("pg_wal"))
            .into_iter()
            .flatten()
            .flatten();
        let log_bytes: u64 = log
            .filter_map(|file| Some(file.metadata().ok()?.len()))
            .sum();
        let available = space::available_bytes(&self.data_dir);
        // What the log has taken already is there for it.
        space::wal_sizes(available.map_or(u64::MAX, |bytes| bytes.saturating_add(log_bytes)))
    }

    /// What to add to a failure.
    pub(super) fn disk_hint(&self) -> String {
        space::hint(&self.data_dir, space::available_bytes(&self.data_dir))
    }

    /// On the command line rather than in the cluster, so that they follow the
    /// version of this program.
    fn settings(&self) -> Vec<String> {
        let fixed = [
            // Only the Unix socket, accessible only to its owner.
            "listen_addresses=",
            "unix_socket_permissions=0700",
            // Durable commits; set here so that no configuration file can weaken them.
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            // An on-sale writes for minutes: fewer checkpoints, fewer full-page images in the WAL.
            "shared_buffers=256MB",
            "wal_buffers=16MB",
            "checkpoint_timeout=15min",
            // How soon a table is vacuumed is set at the table.
            "autovacuum_naptime=1s",
            // SSDs: random reads cost as much as sequential ones. Statements are too short for JIT.
            "random_page_cost=1.1",
            "jit=off",
            "TimeZone=UTC",
            "log_timezone=UTC",
            // The server handles and logs refused statements itself.
            "log_min_messages=log",
            "cluster_name=boxoffice",
        ];
        let mut settings: Vec<String> = fixed.iter().map(ToString::to_string).collect();
        let WalSizes { max_mb, min_mb, .. } = self.wal_sizes();
        settings.push(format!("max_wal_size={max_mb}MB"));
        settings.push(format!("min_wal_size={min_mb}MB"));
        settings.push(format!("port={PORT}"));
        settings.push(format!("max_connections={}", self.max_connections));
        let socket_dir = self.socket_dir.display();
        settings.push(format!("unix_socket_directories=\"{socket_dir}\""));
        settings
    }

    fn log_path(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    fn log_since(&self, start: u64) -> String {
        let mut said = Vec::new();
        // A log that cannot be read only makes the message shorter.
        let _ = File::open(self.log_path()).and_then(|mut log| {
            log.seek(SeekFrom::Start(start))?;
            log.take(LOG_BYTES_MAX).read_to_end(&mut said)
        });
        String::from_utf8_lossy(&said).into_owned()
    }
}

/// The content of `postmaster.pid`, which a running PostgreSQL writes.
#[derive(Debug)]
pub(super) struct PidFile {
    pub(super) pid: u32,
    pub(super) cluster: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) ready: bool,
}

impl PidFile {
    /// `None` if there is no such file, or it is half written.
    pub(super) fn read(cluster: &Path) -> Result<Option<PidFile>, Error> {
        let path = cluster.join("postmaster.pid");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot("read", &path)(error)),
        };
        let lines: Vec<&str> = text.lines().collect();
        let line = |number: usize| lines.get(number - 1).copied().unwrap_or_default();
        Ok(line(1).parse().ok().map(|pid| PidFile {
            pid,
            cluster: PathBuf::from(line(2)),
            socket_dir: PathBuf::from(line(5)),
            ready: line(8).trim() == "ready",
        }))
    }
}

/// Its full path, which is how PostgreSQL writes it into `postmaster.pid`.
pub(super) fn make_data_dir(path: &Path) -> Result<PathBuf, Error> {
    if !path.exists() {
        fs::create_dir_all(path).map_err(cannot("create", path))?;
        // Independent of the umask: the account that runs PostgreSQL must be able to enter.
        fs::set_permissions(path, Permissions::from_mode(0o755)).map_err(cannot("open", path))?;
    }
    path.canonicalize().map_err(cannot("find", path))
}

/// A directory that only the account that runs PostgreSQL can enter.
fn make_private_dir(path: &Path, account: Option<Account>) -> Result<(), Error> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(cannot("create", path)(error));
        }
        _ => {}
    }
    let us = rustix::process::geteuid().as_raw();
    let found = fs::symlink_metadata(path).map_err(cannot("read", path))?;
    let owners = [us, account.map_or(us, |account| account.uid)];
    if !found.is_dir() || !owners.contains(&found.uid()) {
        let path = path.to_owned();
        return Err(Error::Foreign { path });
    }
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(cannot("close", path))?;
    if let Some(Account { uid, gid }) = account {
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).map_err(cannot("give away", path))?;
    }
    Ok(())
}

/// In the data directory if the path suits a socket: short, and without the
/// comma that separates hosts in a connection string. Otherwise under `/tmp`,
/// under a name that the data directory decides, so that a deep checkout works.
fn socket_dir(data_dir: &Path) -> PathBuf {
    let dir = data_dir.join("socket");
    let suits = |path: &str| path.len() <= SOCKET_DIR_BYTES_MAX && !path.contains([',', '"']);
    if dir.to_str().is_some_and(suits) {
        return dir;
    }
    let mut hasher = DefaultHasher::new();
    data_dir.hash(&mut hasher);
    PathBuf::from(format!("/tmp/boxoffice-{:016x}", hasher.finish()))
}

pub(super) fn exited(server: &mut Child) -> Result<Option<ExitStatus>, Error> {
    server
        .try_wait()
        .map_err(cannot("wait for", Path::new("postgres")))
}

/// Stops PostgreSQL by a fast shutdown, which disconnects its clients and
/// writes a checkpoint; then by an immediate one, which needs recovery at
/// the next start.
fn end(pid: u32, mut ended: impl FnMut() -> bool) -> Result<(), Error> {
    let stuck = Error::Stuck { pid };
    let Some(process) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return Err(stuck);
    };
    for (signal, limit) in [
        (Signal::INT, FAST_STOP_LIMIT),
        (Signal::QUIT, IMMEDIATE_STOP_LIMIT),
    ] {
        // It fails if the process has just ended, which is the goal.
        let _ = rustix::process::kill_process(process, signal);
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if ended() {
                return Ok(());
            }
            thread::sleep(POLL);
        }
    }
    Err(stuck)
}

/// Whether this process is a PostgreSQL on this cluster: the process id may
/// have been reused.
pub(super) fn runs(pid: u32, cluster: &Path) -> bool {
    let command_line = if cfg!(target_os = "linux") {
        fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()
    } else {
        let ps = ["-ww", "-o", "command=", "-p", &pid.to_string()];
        let output = Command::new("ps").args(ps).output();
        output.map(|output| output.stdout).unwrap_or_default()
    };
    let contains = |part: &[u8]| command_line.windows(part.len()).any(|bytes| bytes == part);
    contains(b"postgres") && contains(cluster.as_os_str().as_bytes())
}

/// The line with the error in the output of a program that ended.
fn last_words(said: &str) -> Option<String> {
    let mut lines = said.lines().rev().filter(|line| !line.trim().is_empty());
    let last = lines.clone().next()?;
    let marks = ["FATAL: ", "PANIC: ", "error: "];
    let fatal = lines.find_map(|line| marks.iter().find_map(|mark| line.split_once(mark)));
    Some(fatal.map_or(last, |(_, reason)| reason).trim().to_owned())
}

/// Makes the kernel send the command SIGINT, PostgreSQL's fast shutdown, when
/// the thread that starts it ends, for whatever reason.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "only the child can ask the kernel for this")]
fn end_with_parent(command: &mut Command) {
    use rustix::process::{getpid, getppid, set_parent_process_death_signal};

    let parent = getpid();
    let ask = move || {
        set_parent_process_death_signal(Some(Signal::INT))?;
        // The parent may have ended before prctl took effect.
        match getppid() == Some(parent) {
            true => Ok(()),
            false => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    };
    // SAFETY: between fork and exec it makes two system calls; it neither
    // allocates nor locks.
    unsafe { command.pre_exec(ask) };
}

/// Other systems have no such signal; the next start finds the orphan.
#[cfg(not(target_os = "linux"))]
fn end_with_parent(_: &mut Command) {}

/// Waits for `pause`, less if the owner asks to stop.
pub(super) fn asked_to_stop(stop: &Receiver<()>, pause: Duration) -> bool {
    stop.recv_timeout(pause) != Err(RecvTimeoutError::Timeout)
}
