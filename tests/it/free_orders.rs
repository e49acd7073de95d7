//! Orders that cost nothing: confirmed with their tickets, paid by nobody, and as safe under races and replays as others.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::allocator::batch::allocate;
use boxoffice::allocator::first_free::FirstFree;
use boxoffice::allocator::{Candidate, Outcome, Verdict};
use boxoffice::types::{BookingId, BookingKind, Reference};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::lanes::{one_ticket, stock};
use crate::support::gateway::GOOD_CARD;
use crate::support::{CONFIRMED, FREE, Server, fresh_key, general, order, text, with_server};

/// The buyer's cookie that a page has set.
pub(crate) fn buyer_cookie(page: &reqwest::Response) -> String {
    let set = page.headers().get_all("set-cookie").iter();
    let set: Vec<_> = set
        .map(|value| {
            value
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    set.join("; ")
}

/// An event of which this tier costs nothing.
async fn free_event(server: &Server, tickets: i32) -> Uuid {
    let mut tier = general("ga", tickets);
    tier.price_minor = 0;
    server.event(&[tier, general("paid", 10)]).await
}

#[tokio::test]
async fn an_order_that_costs_nothing_is_confirmed_with_its_tickets() {
    with_server(async |server| {
        let event = free_event(server, 10).await;
        let (key, buyer) = (fresh_key(), Uuid::new_v4());
        let mut body = order(event, buyer, &[("ga", 2)]);
        body["contact"] = json!({"name": "Ana", "email": "ana@example.org"});
        let made = server.book_with_key(&key, &body).await;
        assert_eq!(made.status, 201, "{}", made.json);
        assert_eq!(
            (&made.json["status"], &made.json["expires_at"]),
            (&json!("confirmed"), &Value::Null)
        );
        assert_eq!(
            (&made.json["confirmed_at"], &made.json["payments"]),
            (&made.json["created_at"], &json!([]))
        );
        let again = server.book_with_key(&key, &body).await;
        assert_eq!((again.status, &again.json["id"]), (200, &made.json["id"]));
        // A card that comes with it is not charged; one that comes later neither.
        let mut with_card = order(event, Uuid::new_v4(), &[("ga", 1)]);
        with_card["payment"] = json!({"card_number": GOOD_CARD});
        let with_card = server.book(&with_card).await;
        assert_eq!(
            (with_card.status, &with_card.json["status"]),
            (201, &json!("confirmed")),
            "{}",
            with_card.json
        );
        assert_eq!(
            server.pay(&made.json, GOOD_CARD).await.problem(409),
            "already-paid"
        );
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
        assert_eq!(
            server.count("SELECT count(*) FROM gateway_charges").await,
            0
        );
        // With a ticket that costs something it is an order as any other.
        let both = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1), ("paid", 1)]))
            .await
            .made();
        assert_eq!(both["status"], "pending");
        assert_eq!(server.cancel(&made.json).await.json["status"], "cancelled");
        assert_eq!(server.count(FREE).await, 20 - 3);
    })
    .await;
}

