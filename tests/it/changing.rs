//! What organisers change of a paid booking: some tickets given back, tickets exchanged, another person's. No ticket is
//! given back twice, no money goes back that was not charged, whatever races or dies; and codes of before let nobody in.

use std::process::Stdio;
use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use boxoffice::access::organiser::Role;
use boxoffice::fault;
use boxoffice::postgres::Db;
use boxoffice::types::OrganisationNo;
use futures::future::{join, join_all};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::checkin::{Doors, codes_of};
use crate::reports::{Organiser, paid};
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::GOOD_CARD;
use crate::support::process::Process;
use crate::support::{
    Answer, FREE, Server, fresh_database, fresh_key, general, numbered, order, text, with_gateway,
    with_server,
};

/// What went back, in minor units.
pub(crate) const BACK: &str = "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM gateway_refunds)::bigint
                         + (SELECT coalesce(sum(amount_minor), 0) FROM gateway_part_refunds)::bigint";
const PARTS: &str = "SELECT count(*) FROM gateway_part_refunds";
const CHANGES: &str = "SELECT count(*) FROM booking_changes";

/// The tickets of a tier's seats.
pub(crate) fn tickets(tier: &str, seats: &[&str]) -> Value {
    let one = |seat: &&str| json!({"tier": tier, "seat": seat});
    seats.iter().map(one).collect()
}

fn path(booking: &Value, what: &str) -> String {
    format!("/bookings/{}/{what}", text(&booking["id"]))
}

/// The seats that a booking has of a tier.
pub(crate) fn seats(booking: &Value, tier: &str) -> Vec<String> {
    let items = booking["items"].as_array().unwrap().iter();
    let item = items.filter(|item| item["tier"] == tier);
    let seats = item.flat_map(|item| item["seats"].as_array().unwrap());
    seats.map(|seat| text(seat).to_owned()).collect()
}

pub(crate) async fn give_back(
    organiser: &Organiser<'_>,
    booking: &Value,
    tickets: Value,
) -> Answer {
    let body = json!({"tickets": tickets});
    organiser
        .change(&path(booking, "returns"), &fresh_key(), &body)
        .await
}

pub(crate) async fn exchange(organiser: &Organiser<'_>, booking: &Value, body: Value) -> Answer {
    organiser
        .change(&path(booking, "exchanges"), &fresh_key(), &body)
        .await
}

