//! The database of a run: two places for a PostgreSQL, each with a proxy before it, of which one has the primary and
//! the other a standby from time to time; and what can happen to them.
//!
//! Servers reach it through both proxies, whose addresses stay the same. What the run itself asks goes past them.
//! As root each place is a small disk of its own (tmpfs), which can be full.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use boxoffice::postgres::{Client, Db};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::programs::{command, copy_to_standby, end_with_parent, owner};
use crate::proxy::Proxy;

const SETTINGS: [&str; 9] = [
    "listen_addresses=",
    "port=5432",
    "max_connections=200",
    "shared_buffers=64MB",
    "min_wal_size=4MB",
    "max_wal_size=64MB",
    "wal_retrieve_retry_interval=200ms",
    "autovacuum_naptime=15s",
    "log_min_messages=log",
];
/// Bytes of a place's disk while it is not full.
const DISK_BYTES: u64 = 4 << 30;
/// How long the callers may take to meet a full disk.
const FILLED_AFTER: Duration = Duration::from_secs(2);
/// Nothing that is waited for here takes longer.
const LIMIT: Duration = Duration::from_secs(120);

/// One place: its files, and the PostgreSQL that runs there.
struct Place {
    directory: PathBuf,
    has_disk: bool,
    server: Option<Child>,
    proxy: Proxy,
}

/// Both places. Dropped, PostgreSQL is ended and the files are removed.
pub(crate) struct Database {
    directory: PathBuf,
    places: [Place; 2],
    /// Which of them has the primary.
    primary: usize,
    /// Past the proxies, to the one that takes writes.
    pub(crate) db: Db,
}

impl Database {
    /// A fresh primary, with an empty database `boxoffice`. PostgreSQL ends with the thread that this is called on.
    pub(crate) async fn start(directory: PathBuf) -> Self {
        remove_left_over_disks();
        fs::create_dir(&directory).unwrap();
        let sockets = ["a", "b"].map(|name| directory.join(name).display().to_string());
        let url = |host: &str| format!("host={host} port=5432 user=boxoffice dbname=boxoffice");
        let places = [
            Place::new(&directory.join("a"), &url(&sockets[0])).await,
            Place::new(&directory.join("b"), &url(&sockets[1])).await,
        ];
        let either = format!(
            "{} target_session_attrs=read-write",
            url(&sockets.join(","))
        );
        let mut database = Self {
            directory,
            places,
            primary: 0,
            db: Db::new(&either, 5).unwrap(),
        };
        let place = &mut database.places[0];
        place.initialise();
        place.start().await;
        let administration = url(&sockets[0]).replace("dbname=boxoffice", "dbname=postgres");
        boxoffice::postgres::create_database(&administration, "boxoffice")
            .await
            .unwrap();
        database
    }

    /// For servers: both proxies, and whichever takes writes.
    pub(crate) fn url(&self) -> String {
        let [a, b] = [&self.places[0], &self.places[1]].map(|place| place.proxy.address());
        format!(
            "postgresql://boxoffice@{a},{b}/boxoffice?sslmode=disable&target_session_attrs=read-write"
        )
    }

    /// Whether its disk can be made full on this machine.
    pub(crate) fn has_disk(&self) -> bool {
        self.places[self.primary].has_disk
    }

    /// The proxy before the primary.
    pub(crate) fn proxy(&self) -> &Proxy {
        &self.places[self.primary].proxy
    }

    /// `kill -9` of its first process, as if a supervisor started it again at once. Returns when it accepts
    /// connections.
    pub(crate) async fn kill(&mut self) {
        let place = &mut self.places[self.primary];
        place.kill_first_process();
        place.start().await;
        self.until_it_answers().await;
    }

