//! What an order costs: taxes, fees and promo codes, the same wherever it is said; codes that are used exactly as often as
//! they may be; tiers that nobody sees without a code.

use std::sync::Arc;

use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::late_payments::{CHARGED, expire};
use crate::late_tickets::stop_expiry;
use crate::organising::Program;
use crate::reports::Organiser;
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::{GOOD_CARD, NO_WEBHOOKS, notice};
use crate::support::{
    Answer, FREE, as_buyer, fresh_key, general, order, text, with_server, with_settings,
};

/// Changes an event, as its organiser.
async fn change(program: &Program<'_>, event: Uuid, change: Value) -> Answer {
    let found = program.get(&format!("/{event}")).await.json;
    let mut change = change;
    change["version"] = found["version"].clone();
    program.patch(&format!("/{event}"), &change).await
}

pub(crate) async fn changed(program: &Program<'_>, event: Uuid, what: Value) {
    let answer = change(program, event, what).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
}

pub(crate) async fn add_code(program: &Program<'_>, event: Uuid, code: Value) -> Value {
    program.post(&format!("/{event}/codes"), &code).await.made()
}

pub(crate) async fn uses(program: &Program<'_>, event: Uuid, code: &str) -> i64 {
    let codes = program.get(&format!("/{event}/codes")).await.json;
    let codes = codes["codes"].as_array().unwrap();
    let found = codes.iter().find(|found| found["code"] == code).unwrap();
    found["uses"].as_i64().unwrap()
}

/// An order with a code.
pub(crate) fn with_code(mut body: Value, code: &str) -> Value {
    body["code"] = code.into();
    body
}

/// Why a code was refused: the problem's reason, which stands at the field.
fn refused(answer: &Answer) -> &str {
    assert_eq!(answer.problem(422), "code-refused", "{}", answer.json);
    assert_eq!(
        answer.json["errors"][0]["pointer"], "/code",
        "{}",
        answer.json
    );
    text(&answer.json["reason"])
}

pub(crate) fn total(booking: &Value) -> i64 {
    booking["total"]["amount"].as_i64().unwrap()
}

