//! Check-in: every guest through the door once.

use std::collections::BTreeSet;
use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use boxoffice::checkin::code_hash;
use boxoffice::types::{BookingId, EventId, EventNo};
use data_encoding::BASE64URL_NOPAD;
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::GOOD_CARD;
use crate::support::{Answer, Server, general, numbered, order, text, with_server};

/// An event with its doors: a program that scans, a gate, a list.
pub(crate) struct Doors<'a> {
    server: &'a Server,
    event: Uuid,
    token: String,
    list: Value,
    pub(crate) gate: Value,
}

impl<'a> Doors<'a> {
    /// Opens a gate for all tickets of an event.
    pub(crate) async fn open(server: &'a Server, event: Uuid) -> Self {
        Self::open_for(server, event, json!({"name": "All"})).await
    }

    async fn open_for(server: &'a Server, event: Uuid, list: Value) -> Self {
        let scopes = [Scope::CheckIn, Scope::EventsWrite];
        let hour = Duration::from_secs(3600);
        let made = api_token::create(&server.db, "door", &scopes, hour).await;
        let mut doors = Self {
            server,
            event,
            token: made.unwrap().1,
            list: Value::Null,
            gate: Value::Null,
        };
        doors.list = doors.post("check-in/lists", &list).await.made()["id"].clone();
        doors.gate = doors.gate("A", &doors.list).await;
        doors
    }

    async fn gate(&self, name: &str, list: &Value) -> Value {
        let gate = json!({"name": name, "list_id": list});
        self.post("check-in/gates", &gate).await.made()["id"].clone()
    }

    async fn post_at(&self, server: &Server, path: &str, body: &Value) -> Answer {
        let url = format!("{}/api/organiser/events/{}/{path}", server.url, self.event);
        let request = server.client.post(url).bearer_auth(&self.token).json(body);
        Answer::of(request.send().await.unwrap()).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_at(self.server, path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let server = self.server;
        let url = format!("{}/api/organiser/events/{}/{path}", server.url, self.event);
        let request = server.client.get(url).bearer_auth(&self.token);
        Answer::of(request.send().await.unwrap()).await
    }

    /// The counts of the list: let in, and in now.
    pub(crate) async fn counts(&self) -> (i64, i64) {
        let doors = self.get("check-in").await.json;
        let list = &doors["lists"][0];
        let of_list = (
            list["entered"].as_i64().unwrap(),
            list["inside"].as_i64().unwrap(),
        );
        let gates = doors["gates"].as_array().unwrap();
        let sum = |what: &str| gates.iter().map(|gate| gate[what].as_i64().unwrap()).sum();
        assert_eq!(of_list, (sum("entered"), sum("inside")), "{doors}");
        of_list
    }

    fn scan_of(&self, code: &str) -> Value {
        json!({"id": Uuid::new_v4(), "gate_id": self.gate, "code": code})
    }

    /// Scans a code at the gate.
    pub(crate) async fn scan(&self, code: &str) -> Value {
        self.post("scans", &self.scan_of(code)).await.made()
    }

    /// As [`Doors::scan`], at this time by the scanner's clock.
    pub(crate) async fn scan_at(&self, code: &str, time: &str) -> Value {
        let mut scan = self.scan_of(code);
        let time = format!("SELECT to_json({time}) #>> '{{}}'");
        scan["scanned_at"] = json!(self.server.text(&time).await);
        self.post("scans", &scan).await.made()
    }

    pub(crate) async fn exit(&self, code: &str) -> Value {
        let mut scan = self.scan_of(code);
        scan["kind"] = json!("exit");
        self.post("scans", &scan).await.made()
    }

    pub(crate) async fn undo(&self, scan: &Value) -> Answer {
        let path = format!("scans/{}/undo", text(&scan["id"]));
        self.post(&path, &json!({})).await
    }
}

async fn event_no(server: &Server, event: Uuid) -> EventNo {
    let number = format!("SELECT event_id FROM events WHERE public_id = '{event}'");
    EventNo(server.count(&number).await)
}

/// A paid booking and the codes of its tickets.
async fn sold(server: &Server, event: Uuid, items: &[(&str, i64)]) -> (Value, Vec<String>) {
    let mut body = order(event, Uuid::new_v4(), items);
    body["contact"] = json!({"name": "Ana Lovelace", "email": "ana@example.org"});
    body["payment"] = json!({"card_number": GOOD_CARD});
    let booked = server.book(&body).await.made();
    let codes = codes_of(server, event, &booked).await;
    (booked, codes)
}

pub(crate) async fn codes_of(server: &Server, event: Uuid, booked: &Value) -> Vec<String> {
    let id: BookingId = text(&booked["id"]).parse().unwrap();
    let event = event_no(server, event).await;
    let codes = server.app.codes.of_booking(event, id).await.unwrap();
    codes.into_iter().map(|(_, code)| code).collect()
}

#[tokio::test]
async fn a_guest_comes_in_once_and_is_told_since_when_and_where() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let (booked, codes) = sold(server, event, &[("vip", 2)]).await;
        let mut doors = Doors::open(server, event).await;
        let first = doors.scan(&codes[0]).await;
        assert_eq!(first["result"], "admitted");
        assert_eq!(first["ticket"]["seat"], "A-5");
        assert_eq!(first["ticket"]["name"], "Ana Lovelace");
        assert_eq!(first["ticket"]["reference"], booked["reference"]);
        assert_eq!(first["gate"], "A");
        doors.gate = doors.gate("B", &doors.list).await;
        let again = doors.scan(&format!(" {}\n", codes[0].to_lowercase())).await;
        assert_eq!(again["result"], "already_in");
        assert_eq!(again["since"], first["scanned_at"]);
        assert_eq!(again["since_gate"], "A");
        assert_eq!(doors.scan(&codes[1]).await["result"], "admitted");
        assert_eq!(doors.counts().await, (2, 2));
        let kept = server.count("SELECT count(*) FROM scans").await;
        assert_eq!(kept, 3);
    })
    .await;
}

