//! Bookings that come back to their buyers: by reference and e-mail address, or by a code from another browser.

use boxoffice::access::move_code;
use boxoffice::types::{BuyerId, base32};
use futures::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::organising::Program;
use crate::prices::{add_code, with_code};
use crate::support::gate::{Gate, Moment};
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
            // What was typed stays.
            for typed in [reference, email] {
                assert!(html.contains(&format!("value=\"{typed}\"")), "{html}");
            }
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

/// Before references were stored they were made of the bookings' ids.
#[tokio::test(flavor = "multi_thread")]
async fn a_booking_without_a_stored_reference_is_found_by_that_of_its_id() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let booked = paid(server, event, Uuid::new_v4(), "ana@example.org").await;
        server.sql("UPDATE bookings SET reference = NULL").await;
        let of_id = text(&server.booking(&booked).await["reference"]).to_owned();
        for (reference, status) in [(of_id.as_str(), 303), ("AAAA-AAAA", 404)] {
            let form = [("reference", reference), ("email", "ana@example.org")];
            let answer = send(server, "/bookings/find", None, &form).await;
            assert_eq!(answer.0, status, "{reference}");
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
            // Codes are guessed at no more often.
            let guess = async || {
                let request = server.client.post(format!("{}/buyers/move", server.url));
                let request = request
                    .header("Origin", &server.url)
                    .header("X-Forwarded-For", "192.0.2.4");
                let request = request.form(&[("code", "0000-0000-0000")]);
                request.send().await.unwrap().status().as_u16()
            };
            for expected in [404, 404, 404, 404, 404, 429] {
                assert_eq!(guess().await, expected);
            }
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
        let made_up = server.get("/bookings/find?code=%22%3E%3Cb%3E").await;
        assert!(!made_up.text().await.unwrap().contains("\"><b>"));
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

/// A browser that nobody knows becomes the buyer who has the bookings.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_gives_the_bookings_to_a_browser_that_was_never_here() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let old = Uuid::new_v4();
        let booked = paid(server, event, old, "a@b").await;
        let (_, _, html) = send(server, "/buyers/code", Some(&json!(old)), &[]).await;
        let post = server.client.post(format!("{}/buyers/move", server.url));
        let post = post.header("Origin", &server.url);
        let answer = post.form(&[("code", code_in(&html))]).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        let (cookie, _) = cookie.split_once(';').unwrap();
        let list = server.client.get(format!("{}/bookings", server.url));
        let list = list.header("Cookie", cookie).send().await.unwrap();
        let list = list.text().await.unwrap();
        assert!(list.contains(text(&booked["id"])), "{list}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_nobody_types_in_works_for_a_quarter_of_an_hour() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (old, new) = (Uuid::new_v4(), Uuid::new_v4());
        paid(server, event, old, "a@b").await;
        for (minutes, expected) in [(16, 404), (14, 303)] {
            let (_, _, html) = send(server, "/buyers/code", Some(&json!(old)), &[]).await;
            let age = format!(
                "UPDATE move_codes SET expires_at = expires_at - interval '{minutes} minutes'"
            );
            server.sql(&age).await;
            let code = code_in(&html);
            let form = [("code", code.as_str())];
            let (status, ..) = send(server, "/buyers/move", Some(&json!(new)), &form).await;
            assert_eq!(status, expected, "{minutes}");
        }
    })
    .await;
}

/// A lost answer may be asked for again; later the code is of no use, however often it was used.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_works_for_a_minute_more() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (old, new, third) = (Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4());
        paid(server, event, old, "a@b").await;
        let (_, _, html) = send(server, "/buyers/code", Some(&json!(old)), &[]).await;
        let code = code_in(&html);
        let form = [("code", code.as_str())];
        for _ in 0..2 {
            let (status, ..) = send(server, "/buyers/move", Some(&json!(new)), &form).await;
            assert_eq!(status, 303);
            server
                .sql("UPDATE move_codes SET expires_at = expires_at - interval '35 seconds'")
                .await;
        }
        // The old browser goes on booking: that is no business of who has the code.
        paid(server, event, old, "a@b").await;
        let (status, ..) = send(server, "/buyers/move", Some(&json!(third)), &form).await;
        assert_eq!(status, 404);
        assert_eq!(bookings_of(server, third).await.len(), 0);
        assert_eq!(bookings_of(server, new).await.len(), 1);
    })
    .await;
}