/// The sum of the lines that are added; each has the event's currency.
pub(crate) fn sum(booking: &Value) -> i64 {
    let lines = booking["price_lines"].as_array().unwrap().iter();
    let added = lines.filter(|line| line["included"] == false);
    added
        .map(|line| line["amount"]["amount"].as_i64().unwrap())
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one order, everywhere that it is seen"
)]
async fn what_a_buyer_pays_is_the_same_on_the_page_in_json_at_the_gateway_and_on_the_receipt() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server
            .event(&[general("ga", 100), general("vip", 100)])
            .await;
        changed(&program, event, json!({
            "taxes": [
                {"name": "VAT", "percent_bp": 2300, "included": true, "tiers": ["ga"]},
                {"name": "City tax", "percent_bp": 850, "tiers": ["vip"], "on_fees": true},
            ],
            "fees": [
                {"name": "Service fee", "per": "ticket", "percent_bp": 333},
                {"name": "Delivery", "per": "order", "amount_minor": 250},
                {"name": "Card fee", "per": "ticket", "amount_minor": 30, "borne_by": "organiser"},
            ],
        })).await;
        add_code(
            &program,
            event,
            json!({"code": "summer", "percent_bp": 1250}),
        )
        .await;
        let buyer = Uuid::new_v4();
        let body = with_code(order(event, buyer, &[("ga", 3), ("vip", 2)]), "Summer");
        let booking = server.book(&body).await.made();
        assert_eq!(sum(&booking), total(&booking), "{booking}");
        assert_eq!(booking["code"], "SUMMER");
        let read = server.booking(&booking).await;
        assert_eq!(
            read["price_lines"], booking["price_lines"],
            "as it was committed"
        );
        let kinds: Vec<&str> = read["price_lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| text(&line["kind"]))
            .collect();
        assert!(
            kinds.ends_with(&["tax", "tax", "tax", "tax"]) || kinds.contains(&"tax"),
            "{kinds:?}"
        );
        assert!(
            !read.to_string().contains("Card fee"),
            "what the organiser bears is not the buyer's"
        );
        let path = format!("/bookings/{}", text(&booking["id"]));
        let page = as_buyer(
            &server.db,
            server.client.get(format!("{}{path}", server.url)),
            &body,
        )
        .await;
        let page = page.send().await.unwrap().text().await.unwrap();
        let amount = format!("{}.{:02}", total(&booking) / 100, total(&booking) % 100);
        for shown in [
            "Service fee",
            "Delivery",
            "City tax 8.5%",
            "VAT 23%",
            "SUMMER",
            &amount,
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("Card fee"));
        let paid = server.pay(&booking, GOOD_CARD).await.made();
        assert_eq!(paid["amount"], booking["total"]);
        let charged = "SELECT amount_minor FROM gateway_charges";
        assert_eq!(server.count(charged).await, total(&booking));
        let exported = "SELECT total_minor FROM bookings";
        assert_eq!(server.count(exported).await, total(&booking));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_without_taxes_fees_and_codes_writes_no_lines_and_shows_what_its_tickets_cost() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let booking = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        assert_eq!(sum(&booking), total(&booking));
        assert_eq!(booking["code"], Value::Null);
        assert_eq!(server.count("SELECT count(*) FROM booking_lines").await, 0);
        let read = server.booking(&booking).await;
        assert_eq!(read["price_lines"], booking["price_lines"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn existing_bookings_keep_their_price_when_taxes_fees_and_codes_change() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        add_code(&program, event, json!({"code": "HALF", "percent_bp": 5000})).await;
        let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "HALF");
        let before = server.book(&body).await.made();
        changed(
            &program,
            event,
            json!({"fees": [{"name": "Fee", "amount_minor": 500}]}),
        )
        .await;
        let less = json!({"version": 1, "percent_bp": 1000});
        assert_eq!(
            program
                .patch(&format!("/{event}/codes/half"), &less)
                .await
                .status,
            200
        );
        let after = server
            .book(&with_code(
                order(event, Uuid::new_v4(), &[("ga", 1)]),
                "HALF",
            ))
            .await
            .made();
        assert_ne!(total(&after), total(&before));
        let read = server.booking(&before).await;
        assert_eq!(
            (total(&read), &read["price_lines"]),
            (total(&before), &before["price_lines"])
        );
        let paid = server.pay(&before, GOOD_CARD).await.made();
        assert_eq!(paid["amount"], before["total"]);
    })
    .await;
}

/// Of so many buyers, half at each of two servers, exactly as many book as the code has uses.
#[tokio::test(flavor = "multi_thread")]
async fn of_64_buyers_at_two_servers_exactly_10_use_a_code_that_has_10_uses() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 1_000)]).await;
        add_code(
            &program,
            event,
            json!({"code": "TEN", "percent_bp": 1000, "max_uses": 10}),
        )
        .await;
        let other = server.another().await;
        let barrier = tokio::sync::Barrier::new(64);
        let orders = (0..64).map(|n| {
            let (server, barrier) = (if n % 2 == 0 { server } else { &other }, &barrier);
            async move {
                let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "ten");
                barrier.wait().await;
                server.book(&body).await
            }
        });
        let answers = join_all(orders).await;
        let (made, not): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
        assert_eq!(made.len(), 10);
        assert!(not.iter().all(|answer| refused(answer) == "used-up"));
        assert_eq!(uses(&program, event, "TEN").await, 10);
        assert_eq!(
            server.count(FREE).await,
            990,
            "who was refused has no ticket"
        );
        other.stop().await;
    })
    .await;
}