#[tokio::test]
async fn some_tickets_are_given_back_and_a_later_cancellation_refunds_the_rest() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 2), ("ga", 3)], "Ana").await;
        let (vip, ga) = (seats(&bought, "vip"), seats(&bought, "ga"));
        organiser.report(event, 1, 0).await;
        let first = give_back(&organiser, &bought, tickets("vip", &[vip[0].as_str()])).await;
        assert_eq!(first.status, 200, "{}", first.json);
        let booking = &first.json["booking"];
        assert_eq!(seats(booking, "vip"), vip[1..]);
        assert_eq!(booking["total"]["amount"], 23_000, "what was ordered");
        let refund = &booking["payment"]["refunds"][0];
        assert_eq!(refund["amount"], json!({"amount": 10_000, "currency": "USD"}));
        assert!(refund["refunded_at"].is_string(), "{refund}");
        assert_eq!(server.count(FREE).await, 46);
        // A whole tier, and a part of it, in one request.
        let both = json!([
            {"tier": "vip", "seat": vip[1]}, {"tier": "ga", "seat": ga[0]}, {"tier": "ga", "seat": ga[2]},
        ]);
        let second = give_back(&organiser, &bought, both).await;
        assert_eq!(second.status, 200, "{}", second.json);
        assert_eq!(seats(&second.json["booking"], "ga"), ga[1..2]);
        assert!(seats(&second.json["booking"], "vip").is_empty());
        assert_eq!((server.count(BACK).await, server.count(PARTS).await), (22_000, 2));
        // The buyer sees it too.
        let receipt = server.booking(&bought).await;
        assert_eq!(receipt["status"], "confirmed");
        assert_eq!(receipt["payment"]["refunds"].as_array().unwrap().len(), 2);
        // What is left is a sale, what went back is none.
        let mut report = Value::Null;
        for _ in 0..100 {
            report = organiser.report(event, 1, 0).await;
            if report["all"]["refunds"]["amount"] == 22_000 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let all = &report["all"];
        assert_eq!((&all["sold"], &all["sold_ever"], &all["cancelled"]), (&json!(1), &json!(5), &json!(4)));
        assert_eq!((&all["gross"]["amount"], &all["net"]["amount"]), (&json!(23_000), &json!(1_000)));
        assert_eq!(server.cancel(&bought).await.status, 200);
        assert_eq!(server.count(BACK).await, 23_000);
        assert_eq!(server.booking(&bought).await["payment"]["status"], "refunded");
        let report = organiser.report(event, 1, 1).await;
        assert_eq!(report["all"]["net"]["amount"], 0, "{report}");
        assert_eq!(server.count(FREE).await, 50);
        let life = organiser.read(&path(&bought, "history")).await;
        let told = life["history"].as_array().unwrap().iter();
        let backs: Vec<i64> = told
            .filter(|moment| moment["what"] == "refunded")
            .map(|moment| moment["amount"]["amount"].as_i64().unwrap())
            .collect();
        assert_eq!(backs, [10_000, 12_000, 1_000], "{life}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_given_back_is_said_and_changes_nothing() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 2)], "Ana").await;
        let vip = seats(&bought, "vip");
        let other = paid(server, event, &[("vip", 1)], "Bo").await;
        let theirs = seats(&other, "vip");
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        for (wanted, pointer) in [
            (json!([]), "/tickets"),
            (tickets("vip", &[&vip[0], &vip[1]]), "/tickets"),
            (tickets("vip", &["Z-99"]), "/tickets/0/seat"),
            (tickets("vip", &["7"]), "/tickets/0/seat"),
            (tickets("nope", &["7"]), "/tickets/0/tier"),
        ] {
            let refused = give_back(&organiser, &bought, wanted).await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        let refused = give_back(&organiser, &bought, tickets("vip", &[&theirs[0]])).await;
        assert_eq!(refused.problem(409), "tickets-changed");
        let ga = seats(&held, "ga");
        let refused = give_back(&organiser, &held, tickets("ga", &[&ga[0]])).await;
        assert_eq!(refused.problem(409), "booking-not-paid");
        let body = json!({"tickets": tickets("vip", &[&vip[0]]), "expected_refund": 9_999});
        let refused = organiser
            .change(&path(&bought, "returns"), &fresh_key(), &body)
            .await;
        assert_eq!(refused.problem(409), "refund-differs");
        assert_eq!(refused.json["refund"]["amount"], 10_000);
        // Less is left of the charge: the constraint refuses it.
        let set = |to: &str| format!("UPDATE payments SET returned_minor = {to}");
        server.sql(&set("amount_minor - 1")).await;
        let refused = give_back(&organiser, &bought, tickets("vip", &[&vip[0]])).await;
        assert_eq!(refused.problem(409), "nothing-to-refund");
        server.sql(&set("NULL")).await;
        let stranger = Organiser::of(server, Some(server.organisation("Other").await)).await;
        let refused = give_back(&stranger, &bought, tickets("vip", &[&vip[0]])).await;
        assert_eq!(refused.problem(404), "not-found");
        let missing = organiser
            .post(&path(&bought, "returns"), &json!({"tickets": []}))
            .await;
        assert_eq!(missing.problem(400), "invalid-request");
        assert_eq!(
            (server.count(BACK).await, server.count(CHANGES).await),
            (0, 0)
        );
        assert_eq!(seats(&server.booking(&bought).await, "vip"), vip);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_managers_who_give_the_same_ticket_back_at_two_servers_one_does() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let other = server.another().await;
        let bought = paid(server, event, &[("ga", 3)], "Ana").await;
        let ga = seats(&bought, "ga");
        let (path, body) = (
            path(&bought, "returns"),
            json!({"tickets": tickets("ga", &[&ga[1]])}),
        );
        let barrier = tokio::sync::Barrier::new(8);
        let managers = (0..8).map(|n| {
            let (path, body, barrier, organiser) = (&path, &body, &barrier, &organiser);
            let at = if n % 2 == 0 { server } else { &other };
            async move {
                barrier.wait().await;
                organiser.change_at(at, path, &fresh_key(), body).await
            }
        });
        let answers = join_all(managers).await;
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(answer.problem(409), "tickets-changed");
        }
        // One press that arrives eight times is one.
        let (key, body) = (fresh_key(), json!({"tickets": tickets("ga", &[&ga[0]])}));
        let presses = (0..8).map(|n| {
            let (path, body, barrier, organiser, key) = (&path, &body, &barrier, &organiser, &key);
            let at = if n % 2 == 0 { server } else { &other };
            async move {
                barrier.wait().await;
                organiser.change_at(at, path, key, body).await
            }
        });
        for answer in join_all(presses).await {
            assert_eq!(answer.status, 200, "{}", answer.json);
        }
        let reused = organiser
            .change(&path, &key, &json!({"tickets": tickets("ga", &[&ga[2]])}))
            .await;
        assert_eq!(reused.problem(422), "idempotency-key-reused");
        assert_eq!(
            (server.count(BACK).await, server.count(PARTS).await),
            (2_000, 2)
        );
        assert_eq!(server.count(FREE).await, 29);
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_races_the_buyers_cancellation_gives_back_what_was_charged() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 300)]).await;
        let organiser = Organiser::new(server).await;
        let mut charged = 0;
        for _ in 0..12 {
            let bought = paid(server, event, &[("ga", 3)], "Ana").await;
            charged += 3_000;
            let ga = seats(&bought, "ga");
            let some = give_back(&organiser, &bought, tickets("ga", &[&ga[0], &ga[2]]));
            let (some, all) = join(some, server.cancel(&bought)).await;
            assert_eq!(all.status, 200, "{}", all.json);
            if some.status != 200 {
                assert_eq!(some.problem(409), "booking-cancelled");
            }
            assert_eq!(server.count(BACK).await, charged);
        }
        assert_eq!(server.count(FREE).await, 300);
    })
    .await;
}

