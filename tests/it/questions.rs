//! What an organiser asks of buyers: asked on pages and by programs, answered before a booking is paid, seen by whoever may,
//! and forgotten.

use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use boxoffice::access::organiser::Role;
use boxoffice::audit::Actor;
use boxoffice::booking;
use boxoffice::types::{BookingLink, EventNo, OrganisationNo};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::late_payments::expire;
use crate::organising::{Program, ga};
use crate::payment_races::tell;
use crate::reports;
use crate::shared_stock::door;
use crate::support::gateway::{GOOD_CARD, NO_WEBHOOKS};
use crate::support::{Answer, Server, fresh_key, order, text, token, with_server, with_settings};

const ANSWERS: &str = "SELECT count(*) FROM answers";

fn diet() -> Value {
    json!({"label": "What do you eat?", "kind": "choice", "options": ["Everything", "No meat"], "required": true})
}

fn name_of_guest() -> Value {
    json!({"label": "Who comes?", "asked_of": "ticket", "required": true, "at_door": true})
}

fn newsletter() -> Value {
    json!({"label": "May we write to you?", "kind": "yes_no"})
}

/// A published event that asks these, and its id.
async fn asking(program: &Program<'_>, questions: Value) -> (Value, Uuid) {
    let event = program.published(json!([ga(20)])).await;
    let asked = ask(program, &event, questions).await;
    assert_eq!(asked.status, 200, "{}", asked.json);
    let id = text(&event["id"]).parse().unwrap();
    (event, id)
}

async fn ask(program: &Program<'_>, event: &Value, questions: Value) -> Answer {
    let path = format!("/{}/questions", text(&event["id"]));
    let version = program.get(&path).await.json["version"].clone();
    let body = json!({"version": version, "questions": questions});
    program.ask(Method::PUT, &path, Some(&body)).await
}

fn given(question: i64, ticket: Option<i64>, answer: &str) -> Value {
    let mut given = json!({"question": question, "answer": answer});
    if let Some(ticket) = ticket {
        given["ticket"] = json!(ticket);
    }
    given
}

async fn pay_with(server: &Server, booking: &Value, answers: Value) -> Answer {
    let body = json!({"booking_id": booking["id"], "buyer_id": booking["buyer_id"],
                      "card_number": GOOD_CARD, "answers": answers});
    Answer::of(server.post("/api/payments", &fresh_key(), &body).await).await
}

async fn change(server: &Server, booking: &Value, answers: Value) -> Answer {
    let url = format!(
        "{}/api/bookings/{}/answers",
        server.url,
        text(&booking["id"])
    );
    let token = token(&server.db, &booking["buyer_id"]).await;
    let request = server.client.patch(url).bearer_auth(token);
    let request = request.json(&json!({ "answers": answers }));
    Answer::of(request.send().await.unwrap()).await
}

async fn answers_of(server: &Server, booking: &Value) -> Value {
    let path = format!("/api/bookings/{}/answers", text(&booking["id"]));
    server.read_as(&booking["buyer_id"], &path).await["answers"].clone()
}

