//! What `boxoffice doctor` finds: faults that are made on purpose, each with what to do about it.

use std::process::{Command, Output};

use serde_json::Value;

use crate::commands::{boxoffice, stderr, stdout};
use crate::support::fresh_database;
use crate::support::postgres::Postgres;

/// The checks with this verdict.
fn with_verdict(output: &Output, verdict: &str) -> Vec<String> {
    let findings: Vec<Value> =
        serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    let bad = findings.iter().filter(|found| found["verdict"] == verdict);
    bad.map(|found| {
        assert!(
            found["found"].is_string() && found["remedy"].is_string(),
            "{found}"
        );
        found["check"].as_str().unwrap().to_owned()
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_database_needs_nothing() {
    let url = fresh_database().await;
    let found = boxoffice(&url, &["doctor", "--json"]);
    assert_eq!(with_verdict(&found, "must"), Vec::<String>::new());
    assert_eq!(found.status.code(), Some(0), "{}", stderr(&found));
    let said = stdout(&boxoffice(&url, &["doctor"]));
    assert!(
        said.contains("fsync: on: ok\n") && !said.contains("MUST"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_cost_bookings_are_found_with_their_remedies() {
    // This one runs with fsync = off.
    let postgres = Postgres::start("", &[]);
    let url = postgres.socket_url("postgres");
    let faults = [
        "ALTER SYSTEM SET autovacuum = off",
        "ALTER SYSTEM SET full_page_writes = off",
        "SELECT pg_reload_conf()",
        "ALTER DATABASE postgres SET synchronous_commit = off",
        "ALTER DATABASE postgres SET default_transaction_isolation = 'serializable'",
    ];
    postgres.administer("postgres", &faults).await;
    // The signal to reload is on its way.
    let client = postgres.administration("postgres").await;
    let shown = async || {
        client
            .query_one("SHOW autovacuum", &[])
            .await
            .unwrap()
            .get::<_, String>(0)
    };
    while shown().await != "off" {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let found = boxoffice(&url, &["doctor", "--json", "--connections", "200"]);
    assert_eq!(found.status.code(), Some(1), "{}", stderr(&found));
    let expected = [
        "fsync",
        "full_page_writes",
        "synchronous_commit",
        "isolation",
        "autovacuum",
        "connections",
        "schema",
    ];
    assert_eq!(with_verdict(&found, "must"), expected);
    let said = stdout(&boxoffice(&url, &["doctor"]));
    assert!(
        said.contains("fsync: off: MUST BE CHANGED\n    set fsync = on in postgresql.conf"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_who_takes_payments_and_what_is_missing() {
    let url = fresh_database().await;
    let doctor = |more: &[&str]| {
        let output = boxoffice(&url, &[&["doctor"][..], more].concat());
        (output.status.code(), stdout(&output))
    };
    let stripe = [
        "--gateway",
        "stripe",
        "--stripe-publishable-key",
        "pk_test_0123456789abcdef",
        "--stripe-webhook-secret",
        "whsec_0123456789abcdef",
        "--stripe-secret-key",
        "sk_test_0123456789abcdef",
    ];
    let public = ["--public-url", "https://tickets.example"];
    let allowed = [&public[..], &["--allow-test-payments", "on"]].concat();
    let of_stripe = "stripe: test mode, secrets of webhooks: 1, money is reserved first";
    for (flags, status, expected) in [
        (vec![], 0, "simulated: test mode, no card is charged: ok"),
        (allowed, 0, "simulated: test mode, no card is charged: ok"),
        (
            public.to_vec(),
            1,
            "simulated: test mode, no card is charged: MUST BE CHANGED",
        ),
        (stripe.to_vec(), 0, of_stripe),
        (
            [&stripe[..], &public].concat(),
            0,
            "money is reserved first: should be changed",
        ),
        (
            stripe[..6].to_vec(),
            1,
            "Stripe needs --stripe-secret-key: MUST BE CHANGED",
        ),
    ] {
        let (code, said) = doctor(&flags);
        let line = said.lines().find(|line| line.starts_with("payments: "));
        assert!(
            line.is_some_and(|it| it.contains(expected)),
            "{flags:?}: {said}"
        );
        assert_eq!(code, Some(status), "{said}");
        assert!(!said.contains("0123456789abcdef"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_limit_of_open_files_is_found() {
    let url = fresh_database().await;
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 1000; exec \"$0\" doctor --json"]);
    command
        .arg(env!("CARGO_BIN_EXE_boxoffice"))
        .env("DATABASE_URL", &url);
    let found = command.output().unwrap();
    assert_eq!(
        with_verdict(&found, "must"),
        ["open_files"],
        "{}",
        stderr(&found)
    );
    assert_eq!(found.status.code(), Some(1));
}