    /// `kill -9` of a process that serves a connection, after which PostgreSQL ends all others and recovers.
    /// Returns when it accepts connections again.
    pub(crate) async fn kill_backend(&self) {
        let witness = self.db.get().await.unwrap();
        let any = "SELECT pid FROM pg_stat_activity WHERE datname = 'boxoffice' AND backend_type = 'client backend'
                   AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1";
        let pid: i32 = witness.query_one(any, &[]).await.unwrap().get(0);
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).ok();
        while witness.batch_execute("SELECT 1").await.is_ok() {}
        drop(witness);
        self.until_it_answers().await;
    }

    /// SIGSTOP of all its processes, for a time.
    pub(crate) async fn freeze(&self, time: Duration) {
        self.places[self.primary].freeze(time).await;
    }

    /// Leaves its disk no room, until it has met that and for a time; then gives it room. Returns when it accepts
    /// connections: without room for its log PostgreSQL ends itself.
    pub(crate) async fn fill_disk(&mut self, time: Duration) {
        let place = &mut self.places[self.primary];
        let before = place.log().len();
        while !place.resize_disk(used(&place.directory)) {}
        let began = Instant::now();
        while !String::from_utf8_lossy(&place.log()[before..]).contains("No space left on device") {
            assert!(began.elapsed() < LIMIT, "a full disk was not noticed");
            // There is room inside of its files, which the callers fill; after a while the log is given none.
            if began.elapsed() > FILLED_AFTER
                && let Ok(client) = self.db.get().await
            {
                client.batch_execute("SELECT pg_switch_wal()").await.ok();
            }
            sleep(Duration::from_millis(20)).await;
        }
        sleep(time).await;
        assert!(place.resize_disk(DISK_BYTES));
        let ended = place.server.as_mut().unwrap().try_wait().unwrap();
        if ended.is_some() {
            place.start().await;
        }
        self.until_it_answers().await;
    }

    /// Makes a standby in the other place that has all that was ever acknowledged, and without which nothing is
    /// acknowledged any more.
    pub(crate) async fn add_standby(&mut self) {
        let primary = self.places[self.primary].directory.clone();
        let standby = &mut self.places[1 - self.primary];
        copy_to_standby(&primary, 5432, &standby.cluster());
        standby.start().await;
        let client = self.db.get().await.unwrap();
        for statement in [
            "ALTER SYSTEM SET synchronous_standby_names = '*'",
            "SELECT pg_reload_conf()",
        ] {
            client.batch_execute(statement).await.unwrap();
        }
        until(&client, "sync_state = 'sync'").await;
        // By then commits wait for it; those before have to be there too.
        sleep(Duration::from_millis(300)).await;
        let last = "SELECT pg_current_wal_flush_lsn()::text";
        let last: String = client.query_one(last, &[]).await.unwrap().get(0);
        until(&client, &format!("flush_lsn >= '{last}'")).await;
    }

    /// The primary freezes for a time and then dies, all its processes at once, as a machine does; the standby
    /// is promoted. Returns when it takes writes.
    pub(crate) async fn fail_over(&mut self, frozen: Duration) {
        let old = &mut self.places[self.primary];
        if !frozen.is_zero() {
            stop_all(old.pid());
            sleep(frozen).await;
        }
        old.end();
        self.promote().await;
    }

    /// The standby hangs for a time, in which nothing may be acknowledged, and loses what had reached its sockets;
    /// then the primary dies. Returns when the standby takes writes.
    pub(crate) async fn fail_over_to_one_that_hung(&mut self, time: Duration) {
        let [a, b] = &mut self.places;
        let (primary, standby) = if self.primary == 0 { (a, b) } else { (b, a) };
        stop_all(standby.pid());
        sleep(time).await;
        primary.end();
        standby.end();
        standby.start().await;
        self.promote().await;
    }

    async fn promote(&mut self) {
        self.primary = 1 - self.primary;
        let new = &self.places[self.primary];
        let promoted = command("pg_ctl", &new.directory)
            .args(["promote", "--wait", "--pgdata"])
            .arg(new.cluster())
            .output()
            .unwrap();
        assert!(promoted.status.success(), "{promoted:?}");
        self.until_it_answers().await;
        let old = self.places[1 - self.primary].cluster();
        fs::remove_dir_all(old).unwrap();
    }

    /// Waits until a new connection can write.
    async fn until_it_answers(&self) {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Ok(client) = self.db.get().await
                && client.batch_execute("SELECT 1").await.is_ok()
            {
                return;
            }
            assert!(Instant::now() < deadline, "PostgreSQL does not come back");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Waits until this is true of the standby.
async fn until(client: &Client, condition: &str) {
    let query = format!("SELECT count(*) FROM pg_stat_replication WHERE {condition}");
    let deadline = Instant::now() + LIMIT;
    while client
        .query_one(&query, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        == 0
    {
        assert!(Instant::now() < deadline, "the standby does not follow");
        sleep(Duration::from_millis(20)).await;
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for place in &mut self.places {
            place.end();
            if place.has_disk {
                unmount(&place.directory);
            }
        }
        fs::remove_dir_all(&self.directory).ok();
    }
}

impl Place {
    async fn new(directory: &Path, url: &str) -> Self {
        fs::create_dir(directory).unwrap();
        let has_disk = mount(
            &[
                "-t",
                "tmpfs",
                "-o",
                &format!("size={DISK_BYTES}"),
                "boxoffice-chaos",
            ],
            directory,
        );
        if let Some((user, group)) = owner() {
            std::os::unix::fs::chown(directory, Some(user), Some(group)).unwrap();
        }
        Self {
            directory: directory.to_owned(),
            has_disk,
            server: None,
            proxy: Proxy::start(url).await,
        }
    }

    fn cluster(&self) -> PathBuf {
        self.directory.join("cluster")
    }

    fn initialise(&self) {
        let made = command("initdb", &self.directory)
            .args([
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
                "--lc-ctype=C.UTF-8",
            ])
            .args([
                "--auth=trust",
                "--username=boxoffice",
                "--wal-segsize=1",
                "--pgdata",
            ])
            .arg(self.cluster())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
    }

    /// Starts PostgreSQL and waits until it accepts connections; again if it ends instead, as it does while
    /// processes of a killed one are there.
    async fn start(&mut self) {
        let deadline = Instant::now() + LIMIT;
        loop {
            let mut server = self.spawn();
            while server.try_wait().unwrap().is_none() {
                let said = fs::read_to_string(self.cluster().join("postmaster.pid"));
                let said = said.unwrap_or_default();
                let mut lines = said.lines().map(str::trim);
                if lines.next() == Some(&server.id().to_string()) && lines.nth(6) == Some("ready") {
                    self.server = Some(server);
                    return;
                }
                assert!(Instant::now() < deadline, "PostgreSQL is not ready");
                sleep(Duration::from_millis(10)).await;
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn spawn(&self) -> Child {
        let mut server = command("postgres", &self.directory);
        server.arg("-D").arg(self.cluster());
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let sockets = format!("unix_socket_directories={}", self.directory.display());
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path());
        server
            .args(["-c", &sockets])
            .stdout(Stdio::null())
            .stderr(log.unwrap());
        end_with_parent(&mut server);
        server.spawn().unwrap()
    }

    /// Beside its disk, which may be full.
    fn log_path(&self) -> PathBuf {
        self.directory.with_extension("log")
    }

    fn log(&self) -> Vec<u8> {
        fs::read(self.log_path()).unwrap()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(self.server.as_ref().unwrap())
    }

    fn kill_first_process(&mut self) {
        let mut server = self.server.take().unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
    }

    async fn freeze(&self, time: Duration) {
        let stopped = stop_all(self.pid());
        sleep(time).await;
        for pid in stopped.into_iter().rev() {
            kill_process(pid, Signal::CONT).ok();
        }
    }

    /// Gives its disk this size; false if more than that is used.
    fn resize_disk(&self, bytes: u64) -> bool {
        mount(&["-o", &format!("remount,size={bytes}")], &self.directory)
    }

    fn end(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        // Stopped first: none of them does anything on its own in the end.
        for pid in stop_all(Pid::from_child(&server)) {
            kill_process(pid, Signal::KILL).ok();
        }
        server.wait().ok();
    }
}

fn mount(options: &[&str], directory: &Path) -> bool {
    let mut command = Command::new("mount");
    let said = command.args(options).arg(directory).output();
    said.is_ok_and(|said| said.status.success())
}

fn unmount(directory: &Path) {
    // Its processes are gone in a moment.
    Command::new("umount")
        .arg("--lazy")
        .arg(directory)
        .output()
        .ok();
}

/// Those of a run that was aborted.
fn remove_left_over_disks() {
    let mounted = fs::read_to_string("/proc/mounts").unwrap_or_default();
    for line in mounted
        .lines()
        .filter(|line| line.starts_with("boxoffice-chaos "))
    {
        let directory = PathBuf::from(line.split(' ').nth(1).unwrap());
        let run = directory.parent().unwrap();
        let pid = run.display().to_string();
        let pid = pid.rsplit('-').next().unwrap().to_owned();
        if !Path::new("/proc").join(pid).exists() {
            unmount(&directory);
            fs::remove_dir_all(run).ok();
        }
    }
}

/// Bytes that are used of a disk.
fn used(directory: &Path) -> u64 {
    let disk = rustix::fs::statvfs(directory).unwrap();
    (disk.f_blocks - disk.f_bfree) * disk.f_frsize
}

/// SIGSTOP of a process and then of its children, until no new ones appear. Returns them all.
fn stop_all(first: Pid) -> Vec<Pid> {
    let mut stopped = vec![first];
    kill_process(first, Signal::STOP).ok();
    loop {
        let new: Vec<Pid> = children(first)
            .into_iter()
            .filter(|pid| !stopped.contains(pid))
            .collect();
        if new.is_empty() {
            return stopped;
        }
        for pid in &new {
            kill_process(*pid, Signal::STOP).ok();
        }
        stopped.extend(new);
    }
}

fn children(parent: Pid) -> Vec<Pid> {
    let listed = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid="])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let pairs = listed.lines().filter_map(|line| {
        let mut ids = line.split_whitespace().map(|id| id.parse().ok());
        Some((ids.next()??, ids.next()??))
    });
    let of_parent = pairs.filter(|&(_, of): &(i32, i32)| of == parent.as_raw_nonzero().get());
    of_parent
        .filter_map(|(pid, _)| Pid::from_raw(pid))
        .collect()
}
