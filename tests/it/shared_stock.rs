//! Tiers that share a stock: adult and reduced in one room. The ticket is the seat, the tier its price.

use boxoffice::access::api_token::{self, Scope};
use boxoffice::allocator::batch::allocate;
use boxoffice::allocator::first_free::FirstFree;
use boxoffice::allocator::lanes::Listener;
use boxoffice::allocator::{Candidate, Lanes, Outcome, Verdict};
use boxoffice::audit::Actor;
use boxoffice::booking::{Issue, RequestedItem, issue, make_issue};
use boxoffice::config::AllocatorConfig;
use boxoffice::types::{
    BookingId, BookingKind, EventId, EventNo, Reference, SeatNo, TierNo, Timestamp,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::lanes::{one_ticket, stock};
use crate::late_payments::expire;
use crate::organising::{Program, with_tiers};
use crate::payment_races::{DUE, REFUNDED, tell};
use crate::reports::{Organiser, paid};
use crate::support::gateway::{GOOD_CARD, NO_WEBHOOKS};
use crate::support::{Answer, Server, fresh_key, order, text, with_server, with_settings};

const TAKEN: &str = "SELECT count(*) FROM tickets WHERE booking_id IS NOT NULL";

fn id_of(event: &Value) -> Uuid {
    text(&event["id"]).parse().unwrap()
}

fn adult(capacity: i64, blocks: Value) -> Value {
    json!({"tier": "adult", "name": "Adult", "price_minor": 3000, "capacity": capacity, "row_blocks": blocks})
}

fn reduced() -> Value {
    json!({"tier": "reduced", "name": "Reduced", "price_minor": 2000, "shares": "adult"})
}

/// A published event whose two tiers share so many tickets.
pub(crate) async fn shared(server: &Server, capacity: i64, blocks: Value) -> Uuid {
    let program = Program::new(server).await;
    let tiers = json!([adult(capacity, blocks), reduced()]);
    id_of(&program.published(tiers).await)
}

fn of_both(event: Uuid, adults: i64, reduced: i64) -> Value {
    let items = [("adult", adults), ("reduced", reduced)];
    let items: Vec<_> = items.into_iter().filter(|item| item.1 > 0).collect();
    order(event, Uuid::new_v4(), &items)
}

fn named(event: Uuid, seats: &[(&str, &str, i64)]) -> Value {
    let seat = |&(tier, row, number): &(&str, &str, i64)| json!({"tier": tier, "row": row, "number": number});
    let seats: Vec<Value> = seats.iter().map(seat).collect();
    json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": seats})
}

fn seats_of(item: &Value) -> Vec<&str> {
    item["seats"].as_array().unwrap().iter().map(text).collect()
}

async fn counts(server: &Server, event: Uuid) -> Value {
    let path = format!("/api/events/{event}/availability");
    server.read(&path).await["tiers"].clone()
}

/// Both seatings, two servers: whoever buys as whichever tier, M tickets are sold and none twice.
#[tokio::test(flavor = "multi_thread")]
async fn buyers_of_both_tiers_get_each_ticket_once_and_all_of_them() {
    for blocks in [Value::Null, json!([5, 5])] {
        with_server(async |server| {
            let another = server.another().await;
            let event = shared(server, 60, blocks.clone()).await;
            let barrier = Barrier::new(48);
            let buyers = (0..48).map(async |n| {
                let at = if n % 2 == 0 { server } else { &another };
                let body = match n % 3 {
                    0 => of_both(event, 2, 0),
                    1 => of_both(event, 0, 2),
                    _ => of_both(event, 1, 1),
                };
                barrier.wait().await;
                at.book(&body).await
            });
            let answers = join_all(buyers).await;
            let made: Vec<&Answer> = answers.iter().filter(|it| it.status == 201).collect();
            assert_eq!(made.len(), 30);
            let mut seats = BTreeSet::new();
            for item in made
                .iter()
                .flat_map(|it| it.json["items"].as_array().unwrap())
            {
                for seat in seats_of(item) {
                    assert!(seats.insert(seat.to_owned()), "{seat} was sold twice");
                }
            }
            assert_eq!(seats.len(), 60);
            for refused in answers.iter().filter(|it| it.status != 201) {
                assert_eq!(refused.problem(409), "held-by-others");
            }
            assert_eq!(server.count(TAKEN).await, 60);
            another.stop().await;
        })
        .await;
    }
}

/// Two orders for the last ticket, in one batch: what the first gets as one tier is gone for the other tier, and held.
#[tokio::test]
async fn of_two_orders_in_one_batch_one_gets_the_last_ticket_whichever_tiers_they_name() {
    with_server(async |server| {
        for tiers in [[1, 2], [2, 1], [2, 2]] {
            let event = shared(server, 1, Value::Null).await;
            let stock = stock(server, event).await;
            let orders = tiers.map(|no| {
                let mut order = one_ticket();
                order.items[0].tier = TierNo(no);
                order
            });
            let candidates = orders.each_ref().map(|order| Candidate {
                id: BookingId::make(),
                reference: Reference::make(),
                order,
            });
            let (hold, mut first_free) = (Duration::from_secs(300), FirstFree::default());
            let verdicts = allocate(&server.db, &stock, &candidates, hold, &mut first_free);
            let [first, second] = &verdicts.await.unwrap()[..] else {
                unreachable!()
            };
            assert!(
                matches!(first, Verdict::Done(Outcome::Booked(_))),
                "{tiers:?} {first:?}"
            );
            let held = |at: &Option<Timestamp>| at.is_some();
            assert!(
                matches!(second, Verdict::Done(Outcome::HeldByOthers { may_free_at, .. }) if held(may_free_at)),
                "{tiers:?} {second:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_party_of_two_tiers_sits_together_and_each_pays_its_price() {
    with_server(async |server| {
        let event = shared(server, 40, json!([10])).await;
        let booked = server.book(&of_both(event, 2, 1)).await.made();
        assert_eq!(booked["total"]["amount"], 8000);
        let (adults, reduced) = (&booked["items"][0], &booked["items"][1]);
        assert_eq!(seats_of(adults), ["A-4", "A-5"]);
        assert_eq!(seats_of(reduced), ["A-6"]);
        assert_eq!(
            (&adults["together"], &reduced["together"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(server.booking(&booked).await["items"], booked["items"]);
        // Where they cannot, both are told.
        server
            .book(&named(event, &[("adult", "A", 8)]))
            .await
            .made();
        server
            .book(&named(
                event,
                &[("adult", "B", 3), ("reduced", "B", 6), ("adult", "B", 9)],
            ))
            .await
            .made();
        server
            .book(&named(
                event,
                &[("adult", "C", 3), ("reduced", "C", 6), ("adult", "C", 9)],
            ))
            .await
            .made();
        server
            .book(&named(
                event,
                &[("adult", "D", 3), ("reduced", "D", 6), ("adult", "D", 9)],
            ))
            .await
            .made();
        let apart = server.book(&of_both(event, 2, 2)).await.made();
        assert_eq!(apart["items"][0]["together"], false, "{apart}");
        assert_eq!(apart["items"][1]["together"], false, "{apart}");
        assert_eq!(server.booking(&apart).await["items"], apart["items"]);
    })
    .await;
}

#[tokio::test]
async fn an_order_of_more_than_the_stock_has_is_refused_for_both_tiers() {
    with_server(async |server| {
        for blocks in [Value::Null, json!([5])] {
            let event = shared(server, 5, blocks).await;
            let refused = server.book(&of_both(event, 3, 3)).await;
            assert_eq!(refused.problem(409), "sold-out");
            let short = json!([
                {"tier": "adult", "asked": 3, "available": 5, "asked_of_stock": 6},
                {"tier": "reduced", "asked": 3, "available": 5, "asked_of_stock": 6},
            ]);
            assert_eq!(refused.json["tiers"], short);
            server.book(&of_both(event, 3, 2)).await.made();
        }
    })
    .await;
}

#[tokio::test]
async fn held_and_sold_out_are_said_of_the_stock_whichever_tier_was_bought() {
    with_server(async |server| {
        let event = shared(server, 4, Value::Null).await;
        let held = server.book(&of_both(event, 1, 2)).await.made();
        let refused = server.book(&of_both(event, 2, 0)).await;
        assert_eq!(refused.problem(409), "held-by-others");
        assert_eq!(refused.json["may_free_at"], held["expires_at"]);
        server.pay(&held, GOOD_CARD).await.made();
        // One is free, three are sold.
        assert_eq!(
            server.book(&of_both(event, 1, 1)).await.problem(409),
            "sold-out"
        );
        let last = server.book(&of_both(event, 0, 1)).await.made();
        assert_eq!(
            server.book(&of_both(event, 1, 0)).await.problem(409),
            "held-by-others"
        );
        for tier in counts(server, event).await.as_array().unwrap() {
            let shown = json!([
                tier["capacity"],
                tier["available"],
                tier["held"],
                tier["sold"]
            ]);
            assert_eq!(shown, json!([4, 0, 1, 3]), "{tier}");
        }
        server.cancel(&last).await;
        for tier in counts(server, event).await.as_array().unwrap() {
            assert_eq!(tier["available"], 1, "{tier}");
        }
        server.book(&of_both(event, 1, 0)).await.made();
    })
    .await;
}

#[tokio::test]
async fn a_seat_is_named_once_whatever_it_is_bought_as() {
    with_server(async |server| {
        let event = shared(server, 20, json!([10])).await;
        let twice = named(event, &[("adult", "A", 1), ("reduced", "A", 1)]);
        assert_eq!(server.book(&twice).await.problem(422), "invalid-request");
        let mut mixed = named(event, &[("adult", "A", 1)]);
        mixed["items"] = json!([{"tier": "reduced", "quantity": 1}]);
        assert_eq!(server.book(&mixed).await.problem(422), "invalid-request");
        let both = named(event, &[("adult", "A", 1), ("reduced", "A", 2)]);
        server.book(&both).await.made();
        let other = named(event, &[("adult", "A", 3), ("reduced", "A", 1)]);
        let refused = server.book(&other).await;
        assert_eq!(refused.problem(409), "seats-taken");
        let gone = json!([{"tier": "reduced", "row": "A", "number": 1}]);
        assert_eq!(refused.json["seats"], gone);
        let map = async |tier: &str| {
            let path = format!("/api/events/{event}/seats?tier={tier}");
            server.read(&path).await["rows"][0]["seats"].clone()
        };
        assert_eq!(map("adult").await, "hhffffffff");
        assert_eq!(map("reduced").await, "hhffffffff");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_gets_the_party_its_seats_again_or_others_together() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = shared(server, 30, json!([10])).await;
        let again = server.book(&of_both(event, 1, 2)).await.made();
        let payment = server.charge_without_webhook(&again).await;
        expire(server, &again).await;
        tell(server, &payment).await;
        assert_eq!(server.booking(&again).await["items"], again["items"]);

        let other = server.book(&of_both(event, 1, 2)).await.made();
        let payment = server.charge_without_webhook(&other).await;
        expire(server, &other).await;
        // Somebody has one of the three seats now.
        let seat = seats_of(&other["items"][1])[1].to_owned();
        let (row, number) = seat.split_once('-').unwrap();
        let taken = named(event, &[("adult", row, number.parse().unwrap())]);
        server.book(&taken).await.made();
        tell(server, &payment).await;
        let now = server.booking(&other).await;
        assert_eq!(now["status"], "confirmed");
        let mut seats = seats_of(&now["items"][0]);
        seats.extend(seats_of(&now["items"][1]));
        assert_eq!(seats.iter().collect::<BTreeSet<_>>().len(), 3, "{now}");
        assert_eq!(now["items"][0]["together"], true, "{now}");
        assert_eq!(server.count(REFUNDED).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_goes_back_if_the_stock_has_too_few_for_the_whole_party() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = shared(server, 4, Value::Null).await;
        let booked = server.book(&of_both(event, 2, 2)).await.made();
        let payment = server.charge_without_webhook(&booked).await;
        expire(server, &booked).await;
        let other = server.book(&of_both(event, 0, 1)).await.made();
        server.pay(&other, GOOD_CARD).await.made();
        tell(server, &payment).await;
        server.until(DUE, 0).await;
        assert_eq!(server.count(REFUNDED).await, 1);
        assert_eq!(server.booking(&booked).await["status"], "expired");
        assert_eq!(server.count(TAKEN).await, 1);
    })
    .await;
}

#[tokio::test]
async fn tickets_are_exchanged_and_given_back_as_what_they_were_bought() {
    with_server(async |server| {
        let event = shared(server, 20, json!([10])).await;
        let organiser = Organiser::new(server).await;
        let booked = paid(server, event, &[("adult", 2), ("reduced", 1)], "Ana").await;
        let path = |what: &str| format!("/bookings/{}/{what}", text(&booked["id"]));
        let ask = async |what: &str, body: Value| {
            let answer = organiser.change(&path(what), &fresh_key(), &body).await;
            assert_eq!(answer.status, 200, "{}", answer.json);
            answer.json["booking"]["items"].clone()
        };
        let ticket = |tier: &str, seat: &str| json!([{"tier": tier, "seat": seat}]);
        let adults = seats_of(&booked["items"][0]);
        let was = seats_of(&booked["items"][1])[0];
        // The same seat at the other price.
        let to = json!({"tickets": ticket("adult", adults[0]), "tier": "reduced", "seats": [adults[0]], "expected_refund": 1000});
        let items = ask("exchanges", to).await;
        assert_eq!(items[0]["seats"], json!([adults[1]]));
        let mut both = vec![adults[0], was];
        both.sort_unstable();
        assert_eq!(items[1]["seats"], json!(both));
        // Another seat at the same price: one that is free, whichever tier is asked.
        let to = json!({"tickets": ticket("reduced", was), "tier": "reduced", "seats": ["B-1"]});
        assert!(seats_of(&ask("exchanges", to).await[1]).contains(&"B-1"));
        let to = json!({"tickets": ticket("reduced", "B-1"), "tier": "reduced"});
        assert_eq!(seats_of(&ask("exchanges", to).await[1]).len(), 2);
        let other = named(event, &[("adult", "B", 1)]);
        server.book(&other).await.made();
        let taken = json!({"tickets": ticket("adult", adults[1]), "tier": "adult", "seats": ["B-1"]});
        let taken = organiser.change(&path("exchanges"), &fresh_key(), &taken).await;
        assert_eq!(taken.problem(409), "seats-taken");
        // The last adult: the booking has none of the tier it shares the stock of.
        let items = ask("returns", json!({"tickets": ticket("adult", adults[1])})).await;
        assert_eq!((items.as_array().unwrap().len(), &items[0]["tier"]), (1, &json!("reduced")));
        assert_eq!(server.count(TAKEN).await, 3);
        let handed = ask("handovers", json!({"contact": {"name": "Bo", "email": "bo@example.org"}})).await;
        assert_eq!(handed, items);
        // And an adult again, which costs more: tickets of the stock, in an item of its own.
        let first = seats_of(&items[0])[0].to_owned();
        let to = json!({"tickets": ticket("reduced", &first), "tier": "adult", "waive_difference": true});
        let items = ask("exchanges", to).await;
        assert_eq!((&items[0]["tier"], &items[1]["tier"]), (&json!("adult"), &json!("reduced")));
        let cancelled = organiser.change(&path("cancel"), &fresh_key(), &json!({})).await;
        assert_eq!(cancelled.status, 200, "{}", cancelled.json);
        assert_eq!(server.count(TAKEN).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_block_of_a_tier_that_shares_keeps_tickets_of_the_stock() {
    with_server(async |server| {
        let event = shared(server, 20, json!([10])).await;
        let organiser = Organiser::new(server).await;
        let blocks = format!("/events/{event}/blocks");
        let wanted = json!({"items": [{"tier": "reduced", "quantity": 3}, {"tier": "adult", "quantity": 2}], "reason": "Press"});
        let made = organiser.post_once(&blocks, &fresh_key(), &wanted).await;
        assert_eq!(made.status, 201, "{}", made.json);
        assert_eq!(server.count(TAKEN).await, 5);
        let path = format!("{blocks}/{}", text(&made.json["id"]));
        let fewer = json!({"items": [{"tier": "reduced", "quantity": 1}]});
        assert_eq!(organiser.patch(&path, &fewer).await.status, 200);
        assert_eq!(server.count(TAKEN).await, 3);
        let none = json!({"items": [{"tier": "reduced", "quantity": 0}]});
        assert_eq!(organiser.patch(&path, &none).await.status, 200);
        assert_eq!(server.count(TAKEN).await, 2);
        assert_eq!(organiser.delete(&path).await.status, 200);
        assert_eq!(server.count(TAKEN).await, 0);
    })
    .await;
}

/// A program at the doors.
pub(crate) async fn door(
    server: &Server,
    event: Uuid,
    path: &str,
    body: &Value,
    token: &str,
) -> Value {
    let url = format!("{}/api/organiser/events/{event}/{path}", server.url);
    let request = server.client.post(url).bearer_auth(token).json(body);
    Answer::of(request.send().await.unwrap()).await.made()
}

#[tokio::test]
async fn a_scan_shows_the_tier_that_was_bought_and_a_gate_admits_by_it() {
    with_server(async |server| {
        let event = shared(server, 20, json!([10])).await;
        let booked = server.book(&of_both(event, 1, 1)).await.made();
        server.pay(&booked, GOOD_CARD).await.made();
        let no = server.count("SELECT max(event_id) FROM events").await;
        let booking = text(&booked["id"]).parse().unwrap();
        let codes = &server.app.codes;
        let codes = codes
            .of_booking(boxoffice::types::EventNo(no), booking)
            .await
            .unwrap();
        let scopes = [Scope::CheckIn, Scope::EventsWrite];
        let made = api_token::create(&server.db, "door", &scopes, Duration::from_secs(60)).await;
        let token = made.unwrap().1;
        let post = async |path: &str, body: Value| door(server, event, path, &body, &token).await;
        let only = json!({"name": "Reduced", "tiers": ["reduced"]});
        let list = post("check-in/lists", only).await["id"].clone();
        let gate =
            post("check-in/gates", json!({"name": "R", "list_id": list})).await["id"].clone();
        let scan = async |code: &str| {
            let body = json!({"id": Uuid::new_v4(), "gate_id": gate, "code": code});
            post("scans", body).await
        };
        let refused = scan(&codes[0].1).await;
        assert_eq!(refused["result"], "not_this_gate", "{refused}");
        assert_eq!(refused["ticket"]["tier"], "adult");
        let admitted = scan(&codes[1].1).await;
        assert_eq!(admitted["result"], "admitted", "{admitted}");
        assert_eq!(admitted["ticket"]["tier"], "reduced");
        assert_eq!(admitted["ticket"]["tier_name"], "Reduced");
        assert_eq!(admitted["ticket"]["seat"], booked["items"][1]["seats"][0]);
        assert_ne!(codes[0].1, codes[1].1);
        let shown = server.booking(&booked).await["tickets"].clone();
        let of = |ticket: &Value| (ticket["tier"].clone(), ticket["code"].clone());
        let shown: Vec<_> = shown.as_array().unwrap().iter().map(of).collect();
        let expected = [
            (json!("adult"), json!(codes[0].1)),
            (json!("reduced"), json!(codes[1].1)),
        ];
        assert_eq!(shown, expected);
    })
    .await;
}

#[tokio::test]
async fn the_stock_is_made_larger_and_smaller_where_it_is_and_is_not_taken_away() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program
            .published(json!([adult(20, json!([10])), reduced()]))
            .await;
        let id = id_of(&event);
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 20);
        let wrong = program
            .change_tier(&event, "reduced", json!({"capacity": 5}))
            .await;
        assert_eq!(wrong.problem(422), "invalid-request");
        assert_eq!(wrong.json["errors"][0]["pointer"], "/capacity");
        let moved = program
            .change_tier(&event, "reduced", json!({"shares": null}))
            .await;
        assert_eq!(
            moved.json["errors"][0]["pointer"], "/shares",
            "{}",
            moved.json
        );
        for capacity in [30, 10] {
            let changed = program
                .change_tier(&event, "adult", json!({"capacity": capacity}))
                .await;
            assert_eq!(changed.status, 200, "{}", changed.json);
            for tier in changed.json["tiers"].as_array().unwrap() {
                assert_eq!(tier["capacity"], capacity, "{tier}");
            }
            assert_eq!(server.count("SELECT count(*) FROM tickets").await, capacity);
        }
        let cheaper = program
            .change_tier(&event, "reduced", json!({"price_minor": 1500}))
            .await;
        assert_eq!(cheaper.status, 200, "{}", cheaper.json);
        let late =
            json!({"tier": "student", "name": "Student", "price_minor": 900, "shares": "adult"});
        program.post(&format!("/{id}/tiers"), &late).await.made();
        let all = of_both(id, 4, 4);
        server.book(&all).await.made();
        let student = order(id, Uuid::new_v4(), &[("student", 3)]);
        assert_eq!(server.book(&student).await.problem(409), "held-by-others");
        let chain =
            json!({"tier": "child", "name": "Child", "price_minor": 1, "shares": "student"});
        let refused = program.post(&format!("/{id}/tiers"), &chain).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/shares");
    })
    .await;
}

#[tokio::test]
async fn a_draft_keeps_the_tier_that_others_are_sold_from() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let draft = program.create(&with_tiers(json!([reduced(), adult(20, Value::Null)]))).await;
        let id = text(&draft["id"]);
        let refused = program.ask(Method::DELETE, &format!("/{id}/tiers/adult"), None).await;
        assert_eq!(refused.problem(409), "event-state");
        let own = json!({"shares": null, "capacity": 7});
        let changed = program.change_tier(&draft, "reduced", own).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
        let back = program.change_tier(&draft, "reduced", json!({"shares": "adult"})).await;
        assert_eq!(back.status, 200, "{}", back.json);
        let copy = json!({"starts_at": ["2036-07-01T19:00:00Z"]});
        let copied = program.post(&format!("/{id}/duplicate"), &copy).await;
        assert_eq!(copied.status, 201, "{}", copied.json);
        program.publish(id).await;
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 20);
        let unknown = json!([adult(2, Value::Null), {"tier": "x", "name": "X", "price_minor": 1, "shares": "y"}]);
        let refused = program.post("", &with_tiers(unknown)).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/tiers/1/shares");
        let other = json!([adult(2, Value::Null), {"tier": "x", "name": "X", "price_minor": 1, "shares": "adult", "capacity": 3}]);
        let refused = program.post("", &with_tiers(other)).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/tiers/1/capacity");
    })
    .await;
}

#[tokio::test]
async fn totals_count_shared_tickets_once() {
    with_server(async |server| {
        let event = shared(server, 20, Value::Null).await;
        let booked = server.book(&of_both(event, 1, 2)).await.made();
        server.pay(&booked, GOOD_CARD).await.made();
        let id = boxoffice::types::EventId(event);
        let known = server.app.catalog.event(id).await.unwrap().unwrap();
        // Sums are up to date a moment after the payment.
        let mut totals = server.app.reports.totals(&known).await.unwrap();
        while totals.bookings == 0 {
            tokio::task::yield_now().await;
            totals = server.app.reports.totals(&known).await.unwrap();
        }
        assert_eq!(
            (totals.all.capacity, totals.all.sold, totals.all.free),
            (20, 3, 17)
        );
        let sold: Vec<i64> = totals.tiers.iter().map(|(_, tier)| tier.sold).collect();
        assert_eq!(sold, [1, 2]);
        assert_eq!(totals.all.gross_minor, 7000);
    })
    .await;
}

/// Remembers of which tiers tickets were taken.
#[derive(Default)]
struct Told(Mutex<Vec<TierNo>>);

impl Listener for Told {
    fn taken(&self, _: EventNo, tier: TierNo, _: i32, _: &[SeatNo]) {
        self.0.lock().unwrap().push(tier);
    }
    fn released(&self, _: EventNo, _: TierNo, _: &[SeatNo]) {}
    fn found_taken(&self, _: EventNo, _: &[(TierNo, SeatNo)]) {}
}

#[tokio::test]
async fn what_organisers_take_is_told_of_the_tier_whose_tickets_they_are() {
    with_server(async |server| {
        let event = EventId(shared(server, 20, json!([10])).await);
        let event = server.app.catalog.event(event).await.unwrap().unwrap();
        let told = Arc::new(Told::default());
        let config = AllocatorConfig::default();
        let hold = Duration::from_secs(300);
        let lanes = Lanes::new(server.db.clone(), config, hold, told.clone());
        let tier = |code: &str| event.tier(code).unwrap().no;
        let request = Issue {
            kind: BookingKind::Withheld,
            key: fresh_key().parse().unwrap(),
            items: vec![RequestedItem {
                tier: "reduced".into(),
                quantity: 2,
            }],
            seats: Vec::new(),
            reason: Some("Sound desk".into()),
            contact: None,
            terms: String::new(),
        };
        let order = make_issue(&event, &request).unwrap();
        let by = Actor::operator("tests");
        issue(&server.db, &lanes, &by, &event, request, order, None)
            .await
            .unwrap();
        assert_ne!(tier("adult"), tier("reduced"));
        assert_eq!(*told.0.lock().unwrap(), [tier("adult")]);
    })
    .await;
}