/// Two servers, so that nothing but the database can decide.
#[tokio::test(flavor = "multi_thread")]
async fn of_scanners_that_see_one_code_at_the_same_moment_one_lets_the_guest_in() {
    with_server(async |server| {
        let another = server.another().await;
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 5)]).await;
        let doors = Doors::open(server, event).await;
        for code in &codes {
            let barrier = tokio::sync::Barrier::new(16);
            let scanners = (0..16).map(async |n| {
                let at = if n % 2 == 0 { server } else { &another };
                let scan = doors.scan_of(code);
                barrier.wait().await;
                doors.post_at(at, "scans", &scan).await.made()
            });
            let answers = join_all(scanners).await;
            let results: Vec<_> = answers.iter().map(|it| text(&it["result"])).collect();
            let admitted = results.iter().filter(|it| **it == "admitted").count();
            assert_eq!(admitted, 1, "{results:?}");
            assert!(
                results
                    .iter()
                    .all(|it| ["admitted", "already_in"].contains(it))
            );
        }
        assert_eq!(doors.counts().await, (5, 5));
        another.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_that_is_sent_twice_at_the_same_moment_is_one_scan() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 1)]).await;
        let doors = Doors::open(server, event).await;
        let scan = doors.scan_of(&codes[0]);
        let barrier = tokio::sync::Barrier::new(8);
        let sent = (0..8).map(async |_| {
            barrier.wait().await;
            doors.post("scans", &scan).await
        });
        let answers = join_all(sent).await;
        let new = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(new, 1);
        for answer in &answers {
            assert_eq!(answer.json, answers[0].json);
            assert_eq!(answer.json["result"], "admitted");
            let is_replay = answer.headers.contains_key("idempotent-replayed");
            assert_eq!(is_replay, answer.status == 200);
        }
        // The same nonce for something else.
        for (field, value) in [("code", json!("BX2.ANOTHER")), ("kind", json!("exit"))] {
            let mut other = scan.clone();
            other[field] = value;
            let refused = doors.post("scans", &other).await;
            assert_eq!(refused.problem(422), "idempotency-key-reused");
        }
        assert_eq!(server.count("SELECT count(*) FROM scans").await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_come_in_is_told_why_and_recorded() {
    with_server(async |server| {
        let elsewhere = server.event(&[general("ga", 10)]).await;
        let (_, other) = sold(server, elsewhere, &[("ga", 1)]).await;
        let tiers = [general("ga", 1), general("vip", 5)];
        let event = server.event(&tiers).await;
        let mut doors =
            Doors::open_for(server, event, json!({"name": "Hall", "tiers": ["ga"]})).await;
        let everyone = doors
            .post("check-in/lists", &json!({"name": "Lounge"}))
            .await;
        doors.gate("Lounge", &everyone.made()["id"]).await;

        let (booked, cancelled) = sold(server, event, &[("ga", 1)]).await;
        assert_eq!(server.cancel(&booked).await.status, 200);
        let refused = doors.scan(&cancelled[0]).await;
        assert_eq!(refused["result"], "cancelled");
        assert_eq!(refused["ticket"]["seat"], "1");
        assert_eq!(refused["ticket"]["name"], Value::Null);

        let (_, codes) = sold(server, event, &[("ga", 1)]).await;
        assert_eq!(doors.scan(&cancelled[0]).await["result"], "replaced");
        assert_eq!(doors.scan(&codes[0]).await["result"], "admitted");

        let (_, vip) = sold(server, event, &[("vip", 1)]).await;
        let refused = doors.scan(&vip[0]).await;
        assert_eq!(refused["result"], "not_this_gate");
        assert_eq!(refused["gates"], json!(["Lounge"]));

        let refused = doors.scan(&other[0]).await;
        assert_eq!(refused["result"], "other_event");
        assert_eq!(refused["other_event"]["id"], json!(elsewhere));
        assert_eq!(refused["other_event"]["name"], "Nordlicht Quartet");

        let mut changed = vip[0].clone();
        changed.replace_range(40..41, if &vip[0][40..41] == "A" { "B" } else { "A" });
        for forged in [
            changed.as_str(),
            &vip[0][..30],
            "",
            "https://example.org/",
            "BX2.",
            "é",
        ] {
            assert_eq!(doors.scan(forged).await["result"], "forged", "{forged}");
        }
        assert_eq!(doors.counts().await, (1, 1));
        let kept = server.count("SELECT count(*) FROM scans").await;
        assert_eq!(kept, 11);
        doors.gate = json!(Uuid::new_v4());
        let nowhere = doors.post("scans", &doors.scan_of(&vip[0])).await;
        assert_eq!(nowhere.problem(404), "not-found");
    })
    .await;
}

#[tokio::test]
async fn a_ticket_that_is_named_without_its_code_is_let_in_as_with_it() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let (booked, codes) = sold(server, event, &[("vip", 2)]).await;
        let doors = Doors::open(server, event).await;
        let reference = text(&booked["reference"]);
        for (query, found) in [
            ("lovelace", 2),
            ("NA LOV", 2),
            (reference, 2),
            (&reference.to_lowercase().replace('-', ""), 2),
            ("a-5", 2),
            ("A-9", 0),
            ("%", 0),
            ("__", 0),
            ("nobody", 0),
        ] {
            let path = format!("check-in/search?gate_id={}", text(&doors.gate));
            let query = format!("{path}&q={}", query.replace('%', "%25").replace(' ', "+"));
            let guests = doors.get(&query).await.json["tickets"].clone();
            assert_eq!(guests.as_array().map(Vec::len), Some(found), "{query}");
            assert!(!guests.to_string().contains("example.org"));
        }
        let path = format!("check-in/search?gate_id={}&q=A%005", text(&doors.gate));
        let nobody = doors.get(&path).await.json;
        assert_eq!(nobody["tickets"], json!([]));
        let path = format!("check-in/search?gate_id={}&q=A-5", text(&doors.gate));
        let ticket = doors.get(&path).await.json["tickets"][0]["ticket"]["ticket"].clone();
        assert_eq!(ticket, "1.5.1");
        let scan = json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "ticket": ticket});
        assert_eq!(
            doors.post("scans", &scan).await.made()["result"],
            "admitted"
        );
        assert_eq!(doors.scan(&codes[0]).await["result"], "already_in");
        let found = doors.get(&path).await.json["tickets"][0].clone();
        assert!(found["entered_at"].is_string());
        assert_eq!(found["entered_gate_id"], doors.gate);
        for (named, result) in [
            ("1.5.2", "replaced"),
            ("1.9.1", "replaced"),
            ("9.9.9", "cancelled"),
        ] {
            let scan = json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "ticket": named});
            assert_eq!(
                doors.post("scans", &scan).await.made()["result"],
                result,
                "{named}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_can_be_done_again_and_only_the_last_scan_can_be() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 1)]).await;
        let list = json!({"name": "All", "allows_reentry": true});
        let doors = Doors::open_for(server, event, list).await;
        let code = &codes[0];
        assert_eq!(doors.exit(code).await["result"], "not_in");
        let first = doors.scan(code).await;
        let undone = doors.undo(&first).await;
        assert!(undone.json["undone_at"].is_string(), "{}", undone.json);
        assert_eq!(doors.undo(&first).await.json, undone.json);
        assert_eq!(doors.counts().await, (0, 0));

        let first = doors.scan(code).await;
        assert_eq!(first["result"], "admitted");
        let refused = doors.scan(code).await;
        assert_eq!(refused["result"], "already_in");
        assert_eq!(doors.undo(&refused).await.problem(409), "scan-not-undoable");
        let out = doors.exit(code).await;
        assert_eq!(out["result"], "exited");
        assert_eq!(doors.counts().await, (1, 0));
        assert_eq!(doors.undo(&first).await.problem(409), "scan-not-undoable");
        let second = doors.scan(code).await;
        assert_eq!(second["result"], "admitted");
        assert_eq!(doors.undo(&out).await.problem(409), "scan-not-undoable");
        assert_eq!(doors.undo(&second).await.status, 200);
        assert_eq!(doors.counts().await, (1, 0));
        let third = doors.scan(code).await;
        assert_eq!(third["result"], "admitted");
        let out = doors.exit(code).await;
        assert_eq!(doors.undo(&out).await.status, 200);
        assert_eq!(doors.counts().await, (1, 1));
        let nothing = json!({"id": Uuid::new_v4()});
        assert_eq!(doors.undo(&nothing).await.problem(404), "not-found");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_is_sent_by_several_takes_back_once() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 1)]).await;
        let doors = Doors::open(server, event).await;
        let scan = doors.scan(&codes[0]).await;
        let barrier = tokio::sync::Barrier::new(6);
        let undos = (0..6).map(async |_| {
            barrier.wait().await;
            doors.undo(&scan).await.status
        });
        assert_eq!(join_all(undos).await, [200; 6]);
        let undone = "SELECT count(*) FROM scans WHERE kind = 'undo'";
        assert_eq!(server.count(undone).await, 1);
        assert_eq!(doors.scan(&codes[0]).await["result"], "admitted");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_left_comes_in_again_only_where_the_list_allows_it() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 1)]).await;
        let doors = Doors::open(server, event).await;
        let first = doors.scan(&codes[0]).await;
        assert_eq!(doors.exit(&codes[0]).await["result"], "exited");
        let again = doors.scan(&codes[0]).await;
        assert_eq!(again["result"], "already_in");
        assert_eq!(again["since"], first["scanned_at"]);
        let change = json!({"name": "All", "allows_reentry": true});
        let path = format!("check-in/lists/{}", text(&doors.list));
        assert_eq!(
            doors.post(&path, &change).await.json["allows_reentry"],
            true
        );
        assert_eq!(doors.scan(&codes[0]).await["result"], "admitted");
        assert_eq!(doors.scan(&codes[0]).await["result"], "already_in");
        assert_eq!(doors.counts().await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn scans_without_a_network_go_up_later_and_conflicts_are_said() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 3)]).await;
        let (booked, cancelled) = sold(server, event, &[("ga", 1)]).await;
        let doors = Doors::open(server, event).await;
        assert_eq!(server.cancel(&booked).await.status, 200);
        // Gate A is online; the queue of another scanner was made an hour ago.
        assert_eq!(doors.scan(&codes[0]).await["result"], "admitted");
        let earlier = server.app.db.now() - chrono::Duration::hours(1);
        let queued = |code: &str, let_in: bool| {
            let mut scan = doors.scan_of(code);
            scan["scanned_at"] = json!(earlier);
            scan["let_in"] = json!(let_in);
            scan
        };
        let mut scans = vec![
            queued(&codes[0], true),
            queued(&codes[1], true),
            queued(&codes[1], false),
            queued(&cancelled[0], true),
            queued("nonsense", false),
            queued(&codes[2], true),
        ];
        // The same scan twice in a queue, and a nonce that is another scan's.
        scans.push(scans[1].clone());
        let mut reused = queued(&codes[2], true);
        reused["id"] = scans[0]["id"].clone();
        scans.push(reused);
        let mut unknown = queued(&codes[2], true);
        unknown["gate_id"] = json!(Uuid::new_v4());
        scans.push(unknown);
        let batch = json!({"scans": scans});
        let answer = doors.post("scans/batch", &batch).await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let answers = answer.json["scans"].as_array().unwrap();
        let said: Vec<_> = answers
            .iter()
            .map(|it| {
                let scan = &it["scan"];
                let refused = it["refused"].as_str();
                refused.unwrap_or_else(|| text(&scan["result"]))
            })
            .collect();
        let expected = [
            "conflict",
            "admitted",
            "already_in",
            "conflict",
            "forged",
            "admitted",
            "admitted",
            "id_reused",
            "unknown_gate",
        ];
        assert_eq!(said, expected);
        assert_eq!(answers[0]["scan"]["conflict"], "already_in");
        assert_eq!(answers[0]["scan"]["since_gate"], "A");
        assert_eq!(answers[3]["scan"]["conflict"], "cancelled");
        let scanned: chrono::DateTime<chrono::Utc> =
            text(&answers[1]["scan"]["scanned_at"]).parse().unwrap();
        assert!((scanned - earlier).abs() < chrono::Duration::milliseconds(1));
        assert_eq!(
            answers[2]["scan"]["since"],
            answers[1]["scan"]["scanned_at"]
        );
        let again = doors.post("scans/batch", &batch).await;
        assert_eq!(again.json, answer.json);
        assert_eq!(doors.counts().await, (3, 3));
        assert_eq!(doors.get("check-in").await.json["conflicts"], 2);
        assert_eq!(server.count("SELECT count(*) FROM scans").await, 7);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_batches_with_the_same_tickets_let_each_in_once() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let mut codes = Vec::new();
        for _ in 0..4 {
            codes.extend(sold(server, event, &[("ga", 10)]).await.1);
        }
        let doors = Doors::open(server, event).await;
        let batch = |codes: &[String]| {
            let scans: Vec<_> = codes.iter().map(|code| doors.scan_of(code)).collect();
            json!({"scans": scans})
        };
        let mut backwards = codes.clone();
        backwards.reverse();
        let batches = [batch(&codes), batch(&backwards)];
        let barrier = tokio::sync::Barrier::new(2);
        let sent = batches.iter().map(async |batch| {
            barrier.wait().await;
            doors.post("scans/batch", batch).await.json
        });
        let answers = join_all(sent).await;
        let all = answers
            .iter()
            .flat_map(|it| it["scans"].as_array().unwrap());
        let admitted = all.filter(|it| it["scan"]["result"] == "admitted");
        let seats: Vec<_> = admitted
            .map(|it| text(&it["scan"]["ticket"]["ticket"]))
            .collect();
        assert_eq!(seats.len(), 40);
        assert_eq!(BTreeSet::from_iter(&seats).len(), 40);
        assert_eq!(doors.counts().await, (40, 40));
    })
    .await;
}

