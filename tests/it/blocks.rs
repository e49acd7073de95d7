//! Blocks of tickets that organisers keep off sale, and give back: whatever buyers do meanwhile, each ticket is somebody's
//! once, and the sums are exact.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::reports::{Organiser, paid};
use crate::support::{
    Answer, FREE, Server, fresh_key, general, numbered, order, text, with_each_seating, with_server,
};

/// Tickets that are kept off sale.
const WITHHELD: &str = "SELECT count(*) FROM tickets AS t JOIN bookings AS b ON b.event_id = t.event_id AND b.id = t.booking_id
    WHERE b.kind = 'withheld' AND b.status = 'confirmed'";
/// Tickets of buyers.
const OF_BUYERS: &str =
    "SELECT count(*) FROM tickets AS t JOIN bookings AS b ON b.event_id = t.event_id AND b.id = t.booking_id
    WHERE b.kind = 'sale' AND b.status IN ('pending', 'confirmed')";

/// A block of so many tickets of each of these tiers.
pub(crate) fn block(items: &[(&str, i64)]) -> Value {
    let items = items.iter();
    let items: Vec<Value> = items
        .map(|(tier, quantity)| json!({"tier": tier, "quantity": quantity}))
        .collect();
    json!({"items": items, "reason": "Sound desk"})
}

/// A seat of a tier.
fn seat(tier: &str, row: &str, number: i64) -> Value {
    json!({"tier": tier, "row": row, "number": number})
}

async fn withhold(organiser: &Organiser<'_>, event: Uuid, body: &Value) -> Answer {
    let path = format!("/events/{event}/blocks");
    organiser.post_once(&path, &fresh_key(), body).await
}

async fn change(organiser: &Organiser<'_>, event: Uuid, block: &Value, body: &Value) -> Answer {
    let path = format!("/events/{event}/blocks/{}", text(&block["id"]));
    organiser.patch(&path, body).await
}

async fn delete(organiser: &Organiser<'_>, event: Uuid, block: &Value) -> Answer {
    let path = format!("/events/{event}/blocks/{}", text(&block["id"]));
    organiser.delete(&path).await
}

