//! A server whose own clock is wrong sells as any other: the database's clock decides, and is what buyers see.

use std::process::Stdio;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tokio::task::block_in_place;
use uuid::Uuid;

use crate::support::gateway::GOOD_CARD;
use crate::support::process::Process;
use crate::support::{Answer, as_buyer, fresh_key, general, order, text, with_server};

const HOLD_SECONDS: i64 = 600;
const FLAGS: [&str; 2] = ["--hold-seconds", "600"];

/// Seconds, as the answer says.
fn retry_after(headers: &HeaderMap) -> i64 {
    headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_is_a_day_off_sells_as_any_other() {
    with_server(async |server| {
        for ahead in ["86400", "-86400"] {
            let event = server.event(&[general("ga", 1)]).await;
            let variables = [("BOXOFFICE_CLOCK_AHEAD_SECONDS", ahead)];
            let start = || Process::start(server.database_url(), &FLAGS, &variables, Stdio::null());
            let off = block_in_place(start).expect("a server");
            let post = async |path: &str, body: &Value| {
                let request = server.client.post(format!("{}{path}", off.url));
                let request = request.header("Idempotency-Key", fresh_key());
                let sent = as_buyer(&server.db, request, body).await.send().await;
                Answer::of(sent.unwrap()).await
            };
            let one = order(event, Uuid::new_v4(), &[("ga", 1)]);
            let booked = post("/api/bookings", &one).await.made();
            let id = text(&booked["id"]);
            let right = format!(
                "SELECT count(*) FROM bookings WHERE id = '{id}' AND now() - created_at < interval '1 hour'
                 AND expires_at - created_at = make_interval(secs => {HOLD_SECONDS})"
            );
            assert_eq!(server.count(&right).await, 1, "{booked}");
            // It learns the database's time soon after it has started. From then on the other's hold is as long for
            // it as for everybody.
            let mut refused;
            let mut tries = 0;
            loop {
                let other = order(event, Uuid::new_v4(), &[("ga", 1)]);
                refused = post("/api/bookings", &other).await;
                assert_eq!(refused.problem(409), "held-by-others");
                let seconds = retry_after(&refused.headers);
                if (HOLD_SECONDS - 120..=HOLD_SECONDS).contains(&seconds) {
                    break;
                }
                tries += 1;
                assert!(tries < 1_000, "{ahead}: {seconds} s");
            }
            let paying = json!({"booking_id": id, "buyer_id": booked["buyer_id"], "card_number": GOOD_CARD});
            let paid = post("/api/payments", &paying).await.made();
            assert_eq!(paid["status"], "succeeded");
            // A server with the right clock finds nothing overdue, and nothing that is to come.
            assert_eq!(server.booking(&booked).await["status"], "confirmed");
        }
    })
    .await;
}
