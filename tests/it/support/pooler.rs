//! PgBouncer in transaction mode between the servers under test and PostgreSQL.
//!
//! If `BOXOFFICE_TEST_PGBOUNCER` names its binary, every server under test reaches its database through one that all
//! tests share (`make test-pgbouncer`). What must hold: what a test does itself (`Server::db`) goes directly, so that
//! it may look at sessions and hold locks by them; the tests that need a direct server are in [`DIRECT`].

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use boxoffice::cluster::Connection;
use uuid::Uuid;

use super::postgres::{stop, write_private};
use super::programs::{end_with_parent, owner, run_as};

/// Names the binary: 1.21 or later.
pub(crate) const PGBOUNCER: &str = "BOXOFFICE_TEST_PGBOUNCER";
/// Names one before 1.21, such as Debian 12's.
pub(crate) const OLD_PGBOUNCER: &str = "BOXOFFICE_TEST_OLD_PGBOUNCER";
/// What PgBouncer needs to keep prepared statements in transaction mode.
pub(crate) const KEEP_STATEMENTS: &str = "max_prepared_statements = 200";

/// A transaction gets the session that was idle for longest, so that none keeps one by chance.
pub(crate) const ROUND_ROBIN: &str = "server_round_robin = 1";

/// The tests whose servers reach PostgreSQL directly in every run, and why.
const DIRECT: &[(&str, &str)] = &[
    (
        "lanes::a_connection_that_is_killed_in_mid_batch_loses_no_order",
        "it knows a waiting batch by its statement: a session to which PgBouncer gives that again shows an older one",
    ),
    (
        "plans::plans_that_are_kept_do_not_outlive_the_size_that_they_were_made_for",
        "it reads the plans of the session that its lane has used",
    ),
    (
        "waits::a_connection_that_was_left_in_the_middle_is_cleaned_or_closed",
        "it tells connections apart by their sessions",
    ),
    (
        "waits::a_session_that_has_forgotten_its_statements_is_not_lent_again",
        "it spoils a session, which a pooler goes on giving out",
    ),
];

/// A running PgBouncer. Dropped, it is stopped, and its files are removed.
pub(crate) struct Pooler {
    child: Child,
    directory: PathBuf,
    user: String,
}

impl Pooler {
    /// Starts the binary that a variable names, with these lines in its configuration.
    pub(crate) fn start(variable: &str, settings: &[&str], to: &Connection) -> Self {
        let program = std::env::var_os(variable)
            .unwrap_or_else(|| panic!("{variable} names no PgBouncer: make test-pgbouncer"));
        let directory = directories().join(&Uuid::new_v4().simple().to_string()[..8]);
        fs::create_dir_all(&directory).expect("a directory");
        let owner = owner();
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(&directory, Some(user), Some(group)).expect("given away");
        }
        let (socket, user) = (to.socket_dir.display(), &to.user);
        let text = format!(
            "[databases]\n* = host={socket} port={} user={user}\n[pgbouncer]\npool_mode = transaction\n\
             auth_type = any\nmax_client_conn = 1000\nlisten_addr =\n\
             listen_port = 5432\nserver_login_retry = 1\nunix_socket_dir = {}\n{}\n",
            to.port,
            directory.display(),
            settings.join("\n")
        );
        let file = directory.join("pgbouncer.ini");
        write_private(&file, &text, owner);
        let mut command = Command::new(program);
        run_as(&mut command, owner);
        end_with_parent(&mut command);
        let log = File::create(directory.join("log")).expect("a log");
        command
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let child = command.stderr(log).spawn().expect("PgBouncer runs");
        let mut pooler = Self {
            child,
            directory,
            user: user.clone(),
        };
        pooler.until_ready();
        pooler
    }

    fn until_ready(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let socket = self.directory.join(".s.PGSQL.5432");
        while !socket.exists() {
            let ended = self.child.try_wait().expect("a child");
            if ended.is_some() || Instant::now() >= deadline {
                let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
                panic!("PgBouncer does not start: {log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The address of a database through it.
    pub(crate) fn url(&self, database: &str) -> String {
        self.connection().url(database)
    }

    fn connection(&self) -> Connection {
        Connection {
            socket_dir: self.directory.clone(),
            port: 5432,
            user: self.user.clone(),
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        stop(&mut self.child);
        fs::remove_dir_all(&self.directory).ok();
    }
}

fn directories() -> PathBuf {
    super::cluster::directory().with_extension("poolers")
}

/// Where a server under test finds this cluster: at the pooler of the run, if there is one and the test that
/// runs on this thread can do with it.
pub(super) fn entrance(to: &Connection) -> Connection {
    static OF_THE_RUN: OnceLock<Option<Connection>> = OnceLock::new();
    let of_the_run = OF_THE_RUN.get_or_init(|| {
        std::env::var_os(PGBOUNCER)?;
        // What a run that was killed has left behind.
        fs::remove_dir_all(directories()).ok();
        let (started, start) = mpsc::channel();
        let to = to.clone();
        // It ends with the thread that started it, which ends with the process.
        std::thread::spawn(move || {
            let pooler = Pooler::start(PGBOUNCER, &[KEEP_STATEMENTS, ROUND_ROBIN], &to);
            started.send(pooler.connection()).expect("awaited");
            loop {
                std::thread::park();
            }
        });
        Some(start.recv().expect("PgBouncer starts"))
    });
    let thread = std::thread::current();
    let reason = DIRECT.iter().find(|(test, _)| Some(*test) == thread.name());
    match (of_the_run, reason) {
        (Some(pooler), None) => pooler.clone(),
        (Some(_), Some((test, why))) => {
            eprintln!("{test}: without the pooler: {why}");
            to.clone()
        }
        (None, _) => to.clone(),
    }
}
