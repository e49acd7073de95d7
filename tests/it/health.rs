//! Liveness and readiness: both answer while the database hangs, however many ask, and readiness says what is wrong.
//!
//! "While" is not timed: the answers are awaited before the fault ends.

use std::time::{Duration, Instant};

use boxoffice::app::health::REPORT_MAX;
use futures::future::join_all;
use serde_json::Value;

use crate::support::proxy::Proxy;
use crate::support::{Answer, Server, with_server};

/// By so much a slow machine may be late.
const SLACK: Duration = Duration::from_secs(10);

async fn ready(server: &Server, url: &str) -> Answer {
    let asked = server.client.get(format!("{url}/readyz"));
    Answer::of(asked.send().await.unwrap()).await
}

fn checks(answer: &Answer) -> [(bool, &Value); 4] {
    let check = |name: &str| {
        let check = &answer.json["checks"][name];
        (check["ok"].as_bool().unwrap(), &check["age_ms"])
    };
    [
        check("database"),
        check("migrations"),
        check("lanes"),
        check("serving"),
    ]
}

async fn until_ready(server: &Server) -> Answer {
    loop {
        let answer = ready(server, &server.url).await;
        if answer.status == 200 {
            return answer;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_hangs_liveness_and_readiness_are_answered() {
    with_server(async |direct| {
        let proxy = Proxy::start(direct.database_url()).await;
        let server = Server::start(&proxy.url(), &[]).await;
        let answer = until_ready(&server).await;
        for (is_fine, age) in checks(&answer) {
            assert!(is_fine && age.is_u64(), "{}", answer.json);
        }
        proxy.go_dark();
        let urls = [&server.url, &server.metrics_url];
        let began = Instant::now();
        let asked = join_all((0..100).map(|n| ready(&server, urls[n % 2])));
        let alive = join_all(urls.map(|url| server.client.get(format!("{url}/healthz")).send()));
        let (asked, alive, metrics) = tokio::join!(asked, alive, server.metrics());
        assert!(
            began.elapsed() < REPORT_MAX + SLACK,
            "{:?}",
            began.elapsed()
        );
        for answer in asked {
            assert_eq!(answer.status, 503);
            let [database, migrations, lanes, serving] = checks(&answer);
            assert!(!database.0, "{}", answer.json);
            assert!(migrations.0 && lanes.0 && serving.0, "{}", answer.json);
        }
        for answer in alive {
            assert_eq!(answer.unwrap().status(), 200);
        }
        assert!(metrics.contains("boxoffice_check{check=\"serving\"} 1.0\n"));
        assert_eq!(
            server.metric("boxoffice_check{check=\"database\"}").await,
            0.0
        );
        proxy.light_up();
        until_ready(&server).await;
        server.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_lacks_a_migration_is_not_ready_and_a_newer_one_is() {
    with_server(async |server| {
        until_ready(server).await;
        let newest = "(SELECT max(version) FROM refinery_schema_history)";
        let change = async |sql: String| {
            server.sql(&sql).await;
            server.app.health.look_at_schema().await.unwrap();
            ready(server, &server.url).await
        };
        let newer = change(format!(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             SELECT version + 1, name, applied_on, checksum FROM refinery_schema_history
             WHERE version = {newest}"
        ));
        assert_eq!(newer.await.status, 200);
        let sql = format!("DELETE FROM refinery_schema_history WHERE version = {newest}");
        server.sql(&sql).await;
        let older = change(format!(
            "UPDATE refinery_schema_history SET version = 1000 WHERE version = {newest}"
        ))
        .await;
        assert_eq!(older.status, 503);
        let [database, migrations, ..] = checks(&older);
        assert!(database.0 && !migrations.0, "{}", older.json);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_about_to_stop_is_not_ready_and_says_so() {
    with_server(async |server| {
        until_ready(server).await;
        server.app.leave();
        let answer = ready(server, &server.url).await;
        assert_eq!(answer.status, 503);
        let [.., lanes, serving] = checks(&answer);
        assert!(lanes.0 && !serving.0, "{}", answer.json);
    })
    .await;
}
