//! Who buyers say they are: asked for as the event wants, kept apart from the booking.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::{DECLINED_CARD, GOOD_CARD};
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
        let id: boxoffice::types::BookingId = text(&booked["id"]).parse().unwrap();
        let link = server
            .app
            .access
            .link(boxoffice::types::BookingLink::first(id))
            .await
            .unwrap();
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
        // Also if they are a buyer themselves.
        let another = server.client.get(format!(
            "{}/api/bookings/{}?access={link}",
            server.url,
            text(&booked["id"])
        ));
        let another = another.bearer_auth(token(&server.db, &json!(Uuid::new_v4())).await);
        let another = Answer::of(another.send().await.unwrap()).await;
        assert_eq!(
            (another.status, &another.json["contact"]),
            (200, &Value::Null)
        );
    })
    .await;
}

/// On the pages too: before it is paid, when it is refused, and on the receipt.
#[tokio::test(flavor = "multi_thread")]
async fn pages_show_a_contact_to_its_buyer_alone() {
    with_server(async |server| {
        let event = event_that(server, "optional").await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["contact"] = ana();
        let booked = server.book(&body).await.made();
        let id = text(&booked["id"]);
        let path = format!("{}/bookings/{id}", server.url);
        let link = server
            .app
            .access
            .link(boxoffice::types::BookingLink::first(id.parse().unwrap()))
            .await
            .unwrap();
        let own = token(&server.db, &booked["buyer_id"]).await;
        let another = token(&server.db, &json!(Uuid::new_v4())).await;
        let open = async |buyer: &str| {
            let page = server.client.get(format!("{path}?access={link}"));
            let page = page.header("Cookie", format!("buyer={buyer}"));
            let page = page.send().await.unwrap();
            assert_eq!(page.status(), 200);
            page.text().await.unwrap()
        };
        let check = async || {
            for part in ["Ana Reis", "Ana@Example.org"] {
                assert!(open(&own).await.contains(part), "{part}");
                assert!(!open(&another).await.contains(part), "{part}");
            }
        };
        check().await;
        let refused = server.client.post(format!("{path}/payments?access={link}"));
        let refused = refused.header("Origin", &server.url);
        let refused = refused.form(&[("key", fresh_key()), ("card_number", "1".into())]);
        let refused = refused.send().await.unwrap();
        assert_eq!(refused.status(), 422);
        assert!(!refused.text().await.unwrap().contains("Example.org"));
        server.pay(&booked, GOOD_CARD).await.made();
        check().await;
    })
    .await;
}

/// The address that counts is the last that was left.
#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_comes_with_the_payment_takes_the_place_of_the_one_before() {
    with_server(async |server| {
        let event = event_that(server, "optional").await;
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["contact"] = json!({"email": "typo@example.org"});
        let booked = server.book(&body).await.made();
        // From now on a name is needed, which this one does not have.
        server.sql(&format!("{RULE}'required'")).await;
        let refused = pay_with(server, &booked, None).await;
        assert_eq!(refused.problem(422), "invalid-request");
        pay_with(server, &booked, Some(ana())).await.made();
        assert_eq!(server.booking(&booked).await["contact"], ana());
        for (email, status) in [("ana@example.org", 303), ("typo@example.org", 404)] {
            let form = [("reference", text(&booked["reference"])), ("email", email)];
            let find = server.client.post(format!("{}/bookings/find", server.url));
            let find = find.header("Origin", &server.url).form(&form);
            assert_eq!(find.send().await.unwrap().status(), status, "{email}");
        }
    })
    .await;
}

/// Otherwise the buyer would no longer find the booking by the own address.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_pays_by_the_link_and_an_order_that_comes_again_replace_no_contact() {
    with_server(async |server| {
        let event = event_that(server, "optional").await;
        let eve = json!({"name": "Eve", "email": "eve@example.org"});
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["contact"] = eve.clone();
        let key = fresh_key();
        let booked = server.book_with_key(&key, &body).await.made();
        let decline =
            json!({"booking_id": booked["id"], "card_number": DECLINED_CARD, "contact": ana()});
        let url = format!("{}/api/payments", server.url);
        let paid = server
            .client
            .post(&url)
            .bearer_auth(token(&server.db, &booked["buyer_id"]).await);
        let paid = paid.header("Idempotency-Key", fresh_key()).json(&decline);
        assert_eq!(paid.send().await.unwrap().status(), 402);
        assert_eq!(server.booking(&booked).await["contact"], ana());
        assert_eq!(server.book_with_key(&key, &body).await.status, 200);
        assert_eq!(server.booking(&booked).await["contact"], ana());
        let id = text(&booked["id"]);
        let link = server
            .app
            .access
            .link(boxoffice::types::BookingLink::first(id.parse().unwrap()))
            .await
            .unwrap();
        let by_link = json!({"booking_id": id, "card_number": GOOD_CARD, "contact": eve});
        let paid = server.client.post(format!("{url}?access={link}"));
        let paid = paid.header("Idempotency-Key", fresh_key()).json(&by_link);
        assert_eq!(paid.send().await.unwrap().status(), 201);
        assert_eq!(server.booking(&booked).await["contact"], ana());
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
        for (name, email, wrong) in [
            ("Ana", "", [false, true]),
            ("", "ana@example.org", [true, false]),
            ("Ana", "ana@", [false, true]),
            ("", " ", [true, true]),
        ] {
            let (status, html) = send(name, email).await;
            assert_eq!(status, 422, "{name} {email}");
            let named =
                ["name", "email"].map(|field| html.contains(&format!("id=\"{field}-problem\"")));
            assert_eq!(named, wrong, "{name} {email}");
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
