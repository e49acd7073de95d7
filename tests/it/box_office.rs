//! The box office: tickets that are given to guests, sales at the counter for cash or by terminal, and money that goes back
//! by hand.

use std::sync::Arc;

use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::organising::Program;
use crate::reports::{Organiser, paid};
use crate::support::{
    Answer, FREE, Server, fresh_key, general, numbered, order, text, with_server,
};

const NAME: &str = "Nordlicht Quartet";

fn items(items: &[(&str, i64)]) -> Value {
    let items = items.iter();
    items
        .map(|(tier, quantity)| json!({"tier": tier, "quantity": quantity}))
        .collect()
}

/// A sale for cash, of which so much was given.
pub(crate) fn for_cash(tickets: &[(&str, i64)], tendered: Option<i64>) -> Value {
    let mut payment = json!({"method": "cash"});
    if let Some(tendered) = tendered {
        payment["tendered"] = json!(tendered);
    }
    json!({"items": items(tickets), "payment": payment})
}

fn by_terminal(tickets: &[(&str, i64)], reference: &str) -> Value {
    json!({"items": items(tickets), "payment": {"method": "terminal", "reference": reference}})
}

fn for_guest(tickets: &[(&str, i64)], name: &str) -> Value {
    let contact = json!({"name": name, "email": "guest@example.org"});
    json!({"items": items(tickets), "contact": contact, "reason": "Press"})
}

pub(crate) async fn sell(organiser: &Organiser<'_>, event: Uuid, body: &Value) -> Answer {
    let path = format!("/events/{event}/box-office");
    organiser.post_once(&path, &fresh_key(), body).await
}

async fn give(organiser: &Organiser<'_>, event: Uuid, body: &Value) -> Answer {
    let path = format!("/events/{event}/complimentary");
    organiser.post_once(&path, &fresh_key(), body).await
}

