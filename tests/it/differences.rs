//! What dearer tickets cost more is taken by hand: recorded with each ticket, once, as much as the page has said; and given
//! back by hand when the ticket leaves the booking, never by the card and never twice.

use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::box_office::{for_cash, sell};
use crate::changing::{BACK, exchange, give_back, hidden, seats, tickets};
use crate::moving::{answer, moved};
use crate::reports::{Organiser, paid};
use crate::support::{Answer, Server, fresh_key, general, numbered, text, with_server};

const ROWS: &str = "SELECT count(*) FROM paid_differences";
const TOLD: &str = "SELECT count(*) FROM audit_entries WHERE action = 'payment.given_back'";

/// Tickets of `vip`, of `box`, which cost twice as much, and of `ga`, which cost a tenth.
async fn event(server: &Server) -> Uuid {
    let mut dearest = numbered("box", 20, &[10]);
    dearest.price_minor = 20_000;
    let tiers = [numbered("vip", 20, &[10]), general("ga", 30), dearest];
    server.event(&tiers).await
}

/// An exchange for a tier, with so much taken by hand.
fn taking(of: (&str, &[String]), tier: &str, paid: Value) -> Value {
    let labels: Vec<&str> = of.1.iter().map(String::as_str).collect();
    json!({"tickets": tickets(of.0, &labels), "tier": tier, "paid_difference": paid})
}

fn cash(minor: i64) -> Value {
    json!({"method": "cash", "expected": minor})
}

async fn due(organiser: &Organiser<'_>, event: Uuid) -> Vec<(i64, String)> {
    let due = organiser
        .read(&format!("/events/{event}/hand-refunds"))
        .await;
    let due = due["refunds"].as_array().unwrap().iter();
    due.map(|one| {
        assert_eq!(one["paid_for"], "difference", "{one}");
        assert!(one["due_since"].is_string(), "{one}");
        let amount = one["amount"]["amount"].as_i64().unwrap();
        (amount, text(&one["method"]).to_owned())
    })
    .collect()
}

async fn record_back(organiser: &Organiser<'_>, booking: &Value) -> Answer {
    let path = format!("/bookings/{}/given-back", text(&booking["id"]));
    let back = organiser.post(&path, &json!({})).await;
    assert_eq!(back.status, 200, "{}", back.json);
    back
}