/// A code that two browsers use at once: every booking goes to one of them.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_move_the_same_bookings_at_once_one_has_them_all() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let [old, one, other] = [(); 3].map(|()| Uuid::new_v4());
        for _ in 0..3 {
            server.book(&order(event, old, &[("ga", 1)])).await.made();
        }
        let locker = server.db.get().await.unwrap();
        let lock = "BEGIN; SELECT FROM bookings FOR UPDATE";
        locker.batch_execute(lock).await.unwrap();
        let to = |buyer| boxoffice::booking::hand_over(&server.db, BuyerId(old), BuyerId(buyer));
        let release = async {
            let waits = "SELECT count(*) FROM pg_stat_activity
                WHERE wait_event_type = 'Lock' AND datname = current_database()";
            server.until(waits, 2).await;
            locker.batch_execute("COMMIT").await.unwrap();
        };
        let (first, second, ()) = tokio::join!(to(one), to(other), release);
        let mut moved = [first.unwrap(), second.unwrap()];
        moved.sort_unstable();
        assert_eq!(moved, [0, 3]);
        let both = [
            bookings_of(server, one).await,
            bookings_of(server, other).await,
        ];
        assert_eq!(both.concat().len(), 3);
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
        let gate = Gate::close(server, Moment::AtCommit).await;
        let orders = join_all((0..20).map(async |_| {
            server.book(&order(event, new, &[("ga", 1)])).await.made();
        }));
        // The first of the orders has taken the turn that the first of the bookings is to have.
        let moves = async {
            gate.until_waiting(1).await;
            let moved = boxoffice::booking::hand_over(&server.db, BuyerId(old), BuyerId(new));
            let open = async {
                let waits = "SELECT count(*) FROM pg_stat_activity
                    WHERE wait_event = 'transactionid' AND datname = current_database()";
                server.until(waits, 1).await;
                gate.open().await;
            };
            let (moved, ()) = tokio::join!(moved, open);
            assert_eq!(moved.unwrap(), 5);
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
        let held = server.book(&order(event, buyer, &[("ga", 1)])).await.made();
        let (status, ..) = send(server, "/buyers", Some(&json!(buyer)), &[]).await;
        assert_eq!(status, 200, "a hold would be lost");
        assert_eq!(server.cancel(&held).await.status, 200);
        let (status, ..) = send(server, "/buyers", Some(&json!(buyer)), &[]).await;
        assert_eq!(status, 303, "it holds nothing any more");
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
        // One that is paid, one that was cancelled.
        assert_eq!(bookings_of(server, next).await.len(), 2);
        // Who reads the table cannot use a code: it has 16 bytes of a hash of the digits' values.
        let digits: [u8; 12] = base32::read(&code).unwrap();
        let hash = Uuid::from_slice(&Sha256::digest(digits)[..16]).unwrap();
        let known = format!("SELECT count(*) FROM move_codes WHERE id = '{hash}'");
        assert_eq!(server.count(&known).await, 1);
        for wrong in ["0000-0000-0000", &code[..13], "", "no code"] {
            let redeemed = move_code::redeem(&server.db, wrong).await;
            assert_eq!(redeemed.unwrap(), None, "{wrong}");
        }
    })
    .await;
}

/// Each browser was a buyer when it used the code; what both have booked stands.
#[tokio::test(flavor = "multi_thread")]
async fn bookings_are_moved_although_one_buyer_would_not_have_got_them_with_the_code() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        add_code(
            &program,
            event,
            json!({"code": "ONE", "percent_bp": 1000, "max_uses_per_buyer": 1}),
        )
        .await;
        let (old, new) = (Uuid::new_v4(), Uuid::new_v4());
        for buyer in [old, new] {
            let body = with_code(order(event, buyer, &[("ga", 1)]), "ONE");
            server.book(&body).await.made();
        }
        let (_, _, html) = send(server, "/buyers/code", Some(&json!(old)), &[]).await;
        let (status, _, _) = send(
            server,
            "/buyers/move",
            Some(&json!(new)),
            &[("code", &code_in(&html))],
        )
        .await;
        assert_eq!((status, bookings_of(server, new).await.len()), (303, 2));
        let more = with_code(order(event, new, &[("ga", 1)]), "ONE");
        assert_eq!(server.book(&more).await.json["reason"], "used-up-by-buyer");
        // The organiser goes on with the code.
        let change = json!({"version": 1, "percent_bp": 2000});
        let changed = program.patch(&format!("/{event}/codes/ONE"), &change).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
    })
    .await;
}
