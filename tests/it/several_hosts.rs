//! An address of several hosts: the one that takes writes is found, by connections, migrations and
//! commands alike, also when it changes; and hosts that say nothing do not take the others' time.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use boxoffice::postgres::{Db, Error};
use serde_json::Value;

use crate::support::fresh_database;
use crate::support::postgres::Postgres;

const HBA: &str = "host all boxoffice 127.0.0.1/32 trust";
const READ_ONLY: [&str; 2] = [
    "ALTER SYSTEM SET default_transaction_read_only = on",
    "SELECT pg_reload_conf()",
];
const WRITABLE: [&str; 3] = [
    "SET default_transaction_read_only = off",
    "ALTER SYSTEM RESET default_transaction_read_only",
    "SELECT pg_reload_conf()",
];

fn address(servers: [&Postgres; 2], database: &str) -> String {
    let [first, second] = servers.map(|server| server.port);
    format!(
        "postgresql://boxoffice@127.0.0.1:{first},127.0.0.1:{second}/{database}?target_session_attrs=read-write"
    )
}

/// Writes by a connection of the pool, again and again until one is taken. The port of the server.
async fn write(db: &Db) -> u16 {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let attempt = async {
            let client = db.get().await?;
            let text = "CREATE TABLE IF NOT EXISTS written (); ";
            client.batch_execute(text).await?;
            let row = client
                .query_one("SELECT current_setting('port')::int", &[])
                .await?;
            Ok::<i32, Error>(row.get(0))
        };
        match attempt.await {
            Ok(port) => return port.try_into().unwrap(),
            // As a server answers it to its callers: 503, try again.
            Err(Error::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
        assert!(Instant::now() < deadline, "nobody takes writes");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn has_schema(server: &Postgres, database: &str) -> bool {
    let client = server.administration(database).await;
    let there = "SELECT to_regclass('public.tickets') IS NOT NULL";
    client.query_one(there, &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_the_one_that_takes_writes_is_used_also_after_a_switch() {
    let first = Postgres::start(HBA, &[]);
    let second = Postgres::start(HBA, &[]);
    for server in [&first, &second] {
        let create = ["CREATE DATABASE shop"];
        server.administer("postgres", &create).await;
    }
    first.administer("postgres", &READ_ONLY).await;
    let url = address([&first, &second], "shop");
    let db = Db::new(&url, 4).unwrap();
    // The setting comes into force a moment later; the empty databases take all of it.
    assert_eq!(write(&db).await, second.port);
    db.migrate().await.unwrap();
    assert!(has_schema(&second, "shop").await && !has_schema(&first, "shop").await);
    let held = db.get().await.unwrap();

    first.administer("postgres", &WRITABLE).await;
    second.administer("postgres", &READ_ONLY).await;
    // Over the connections that the pool has: the server's first refusal ends them.
    assert_eq!(write(&db).await, first.port);
    held.batch_execute("CREATE TABLE held ()")
        .await
        .unwrap_err();
    drop(held);
    for _ in 0..8 {
        assert_eq!(write(&db).await, first.port);
    }
    db.migrate().await.unwrap();
    let created = Command::new(env!("CARGO_BIN_EXE_boxoffice"))
        .args(["create-event", "--name=Late Show"])
        .args([
            "--starts-at=2090-06-01T20:00:00Z",
            "--tier=ga:General:1000:3:general",
        ])
        .env("DATABASE_URL", &url)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&created.stderr).into_owned();
    assert!(created.status.success(), "{said}");
    serde_json::from_slice::<Value>(&created.stdout).unwrap();
    assert!(has_schema(&first, "shop").await);

    first.administer("postgres", &READ_ONLY).await;
    let deadline = Instant::now() + Duration::from_secs(30);
    let refused = loop {
        match Db::new(&url, 1).unwrap().get().await {
            Err(refused) => break refused.to_string(),
            Ok(_) => assert!(Instant::now() < deadline, "the setting is not in force"),
        }
    };
    for server in [&first, &second] {
        let said = format!("127.0.0.1:{}: database does not allow writes", server.port);
        assert!(refused.contains(&said), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_that_say_nothing_leave_the_next_one_its_time() {
    // The kernel accepts for it; nobody ever reads.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = fresh_database().await;
    let one: tokio_postgres::Config = url.parse().unwrap();
    let [tokio_postgres::config::Host::Unix(socket)] = one.get_hosts() else {
        panic!("the tests' cluster listens on a socket");
    };
    let (socket, name) = (socket.display(), one.get_dbname().unwrap());
    let words = "user=boxoffice application_name=x";
    let all =
        format!("{words} dbname={name} host=127.0.0.1,127.0.0.1,{socket} port={port},{port},5432");
    let client = Db::new(&all, 1).unwrap().get().await.unwrap();
    client.batch_execute("SELECT 1").await.unwrap();
    let alone = format!("{words} dbname={name} host=127.0.0.1 port={port}");
    let error = Db::new(&alone, 1).unwrap().get().await.unwrap_err();
    let said = format!("127.0.0.1:{port}: no answer within 3000 ms");
    assert!(error.to_string().contains(&said), "{error}");
}
