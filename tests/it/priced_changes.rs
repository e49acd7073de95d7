//! Prices with taxes, fees and codes in them, where organisers change what was paid or are paid by hand: what goes back is
//! each line's share, and in the end what was paid.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::box_office::{for_cash, sell};
use crate::changing::{BACK, exchange, give_back, seats, tickets};
use crate::organising::Program;
use crate::prices::{add_code, changed, sum, total, uses, with_code};
use crate::reports::Organiser;
use crate::support::gateway::GOOD_CARD;
use crate::support::{Server, general, numbered, order, text, with_server};

/// An event whose prices have a tax, fees of tickets and orders, and a code.
async fn priced_event(server: &Server, program: &Program<'_>) -> Uuid {
    let tiers = [numbered("vip", 20, &[10]), general("ga", 30)];
    let event = server.event(&tiers).await;
    let charges = json!({
        "taxes": [{"name": "VAT", "percent_bp": 833, "on_fees": true}],
        "fees": [
            {"name": "Service fee", "per": "ticket", "percent_bp": 333},
            {"name": "Delivery", "per": "order", "amount_minor": 250},
        ],
    });
    changed(program, event, charges).await;
    add_code(program, event, json!({"code": "LESS", "percent_bp": 1111})).await;
    event
}

/// Shown by the report, once it has all of it.
async fn net(organiser: &Organiser<'_>, event: Uuid, cancelled: i64, minor: i64) -> Value {
    let mut report = Value::Null;
    for _ in 0..100 {
        report = organiser.report(event, 1, cancelled).await;
        if report["all"]["net"]["amount"] == minor {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(report["all"]["net"]["amount"], minor, "{report}");
    report
}

#[tokio::test]
async fn what_goes_back_for_tickets_is_their_share_of_each_line_and_in_the_end_what_was_paid() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = priced_event(server, &program).await;
        let organiser = Organiser::new(server).await;
        let mut body = with_code(
            order(event, Uuid::new_v4(), &[("vip", 3), ("ga", 2)]),
            "LESS",
        );
        body["payment"] = json!({"card_number": GOOD_CARD});
        let bought = server.book(&body).await.made();
        net(&organiser, event, 0, total(&bought)).await;
        let (vip, ga) = (seats(&bought, "vip"), seats(&bought, "ga"));
        let mut back = 0;
        let both = json!([{"tier": "vip", "seat": vip[0]}, {"tier": "ga", "seat": ga[0]}]);
        for wanted in [both, tickets("vip", &[&vip[1], &vip[2]])] {
            let changed = give_back(&organiser, &bought, wanted).await;
            assert_eq!(changed.status, 200, "{}", changed.json);
            let now = server.count(BACK).await;
            assert!(now > back, "something goes back");
            back = now;
            // The lines that are shown are those of what is left.
            let read = server.booking(&bought).await;
            assert_eq!(sum(&read), total(&bought) - back, "{read}");
            net(&organiser, event, 0, total(&bought) - back).await;
        }
        let left = server.booking(&bought).await;
        let names: Vec<&str> = left["price_lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| text(&line["name"]))
            .collect();
        assert!(
            names.contains(&"Delivery"),
            "goes back with the last ticket: {names:?}"
        );
        assert_eq!(server.cancel(&bought).await.status, 200);
        assert_eq!(server.count(BACK).await, total(&bought));
        net(&organiser, event, 1, 0).await;
        assert_eq!(uses(&program, event, "LESS").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_exchange_within_a_tier_moves_no_money_and_one_for_another_tier_is_refused() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = priced_event(server, &program).await;
        let organiser = Organiser::new(server).await;
        let mut body = with_code(order(event, Uuid::new_v4(), &[("vip", 2), ("ga", 1)]), "LESS");
        body["payment"] = json!({"card_number": GOOD_CARD});
        let bought = server.book(&body).await.made();
        net(&organiser, event, 0, total(&bought)).await;
        let vip = seats(&bought, "vip");
        let other = json!({"tickets": tickets("vip", &[&vip[0]]), "tier": "ga"});
        let refused = exchange(&organiser, &bought, other).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/tier");
        assert!(refused.json["errors"][0]["detail"].as_str().unwrap().contains("book anew"), "{}", refused.json);
        let same = json!({"tickets": tickets("vip", &[&vip[0], &vip[1]]), "tier": "vip", "seats": ["B-5", "B-6"]});
        let changed = exchange(&organiser, &bought, same).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
        assert_eq!(seats(&changed.json["booking"], "vip"), ["B-5", "B-6"]);
        assert_eq!(server.count(BACK).await, 0);
        net(&organiser, event, 0, total(&bought)).await;
        let one = give_back(&organiser, &bought, tickets("vip", &["B-5"])).await;
        assert_eq!(one.status, 200, "{}", one.json);
        assert_eq!(server.cancel(&bought).await.status, 200);
        assert_eq!(server.count(BACK).await, total(&bought));
        net(&organiser, event, 1, 0).await;
    })
    .await;
}

#[tokio::test]
async fn an_order_that_a_code_makes_free_is_confirmed_at_once_and_its_use_is_counted() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = priced_event(server, &program).await;
        let gift = json!({"code": "GIFT", "percent_bp": 10_000, "max_uses": 1});
        add_code(&program, event, gift).await;
        let body = with_code(order(event, Uuid::new_v4(), &[("vip", 2)]), "GIFT");
        let booking = server.book(&body).await.made();
        assert_eq!(
            (&booking["status"], total(&booking)),
            (&json!("confirmed"), 0),
            "{booking}"
        );
        assert_eq!(uses(&program, event, "GIFT").await, 1);
        let again = with_code(order(event, Uuid::new_v4(), &[("vip", 1)]), "GIFT");
        assert_eq!(server.book(&again).await.problem(422), "code-refused");
        assert_eq!(server.cancel(&booking).await.status, 200);
        assert_eq!(uses(&program, event, "GIFT").await, 0);
        assert_eq!(server.book(&again).await.made()["status"], "confirmed");
    })
    .await;
}