#[tokio::test]
async fn a_scanner_without_a_network_has_all_it_needs_and_no_address_of_anybody() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 20, &[10]), general("ga", 10)])
            .await;
        let (booked, codes) = sold(server, event, &[("vip", 2), ("ga", 1)]).await;
        sold(server, event, &[("ga", 1)]).await;
        let unpaid = order(event, Uuid::new_v4(), &[("ga", 2)]);
        server.book(&unpaid).await.made();
        let doors = Doors::open(server, event).await;
        doors.scan(&codes[1]).await;
        let path = format!("check-in/list?gate_id={}", text(&doors.gate));
        let list = doors.get(&path).await;
        assert_eq!(list.status, 200);
        let rows = list.json["tickets"].as_array().unwrap();
        assert_eq!(rows.len(), 4, "{}", list.json);
        assert_eq!(list.json["next_cursor"], Value::Null);
        assert!(!list.json.to_string().contains("example.org"));
        let hash = |code: &str| BASE64URL_NOPAD.encode(&code_hash(EventId(event), code));
        for (code, row) in codes.iter().zip(rows) {
            assert_eq!(row["code_hash"], hash(code));
            assert_eq!(row["ticket"]["reference"], booked["reference"]);
            assert_eq!(row["entered_at"].is_string(), *code == codes[1]);
            assert!(!list.json.to_string().contains(code.as_str()));
        }
        // What has not changed is not sent again.
        let url = format!("{}/api/organiser/events/{event}/{path}", server.url);
        for (known, status) in [
            (&list.headers["etag"], 304),
            (&"\"x\"".parse().unwrap(), 200),
        ] {
            let request = server.client.get(&url).bearer_auth(&doors.token);
            let answer = request.header("If-None-Match", known).send().await.unwrap();
            assert_eq!(answer.status(), status);
        }
        let after = doors.get(&format!("{path}&cursor=1.6")).await.json;
        assert_eq!(after["tickets"].as_array().map(Vec::len), Some(2));
        let wrong = doors.get(&format!("{path}&cursor=x")).await;
        assert_eq!(wrong.problem(422), "invalid-request");
    })
    .await;
}