#[tokio::test]
async fn what_needs_a_contact_is_not_confirmed_without_one() {
    with_server(async |server| {
        let event = free_event(server, 10).await;
        server.sql("UPDATE events SET contact = 'required'").await;
        let refused = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/contact");
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
        // What costs something is held, and asks for it later.
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("paid", 1)]))
            .await
            .made();
        assert_eq!(held["status"], "pending");
        // The page holds the tickets, and asks before it confirms them: no card.
        let page = server
            .client
            .get(format!("{}{}", server.url, server.event_path(event).await))
            .send()
            .await
            .unwrap();
        let cookie = buyer_cookie(&page);
        let key = fresh_key();
        let form = [("key", key.as_str()), ("qty-ga", "2")];
        let path = format!("{}/bookings", server.event_path(event).await);
        let booked = server.send_form(&path, &cookie, &form).await;
        assert_eq!(booked.status(), 303);
        let booking = booked.headers()["location"].to_str().unwrap().to_owned();
        let page = server
            .page_as(&cookie, &booking)
            .await
            .text()
            .await
            .unwrap();
        assert!(!page.contains("card_number"), "{page}");
        assert!(page.contains("name=\"email\""), "{page}");
        let pay = format!("{booking}/payments");
        let key = fresh_key();
        let without = server
            .send_form(&pay, &cookie, &[("key", key.as_str())])
            .await;
        assert_eq!(without.status(), 422);
        assert_eq!(server.count(CONFIRMED).await, 0);
        let form = [
            ("key", key.as_str()),
            ("name", "Ana"),
            ("email", "ana@example.org"),
        ];
        for _ in 0..2 {
            assert_eq!(server.send_form(&pay, &cookie, &form).await.status(), 303);
        }
        assert_eq!(server.count(CONFIRMED).await, 1);
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_costs_nothing_charges_no_card() {
    with_server(async |server| {
        let event = free_event(server, 10).await;
        let made = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await.made();
        // As a server of the version before has left it.
        server.sql("UPDATE bookings SET status = 'pending', confirmed_at = NULL, expires_at = now() + interval '1 minute'").await;
        let refused = server.pay(&made, GOOD_CARD).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/payment_method");
        assert_eq!(server.count("SELECT count(*) FROM gateway_charges").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_rush_each_free_ticket_is_given_once_and_no_buyer_gets_more_than_one_may() {
    with_server(async |server| {
        let event = free_event(server, 40).await;
        server
            .sql("UPDATE events SET max_tickets_per_booking = 4, max_tickets_per_buyer = 4")
            .await;
        let start = Arc::new(Barrier::new(60));
        let greedy = Uuid::new_v4();
        let orders = (0..60).map(async |n| {
            start.wait().await;
            let buyer = if n < 10 { greedy } else { Uuid::new_v4() };
            server.book(&order(event, buyer, &[("ga", 1)])).await
        });
        let answers = join_all(orders).await;
        let given = answers.iter().filter(|one| one.status == 201).count();
        assert_eq!(given, 40);
        assert_eq!(server.count(CONFIRMED).await, 40);
        let mine = format!("SELECT count(*) FROM bookings WHERE buyer_id = '{greedy}'");
        assert!(server.count(&mine).await <= 4);
        for answer in answers.iter().filter(|one| one.status != 201) {
            let kind = text(&answer.json["type"]);
            assert!(
                matches!(kind, "sold-out" | "over-limit" | "held-by-others"),
                "{}",
                answer.json
            );
        }
        let late = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await;
        assert_eq!(late.problem(409), "sold-out");
    })
    .await;
}

#[tokio::test]
async fn what_its_own_batch_has_given_away_for_good_is_no_hold_that_may_come_back() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 1)]).await;
        let stock = stock(server, event).await;
        let mut first = one_ticket();
        first.total_minor = 0;
        first.items[0].unit_price_minor = 0;
        first.confirmed_as = Some(BookingKind::Sale);
        let second = one_ticket();
        let candidate = |order| Candidate {
            id: BookingId::make(),
            reference: Reference::make(),
            order,
        };
        let orders = [candidate(&first), candidate(&second)];
        let hold = Duration::from_secs(300);
        let mut first_free = FirstFree::default();
        let verdicts = allocate(&server.db, &stock, &orders, hold, &mut first_free);
        let verdicts = verdicts.await.unwrap();
        assert!(matches!(&verdicts[0], Verdict::Done(Outcome::Booked(booked)) if booked.expires_at.is_none()));
        assert!(matches!(verdicts[1], Verdict::Done(Outcome::SoldOut(_))), "{verdicts:?}");
    })
    .await;
}

#[tokio::test]
async fn a_reference_that_is_taken_fails_no_batch() {
    with_server(async |server| {
        let event = free_event(server, 10).await;
        // The first two rows that are written have one reference.
        server
            .sql(
                "CREATE SEQUENCE written;
                 CREATE FUNCTION repeat_first() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN IF nextval(''written'') <= 2 THEN NEW.reference := 7; END IF; RETURN NEW; END';
                 CREATE TRIGGER repeat_first BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION repeat_first()",
            )
            .await;
        for _ in 0..2 {
            let made = server
                .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
                .await;
            assert_eq!(made.status, 201, "{}", made.json);
        }
        assert_eq!(server.count(CONFIRMED).await, 2);
        server.sql("DROP TRIGGER repeat_first ON bookings").await;
    })
    .await;
}