/// What buyers are shown of a tier, once it was counted again.
async fn available(server: &Server, event: Uuid, expected: i64) -> Value {
    let mut shown = Value::Null;
    for _ in 0..200 {
        shown = server
            .read(&format!("/api/events/{event}/availability"))
            .await;
        if shown["tiers"][0]["available"] == expected && shown["tiers"][0]["held"] == 0 {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not {expected}: {shown}");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told once")]
async fn what_is_withheld_is_sold_to_nobody_and_free_again_once_it_is_given_back() {
    with_each_seating(20, async |server, event| {
        let organiser = Organiser::new(server).await;
        let made = withhold(&organiser, event, &block(&[("hall", 15)])).await;
        assert_eq!(made.status, 201, "{}", made.json);
        assert_eq!(
            (&made.json["tickets"], &made.json["reason"]),
            (&json!(15), &json!("Sound desk"))
        );
        assert_eq!(
            (server.count(WITHHELD).await, server.count(FREE).await),
            (15, 5)
        );
        // A block is no pending hold: nobody is told to wait for it.
        let refused = server
            .book(&order(event, Uuid::new_v4(), &[("hall", 6)]))
            .await;
        assert_eq!(refused.problem(409), "sold-out");
        assert_eq!(refused.json["tiers"][0]["available"], 5);
        let shown = available(server, event, 5).await;
        assert_eq!(shown["tiers"][0]["sold"], 15);
        let report = organiser.report(event, 0, 0).await;
        let all = &report["all"];
        assert_eq!(
            (&all["blocked"], &all["sold"], &all["held"], &all["free"]),
            (&json!(15), &json!(0), &json!(0), &json!(5))
        );
        assert_eq!(all["gross"]["amount"], 0);
        // Some of it, and again, which changes nothing; what it does not have is not taken.
        for _ in 0..2 {
            let kept = json!({"items": [{"tier": "hall", "quantity": 4}]});
            let some = change(&organiser, event, &made.json, &kept).await;
            assert_eq!(
                (some.status, &some.json["tickets"]),
                (200, &json!(4)),
                "{}",
                some.json
            );
        }
        let more = json!({"items": [{"tier": "hall", "quantity": 400}]});
        assert_eq!(
            change(&organiser, event, &made.json, &more).await.json["tickets"],
            4
        );
        assert_eq!(
            (server.count(WITHHELD).await, server.count(FREE).await),
            (4, 16)
        );
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("hall", 10)]))
            .await;
        assert_eq!(booked.status, 201);
        for _ in 0..2 {
            let all = delete(&organiser, event, &made.json).await;
            assert_eq!(
                (all.status, &all.json["tickets"]),
                (200, &json!(0)),
                "{}",
                all.json
            );
        }
        assert_eq!(
            (server.count(WITHHELD).await, server.count(FREE).await),
            (0, 10)
        );
        let listed = organiser.read(&format!("/events/{event}/blocks")).await;
        assert_eq!(listed["blocks"], json!([]));
        let told =
            "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_entries WHERE event_id > 0";
        assert_eq!(
            server.text(told).await,
            "tickets.withheld tickets.given_back tickets.given_back"
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_request_makes_one_block_and_another_under_its_key_none() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let (path, key) = (format!("/events/{event}/blocks"), fresh_key());
        let body = block(&[("ga", 20)]);
        let pressed = (0..8).map(|_| organiser.post_once(&path, &key, &body));
        let answers = join_all(pressed).await;
        let made: Vec<_> = answers.iter().filter(|one| one.status == 201).collect();
        assert_eq!(made.len(), 1, "pressed eight times");
        for answer in &answers {
            assert!(matches!(answer.status, 200 | 201), "{}", answer.json);
            assert_eq!(answer.json["id"], made[0].json["id"]);
        }
        assert_eq!(server.count(WITHHELD).await, 20);
        let other = organiser
            .post_once(&path, &key, &block(&[("ga", 21)]))
            .await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_rush_of_buyers_each_ticket_is_withheld_or_sold_or_free_and_never_two_of_them() {
    const TICKETS: i32 = 120;
    with_each_seating(TICKETS, async |server, event| {
        let organiser = Organiser::new(server).await;
        let start = Arc::new(Barrier::new(44));
        let buyers = (0..40).map(async |_| {
            start.wait().await;
            server
                .book(&order(event, Uuid::new_v4(), &[("hall", 2)]))
                .await
        });
        let blocks = (0..4).map(async |_| {
            start.wait().await;
            withhold(&organiser, event, &block(&[("hall", 20)])).await
        });
        let (bought, withheld) = tokio::join!(join_all(buyers), join_all(blocks));
        let count = |answers: &[Answer]| -> i64 {
            answers.iter().filter(|one| one.status == 201).count() as i64
        };
        for answer in bought.iter().chain(&withheld) {
            assert!(matches!(answer.status, 201 | 409), "{}", answer.json);
        }
        let (sold, kept) = (2 * count(&bought), 20 * count(&withheld));
        assert_eq!(server.count(OF_BUYERS).await, sold);
        assert_eq!(server.count(WITHHELD).await, kept);
        assert_eq!(server.count(FREE).await, i64::from(TICKETS) - sold - kept);
        // 160 are wanted: whoever was refused was refused for a reason.
        assert!(
            i64::from(TICKETS) - sold - kept < 20,
            "{sold} sold, {kept} withheld"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_while_buyers_book_is_sold_once() {
    with_each_seating(60, async |server, event| {
        let organiser = Organiser::new(server).await;
        let made = withhold(&organiser, event, &block(&[("hall", 60)]))
            .await
            .json;
        assert_eq!(made["tickets"], 60);
        let start = Arc::new(Barrier::new(33));
        let buyers = (0..30).map(async |_| {
            start.wait().await;
            server
                .book(&order(event, Uuid::new_v4(), &[("hall", 2)]))
                .await
        });
        // Three hands at once: two keep less and less, one gives everything back.
        let hands = [40, 20, 0].map(|left| {
            let (start, organiser, made) = (start.clone(), &organiser, &made);
            async move {
                start.wait().await;
                let kept = json!({"items": [{"tier": "hall", "quantity": left}]});
                change(organiser, event, made, &kept).await
            }
        });
        let (bought, changed) = tokio::join!(join_all(buyers), join_all(hands));
        assert!(changed.iter().all(|answer| answer.status == 200));
        let sold = 2 * bought.iter().filter(|one| one.status == 201).count() as i64;
        assert_eq!(server.count(WITHHELD).await, 0);
        assert_eq!(server.count(OF_BUYERS).await, sold);
        assert_eq!(server.count(FREE).await, 60 - sold);
        // Nothing is lost: whoever comes later gets what is left.
        let mut left = 60 - sold;
        while left > 0 {
            let next = left.min(10);
            let booked = server
                .book(&order(event, Uuid::new_v4(), &[("hall", next)]))
                .await;
            assert_eq!(booked.status, 201, "{}", booked.json);
            left -= next;
        }
    })
    .await;
}

#[tokio::test]
async fn blocks_that_overlap_are_told_which_seats_are_gone_and_take_none() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 40, &[10]), general("ga", 5)])
            .await;
        let organiser = Organiser::new(server).await;
        let seats = |numbers: &[i64]| -> Value {
            let seats: Vec<_> = numbers.iter().map(|&n| seat("vip", "B", n)).collect();
            json!({"seats": seats, "reason": "Cameras"})
        };
        let first = withhold(&organiser, event, &seats(&[2, 3, 4])).await;
        assert_eq!(
            first.json["items"][0]["seats"],
            json!(["B-2", "B-3", "B-4"])
        );
        let mut second = seats(&[4, 5]);
        second["items"] = json!([{"tier": "ga", "quantity": 2}]);
        let refused = withhold(&organiser, event, &second).await;
        assert_eq!(refused.problem(409), "seats-taken");
        assert_eq!(refused.json["seats"], json!([seat("vip", "B", 4)]));
        assert_eq!(server.count(WITHHELD).await, 3);
        // Two at once over the same seats: one has them all, the other none.
        let start = Arc::new(Barrier::new(2));
        let both = [vec![6, 7, 8], vec![8, 9, 10]].map(|numbers| {
            let (start, organiser) = (start.clone(), &organiser);
            let body = seats(&numbers);
            async move {
                start.wait().await;
                withhold(organiser, event, &body).await.status
            }
        });
        let mut statuses = join_all(both).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert_eq!(server.count(WITHHELD).await, 6);
        // A buyer who names one of them is told the same.
        let wanted =
            json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": [seat("vip", "B", 3)]});
        let refused = server.book(&wanted).await;
        assert_eq!(refused.problem(409), "seats-taken");
        // Given back by name; what it does not have is passed over.
        let less = json!({"seats": [seat("vip", "B", 3), seat("vip", "A", 1)]});
        let changed = change(&organiser, event, &first.json, &less).await;
        assert_eq!(changed.json["items"][0]["seats"], json!(["B-2", "B-4"]));
        assert_eq!(server.book(&wanted).await.status, 201);
    })
    .await;
}

