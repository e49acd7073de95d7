//! Bookings that come back to their buyers: by reference and e-mail address, or by a code from another browser.

use boxoffice::access::move_code;
use boxoffice::types::BuyerId;
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::GOOD_CARD;
use crate::support::{Server, general, order, text, token, with_server, with_settings};

async fn paid(server: &Server, event: Uuid, buyer: Uuid, email: &str) -> Value {
    let mut body = order(event, buyer, &[("ga", 1)]);
    body["payment"] = json!({"card_number": GOOD_CARD});
    body["contact"] = json!({"name": "Ana", "email": email});
    server.book(&body).await.made()
}

/// Sends a form as the browser of this buyer; status, where it leads, and the page.
async fn send(
    server: &Server,
    path: &str,
    buyer: Option<&Value>,
    form: &[(&str, &str)],
) -> (u16, String, String) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let mut request = client
        .build()
        .unwrap()
        .post(format!("{}{path}", server.url))
        .form(form);
    request = request.header("Origin", &server.url);
    if let Some(buyer) = buyer {
        request = request.header(
            "Cookie",
            format!("buyer={}", token(&server.db, buyer).await),
        );
    }
    let answer = request.send().await.unwrap();
    let location = answer
        .headers()
        .get("location")
        .map(|to| to.to_str().unwrap().to_owned());
    (
        answer.status().as_u16(),
        location.unwrap_or_default(),
        answer.text().await.unwrap(),
    )
}

/// The code that a page shows.
fn code_in(html: &str) -> String {
    let (_, code) = html.split_once("<code>").unwrap();
    code.split_once("</code>").unwrap().0.to_owned()
}

