//! Moving an event to another date: its buyers keep or return their tickets, once, and every page says so.

use boxoffice::types::BookingId;
use futures::future::{join, join_all};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blocks::block;
use crate::changing::{exchange, seats, tickets};
use crate::checkin::{Doors, codes_of};
use crate::reports::{Organiser, paid};
use crate::shared_stock::shared;
use crate::support::gate::{Gate, Moment};
use crate::support::gateway::GOOD_CARD;
use crate::support::{
    Answer, FREE, Server, as_buyer, fresh_key, general, numbered, order, text, with_server,
    with_settings,
};

const REFUNDS: &str = "SELECT count(*) FROM gateway_refunds";

async fn version(organiser: &Organiser<'_>, event: Uuid) -> i64 {
    let event = organiser.read(&format!("/events/{event}")).await;
    event["version"].as_i64().unwrap()
}

/// Moves the event to the day so many days after it starts; buyers may answer until so many days from now.
async fn try_to_move(
    server: &Server,
    organiser: &Organiser<'_>,
    event: Uuid,
    days: i32,
    until_days: i32,
) -> Answer {
    let starts_at = server
        .text(&format!(
            "SELECT to_json(starts_at + interval '{days} days') #>> '{{}}' FROM events WHERE public_id = '{event}'"
        ))
        .await;
    let until = server
        .text(&format!(
            "SELECT to_json(now() + interval '{until_days} days') #>> '{{}}'"
        ))
        .await;
    let version = version(organiser, event).await;
    let body = json!({"version": version, "starts_at": starts_at, "answer_until": until});
    organiser
        .post(&format!("/events/{event}/move"), &body)
        .await
}

pub(crate) async fn moved(server: &Server, organiser: &Organiser<'_>, event: Uuid) -> Value {
    let answer = try_to_move(server, organiser, event, 7, 3).await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    answer.json
}

pub(crate) async fn answer(server: &Server, booking: &Value, number: i32, answer: &str) -> Answer {
    let path = format!(
        "{}/api/bookings/{}/move-answer",
        server.url,
        text(&booking["id"])
    );
    let body = json!({"buyer_id": booking["buyer_id"], "move": number, "answer": answer});
    let request = as_buyer(&server.db, server.client.post(path), &body).await;
    Answer::of(request.send().await.unwrap()).await
}

fn counts(answers: &Value) -> [i64; 3] {
    ["keep", "returned", "no_answer"].map(|name| answers[name].as_i64().unwrap())
}

async fn answers(organiser: &Organiser<'_>, event: Uuid) -> [i64; 3] {
    counts(&organiser.read(&format!("/events/{event}/move")).await)
}