#[tokio::test]
async fn a_block_has_a_thousand_tickets_at_most_before_the_opening_and_after_the_start() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 3_000), numbered("vip", 1_200, &[40])]).await;
        server.sql("UPDATE events SET on_sale_at = now() + interval '1 hour', max_tickets_per_booking = 4").await;
        let organiser = Organiser::new(server).await;
        let refused = withhold(&organiser, event, &block(&[("ga", 1_001)])).await;
        assert_eq!(refused.problem(422), "over-limit");
        assert_eq!(refused.json["limit"], 1_000);
        for tier in ["ga", "vip"] {
            let made = withhold(&organiser, event, &block(&[(tier, 1_000)])).await;
            assert_eq!(made.status, 201, "{}", made.json);
        }
        let buyer = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await;
        assert_eq!(buyer.problem(409), "not-on-sale");
        server.sql("UPDATE events SET on_sale_at = now() - interval '2 hours', starts_at = now() - interval '1 hour'").await;
        let made = withhold(&organiser, event, &block(&[("vip", 200)])).await;
        assert_eq!(made.status, 201, "{}", made.json);
        let buyer = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await;
        assert_eq!(buyer.problem(409), "not-on-sale");
        assert_eq!(server.count(WITHHELD).await, 2_200);
        // Many at once are given back at once.
        let listed = organiser.read(&format!("/events/{event}/blocks")).await;
        let blocks = listed["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), 3);
        for block in blocks {
            assert_eq!(delete(&organiser, event, block).await.json["tickets"], 0);
        }
        assert_eq!(server.count(FREE).await, 4_200);
    })
    .await;
}