#[tokio::test]
async fn a_refund_in_part_that_fails_stays_due_until_it_is_made() {
    with_gateway(&[], async |server, gateway| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 3)], "Ana").await;
        let ga = seats(&bought, "ga");
        gateway.set(|fault| &fault.rejects_refunds, true);
        let first = give_back(&organiser, &bought, tickets("ga", &[&ga[0]])).await;
        let refund = &first.json["booking"]["payment"]["refunds"][0];
        assert_eq!((first.status, &refund["refunded_at"]), (200, &Value::Null));
        assert_eq!(server.count(BACK).await, 0);
        for tries in 2..=3 {
            server.age_payments().await;
            server
                .until("SELECT max(recover_attempts)::bigint FROM refunds", tries)
                .await;
        }
        // The rest of the charge goes back meanwhile; neither waits for the other.
        assert_eq!(server.cancel(&bought).await.status, 200);
        gateway.set(|fault| &fault.rejects_refunds, false);
        server.age_payments().await;
        server.until(BACK, 3_000).await;
        server
            .until("SELECT count(*) FROM refunds WHERE status = 'refunded'", 1)
            .await;
    })
    .await;
}

/// A server that dies after the commit, and one that dies after the gateway has refunded.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_between_the_record_and_the_gateway_the_money_goes_back_once() {
    for fault in [fault::GIVEN_BACK, fault::REFUNDED] {
        let url = fresh_database().await;
        let db = Db::new(&url, 4).unwrap();
        let scopes = [Scope::BookingsWrite];
        let token = api_token::create(&db, "x", &scopes, Duration::from_secs(3600)).await;
        let (_, token) = token.unwrap();
        let server = Server::start(&url, &[]).await;
        let event = server.event(&[general("ga", 10)]).await;
        let bought = paid(&server, event, &[("ga", 3)], "Ana").await;
        let ga = seats(&bought, "ga");
        server.stop().await;
        let variables = [("BOXOFFICE_FAULT", fault)];
        let mut process = Process::start(&url, &[], &variables, Stdio::null()).expect("a server");
        let (key, body) = (fresh_key(), json!({"tickets": tickets("ga", &[&ga[1]])}));
        let ask = async |at: &str| {
            let url = format!("{at}/api/organiser{}", path(&bought, "returns"));
            let request = reqwest::Client::new().post(url).bearer_auth(&token);
            request
                .header("Idempotency-Key", &key)
                .json(&body)
                .send()
                .await
        };
        // Its answer is lost.
        assert!(ask(&process.url).await.is_err(), "{fault}");
        while process.ended().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let server = Server::start(&url, &[]).await;
        let sent = i64::from(fault == fault::REFUNDED);
        let due = "SELECT count(*) FROM refunds WHERE status = 'due'";
        assert_eq!(
            (server.count(PARTS).await, server.count(due).await),
            (sent, 1),
            "{fault}"
        );
        // The same request is answered, and does nothing more.
        assert_eq!(ask(&server.url).await.unwrap().status(), 200);
        server.age_payments().await;
        server.until(due, 0).await;
        assert_eq!(
            (server.count(PARTS).await, server.count(BACK).await),
            (1, 1_000),
            "{fault}"
        );
        server.stop().await;
        let violations = boxoffice::check::check(&db).await.unwrap();
        assert!(violations.is_empty(), "{violations:#?}");
    }
}

/// Adult and reduced in one room: the seat stays, its price changes; what is given back is free for both.
#[tokio::test]
async fn a_ticket_gets_the_price_of_another_tier_of_its_stock_on_the_same_seat() {
    with_server(async |server| {
        let event = crate::shared_stock::shared(server, 20, json!([10])).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("adult", 2)], "Ana").await;
        let old = seats(&bought, "adult");
        let cheaper = json!({
            "tickets": tickets("adult", &[&old[0]]), "tier": "reduced", "seats": [old[0]],
        });
        let moved = exchange(&organiser, &bought, cheaper).await;
        assert_eq!(moved.status, 200, "{}", moved.json);
        let booking = &moved.json["booking"];
        assert_eq!(seats(booking, "adult"), old[1..]);
        assert_eq!(seats(booking, "reduced"), old[..1]);
        assert_eq!(
            (server.count(FREE).await, server.count(BACK).await),
            (18, 1_000)
        );
        let back = give_back(&organiser, &bought, tickets("reduced", &[&old[0]])).await;
        assert_eq!(back.status, 200, "{}", back.json);
        assert_eq!(server.count(FREE).await, 19);
    })
    .await;
}