fn wrong(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.problem(422), "invalid-request", "{}", answer.json);
    let errors = answer.json["errors"].as_array().unwrap();
    errors.iter().map(|error| text(&error["pointer"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_answered_is_before_a_booking_is_paid() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([diet(), name_of_guest(), newsletter()])).await;
        let shown = server.read(&format!("/api/events/{id}/questions")).await;
        assert_eq!(shown["questions"][1]["question"], 2);
        let body = order(id, Uuid::new_v4(), &[("ga", 2)]);
        let booked = server.book(&body).await.made();
        let missing = pay_with(server, &booked, json!([given(3, None, "yes")])).await;
        assert_eq!(wrong(&missing), ["/answers"; 3]);
        let bad = json!([
            given(1, None, "Fish"),
            given(2, Some(3), "Ana"),
            given(2, None, "Ana"),
            given(1, Some(1), "Everything"),
            given(9, None, "?"),
            given(3, None, "perhaps"),
            given(2, Some(1), &"x".repeat(501)),
        ]);
        let refused = pay_with(server, &booked, bad).await;
        let pointers = wrong(&refused);
        assert_eq!(
            pointers[..7],
            [
                "/answers/0/answer", "/answers/1/ticket", "/answers/2/ticket", "/answers/3/ticket",
                "/answers/4/question", "/answers/5/answer", "/answers/6/answer",
            ]
        );
        assert_eq!(server.count(ANSWERS).await, 0, "nothing is half done");
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
        let some = json!([given(2, Some(1), "Ana")]);
        assert_eq!(change(server, &booked, some).await.status, 200);
        let rest = json!([given(1, None, "No meat"), given(2, Some(2), "Bo")]);
        assert_eq!(pay_with(server, &booked, rest).await.status, 201);
        let kept = json!([given(1, None, "No meat"), given(2, Some(1), "Ana"), given(2, Some(2), "Bo")]);
        assert_eq!(answers_of(server, &booked).await, kept);
        // What must be answered stays answered.
        let unsaid = change(server, &booked, json!([given(1, None, "")])).await;
        assert_eq!(wrong(&unsaid), ["/answers"]);
        let changed = change(server, &booked, json!([given(2, Some(2), "Cai"), given(3, None, "no")])).await;
        assert_eq!(changed.json["answers"][2], given(2, Some(2), "Cai"));
        change(server, &booked, json!([given(3, None, "")])).await;
        assert_eq!(server.count(ANSWERS).await, 3);
        server.sql("UPDATE events SET starts_at = now() - interval '1 hour', on_sale_at = now() - interval '1 day',
                    doors_at = NULL, ends_at = NULL").await;
        let late = change(server, &booked, json!([given(3, None, "no")])).await;
        assert_eq!(late.problem(409), "event-state");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_paid_at_once_brings_its_answers() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([diet(), name_of_guest()])).await;
        let mut body = order(id, Uuid::new_v4(), &[("ga", 1)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        assert_eq!(wrong(&server.book(&body).await), ["/answers", "/answers"]);
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
        body["answers"] = json!([given(1, None, "Everything"), given(2, Some(1), "Ana")]);
        let key = fresh_key();
        let booked = server.book_with_key(&key, &body).await.made();
        assert_eq!(booked["status"], "confirmed");
        assert_eq!(answers_of(server, &booked).await, body["answers"]);
        assert_eq!(server.book_with_key(&key, &body).await.status, 200);
        body["answers"][1]["answer"] = json!("Bo");
        let other = server.book_with_key(&key, &body).await;
        assert_eq!(other.problem(422), "idempotency-key-reused");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_link_answers_what_is_open_and_sees_and_replaces_nothing() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([diet(), newsletter()])).await;
        let booked = server
            .book(&order(id, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        change(server, &booked, json!([given(2, None, "yes")])).await;
        let booking: boxoffice::types::BookingId = text(&booked["id"]).parse().unwrap();
        let link = server
            .app
            .access
            .link(BookingLink::first(booking))
            .await
            .unwrap();
        let get = server
            .get(&format!("/api/bookings/{booking}/answers?access={link}"))
            .await;
        assert_eq!(get.status(), 403);
        let page = server
            .get(&format!("/bookings/{booking}?access={link}"))
            .await;
        let page = page.text().await.unwrap();
        assert!(page.contains("What do you eat?"), "it is asked");
        assert!(!page.contains("May we write to you?"), "it is answered");
        let url = format!("{}/api/payments?access={link}", server.url);
        let body = json!({"booking_id": booked["id"], "card_number": GOOD_CARD,
                          "answers": [given(1, None, "Everything"), given(2, None, "no")]});
        let paid = server
            .client
            .post(url)
            .header("Idempotency-Key", fresh_key())
            .json(&body);
        assert_eq!(paid.send().await.unwrap().status(), 201);
        let kept = json!([given(1, None, "Everything"), given(2, None, "yes")]);
        assert_eq!(answers_of(server, &booked).await, kept);
    })
    .await;
}

/// A buyer's browser at a booking of two tickets of an event that asks three things.
struct Browser<'s> {
    server: &'s Server,
    booked: Value,
    cookie: String,
}

impl<'s> Browser<'s> {
    async fn open(server: &'s Server) -> Self {
        let program = Program::new(server).await;
        let questions = json!([diet(), name_of_guest(), newsletter()]);
        let (_, id) = asking(&program, questions).await;
        let body = order(id, Uuid::new_v4(), &[("ga", 2)]);
        let booked = server.book(&body).await.made();
        let token = token(&server.db, &booked["buyer_id"]).await;
        let cookie = format!("buyer={token}");
        Self {
            server,
            booked,
            cookie,
        }
    }

    fn url(&self) -> String {
        format!("{}/bookings/{}", self.server.url, text(&self.booked["id"]))
    }

    async fn page(&self) -> String {
        let request = self.server.client.get(self.url());
        let request = request.header("Cookie", &self.cookie);
        request.send().await.unwrap().text().await.unwrap()
    }

    /// The status and the page.
    async fn send(&self, what: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let request = self.server.client.post(format!("{}/{what}", self.url()));
        let request = request.header("Cookie", &self.cookie);
        let request = request.header("Origin", &self.server.url);
        let answer = request.form(fields).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_that_pays_asks_beside_each_field_and_keeps_what_was_typed() {
    with_server(async |server| {
        let browser = Browser::open(server).await;
        let shown = browser.page().await;
        for part in ["answer-1", "answer-2-1", "answer-2-2", "answer-3"] {
            assert!(
                shown.contains(&format!("name=\"{part}\"")),
                "{part}: {shown}"
            );
        }
        let key = fresh_key();
        let wrong = [
            ("key", &*key),
            ("card_number", GOOD_CARD),
            ("answer-2-1", "Ana <b>"),
            ("answer-1", ""),
        ];
        let (status, refused) = browser.send("payments", &wrong).await;
        assert_eq!(status, 422);
        let named = ["1", "2-1", "2-2", "3"]
            .map(|field| refused.contains(&format!("id=\"answer-{field}-problem\"")));
        assert_eq!(named, [true, false, true, false], "{refused}");
        assert!(refused.contains("value=\"Ana &#60;b&#62;\""), "{refused}");
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
        let right = [
            ("key", &*key),
            ("card_number", GOOD_CARD),
            ("answer-1", "No meat"),
            ("answer-2-1", "Ana"),
            ("answer-2-2", "Bo"),
            ("answer-3", ""),
        ];
        assert_eq!(browser.send("payments", &right).await.0, 303);
        assert_eq!(server.booking(&browser.booked).await["status"], "confirmed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_changed_on_the_page_of_a_paid_booking() {
    with_server(async |server| {
        let browser = Browser::open(server).await;
        let said = json!([
            given(1, None, "No meat"),
            given(2, Some(1), "Ana"),
            given(2, Some(2), "Bo")
        ]);
        pay_with(server, &browser.booked, said).await;
        assert!(browser.page().await.contains("/answers\""));
        let changed = [("answer-1", "Everything"), ("answer-2-2", "Cai")];
        assert_eq!(browser.send("answers", &changed).await.0, 303);
        let all = answers_of(server, &browser.booked).await;
        assert_eq!(all[2], given(2, Some(2), "Cai"), "{all}");
        let (status, emptied) = browser.send("answers", &[("answer-2-1", "")]).await;
        assert_eq!(status, 422);
        assert!(emptied.contains("id=\"answer-2-1-problem\""), "{emptied}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_written_as_a_whole_keep_their_kind_and_leave_their_answers() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (event, id) = asking(&program, json!([diet(), newsletter()])).await;
        let booked = server.book(&order(id, Uuid::new_v4(), &[("ga", 1)])).await.made();
        change(server, &booked, json!([given(1, None, "No meat")])).await;
        let other = json!([{"question": 1, "label": "Diet", "kind": "text"}]);
        let refused = ask(&program, &event, other).await;
        assert_eq!(wrong(&refused), ["/questions/0/kind"]);
        for (questions, pointer) in [
            (json!([{"label": ""}]), "/questions/0/label"),
            (json!([{"label": "?", "kind": "choice", "options": ["one"]}]), "/questions/0/options"),
            (json!([{"label": "?", "kind": "choice", "options": ["a", "a"]}]), "/questions/0/options/1"),
            (json!([{"label": "?", "options": ["a", "b"]}]), "/questions/0/options"),
            (json!([{"label": "?", "question": 7}]), "/questions/0/question"),
            (json!(vec![json!({"label": "?"}); 21]), "/questions"),
        ] {
            assert_eq!(wrong(&ask(&program, &event, questions).await), [pointer]);
        }
        let mut diet = diet();
        diet["question"] = json!(1);
        diet["label"] = json!("Diet?");
        diet["options"] = json!(["Everything", "Vegan"]);
        let now = json!([{"label": "Anything else?"}, diet]);
        let asked = ask(&program, &event, now).await;
        let numbers: Vec<_> = asked.json["questions"].as_array().unwrap().iter().map(|it| it["question"].clone()).collect();
        assert_eq!(numbers, [3, 1]);
        assert_eq!(answers_of(server, &booked).await, json!([given(1, None, "No meat")]));
        let stale = json!({"version": 1, "questions": []});
        let path = format!("/{id}/questions");
        let refused = program.ask(Method::PUT, &path, Some(&stale)).await;
        assert_eq!(refused.problem(409), "edited-meanwhile");
        assert_eq!(ask(&program, &event, json!([])).await.status, 200);
        let entries = "SELECT count(*) FROM audit_entries WHERE action = 'questions.changed' AND before ? 'questions'";
        assert_eq!(server.count(entries).await, 3);
        assert_eq!(pay_with(server, &booked, json!([])).await.status, 201, "nothing is asked any more");
        let copy = json!({"starts_at": ["2036-07-01T19:00:00Z"]});
        ask(&program, &event, json!([newsletter()])).await;
        program.post(&format!("/{id}/duplicate"), &copy).await;
        assert_eq!(server.count("SELECT count(*) FROM events WHERE asks").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_sees_and_exports_answers_until_they_are_forgotten() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([diet(), name_of_guest()])).await;
        let mut body = order(id, Uuid::new_v4(), &[("ga", 1)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        body["contact"] = json!({"name": "Ana Reis", "email": "ana@example.org"});
        body["answers"] = json!([given(1, None, "No meat"), given(2, Some(1), "=Ana")]);
        let booked = server.book(&body).await.made();
        let organiser = server.organiser(Role::Finance, OrganisationNo::FIRST).await;
        let page = organiser.get(server, &format!("/admin/bookings/{}", text(&booked["id"]))).await;
        let page = page.text().await.unwrap();
        assert!(page.contains("No meat") && page.contains("What do you eat?"), "{page}");
        let export = async |file: &str| {
            let path = format!("/admin/events/{id}/exports/{file}");
            organiser.get(server, &path).await.text().await.unwrap()
        };
        let csv = export("answers.csv").await;
        let mut lines = csv.trim_start_matches('\u{feff}').lines();
        assert_eq!(lines.next(), Some("reference,booking_id,status,question,label,tier,tier_name,row,seat,answer,answered_at,name,email"));
        let (first, second) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(first.contains(",confirmed,1,What do you eat?,,,,,No meat,"), "{first}");
        assert!(second.contains(",2,Who comes?,ga,General,,1,'=Ana,"), "{second}");
        assert!(export("answers.csv?bom=true").await.starts_with('\u{feff}'));
        let lines = export("answers.jsonl").await;
        let answer: Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
        assert_eq!(answer["answer"], "=Ana");
        let by = Actor::system("test");
        assert_eq!(booking::forget(&server.db, &by, "ana@example.org").await.unwrap(), 1);
        assert_eq!(server.count(ANSWERS).await, 0);
        assert_eq!(export("answers.csv").await.lines().count(), 1);
        assert_eq!(server.booking(&booked).await["status"], "confirmed");
        let told = "SELECT count(*) FROM audit_entries WHERE before::text LIKE '%No meat%' AND action <> 'questions.changed'";
        assert_eq!(server.count(told).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_sees_what_is_meant_for_it_and_its_scans_are_exported() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([diet(), name_of_guest()])).await;
        let mut body = order(id, Uuid::new_v4(), &[("ga", 2)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        let names = [given(2, Some(1), "Ana"), given(2, Some(2), "Bo")];
        body["answers"] = json!([given(1, None, "No meat"), names[0], names[1]]);
        let booked = server.book(&body).await.made();
        let no = EventNo(server.count("SELECT max(event_id) FROM events").await);
        let booking = text(&booked["id"]).parse().unwrap();
        let codes = server.app.codes.of_booking(no, booking).await.unwrap();
        let scopes = [Scope::CheckIn, Scope::EventsWrite];
        let hour = Duration::from_secs(3600);
        let (_, token) = api_token::create(&server.db, "=door", &scopes, hour)
            .await
            .unwrap();
        let post = async |path: &str, body: Value| door(server, id, path, &body, &token).await;
        let list = post("check-in/lists", json!({"name": "All"})).await["id"].clone();
        let gate = json!({"name": "A", "list_id": list});
        let gate = post("check-in/gates", gate).await["id"].clone();
        for ((_, code), name) in codes.iter().zip(["Ana", "Bo"]) {
            let scan = json!({"id": Uuid::new_v4(), "gate_id": gate, "code": code});
            let scanned = post("scans", scan).await;
            let told = json!([{"label": "Who comes?", "answer": name}]);
            assert_eq!(scanned["answers"], told, "{scanned}");
        }
        let scan = json!({"id": Uuid::new_v4(), "gate_id": gate, "code": "BX2.NONE"});
        assert_eq!(post("scans", scan).await["answers"], json!([]));
        let organiser = server.organiser(Role::Finance, OrganisationNo::FIRST).await;
        let export = async |file: &str| {
            let path = format!("/admin/events/{id}/exports/{file}");
            let answer = organiser.get(server, &path).await;
            assert_eq!(answer.status(), 200, "{file}");
            answer.bytes().await.unwrap()
        };
        let csv = String::from_utf8(export("scans.csv").await.to_vec()).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 1 + 3, "{csv}");
        let reference = text(&booked["reference"]);
        assert!(
            lines[1].contains(",entry,admitted,,,A,All,ga,General,,1,"),
            "{csv}"
        );
        assert!(
            lines[1].ends_with(&format!(",{reference},{booking},'=door")),
            "{csv}"
        );
        assert!(lines[3].contains(",entry,forged,,,A,All,,,,,,,"), "{csv}");
        let jsonl = String::from_utf8(export("scans.jsonl").await.to_vec()).unwrap();
        let first: Value = serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
        assert_eq!(first["scanned_by"], "=door");
        for sheet in ["scans.xlsx", "answers.xlsx"] {
            assert!(export(sheet).await.starts_with(b"PK"), "{sheet}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_go_with_the_seats_that_late_money_gets_instead() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([name_of_guest()])).await;
        let booked = server
            .book(&order(id, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let names = json!([given(1, Some(1), "Ana"), given(1, Some(2), "Bo")]);
        change(server, &booked, names.clone()).await;
        let payment = server.charge_without_webhook(&booked).await;
        expire(server, &booked).await;
        server
            .book(&order(id, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        tell(server, &payment).await;
        let now = server.booking(&booked).await;
        assert_eq!(now["items"][0]["seats"], json!(["2", "3"]));
        assert_eq!(answers_of(server, &booked).await, names);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_asked_on_a_page() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(20)])).await;
        let path = format!("/admin/events/{}/questions", text(&event["id"]));
        let organiser = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let version = event["version"].to_string();
        let wrong = [
            ("version", &*version),
            ("no-1", ""),
            ("label-1", "Diet?"),
            ("kind-1", "choice"),
            ("options-1", "Meat"),
        ];
        let refused = organiser.post(server, &path, &wrong).await;
        assert_eq!(refused.status(), 422);
        let refused = refused.text().await.unwrap();
        assert!(
            refused.contains("id=\"options-1-problem\"") && refused.contains("value=\"Diet?\""),
            "{refused}"
        );
        let right = [
            ("version", &*version),
            ("no-1", ""),
            ("label-1", "Diet?"),
            ("kind-1", "choice"),
            ("options-1", "Meat\r\n\r\nNo meat"),
            ("required-1", "1"),
            ("order-1", "1"),
        ];
        assert_eq!(organiser.post(server, &path, &right).await.status(), 303);
        let page = organiser.get(server, &path).await.text().await.unwrap();
        assert!(
            page.contains("Meat\nNo meat") && page.contains("name=\"label-2\""),
            "{page}"
        );
        let stale = organiser.post(server, &path, &right).await;
        assert_eq!(stale.status(), 422);
        let version = program
            .get(&format!("/{}/questions", text(&event["id"])))
            .await
            .json["version"]
            .to_string();
        let removed = [
            ("version", &*version),
            ("no-1", "1"),
            ("label-1", "Diet?"),
            ("kind-1", "choice"),
            ("of-1", "order"),
            ("options-1", "Meat\nNo meat"),
            ("remove-1", "1"),
            ("no-2", ""),
            ("label-2", "Who?"),
            ("of-2", "ticket"),
        ];
        assert_eq!(organiser.post(server, &path, &removed).await.status(), 303);
        let asked = program
            .get(&format!("/{}/questions", text(&event["id"])))
            .await
            .json;
        assert_eq!(asked["questions"][0]["label"], "Who?", "{asked}");
        assert_eq!(asked["questions"].as_array().unwrap().len(), 1);
    })
    .await;
}

/// Gives a booking to Bo, and the link that opens it then.
async fn hand_over(organiser: &reports::Organiser<'_>, booking: &Value) -> String {
    let path = format!("/bookings/{}/handovers", text(&booking["id"]));
    let to = json!({"contact": {"name": "Bo Lima", "email": "bo@example.org"}});
    let handed = organiser.change(&path, &fresh_key(), &to).await;
    assert_eq!(handed.status, 200, "{}", handed.json);
    assert_eq!(handed.json["answers"], json!([]), "{}", handed.json);
    text(&handed.json["link"]).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_booking_is_handed_to_has_no_answers_of_before_and_gives_their_own() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([diet(), name_of_guest(), newsletter()])).await;
        let mut body = order(id, Uuid::new_v4(), &[("ga", 1)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        body["contact"] = json!({"name": "Ana Reis", "email": "ana@example.org"});
        body["answers"] = json!([given(1, None, "No meat"), given(2, Some(1), "Ana")]);
        let booked = server.book(&body).await.made();
        let organiser = reports::Organiser::new(server).await;
        let link = hand_over(&organiser, &booked).await;
        assert_eq!(server.count(ANSWERS).await, 0);
        let page = server.get(&link).await.text().await.unwrap();
        assert!(page.contains("What do you eat?"), "it is asked: {page}");
        let (path, access) = link.split_once('?').unwrap();
        let url = format!("{}/api{path}/answers?{access}", server.url);
        let answer = async |answers: Value| {
            let request = server
                .client
                .patch(&url)
                .json(&json!({ "answers": answers }));
            Answer::of(request.send().await.unwrap()).await
        };
        let some = answer(json!([given(1, None, "Everything")])).await;
        assert_eq!(wrong(&some), ["/answers"], "the other must be answered too");
        let both = json!([given(1, None, "Everything"), given(2, Some(1), "Bo")]);
        let said = answer(both.clone()).await;
        assert_eq!((said.status, &said.json["answers"]), (200, &json!([])));
        answer(json!([given(1, None, "No meat"), given(2, Some(1), "")])).await;
        let read = server.client.get(&url).send().await.unwrap();
        assert_eq!(read.status(), 403);
        let history = format!("/bookings/{}/history", text(&booked["id"]));
        assert_eq!(organiser.read(&history).await["answers"], both);
        let form = server
            .send_form(
                &format!("{path}/answers?{access}"),
                "",
                &[("answer-3", "yes")],
            )
            .await;
        assert_eq!(form.headers()["location"], link);
        let page = server.get(&link).await.text().await.unwrap();
        assert!(
            !page.contains("What do you eat?") && !page.contains("write to you"),
            "{page}"
        );
        let by = Actor::system("test");
        for (email, left) in [("ana@example.org", 3), ("bo@example.org", 0)] {
            assert_eq!(booking::forget(&server.db, &by, email).await.unwrap(), 1);
            assert_eq!(server.count(ANSWERS).await, left, "{email}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_before_a_handover_that_an_older_server_made_are_forgotten_with_their_buyer() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let other = json!({"label": "Anything else?"});
        let (_, id) = asking(&program, json!([newsletter(), other])).await;
        let mut body = order(id, Uuid::new_v4(), &[("ga", 1)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        body["contact"] = json!({"name": "Ana Reis", "email": "ana@example.org"});
        let booked = server.book(&body).await.made();
        hand_over(&reports::Organiser::new(server).await, &booked).await;
        server
            .sql(
                "INSERT INTO answers (event_id, booking_id, question_no, tier_no, seat_no, answer, answered_at)
                 SELECT event_id, booking_id, n, 0, 0, 'yes', changed_at + (2 * n - 3) * interval '1 minute'
                 FROM booking_changes, generate_series(1, 2) AS n",
            )
            .await;
        let by = Actor::system("test");
        assert_eq!(booking::forget(&server.db, &by, "ana@example.org").await.unwrap(), 1);
        let left = "SELECT sum(question_no)::bigint FROM answers";
        assert_eq!(server.count(left).await, 2, "what was answered since");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_meets_a_handover_is_not_the_new_persons() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (_, id) = asking(&program, json!([newsletter()])).await;
        let mut body = order(id, Uuid::new_v4(), &[("ga", 1)]);
        body["payment"] = json!({"card_number": GOOD_CARD});
        let booked = server.book(&body).await.made();
        let mut client = server.db.get().await.unwrap();
        let handover = client.transaction().await.unwrap();
        let lock = "SELECT FROM bookings FOR UPDATE";
        handover.batch_execute(lock).await.unwrap();
        let answer = change(server, &booked, json!([given(1, None, "yes")]));
        let hand_over = async {
            let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                         AND datname = current_database() AND query ~ 'FOR UPDATE'";
            server.until(waits, 1).await;
            let update = "UPDATE bookings SET buyer_id = gen_random_uuid(), link_no = 1";
            handover.batch_execute(update).await.unwrap();
            handover.commit().await.unwrap();
        };
        let (answered, ()) = tokio::join!(answer, hand_over);
        assert_eq!(answered.problem(404), "not-found");
        assert_eq!(server.count(ANSWERS).await, 0);
    })
    .await;
}