#[tokio::test]
async fn a_sale_at_the_counter_is_confirmed_with_its_payment_and_says_what_the_change_is() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10]), general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let sold = sell(&organiser, event, &for_cash(&[("vip", 1), ("ga", 2)], Some(20_000))).await;
        assert_eq!(sold.status, 201, "{}", sold.json);
        let booking = &sold.json["booking"];
        assert_eq!((&booking["status"], &booking["kind"]), (&json!("confirmed"), &json!("box_office")));
        assert_eq!(booking["total"]["amount"], 12_000);
        assert_eq!(sold.json["change"]["amount"], 8_000);
        assert_eq!(booking["payment"]["method"], "cash");
        assert_eq!(booking["payment"]["status"], "succeeded");
        // The link opens the tickets.
        let page = server.get(text(&sold.json["link"])).await.text().await.unwrap();
        assert!(page.contains(text(&booking["reference"])), "{page}");
        let card = sell(&organiser, event, &by_terminal(&[("ga", 1)], "T-4711")).await.json;
        assert_eq!((&card["change"], &card["booking"]["payment"]["method"]), (&Value::Null, &json!("terminal")));
        let exactly = sell(&organiser, event, &for_cash(&[("ga", 1)], None)).await.json;
        assert_eq!(exactly["change"], Value::Null);
        // No gateway knows of it.
        assert_eq!(server.count("SELECT count(*) FROM gateway_charges").await, 0);
        let told = "SELECT string_agg(action || ' ' || (after ->> 'paid'), ', ' ORDER BY id) FROM audit_entries WHERE event_id > 0";
        assert_eq!(
            server.text(told).await,
            "tickets.sold cash 20000, tickets.sold terminal T-4711, tickets.sold cash"
        );
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told once")]
async fn revenue_tells_card_cash_terminal_and_gifts_apart() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        paid(server, event, &[("ga", 1)], "Ana").await;
        let cash = sell(&organiser, event, &for_cash(&[("ga", 2)], None))
            .await
            .json;
        sell(&organiser, event, &for_cash(&[("ga", 3)], None)).await;
        sell(&organiser, event, &by_terminal(&[("ga", 4)], "T-1")).await;
        give(&organiser, event, &for_guest(&[("ga", 5)], "Bo")).await;
        organiser.report(event, 5, 0).await;
        let cancelled = format!("/bookings/{}/cancel", text(&cash["booking"]["id"]));
        assert_eq!(organiser.post(&cancelled, &json!({})).await.status, 200);
        let report = organiser.report(event, 5, 1).await;
        let ways: Vec<_> = report["ways"]
            .as_array()
            .unwrap()
            .iter()
            .map(|way| {
                let number = |name: &str| way[name]["amount"].as_i64().unwrap();
                (
                    text(&way["way"]).to_owned(),
                    way["sold_ever"].as_i64().unwrap(),
                    number("gross"),
                    number("refunds"),
                )
            })
            .collect();
        let expected = [
            ("card", 1, 1_000, 0),
            ("cash", 5, 5_000, 2_000),
            ("terminal", 4, 4_000, 0),
            ("complimentary", 5, 0, 0),
        ];
        let expected =
            expected.map(|(way, sold, gross, refunds)| (way.to_owned(), sold, gross, refunds));
        assert_eq!(ways, expected);
        let all = &report["all"];
        assert_eq!(
            (&all["sold"], &all["net"]["amount"]),
            (&json!(13), &json!(8_000))
        );
        // So does the file, line by line.
        let file = organiser
            .ask(&format!("/events/{event}/exports/sales.csv"))
            .await
            .text()
            .await
            .unwrap();
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 5, "{file}");
        assert!(lines[0].contains(",currency,way,"), "{file}");
        for (way, part) in [
            ("card", ",1,10.00,"),
            ("cash", ",5,50.00,2,20.00,30.00,"),
            ("complimentary", ",5,0.00,"),
            ("terminal", ",4,40.00,"),
        ] {
            let line = lines
                .iter()
                .find(|line| line.contains(&format!(",USD,{way},")))
                .unwrap();
            assert!(line.contains(part), "{file}");
        }
        let file = organiser
            .ask(&format!("/events/{event}/exports/bookings.csv"))
            .await
            .text()
            .await
            .unwrap();
        for kind in ["sale", "box_office", "complimentary"] {
            assert!(file.contains(kind), "{file}");
        }
        let file = organiser
            .ask(&format!("/events/{event}/exports/payments.csv"))
            .await
            .text()
            .await
            .unwrap();
        assert!(
            file.contains("terminal,,T-1") && file.contains("cash"),
            "{file}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_press_sells_once_and_a_rush_at_counter_and_shop_sells_no_ticket_twice() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let (path, key) = (format!("/events/{event}/box-office"), fresh_key());
        let body = for_cash(&[("ga", 2)], Some(2_000));
        let pressed = join_all((0..6).map(|_| organiser.post_once(&path, &key, &body))).await;
        let made: Vec<_> = pressed.iter().filter(|one| one.status == 201).collect();
        assert_eq!(made.len(), 1, "pressed six times");
        assert!(
            pressed
                .iter()
                .all(|one| one.json["booking"]["id"] == made[0].json["booking"]["id"])
        );
        let payments = "SELECT count(*) FROM payments WHERE method = 'cash'";
        assert_eq!(server.count(payments).await, 1);
        let other = organiser
            .post_once(&path, &key, &for_cash(&[("ga", 2)], Some(2_500)))
            .await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
        let start = Arc::new(Barrier::new(40));
        let buyers = (0..20).map(async |_| {
            start.wait().await;
            server
                .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
                .await
        });
        let counter = (0..20).map(async |_| {
            start.wait().await;
            sell(&organiser, event, &for_cash(&[("ga", 1)], None)).await
        });
        let (bought, sold) = tokio::join!(join_all(buyers), join_all(counter));
        let made = bought
            .iter()
            .chain(&sold)
            .filter(|one| one.status == 201)
            .count();
        assert_eq!(made, 28);
        assert_eq!(server.count(FREE).await, 0);
        let paid = sold.iter().filter(|one| one.status == 201).count() as i64;
        assert_eq!(server.count(payments).await, 1 + paid);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_sale_is_given_back_the_way_it_was_paid_and_no_gateway_is_asked() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let organiser = Organiser::new(server).await;
        let sold = sell(&organiser, event, &for_cash(&[("ga", 2)], None))
            .await
            .json;
        let id = text(&sold["booking"]["id"]).to_owned();
        for _ in 0..2 {
            let cancelled = organiser
                .post(&format!("/bookings/{id}/cancel"), &json!({}))
                .await;
            assert_eq!(cancelled.status, 200, "{}", cancelled.json);
            let booking = &cancelled.json["booking"];
            assert_eq!(
                (&booking["status"], &booking["payment"]["status"]),
                (&json!("cancelled"), &json!("refunded"))
            );
        }
        assert_eq!(
            server.count("SELECT count(*) FROM gateway_refunds").await,
            0
        );
        assert_eq!(server.count(FREE).await, 10);
        let due = organiser
            .read(&format!("/events/{event}/hand-refunds"))
            .await;
        assert_eq!(due["refunds"], json!([]));
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told once")]
async fn calling_off_gives_blocks_back_and_lists_what_goes_back_by_hand() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        paid(server, event, &[("ga", 1)], "Ana").await;
        let mut cash = for_cash(&[("ga", 2)], None);
        cash["contact"] = json!({"name": "Cleo", "email": "cleo@example.org"});
        let cash = sell(&organiser, event, &cash).await.json;
        sell(&organiser, event, &by_terminal(&[("ga", 3)], "T-9")).await;
        give(&organiser, event, &for_guest(&[("ga", 4)], "Bo")).await;
        let blocks = format!("/events/{event}/blocks");
        let block = crate::blocks::block(&[("ga", 10)]);
        organiser.post_once(&blocks, &fresh_key(), &block).await;
        let off = organiser
            .post(&format!("/events/{event}/call-off"), &json!({"name": NAME}))
            .await;
        assert_eq!(off.status, 202, "{}", off.json);
        server
            .until(
                "SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL",
                1,
            )
            .await;
        assert_eq!(server.count(FREE).await, 50);
        let off = organiser.read(&format!("/events/{event}/call-off")).await;
        assert_eq!(
            (
                &off["cancelled"],
                &off["refunds"],
                &off["refunded"],
                &off["by_hand"]
            ),
            (&json!(5), &json!(3), &json!(1), &json!(2))
        );
        let hands = format!("/events/{event}/hand-refunds");
        let due = organiser.read(&hands).await;
        let due = due["refunds"].as_array().unwrap();
        assert_eq!(due.len(), 2);
        let of_cash = due.iter().find(|one| one["method"] == "cash").unwrap();
        assert_eq!(
            (&of_cash["amount"]["amount"], &of_cash["contact"]["name"]),
            (&json!(2_000), &json!("Cleo"))
        );
        assert_eq!(
            due.iter().find(|one| one["method"] == "terminal").unwrap()["terminal_reference"],
            "T-9"
        );
        let id = text(&cash["booking"]["id"]);
        for _ in 0..2 {
            let back = organiser
                .post(&format!("/bookings/{id}/given-back"), &json!({}))
                .await;
            assert_eq!(
                (back.status, &back.json["payment"]["status"]),
                (200, &json!("refunded")),
                "{}",
                back.json
            );
        }
        assert_eq!(
            organiser.read(&hands).await["refunds"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            organiser.read(&format!("/events/{event}/call-off")).await["by_hand"],
            1
        );
        let told = "SELECT count(*) FROM audit_entries WHERE action = 'payment.given_back'";
        assert_eq!(server.count(told).await, 1);
        for refused in [
            sell(&organiser, event, &for_cash(&[("ga", 1)], None)).await,
            give(&organiser, event, &for_guest(&[("ga", 1)], "Bo")).await,
            organiser.post_once(&blocks, &fresh_key(), &block).await,
        ] {
            assert_eq!(refused.problem(409), "called-off");
        }
    })
    .await;
}