#[tokio::test]
async fn whoever_cannot_come_on_the_new_date_gets_all_money_back_and_others_keep_their_tickets() {
    // Cancelling is closed.
    let flags = ["--cancel-until-seconds", "31536000"];
    with_settings(&flags, async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 30)])
            .await;
        let organiser = Organiser::new(server).await;
        let back = paid(server, event, &[("vip", 2), ("ga", 1)], "Ana").await;
        let kept = paid(server, event, &[("ga", 1)], "Bo").await;
        let silent = paid(server, event, &[("ga", 2)], "Cy").await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        assert_eq!(server.cancel(&back).await.problem(409), "too-late-to-cancel");
        assert_eq!(answer(server, &back, 1, "return").await.problem(409), "not-asked");
        let path = format!("/events/{event}/move");
        assert_eq!(organiser.get(&path).await.problem(404), "not-found");
        let done = moved(server, &organiser, event).await;
        assert_eq!((&done["number"], counts(&done)), (&json!(1), [0, 0, 3]));
        // An answer to something else, by somebody else, or to what was not paid, is none.
        assert_eq!(answer(server, &back, 2, "return").await.problem(409), "moved-again");
        let mut foreign = back.clone();
        foreign["buyer_id"] = json!(Uuid::new_v4());
        assert_eq!(answer(server, &foreign, 1, "return").await.problem(404), "not-found");
        assert_eq!(answer(server, &held, 1, "return").await.problem(409), "not-asked");
        assert_eq!(answer(server, &back, 1, "perhaps").await.problem(422), "invalid-request");
        let returned = answer(server, &back, 1, "return").await;
        assert_eq!(
            (returned.status, &returned.json["status"], &returned.json["moved"]["answer"]),
            (200, &json!("cancelled"), &json!("return"))
        );
        assert_eq!(answer(server, &back, 1, "return").await.status, 200);
        let keeps = answer(server, &kept, 1, "keep").await;
        assert_eq!(keeps.json["moved"]["answer"], "keep", "{}", keeps.json);
        assert_eq!(answers(&organiser, event).await, [1, 1, 1]);
        // Whoever keeps them may think again; whoever has returned them may not.
        assert_eq!(answer(server, &back, 1, "keep").await.problem(409), "booking-cancelled");
        assert_eq!(answer(server, &kept, 1, "return").await.status, 200);
        assert_eq!(answer(server, &kept, 1, "keep").await.problem(409), "booking-cancelled");
        assert_eq!(answers(&organiser, event).await, [0, 2, 1]);
        server.until(REFUNDS, 2).await;
        assert_eq!(server.count(FREE).await, 50 - 3);
        assert_eq!(server.booking(&silent).await["status"], "confirmed");
        // The sale goes on; whoever books with the new date in view is asked nothing.
        server.pay(&held, GOOD_CARD).await.made();
        server
            .sql("UPDATE events SET moved_at = now() - interval '1 hour'; UPDATE moves SET moved_at = now() - interval '1 hour'")
            .await;
        let new = paid(server, event, &[("ga", 1)], "Di").await;
        assert_eq!(answer(server, &new, 1, "return").await.problem(409), "not-asked");
        let actions = "SELECT count(*) FROM audit_entries WHERE action = 'event.moved' AND before->>'starts_at' <> after->>'starts_at'";
        assert_eq!(server.count(actions).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_second_move_asks_again_and_answers_end_with_their_time() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let kept = paid(server, event, &[("ga", 1)], "Ana").await;
        let late = paid(server, event, &[("ga", 1)], "Bo").await;
        moved(server, &organiser, event).await;
        assert_eq!(answer(server, &kept, 1, "keep").await.status, 200);
        assert_eq!(answers(&organiser, event).await, [1, 0, 1]);
        let again = moved(server, &organiser, event).await;
        assert_eq!((&again["number"], counts(&again)), (&json!(2), [0, 0, 2]));
        assert_eq!(answer(server, &kept, 1, "return").await.problem(409), "moved-again");
        assert_eq!(answer(server, &kept, 2, "return").await.status, 200);
        server
            .sql(
                "UPDATE events SET moved_at = now() - interval '2 days', answer_until = now() - interval '1 hour';
                 UPDATE moves SET moved_at = now() - interval '2 days', answer_until = e.answer_until
                 FROM events AS e WHERE e.event_id = moves.event_id AND move_no = 2",
            )
            .await;
        server
            .sql("UPDATE bookings SET created_at = now() - interval '3 days';
                  UPDATE events SET on_sale_at = now() - interval '4 days'")
            .await;
        assert_eq!(answer(server, &late, 2, "return").await.problem(409), "answer-closed");
        // Whoever asks again is told what came of it.
        assert_eq!(answer(server, &kept, 2, "return").await.status, 200);
        server.until(REFUNDS, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_published_event_moves_by_this_alone_and_what_is_wrong_is_said_at_its_field() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let path = format!("/events/{event}");
        let now = organiser.read(&path).await;
        let version = &now["version"];
        let (in_a_year, later) = ("2044-03-01T19:00:00Z", "2045-03-01T19:00:00Z");
        let pointers = |answer: &Answer| {
            let errors = answer.json["errors"].as_array().unwrap().iter();
            let pointers: Vec<String> = errors
                .map(|error| text(&error["pointer"]).to_owned())
                .collect();
            pointers.join(" ")
        };
        for (change, expected) in [
            (json!({"starts_at": in_a_year}), "/starts_at"),
            (json!({"venue": {"name": "Elsewhere"}}), "/venue/name"),
        ] {
            let mut change = change;
            change["version"] = version.clone();
            let url = format!("{}/api/organiser{path}", server.url);
            let refused = Answer::of(
                organiser
                    .signed(server.client.patch(url))
                    .json(&change)
                    .send()
                    .await
                    .unwrap(),
            )
            .await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(pointers(&refused), expected);
        }
        let to = |starts: &Value, until: &str| json!({"version": version, "starts_at": starts, "answer_until": until});
        let mut elsewhere = to(&now["starts_at"], "2027-01-01T00:00:00Z");
        elsewhere["answer_until"] = json!(server.text("SELECT to_json(now() + interval '1 hour') #>> '{}'").await);
        let mut doors = to(&json!(in_a_year), in_a_year);
        doors["doors_at"] = json!(later);
        for (body, expected) in [
            (elsewhere.clone(), "/starts_at"),
            (to(&json!("2020-01-01T00:00:00Z"), in_a_year), "/starts_at /answer_until /starts_at"),
            (to(&json!(in_a_year), "2020-01-01T00:00:00Z"), "/answer_until"),
            (to(&json!(in_a_year), later), "/answer_until"),
            (doors, "/doors_at"),
        ] {
            let refused = organiser.post(&format!("{path}/move"), &body).await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(pointers(&refused), expected, "{body}");
        }
        let mut stale = to(&json!(in_a_year), in_a_year);
        stale["version"] = json!(0);
        let stale = organiser.post(&format!("{path}/move"), &stale).await;
        assert_eq!(stale.problem(409), "edited-meanwhile");
        assert_eq!(server.count("SELECT count(*) FROM moves").await, 0);
        // Elsewhere at the same time is a move too.
        elsewhere["venue"] = json!({"name": "Elsewhere", "city": "Porto", "country": "PT", "time_zone": "Europe/Lisbon"});
        let done = organiser.post(&format!("{path}/move"), &elsewhere).await;
        assert_eq!(done.status, 200, "{}", done.json);
        assert!(done.json["previous_place"].is_string(), "{}", done.json);
        organiser.post(&format!("{path}/call-off"), &json!({"name": now["name"]})).await;
        let mut off = to(&json!(in_a_year), in_a_year);
        off["version"] = json!(version.as_i64().unwrap() + 2);
        let off = organiser.post(&format!("{path}/move"), &off).await;
        assert_eq!(off.problem(409), "event-state");
        server.until("SELECT count(*) FROM call_offs WHERE finished_at IS NOT NULL", 1).await;
    })
    .await;
}

