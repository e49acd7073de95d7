//! A pooler in transaction mode in front of the database: one that forgets prepared statements is named at start;
//! with one that keeps them every wait ends as it does without.
//!
//! The tests that need PgBouncer run with `make test-pgbouncer`, together with all others through it.

use std::io::Read;
use std::time::Duration;

use boxoffice::postgres::{Db, Error};

use crate::support::cluster_and_database;
use crate::support::pooler::{KEEP_STATEMENTS, OLD_PGBOUNCER, PGBOUNCER, Pooler, ROUND_ROBIN};
use crate::support::process::Process;
use crate::support::proxy::Proxy;

/// What `boxoffice serve` says over this database; it must not start.
fn refusal(url: &str) -> String {
    let (mut said, log) = std::io::pipe().unwrap();
    let started = Process::start(url, &[], &[("RUST_LOG", "off")], log.into());
    assert!(
        started.is_none(),
        "it sells through a pooler that forgets statements"
    );
    let mut text = String::new();
    said.read_to_string(&mut text).unwrap();
    text
}

const FORGETFUL: &str = "boxoffice: the pooler in front of the database forgets prepared statements: \
    PgBouncer 1.21 or later with max_prepared_statements > 0 is needed, or connect directly\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_forgets_statements_is_named_at_start() {
    let (cluster, database) = cluster_and_database().await;
    let proxy = Proxy::start(&cluster.url(&database)).await;
    proxy.forget_statements();
    let url = proxy.url();
    assert_eq!(
        tokio::task::spawn_blocking(move || refusal(&url))
            .await
            .unwrap(),
        FORGETFUL
    );
}

/// Whichever of its sessions it gives out, and also when they remember what another process has prepared.
async fn is_named_at_start(variable: &str, settings: &[&str]) {
    let (cluster, database) = cluster_and_database().await;
    for order in ["server_round_robin = 0", ROUND_ROBIN] {
        let settings = [settings, &[order]].concat();
        let pooler = Pooler::start(variable, &settings, &cluster);
        for sessions in 1..=4 {
            assert_eq!(
                refusal(&pooler.url(&database)),
                FORGETFUL,
                "{order}, {sessions} sessions"
            );
            open_sessions(&pooler.url(&database), sessions).await;
        }
    }
}

/// Makes the pooler have so many idle sessions at least.
async fn open_sessions(url: &str, count: usize) {
    let mut clients = Vec::new();
    for _ in 0..count {
        let client = Db::new(url, 1).unwrap().get().await.unwrap();
        client.begin("", "").await.unwrap();
        clients.push(client);
    }
    for client in clients {
        client.roll_back().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PgBouncer: make test-pgbouncer"]
async fn a_pgbouncer_that_is_not_told_to_keep_statements_is_named_at_start() {
    is_named_at_start(PGBOUNCER, &["max_prepared_statements = 0"]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs an old PgBouncer: make test-pgbouncer"]
async fn an_old_pgbouncer_is_named_at_start() {
    is_named_at_start(OLD_PGBOUNCER, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PgBouncer: make test-pgbouncer"]
async fn a_statement_that_nobody_waits_for_any_more_is_cancelled_through_pgbouncer() {
    let (cluster, database) = cluster_and_database().await;
    let pooler = Pooler::start(PGBOUNCER, &[KEEP_STATEMENTS, ROUND_ROBIN], &cluster);
    let db = Db::new(&pooler.url(&database), 1).unwrap();
    let direct = Db::new(&cluster.url(&database), 1).unwrap();
    let direct = direct.get().await.unwrap();
    let until_asleep = async |count: i64| {
        let asleep = "SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query = 'SELECT pg_sleep(500)'";
        while direct
            .query_one(asleep, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
            != count
        {}
    };
    let client = db.get().await.unwrap();
    {
        let sleep = client.prepare_cached("SELECT pg_sleep(500)").await.unwrap();
        let asleep = client.query(&sleep, &[]);
        tokio::pin!(asleep);
        assert!(futures::poll!(asleep.as_mut()).is_pending());
        until_asleep(1).await;
    }
    client.close();
    drop(client);
    let ended = tokio::time::timeout(Duration::from_secs(60), until_asleep(0));
    ended.await.expect("it is cancelled");
}

/// PostgreSQL ends the session, and PgBouncer the connection of the client that had it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PgBouncer: make test-pgbouncer"]
async fn a_transaction_that_idles_too_long_behind_pgbouncer_frees_its_locks_and_is_an_unavailable_database()
 {
    let (cluster, database) = cluster_and_database().await;
    let pooler = Pooler::start(PGBOUNCER, &[KEEP_STATEMENTS, ROUND_ROBIN], &cluster);
    let db = Db::new(&pooler.url(&database), 1).unwrap();
    let mut client = db.get().await.unwrap();
    let idle = client.transaction().await.unwrap();
    let lock = "LOCK TABLE events";
    let idle_soon = format!("SET LOCAL idle_in_transaction_session_timeout = 50; {lock}");
    idle.batch_execute(&idle_soon).await.unwrap();
    let direct = Db::new(&cluster.url(&database), 1).unwrap().patient();
    let mut direct = direct.get().await.unwrap();
    let freed = direct.transaction().await.unwrap();
    let patiently = format!("SET LOCAL lock_timeout = 0; {lock}");
    freed.batch_execute(&patiently).await.unwrap();
    freed.rollback().await.unwrap();
    let error = idle.batch_execute("SELECT 1").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    drop(client);
    let client = db.get().await.unwrap();
    client.batch_execute("SELECT 1").await.unwrap();
}