#[tokio::test]
async fn guests_get_tickets_that_cost_nothing_and_are_let_in() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 5)])
            .await;
        server
            .sql("UPDATE events SET on_sale_at = now() + interval '1 hour', contact = 'required'")
            .await;
        let organiser = Organiser::new(server).await;
        let given = give(&organiser, event, &for_guest(&[("vip", 12)], "Bo Ek")).await;
        assert_eq!(given.status, 201, "{}", given.json);
        let booking = &given.json["booking"];
        assert_eq!(
            (&booking["status"], &booking["kind"]),
            (&json!("confirmed"), &json!("complimentary"))
        );
        assert_eq!(
            (&booking["total"]["amount"], &booking["contact"]["name"]),
            (&json!(0), &json!("Bo Ek"))
        );
        assert_eq!(booking["payments"], json!([]));
        let page = server
            .get(text(&given.json["link"]))
            .await
            .text()
            .await
            .unwrap();
        assert!(page.contains("<svg class=\"ticket-code\""), "{page}");
        let no = boxoffice::types::EventNo(server.count("SELECT event_id FROM events").await);
        let id = boxoffice::types::BookingId(text(&booking["id"]).parse().unwrap());
        for (ticket, code) in server.app.codes.of_booking(no, id).await.unwrap() {
            let verified = server.app.codes.verify(no, &code).await;
            assert_eq!(verified.unwrap().ticket.seat, ticket.seat);
        }
        let mut nobody = for_guest(&[("ga", 1)], "");
        let refused = give(&organiser, event, &nobody).await;
        assert_eq!(
            refused.json["errors"][0]["pointer"], "/contact/name",
            "{}",
            refused.json
        );
        nobody["contact"] = Value::Null;
        assert_eq!(
            give(&organiser, event, &nobody).await.problem(422),
            "invalid-request"
        );
    })
    .await;
}

