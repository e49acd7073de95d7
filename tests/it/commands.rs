//! The binary itself: its commands, and what it says when something is wrong.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use boxoffice::postgres::{Db, MigrateOptions};
use boxoffice::types::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::directory::Directory;
use crate::support::process::Process;
use crate::support::{Answer, as_buyer, empty_database, fresh_database, fresh_key, order};

pub(crate) fn boxoffice(database_url: &str, words: &[&str]) -> Output {
    command(database_url, words)
        .output()
        .expect("the binary runs")
}

pub(crate) fn command(database_url: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice"));
    command
        .args(words)
        .env("DATABASE_URL", database_url)
        .env("BOXOFFICE_LISTEN", "127.0.0.1:0")
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null());
    command
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn seed_fills_an_empty_database_once() {
    let url = fresh_database().await;
    let first = boxoffice(&url, &["seed"]);
    assert!(first.status.success(), "{}", stderr(&first));
    assert!(!stdout(&first).starts_with('0'), "{}", stdout(&first));
    let db = boxoffice::postgres::Db::new(&url, 2).unwrap();
    let client = db.get().await.unwrap();
    let one = async |query: &str| {
        client
            .query_one(query, &[])
            .await
            .expect(query)
            .get::<_, i64>(0)
    };
    assert!(one("SELECT count(*) FROM events WHERE starts_at > now()").await >= 24);
    assert!(one("SELECT count(DISTINCT city) FROM venues").await >= 12);
    assert!(one("SELECT count(DISTINCT time_zone) FROM venues").await >= 8);
    assert!(one("SELECT count(DISTINCT currency) FROM events").await >= 6);
    assert_eq!(one("SELECT count(*) FROM (SELECT event_id FROM tiers GROUP BY 1 HAVING sum(capacity) = 50000) big").await, 1);
    let classic = "SELECT count(*) FROM (SELECT event_id FROM tiers GROUP BY 1
        HAVING string_agg(code || '=' || capacity, ' ' ORDER BY tier_no) = 'vip=100 front-row=200 ga=1000') e";
    assert!(one(classic).await >= 1);
    let again = boxoffice(&url, &["seed"]);
    assert!(stdout(&again).starts_with("0 "), "{}", stdout(&again));
    let check = boxoffice(&url, &["check"]);
    assert!(check.status.success(), "{}", stdout(&check));
}

const EVENT: [&str; 9] = [
    "create-event",
    "--name",
    "Late Show",
    "--starts-at",
    "2090-06-01T20:00:00+02:00",
    "--currency",
    "EUR",
    "--tier",
    "vip:VIP:10000:24:numbered:4+4",
];

