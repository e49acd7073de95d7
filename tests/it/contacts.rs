//! Who buyers say they are: asked for as the event wants, kept apart from the booking.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::GOOD_CARD;
use crate::support::{Answer, FREE, Server, fresh_key, general, order, text, token, with_server};

const CONTACTS: &str = "SELECT count(*) FROM contacts";
const RULE: &str = "UPDATE events SET contact = ";

fn ana() -> Value {
    json!({"name": "Ana Reis", "email": "Ana@Example.org"})
}

async fn event_that(server: &Server, rule: &str) -> Uuid {
    let event = server.event(&[general("ga", 10)]).await;
    server.sql(&format!("{RULE}'{rule}'")).await;
    event
}

async fn pay_with(server: &Server, booking: &Value, contact: Option<Value>) -> Answer {
    let mut body = json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"], "card_number": GOOD_CARD});
    if let Some(contact) = contact {
        body["contact"] = contact;
    }
    Answer::of(server.post("/api/payments", &fresh_key(), &body).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_may_say_whose_it_is_and_its_buyer_reads_it_again() {
    with_server(async |server| {
        let event = event_that(server, "optional").await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["contact"] = ana();
        let key = fresh_key();
        let booked = server.book_with_key(&key, &body).await.made();
        assert_eq!(booked["contact"], ana());
        assert_eq!(server.booking(&booked).await["contact"], ana());
        let list = server.read_as(&booked["buyer_id"], "/api/bookings").await;
        assert_eq!(list["bookings"][0]["contact"], ana());
        // The same key with another contact is another request.
        body["contact"]["name"] = json!("Bela");
        let other = server.book_with_key(&key, &body).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
        assert_eq!(server.count(CONTACTS).await, 1);
        // Whoever has the link sees the booking, and not whose it is.
        let id = text(&booked["id"]).parse().unwrap();
        let link = server.app.access.link(id).await.unwrap();
        let seen = server
            .read(&format!(
                "/api/bookings/{}?access={link}",
                text(&booked["id"])
            ))
            .await;
        assert_eq!(
            (&seen["id"], &seen["contact"]),
            (&booked["id"], &Value::Null)
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_requires_a_contact_is_not_paid_without_one() {
    with_server(async |server| {
        let event = event_that(server, "required").await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        for (contact, pointer) in [
            (None, "/contact"),
            (Some(json!({"email": "ana@example.org"})), "/contact"),
            (
                Some(json!({"name": "Ana", "email": "ana"})),
                "/contact/email",
            ),
            (
                Some(json!({"name": "A".repeat(201), "email": "a@b"})),
                "/contact/name",
            ),
        ] {
            let refused = pay_with(server, &booked, contact).await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
        assert_eq!(server.count(CONTACTS).await, 0);
        pay_with(server, &booked, Some(ana())).await.made();
        assert_eq!(server.booking(&booked).await["contact"], ana());

        // Paid in the same request: refused before anything is booked.
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        let refused = server.book(&body).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/contact");
        assert_eq!(server.count(FREE).await, 8);
        body["contact"] = ana();
        let booked = server.book(&body).await.made();
        assert_eq!(
            (&booked["status"], &booked["contact"]),
            (&json!("confirmed"), &ana())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_asks_for_no_contact_takes_none() {
    with_server(async |server| {
        let event = event_that(server, "none").await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["contact"] = ana();
        let refused = server.book(&body).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/contact");
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let refused = pay_with(server, &booked, Some(ana())).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(server.count(CONTACTS).await, 0);
        pay_with(server, &booked, None).await.made();
    })
    .await;
}

/// On the pages: what is wrong is said beside its field, and what was typed stays.
#[tokio::test(flavor = "multi_thread")]
async fn the_form_that_pays_says_what_is_wrong_beside_its_field() {
    with_server(async |server| {
        let event = event_that(server, "required").await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let token = token(&server.db, &booked["buyer_id"]).await;
        let path = format!("{}/bookings/{}", server.url, text(&booked["id"]));
        let send = async |name: &str, email: &str| {
            let form = [
                ("key", fresh_key()),
                ("card_number", GOOD_CARD.to_owned()),
                ("name", name.to_owned()),
                ("email", email.to_owned()),
            ];
            let request = server.client.post(format!("{path}/payments")).form(&form);
            let request = request
                .header("Cookie", format!("buyer={token}"))
                .header("Origin", &server.url);
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        for (name, email, field) in [
            ("Ana", "", "email"),
            ("", "ana@example.org", "name"),
            ("Ana", "ana@", "email"),
        ] {
            let (status, html) = send(name, email).await;
            assert_eq!(status, 422, "{name} {email}");
            assert!(
                html.contains(&format!("id=\"{field}-problem\"")),
                "{name} {email}"
            );
            assert!(html.contains(&format!(
                "value=\"{}\"",
                if name.is_empty() { email } else { name }
            )));
            assert!(!html.contains(GOOD_CARD));
        }
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
        assert_eq!(send("Ana", "ana@example.org").await.0, 303);
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
    })
    .await;
}