#[tokio::test]
async fn wrong_sales_are_refused_field_by_field_and_sell_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 200)]).await;
        let organiser = Organiser::new(server).await;
        let with = |payment: Value| json!({"items": items(&[("ga", 2)]), "payment": payment});
        for (body, pointer) in [
            (for_cash(&[("ga", 2)], Some(1_999)), "/payment/tendered"),
            (
                with(json!({"method": "cash", "reference": "x"})),
                "/payment/reference",
            ),
            (
                with(json!({"method": "terminal", "tendered": 2_000})),
                "/payment/tendered",
            ),
            (
                with(json!({"method": "terminal", "reference": "x".repeat(101)})),
                "/payment/reference",
            ),
            (with(json!({"method": "card"})), "/payment/method"),
            (
                json!({"items": [], "payment": {"method": "cash"}}),
                "/items",
            ),
        ] {
            let refused = sell(&organiser, event, &body).await;
            assert_eq!(refused.problem(422), "invalid-request", "{body}");
            assert_eq!(
                refused.json["errors"][0]["pointer"], pointer,
                "{}",
                refused.json
            );
        }
        let many = sell(&organiser, event, &for_cash(&[("ga", 101)], None)).await;
        assert_eq!(many.problem(422), "over-limit");
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
        assert_eq!(
            sell(&organiser, event, &for_cash(&[("ga", 100)], None))
                .await
                .status,
            201
        );
    })
    .await;
}

