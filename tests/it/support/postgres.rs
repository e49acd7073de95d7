//! A PostgreSQL of its own for one test: with files of its own, and reached over TCP.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use boxoffice::postgres::{Client, Db};
use rustix::process::{Pid, Signal};
use uuid::Uuid;

use super::programs::{command, copy_to_standby, end_with_parent, owner};

/// A running PostgreSQL. Dropped, it is stopped, and its files are removed.
pub(crate) struct Postgres {
    child: Child,
    pub(crate) directory: PathBuf,
    pub(crate) port: u16,
}

impl Postgres {
    /// Makes a cluster with these lines of `pg_hba.conf` beside the superuser's, and these further files
    /// in it, and starts it on a free port of 127.0.0.1.
    pub(crate) fn start(hba: &str, files: &[(&str, &str)]) -> Self {
        let directory = new_directory();
        let cluster = directory.join("cluster");
        let made = command("initdb", &directory)
            .args(["--no-sync", "--encoding=UTF8", "--locale=C"])
            .args(["--auth=trust", "--username=boxoffice", "--pgdata"])
            .arg(&cluster)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{made:?}");
        let own = "local all,replication boxoffice trust";
        let hba = format!("{own}\n{hba}\n");
        let owner = owner();
        for (name, text) in files.iter().copied().chain([("pg_hba.conf", hba.as_str())]) {
            write_private(&cluster.join(name), text, owner);
        }
        Self::launch(directory)
    }

    /// A standby of it, by streaming replication.
    pub(crate) fn standby(&self) -> Self {
        let directory = new_directory();
        copy_to_standby(&self.directory, self.port, &directory.join("cluster"));
        Self::launch(directory)
    }

    /// Starts the cluster of this directory on a free port of 127.0.0.1.
    fn launch(directory: PathBuf) -> Self {
        let cluster = directory.join("cluster");
        // Somebody may take the port that was free.
        for _ in 0..5 {
            let port = free_port();
            let mut server = command("postgres", &directory);
            server.arg("-D").arg(&cluster);
            for setting in [
                "listen_addresses=127.0.0.1",
                "fsync=off",
                "shared_buffers=16MB",
            ] {
                server.args(["-c", setting]);
            }
            let sockets = format!("unix_socket_directories={}", directory.display());
            server.args(["-c", &sockets, "-c", &format!("port={port}")]);
            let log = File::create(directory.join("log")).expect("a log");
            server.stdout(Stdio::null()).stderr(log);
            end_with_parent(&mut server);
            let child = server.spawn().expect("PostgreSQL starts");
            let mut postgres = Self {
                child,
                directory: directory.clone(),
                port,
            };
            if postgres.is_ready() {
                return postgres;
            }
            // Its files are needed for another try.
            postgres.directory = PathBuf::new();
        }
        let log = fs::read_to_string(directory.join("log")).unwrap_or_default();
        panic!("PostgreSQL does not start: {log}");
    }

    /// Waits until it accepts connections; false if it ends instead.
    fn is_ready(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(60);
        let file = self.directory.join("cluster/postmaster.pid");
        while self.child.try_wait().expect("a child").is_none() {
            let state = fs::read_to_string(&file).unwrap_or_default();
            if state
                .lines()
                .nth(7)
                .is_some_and(|state| state.trim() == "ready")
            {
                return true;
            }
            assert!(Instant::now() < deadline, "PostgreSQL is not ready");
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// The address of a database for the superuser, over the socket.
    pub(crate) fn socket_url(&self, database: &str) -> String {
        let (directory, port) = (self.directory.display(), self.port);
        format!("host={directory} port={port} user=boxoffice dbname={database}")
    }

    /// A connection of the superuser, over the socket.
    pub(crate) async fn administration(&self, database: &str) -> Client {
        let db = Db::new(&self.socket_url(database), 1).expect("a database");
        db.get().await.expect("a connection")
    }

    /// Runs statements as the superuser, each by itself.
    pub(crate) async fn administer(&self, database: &str, statements: &[&str]) {
        let client = self.administration(database).await;
        for statement in statements {
            client.batch_execute(statement).await.expect(statement);
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        stop(&mut self.child);
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// Stops a PostgreSQL or a PgBouncer immediately: nothing of it is needed any more.
pub(super) fn stop(child: &mut Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid.filter(|_| matches!(child.try_wait(), Ok(None))) {
        rustix::process::kill_process(pid, Signal::QUIT).ok();
    }
    child.wait().ok();
}

/// An empty directory of the user that runs PostgreSQL.
fn new_directory() -> PathBuf {
    let directory = std::env::temp_dir().join(format!("bo-pg-{}", Uuid::new_v4().simple()));
    fs::create_dir(&directory).expect("a directory");
    if let Some((user, group)) = owner() {
        chown(&directory, Some(user), Some(group)).expect("given away");
    }
    directory
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// As PostgreSQL demands it of a key.
pub(super) fn write_private(path: &Path, text: &str, owner: Option<(u32, u32)>) {
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).write(true).truncate(true).mode(0o600);
    let mut file = file.open(path).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    if let Some((user, group)) = owner {
        chown(path, Some(user), Some(group)).expect("given away");
    }
}