/// Whoever waits for a code counts its uses when the one before has committed, not when the waiting began.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_of_a_code_goes_to_who_has_locked_it_first() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 100)]).await;
        let code = json!({"code": "ONCE", "percent_bp": 1000, "max_uses": 1});
        add_code(&program, event, code).await;
        let other = server.another().await;
        let body = || with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "ONCE");
        let (one, two) = (body(), body());
        let gate = Gate::close(server, Moment::BeforeBookings).await;
        let ((), first, second) = tokio::join!(
            async {
                other.until_a_code_is_waited_for().await;
                gate.open().await;
            },
            server.book(&one),
            async {
                gate.until_waiting(1).await;
                other.book(&two).await
            },
        );
        assert_eq!(first.status, 201, "{}", first.json);
        assert_eq!(refused(&second), "used-up");
        assert_eq!(uses(&program, event, "ONCE").await, 1);
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_uses_a_code_as_often_as_a_buyer_may_through_two_servers() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server
            .event_with(&[general("ga", 1_000)], |event| {
                event.max_tickets_per_buyer = Some(100)
            })
            .await;
        let code =
            json!({"code": "TWICE", "off_minor": 100, "max_uses": 50, "max_uses_per_buyer": 2});
        add_code(&program, event, code).await;
        let other = server.another().await;
        let buyers: Vec<Uuid> = (0..4).map(|_| Uuid::new_v4()).collect();
        let barrier = tokio::sync::Barrier::new(32);
        let orders = (0..32).map(|n| {
            let (server, barrier) = (if n % 2 == 0 { server } else { &other }, &barrier);
            let buyer = buyers[n / 2 % 4];
            async move {
                let body = with_code(order(event, buyer, &[("ga", 1)]), "TWICE");
                barrier.wait().await;
                (buyer, server.book(&body).await)
            }
        });
        let answers = join_all(orders).await;
        for buyer in buyers {
            let mine = answers.iter().filter(|(whose, _)| *whose == buyer);
            let (made, not): (Vec<_>, Vec<_>) = mine.partition(|(_, answer)| answer.status == 201);
            assert_eq!(made.len(), 2);
            assert!(
                not.iter()
                    .all(|(_, answer)| refused(answer) == "used-up-by-buyer")
            );
        }
        assert_eq!(uses(&program, event, "TWICE").await, 8);
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_ends_gives_its_use_back_and_a_replay_takes_none() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        add_code(
            &program,
            event,
            json!({"code": "ONE", "percent_bp": 1000, "max_uses": 1}),
        )
        .await;
        let book = async |buyer: Uuid, key: &str| {
            let body = with_code(order(event, buyer, &[("ga", 1)]), "ONE");
            server.book_with_key(key, &body).await
        };
        let (buyer, key) = (Uuid::new_v4(), fresh_key());
        let first = book(buyer, &key).await.made();
        assert_eq!(
            refused(&book(Uuid::new_v4(), &fresh_key()).await),
            "used-up"
        );
        // The key knows its booking although the code is used up, and withdrawn.
        program
            .post(&format!("/{event}/codes/ONE/withdraw"), &json!({}))
            .await;
        let again = book(buyer, &key).await;
        assert_eq!((again.status, &again.json["id"]), (200, &first["id"]));
        assert_eq!(
            refused(&book(Uuid::new_v4(), &fresh_key()).await),
            "withdrawn"
        );
        server
            .sql("UPDATE promo_codes SET withdrawn_at = NULL")
            .await;

        server.cancel(&first).await;
        assert_eq!(uses(&program, event, "ONE").await, 0);
        let held = book(Uuid::new_v4(), &fresh_key()).await.made();
        server.age_holds().await;
        server
            .until("SELECT count(*) FROM bookings WHERE status = 'expired'", 1)
            .await;
        let paid = book(Uuid::new_v4(), &fresh_key()).await.made();
        assert_ne!(paid["id"], held["id"]);
        server.pay(&paid, GOOD_CARD).await.made();
        assert_eq!(
            refused(&book(Uuid::new_v4(), &fresh_key()).await),
            "used-up"
        );
        server.cancel(&paid).await;
        let mut declined = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "ONE");
        declined["payment"] = json!({"card_number": "4000000000000002"});
        assert_eq!(
            server.book(&declined).await.problem(402),
            "payment-declined"
        );
        book(Uuid::new_v4(), &fresh_key()).await.made();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_wrong_early_late_or_for_other_tickets_is_refused_at_its_field() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10), general("vip", 10)]).await;
        for code in [
            json!({"code": "EARLY", "percent_bp": 1000, "valid_from": "2100-01-01T00:00:00Z"}),
            json!({"code": "LATE", "percent_bp": 1000, "valid_until": "2001-01-01T00:00:00Z"}),
            json!({"code": "VIP", "percent_bp": 1000, "tiers": ["vip"]}),
        ] {
            add_code(&program, event, code).await;
        }
        for (code, reason) in [
            ("NOPE", "unknown"),
            ("with a space", "unknown"),
            ("EARLY", "not-yet"),
            ("LATE", "over"),
            ("VIP", "not-for-these"),
        ] {
            let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), code);
            assert_eq!(refused(&server.book(&body).await), reason, "{code}");
        }
        assert_eq!(server.count(FREE).await, 20);
        let path = server.event_path(event).await;
        let page = server
            .get(&format!("{path}?code=nope&qty-ga=2"))
            .await
            .text()
            .await
            .unwrap();
        assert!(
            page.contains("id=\"code-problem\"") && page.contains("value=\"nope\""),
            "{page}"
        );
        assert!(
            page.contains("<option selected>") || page.contains("selected>"),
            "what was chosen stays"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_guessed_at_leisure() {
    let flags = [
        "--rate-limits",
        "on",
        "--limit-retrievals",
        "60/h:3",
        "--limit-bookings",
        "1000/s:1000",
    ];
    with_settings(&flags, async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        add_code(
            &program,
            event,
            json!({"code": "RIGHT", "percent_bp": 1000}),
        )
        .await;
        let ask = async |code: &str| {
            let answer = server
                .get(&format!("/api/events/{event}?code={code}"))
                .await;
            answer.status().as_u16()
        };
        assert_eq!(ask("right").await, 200, "a right one costs nothing");
        for wrong in ["a", "b", "c"] {
            assert_eq!(ask(wrong).await, 422);
        }
        assert_eq!(ask("d").await, 429);
        assert_eq!(
            ask("right").await,
            429,
            "or it would say which one is right"
        );
        let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "RIGHT");
        assert_eq!(server.book(&body).await.problem(429), "too-many-requests");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "every place where a tier could be seen"
)]
async fn a_hidden_tier_is_nowhere_to_be_seen_without_its_code() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([
            {"tier": "ga", "name": "General", "price_minor": 3000, "capacity": 20},
            {"tier": "friends", "name": "Friends of the house", "price_minor": 1000, "capacity": 20,
             "row_blocks": [10], "hidden": true},
        ])).await;
        let event: Uuid = text(&event["id"]).parse().unwrap();
        add_code(
            &program,
            event,
            json!({"code": "FRIEND", "tiers": ["friends"]}),
        )
        .await;
        changed(&program, event, json!({
            "taxes": [{"name": "Levy on friends", "percent_bp": 1000, "included": true, "tiers": ["friends"]}],
            "translations": {"de": {"tiers": {"friends": "Freunde des Hauses"}}},
        })).await;
        let page = server.event_path(event).await;
        let seen = [
            "/".to_owned(),
            "/api/events".to_owned(),
            "/sitemap-0.xml".to_owned(),
            "/events.atom".to_owned(),
            "/events.ics".to_owned(),
            page.clone(),
            format!("/de{page}"),
            format!("{page}?seats=friends"),
            format!("{page}?code=wrong"),
            format!("/api/events/{event}"),
            format!("/api/events/{event}/availability"),
        ];
        for path in &seen {
            let shown = server.get(path).await.text().await.unwrap().to_lowercase();
            // Links to other languages repeat the query.
            let shown = shown.replace("seats=friends", "");
            assert!(
                !shown.contains("friends") && !shown.contains("freunde"),
                "{path}: {shown}"
            );
            assert!(!shown.contains("10.00"), "{path}: its price is the lowest");
        }
        let map = format!("/api/events/{event}/seats?tier=friends");
        assert_eq!(server.get(&map).await.status(), 404);
        let stream = format!("/api/events/{event}/availability/stream?seats=friends");
        assert_eq!(server.get(&stream).await.status(), 404);
        let body = order(event, Uuid::new_v4(), &[("friends", 1)]);
        assert_eq!(server.book(&body).await.problem(422), "invalid-request");

        for path in [
            format!("{page}?code=friend"),
            format!("/api/events/{event}?code=friend"),
            format!("/api/events/{event}/availability?code=friend"),
            format!("{map}&code=friend"),
        ] {
            let shown = server.get(&path).await.text().await.unwrap();
            assert!(shown.contains("friends"), "{path}: {shown}");
        }
        let booking = server.book(&with_code(body, "friend")).await.made();
        assert_eq!(
            (total(&booking), &booking["code"]),
            (1000, &json!("FRIEND"))
        );
        let read = server.booking(&booking).await;
        assert_eq!(read["items"][0]["name"], "Friends of the house");
        server.pay(&booking, GOOD_CARD).await.made();
        for path in &seen {
            let shown = server.get(path).await.text().await.unwrap().to_lowercase();
            let shown = shown.replace("seats=friends", "");
            assert!(
                !shown.contains("friends"),
                "{path} after it was read with the code"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_with_a_fraction_of_a_minor_unit_is_refused_and_rounding_follows_the_currency() {
    with_server(async |server| {
        let program = Program::new(server).await;
        for (currency, unit, tax, expected) in [("JPY", 1_050, 1_000, 1_155), ("KWD", 10_005, 500, 10_505)] {
            let event = server.event_with(&[general("ga", 10)], |event| {
                event.currency = currency.parse().unwrap();
                event.tiers[0].price_minor = unit;
            }).await;
            changed(&program, event, json!({"taxes": [{"name": "Tax", "percent_bp": tax}]})).await;
            let booking = server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await.made();
            // 10.005 KWD and 5% of it, 0.50025: to the fils.
            assert_eq!((total(&booking), sum(&booking)), (expected, expected));
            let fraction = json!({"fees": [{"name": "Fee", "amount_minor": 0.5}]});
            let answer = change(&program, event, fraction).await;
            assert_eq!(answer.problem(422), "invalid-request");
            assert_eq!(answer.json["errors"][0]["pointer"], "/fees/0/amount_minor", "{}", answer.json);
            for wrong in [
                json!({"fees": [{"name": "Fee"}]}),
                json!({"fees": [{"name": "Fee", "amount_minor": 1, "percent_bp": 1}]}),
                json!({"taxes": [{"name": "", "percent_bp": 10_001, "tiers": ["none"]}]}),
            ] {
                assert_eq!(change(&program, event, wrong).await.problem(422), "invalid-request");
            }
            let wrong = json!({"code": "X Y", "percent_bp": 0, "off_minor": 0, "tiers": ["none"], "max_uses": 0});
            let answer = program.post(&format!("/{event}/codes"), &wrong).await;
            assert_eq!(answer.problem(422), "invalid-request");
            assert!(answer.json["errors"].as_array().unwrap().len() >= 5, "{}", answer.json);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_changed_by_its_version_limited_to_no_fewer_uses_than_it_has_and_withdrawn() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        add_code(&program, event, json!({"code": "TEAM", "percent_bp": 1000})).await;
        let twice = program
            .post(
                &format!("/{event}/codes"),
                &json!({"code": "team", "percent_bp": 1}),
            )
            .await;
        assert_eq!(twice.problem(422), "invalid-request");
        for _ in 0..2 {
            server
                .book(&with_code(
                    order(event, Uuid::new_v4(), &[("ga", 1)]),
                    "TEAM",
                ))
                .await
                .made();
        }
        let path = format!("/{event}/codes/TEAM");
        let fewer = program
            .patch(&path, &json!({"version": 1, "max_uses": 1}))
            .await;
        assert_eq!(fewer.problem(422), "invalid-request");
        assert_eq!(fewer.json["errors"][0]["pointer"], "/max_uses");
        let limited = program
            .patch(&path, &json!({"version": 1, "max_uses": 2}))
            .await;
        assert_eq!(
            (&limited.json["version"], &limited.json["uses"]),
            (&json!(2), &json!(2))
        );
        let stale = program
            .patch(&path, &json!({"version": 1, "max_uses": 3}))
            .await;
        assert_eq!(stale.problem(409), "edited-meanwhile");
        let full = server
            .book(&with_code(
                order(event, Uuid::new_v4(), &[("ga", 1)]),
                "TEAM",
            ))
            .await;
        assert_eq!(refused(&full), "used-up");
        let withdrawn = program
            .ask(Method::POST, &format!("{path}/withdraw"), None)
            .await;
        assert!(
            withdrawn.json["withdrawn_at"].is_string(),
            "{}",
            withdrawn.json
        );
        let told = "SELECT count(*) FROM audit_entries WHERE action LIKE 'code.%'";
        assert_eq!(server.count(told).await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_is_what_the_report_and_the_export_by_tax_add_up_to() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 50), general("vip", 50)]).await;
        let charges = json!({
            "taxes": [{"name": "VAT", "percent_bp": 1000, "included": true}],
            "fees": [{"name": "Fee", "per": "order", "amount_minor": 150}],
        });
        changed(&program, event, charges).await;
        add_code(&program, event, json!({"code": "LESS", "off_minor": 100})).await;
        let organiser = Organiser::new(server).await;
        let mut paid = Vec::new();
        for items in [vec![("ga", 2)], vec![("ga", 1), ("vip", 1)]] {
            let mut body = with_code(order(event, Uuid::new_v4(), &items), "LESS");
            body["payment"] = json!({"card_number": GOOD_CARD});
            paid.push(server.book(&body).await.made());
        }
        server.cancel(&paid[0]).await;
        let report = organiser.report(event, 2, 1).await;
        assert_eq!(
            report["all"]["gross"]["amount"],
            total(&paid[0]) + total(&paid[1])
        );
        assert_eq!(report["all"]["net"]["amount"], total(&paid[1]));
        let file = organiser
            .ask(&format!("/events/{event}/exports/sales.jsonl"))
            .await;
        let file = file.text().await.unwrap();
        let rows: Vec<Value> = file
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let sum = |column: &str| -> i64 {
            let amounts = rows.iter().map(|row| row[column]["amount"].as_i64());
            amounts.map(|amount| amount.expect("an amount")).sum()
        };
        assert_eq!(sum("gross"), total(&paid[0]) + total(&paid[1]));
        assert_eq!(sum("refunds"), total(&paid[0]));
        assert_eq!((sum("discounts"), sum("fees")), (400, 300));
        let tax = |booking: &Value| -> i64 {
            let lines = booking["price_lines"].as_array().unwrap().iter();
            let taxes = lines.filter(|line| line["kind"] == "tax");
            taxes
                .map(|line| line["amount"]["amount"].as_i64().unwrap())
                .sum()
        };
        assert!(tax(&paid[0]) > 0);
        assert_eq!(sum("taxes"), tax(&paid[0]) + tax(&paid[1]));
        assert_eq!(sum("taxes_refunded"), tax(&paid[0]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_when_its_code_is_used_up_goes_back() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        let code = json!({"code": "ONE", "percent_bp": 1000, "max_uses": 1});
        add_code(&program, event, code).await;
        let book = async || {
            let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "ONE");
            server.book(&body).await
        };
        let late = book().await.made();
        let payment = server.charge_without_webhook(&late).await;
        expire(server, &late).await;
        let other = book().await.made();
        let answer = server.webhook(&notice(&payment, "payment.succeeded")).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(server.booking(&late).await["status"], "expired");
        server.until(CHARGED, 0).await;
        // With the use given back, the same money would have had its tickets.
        server.cancel(&other).await;
        let late = book().await.made();
        let payment = server.charge_without_webhook(&late).await;
        expire(server, &late).await;
        let answer = server.webhook(&notice(&payment, "payment.succeeded")).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(server.booking(&late).await["status"], "confirmed");
        assert_eq!(uses(&program, event, "ONE").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "every form of one page")]
async fn taxes_fees_and_codes_are_written_on_a_page() {
    with_server(async |server| {
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let event = server.event(&[general("ga", 10)]).await;
        let prices = format!("/admin/events/{event}/prices");
        let send = async |to: &str, fields: &[(&str, &str)]| {
            let answer = manager.post(server, &format!("{prices}{to}"), fields).await;
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        let version = async || {
            let page = manager.get(server, &prices).await.text().await.unwrap();
            let at = page.split_once("name=\"version\" value=\"").unwrap().1;
            at.split_once('"').unwrap().0.to_owned()
        };
        let now = version().await;
        let tax = [
            ("version", now.as_str()),
            ("name", "VAT"),
            ("percent", "8,755"),
        ];
        let (status, page) = send("/taxes", &tax).await;
        assert!(
            status == 422 && page.contains("id=\"new-tax-percent-problem\""),
            "{page}"
        );
        let tax = [
            ("version", now.as_str()),
            ("name", "VAT"),
            ("percent", "8,75 %"),
            ("kind", "added"),
            ("of", "both"),
        ];
        assert_eq!(send("/taxes", &tax).await.0, 303);
        let (status, page) = send("/taxes", &tax).await;
        assert!(status == 422 && page.contains("Somebody else"), "{page}");
        let now = version().await;
        let fee = [
            ("version", now.as_str()),
            ("name", "Fee"),
            ("amount", "1.505"),
        ];
        let (status, page) = send("/fees", &fee).await;
        assert!(
            status == 422 && page.contains("id=\"new-fee-amount-problem\""),
            "{page}"
        );
        let fee = [
            ("version", now.as_str()),
            ("name", "Fee"),
            ("amount", "1.50"),
            ("per", "order"),
        ];
        assert_eq!(send("/fees", &fee).await.0, 303);
        let code = [("code", "summer"), ("percent", "10"), ("uses", "3")];
        assert_eq!(send("/codes", &code).await.0, 303);
        let (status, page) = send("/codes", &code).await;
        assert!(
            status == 422 && page.contains("id=\"new-code-code-problem\""),
            "{page}"
        );
        let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "Summer");
        let booking = server.book(&body).await.made();
        // 10.00 less 10%, 8.75% of it; 1.50, and 8.75% of that.
        assert_eq!(total(&booking), 900 + 79 + 150 + 13);
        let page = manager.get(server, &prices).await.text().await.unwrap();
        assert!(page.contains("8.75%") && page.contains("1 / 3"), "{page}");
        let its = format!("/admin/bookings/{}", text(&booking["id"]));
        let its = manager.get(server, &its).await.text().await.unwrap();
        for shown in ["VAT 8.75%", "Fee", "Code SUMMER"] {
            assert!(its.contains(shown), "{shown}: {its}");
        }
        let withdraw = [("was", "SUMMER"), ("withdraw", "1")];
        assert_eq!(send("/codes", &withdraw).await.0, 303);
        let body = with_code(order(event, Uuid::new_v4(), &[("ga", 1)]), "SUMMER");
        assert_eq!(refused(&server.book(&body).await), "withdrawn");
        let now = version().await;
        let remove = [("version", now.as_str()), ("index", "0"), ("remove", "1")];
        assert_eq!(send("/taxes", &remove).await.0, 303);
        let taxes = "SELECT jsonb_array_length(taxes)::bigint FROM events";
        assert_eq!(server.count(taxes).await, 0);
    })
    .await;
}

/// What an order may be was changed after it was made: its key knows its booking all the same.
#[tokio::test]
async fn an_order_that_is_sent_again_is_answered_whatever_may_be_ordered_now() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10), general("vip", 10)]).await;
        add_code(&program, event, json!({"code": "HALF", "percent_bp": 5000})).await;
        let key = fresh_key();
        let body = with_code(order(event, Uuid::new_v4(), &[("ga", 2)]), "HALF");
        let first = server.book_with_key(&key, &body).await.made();
        let plain_key = fresh_key();
        let plain = order(event, Uuid::new_v4(), &[("ga", 2)]);
        let second = server.book_with_key(&plain_key, &plain).await.made();
        let narrowed = json!({"version": 1, "tiers": ["vip"]});
        let narrowed = program
            .patch(&format!("/{event}/codes/HALF"), &narrowed)
            .await;
        assert_eq!(narrowed.status, 200, "{}", narrowed.json);
        let again = server.book_with_key(&key, &body).await;
        assert_eq!(
            (again.status, &again.json["id"]),
            (200, &first["id"]),
            "{}",
            again.json
        );
        changed(&program, event, json!({"max_tickets_per_booking": 1})).await;
        for (key, body, booking) in [(&key, &body, &first), (&plain_key, &plain, &second)] {
            let again = server.book_with_key(key, body).await;
            assert_eq!(
                (again.status, &again.json["id"]),
                (200, &booking["id"]),
                "{}",
                again.json
            );
        }
        // A key that knows nothing, and one that knows another request.
        let refused = server.book(&plain).await;
        assert_eq!(refused.problem(422), "over-limit");
        let more = order(
            event,
            text(&second["buyer_id"]).parse().unwrap(),
            &[("ga", 3)],
        );
        let refused = server.book_with_key(&plain_key, &more).await;
        assert_eq!(refused.problem(422), "over-limit");
        changed(&program, event, json!({"max_tickets_per_booking": 10})).await;
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 2);
    })
    .await;
}