#[tokio::test]
async fn doors_end_and_the_sale_of_tiers_move_along() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30), general("early", 30)]).await;
        server
            .sql(
                "UPDATE events SET doors_at = starts_at - interval '1 hour', ends_at = starts_at + interval '3 hours';
                 UPDATE tiers SET off_sale_at = e.starts_at - interval '2 hours' FROM events AS e WHERE code = 'ga';
                 UPDATE tiers SET off_sale_at = e.starts_at - interval '20 days' FROM events AS e WHERE code = 'early'",
            )
            .await;
        let organiser = Organiser::new(server).await;
        moved(server, &organiser, event).await;
        let along = "SELECT count(*) FROM events AS e JOIN tiers AS t USING (event_id)
            WHERE e.starts_at = e.moved_from + interval '7 days' AND e.doors_at = e.starts_at - interval '1 hour'
              AND e.ends_at = e.starts_at + interval '3 hours'
              AND t.off_sale_at = CASE t.code WHEN 'ga' THEN e.starts_at - interval '2 hours'
                                  ELSE e.moved_from - interval '20 days' END";
        assert_eq!(server.count(along).await, 2);
        assert_eq!(server.book(&order(event, Uuid::new_v4(), &[("ga", 1)])).await.status, 201);
    })
    .await;
}