#[tokio::test]
async fn tickets_are_moved_to_named_seats_and_codes_of_before_are_replaced() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 40, &[10])]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 2)], "Ana").await;
        let old = seats(&bought, "vip");
        let doors = Doors::open(server, event).await;
        let codes = codes_of(server, event, &bought).await;
        let moved = exchange(
            &organiser,
            &bought,
            json!({"tickets": tickets("vip", &[&old[0], &old[1]]), "seats": ["D-1", "D-2"]}),
        )
        .await;
        assert_eq!(moved.status, 200, "{}", moved.json);
        assert_eq!(seats(&moved.json["booking"], "vip"), ["D-1", "D-2"]);
        assert!(moved.json["booking"]["payment"]["refunds"].is_null());
        assert_eq!(server.count(FREE).await, 38);
        for code in &codes {
            assert_eq!(doors.scan(code).await["result"], "replaced");
        }
        // Seats that the booking has may be among those that it wants.
        let shifted = exchange(
            &organiser,
            &bought,
            json!({"tickets": tickets("vip", &["D-1", "D-2"]), "seats": ["D-3", "D-2"]}),
        )
        .await;
        assert_eq!(
            seats(&shifted.json["booking"], "vip"),
            ["D-2", "D-3"],
            "{}",
            shifted.json
        );
        let now = codes_of(server, event, &bought).await;
        let list = doors
            .get(&format!("check-in/list?gate_id={}", text(&doors.gate)))
            .await;
        assert_eq!(
            list.json["tickets"].as_array().map(Vec::len),
            Some(2),
            "{}",
            list.json
        );
        for code in &now {
            assert_eq!(doors.scan(code).await["result"], "admitted");
        }
        // Whoever is in stays where they are.
        let late = exchange(
            &organiser,
            &bought,
            json!({"tickets": tickets("vip", &["D-2"])}),
        )
        .await;
        assert_eq!(late.problem(409), "already-let-in");
        let life = organiser.read(&path(&bought, "history")).await;
        let told = life["history"].as_array().unwrap().iter();
        let told: Vec<&Value> = told
            .filter(|moment| moment["action"] == "booking.tickets-exchanged")
            .collect();
        assert_eq!(
            told[0]["after"]["tickets"][0],
            json!({"tier": "vip", "seat": "D-1"})
        );
        let report = organiser.report(event, 1, 0).await;
        assert_eq!(
            (&report["all"]["sold_ever"], &report["all"]["cancelled"]),
            (&json!(2), &json!(0)),
            "within a tier nothing is sold and nothing given back"
        );
    })
    .await;
}

#[tokio::test]
async fn a_move_takes_all_or_nothing_and_says_what_is_in_the_way() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 3)])
            .await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 2)], "Ana").await;
        let old = seats(&bought, "vip");
        let other = paid(server, event, &[("vip", 1)], "Bo").await;
        let theirs = seats(&other, "vip")[0].clone();
        let both = tickets("vip", &[&old[0], &old[1]]);
        let taken = json!({"tickets": both, "seats": ["B-1", theirs]});
        let refused = exchange(&organiser, &bought, taken).await;
        assert_eq!(refused.problem(409), "seats-taken");
        assert_eq!(
            refused.json["seats"].as_array().unwrap().len(),
            1,
            "{}",
            refused.json
        );
        for (wanted, pointer) in [
            (json!({"tickets": both, "seats": ["B-1"]}), "/seats"),
            (json!({"tickets": both, "seats": old}), "/seats"),
            (
                json!({"tickets": both, "seats": ["B-1", "X-1"]}),
                "/seats/1",
            ),
            (json!({"tickets": both, "tier": "none"}), "/tier"),
            (json!({"tickets": []}), "/tier"),
        ] {
            let refused = exchange(&organiser, &bought, wanted).await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        paid(server, event, &[("ga", 2)], "Cy").await;
        let short = json!({"tickets": both, "tier": "ga"});
        let refused = exchange(&organiser, &bought, short).await;
        assert_eq!(refused.problem(409), "sold-out");
        assert_eq!(refused.json["tiers"][0]["available"], 1);
        assert_eq!(seats(&server.booking(&bought).await, "vip"), old);
        // The best that are free, side by side, and not those that it has.
        let moved = exchange(&organiser, &bought, json!({"tickets": both})).await;
        let item = &moved.json["booking"]["items"][0];
        assert_eq!(item["together"], true, "{}", moved.json);
        assert!(
            seats(&moved.json["booking"], "vip")
                .iter()
                .all(|seat| !old.contains(seat))
        );
        assert_eq!(server.count(CHANGES).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_moves_and_orders_for_one_seat_at_the_same_moment_one_gets_it() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 40, &[10])]).await;
        let organiser = Organiser::new(server).await;
        let mut bookings = Vec::new();
        for name in ["Ana", "Bo", "Cy", "Di"] {
            bookings.push(paid(server, event, &[("vip", 1)], name).await);
        }
        let barrier = tokio::sync::Barrier::new(8);
        let moves = bookings.iter().map(|booking| {
            let (organiser, barrier) = (&organiser, &barrier);
            async move {
                let old = seats(booking, "vip");
                let body = json!({"tickets": tickets("vip", &[&old[0]]), "seats": ["D-5"]});
                barrier.wait().await;
                exchange(organiser, booking, body).await
            }
        });
        let orders = (0..4).map(|_| {
            let barrier = &barrier;
            async move {
                let mut body = order(event, Uuid::new_v4(), &[]);
                body["seats"] = json!([{"tier": "vip", "row": "D", "number": 5}]);
                barrier.wait().await;
                server.book(&body).await
            }
        });
        let (moved, ordered) = join(join_all(moves), join_all(orders)).await;
        let moved = moved.iter().filter(|answer| answer.status == 200).count();
        let ordered = ordered.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(moved + ordered, 1);
        assert_eq!(server.count(FREE).await, 36 - ordered as i64);
    })
    .await;
}