/// What a page of the shop or of organisers says.
async fn page(server: &Server, cookie: &str, path: &str) -> String {
    let answer = server.page_as(cookie, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap();
    let value = page[at..].split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told once")]
async fn the_counter_works_as_plain_forms_and_a_double_press_sells_once() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let path = format!("/admin/events/{event}/box-office");
        let open = page(server, &manager.cookie, &format!("{path}?qty-ga=2&map=vip")).await;
        assert!(open.contains("value=\"vip:A:3\""), "{open}");
        let query = format!("{path}?qty-ga=2&seat=vip%3AA%3A3&seat=vip%3AA%3A4&pay=1");
        let total = page(server, &manager.cookie, &query).await;
        assert!(
            total.contains("$220.00") && total.contains("A-3, A-4"),
            "{total}"
        );
        let key = hidden(&total, "key");
        let form = |tendered| {
            vec![
                ("key", key.as_str()),
                ("qty-ga", "2"),
                ("seat", "vip:A:3"),
                ("seat", "vip:A:4"),
                ("method", "cash"),
                ("tendered", tendered),
            ]
        };
        for wrong in ["200", "2x", "220.001"] {
            let refused = manager.post(server, &path, &form(wrong)).await;
            assert_eq!(refused.status(), 422, "{wrong}");
            let refused = refused.text().await.unwrap();
            assert!(
                refused.contains("id=\"tendered-problem\"")
                    && refused.contains("value=\"vip:A:4\""),
                "{refused}"
            );
        }
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
        let mut sold = String::new();
        for _ in 0..2 {
            let answer = manager.post(server, &path, &form("250")).await;
            assert_eq!(answer.status(), 303);
            sold = answer.headers()["location"].to_str().unwrap().to_owned();
        }
        assert_eq!(
            server
                .count(
                    "SELECT count(*) FROM payments WHERE method = 'cash' AND amount_minor = 22000"
                )
                .await,
            1
        );
        let done = page(server, &manager.cookie, &sold).await;
        assert!(
            done.contains("$30.00") && done.contains("?access="),
            "{done}"
        );
        // The seats are gone: others are chosen.
        let again = fresh_key();
        let mut form = form("");
        form[0].1 = &again;
        let refused = manager.post(server, &path, &form).await;
        assert_eq!(refused.status(), 422);
        let refused = refused.text().await.unwrap();
        assert!(
            refused.contains("A-3, A-4") && refused.contains("name=\"pay\""),
            "{refused}"
        );
        // Cancelling says how the money goes back.
        let id = sold.split("sold=").nth(1).unwrap();
        let question = page(
            server,
            &manager.cookie,
            &format!("/admin/bookings/{id}/cancel"),
        )
        .await;
        assert!(question.contains("in cash"), "{question}");
        let cancel = manager
            .post(server, &format!("/admin/bookings/{id}/cancel"), &[])
            .await;
        assert_eq!(cancel.status(), 303);
        let report = page(server, &manager.cookie, &format!("/admin/events/{event}")).await;
        assert!(report.contains("Blocked"), "{report}");
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told once")]
async fn blocks_and_guests_work_as_plain_forms() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 50)])
            .await;
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let path = format!("/admin/events/{event}/blocks");
        let shown = page(server, &manager.cookie, &path).await;
        let key = hidden(&shown, "key");
        let form = |reason| {
            vec![
                ("key", key.as_str()),
                ("qty-ga", "10"),
                ("seat", "vip:B:1"),
                ("seat", "vip:B:2"),
                ("reason", reason),
            ]
        };
        let refused = manager.post(server, &path, &form(" ")).await;
        assert_eq!(refused.status(), 422);
        let refused = refused.text().await.unwrap();
        assert!(
            refused.contains("id=\"reason-problem\"") && refused.contains("value=\"vip:B:2\""),
            "{refused}"
        );
        for _ in 0..2 {
            assert_eq!(
                manager
                    .post(server, &path, &form("Cameras & sound"))
                    .await
                    .status(),
                303
            );
        }
        let shown = page(server, &manager.cookie, &path).await;
        assert!(
            shown.contains("Cameras &#38; sound") && shown.contains("B-1"),
            "{shown}"
        );
        assert_eq!(server.count(FREE).await, 58);
        let id = server.text("SELECT id::text FROM bookings").await;
        let back = format!("{path}/{id}");
        for _ in 0..2 {
            let less = [("had-ga", "10"), ("less-ga", "4"), ("seat", "vip:B:1")];
            assert_eq!(manager.post(server, &back, &less).await.status(), 303);
        }
        assert_eq!(server.count(FREE).await, 63);
        // Its page says what it is, and has no link for anybody.
        let booking = page(server, &manager.cookie, &format!("/admin/bookings/{id}")).await;
        assert!(
            booking.contains("Cameras &#38; sound") && !booking.contains("?access="),
            "{booking}"
        );
        assert_eq!(
            manager.post(server, &back, &[("all", "1")]).await.status(),
            303
        );
        assert_eq!(server.count(FREE).await, 70);
        let path = format!("/admin/events/{event}/guests");
        let shown = page(server, &manager.cookie, &path).await;
        let key = hidden(&shown, "key");
        let mut form = vec![
            ("key", key.as_str()),
            ("qty-vip", "2"),
            ("reason", "Press"),
            ("name", "Bo Ek"),
            ("email", "bo"),
        ];
        let refused = manager.post(server, &path, &form).await;
        assert_eq!(refused.status(), 422);
        assert!(
            refused
                .text()
                .await
                .unwrap()
                .contains("id=\"email-problem\"")
        );
        form[4].1 = "bo@example.org";
        let given = manager.post(server, &path, &form).await;
        assert_eq!(given.status(), 303);
        let booking = page(
            server,
            &manager.cookie,
            given.headers()["location"].to_str().unwrap(),
        )
        .await;
        assert!(
            booking.contains("Complimentary") && booking.contains("?access="),
            "{booking}"
        );
        let finance = server.organiser(Role::Finance, OrganisationNo::FIRST).await;
        let hands = page(
            server,
            &finance.cookie,
            &format!("/admin/events/{event}/hand-refunds"),
        )
        .await;
        assert!(hands.contains("Nothing is to be given back"), "{hands}");
    })
    .await;
}