/// An order whose batch began before the event was moved, and commits after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_commits_while_its_event_is_moved_is_asked_too() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let gate = Gate::close(server, Moment::AtCommit).await;
        let order = order(event, Uuid::new_v4(), &[("ga", 2)]);
        let book = server.book(&order);
        let do_move = async {
            gate.until_waiting(1).await;
            // The sale waits for nothing of it.
            moved(server, &organiser, event).await;
            gate.open().await;
        };
        let (booked, ()) = join(book, do_move).await;
        let booked = booked.made();
        server.pay(&booked, GOOD_CARD).await.made();
        assert_eq!(answers(&organiser, event).await, [0, 0, 1]);
        assert_eq!(answer(server, &booked, 1, "return").await.status, 200);
        server.until(REFUNDS, 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_returns_that_are_sent_at_the_same_moment_and_an_organiser_who_cancels_one_refunds() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 2)], "Ana").await;
        moved(server, &organiser, event).await;
        // The first has the booking's row, and waits; the others wait for it.
        let gate = Gate::close(server, Moment::BeforeTickets).await;
        let cancel_path = format!("/bookings/{}/cancel", text(&bought["id"]));
        let organisers_body = json!({});
        let returns = join_all((0..4).map(|_| answer(server, &bought, 1, "return")));
        let cancels = organiser.post(&cancel_path, &organisers_body);
        let open = async {
            gate.until_waiting(1).await;
            gate.open().await;
        };
        let ((returned, cancelled), ()) = join(join(returns, cancels), open).await;
        for answer in returned.iter().chain([&cancelled]) {
            assert!([200, 503].contains(&answer.status), "{}", answer.json);
        }
        assert!(
            returned
                .iter()
                .chain([&cancelled])
                .any(|it| it.status == 200)
        );
        server.until(REFUNDS, 1).await;
        assert_eq!(server.count(FREE).await, 30);
        let ended = "SELECT count(*) FROM bookings WHERE status = 'cancelled'";
        assert_eq!(server.count(ended).await, 1);
    })
    .await;
}

/// The door of an event: a scan of a code.
async fn scan_of(
    server: &Server,
    organiser: &Organiser<'_>,
    event: Uuid,
    booking: &Value,
) -> Value {
    let path = format!("/events/{event}/check-in");
    let list = organiser
        .post(&format!("{path}/lists"), &json!({"name": "All"}))
        .await
        .made();
    let gate = json!({"name": "A", "list_id": list["id"]});
    let gate = organiser.post(&format!("{path}/gates"), &gate).await.made();
    let id: BookingId = text(&booking["id"]).parse().unwrap();
    let event_no = server
        .count(&format!(
            "SELECT event_id FROM events WHERE public_id = '{event}'"
        ))
        .await;
    let codes = server
        .app
        .codes
        .of_booking(boxoffice::types::EventNo(event_no), id)
        .await
        .unwrap();
    json!({"id": Uuid::new_v4(), "gate_id": gate["id"], "code": codes[0].1})
}