#[tokio::test]
async fn a_cheaper_tier_gives_the_difference_back_and_a_dearer_one_is_waived_or_refused() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 3)], "Ana").await;
        let vip = seats(&bought, "vip");
        organiser.report(event, 1, 0).await;
        let cheaper = json!({"tickets": tickets("vip", &[&vip[0], &vip[1]]), "tier": "ga", "expected_refund": 18_000});
        let changed = exchange(&organiser, &bought, cheaper).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
        let ga = seats(&changed.json["booking"], "ga");
        assert_eq!((ga.len(), seats(&changed.json["booking"], "vip").len()), (2, 1));
        assert_eq!(server.count(BACK).await, 18_000);
        let report = {
            let mut report = Value::Null;
            for _ in 0..100 {
                report = organiser.report(event, 1, 0).await;
                if report["all"]["net"]["amount"] == 12_000 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            report
        };
        let of = |at: usize| report["tiers"][at]["totals"]["net"]["amount"].clone();
        assert_eq!((of(0), of(1)), (json!(10_000), json!(2_000)), "{report}");
        // Back again: it costs more. Beside a ticket at its full price it cannot stand at another.
        let dearer = |waives: bool| {
            json!({"tickets": tickets("ga", &[&ga[0], &ga[1]]), "tier": "vip", "waive_difference": waives})
        };
        for waives in [false, true] {
            let refused = exchange(&organiser, &bought, dearer(waives)).await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(refused.json["errors"][0]["pointer"], "/tier");
        }
        let given = give_back(&organiser, &bought, tickets("vip", &[&vip[2]])).await;
        assert_eq!(given.status, 200, "{}", given.json);
        let refused = exchange(&organiser, &bought, dearer(false)).await;
        assert_eq!(refused.problem(409), "difference-owed");
        assert_eq!(refused.json["difference"]["amount"], 18_000);
        let waived = exchange(&organiser, &bought, dearer(true)).await;
        assert_eq!(waived.status, 200, "{}", waived.json);
        let item = &waived.json["booking"]["items"][0];
        assert_eq!((&item["tier"], &item["unit_price"]["amount"]), (&json!("vip"), &json!(1_000)));
        // What is given back of it is what was paid for it.
        assert_eq!(server.cancel(&bought).await.status, 200);
        assert_eq!(server.count(BACK).await, 30_000);
        let report = organiser.report(event, 1, 1).await;
        assert_eq!(report["all"]["net"]["amount"], 0, "{report}");
    })
    .await;
}

