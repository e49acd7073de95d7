//! Backups of the embedded cluster, made while tickets are sold; what is restored from them, and what is refused.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boxoffice::backup::Unfinished;
use boxoffice::postgres::newest_schema;
use reqwest::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::commands::{stderr, stdout};
use crate::support::directory::Directory;
use crate::support::process::Process;
use crate::support::{fresh_key, text};

/// Starts a server with a PostgreSQL of its own.
fn start(data_dir: &Path) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
    command.env_remove("DATABASE_URL");
    command.env("BOXOFFICE_DATA_DIR", data_dir);
    Process::spawn(command, &[], &[], Stdio::null()).expect("a server")
}

/// Ends it as Ctrl-C does, and waits until its own PostgreSQL has ended, too.
fn interrupt(mut server: Process) {
    let pid = Pid::from_raw(server.child.id().cast_signed()).expect("a process");
    kill_process(pid, Signal::INT).expect("it runs");
    assert!(server.child.wait().expect("it ends").success());
}

/// Runs a command on a data directory.
fn run(data_dir: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
    command.env_remove("DATABASE_URL");
    command.env("BOXOFFICE_DATA_DIR", data_dir).args(words);
    command.env("RUST_LOG", "warn").stdin(Stdio::null());
    command.output().expect("the binary runs")
}

fn restore(backup: &Path, data_dir: &Path) -> Output {
    run(data_dir, &["restore", backup.to_str().unwrap()])
}

/// An acknowledged booking, and the token of its buyer.
type Sold = (String, String);

/// Books one ticket after another, each for a new buyer.
async fn sell(url: String, event: String, sold: Arc<Mutex<Vec<Sold>>>, stop: Arc<AtomicBool>) {
    let client = Client::new();
    while !stop.load(Ordering::Relaxed) {
        let buyer = client.post(format!("{url}/api/buyers")).send().await;
        let buyer: Value = buyer.unwrap().json().await.unwrap();
        let token = text(&buyer["token"]).to_owned();
        let order = json!({"event_id": event, "items": [{"tier": "ga", "quantity": 1}]});
        let request = client.post(format!("{url}/api/bookings"));
        let request = request
            .bearer_auth(&token)
            .header("Idempotency-Key", fresh_key());
        let answer = request.json(&order).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let booking: Value = answer.json().await.unwrap();
        sold.lock()
            .unwrap()
            .push((text(&booking["id"]).to_owned(), token));
    }
}

/// Sells, and makes a backup meanwhile: where it is, and what was sold before it began.
async fn back_up_during_a_sale(directory: &Directory) -> (PathBuf, Vec<Sold>) {
    let data_dir = directory.join("data");
    let server = start(&data_dir);
    let event = run(
        &data_dir,
        &[
            "create-event",
            "--name",
            "Late Show",
            "--starts-at",
            "2090-06-01T20:00:00Z",
            "--tier",
            "ga:GA:1000:90000:general",
        ],
    );
    let event: Value = serde_json::from_slice(&event.stdout).expect("an event");
    fs::create_dir_all(data_dir.join("pictures")).unwrap();
    fs::write(data_dir.join("pictures/late-show.webp"), "a picture").unwrap();
    let (sold, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let sellers: Vec<_> = (0..4)
        .map(|_| {
            let (url, event) = (server.url.clone(), text(&event["id"]).to_owned());
            tokio::spawn(sell(url, event, Arc::clone(&sold), Arc::clone(&stop)))
        })
        .collect();
    let count = || sold.lock().unwrap().len();
    let grow_by = async |more: usize| {
        let enough = count() + more;
        while count() < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    grow_by(20).await;
    let before: Vec<Sold> = sold.lock().unwrap().clone();
    let made = {
        let (data_dir, to) = (data_dir.clone(), directory.to_path_buf());
        let backup = move || run(&data_dir, &["backup", to.to_str().unwrap()]);
        tokio::task::spawn_blocking(backup).await.unwrap()
    };
    assert!(made.status.success(), "{}", stderr(&made));
    // The sale has gone on meanwhile, and goes on.
    grow_by(20).await;
    stop.store(true, Ordering::Relaxed);
    for seller in sellers {
        seller.await.unwrap();
    }
    interrupt(server);
    let backup = PathBuf::from(stdout(&made).trim());
    assert_eq!(backup.parent(), Some(&**directory));
    (backup, before)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_during_a_sale_has_every_booking_that_was_acknowledged_before_it_began() {
    let directory = Directory::new();
    let (backup, before) = back_up_during_a_sale(&directory).await;
    let restored = directory.join("restored");
    let output = restore(&backup, &restored);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).ends_with("all invariants hold\n"),
        "{}",
        stdout(&output)
    );
    assert_eq!(
        fs::read(restored.join("pictures/late-show.webp")).unwrap(),
        b"a picture"
    );
    assert!(run(&restored, &["check"]).status.success());
    let server = start(&restored);
    let client = Client::new();
    for (id, token) in &before {
        let request = client.get(format!("{}/api/bookings/{id}", server.url));
        let answer = request.bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{id}");
    }
    interrupt(server);

    // What was restored is not overwritten, and the backup can be used again.
    let again = restore(&backup, &restored);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        stderr(&again).contains("is not empty, and nothing is overwritten"),
        "{}",
        stderr(&again)
    );
    assert!(run(&restored, &["check"]).status.success());
    fs::File::options()
        .write(true)
        .open(backup.join("database.dump"))
        .unwrap()
        .set_len(1000)
        .unwrap();
    let truncated = restore(&backup, &directory.join("another"));
    assert!(
        stderr(&truncated).contains("it is damaged: it has 1000 bytes"),
        "{}",
        stderr(&truncated)
    );
    assert!(!directory.join("another").exists());
}