/// A return that comes while the scanner's transaction has decided and has not committed.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_being_let_in_cannot_return_the_ticket_at_the_same_moment() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 2)], "Ana").await;
        moved(server, &organiser, event).await;
        let body = scan_of(server, &organiser, event, &bought).await;
        let path = format!("/events/{event}/scans");
        let gate = Gate::close(server, Moment::BeforeCheckIns).await;
        let scan = organiser.post(&path, &body);
        let give_back = async {
            gate.until_waiting(1).await;
            let returned = async {
                let first = answer(server, &bought, 1, "return").await;
                if first.status != 503 {
                    return first;
                }
                answer(server, &bought, 1, "return").await
            };
            let open =
                async {
                    server
                    .until("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                            AND wait_event_type = 'Lock' AND wait_event <> 'advisory'", 1)
                    .await;
                    gate.open().await;
                };
            join(returned, open).await.0
        };
        let (scanned, returned) = join(scan, give_back).await;
        assert_eq!(scanned.made()["result"], "admitted");
        assert_eq!(returned.problem(409), "already-admitted");
        assert_eq!(server.booking(&bought).await["status"], "confirmed");
        assert_eq!(server.count(REFUNDS).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_ticket_that_was_returned_opens_no_door_and_one_that_was_used_before_the_move_can_be_returned()
 {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 1)], "Ana").await;
        let body = scan_of(server, &organiser, event, &bought).await;
        let path = format!("/events/{event}/scans");
        // The evening broke off, and is repeated.
        let first = organiser.post(&path, &body).await.made();
        assert_eq!(first["result"], "admitted");
        moved(server, &organiser, event).await;
        assert_eq!(answer(server, &bought, 1, "return").await.status, 200);
        let mut again = body.clone();
        again["id"] = json!(Uuid::new_v4());
        let again = organiser.post(&path, &again).await.made();
        assert_ne!(again["result"], "admitted", "{again}");
        server.until(REFUNDS, 1).await;
    })
    .await;
}

/// A ticket of a tier that shares a stock is of the other tier: whoever came in with it is found all the same.
#[tokio::test]
async fn whoever_came_in_with_a_ticket_of_a_shared_stock_cannot_return_it() {
    with_server(async |server| {
        let event = shared(server, 10, Value::Null).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("reduced", 1)], "Ana").await;
        let other = paid(server, event, &[("reduced", 1)], "Bo").await;
        moved(server, &organiser, event).await;
        let body = scan_of(server, &organiser, event, &bought).await;
        let scanned = organiser
            .post(&format!("/events/{event}/scans"), &body)
            .await
            .made();
        assert_eq!(scanned["result"], "admitted", "{scanned}");
        let refused = answer(server, &bought, 1, "return").await;
        assert_eq!(refused.problem(409), "already-admitted");
        assert_eq!(server.booking(&bought).await["status"], "confirmed");
        assert_eq!(answer(server, &other, 1, "return").await.status, 200);
        server.until(REFUNDS, 1).await;
    })
    .await;
}

/// A page, as the buyer of a booking sees it.
async fn page_for(server: &Server, booking: &Value, path: &str) -> String {
    let request = server.client.get(format!("{}{path}", server.url));
    let request = request.header("Cookie", cookie_of(server, booking).await);
    request.send().await.unwrap().text().await.unwrap()
}

async fn cookie_of(server: &Server, booking: &Value) -> String {
    let token = crate::support::token(&server.db, &booking["buyer_id"]).await;
    format!("buyer={token}")
}

fn path_of(booking: &Value) -> String {
    format!("/bookings/{}", text(&booking["id"]))
}