#[tokio::test]
async fn gates_and_lists_are_checked_field_by_field() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let doors = Doors::open(server, event).await;
        let elsewhere = server.event(&[general("ga", 10)]).await;
        let strange = Doors::open(server, elsewhere).await;
        let long = "x".repeat(101);
        for (path, body, pointer) in [
            ("check-in/lists", json!({"name": ""}), "/name"),
            ("check-in/lists", json!({"name": long}), "/name"),
            ("check-in/lists", json!({"name": "a\u{0}"}), "/name"),
            ("check-in/lists", json!({"name": "x", "tiers": []}), "/tiers"),
            ("check-in/lists", json!({"name": "x", "tiers": ["ga", "no"]}), "/tiers/1"),
            ("check-in/lists", json!({"name": "x", "tiers": ["ga", "ga"]}), "/tiers/1"),
            ("check-in/lists", json!({"name": "x", "colour": 1}), "/colour"),
            ("check-in/gates", json!({"name": " A ", "list_id": doors.list}), "/name"),
            ("check-in/gates", json!({"name": "B", "list_id": strange.list}), "/list_id"),
            ("scans", json!({"id": Uuid::new_v4(), "gate_id": doors.gate}), "/code"),
            ("scans", json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "code": "x", "ticket": "1.1.1"}), "/code"),
            ("scans", json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "code": "x".repeat(2_001)}), "/code"),
            ("scans", json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "ticket": "1.01.1"}), "/ticket"),
            ("scans", json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "code": "x", "kind": "undo"}), "/kind"),
            ("scans", json!({"id": Uuid::new_v4(), "gate_id": doors.gate, "code": "x", "scanned_at": "now"}), "/scanned_at"),
            ("scans/batch", json!({"scans": []}), "/scans"),
        ] {
            let answer = doors.post(path, &body).await;
            assert_eq!(answer.problem(422), "invalid-request", "{body}");
            assert_eq!(answer.json["errors"][0]["pointer"], pointer, "{body}");
        }
        let one = doors.scan_of("x");
        let many = json!({"scans": vec![one.clone(); 501]});
        let answer = doors.post("scans/batch", &many).await;
        assert_eq!(answer.json["errors"][0]["pointer"], "/scans");
        let huge = json!({"scans": [{"code": "x".repeat(300_000)}]});
        assert_eq!(doors.post("scans/batch", &huge).await.problem(413), "invalid-request");

        // A gate changes its name and its list; a closed one's name is free, and takes what was queued.
        let gate = format!("check-in/gates/{}", text(&doors.gate));
        let lounge = doors.post("check-in/lists", &json!({"name": "Lounge"})).await.made();
        let change = json!({"name": "North", "list_id": lounge["id"]});
        let changed = doors.post(&gate, &change).await.json;
        assert_eq!((&changed["name"], &changed["list_id"]), (&json!("North"), &lounge["id"]));
        let other = doors.post(&gate, &json!({"list_id": strange.list})).await;
        assert_eq!(other.json["errors"][0]["pointer"], "/list_id");
        for _ in 0..2 {
            let closed = doors.post(&format!("{gate}/close"), &json!({})).await;
            assert!(closed.json["closed_at"].is_string(), "{}", closed.json);
        }
        assert_eq!(doors.post(&gate, &json!({"name": "Z"})).await.problem(404), "not-found");
        doors.gate("North", &doors.list).await;
        assert_eq!(doors.scan("late").await["result"], "forged");
    })
    .await;
}