#[tokio::test(flavor = "multi_thread")]
async fn create_event_reads_what_buyers_want_to_know_from_a_file() {
    let url = fresh_database().await;
    let directory = Directory::new();
    let file = directory.join("facts.json");
    let create = |facts: &str| {
        std::fs::write(&file, facts).expect("a file");
        boxoffice(
            &url,
            &[
                EVENT.as_slice(),
                &["--facts", file.to_str().expect("a path")],
            ]
            .concat(),
        )
    };
    let created = create(
        r#"{"event": {"genre": "comedy", "doors_at": "2090-06-01T19:00:00+02:00", "age_min": 18, "featured": true},
            "venue": {"address": "1 Slip Street", "accessibility": ["step-free"]}}"#,
    );
    assert!(created.status.success(), "{}", stderr(&created));
    let event: Value = serde_json::from_slice(&created.stdout).expect("JSON and nothing else");
    assert_eq!(event["facts"]["genre"], "comedy");
    assert_eq!(event["facts"]["doors_at"], "2090-06-01T17:00:00Z");
    assert_eq!(event["venue"]["address"], "1 Slip Street");
    for (facts, complaint) in [
        ("{", "not JSON"),
        (r#"{"event": {"genre": "polka"}}"#, "/event/genre"),
        (r#"{"event": {"door": "20:00"}}"#, "unknown field `door`"),
        (
            r#"{"event": {"doors_at": "2090-06-01T20:30:00+02:00"}}"#,
            "doors_at must be",
        ),
        (
            r#"{"event": {"ends_at": "2090-06-01T19:30:00+02:00"}}"#,
            "ends_at must be",
        ),
        (r#"{"event": {"age_min": 100}}"#, "age_min must be"),
        (r#"{"event": {"series": "A b"}}"#, "series must be"),
        (r#"{"venue": {"address": " "}}"#, "venue/address must be"),
    ] {
        let refused = create(facts);
        assert!(
            !refused.status.success() && stderr(&refused).contains(complaint),
            "{}",
            stderr(&refused)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn create_event_prints_the_event_as_json() {
    let url = fresh_database().await;
    let created = boxoffice(
        &url,
        &[
            EVENT.as_slice(),
            &["--tier", "ga:General:1000:100:general"],
            &["--wheelchair", "vip:A-1,C-8", "--companion", "vip:A-2"],
        ]
        .concat(),
    );
    assert!(created.status.success(), "{}", stderr(&created));
    let event: Value = serde_json::from_slice(&created.stdout).expect("JSON and nothing else");
    assert_eq!(event["name"], "Late Show");
    assert_eq!(event["starts_at"], "2090-06-01T18:00:00Z");
    assert_eq!(event["tiers"][0]["price"]["currency"], "EUR");
    assert_eq!(event["tiers"][1]["available"], 100);
    assert_eq!(event["tiers"][0]["wheelchair"], json!(["A-1", "C-8"]));
    assert_eq!(event["tiers"][0]["companion"], json!(["A-2"]));
    assert_eq!(event["tiers"][1]["companion"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_makes_no_sense_is_refused_in_a_line() {
    let url = fresh_database().await;
    for (flags, words) in [
        (
            &["--tier", "vip:Again:1:1:general"] as &[&str],
            "tiers/1/tier must be named once",
        ),
        (&["--tier", "b:B:1:0:general"], "capacity"),
        (&["--tier", "b:B:-1:1:general"], "price"),
        (&["--tier", "b:B:1:1:numbered:0"], "row"),
        (
            &["--wheelchair", "vip:A-9"],
            "tiers/0/wheelchair/0 must be a seat",
        ),
        (
            &["--companion", "vip:D-1"],
            "tiers/0/companion/0 must be a seat",
        ),
        (&["--wheelchair", "ga:A-1"], "there is no tier ga"),
        (&["--wheelchair", "vip:1"], "vip:A-1,A-10"),
        (
            &["--wheelchair", "vip:A-1", "--companion", "vip:A-2,A-1"],
            "tiers/0/companion/1 must be named once",
        ),
        (&["--name-is-wrong"], "unexpected argument"),
        (
            &["--on-sale-at", "2095-01-01T00:00:00Z"],
            "before the event starts",
        ),
    ] {
        let refused = boxoffice(&url, &[EVENT.as_slice(), flags].concat());
        assert!(!refused.status.success());
        assert!(stderr(&refused).contains(words), "{}", stderr(&refused));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_down_at_start_is_one_clear_line_and_exit_1() {
    for command in ["serve", "seed", "check"] {
        let output = boxoffice("postgresql://nobody@127.0.0.1:1/nothing", &[command]);
        assert_eq!(output.status.code(), Some(1));
        let lines = stderr(&output);
        let said: Vec<_> = lines
            .lines()
            .filter(|line| line.starts_with("boxoffice: "))
            .collect();
        assert_eq!(said.len(), 1, "{lines}");
        assert!(said[0].contains("database"), "{lines}");
    }
}

#[test]
fn flags_of_serve_that_stand_before_a_command_are_refused_and_not_ignored() {
    for (words, said) in [
        (
            ["--hold-seconds", "10", "serve"],
            "'--hold-seconds' must follow the command: boxoffice serve --hold-seconds",
        ),
        (
            ["--batch-orders", "10", "seed"],
            "'--batch-orders' is a flag of the command 'serve', not of 'seed'",
        ),
    ] {
        let refused = boxoffice("postgresql://nobody@127.0.0.1:1/nothing", &words);
        assert_eq!(refused.status.code(), Some(2));
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_of_all_commands_may_stand_before_a_command() {
    let url = fresh_database().await;
    let nowhere = "postgresql://nobody@127.0.0.1:1/nothing";
    let check = boxoffice(nowhere, &["--database-url", &url, "check"]);
    assert!(check.status.success(), "{}", stderr(&check));
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_of_serve_count_with_the_word_and_without_it() {
    let url = fresh_database().await;
    let created = boxoffice(&url, &EVENT);
    let event: Value = serde_json::from_slice(&created.stdout).unwrap();
    let event: Uuid = event["id"].as_str().unwrap().parse().unwrap();
    for (words, hold_seconds) in [
        (&["--hold-seconds", "10"] as &[&str], 10),
        (&["serve", "--hold-seconds", "20"], 20),
        (&["serve"], 300),
    ] {
        let process = Process::start(&url, words, &[], Stdio::null()).expect("a server");
        let request = reqwest::Client::new().post(format!("{}/api/bookings", process.url));
        let request = request.header("Idempotency-Key", fresh_key());
        let body = order(event, Uuid::new_v4(), &[("vip", 1)]);
        let request = as_buyer(&Db::new(&url, 4).unwrap(), request, &body).await;
        let booking = Answer::of(request.send().await.unwrap()).await;
        let booking = booking.made();
        let time = |field: &str| -> Timestamp { booking[field].as_str().unwrap().parse().unwrap() };
        let hold = time("expires_at") - time("created_at");
        assert_eq!(hold.num_seconds(), hold_seconds, "{words:?}");
    }
}

/// The threads that work behind the requests are named by the runtime.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn workers_size_the_runtime_with_the_word_and_without_it() {
    let url = fresh_database().await;
    for words in [&["serve", "--workers", "9"] as &[&str], &["--workers", "9"]] {
        let process = Process::start(&url, words, &[], Stdio::null()).expect("a server");
        let threads = format!("/proc/{}/task", process.child.id());
        let threads = std::fs::read_dir(threads).unwrap();
        let names = threads
            .map(|thread| std::fs::read_to_string(thread.unwrap().path().join("comm")).unwrap());
        let workers = names.filter(|name| name.starts_with("tokio-r")).count();
        assert!(workers >= 9, "{words:?}: {workers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_a_ticket_that_belongs_to_nobody() {
    let url = fresh_database().await;
    assert!(boxoffice(&url, &EVENT).status.success());
    assert!(boxoffice(&url, &["check"]).status.success());
    let db = boxoffice::postgres::Db::new(&url, 2).unwrap();
    let orphan = "UPDATE tickets SET booking_id = md5('nobody')::uuid WHERE seat_no = 3";
    db.get().await.unwrap().batch_execute(orphan).await.unwrap();
    let broken = boxoffice(&url, &["check"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(stdout(&broken).contains("ticket"), "{}", stdout(&broken));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_compares_the_payments_with_the_gateways_own_books() {
    let url = fresh_database().await;
    assert!(boxoffice(&url, &EVENT).status.success());
    let db = boxoffice::postgres::Db::new(&url, 2).unwrap();
    let client = db.get().await.unwrap();
    let booked = "INSERT INTO bookings (event_id, id, buyer_id, idempotency_key, request_fingerprint, status,
            total_minor, currency, created_at, confirmed_at)
        VALUES (1, '00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'k', '', 'confirmed', 10000, 'EUR', now(), now());
        INSERT INTO booking_items VALUES (1, '00000000-0000-0000-0000-000000000001', 1, 1, 10000, '{1}');
        UPDATE tickets SET booking_id = '00000000-0000-0000-0000-000000000001' WHERE seat_no = 1;
        INSERT INTO payments (event_id, id, booking_id, idempotency_key, request_fingerprint, status, amount_minor,
            currency, card_brand, card_last4, created_at, answered_at, one_shot, recover_attempts)
        VALUES (1, '00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', 'k', '', 'succeeded',
            10000, 'EUR', 'visa', '4242', now(), now(), false, 0);
        INSERT INTO gateway_charges VALUES
            ('00000000-0000-0000-0000-000000000002', 'succeeded', NULL, 10000, 'EUR', now(), NULL)";
    client.batch_execute(booked).await.unwrap();
    let sound = boxoffice(&url, &["check"]);
    assert!(sound.status.success(), "{}", stdout(&sound));
    for (broken, rule) in [
        (
            "UPDATE gateway_charges SET amount_minor = 9999",
            "charge_is_in_both_books",
        ),
        (
            "UPDATE gateway_charges SET currency = 'USD'",
            "charge_is_in_both_books",
        ),
        (
            "UPDATE gateway_charges SET status = 'declined', decline_code = 'x'",
            "charge_is_in_both_books",
        ),
        ("DELETE FROM gateway_charges", "charge_is_in_both_books"),
        (
            "INSERT INTO gateway_charges VALUES (gen_random_uuid(), 'succeeded', NULL, 1, 'EUR', now(), NULL)",
            "charge_is_in_both_books",
        ),
        (
            "UPDATE payments SET status = 'declined', decline_code = 'x'",
            "charge_is_in_both_books",
        ),
        (
            "INSERT INTO gateway_refunds SELECT payment_id, amount_minor, currency, now() FROM gateway_charges",
            "refund_is_in_both_books",
        ),
        (
            "UPDATE payments SET status = 'refunded', refund_requested_at = now(), refunded_at = now()",
            "refund_is_in_both_books",
        ),
    ] {
        let found = check_with(&client, broken).await;
        assert!(
            found.iter().any(|found| found == rule),
            "{broken}: {found:?}"
        );
    }
}

/// The rules that are broken by a statement; it is undone.
async fn check_with(client: &boxoffice::postgres::Client, broken: &str) -> Vec<String> {
    client.batch_execute("BEGIN").await.unwrap();
    client.batch_execute(broken).await.unwrap();
    let mut found = Vec::new();
    for rule in ["charge_is_in_both_books", "refund_is_in_both_books"] {
        let path = format!("{}/src/check/{rule}.sql", env!("CARGO_MANIFEST_DIR"));
        let offenders = std::fs::read_to_string(path).unwrap();
        if !client.query(&offenders, &[]).await.unwrap().is_empty() {
            found.push(rule.to_owned());
        }
    }
    client.batch_execute("ROLLBACK").await.unwrap();
    found
}

/// Before it looks for its database: a server that started after all would not end.
#[test]
fn a_server_without_its_static_files_says_so_in_one_line() {
    let url = "postgresql://nobody@127.0.0.1:1/nothing";
    let empty = Directory::new();
    let nowhere = empty.join("nowhere");
    for (directory, reason) in [(&*nowhere, "cannot be read"), (&*empty, "has no style.css")] {
        let directory = directory.to_str().unwrap();
        let words = ["--listen", "127.0.0.1:0", "--static-dir", directory];
        let output = boxoffice(url, &words);
        assert!(!output.status.success() && stdout(&output).is_empty());
        let said = stderr(&output);
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(said.contains(directory) && said.contains(reason), "{said}");
    }
}

/// Whether the database has a table.
async fn has_tables(url: &str) -> bool {
    let client = Db::new(url, 1).unwrap().get().await.unwrap();
    let tables = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)";
    client.query_one(tables, &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_migrate_and_serve_migrate() {
    let url = empty_database().await;
    let serve = ["serve", "--migrate", "never"];
    for words in [
        &["check"] as &[&str],
        &["seed"],
        &EVENT,
        &["token", "list"],
        &["secret", "rotate"],
        &["organiser", "list"],
        &["organisation", "list"],
        &["forget", "--email", "ana@example.org"],
        &serve,
    ] {
        let refused = boxoffice(&url, words);
        assert_eq!(refused.status.code(), Some(1), "{words:?}");
        let said = "the schema is empty: run `boxoffice migrate`";
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
        assert!(!has_tables(&url).await, "{words:?}");
    }
    let migrated = boxoffice(&url, &["migrate"]);
    assert!(migrated.status.success(), "{}", stderr(&migrated));
    assert!(
        stdout(&migrated).starts_with("applied V1__create_catalog\n"),
        "{}",
        stdout(&migrated)
    );
    assert_eq!(
        stdout(&boxoffice(&url, &["migrate"])),
        "the schema is up to date\n"
    );
    assert!(boxoffice(&url, &["check"]).status.success());
    assert!(Process::start(&url, &serve, &[], Stdio::null()).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_and_a_newer_one_are_told_apart() {
    let url = empty_database().await;
    let db = Db::new(&url, 4).unwrap();
    let options = MigrateOptions {
        to: Some(16),
        ..MigrateOptions::default()
    };
    db.migrate_with(options).await.unwrap();
    let older = stderr(&boxoffice(&url, &["check"]));
    assert!(
        older.contains("is older than this program (V16, needed is V"),
        "{older}"
    );
    assert!(older.contains("run `boxoffice migrate`"), "{older}");
    db.migrate().await.unwrap();
    let newer =
        "INSERT INTO refinery_schema_history VALUES (9999, 'later', '2090-01-01T00:00:00Z', '0')";
    db.get().await.unwrap().batch_execute(newer).await.unwrap();
    for words in [
        &["check"] as &[&str],
        &["migrate"],
        &["serve", "--migrate", "never"],
        &["serve"],
    ] {
        let refused = boxoffice(&url, words);
        assert_eq!(refused.status.code(), Some(1), "{words:?}");
        let said = stderr(&refused);
        assert!(
            said.contains("is newer than this program (V9999, known is V"),
            "{words:?}: {said}"
        );
    }
}

/// The command has a lock limit of its own: it ends although the holder does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_waits_says_for_whom_and_gives_up() {
    let url = fresh_database().await;
    let holder = Db::new(&url, 1).unwrap().get().await.unwrap();
    let lock = "SET application_name = 'somebody'; BEGIN; LOCK TABLE tickets";
    holder.batch_execute(lock).await.unwrap();
    let mut command = command(&url, &["check"]);
    let given_up = command.env("RUST_LOG", "info").output().unwrap();
    assert_eq!(given_up.status.code(), Some(1));
    let said = stderr(&given_up);
    assert!(
        said.contains("waiting for process") && said.contains("(somebody, idle in transaction"),
        "{said}"
    );
    assert!(
        said.contains("a table was locked for 10 s by process"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_of_one_event_needs_one_that_there_is() {
    let url = fresh_database().await;
    let created = boxoffice(&url, &EVENT);
    let event: Value = serde_json::from_slice(&created.stdout).unwrap();
    let id = event["id"].as_str().unwrap();
    assert_eq!(
        stdout(&boxoffice(&url, &["check", "--event", id])),
        "all invariants hold\n"
    );
    let nobody = Uuid::nil().to_string();
    let refused = boxoffice(&url, &["check", "--event", &nobody]);
    assert!(
        stderr(&refused).contains(&format!("there is no event {nobody}")),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn a_directory_that_is_missing_is_named() {
    let directory = Directory::new();
    let data = directory.join("missing");
    let no_programs = "/nowhere/bin (--postgres-bin) is not a directory with PostgreSQL's programs";
    for (data, programs, said) in [
        (data.as_path(), Some("/nowhere/bin"), no_programs),
        (
            Path::new("/proc/nowhere"),
            None,
            "cannot create /proc/nowhere",
        ),
    ] {
        let mut command = command("", &["check"]);
        command
            .env_remove("DATABASE_URL")
            .arg("--data-dir")
            .arg(data);
        command.args(programs.map(|programs| format!("--postgres-bin={programs}")));
        let refused = command.output().expect("the binary runs");
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains(said), "{}", stderr(&refused));
    }
}