/// What is left of all; gross and net of what was taken in cash, and of the differences: once they are these.
async fn until_sums(
    organiser: &Organiser<'_>,
    event: Uuid,
    expected: (i64, (i64, i64), (i64, i64)),
) {
    let mut told = Value::Null;
    for _ in 0..200 {
        let report = organiser.read(&format!("/events/{event}/report")).await;
        let ways = report["ways"].as_array().unwrap();
        let of_cash = ways.iter().find(|one| one["way"] == "cash").unwrap();
        let sums = [&report["all"], of_cash, &report["differences"]].map(|of| {
            let minor = |name: &str| of[name]["amount"].as_i64().unwrap();
            assert_eq!(minor("net"), minor("gross") - minor("refunds"));
            (minor("gross"), minor("net"))
        });
        let of_tiers = report["tiers"].as_array().unwrap().iter();
        let of_tiers: i64 = of_tiers
            .map(|tier| tier["totals"]["net"]["amount"].as_i64().unwrap())
            .sum();
        let of_ways: i64 = ways
            .iter()
            .map(|way| way["net"]["amount"].as_i64().unwrap())
            .sum();
        let [all, of_cash, differences] = sums;
        assert_eq!((of_tiers, of_ways), (all.1, all.1), "{report}");
        if (all.1, of_cash, differences) == expected {
            return;
        }
        told = report;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("not {expected:?}: {told}");
}

#[tokio::test]
async fn what_is_taken_by_hand_stays_with_its_ticket_and_goes_back_by_hand_when_it_leaves() {
    with_server(async |server| {
        let event = event(server).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 3)], "Ana").await;
        let ga = seats(&bought, "ga");
        organiser.report(event, 1, 0).await;
        let changed = exchange(&organiser, &bought, taking(("ga", &ga[..2]), "vip", cash(18_000))).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
        let vip = seats(&changed.json["booking"], "vip");
        let recorded = changed.json["paid_differences"].as_array().unwrap();
        for (one, seat) in recorded.iter().zip(&vip) {
            assert_eq!((&one["seat"], &one["tier"]), (&json!(seat), &json!("vip")));
            assert_eq!((&one["amount"]["amount"], &one["method"]), (&json!(9_000), &json!("cash")));
            assert_eq!((&one["due_since"], &one["given_back_at"]), (&Value::Null, &Value::Null));
        }
        assert_eq!(recorded.len(), 2);
        let done = changed.json["history"].as_array().unwrap().iter();
        let done: Vec<_> = done.filter(|moment| moment["what"] == "done").collect();
        assert_eq!(done[0]["after"]["paid"]["amount"], 18_000, "{done:?}");
        assert_eq!((&done[0]["after"]["method"], &done[0]["after"]["waived"]), (&json!("cash"), &Value::Null));
        // The ticket is worth what was charged for it.
        let items = changed.json["booking"]["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["unit_price"]["amount"] == 1_000), "{items:?}");
        until_sums(&organiser, event, (21_000, (18_000, 18_000), (18_000, 18_000))).await;
        // Moved within its tier it is the same ticket.
        let there = json!({"tickets": tickets("vip", &[&vip[0]]), "seats": ["B-9"]});
        let there = exchange(&organiser, &bought, there).await;
        assert_eq!(there.json["paid_differences"][0]["seat"], "B-9", "{}", there.json);
        assert_eq!(due(&organiser, event).await, []);
        record_back(&organiser, &bought).await;
        assert_eq!(server.count(TOLD).await, 0);
        let back = give_back(&organiser, &bought, tickets("vip", &["B-9"])).await;
        assert_eq!(back.status, 200, "{}", back.json);
        assert_eq!(server.count(BACK).await, 1_000, "the card gives back what it was charged");
        assert!(back.json["paid_differences"][0]["due_since"].is_string(), "{}", back.json);
        assert_eq!(due(&organiser, event).await, [(9_000, "cash".to_owned())]);
        until_sums(&organiser, event, (11_000, (18_000, 9_000), (18_000, 9_000))).await;
        // For a tier that costs what was charged nothing goes back by card, and all that was paid by hand does by hand.
        let cheaper = json!({"tickets": tickets("vip", &[&vip[1]]), "tier": "ga"});
        let cheaper = exchange(&organiser, &bought, cheaper).await;
        assert_eq!(cheaper.status, 200, "{}", cheaper.json);
        assert_eq!(due(&organiser, event).await, [(18_000, "cash".to_owned())]);
        for _ in 0..2 {
            record_back(&organiser, &bought).await;
        }
        assert_eq!(due(&organiser, event).await, []);
        assert_eq!(server.count(TOLD).await, 1);
        let given = "SELECT (after->'given_back'->>'amount')::bigint FROM audit_entries WHERE action = 'payment.given_back'";
        assert_eq!(server.count(given).await, 18_000);
        until_sums(&organiser, event, (2_000, (18_000, 0), (18_000, 0))).await;
        assert_eq!(server.cancel(&bought).await.status, 200);
        assert_eq!((server.count(BACK).await, due(&organiser, event).await), (3_000, vec![]));
    })
    .await;
}