/// What whoever has bought it gets, who asks for the booking.
async fn status_for_its_buyer(server: &Server, bought: &Value) -> u16 {
    let url = format!("{}/api/bookings/{}", server.url, text(&bought["id"]));
    let token = crate::support::token(&server.db, &bought["buyer_id"]).await;
    let asked = server.client.get(url).bearer_auth(token);
    asked.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_booking_that_is_another_persons_has_nothing_of_the_former_one() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("vip", 2)], "Ana Reis").await;
        let doors = Doors::open(server, event).await;
        let codes = codes_of(server, event, &bought).await;
        let life = organiser.read(&path(&bought, "history")).await;
        let old_link = text(&life["link"]).to_owned();
        assert_eq!(server.get(&old_link).await.status(), 200);
        let to = json!({"contact": {"name": "Bo Lima", "email": "bo@example.org"}});
        let missing = organiser
            .change(&path(&bought, "handovers"), &fresh_key(), &json!({}))
            .await;
        assert_eq!(missing.problem(422), "invalid-request");
        let key = fresh_key();
        let mut links = Vec::new();
        for _ in 0..2 {
            let given = organiser
                .change(&path(&bought, "handovers"), &key, &to)
                .await;
            assert_eq!(given.status, 200, "{}", given.json);
            assert_eq!(given.json["booking"]["contact"]["email"], "bo@example.org");
            assert_ne!(given.json["booking"]["buyer_id"], bought["buyer_id"]);
            links.push(text(&given.json["link"]).to_owned());
        }
        assert_eq!(links[0], links[1], "one press");
        // The card was the former buyer's; whoever runs the event may know it.
        let page = server.get(&links[0]).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(
            !page.contains("ending in") && !page.contains("Visa"),
            "{page}"
        );
        let shown = server.read(&format!("/api{}", links[0])).await;
        for payment in [&shown["payment"], &shown["payments"][0]] {
            assert_eq!(
                (&payment["card_brand"], &payment["card_last4"]),
                (&json!(""), &json!(""))
            );
        }
        let known = organiser.read(&path(&bought, "history")).await;
        assert_eq!(known["booking"]["payment"]["card_last4"], "4242");
        assert_eq!(server.get(&old_link).await.status(), 404);
        assert_eq!(status_for_its_buyer(server, &bought).await, 404);
        for (email, status) in [("ana.reis@example.org", 404), ("bo@example.org", 303)] {
            let fields = [("reference", text(&bought["reference"])), ("email", email)];
            let found = server.send_form("/bookings/find", "", &fields).await;
            assert_eq!(found.status(), status, "{email}");
        }
        for code in &codes {
            assert_eq!(doors.scan(code).await["result"], "replaced");
        }
        for code in codes_of(server, event, &bought).await {
            assert_eq!(doors.scan(&code).await["result"], "admitted");
        }
        let late = organiser
            .change(&path(&bought, "handovers"), &fresh_key(), &to)
            .await;
        assert_eq!(late.problem(409), "already-let-in");
        // Who had it is known, until they are forgotten; the trail says nothing of them.
        let former = "SELECT count(*) FROM former_contacts";
        assert_eq!(server.count(former).await, 1);
        let trail =
            "SELECT count(*) FROM audit_entries WHERE concat(before, after) LIKE '%example.org%'";
        assert_eq!(server.count(trail).await, 0);
        let by = boxoffice::audit::Actor::operator("tests");
        let forgotten = boxoffice::booking::forget(&server.db, &by, "ana.reis@example.org").await;
        assert_eq!((forgotten.unwrap(), server.count(former).await), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_is_paid_at_the_same_moment_is_changed_after_it_or_not_at_all() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let ga = seats(&held, "ga");
        let pay = server.pay(&held, GOOD_CARD);
        let change = give_back(&organiser, &held, tickets("ga", &[&ga[0]]));
        let (paid, changed) = join(pay, change).await;
        assert_eq!(paid.status, 201, "{}", paid.json);
        let back = if changed.status == 200 { 1_000 } else { 0 };
        if back == 0 {
            assert_eq!(changed.problem(409), "booking-not-paid");
        }
        assert_eq!(server.count(BACK).await, back);
    })
    .await;
}

/// Waits until a transaction waits for another one's row.
const WAITING: &str = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity AS a USING (pid)
    WHERE a.datname = current_database() AND NOT granted AND locktype = 'transactionid'";

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_comes_in_while_the_ticket_is_exchanged_comes_in_once_or_not_at_all() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 40, &[10])]).await;
        let organiser = Organiser::new(server).await;
        let doors = Doors::open(server, event).await;
        for (moment, scanned_first) in [(Moment::BeforeTickets, false), (Moment::AtCheckIn, true)] {
            let bought = paid(server, event, &[("vip", 1)], "Ana").await;
            let code = codes_of(server, event, &bought).await.remove(0);
            let old = seats(&bought, "vip");
            let body = json!({"tickets": tickets("vip", &[&old[0]])});
            let gate = Gate::close(server, moment).await;
            let (moving, scanning) = (exchange(&organiser, &bought, body), doors.scan(&code));
            let open = async {
                gate.until_waiting(1).await;
                server.until(WAITING, 1).await;
                gate.open().await;
            };
            // The second comes when the first waits at the gate.
            let (moved, scan) = if scanned_first {
                let moving = async {
                    gate.until_waiting(1).await;
                    moving.await
                };
                let (scan, (moved, ())) = join(scanning, join(moving, open)).await;
                (moved, scan)
            } else {
                let scanning = async {
                    gate.until_waiting(1).await;
                    scanning.await
                };
                let (moved, (scan, ())) = join(moving, join(scanning, open)).await;
                (moved, scan)
            };
            if scanned_first {
                assert_eq!(scan["result"], "admitted");
                assert_eq!(moved.problem(409), "already-let-in");
            } else {
                assert_eq!(moved.status, 200, "{}", moved.json);
                assert_eq!(scan["result"], "replaced", "{scan}");
            }
        }
    })
    .await;
}