#[tokio::test]
async fn buyers_read_the_old_and_the_new_date_wherever_they_look() {
    let flags = ["--public-url", "http://tickets.example"];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 1)], "Ana").await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let before = server.read(&format!("/api/events/{event}")).await;
        assert_eq!(before["moved"], Value::Null);
        moved(server, &organiser, event).await;
        let other = Server::start(server.database_url(), &flags).await;
        let now = other.read(&format!("/api/events/{event}")).await;
        assert_eq!(now["moved"]["previous_starts_at"], before["starts_at"]);
        assert_ne!(now["starts_at"], before["starts_at"]);
        let old = &text(&before["starts_at"])[..16];
        let says = |page: &str| page.contains(old) && page.contains("New date");
        let shown = page_for(&other, &bought, &other.event_path(event).await).await;
        assert!(says(&shown), "{shown}");
        for part in ["EventRescheduled", "previousStartDate"] {
            assert!(shown.contains(part), "{shown}");
        }
        let shown = page_for(&other, &bought, &path_of(&bought)).await;
        assert!(says(&shown) && shown.contains("ticket-moved"), "{shown}");
        assert!(shown.contains("value=\"keep\"") && shown.contains("value=\"return\""));
        let shown = page_for(&other, &held, &path_of(&held)).await;
        assert!(
            says(&shown) && shown.contains("name=\"moves\" value=\"1\""),
            "{shown}"
        );
        assert!(!shown.contains("value=\"keep\""), "{shown}");
        let shown = page_for(&other, &bought, "/bookings").await;
        for part in ["Moved; before:", "Keep or return"] {
            assert!(shown.contains(part), "{shown}");
        }
        let calendar = format!("{}/calendar.ics", path_of(&bought));
        let calendar = page_for(&other, &bought, &calendar).await;
        for part in ["SEQUENCE:1", "Moved\\; before"] {
            assert!(calendar.contains(part), "{calendar}");
        }
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_was_open_when_the_event_was_moved_charges_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let held = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        moved(server, &organiser, event).await;
        let (cookie, key) = (cookie_of(server, &held).await, crate::support::fresh_key());
        let pay = format!("{}/payments", path_of(&held));
        for (moves, status) in [("0", "pending"), ("1", "confirmed")] {
            let fields = [
                ("key", key.as_str()),
                ("card_number", GOOD_CARD),
                ("moves", moves),
            ];
            let sent = server.send_form(&pay, &cookie, &fields).await;
            assert_eq!(sent.status(), 303);
            assert_eq!(server.booking(&held).await["status"], status);
        }
        // By the form, and by nobody else.
        let path = format!("{}/move-answer", path_of(&held));
        let fields = [("move", "1"), ("answer", "return")];
        let stranger = json!({"buyer_id": Uuid::new_v4()});
        for (buyer, status, then) in [(&stranger, 404, "confirmed"), (&held, 303, "cancelled")] {
            let cookie = cookie_of(server, buyer).await;
            let sent = server.send_form(&path, &cookie, &fields).await;
            assert_eq!(sent.status(), status);
            assert_eq!(server.booking(&held).await["status"], then);
        }
    })
    .await;
}

#[tokio::test]
async fn an_organiser_moves_an_event_on_its_page_and_reads_the_answers() {
    use boxoffice::access::organiser::Role;
    use boxoffice::types::OrganisationNo;
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let bought = paid(server, event, &[("ga", 1)], "Ana").await;
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let path = format!("/admin/events/{event}/move");
        let page = async || {
            let page = server.page_as(&manager.cookie, &path).await;
            page.text().await.unwrap()
        };
        let form = page().await;
        let field = |name: &str| {
            let of = format!("name=\"{name}\"");
            let (_, rest) = form
                .split_once(&of)
                .unwrap_or_else(|| panic!("{name}: {form}"));
            let (_, rest) = rest.split_once("value=\"").unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let known: Vec<(&str, String)> = ["version", "venue", "city", "country", "zone"]
            .map(|name| (name, field(name)))
            .into();
        let send = async |starts: &str, until: &str| {
            let mut fields: Vec<(&str, &str)> = known
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            fields.extend([("starts", starts), ("until", until)]);
            server.send_form(&path, &manager.cookie, &fields).await
        };
        let refused = send("2044-06-01T20:00", "soon").await;
        assert_eq!(refused.status(), 422);
        let refused = refused.text().await.unwrap();
        assert!(
            refused.contains("value=\"2044-06-01T20:00\"") && refused.contains("until-problem")
        );
        assert_eq!(
            send("2044-06-01T20:00", "2044-01-01T00:00").await.status(),
            303
        );
        let told = page().await;
        assert!(
            told.contains("No answer") && told.contains("2044"),
            "{told}"
        );
        assert_eq!(
            send("2044-06-02T20:00", "2044-01-01T00:00").await.status(),
            422,
            "another version"
        );
        assert_eq!(answer(server, &bought, 1, "return").await.status, 200);
        server.until(REFUNDS, 1).await;
        let told = page().await;
        assert!(told.contains("Bookings returned</dt><dd>1</dd>"), "{told}");
    })
    .await;
}