#[tokio::test]
async fn no_other_sum_is_taken_than_was_said_and_nonsense_is_told_at_its_field() {
    with_server(async |server| {
        let event = event(server).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 3)], "Ana").await;
        let ga = seats(&bought, "ga");
        let one = ("ga", &ga[..1]);
        let by_terminal = |reference: &str| json!({"method": "terminal", "expected": 9_000, "reference": reference});
        let long = "9".repeat(101);
        for (paid, pointer) in [
            (by_terminal(&long), "/paid_difference/reference"),
            (by_terminal("a\u{7}"), "/paid_difference/reference"),
            (by_terminal(""), "/paid_difference/reference"),
            (json!({"method": "cash", "expected": 9_000, "reference": "7"}), "/paid_difference/reference"),
            (json!({"method": "card", "expected": 9_000}), "/paid_difference/method"),
        ] {
            let refused = exchange(&organiser, &bought, taking(one, "vip", paid.clone())).await;
            assert_eq!(refused.problem(422), "invalid-request", "{paid}");
            assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{}", refused.json);
        }
        let mut both = taking(one, "vip", cash(9_000));
        both["waive_difference"] = json!(true);
        let refused = exchange(&organiser, &bought, both).await;
        assert_eq!(refused.problem(422), "invalid-request");
        assert_eq!(refused.json["errors"][0]["pointer"], "/paid_difference");
        for other in [0, 8_999, 18_000] {
            let refused = exchange(&organiser, &bought, taking(one, "vip", cash(other))).await;
            assert_eq!(refused.problem(409), "difference-differs");
            assert_eq!(refused.json["difference"]["amount"], 9_000);
        }
        let nothing = exchange(&organiser, &bought, taking(one, "ga", cash(1))).await;
        assert_eq!(nothing.problem(409), "difference-differs");
        assert_eq!(server.count("SELECT count(*) FROM booking_changes").await, 0);
        // Where nothing is to be paid, nothing is recorded.
        let same = exchange(&organiser, &bought, taking(one, "ga", cash(0))).await;
        assert_eq!((same.status, server.count(ROWS).await), (200, 0), "{}", same.json);
        // What was sold at the counter is not exchanged for another tier, whoever pays.
        let sold = sell(&organiser, event, &for_cash(&[("ga", 2)], None)).await.json;
        let sold = &sold["booking"];
        let theirs = seats(sold, "ga");
        let refused = exchange(&organiser, sold, taking(("ga", &theirs[..1]), "vip", cash(9_000))).await;
        assert_eq!(refused.problem(409), "only-cancelled");
        assert_eq!(server.count(ROWS).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_takes_once_and_another_way_is_another_request() {
    with_server(async |server| {
        let event = event(server).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 2)], "Ana").await;
        let ga = seats(&bought, "ga");
        let path = format!("/bookings/{}/exchanges", text(&bought["id"]));
        let (key, body) = (fresh_key(), taking(("ga", &ga), "vip", cash(18_000)));
        let pressed = (0..4).map(|_| organiser.change(&path, &key, &body));
        for answer in join_all(pressed).await {
            assert_eq!(answer.status, 200, "{}", answer.json);
        }
        assert_eq!(server.count(ROWS).await, 2);
        let terminal = json!({"method": "terminal", "expected": 18_000});
        for other in [terminal, cash(17_999)] {
            let other = taking(("ga", &ga), "vip", other);
            let reused = organiser.change(&path, &key, &other).await;
            assert_eq!(reused.problem(422), "idempotency-key-reused");
        }
        // Whoever gives back at two counters at once gives back once.
        assert_eq!(server.cancel(&bought).await.status, 200);
        assert_eq!(due(&organiser, event).await, [(18_000, "cash".to_owned())]);
        join_all((0..4).map(|_| record_back(&organiser, &bought))).await;
        assert_eq!(
            (server.count(TOLD).await, due(&organiser, event).await),
            (1, vec![])
        );
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "each way to end, told once")]
async fn whatever_ends_a_booking_makes_due_what_was_taken_for_its_tickets() {
    with_server(async |server| {
        let event = event(server).await;
        let organiser = Organiser::new(server).await;
        let upgraded = async |name: &str, tier: &str, minor: i64| {
            let bought = paid(server, event, &[("ga", 1)], name).await;
            let ga = seats(&bought, "ga");
            let done = exchange(&organiser, &bought, taking(("ga", &ga), tier, cash(minor))).await;
            assert_eq!(done.status, 200, "{}", done.json);
            bought
        };
        let cancelled = upgraded("Ana", "vip", 9_000).await;
        let returned = upgraded("Bo", "box", 19_000).await;
        let stays = upgraded("Cy", "box", 19_000).await;
        let dearer = upgraded("Di", "vip", 9_000).await;
        assert_eq!(due(&organiser, event).await, []);
        let path = format!("/bookings/{}/cancel", text(&cancelled["id"]));
        assert_eq!(organiser.post(&path, &json!({})).await.status, 200);
        assert_eq!(due(&organiser, event).await, [(9_000, "cash".to_owned())]);
        moved(server, &organiser, event).await;
        assert_eq!(answer(server, &returned, 1, "return").await.status, 200);
        // For dearer ones again: what was taken before goes back, and all of the difference is taken.
        let vip = seats(
            &organiser
                .read(&format!("/bookings/{}/history", text(&dearer["id"])))
                .await["booking"],
            "vip",
        );
        let again = json!({"method": "terminal", "reference": "T-7", "expected": 19_000});
        let again = exchange(&organiser, &dearer, taking(("vip", &vip), "box", again)).await;
        assert_eq!(again.status, 200, "{}", again.json);
        let mut open = due(&organiser, event).await;
        open.sort();
        let of_cash = |minor: i64| (minor, "cash".to_owned());
        assert_eq!(open, [of_cash(9_000), of_cash(9_000), of_cash(19_000)]);
        let off = organiser
            .post(
                &format!("/events/{event}/call-off"),
                &json!({"name": crate::calling_off::NAME}),
            )
            .await;
        assert_eq!(off.status, 202, "{}", off.json);
        server
            .until(
                "SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL",
                1,
            )
            .await;
        let off = organiser.read(&format!("/events/{event}/call-off")).await;
        assert_eq!(
            (&off["by_hand"], &off["refunds"], &off["refunded"]),
            (&json!(5), &json!(2), &json!(2)),
            "{off}"
        );
        for booking in [&cancelled, &returned, &stays, &dearer] {
            record_back(&organiser, booking).await;
        }
        assert_eq!(
            (server.count(TOLD).await, due(&organiser, event).await),
            (4, vec![])
        );
        let off = organiser.read(&format!("/events/{event}/call-off")).await;
        assert_eq!(off["by_hand"], 0);
        let file = organiser
            .ask(&format!("/events/{event}/exports/bookings.csv"))
            .await;
        let file = file.text().await.unwrap();
        let lines: Vec<&str> = file.lines().collect();
        assert!(
            lines[0].ends_with(",differences_paid,differences_returned"),
            "{file}"
        );
        let mut sums: Vec<&str> = lines[1..]
            .iter()
            .map(|line| line.splitn(16, ',').last().unwrap())
            .collect();
        sums.sort_unstable();
        assert_eq!(
            sums,
            [
                "190.00,190.00",
                "190.00,190.00",
                "280.00,280.00",
                "90.00,90.00"
            ],
            "{file}"
        );
        until_sums(&organiser, event, (0, (56_000, 0), (75_000, 0))).await;
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one visit, step by step")]
async fn the_pages_take_the_difference_they_have_shown_and_say_what_goes_back_by_hand() {
    with_server(async |server| {
        let event = event(server).await;
        let bought = paid(server, event, &[("ga", 2)], "Ana").await;
        let ga = seats(&bought, "ga");
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let at = format!("/admin/bookings/{}", text(&bought["id"]));
        let list = format!("/admin/events/{event}/hand-refunds");
        let page = async |path: &str| {
            let answer = manager.get(server, path).await;
            assert_eq!(answer.status(), 200, "{path}");
            answer.text().await.unwrap()
        };
        let question = format!(
            "{at}/exchange?next=1&ticket=ga:{}&tier=vip&seats=B-4",
            ga[0]
        );
        let asked = page(&question).await;
        for said in [
            "$90.00 more",
            "Paid: $90.00 in cash",
            "Paid: $90.00 by the card terminal",
            "Waive the $90.00",
        ] {
            assert!(asked.contains(said), "{said}: {asked}");
        }
        let (key, dearer) = (hidden(&asked, "key"), hidden(&asked, "dearer"));
        assert_eq!(dearer, "9000");
        let ticket = format!("ga:{}", ga[0]);
        let long = "9".repeat(101);
        let press = async |dearer: &str, how: &str, reference: &str| {
            let fields = [
                ("ticket", ticket.as_str()),
                ("tier", "vip"),
                ("seats", "B-4"),
                ("refund", "0"),
                ("key", &key),
                ("dearer", dearer),
                ("difference", how),
                ("reference", reference),
            ];
            let answer = manager
                .post(server, &format!("{at}/exchange"), &fields)
                .await;
            (answer.status().as_u16(), answer.text().await.unwrap())
        };
        // Not chosen, another sum, no sum, a reference that is too long: nothing is done, and that field is asked for again.
        assert_eq!(press("9000", "", "").await.0, 409);
        assert_eq!(press("8000", "cash", "").await.0, 409);
        assert_eq!(press("", "cash", "").await.0, 409);
        let (status, again) = press("9000", "terminal", &long).await;
        assert_eq!((status, again.contains(&long)), (422, true), "{again}");
        assert!(
            again.contains("value=\"terminal\" checked") && again.contains("at most 100"),
            "{again}"
        );
        assert_eq!(server.count(ROWS).await, 0);
        for _ in 0..2 {
            assert_eq!(press("9000", "terminal", "T-12").await.0, 303);
        }
        assert_eq!(server.count(ROWS).await, 1);
        let overview = page(&at).await;
        for said in [
            "Paid by hand for dearer tickets",
            "$90.00 paid by the card terminal",
        ] {
            assert!(overview.contains(said), "{said}: {overview}");
        }
        let report = page(&format!("/admin/events/{event}")).await;
        assert!(
            report.contains("$90.00 of it by hand, for dearer tickets"),
            "{report}"
        );
        // What goes back is said before it is done.
        let said = "$90.00 that was paid for these tickets by hand is to be given back by hand";
        for path in [
            format!("{at}/return?next=1&ticket=vip:B-4"),
            format!("{at}/exchange?next=1&ticket=vip:B-4&tier=ga&seats="),
            format!("{at}/cancel"),
        ] {
            assert!(page(&path).await.contains(said), "{path}");
        }
        let stays = page(&format!("{at}/return?next=1&ticket=ga:{}", ga[1])).await;
        assert!(!stays.contains("by hand"), "{stays}");
        let stays = page(&format!(
            "{at}/exchange?next=1&ticket=vip:B-4&tier=vip&seats=B-5"
        ))
        .await;
        assert!(!stays.contains("by hand"), "{stays}");
        assert!(page(&list).await.contains("Nothing is to be given back"));
        assert_eq!(
            manager
                .post(server, &format!("{at}/cancel"), &[])
                .await
                .status(),
            303
        );
        let listed = page(&list).await;
        for said in ["T-12", "$90.00", "Paid by hand for dearer tickets"] {
            assert!(listed.contains(said), "{said}: {listed}");
        }
        let change = hidden(&listed, "change");
        let id = text(&bought["id"]);
        let record = async |amount: &str| {
            let fields = [
                ("booking", id),
                ("change", change.as_str()),
                ("amount", amount),
            ];
            manager.post(server, &list, &fields).await.status().as_u16()
        };
        assert_eq!((record("8000").await, server.count(TOLD).await), (409, 0));
        assert_eq!((record("9000").await, record("9000").await), (303, 303));
        assert_eq!(server.count(TOLD).await, 1);
        let overview = page(&at).await;
        assert!(overview.contains("$90.00 given back by hand"), "{overview}");
    })
    .await;
}