/// The value of a hidden field.
#[tokio::test]
async fn what_an_organiser_made_is_cancelled_and_not_changed_if_that_moves_money() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let organiser = Organiser::new(server).await;
        let make = async |what: &str, body: Value| {
            let path = format!("/events/{event}/{what}");
            let made = organiser.post_once(&path, &fresh_key(), &body).await;
            assert_eq!(made.status, 201, "{}", made.json);
            made.json.get("booking").unwrap_or(&made.json).clone()
        };
        let items = json!([{"tier": "vip", "quantity": 2}]);
        let sold = make(
            "box-office",
            json!({"items": items, "payment": {"method": "cash"}}),
        )
        .await;
        let given = make(
            "complimentary",
            json!({"items": items, "reason": "Press",
            "contact": {"name": "Ana", "email": "ana@example.org"}}),
        )
        .await;
        let block = make("blocks", json!({"items": items, "reason": "Sound desk"})).await;
        let to = json!({"contact": {"name": "Bo", "email": "bo@example.org"}});
        for booking in [&sold, &given] {
            let vip = seats(booking, "vip");
            let one = tickets("vip", &[&vip[0]]);
            let given_back = give_back(&organiser, booking, one.clone()).await;
            assert_eq!(given_back.problem(409), "only-cancelled");
            let other = json!({"tickets": one, "tier": "ga", "waive_difference": true});
            let exchanged = exchange(&organiser, booking, other).await;
            assert_eq!(exchanged.problem(409), "only-cancelled");
            assert_eq!(server.count(CHANGES).await % 2, 0);
            let same = json!({"tickets": one, "tier": "vip"});
            assert_eq!(exchange(&organiser, booking, same).await.status, 200);
            let handed = organiser
                .change(&path(booking, "handovers"), &fresh_key(), &to)
                .await;
            assert_eq!(handed.status, 200, "{}", handed.json);
        }
        let to = json!({"contact": {"name": "Bo", "email": "bo@example.org"}});
        let vip = seats(&block, "vip");
        let one = tickets("vip", &[&vip[0]]);
        let given_back = give_back(&organiser, &block, one.clone()).await;
        assert_eq!(given_back.problem(409), "only-cancelled");
        let same = json!({"tickets": one, "tier": "vip"});
        assert_eq!(
            exchange(&organiser, &block, same).await.problem(409),
            "only-cancelled"
        );
        let handed = organiser
            .change(&path(&block, "handovers"), &fresh_key(), &to)
            .await;
        assert_eq!(handed.problem(409), "only-cancelled");
        assert_eq!(server.count(CHANGES).await, 4);
    })
    .await;
}

