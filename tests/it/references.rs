//! The reference of a booking: random, stored, unique among an event's confirmed bookings.

use boxoffice::check;
use boxoffice::types::Reference;
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::late_payments::{expire, pending};
use crate::support::gateway::{GOOD_CARD, NO_WEBHOOKS, notice};
use crate::support::{Server, fresh_key, general, order, text, with_server, with_settings};

/// Bookings of one ticket each, of one event.
async fn some_pending(server: &Server, event: Uuid, count: usize) -> Vec<Value> {
    let book = async |_| {
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        server.book(&body).await.made()
    };
    join_all((0..count).map(book)).await
}

/// Gives these bookings the reference of the first.
async fn collide(server: &Server, bookings: impl IntoIterator<Item = &Value>) {
    let ids: Vec<_> = bookings
        .into_iter()
        .map(|booking| format!("'{}'", text(&booking["id"])))
        .collect();
    let first = format!("SELECT reference FROM bookings WHERE id = {}", ids[0]);
    let reference = server.count(&first).await;
    let ids = ids.join(", ");
    server
        .sql(&format!(
            "UPDATE bookings SET reference = {reference} WHERE id IN ({ids})"
        ))
        .await;
}

async fn reference_of(server: &Server, booking: &Value) -> String {
    text(&server.booking(booking).await["reference"]).to_owned()
}

#[tokio::test]
async fn a_reference_is_the_same_wherever_it_is_read_and_says_nothing_of_the_id() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let (key, buyer) = (fresh_key(), Uuid::new_v4());
        let body = order(event, buyer, &[("ga", 1)]);
        let booked = server.book_with_key(&key, &body).await.made();
        let reference = &booked["reference"];
        let replay = server.book_with_key(&key, &body).await;
        assert_eq!((replay.status, &replay.json["reference"]), (200, reference));
        let list = server.read_as(&json!(buyer), "/api/bookings").await;
        assert_eq!(list["bookings"][0]["reference"], *reference);
        server.pay(&booked, GOOD_CARD).await.made();
        let confirmed = server.booking(&booked).await;
        assert_eq!(
            (&confirmed["status"], &confirmed["reference"]),
            (&json!("confirmed"), reference)
        );
        let list = server.read_as(&json!(buyer), "/api/bookings").await;
        assert_eq!(list["bookings"][0]["reference"], *reference);
        some_pending(server, event, 20).await;
        let derived = "SELECT count(*) FROM bookings WHERE reference IS NULL OR strpos(
            replace(id::text, '-', '') || replace(buyer_id::text, '-', ''), lpad(to_hex(reference), 10, '0')) > 0";
        assert_eq!(server.count(derived).await, 0);
        let references = "SELECT count(DISTINCT reference) FROM bookings";
        assert_eq!(server.count(references).await, 21);
    })
    .await;
}

#[tokio::test]
async fn a_booking_from_before_references_were_stored_keeps_the_one_that_was_printed() {
    with_server(async |server| {
        let booked = pending(server, 1).await;
        server.sql("UPDATE bookings SET reference = NULL").await;
        let printed = Reference::of_older(text(&booked["id"]).parse().unwrap()).to_string();
        assert_ne!(booked["reference"], printed);
        assert_eq!(reference_of(server, &booked).await, printed);
        server.pay(&booked, GOOD_CARD).await.made();
        let list = server.read_as(&booked["buyer_id"], "/api/bookings").await;
        assert_eq!(list["bookings"][0]["reference"], printed);
    })
    .await;
}

#[tokio::test]
async fn a_booking_whose_reference_is_in_use_gets_another_when_it_is_confirmed() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let bookings = some_pending(server, event, 3).await;
        // A reference is of one event: the same of another is no collision.
        let elsewhere = pending(server, 1).await;
        let [first, second, third] = &bookings[..] else {
            unreachable!()
        };
        collide(server, [first, second, third, &elsewhere]).await;
        let reference = text(&first["reference"]);
        for booking in [first, &elsewhere] {
            server.pay(booking, GOOD_CARD).await.made();
            assert_eq!(reference_of(server, booking).await, reference);
        }
        assert_eq!(reference_of(server, second).await, reference, "held");
        let payment = server.pay(second, GOOD_CARD).await.made();
        assert_eq!(payment["status"], "succeeded");
        let confirmed = server.booking(second).await;
        assert_eq!(confirmed["status"], "confirmed");
        assert_ne!(confirmed["reference"], reference);
        // Who gave a confirmed booking back still asks for it by its reference.
        assert_eq!(server.cancel(first).await.status, 200);
        server.pay(third, GOOD_CARD).await.made();
        assert_ne!(reference_of(server, third).await, reference);
        assert_eq!(reference_of(server, first).await, reference);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_bookings_with_one_reference_that_are_confirmed_at_once_one_keeps_it() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let bookings = some_pending(server, event, 8).await;
        collide(server, &bookings).await;
        let paid = bookings.iter().map(async |booking| {
            server.pay(booking, GOOD_CARD).await.made();
            reference_of(server, booking).await
        });
        let references = join_all(paid).await;
        let kept = references
            .iter()
            .filter(|reference| **reference == text(&bookings[0]["reference"]));
        assert_eq!(kept.count(), 1, "{references:?}");
    })
    .await;
}

#[tokio::test]
async fn late_money_for_a_booking_whose_reference_is_in_use_confirms_it_under_another() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let bookings = some_pending(server, event, 2).await;
        collide(server, &bookings).await;
        let payment = server.charge_without_webhook(&bookings[0]).await;
        expire(server, &bookings[0]).await;
        server.pay(&bookings[1], GOOD_CARD).await.made();
        let told = server.webhook(&notice(&payment, "payment.succeeded")).await;
        assert_eq!((told.status, &told.json["duplicate"]), (200, &json!(false)));
        let late = server.booking(&bookings[0]).await;
        assert_eq!(late["status"], "confirmed");
        assert_ne!(late["reference"], bookings[0]["reference"]);
    })
    .await;
}

#[tokio::test]
async fn check_finds_two_confirmed_bookings_with_one_reference() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let bookings = some_pending(server, event, 2).await;
        for booking in &bookings {
            server.pay(booking, GOOD_CARD).await.made();
        }
        server.sql("DROP INDEX bookings_reference_key").await;
        collide(server, &bookings).await;
        let broken = check::check(&server.db).await.unwrap();
        let rules: Vec<_> = broken.iter().map(|violation| violation.invariant).collect();
        assert_eq!(rules, ["reference_once", "indexes_stand"]);
        server.sql("UPDATE bookings SET reference = NULL").await;
        server
            .sql(
                "CREATE UNIQUE INDEX bookings_reference_key ON bookings (event_id, reference)
                     WHERE confirmed_at IS NOT NULL",
            )
            .await;
    })
    .await;
}
