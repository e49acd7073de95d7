//! What is old is deleted, and nothing else: webhooks that were received or sent, API tokens that have ended, secrets
//! that nobody believes. A server does so when it starts, and then every minute.

use boxoffice::postgres::secrets;
use uuid::Uuid;

use crate::support::gateway::notice;
use crate::support::{Server, general, order, with_server};

/// A payment, for webhooks to be about.
async fn paid(server: &Server) -> serde_json::Value {
    let event = server.event(&[general("ga", 10)]).await;
    let booking = server
        .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
        .await;
    let paid = server.pay(&booking.made(), "4242424242424242").await;
    paid.made()
}

const WEBHOOKS: &str = "SELECT count(*) FROM webhook_events";

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_were_received_are_forgotten_after_the_retention() {
    with_server(async |server| {
        let payment = paid(server).await;
        server
            .sql(
                "INSERT INTO webhook_events (event_id, id, payment_id, kind, received_at)
                 SELECT event_id, gen_random_uuid(), id, 'payment.succeeded', now() - make_interval(days => days)
                 FROM payments, (SELECT 29 AS days UNION ALL SELECT 31 FROM generate_series(1, 1200)) AS d",
            )
            .await;
        let another = server.another().await;
        server.until(WEBHOOKS, 1).await;
        another.stop().await;
        // One that comes again after it was forgotten changes nothing.
        let again = server.webhook(&notice(&payment, "payment.succeeded")).await;
        assert_eq!(again.status, 200, "{}", again.json);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_somebody_has_locked_keeps_no_others_from_being_deleted() {
    with_server(async |server| {
        paid(server).await;
        server
            .sql(
                "INSERT INTO webhook_events (event_id, id, payment_id, kind, received_at)
                 SELECT event_id, gen_random_uuid(), id, 'payment.succeeded', now() - interval '31 days'
                 FROM payments, generate_series(1, 3)",
            )
            .await;
        let holder = server.db.get().await.unwrap();
        let lock = "BEGIN; SELECT FROM webhook_events WHERE event_id = 1 AND id = (SELECT min(id::text)::uuid FROM webhook_events WHERE event_id = 1) FOR UPDATE";
        holder.batch_execute(lock).await.unwrap();
        let another = server.another().await;
        server.until(WEBHOOKS, 1).await;
        holder.batch_execute("ROLLBACK").await.unwrap();
        another.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_are_still_to_be_sent_are_kept_however_old() {
    with_server(async |server| {
        let payment = paid(server).await;
        server
            .sql(&format!(
                "INSERT INTO gateway_deliveries (id, payment_id, body, attempts, created_at, next_attempt_at, delivered_at)
                 SELECT gen_random_uuid(), {}, body, 1, now() - make_interval(days => days),
                        CASE body WHEN 'due' THEN now() + interval '1 hour' END,
                        CASE body WHEN 'sent' THEN now() END
                 FROM (VALUES ('due', 99), ('sent', 31), ('given up', 31), ('sent', 29), ('given up', 29)) AS d (body, days)",
                format_args!("'{}'", payment["id"].as_str().unwrap()),
            ))
            .await;
        let another = server.another().await;
        server.until("SELECT count(*) FROM gateway_deliveries", 3).await;
        let kept = "SELECT string_agg(body, ',' ORDER BY body) FROM gateway_deliveries";
        assert_eq!(server.text(kept).await, "due,given up,sent");
        another.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_codes_and_secrets_that_nobody_believes_are_deleted() {
    with_server(async |server| {
        server
            .sql(
                "INSERT INTO api_tokens (id, name, hash, scopes, expires_at, revoked_at)
                 SELECT gen_random_uuid(), name, sha256(name::bytea), '{events:read}',
                        now() + make_interval(days => expires), now() + make_interval(days => revoked)
                 FROM (VALUES ('in use', 1, NULL), ('expired', -31, NULL), ('just expired', -29, NULL),
                              ('revoked', 90, -31), ('just revoked', 90, -29)) AS t (name, expires, revoked)",
            )
            .await;
        server
            .sql(
                "INSERT INTO move_codes (id, buyer_id, expires_at)
                 SELECT gen_random_uuid(), gen_random_uuid(), now() + make_interval(days => expires)
                 FROM (VALUES (-31), (-29), (1)) AS c (expires)",
            )
            .await;
        // Three versions: the first replaced 91 days ago, the second 89 days ago.
        secrets::newest(&server.db, "access").await.unwrap();
        secrets::rotate(&server.db, "access").await.unwrap();
        secrets::rotate(&server.db, "access").await.unwrap();
        // One of another name, whose owner says nothing of old versions.
        secrets::newest(&server.db, "others").await.unwrap();
        secrets::rotate(&server.db, "others").await.unwrap();
        server
            .sql(
                "UPDATE secrets SET made_at = now() - make_interval(days => (ARRAY[200, 91, 89])[version])
                 WHERE name IN ('access', 'others')",
            )
            .await;
        let another = server.another().await;
        server.until("SELECT count(*) FROM move_codes", 2).await;
        let ended = "SELECT count(*) FROM move_codes WHERE expires_at < now() - interval '30 days'";
        assert_eq!(server.count(ended).await, 0);
        server.until("SELECT count(*) FROM api_tokens", 3).await;
        let kept = "SELECT string_agg(name, ',' ORDER BY name) FROM api_tokens";
        assert_eq!(server.text(kept).await, "in use,just expired,just revoked");
        server.until("SELECT count(*) FROM secrets WHERE name = 'access'", 2).await;
        let versions = "SELECT count(*) FROM secrets WHERE name = 'others' OR (name = 'access' AND version > 1)";
        assert_eq!(server.count(versions).await, 4);
        another.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_retention_is_a_setting() {
    with_server(async |server| {
        paid(server).await;
        server
            .sql(
                "INSERT INTO webhook_events (event_id, id, payment_id, kind, received_at)
                 SELECT event_id, gen_random_uuid(), id, 'payment.succeeded', now() - interval '6 days' FROM payments",
            )
            .await;
        let another = Server::start(server.database_url(), &["--retention-days", "5"]).await;
        server.until(WEBHOOKS, 0).await;
        another.stop().await;
    })
    .await;
}
