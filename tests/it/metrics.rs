//! What Prometheus is told: each figure moves when what it counts happens, labels are bounded, and what dashboard,
//! alerts and README name is what the server tells.

use std::collections::BTreeSet;

use boxoffice::types::BuyerId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{DECLINED_CARD, GOOD_CARD, LATER_CARD, NO_WEBHOOKS};
use crate::support::{
    Server, fresh_key, general, numbered, order, text, with_gateway, with_server, with_settings,
};

/// Waits until a sample has this value: tasks work on their own time.
async fn until(server: &Server, sample: &str, expected: f64) {
    for _ in 0..600 {
        if server.metric(sample).await == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let found = server.metric(sample).await;
    panic!("{sample} did not become {expected} but {found}");
}

/// Asserts how much samples have grown while `work` was done.
async fn assert_grow(server: &Server, expected: &[(&str, f64)], work: impl Future<Output = ()>) {
    let mut before = Vec::new();
    for (sample, _) in expected {
        before.push(server.metric(sample).await);
    }
    work.await;
    for ((sample, growth), before) in expected.iter().zip(before) {
        assert_eq!(server.metric(sample).await - before, *growth, "{sample}");
    }
}

const POSTED: &str =
    "boxoffice_requests_total{route=\"/api/bookings\",method=\"POST\",status=\"201\"}";

/// What grows with a payment that is declined, and one that succeeds.
const PAID: [(&str, f64); 5] = [
    ("boxoffice_payments_total{step=\"begun\"}", 2.0),
    ("boxoffice_payments_total{step=\"succeeded\"}", 1.0),
    ("boxoffice_payments_total{step=\"declined\"}", 1.0),
    ("boxoffice_bookings_changed_total{to=\"confirmed\"}", 1.0),
    (
        "boxoffice_gateway_call_seconds_count{call=\"confirm\"}",
        2.0,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_its_payment_and_its_refund_are_counted_where_they_happen() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 3)]).await;
        let buy = |quantity| order(event, Uuid::new_v4(), &[("ga", quantity)]);
        let booked = [
            (POSTED, 1.0),
            ("boxoffice_orders_total{outcome=\"booked\"}", 1.0),
            ("boxoffice_orders_total{outcome=\"replayed\"}", 1.0),
            ("boxoffice_orders_total{outcome=\"sold-out\"}", 0.0),
            ("boxoffice_batches_total{end=\"committed\"}", 2.0),
            ("boxoffice_batch_orders_count", 2.0),
            ("boxoffice_batch_step_seconds_count{step=\"commit\"}", 2.0),
            ("boxoffice_order_queue_seconds_count", 2.0),
            (
                "boxoffice_request_seconds_count{route=\"/api/bookings\",method=\"POST\"}",
                2.0,
            ),
        ];
        let (key, body) = (fresh_key(), buy(1));
        assert_grow(server, &booked, async {
            assert_eq!(server.book_with_key(&key, &body).await.status, 201);
            assert_eq!(server.book_with_key(&key, &body).await.status, 200);
        })
        .await;
        let held = server.book(&buy(1)).await.made();
        assert_grow(server, &PAID, async {
            assert_eq!(server.pay(&held, DECLINED_CARD).await.status, 402);
            server.pay(&held, GOOD_CARD).await.made();
        })
        .await;
        let refused = [("boxoffice_orders_total{outcome=\"held-by-others\"}", 1.0)];
        assert_grow(server, &refused, async {
            assert_eq!(server.book(&buy(2)).await.status, 409);
        })
        .await;
        let cancelled = [
            ("boxoffice_bookings_changed_total{to=\"cancelled\"}", 1.0),
            ("boxoffice_payments_total{step=\"refund-due\"}", 1.0),
            ("boxoffice_payments_total{step=\"refunded\"}", 1.0),
            ("boxoffice_gateway_call_seconds_count{call=\"refund\"}", 1.0),
        ];
        assert_grow(server, &cancelled, async {
            assert_eq!(server.cancel(&held).await.status, 200);
            // Repeated, it changes nothing.
            assert_eq!(server.cancel(&held).await.status, 200);
        })
        .await;
        server.age_holds().await;
        until(server, "boxoffice_holds_expired_total", 1.0).await;
        until(
            server,
            "boxoffice_task_done_total{task=\"overdue holds\"}",
            1.0,
        )
        .await;
        let shot = json!({"event_id": event, "buyer_id": Uuid::new_v4(),
            "items": [{"tier": "ga", "quantity": 1}], "payment": {"card_number": DECLINED_CARD}});
        let failed = [("boxoffice_bookings_changed_total{to=\"failed\"}", 1.0)];
        assert_grow(server, &failed, async {
            assert_eq!(server.book(&shot).await.status, 402);
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_waits_is_told_with_its_age() {
    with_gateway(&NO_WEBHOOKS, async |server, gateway| {
        let event = server.event(&[general("ga", 10)]).await;
        let buy = || order(event, Uuid::new_v4(), &[("ga", 1)]);
        let [in_doubt, due] = [
            server.book(&buy()).await.made(),
            server.book(&buy()).await.made(),
        ];
        assert_eq!(server.pay(&in_doubt, LATER_CARD).await.status, 202);
        server.pay(&due, GOOD_CARD).await.made();
        gateway.set(|faults| &faults.rejects_refunds, true);
        assert_eq!(server.cancel(&due).await.status, 200);
        server
            .sql(
                "UPDATE payments SET created_at = created_at - interval '1 hour',
                     answered_at = answered_at - interval '1 hour',
                     refund_requested_at = refund_requested_at - interval '1 hour'",
            )
            .await;
        server.app.payments.look_at_unfinished().await.unwrap();
        for state in ["in-doubt", "refund-due"] {
            let count = format!("boxoffice_payments_unfinished{{state=\"{state}\"}}");
            assert_eq!(server.metric(&count).await, 1.0, "{state}");
            let oldest =
                format!("boxoffice_payments_unfinished_oldest_seconds{{state=\"{state}\"}}");
            assert!(server.metric(&oldest).await >= 3600.0, "{state}");
        }
        let none = "boxoffice_payments_unfinished{state=\"capture-due\"}";
        assert_eq!(server.metric(none).await, 0.0);
        let errors = "boxoffice_gateway_errors_total{call=\"refund\"}";
        assert!(server.metric(errors).await >= 1.0);
        gateway.set(|faults| &faults.rejects_refunds, false);
        server.age_payments().await;
        until(
            server,
            "boxoffice_payments_unfinished{state=\"refund-due\"}",
            0.0,
        )
        .await;
        server
            .sql("UPDATE payments SET created_at = now() WHERE status = 'processing'")
            .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_do_and_what_keeps_them_waiting_is_told() {
    let flags = ["--rate-limits", "on", "--limit-bookings", "1/h:1"];
    with_settings(&flags, async |server| {
        let event = server.event(&[numbered("hall", 20, &[10])]).await;
        let body = order(event, Uuid::new_v4(), &[("hall", 1)]);
        server.book(&body).await.made();
        assert_eq!(server.book(&body).await.status, 429);
        let refused = "boxoffice_rate_limit_refusals_total{bucket=\"bookings\"}";
        assert_eq!(server.metric(refused).await, 1.0);
        let path = format!("/api/events/{event}/availability/stream");
        let stream = server.get(&path).await;
        assert_eq!(server.metric("boxoffice_streams").await, 1.0);
        assert!(server.metric("boxoffice_client_connections").await >= 1.0);
        drop(stream);
        until(server, "boxoffice_streams", 0.0).await;
        server
            .read(&format!("/api/events/{event}/availability"))
            .await;
        assert!(
            server
                .metric("boxoffice_availability_age_seconds_count")
                .await
                >= 1.0
        );
        assert!(
            server
                .metric("boxoffice_pool_wait_seconds_count{pool=\"sale\"}")
                .await
                >= 1.0
        );
        let holder = server.db.get().await.unwrap();
        holder.batch_execute("BEGIN; SELECT 1").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        server.app.observed.look(&server.app.db).await.unwrap();
        let oldest = "boxoffice_postgres_oldest_transaction_seconds";
        assert!(server.metric(oldest).await >= 0.02);
        holder.batch_execute("ROLLBACK").await.unwrap();
        server.app.observed.look(&server.app.db).await.unwrap();
        for sample in [
            "boxoffice_postgres_wal_bytes_total",
            "boxoffice_postgres_sessions",
        ] {
            assert!(server.metric(sample).await > 0.0, "{sample}");
        }
        until(server, "boxoffice_ready", 1.0).await;
        server.app.leave();
        assert_eq!(server.metric("boxoffice_ready").await, 0.0);
        assert_eq!(
            server.metric("boxoffice_check{check=\"serving\"}").await,
            0.0
        );
        assert_eq!(
            server.metric("boxoffice_check{check=\"database\"}").await,
            1.0
        );
    })
    .await;
}

/// The samples without their values.
fn series(metrics: &str) -> BTreeSet<String> {
    let lines = metrics.lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.rsplit_once(' '));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_paths_that_nobody_has_seen_make_no_new_labels() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let known = [
            "",
            "/api",
            "/events",
            "/bookings",
            "/api/events",
            "/api/bookings",
            "/static",
        ];
        let ask = async |name: &str| {
            for scope in known {
                server.get(&format!("{scope}/{name}")).await;
            }
            let path = format!("{}/{name}/bookings", server.url);
            let form = server.client.post(path).header("Origin", &server.url);
            form.header("User-Agent", name).send().await.unwrap();
            let odd = reqwest::Method::from_bytes(b"BREW").unwrap();
            server
                .client
                .request(odd, format!("{}/", server.url))
                .send()
                .await
                .unwrap();
        };
        ask("first").await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let before = series(&server.metrics().await);
        for _ in 0..120 {
            ask(&Uuid::new_v4().to_string()).await;
        }
        let metrics = server.metrics().await;
        let after = series(&metrics);
        let new: Vec<_> = after
            .difference(&before)
            .filter(|name| name.contains("route="))
            .collect();
        assert!(new.is_empty(), "{new:#?}");
        for id in ["id", "buyer_id", "event_id", "reference"] {
            assert!(!metrics.contains(text(&booked[id])), "{id}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_told_no_figures() {
    with_server(async |server| {
        for path in ["/metrics", "/api/metrics"] {
            assert_eq!(
                server.get(path).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        let metrics = server.client.get(format!("{}/metrics", server.metrics_url));
        let answer = metrics.send().await.unwrap();
        let kind = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
        assert!(answer.text().await.unwrap().ends_with("# EOF\n"));
        let events = format!("{}/api/events", server.metrics_url);
        let answer = server.client.get(events).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        server
            .app
            .access
            .buyer_token(BuyerId::make())
            .await
            .unwrap();
    })
    .await;
}

/// The names of figures that a text has.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c| !is_part(c));
    let names = words.filter(|word| word.starts_with("boxoffice_"));
    let suffixes = ["_total", "_bucket", "_sum", "_count"];
    let plain = |name: &str| {
        let found = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
        found.unwrap_or(name).to_owned()
    };
    names.map(plain).collect()
}

/// A file of the project.
fn read(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

#[tokio::test(flavor = "multi_thread")]
async fn dashboard_alerts_and_readme_name_what_the_server_tells() {
    with_server(async |server| {
        server.app.observed.look(&server.app.db).await.unwrap();
        server.app.payments.look_at_unfinished().await.unwrap();
        let metrics = server.metrics().await;
        let told = metrics
            .lines()
            .filter_map(|line| line.strip_prefix("# TYPE "));
        let told = told.filter_map(|line| line.split(' ').next());
        let mut told: BTreeSet<String> = told.map(str::to_owned).collect();
        // With a replica, with replication slots, with a collector of traces.
        let rare = [
            "replica_used",
            "replica_lag_seconds",
            "postgres_wal_kept_bytes",
            "traces_sent",
            "traces_dropped",
        ];
        told.extend(rare.map(|name| format!("boxoffice_{name}")));
        let dashboard = read("deploy/grafana/dashboards/boxoffice.json");
        for text in [&dashboard, &read("deploy/prometheus/alerts.yml")] {
            let unknown: Vec<_> = named(text).difference(&told).cloned().collect();
            assert!(unknown.is_empty(), "nobody tells {unknown:?}");
        }
        let documented = named(&read("docs/metrics.md"));
        assert_eq!(documented, told);
        let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
        assert!(dashboard["panels"].as_array().unwrap().len() > 10);
    })
    .await;
}
