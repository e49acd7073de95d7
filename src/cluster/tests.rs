//! Tests of the embedded cluster against a real PostgreSQL. Each has a directory of its own, which is removed at its
//! end.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    Connection, Embedded, Error, Options, instance,
    programs::{Account, find_programs},
};

/// A directory under `/tmp`, which PostgreSQL's user can enter, too.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> TempDir {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!("/tmp/embedded-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        TempDir(path)
    }

    fn options(&self) -> Options {
        Options {
            data_dir: self.0.join("data"),
            max_connections: 20,
            bin_dir: std::env::var_os("BOXOFFICE_POSTGRES_BIN").map(PathBuf::from),
        }
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// Runs one statement over a new connection; the first column of the first row.
fn query(connection: &Connection, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let url = connection.url("postgres");
        let (client, task) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
        tokio::spawn(task);
        let messages = client.simple_query(sql).await?;
        let first = messages.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
            _ => None,
        });
        Ok(first.unwrap_or_default())
    })
}

fn kill(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn keeps_what_was_written_between_runs() {
    let dir = TempDir::new();
    let first = Embedded::start(&dir.options()).unwrap();
    assert!(first.fresh());
    let pid = first.pid();
    query(
        first.connection(),
        "CREATE TABLE kept AS SELECT 'Björk' AS name",
    )
    .unwrap();
    first.stop().unwrap();
    assert!(!Path::new(&format!("/proc/{pid}")).exists());

    let second = Embedded::start(&dir.options()).unwrap();
    assert!(!second.fresh());
    assert_eq!(
        query(second.connection(), "SELECT upper(name) FROM kept").unwrap(),
        "BJÖRK"
    );
}

#[test]
fn is_durable_and_private() {
    let dir = TempDir::new();
    let server = Embedded::start(&dir.options()).unwrap();
    let show = |setting: &str| query(server.connection(), &format!("SHOW {setting}")).unwrap();
    for setting in [
        "fsync",
        "synchronous_commit",
        "full_page_writes",
        "data_checksums",
    ] {
        assert_eq!(show(setting), "on", "{setting}");
    }
    assert_eq!(show("listen_addresses"), "");
    assert_eq!(show("server_encoding"), "UTF8");
    let socket_dir = fs::metadata(&server.connection().socket_dir).unwrap();
    assert_eq!(socket_dir.permissions().mode() & 0o777, 0o700);
}

#[test]
fn refuses_a_directory_that_is_in_use_but_attaches_to_it() {
    let dir = TempDir::new();
    let data_dir = dir.options().data_dir;
    assert_eq!(Embedded::attach(&data_dir).unwrap(), None);
    let server = Embedded::start(&dir.options()).unwrap();

    assert!(matches!(
        Embedded::start(&dir.options()),
        Err(Error::InUse { .. })
    ));
    let attached = Embedded::attach(&data_dir).unwrap().unwrap();
    assert_eq!(&attached, server.connection());
    assert_eq!(query(&attached, "SELECT 1").unwrap(), "1");

    server.stop().unwrap();
    assert_eq!(Embedded::attach(&data_dir).unwrap(), None);
}

#[test]
fn a_command_gives_up_waiting_for_a_server_that_does_not_open_its_database() {
    let dir = TempDir::new();
    let data_dir = instance::make_data_dir(&dir.options().data_dir).unwrap();
    // As a server whose PostgreSQL recovers.
    let lock = fs::File::create(data_dir.join("server.lock")).unwrap();
    lock.lock().unwrap();
    let error = Embedded::attach_within(&data_dir, Duration::ZERO).unwrap_err();
    assert!(matches!(error, Error::NotOpen { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("has not opened its database within 10 s")
    );
    lock.unlock().unwrap();
    let limit = Duration::from_secs(10);
    assert_eq!(Embedded::attach_within(&data_dir, limit).unwrap(), None);
}

#[test]
fn restarts_a_postgresql_that_was_killed() {
    let dir = TempDir::new();
    let server = Embedded::start(&dir.options()).unwrap();
    query(server.connection(), "CREATE TABLE kept (n integer)").unwrap();
    query(server.connection(), "INSERT INTO kept VALUES (7)").unwrap();
    let killed = server.pid();
    kill(killed, Signal::KILL);
    eventually("another process", || ![0, killed].contains(&server.pid()));
    assert_eq!(
        query(server.connection(), "SELECT n FROM kept").unwrap(),
        "7"
    );
    server.stop().unwrap();
}

#[test]
fn stops_the_orphan_of_a_server_that_was_killed() {
    let dir = TempDir::new();
    let options = dir.options();
    Embedded::start(&options).unwrap().stop().unwrap();
    // As on a system without a parent's death signal: it runs without an owner.
    let dir_of_cluster = options.data_dir.join("postgres");
    let account = Account::choose(&dir_of_cluster).unwrap();
    let bin_dir = options.bin_dir.as_deref();
    let bin_dir = find_programs(bin_dir, account, &dir_of_cluster).unwrap();
    let mut command = Account::command(account, &bin_dir.join("postgres"), &options.data_dir);
    command
        .arg("-D")
        .arg(&dir_of_cluster)
        .args(["-c", "listen_addresses="]);
    command.args(["-c", "unix_socket_directories=../socket"]);
    let mut orphan = command.stderr(Stdio::null()).spawn().unwrap();
    let running = || instance::PidFile::read(&dir_of_cluster).unwrap();
    eventually("it is ready", || running().is_some_and(|file| file.ready));

    assert_eq!(Embedded::attach(&options.data_dir).unwrap(), None);
    let server = Embedded::start(&options).unwrap();
    assert!(orphan.wait().unwrap().success(), "a fast shutdown");
    assert_ne!(server.pid(), orphan.id());
    assert_eq!(query(server.connection(), "SELECT 1").unwrap(), "1");
}

#[cfg(target_os = "linux")]
#[test]
fn postgresql_ends_with_the_thread_that_owns_it() {
    let dir = TempDir::new();
    let options = dir.options();
    Embedded::start(&options).unwrap().stop().unwrap();
    let data_dir = instance::make_data_dir(&options.data_dir).unwrap();
    let owner = thread::spawn(move || {
        let cluster = instance::Cluster::prepare(&options, data_dir).unwrap();
        let (_stop, stopped) = std::sync::mpsc::channel();
        cluster.launch(&stopped).unwrap().unwrap()
    });
    let mut server = owner.join().unwrap();
    eventually("it ends", || server.try_wait().unwrap().is_some());
    assert!(server.wait().unwrap().success(), "a fast shutdown");
}

#[test]
fn works_below_a_path_that_is_too_long_for_a_socket() {
    let dir = TempDir::new();
    let mut options = dir.options();
    options.data_dir = dir.0.join("deep".repeat(30));
    let server = Embedded::start(&options).unwrap();
    let socket_dir = server.connection().socket_dir.clone();
    assert_eq!(query(server.connection(), "SELECT 1").unwrap(), "1");
    assert_eq!(
        Embedded::attach(&options.data_dir)
            .unwrap()
            .unwrap()
            .socket_dir,
        socket_dir
    );
    server.stop().unwrap();
    fs::remove_dir_all(socket_dir).unwrap();
}

#[test]
fn half_a_cluster_is_made_again() {
    let dir = TempDir::new();
    let options = dir.options();
    fs::create_dir_all(options.data_dir.join("postgres.new/base")).unwrap();
    let server = Embedded::start(&options).unwrap();
    assert!(server.fresh());
}

#[test]
fn says_which_version_a_cluster_needs() {
    let dir = TempDir::new();
    let options = dir.options();
    let cluster = options.data_dir.join("postgres");
    fs::create_dir_all(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let error = Embedded::start(&options).unwrap_err().to_string();
    assert!(
        error.contains("was made by PostgreSQL 9, which is needed, but only"),
        "{error}"
    );
    let way = "install it as well, and `boxoffice upgrade` makes the data ready for the newer one";
    assert!(error.contains(way), "{error}");
}

#[test]
fn an_old_cluster_without_a_new_one_is_no_reason_to_begin_anew() {
    let dir = TempDir::new();
    let options = dir.options();
    Embedded::start(&options).unwrap().stop().unwrap();
    let cluster = options.data_dir.join("postgres");
    // As an upgrade that was killed between its two steps.
    fs::rename(&cluster, options.data_dir.join("postgres-15")).unwrap();
    let error = Embedded::start(&options).unwrap_err().to_string();
    assert!(error.contains("its database is in postgres-15"), "{error}");
    assert!(!cluster.exists());
}

#[test]
fn root_is_sent_away_from_a_directory_of_another_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let dir = TempDir::new();
    let data_dir = dir.options().data_dir;
    fs::create_dir(&data_dir).unwrap();
    std::os::unix::fs::chown(&data_dir, Some(12345), None).unwrap();
    let error = Embedded::start(&dir.options()).unwrap_err().to_string();
    assert!(error.contains("sudo -u '#12345' boxoffice"), "{error}");
    assert_eq!(fs::read_dir(&data_dir).unwrap().count(), 0);
}

#[test]
fn root_is_told_of_a_directory_that_postgresql_cannot_enter() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let dir = TempDir::new();
    fs::set_permissions(&dir.0, fs::Permissions::from_mode(0o700)).unwrap();
    let error = Embedded::start(&dir.options()).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("--data-dir /var/lib/boxoffice"));
}

#[test]
fn quotes_a_connection_string() {
    let connection = Connection {
        socket_dir: PathBuf::from(r"/it's a \ dir"),
        port: 5432,
        user: "boxoffice".to_owned(),
    };
    let config: tokio_postgres::Config = connection.url("tickets").parse().unwrap();
    let expected = tokio_postgres::config::Host::Unix(connection.socket_dir);
    assert_eq!(config.get_hosts(), [expected]);
    assert_eq!(config.get_dbname(), Some("tickets"));
}