/// Nobody ends the hold but the order that wants its use.
#[tokio::test]
async fn a_use_whose_hold_is_over_is_had_by_whoever_comes_next() {
    for limit in ["max_uses", "max_uses_per_buyer"] {
        with_server(async |server| {
            let program = Program::new(server).await;
            let event = server.event(&[general("ga", 10)]).await;
            let mut code = json!({"code": "ONE", "percent_bp": 1000});
            code[limit] = json!(1);
            add_code(&program, event, code).await;
            let buyer = Uuid::new_v4();
            let body = with_code(order(event, buyer, &[("ga", 1)]), "ONE");
            server.book(&body).await.made();
            assert_eq!(
                refused(&server.book(&body).await),
                if limit == "max_uses" {
                    "used-up"
                } else {
                    "used-up-by-buyer"
                }
            );
            stop_expiry(server).await;
            server.age_holds().await;
            server.book(&body).await.made();
            assert_eq!(
                server
                    .count("SELECT count(*) FROM bookings WHERE status = 'expired'")
                    .await,
                1
            );
            assert_eq!(uses(&program, event, "ONE").await, 1);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_moment_are_counted_before_any_is_looked_up() {
    let flags = [
        "--rate-limits",
        "on",
        "--limit-retrievals",
        "1/h:3",
        "--limit-reads",
        "1000/s:1000",
    ];
    with_settings(&flags, async |server| {
        let program = Program::new(server).await;
        let event = server.event(&[general("ga", 10)]).await;
        let code = json!({"code": "RIGHT", "percent_bp": 1000});
        add_code(&program, event, code).await;
        let url = format!("{}/api/events/{event}?code=right", server.url);
        assert_eq!(server.client.get(&url).send().await.unwrap().status(), 200);
        // No look-up ends while all guesses are sent.
        let mut client = server.db.get().await.unwrap();
        let lock = client.transaction().await.unwrap();
        let statement = "LOCK TABLE promo_codes IN ACCESS EXCLUSIVE MODE";
        lock.batch_execute(statement).await.unwrap();
        let start = Arc::new(Barrier::new(200));
        let guesses = (0..200).map(|_| {
            let (start, request) = (start.clone(), server.client.get(&url));
            tokio::spawn(async move {
                start.wait().await;
                request.send().await.unwrap().status().as_u16()
            })
        });
        let statuses = join_all(guesses).await;
        lock.rollback().await.unwrap();
        let refused = statuses
            .into_iter()
            .filter(|one| *one.as_ref().unwrap() == 429);
        assert_eq!(refused.count(), 197);
    })
    .await;
}