async fn bookings_of(server: &Server, buyer: Uuid) -> Vec<Value> {
    let list = server.read_as(&json!(buyer), "/api/bookings").await;
    list["bookings"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn reference_and_address_together_open_a_booking_and_either_alone_says_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let booked = paid(server, event, Uuid::new_v4(), "Ana@Example.org").await;
        let other = paid(server, event, Uuid::new_v4(), "bela@example.org").await;
        let reference = text(&booked["reference"]);
        let find = async |reference: &str, email: &str| {
            send(
                server,
                "/bookings/find",
                None,
                &[("reference", reference), ("email", email)],
            )
            .await
        };
        let typed = reference.replace('-', "").to_lowercase();
        let (status, to, _) = find(&typed, " ana@example.ORG ").await;
        assert_eq!(status, 303);
        assert!(
            to.starts_with(&format!("/bookings/{}?access=", text(&booked["id"]))),
            "{to}"
        );
        let page = server
            .client
            .get(format!("{}{to}", server.url))
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), 200);

        // The same page for all of them, but for what was typed.
        let wrong = [
            (reference, "bela@example.org"),
            ("AAAA-AAAA", "ana@example.org"),
            (text(&other["reference"]), "ana@example.org"),
            ("no reference", "ana@example.org"),
        ];
        let mut pages = Vec::new();
        for (reference, email) in wrong {
            let (status, _, html) = find(reference, email).await;
            assert_eq!(status, 404, "{reference} {email}");
            pages.push(html.replace(reference, "REFERENCE").replace(email, "EMAIL"));
        }
        for page in &pages {
            // The clock of the page is its own.
            let after = |page: &str| page.split_once("<main").unwrap().1.to_owned();
            assert_eq!(after(page), after(&pages[0]));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_limited_by_address_and_by_reference() {
    with_settings(
        &[
            "--rate-limits",
            "on",
            "--limit-retrievals",
            "1/h:5",
            "--trusted-proxy",
            "127.0.0.1",
        ],
        async |server| {
            let guess = async |from: &str, reference: &str| {
                let form = [("reference", reference), ("email", "x@example.org")];
                let request = server
                    .client
                    .post(format!("{}/bookings/find", server.url))
                    .form(&form);
                let request = request
                    .header("Origin", &server.url)
                    .header("X-Forwarded-For", from);
                request.send().await.unwrap().status().as_u16()
            };
            for _ in 0..5 {
                assert_eq!(guess("192.0.2.1", "AAAA-AAA0").await, 404);
            }
            assert_eq!(guess("192.0.2.1", "AAAA-AAA1").await, 429);
            assert_eq!(
                guess("192.0.2.2", "AAAA-AAA0").await,
                429,
                "the reference is guessed at from elsewhere"
            );
            assert_eq!(guess("192.0.2.3", "AAAA-AAA2").await, 404);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_moves_all_bookings_of_a_browser_to_the_next_one_once() {
    with_server(async |server| {
        let events = [
            server.event(&[general("ga", 10)]).await,
            server.event(&[general("ga", 10)]).await,
        ];
        let (old, new) = (Uuid::new_v4(), Uuid::new_v4());
        for event in events {
            paid(server, event, old, "a@b").await;
            paid(server, event, new, "a@b").await;
        }
        let held = server
            .book(&order(events[0], old, &[("ga", 2)]))
            .await
            .made();
        let (status, _, html) = send(server, "/buyers/code", Some(&json!(old)), &[]).await;
        assert_eq!(status, 200);
        let code = code_in(&html);
        assert_eq!(
            bookings_of(server, old).await.len(),
            3,
            "showing the code moves nothing"
        );

        let link = format!("{}/bookings/find?code={code}", server.url);
        let opened = server
            .client
            .get(link)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(opened.contains(&format!("value=\"{code}\"")));
        assert_eq!(
            bookings_of(server, old).await.len(),
            3,
            "opening the link moves nothing"
        );

        let typed = code.to_lowercase().replace('-', " ");
        let (status, to, _) = send(
            server,
            "/buyers/move",
            Some(&json!(new)),
            &[("code", &typed)],
        )
        .await;
        assert_eq!((status, to.as_str()), (303, "/bookings"));
        assert_eq!(bookings_of(server, old).await.len(), 0);
        let moved = bookings_of(server, new).await;
        assert_eq!(moved.len(), 5);
        // The new owner can go on with them, and with the event.
        let mut mine = held.clone();
        mine["buyer_id"] = json!(new);
        server.pay(&mine, GOOD_CARD).await.made();
        server
            .book(&order(events[0], new, &[("ga", 1)]))
            .await
            .made();
    })
    .await;
}

/// A lost answer may be asked for again; later the code is of no use.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_works_for_a_minute_more() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (old, new, third) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
        paid(server, event, old, "a@b").await;
        let (_, _, html) = send(server, "/buyers/code", Some(&json!(old)), &[]).await;
        let code = code_in(&html);
        for _ in 0..2 {
            let form = [("code", code.as_str())];
            let (status, ..) = send(server, "/buyers/move", Some(&json!(new)), &form).await;
            assert_eq!(status, 303);
        }
        server
            .sql("UPDATE move_codes SET expires_at = expires_at - interval '2 minutes'")
            .await;
        let form = [("code", code.as_str())];
        let (status, ..) = send(server, "/buyers/move", Some(&json!(third)), &form).await;
        assert_eq!(status, 404);
        assert_eq!(bookings_of(server, third).await.len(), 0);
        assert_eq!(bookings_of(server, new).await.len(), 1);
    })
    .await;
}

/// Twenty orders of the new owner in the event, while the old one's bookings come to them.
#[tokio::test(flavor = "multi_thread")]
async fn bookings_that_are_moved_while_their_new_owner_books_are_all_there() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 100)]).await;
        server
            .sql("UPDATE events SET max_tickets_per_buyer = 1000")
            .await;
        let (old, new) = (Uuid::new_v4(), Uuid::new_v4());
        for _ in 0..5 {
            server.book(&order(event, old, &[("ga", 1)])).await.made();
        }
        let orders = join_all((0..20).map(async |_| {
            server.book(&order(event, new, &[("ga", 1)])).await.made();
        }));
        let moves = async {
            let moved = boxoffice::booking::hand_over(&server.db, BuyerId(old), BuyerId(new));
            assert_eq!(moved.await.unwrap(), 5);
        };
        tokio::join!(orders, moves);
        assert_eq!(bookings_of(server, new).await.len(), 25);
        let turns = "SELECT count(DISTINCT turn) FROM bookings";
        assert_eq!(server.count(turns).await, 25);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_starts_over_is_shown_the_way_back_first() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (buyer, next) = (Uuid::new_v4(), Uuid::new_v4());
        let (status, ..) = send(server, "/buyers", Some(&json!(buyer)), &[]).await;
        assert_eq!(status, 303, "nothing is lost");
        paid(server, event, buyer, "a@b").await;
        let (status, _, html) = send(server, "/buyers", Some(&json!(buyer)), &[]).await;
        assert_eq!(status, 200);
        let code = code_in(&html);
        let (status, ..) = send(server, "/buyers", Some(&json!(buyer)), &[("sure", "yes")]).await;
        assert_eq!(status, 303);
        // Months later.
        server
            .sql("UPDATE move_codes SET expires_at = expires_at - interval '300 days'")
            .await;
        let (status, ..) = send(
            server,
            "/buyers/move",
            Some(&json!(next)),
            &[("code", &code)],
        )
        .await;
        assert_eq!(status, 303);
        assert_eq!(bookings_of(server, next).await.len(), 1);
        // Who reads the table cannot use a code.
        assert!(
            !server
                .text("SELECT string_agg(m::text, ' ') FROM move_codes AS m")
                .await
                .contains(&code)
        );
        assert_eq!(
            move_code::redeem(&server.db, "0000-0000-0000")
                .await
                .unwrap(),
            None
        );
    })
    .await;
}