#[tokio::test]
async fn the_counter_takes_taxes_and_fees_and_gifts_have_none() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = priced_event(server, &program).await;
        let organiser = Organiser::new(server).await;
        let asked = server
            .book(&order(event, Uuid::new_v4(), &[("vip", 1), ("ga", 2)]))
            .await
            .made();
        let sold = sell(&organiser, event, &for_cash(&[("vip", 1), ("ga", 2)], None)).await;
        assert_eq!(sold.status, 201, "{}", sold.json);
        let booking = &sold.json["booking"];
        assert_eq!(
            (total(booking), sum(booking)),
            (total(&asked), total(&asked)),
            "{booking}"
        );
        assert_eq!(booking["price_lines"], asked["price_lines"]);
        assert_eq!(booking["payment"]["amount"], asked["total"]);
        let report = net(&organiser, event, 0, total(booking)).await;
        let ways = report["ways"].as_array().unwrap().iter();
        let cash: Vec<_> = ways.filter(|way| way["way"] == "cash").collect();
        assert_eq!(cash[0]["net"], asked["total"], "{report}");
        let gift = json!({
            "items": [{"tier": "vip", "quantity": 1}],
            "contact": {"name": "Bo", "email": "bo@example.org"},
            "reason": "Press",
        });
        let path = format!("/events/{event}/complimentary");
        let given = organiser
            .post_once(&path, &crate::support::fresh_key(), &gift)
            .await;
        assert_eq!(given.status, 201, "{}", given.json);
        assert_eq!(
            server
                .count("SELECT count(DISTINCT booking_id) FROM booking_lines")
                .await,
            2
        );
        let cancelled = format!("/bookings/{}/cancel", text(&booking["id"]));
        assert_eq!(organiser.post(&cancelled, &json!({})).await.status, 200);
        let report = organiser.report(event, 2, 1).await;
        assert_eq!(report["all"]["net"]["amount"], 0, "{report}");
    })
    .await;
}