/// The price was changed between the page that said what it costs and the press that sells.
#[tokio::test]
async fn what_is_recorded_is_what_the_page_said_and_the_terminal_took() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let program = Program::new(server).await;
        let mut body = by_terminal(&[("ga", 2)], "T-1");
        body["expected_total"] = json!(2_000);
        let path = format!("/events/{event}/box-office");
        let key = fresh_key();
        let sold = organiser.post_once(&path, &key, &body).await;
        assert_eq!(sold.status, 201, "{}", sold.json);
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let at = format!("/admin{path}");
        let shown = page(server, &manager.cookie, &format!("{at}?qty-ga=2&pay=1")).await;
        assert_eq!(hidden(&shown, "expected_total"), "2000");
        let dearer = program
            .change_tier(&json!({"id": event}), "ga", json!({"price_minor": 1_500}))
            .await;
        assert_eq!(dearer.status, 200, "{}", dearer.json);
        let refused = sell(&organiser, event, &body).await;
        assert_eq!(refused.problem(409), "total-differs");
        assert_eq!(refused.json["total"]["amount"], 3_000);
        // What was sold is sold.
        let again = organiser.post_once(&path, &key, &body).await;
        assert_eq!(
            (again.status, &again.json["booking"]["id"]),
            (200, &sold.json["booking"]["id"])
        );
        let form_key = hidden(&shown, "key");
        let form = [
            ("key", form_key.as_str()),
            ("qty-ga", "2"),
            ("method", "terminal"),
            ("expected_total", "2000"),
        ];
        let refused = manager.post(server, &at, &form).await;
        assert_eq!(refused.status(), 422);
        let refused = refused.text().await.unwrap();
        // It says so, and asks again with what it costs now.
        assert!(
            refused.contains("role=\"alert\"") && refused.contains("$30.00"),
            "{refused}"
        );
        assert_eq!(hidden(&refused, "expected_total"), "3000");
        let form_key = hidden(&refused, "key");
        let form = [
            ("key", form_key.as_str()),
            ("qty-ga", "2"),
            ("method", "terminal"),
            ("expected_total", "3000"),
        ];
        assert_eq!(manager.post(server, &at, &form).await.status(), 303);
        let sums = "SELECT sum(amount_minor)::bigint FROM payments WHERE method = 'terminal'";
        assert_eq!(server.count(sums).await, 5_000);
    })
    .await;
}

#[tokio::test]
async fn a_sale_that_is_sent_again_is_answered_whatever_it_would_cost_now() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let program = Program::new(server).await;
        let (key, path) = (fresh_key(), format!("/events/{event}/box-office"));
        let body = for_cash(&[("ga", 2)], Some(2_000));
        let sold = organiser.post_once(&path, &key, &body).await;
        assert_eq!(sold.status, 201, "{}", sold.json);
        let dearer = program
            .change_tier(&json!({"id": event}), "ga", json!({"price_minor": 1_500}))
            .await;
        assert_eq!(dearer.status, 200, "{}", dearer.json);
        let again = organiser.post_once(&path, &key, &body).await;
        assert_eq!(
            (again.status, &again.json["booking"]["id"]),
            (200, &sold.json["booking"]["id"])
        );
        let refused = sell(&organiser, event, &body).await;
        assert_eq!(refused.problem(422), "invalid-request");
        let other = organiser
            .post_once(&path, &key, &for_cash(&[("ga", 1)], Some(1)))
            .await;
        assert_eq!(other.problem(422), "invalid-request");
    })
    .await;
}

/// Nobody is the buyer of what organisers give away: the new guest has another link and other codes.
#[tokio::test]
async fn tickets_of_a_guest_that_were_handed_over_are_not_given_a_second_time() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let organiser = Organiser::new(server).await;
        let (key, path) = (fresh_key(), format!("/events/{event}/complimentary"));
        let body = for_guest(&[("ga", 2)], "Ana");
        let given = organiser.post_once(&path, &key, &body).await;
        assert_eq!(given.status, 201, "{}", given.json);
        let id = text(&given.json["booking"]["id"]);
        let link = text(&given.json["link"]);
        let to = json!({"contact": {"name": "Bo Lima", "email": "bo@example.org"}});
        let handed = organiser
            .change(&format!("/bookings/{id}/handovers"), &fresh_key(), &to)
            .await;
        assert_eq!(handed.status, 200, "{}", handed.json);
        assert_eq!(server.get(link).await.status(), 404);
        assert_eq!(server.get(text(&handed.json["link"])).await.status(), 200);
        let again = organiser.post_once(&path, &key, &body).await;
        assert_eq!(
            (again.status, &again.json["booking"]["id"]),
            (200, &given.json["booking"]["id"])
        );
        assert_eq!(server.count(FREE).await, 48);
    })
    .await;
}