pub(crate) fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, value) = page.split_once(&field).expect(name);
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one visit, step by step")]
async fn the_pages_show_what_a_change_does_before_it_is_done_and_two_presses_are_one() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let bought = paid(server, event, &[("vip", 2), ("ga", 1)], "Ana").await;
        let vip = seats(&bought, "vip");
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let at = format!("/admin/bookings/{}", text(&bought["id"]));
        let page = async |path: &str, status: u16| {
            let answer = manager.get(server, path).await;
            assert_eq!(answer.status(), status, "{path}");
            answer.text().await.unwrap()
        };
        let overview = page(&at, 200).await;
        for link in ["return", "exchange", "hand-over"] {
            assert!(overview.contains(&format!("{at}/{link}")), "{overview}");
        }
        assert!(page(&format!("{at}/return"), 200).await.contains(&vip[1]));
        let none = page(&format!("{at}/return?next=1"), 422).await;
        assert!(none.contains("at least one ticket"), "{none}");
        // Tickets, then the amount, then it is done.
        let asked = page(&format!("{at}/return?next=1&ticket=vip:{}", vip[0]), 200).await;
        assert!(asked.contains("$100.00 goes back to the card"), "{asked}");
        let (ticket, key) = (format!("vip:{}", vip[0]), hidden(&asked, "key"));
        let refund = hidden(&asked, "refund");
        let fields = [
            ("ticket", ticket.as_str()),
            ("refund", &refund),
            ("key", &key),
        ];
        for _ in 0..2 {
            let done = manager.post(server, &format!("{at}/return"), &fields).await;
            assert_eq!(done.status(), 303);
            assert_eq!(
                done.headers()["location"],
                format!("{at}?done=tickets-returned")
            );
        }
        let fresh = fresh_key();
        let late = [
            ("ticket", ticket.as_str()),
            ("refund", &refund),
            ("key", &fresh),
        ];
        let late = manager.post(server, &format!("{at}/return"), &late).await;
        assert_eq!(late.status(), 409);
        let late = late.text().await.unwrap();
        assert!(late.contains("not any more"), "{late}");
        assert_eq!(
            (server.count(BACK).await, server.count(CHANGES).await),
            (10_000, 1)
        );
        // To a dearer tier the difference must be waived in so many words.
        let give = [("ticket", format!("vip:{}", vip[1]))];
        let query = format!("{at}/exchange?next=1&ticket={}&tier=ga&seats=", give[0].1);
        let asked = page(&query, 200).await;
        assert!(asked.contains("$90.00 goes back"), "{asked}");
        let wrong = page(&format!("{query}Z-1"), 422).await;
        assert!(wrong.contains("must be a ticket of the tier"), "{wrong}");
        let dearer = page(
            &format!("{at}/exchange?next=1&ticket=ga:1&tier=vip&seats=B-4"),
            422,
        )
        .await;
        assert!(dearer.contains("at another price"), "{dearer}");
        let (refund, key) = (hidden(&asked, "refund"), hidden(&asked, "key"));
        let fields = [
            ("ticket", give[0].1.as_str()),
            ("tier", "ga"),
            ("seats", ""),
            ("refund", &refund),
            ("key", &key),
        ];
        let done = manager
            .post(server, &format!("{at}/exchange"), &fields)
            .await;
        assert_eq!(done.status(), 303);
        let asked = page(
            &format!("{at}/exchange?next=1&ticket=ga:1&tier=vip&seats=B-4"),
            200,
        )
        .await;
        assert!(asked.contains("Waive the $90.00"), "{asked}");
        let key = hidden(&asked, "key");
        let mut fields = vec![
            ("ticket", "ga:1"),
            ("tier", "vip"),
            ("seats", "B-4"),
            ("refund", "0"),
            ("key", &key),
        ];
        let refused = manager
            .post(server, &format!("{at}/exchange"), &fields)
            .await;
        assert_eq!(refused.status(), 409);
        fields.push(("difference", "waive"));
        let done = manager
            .post(server, &format!("{at}/exchange"), &fields)
            .await;
        assert_eq!(
            done.status(),
            303,
            "what was refused was not done by that key"
        );
        // Another person.
        let asked = page(&format!("{at}/hand-over"), 200).await;
        let key = hidden(&asked, "key");
        let to = |email: &'static str| [("name", "Bo"), ("email", email), ("key", key.as_str())];
        let wrong = manager
            .post(server, &format!("{at}/hand-over"), &to("bo"))
            .await;
        assert_eq!(wrong.status(), 422);
        let done = manager
            .post(server, &format!("{at}/hand-over"), &to("bo@example.org"))
            .await;
        assert_eq!(done.status(), 303);
        let overview = page(&at, 200).await;
        for said in [
            "ana@example.org",
            "bo@example.org",
            "$90.00 waived",
            "$190.00 of it was given back",
            "B-4",
        ] {
            assert!(overview.contains(said), "{said}: {overview}");
        }
        // The buyer's receipt shows what went back.
        let link = organiser_link(server, &bought).await;
        let receipt = server.get(&link).await.text().await.unwrap();
        for said in ["Given back", "-$190.00", "$20.00"] {
            assert!(
                receipt.replace('\u{2212}', "-").contains(said),
                "{said}: {receipt}"
            );
        }
    })
    .await;
}

async fn organiser_link(server: &Server, booking: &Value) -> String {
    let organiser = Organiser::new(server).await;
    let life = organiser.read(&path(booking, "history")).await;
    text(&life["link"]).to_owned()
}

#[tokio::test]
async fn tickets_of_guests_who_are_in_are_not_given_back() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 3)], "Ana").await;
        let doors = Doors::open(server, event).await;
        let codes = codes_of(server, event, &bought).await;
        let scanned = doors.scan(&codes[0]).await;
        assert_eq!(scanned["result"], "admitted");
        let inside = text(&scanned["ticket"]["seat"]).to_owned();
        let ga = seats(&bought, "ga");
        let other = ga.iter().find(|seat| **seat != inside).unwrap();
        let refused = give_back(&organiser, &bought, tickets("ga", &[&inside, other])).await;
        assert_eq!(refused.problem(409), "already-let-in");
        assert_eq!(
            (server.count(BACK).await, server.count(FREE).await),
            (0, 27)
        );
        let given = give_back(&organiser, &bought, tickets("ga", &[other])).await;
        assert_eq!(given.status, 200, "{}", given.json);
        assert_eq!(
            (server.count(BACK).await, server.count(FREE).await),
            (1_000, 28)
        );
    })
    .await;
}