/// A backup whose manifest is right and whose dump is not.
fn make_backup(parent: &Path, schema: i32, postgresql: u32) -> PathBuf {
    let unfinished = Unfinished::begin(parent, "2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
    let mut dump = unfinished.create_dump().unwrap();
    dump.write_all(b"PGDMP and nothing of the kind").unwrap();
    unfinished.copy_pictures(&parent.join("none")).unwrap();
    unfinished
        .finish(schema, postgresql, "2030-01-01T00:00:00Z".parse().unwrap())
        .unwrap()
}

#[test]
fn what_cannot_be_restored_is_refused_and_leaves_nothing_behind() {
    for (schema, postgresql, said) in [
        (newest_schema(), 15, "pg_restore failed"),
        (newest_schema() + 1, 15, "was made by a newer boxoffice"),
        (
            newest_schema(),
            99,
            "was made from PostgreSQL 99, and the newest here is",
        ),
    ] {
        let directory = Directory::new();
        let backup = make_backup(&directory, schema, postgresql);
        let names = directory.names();
        let refused = restore(&backup, &directory.join("data"));
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
        assert_eq!(directory.names(), names, "{said}");
        // A directory that was there stays, and stays empty.
        fs::create_dir(directory.join("data")).unwrap();
        fs::set_permissions(directory.join("data"), Permissions::from_mode(0o755)).unwrap();
        assert!(!restore(&backup, &directory.join("data")).status.success());
        assert_eq!(
            fs::read_dir(directory.join("data")).unwrap().count(),
            0,
            "{said}"
        );
    }
}

#[test]
fn a_directory_without_a_database_is_neither_backed_up_nor_upgraded_nor_filled() {
    let directory = Directory::new();
    let data_dir = directory.join("data");
    fs::create_dir(&data_dir).unwrap();
    let to = directory.to_str().unwrap();
    for words in [&["backup", to] as &[&str], &["upgrade"]] {
        let refused = run(&data_dir, words);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            stderr(&refused).contains("has no database of boxoffice"),
            "{}",
            stderr(&refused)
        );
        assert_eq!(fs::read_dir(&data_dir).unwrap().count(), 0);
    }
    fs::write(data_dir.join("letter.txt"), "keep me").unwrap();
    let refused = restore(&make_backup(&directory, newest_schema(), 15), &data_dir);
    assert!(
        stderr(&refused).contains("is not empty"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(fs::read_dir(&data_dir).unwrap().count(), 1);
}

#[test]
fn data_that_is_new_enough_is_not_upgraded() {
    let directory = Directory::new();
    let data_dir = directory.join("data");
    fs::create_dir_all(data_dir.join("postgres")).unwrap();
    fs::write(data_dir.join("postgres/PG_VERSION"), "99\n").unwrap();
    let refused = run(&data_dir, &["upgrade"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = "the data is of PostgreSQL 99 already, and the newest that is found is";
    assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
    assert_eq!(fs::read_dir(&data_dir).unwrap().count(), 1);
}

#[test]
#[ignore = "BOXOFFICE_TEST_NEWER_POSTGRES_BIN must name the programs of a newer PostgreSQL than the usual one"]
fn an_upgraded_directory_has_all_that_the_old_one_had_and_keeps_it() {
    let newer = std::env::var("BOXOFFICE_TEST_NEWER_POSTGRES_BIN").expect("a directory");
    let directory = Directory::new();
    let data_dir = directory.join("data");
    let server = start(&data_dir);
    let newer = ["--postgres-bin", newer.as_str()];
    let in_use = run(&data_dir, &[&["upgrade"], &newer[..]].concat());
    assert!(
        stderr(&in_use).contains("another boxoffice is using"),
        "{}",
        stderr(&in_use)
    );
    interrupt(server);
    let upgraded = run(&data_dir, &[&["upgrade"], &newer[..]].concat());
    assert!(
        upgraded.status.success(),
        "{}{}",
        stdout(&upgraded),
        stderr(&upgraded)
    );
    assert!(stdout(&upgraded).contains("all invariants hold"));
    let old = run(&data_dir, &["check"]);
    assert!(
        stderr(&old).contains("which is needed, but only"),
        "{}",
        stderr(&old)
    );
    assert!(
        run(&data_dir, &[&["check"], &newer[..]].concat())
            .status
            .success()
    );
    assert!(
        data_dir.join("postgres-15/PG_VERSION").exists() && !data_dir.join("upgrading").exists()
    );
}