#[tokio::test]
async fn a_booking_that_is_cancelled_after_its_guest_came_in_leaves_the_books_in_order() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 1)]).await;
        let (booked, codes) = sold(server, event, &[("ga", 1)]).await;
        let doors = Doors::open(server, event).await;
        assert_eq!(doors.scan(&codes[0]).await["result"], "admitted");
        assert_eq!(server.cancel(&booked).await.status, 200);
        assert_eq!(doors.scan(&codes[0]).await["result"], "cancelled");
        let (_, next) = sold(server, event, &[("ga", 1)]).await;
        assert_eq!(doors.scan(&codes[0]).await["result"], "replaced");
        assert_eq!(doors.scan(&next[0]).await["result"], "admitted");
    })
    .await;
}

/// Whoever changes a booking locks it, and then its tickets: a scan that had the ticket and waited for the booking would
/// wait in a circle.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_waits_for_a_booking_that_is_changed_without_having_its_ticket() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let (_, codes) = sold(server, event, &[("ga", 1)]).await;
        let doors = Doors::open(server, event).await;
        let mut client = server.db.get().await.unwrap();
        let change = client.transaction().await.unwrap();
        let lock = "SELECT FROM bookings FOR UPDATE";
        change.batch_execute(lock).await.unwrap();
        let go_on = async {
            let waits = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity AS a USING (pid)
                WHERE a.datname = current_database() AND NOT granted AND locktype = 'transactionid'";
            server.until(waits, 1).await;
            let lock = "SELECT FROM tickets WHERE booking_id IS NOT NULL FOR UPDATE NOWAIT";
            change.batch_execute(lock).await.expect("the ticket is nobody's");
            change.commit().await.unwrap();
        };
        let (scanned, ()) = tokio::join!(doors.scan(&codes[0]), go_on);
        assert_eq!(scanned["result"], "admitted");
    })
    .await;
}