#[tokio::test]
async fn wrong_blocks_are_refused_field_by_field_and_change_nothing() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 5)])
            .await;
        let organiser = Organiser::new(server).await;
        let made = withhold(&organiser, event, &block(&[("ga", 2)])).await.json;
        let path = format!("/events/{event}/blocks");
        for (body, pointer) in [
            (json!({"reason": "x"}), "/items"),
            (
                json!({"items": [{"tier": "ga", "quantity": 1}], "reason": " "}),
                "/reason",
            ),
            (
                json!({"items": [{"tier": "ga", "quantity": 1}], "reason": "x".repeat(201)}),
                "/reason",
            ),
            (
                json!({"items": [{"tier": "no", "quantity": 1}], "reason": "x"}),
                "/items/0/tier",
            ),
            (
                json!({"items": [{"tier": "ga", "quantity": 0}], "reason": "x"}),
                "/items/0/quantity",
            ),
            (
                json!({"seats": [seat("vip", "A", 11)], "reason": "x"}),
                "/seats/0/number",
            ),
            (
                json!({"seats": [seat("vip", "A", 1), seat("vip", "A", 1)], "reason": "x"}),
                "/seats/1/number",
            ),
        ] {
            let refused = organiser.post_once(&path, &fresh_key(), &body).await;
            assert_eq!(refused.problem(422), "invalid-request", "{body}");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        for (body, pointer) in [
            (json!({}), "/items"),
            (
                json!({"items": [{"tier": "no", "quantity": 1}]}),
                "/items/0/tier",
            ),
            (
                json!({"items": [{"tier": "ga", "quantity": -1}]}),
                "/items/0/quantity",
            ),
            (json!({"seats": [seat("ga", "A", 1)]}), "/seats/0/tier"),
        ] {
            let refused = change(&organiser, event, &made, &body).await;
            assert_eq!(refused.problem(422), "invalid-request", "{body}");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        // A sale is no block.
        let sale = paid(server, event, &[("ga", 1)], "Ana").await;
        assert_eq!(
            delete(&organiser, event, &sale).await.problem(404),
            "not-found"
        );
        assert_eq!(server.count(WITHHELD).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_withheld_ticket_admits_nobody_and_its_booking_is_shown_to_nobody() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let organiser = Organiser::new(server).await;
        let made = withhold(&organiser, event, &block(&[("ga", 2)])).await.json;
        let id: Uuid = text(&made["id"]).parse().unwrap();
        let booking = boxoffice::types::BookingId(id);
        let link = server
            .app
            .access
            .link(boxoffice::types::BookingLink::first(booking))
            .await
            .unwrap();
        for path in [
            format!("/bookings/{id}?access={link}"),
            format!("/api/bookings/{id}?access={link}"),
        ] {
            assert_eq!(server.get(&path).await.status(), 404, "{path}");
        }
        // Whoever could sign a code for it would not come in either.
        let no = boxoffice::types::EventNo(server.count("SELECT event_id FROM events").await);
        for (_, code) in server.app.codes.of_booking(no, booking).await.unwrap() {
            let verified = server.app.codes.verify(no, &code).await;
            assert!(
                matches!(verified, Err(boxoffice::ticket::Refused::NotHeld)),
                "{verified:?}"
            );
        }
        let gate = organiser
            .post(
                &format!("/events/{event}/check-in/lists"),
                &json!({"name": "All"}),
            )
            .await;
        let list = text(&gate.json["id"]).to_owned();
        let gate = json!({"name": "A", "list_id": list});
        let gate = organiser
            .post(&format!("/events/{event}/check-in/gates"), &gate)
            .await;
        assert_eq!(gate.status, 201, "{}", gate.json);
        let sold = &organiser.read(&format!("/events/{event}/check-in")).await["lists"][0]["sold"];
        assert_eq!(sold, 0);
        let admitted = server
            .db
            .get()
            .await
            .unwrap()
            .execute(
                include_str!("../../src/checkin/admit.sql"),
                &[
                    &no,
                    &list.parse::<Uuid>().unwrap(),
                    &1_i16,
                    &1_i32,
                    &1_i32,
                    &text(&gate.json["id"]).parse::<Uuid>().unwrap(),
                    &None::<boxoffice::types::Timestamp>,
                    &Uuid::new_v4(),
                    &false,
                    &None::<boxoffice::types::Timestamp>,
                ],
            )
            .await
            .unwrap();
        assert_eq!(admitted, 0);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_may_change_bookings_but_no_event_ends_no_block() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let organiser = Organiser::new(server).await;
        let made = withhold(&organiser, event, &block(&[("ga", 2)])).await.json;
        let id = text(&made["id"]);
        let scopes = [Scope::BookingsRead, Scope::BookingsWrite];
        let hour = Duration::from_secs(3600);
        let (_, token) = api_token::create(&server.db, "till", &scopes, hour)
            .await
            .unwrap();
        let post = async |path: String| {
            let request = server.client.post(format!("{}{path}", server.url));
            Answer::of(request.bearer_auth(&token).send().await.unwrap()).await
        };
        let cancelled = post(format!("/api/bookings/{id}/cancel")).await;
        assert_eq!(cancelled.problem(404), "not-found");
        let cancelled = post(format!("/api/organiser/bookings/{id}/cancel")).await;
        assert_eq!(cancelled.problem(403), "forbidden");
        assert_eq!(cancelled.json["scope"], "events:write");
        let page = server
            .client
            .post(format!("{}/bookings/{id}/cancel", server.url));
        let page = page.header("Origin", &server.url).bearer_auth(&token);
        assert_eq!(page.send().await.unwrap().status(), 404);
        assert_eq!(server.count(WITHHELD).await, 2);
        let every_scope = organiser
            .post(&format!("/bookings/{id}/cancel"), &json!({}))
            .await;
        assert_eq!(every_scope.status, 200, "{}", every_scope.json);
        let told =
            "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_entries WHERE event_id > 0";
        assert_eq!(
            server.text(told).await,
            "tickets.withheld booking.cancelled"
        );
    })
    .await;
}