/// Adult and reduced in one room: the ticket is of the tier whose stock is shared, and so is who came in with it.
#[tokio::test]
async fn whoever_is_in_with_a_ticket_of_a_tier_that_shares_a_stock_returns_nothing() {
    with_server(async |server| {
        let event = shared(server, 20, json!([10])).await;
        let organiser = Organiser::new(server).await;
        let inside = paid(server, event, &[("reduced", 1)], "Ana").await;
        let outside = paid(server, event, &[("reduced", 1)], "Bo").await;
        moved(server, &organiser, event).await;
        let body = scan_of(server, &organiser, event, &inside).await;
        let scanned = organiser
            .post(&format!("/events/{event}/scans"), &body)
            .await;
        assert_eq!(scanned.made()["result"], "admitted");
        assert_eq!(
            answer(server, &inside, 1, "return").await.problem(409),
            "already-admitted"
        );
        assert_eq!(answer(server, &outside, 1, "return").await.status, 200);
        server.until(REFUNDS, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_block_is_no_buyer_who_has_given_no_answer() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        paid(server, event, &[("ga", 1)], "Ana").await;
        let path = format!("/events/{event}/blocks");
        let withheld = organiser
            .post_once(&path, &fresh_key(), &block(&[("ga", 5)]))
            .await;
        assert_eq!(withheld.status, 201, "{}", withheld.json);
        let done = moved(server, &organiser, event).await;
        assert_eq!(counts(&done), [0, 0, 1]);
    })
    .await;
}

/// The evening broke off and is repeated: whoever was in has gone home.
#[tokio::test]
async fn whoever_came_in_before_the_event_was_moved_comes_in_once_more_and_may_change_the_booking()
{
    with_server(async |server| {
        let event = server.event(&[general("ga", 30)]).await;
        let organiser = Organiser::new(server).await;
        let bought = paid(server, event, &[("ga", 3)], "Ana").await;
        let doors = Doors::open(server, event).await;
        let codes = codes_of(server, event, &bought).await;
        for code in &codes {
            assert_eq!(doors.scan(code).await["result"], "admitted");
        }
        assert_eq!(doors.counts().await, (3, 3));
        moved(server, &organiser, event).await;
        assert_eq!(doors.counts().await, (0, 0));
        let list = doors
            .get(&format!("check-in/list?gate_id={}", text(&doors.gate)))
            .await;
        let listed = list.json["tickets"].as_array().unwrap();
        assert!(
            listed.len() == 3 && listed.iter().all(|one| one["entered_at"].is_null()),
            "{}",
            list.json
        );
        assert_eq!(doors.exit(&codes[0]).await["result"], "not_in");
        let first = doors.scan(&codes[0]).await;
        assert_eq!(first["result"], "admitted", "{first}");
        assert_eq!(doors.scan(&codes[0]).await["result"], "already_in");
        // An entry of the new date that was a mistake is as if it had not been.
        assert_eq!(doors.undo(&first).await.status, 200);
        assert_eq!(doors.counts().await, (0, 0));
        assert_eq!(doors.scan(&codes[0]).await["result"], "admitted");
        assert_eq!(doors.counts().await, (1, 1));
        // A scan of the evening that broke off, which comes late, lets nobody in again.
        let late = doors.scan_at(&codes[1], "now() - interval '1 day'").await;
        assert_eq!(late["result"], "already_in", "{late}");
        let ga = seats(&bought, "ga");
        let swapped = exchange(
            &organiser,
            &bought,
            json!({"tickets": tickets("ga", &[&ga[1]])}),
        )
        .await;
        assert_eq!(swapped.status, 200, "{}", swapped.json);
        let inside = exchange(
            &organiser,
            &bought,
            json!({"tickets": tickets("ga", &[&ga[0]])}),
        )
        .await;
        assert_eq!(inside.problem(409), "already-let-in");
    })
    .await;
}
