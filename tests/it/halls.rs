//! Halls: drawn, exported and imported; tiers that have a part of one; what is sold of it first, and to whom.

use std::sync::Arc;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::organising::{Program, ga, with_tiers};
use crate::reports::{Organiser, paid};
use crate::support::{Answer, FREE, Server, fresh_key, order, text, with_server};
use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;

/// 3 rows of stalls with an aisle and two places for wheelchairs, and a gallery at the side: 34 seats.
fn layout() -> Value {
    json!({
        "stage": {"x": 2, "y": 0, "width": 8, "height": 2},
        "sections": [
            {"name": "Stalls", "x": 0, "y": 3, "rows": [
                {"row": "A", "seats": "4 _ 4", "x": 0.5},
                {"row": "B", "seats": "5 _ 5", "numbers": "9-1/2, 2-10/2"},
                {"row": "C", "seats": "w c 3 _ 3 c w", "y": 3},
            ]},
            {"name": "Gallery", "x": 14, "y": 3, "rows": [{"row": "A", "seats": "4", "best": 50}, {"row": "B", "seats": "2"}]},
        ],
    })
}

fn hall(name: &str) -> Value {
    json!({"name": name, "venue": "Sala do Cais", "layout": layout()})
}

impl Program<'_> {
    async fn halls(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.ask(method, &format!("/../halls{path}"), body).await
    }

    async fn draw(&self, hall: &Value) -> Value {
        self.halls(Method::POST, "", Some(hall)).await.made()
    }

    /// A draft whose stalls and gallery have all of the hall.
    async fn seated(&self) -> Value {
        let hall = self.draw(&hall("Great hall")).await;
        let event = self
            .create(&with_tiers(json!([tier("stalls"), tier("gallery"), ga(5)])))
            .await;
        let seating = json!({"version": event["version"], "hall_id": hall["id"], "tiers": [
            {"tier": "stalls", "rows": [{"section": "Stalls"}]},
            {"tier": "gallery", "rows": [{"section": "Gallery", "rows": ["A", "B"]}]},
        ]});
        let path = format!("/{}/seating", text(&event["id"]));
        let seated = self.ask(Method::PUT, &path, Some(&seating)).await;
        assert_eq!(seated.status, 200, "{}", seated.json);
        seated.json
    }
}

fn tier(code: &str) -> Value {
    json!({"tier": code, "name": code, "price_minor": 1000, "capacity": 7})
}

fn id_of(event: &Value) -> Uuid {
    text(&event["id"]).parse().unwrap()
}

fn pointers(answer: &Answer) -> Vec<String> {
    let errors = answer.json["errors"].as_array();
    let errors = errors.unwrap_or_else(|| panic!("{}", answer.json));
    errors
        .iter()
        .map(|error| text(&error["pointer"]).to_owned())
        .collect()
}

fn seats_of(booking: &Value) -> Vec<String> {
    let items = booking["items"].as_array().unwrap();
    let seats = items
        .iter()
        .flat_map(|item| item["seats"].as_array().unwrap());
    seats.map(|seat| text(seat).to_owned()).collect()
}

async fn best(server: &Server, event: Uuid, tier: &str, quantity: i64) -> Value {
    let body = order(event, Uuid::new_v4(), &[(tier, quantity)]);
    server.book(&body).await.made()
}

#[tokio::test]
async fn a_hall_is_imported_as_it_was_exported() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let made = program.draw(&hall("Great hall")).await;
        assert_eq!((&made["seats"], &made["version"]), (&json!(34), &json!(1)));
        let path = format!("/{}", text(&made["id"]));
        let kept = program.halls(Method::GET, &path, None).await.json;
        let again = json!({"name": "Copy", "venue": kept["venue"], "layout": kept["layout"]});
        let copy = program.draw(&again).await;
        assert_eq!(copy["layout"], kept["layout"]);
        let listed = program.halls(Method::GET, "", None).await.json;
        let names: Vec<_> = listed["halls"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hall| text(&hall["name"]))
            .collect();
        assert_eq!(names, ["Copy", "Great hall"]);
        let twice = program.halls(Method::POST, "", Some(&again)).await;
        assert_eq!(
            (twice.status, pointers(&twice)),
            (422, vec!["/name".to_owned()])
        );

        let change = json!({"version": 1, "name": "Greater hall"});
        let changed = program.halls(Method::PUT, &path, Some(&change)).await;
        assert_eq!((changed.status, &changed.json["version"]), (200, &json!(2)));
        assert_eq!(changed.json["layout"], kept["layout"]);
        let stale = program.halls(Method::PUT, &path, Some(&change)).await;
        assert_eq!(stale.problem(409), "edited-meanwhile");
        assert_eq!(program.halls(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(program.halls(Method::GET, &path, None).await.status, 404);
        let entries = "SELECT count(*) FROM audit_entries WHERE subject_kind = 'hall'";
        assert_eq!(server.count(entries).await, 4);
    })
    .await;
}

#[tokio::test]
async fn halls_that_make_no_sense_are_refused_at_their_fields() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let row = |label: &str, seats: &str| json!({"row": label, "seats": seats});
        let rows = |count: usize, seats: &str| -> Vec<Value> {
            (0..count).map(|n| row(&n.to_string(), seats)).collect()
        };
        let of = |rows: Vec<Value>| json!({"sections": [{"name": "S", "rows": rows}]});
        for (layout, pointer) in [
            (json!({}), "/layout/sections"),
            (of(vec![]), "/layout/sections/0/rows"),
            (of(vec![row("A", "3 _")]), ""),
            (of(vec![row("A", "_")]), "/layout/sections/0/rows/0/seats"),
            (
                of(vec![row("A", "3"), row("A", "3")]),
                "/layout/sections/0/rows/1/row",
            ),
            (
                of(vec![
                    row("A", "3"),
                    json!({"row": "B", "seats": "3", "y": 0.5}),
                ]),
                "/layout/sections/0/rows/1/seats",
            ),
            (
                of(vec![row("Far too long", "3")]),
                "/layout/sections/0/rows/0/row",
            ),
            (
                of(vec![json!({"row": "A", "seats": "3", "numbers": "1,1,2"})]),
                "/layout/sections/0/rows/0/numbers",
            ),
            // Behind a row at the very back there is no room for the next.
            (
                of(vec![
                    json!({"row": "A", "seats": "5", "y": 500}),
                    row("B", "5"),
                ]),
                "/layout/sections/0/rows/1/y",
            ),
            (of(rows(300, "250")), "/layout/sections"),
            (of(rows(400, "250")), "/layout/sections"),
            (
                of(vec![json!({"row": "A", "seats": "3", "colour": 1})]),
                "/layout/sections/0/rows/0/colour",
            ),
        ] {
            let hall = json!({"name": format!("Hall {pointer}"), "layout": layout});
            let answer = program.halls(Method::POST, "", Some(&hall)).await;
            if pointer.is_empty() {
                assert_eq!(answer.status, 201, "{}", answer.json);
                continue;
            }
            assert_eq!(
                (answer.status, &pointers(&answer)[..]),
                (422, &[pointer.to_owned()][..]),
                "{}",
                answer.json
            );
        }
        let long = json!({"name": "x".repeat(300_000), "layout": layout()});
        assert_eq!(
            program.halls(Method::POST, "", Some(&long)).await.status,
            413
        );
        assert_eq!(server.count("SELECT count(*) FROM halls").await, 1);
    })
    .await;
}

#[tokio::test]
async fn tiers_get_their_parts_of_a_hall_and_sell_the_best_seats_first() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.seated().await;
        let id = id_of(&event);
        let capacities: Vec<_> = event["tiers"].as_array().unwrap().iter().map(|tier| tier["capacity"].clone()).collect();
        assert_eq!(capacities, [json!(28), json!(6), json!(5)]);
        assert_eq!(event["tiers"][0]["wheelchair"], json!(["C-10", "C-1"]));
        // The hall is gone; the event's seats are not.
        server.sql("DELETE FROM halls").await;
        program.publish(text(&event["id"])).await;
        assert_eq!(server.count(FREE).await, 39);
        let map = server.read(&format!("/api/events/{id}/seats?tier=stalls")).await;
        assert_eq!(map["rows"][1]["numbers"], json!([9, 7, 5, 3, 1, 2, 4, 6, 8, 10]));
        assert_eq!(map["layout"]["sections"][0]["rows"][0]["seats"], "4 _ 4");
        assert_eq!(map["kinds"].as_array().unwrap().len(), 4);

        // Side by side, as near to the middle as the aisle allows; never across it.
        let four = best(server, id, "stalls", 4).await;
        assert_eq!(seats_of(&four), ["A-5", "A-6", "A-7", "A-8"]);
        assert_eq!(four["items"][0]["together"], true);
        // Three would leave one alone in row A.
        assert_eq!(seats_of(&best(server, id, "stalls", 3).await), ["B-2", "B-4", "B-6"]);
        let five = best(server, id, "stalls", 5).await;
        assert_eq!(seats_of(&five), ["B-9", "B-7", "B-5", "B-3", "B-1"]);
        // The hall says that the gallery's second row is better than its first.
        assert_eq!(seats_of(&best(server, id, "gallery", 2).await), ["B-1", "B-2"]);
        let named = json!({"event_id": id, "buyer_id": Uuid::new_v4(),
            "seats": [{"tier": "stalls", "row": "C", "number": 1}, {"tier": "stalls", "row": "c", "number": 2}]});
        let named = server.book(&named).await.made();
        assert_eq!((seats_of(&named), &named["items"][0]["together"]), (vec!["C-1".to_owned(), "C-2".to_owned()], &json!(true)));
        let none = json!({"event_id": id, "buyer_id": Uuid::new_v4(), "seats": [{"tier": "stalls", "row": "Z", "number": 1}]});
        assert_eq!(server.book(&none).await.status, 422);
    })
    .await;
}

/// Many at once, in two processes: whoever did not ask for it gets no place for a wheelchair as long as others are free.
#[tokio::test]
async fn places_for_wheelchairs_are_left_to_those_who_name_them_as_long_as_others_are_free() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let blocks = json!({"tier": "blocks", "name": "Blocks", "price_minor": 1, "capacity": 20, "row_blocks": [5, 5],
            "wheelchair": ["A-1", "A-10"], "companion": ["A-2", "A-9"]});
        let hall = program.draw(&hall("Great hall")).await;
        let event = program.create(&with_tiers(json!([tier("stalls"), blocks]))).await;
        let seating = json!({"version": 1, "hall_id": hall["id"], "tiers": [{"tier": "stalls", "rows": [{"section": "Stalls"}]}]});
        let path = format!("/{}/seating", text(&event["id"]));
        assert_eq!(program.ask(Method::PUT, &path, Some(&seating)).await.status, 200);
        program.publish(text(&event["id"])).await;
        let (id, other) = (id_of(&event), server.another().await);
        for (tier, ordinary) in [("stalls", 24), ("blocks", 16)] {
            let barrier = Arc::new(Barrier::new(ordinary));
            let buy = |n: usize| {
                let (barrier, server) = (barrier.clone(), if n.is_multiple_of(2) { server } else { &other });
                async move {
                    barrier.wait().await;
                    seats_of(&best(server, id, tier, 1).await)
                }
            };
            let got = join_all((0..ordinary).map(buy)).await.concat();
            assert_eq!(got.len(), ordinary);
            let special = "SELECT count(*) FROM tickets AS k JOIN tiers AS t USING (event_id, tier_no)
                WHERE k.booking_id IS NOT NULL AND k.seat_no = ANY (t.wheelchair_seats || t.companion_seats)";
            assert_eq!(server.count(special).await, if tier == "stalls" { 0 } else { 4 }, "{tier} {got:?}");
            // Now no others are free: nobody is told that it is sold out.
            let rest = best(server, id, tier, 4).await;
            assert_eq!(seats_of(&rest).len(), 4);
            let more = order(id, Uuid::new_v4(), &[(tier, 1)]);
            assert_eq!(server.book(&more).await.problem(409), "held-by-others");
        }
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn tiers_that_share_a_stock_have_its_part_of_the_hall() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let hall = program.draw(&hall("Great hall")).await;
        let child = json!({"tier": "child", "name": "Child", "price_minor": 500, "shares": "stalls"});
        let event = program.create(&with_tiers(json!([tier("stalls"), child]))).await;
        let id = text(&event["id"]).to_owned();
        let seating = |tier: &str, version: &Value| json!({"version": version, "hall_id": hall["id"],
            "tiers": [{"tier": tier, "rows": [{"section": "Stalls"}]}]});
        let path = format!("/{id}/seating");
        let wrong = program.ask(Method::PUT, &path, Some(&seating("child", &event["version"]))).await;
        assert_eq!((wrong.status, pointers(&wrong)), (422, vec!["/tiers/0/tier".to_owned()]));
        let seated = program.ask(Method::PUT, &path, Some(&seating("stalls", &event["version"]))).await;
        assert_eq!(seated.json["tiers"][1]["capacity"], 28, "{}", seated.json);
        assert_eq!(seated.json["tiers"][1]["wheelchair"], seated.json["tiers"][0]["wheelchair"]);
        // One more that shares, and one that does so no more.
        let senior = json!({"tier": "senior", "name": "Senior", "price_minor": 700, "shares": "stalls"});
        let senior = program.post(&format!("/{id}/tiers"), &senior).await.made();
        assert_eq!(senior["tiers"][2]["capacity"], 28, "{senior}");
        let own = program.change_tier(&event, "senior", json!({"shares": null, "capacity": 3})).await;
        assert_eq!((own.status, &own.json["tiers"][2]["capacity"], &own.json["tiers"][2]["wheelchair"]), (200, &json!(3), &json!([])), "{}", own.json);
        let again = program.change_tier(&event, "senior", json!({"shares": "stalls"})).await;
        assert_eq!((again.status, &again.json["tiers"][2]["capacity"]), (200, &json!(28)), "{}", again.json);
        let renamed = program.change_tier(&event, "child", json!({"name": "Children"})).await;
        assert_eq!((renamed.status, &renamed.json["tiers"][1]["wheelchair"]), (200, &json!(["C-10", "C-1"])), "{}", renamed.json);
        program.publish(&id).await;
        assert_eq!(server.count(FREE).await, 28);
        let event = id_of(&event);

        let party = server.book(&order(event, Uuid::new_v4(), &[("stalls", 2), ("child", 2)])).await.made();
        assert_eq!(seats_of(&party), ["A-5", "A-6", "A-7", "A-8"]);
        assert_eq!((&party["items"][0]["together"], &party["items"][1]["together"]), (&json!(true), &json!(true)));
        let organiser = Organiser::new(server).await;
        let paid = paid(server, event, &[("child", 2)], "Ana").await;
        assert_eq!(seats_of(&paid), ["A-3", "A-4"]);
        let changes = format!("/bookings/{}/exchanges", text(&paid["id"]));
        let change = async |body: Value| {
            let answer = organiser.change(&changes, &fresh_key(), &body).await;
            assert_eq!(answer.status, 200, "{}", answer.json);
            seats_of(&answer.json["booking"])
        };
        let to = json!({"tickets": [{"tier": "child", "seat": "A-4"}], "tier": "child", "seats": ["C-1"]});
        assert_eq!(change(to).await, ["A-3", "C-1"]);
        let to = json!({"tickets": [{"tier": "child", "seat": "C-1"}], "tier": "child"});
        assert_eq!(change(to).await, ["A-3", "A-4"]);
        let wanted = json!({"seats": [{"tier": "child", "row": "B", "number": 9}, {"tier": "child", "row": "C", "number": 1}], "reason": "Press"});
        let blocks = format!("/events/{event}/blocks");
        let block = organiser.post_once(&blocks, &fresh_key(), &wanted).await;
        assert_eq!(block.status, 201, "{}", block.json);
        let block = format!("{blocks}/{}", text(&block.json["id"]));
        let fewer = json!({"seats": [{"tier": "child", "row": "C", "number": 1}]});
        assert_eq!(organiser.patch(&block, &fewer).await.status, 200);
        assert_eq!(organiser.delete(&block).await.status, 200);

        // 18 of 24 are left that are like others; two tiers or one, the special ones come last, and then to anybody.
        let special = "SELECT count(*) FROM tickets AS k JOIN tiers AS t USING (event_id, tier_no)
            WHERE k.booking_id IS NOT NULL AND k.seat_no = ANY (t.wheelchair_seats || t.companion_seats)";
        for _ in 0..3 {
            server.book(&order(event, Uuid::new_v4(), &[("stalls", 3), ("child", 3)])).await.made();
        }
        assert_eq!(server.count(special).await, 0);
        let none = server.book(&order(event, Uuid::new_v4(), &[("stalls", 2), ("child", 3)])).await;
        assert_eq!(none.problem(409), "held-by-others");
        let rest = server.book(&order(event, Uuid::new_v4(), &[("stalls", 2), ("child", 2)])).await.made();
        assert_eq!(seats_of(&rest).len(), 4);
        assert_eq!((server.count(special).await, server.count(FREE).await), (4, 0));
    })
    .await;
}

#[tokio::test]
async fn rows_belong_to_one_tier_and_seats_of_a_hall_stay_as_they_are() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.seated().await;
        let (id, version) = (text(&event["id"]).to_owned(), event["version"].clone());
        let hall = program.halls(Method::GET, "", None).await.json["halls"][0]["id"].clone();
        let put = async |tiers: Value, version: &Value| {
            let body = json!({"version": version, "hall_id": hall, "tiers": tiers});
            program.ask(Method::PUT, &format!("/{id}/seating"), Some(&body)).await
        };
        let all = json!([{"section": "Stalls"}]);
        for (tiers, pointer) in [
            (json!([{"tier": "stalls", "rows": all}, {"tier": "gallery", "rows": [{"section": "Stalls", "rows": ["A"]}]}]), "/tiers/1/rows/0/rows/0"),
            (json!([{"tier": "stalls", "rows": [{"section": "Roof"}]}]), "/tiers/0/rows/0/section"),
            (json!([{"tier": "stalls", "rows": [{"section": "Stalls", "rows": ["Z"]}]}]), "/tiers/0/rows/0/rows/0"),
            (json!([{"tier": "stalls", "rows": []}]), "/tiers/0/rows"),
            (json!([{"tier": "nothing", "rows": all}]), "/tiers/0/tier"),
        ] {
            let refused = put(tiers, &version).await;
            assert_eq!((refused.status, pointers(&refused)[0].as_str()), (422, pointer), "{}", refused.json);
        }
        assert_eq!(put(json!([]), &json!(1)).await.problem(409), "edited-meanwhile");
        let refused = program.change_tier(&event, "stalls", json!({"capacity": 30})).await;
        assert_eq!((refused.status, pointers(&refused)), (422, vec!["/capacity".to_owned()]));
        let dearer = program.change_tier(&event, "stalls", json!({"price_minor": 1500})).await;
        assert_eq!((dearer.status, &dearer.json["tiers"][0]["capacity"]), (200, &json!(28)));

        let path = format!("/{id}/duplicate");
        let copy = program.post(&path, &json!({"starts_at": ["2036-07-01T19:00:00Z"]})).await.made();
        let copy = text(&copy["events"][0]).to_owned();
        program.publish(&copy).await;
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 39);
        let path = format!("/{id}/tiers/gallery/seating");
        let general = program.ask(Method::DELETE, &path, None).await;
        assert_eq!((general.status, &general.json["tiers"][1]["wheelchair"]), (200, &json!([])));
        program.publish(&id).await;
        let path = format!("/{id}/tiers/stalls/seating");
        assert_eq!(program.ask(Method::DELETE, &path, None).await.problem(409), "event-state");
        for by in ["+ 1", "- 1"] {
            server.sql(&format!("UPDATE tickets SET row_seat = row_seat {by} WHERE seat_no = 3 AND row_no = 1")).await;
            let found = boxoffice::check::check(&server.db).await.unwrap();
            let found: Vec<_> = found.iter().map(|it| it.invariant).collect();
            let expected: &[&str] = if by == "+ 1" { &["ticket_in_its_row"; 3] } else { &[] };
            assert_eq!(found, expected);
        }
    })
    .await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one visit, step by step")]
async fn a_hall_is_drawn_seated_and_shown_on_pages_without_scripts() {
    with_server(async |server| {
        let manager = server.organiser(Role::Manager, OrganisationNo::FIRST).await;
        let location =
            |answer: &reqwest::Response| answer.headers()["location"].to_str().unwrap().to_owned();
        let new = [
            ("name", "Great hall"),
            ("venue", "Sala do Cais"),
            ("rows", "3"),
            ("seats", "4 _ 4"),
        ];
        let made = manager.post(server, "/admin/halls", &new).await;
        let hall = location(&made).split('?').next().unwrap().to_owned();
        let page = manager.get(server, &hall).await.text().await.unwrap();
        assert!(page.contains("A: 4 _ 4\nB: 4 _ 4\nC: 4 _ 4"), "{page}");
        let mut form = vec![
            ("version", "1"),
            ("name", "Great hall"),
            ("name-0", "Stalls"),
            ("y-0", "3"),
            ("rows-0", "A: 4 _ 4\r\nB: w 3 _ 4 | x 9x"),
            ("name-1", ""),
            ("rows-1", ""),
            ("stage-width", "4"),
            ("stage-height", "1"),
        ];
        let refused = manager.post(server, &hall, &form).await;
        assert_eq!(refused.status(), 422);
        let page = refused.text().await.unwrap();
        assert!(
            page.contains("id=\"rows-0-problem\"") && page.contains("B: w 3 _ 4 | x 9x"),
            "{page}"
        );
        form[4].1 = "A: 4 _ 4\r\nB: w 3 _ 4 | y 0.5";
        let page = manager
            .post(server, &hall, &form)
            .await
            .text()
            .await
            .unwrap();
        assert!(
            page.contains("Row B is in the way of Stalls A-1."),
            "{page}"
        );
        form[4].1 = "A: 4 _ 4\r\nB: w 3 _ 4";
        let looked = manager
            .post(server, &hall, &[&form[..], &[("look", "1")]].concat())
            .await;
        assert_eq!(looked.status(), 200);
        assert!(looked.text().await.unwrap().contains("#kind-wheelchair"));
        assert_eq!(manager.post(server, &hall, &form).await.status(), 303);
        let stale = manager.post(server, &hall, &form).await;
        assert!(
            stale
                .text()
                .await
                .unwrap()
                .contains("Somebody else has changed it")
        );
        let export = manager.get(server, &format!("{hall}/export")).await;
        assert!(
            export.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        let export: Value = serde_json::from_str(&export.text().await.unwrap()).unwrap();
        assert_eq!(
            export["layout"]["sections"][0]["rows"][1]["seats"],
            "w 3 _ 4"
        );

        let program = Program::new(server).await;
        let event = program
            .create(&with_tiers(json!([tier("stalls"), tier("rest")])))
            .await;
        let id = text(&event["id"]);
        let path = format!("/admin/events/{id}/hall");
        let hall_id = hall.rsplit('/').next().unwrap();
        let page = manager
            .get(server, &format!("{path}?hall={hall_id}"))
            .await
            .text()
            .await
            .unwrap();
        assert!(
            page.contains("name=\"section-0\"") && page.contains("name=\"row-0-1\""),
            "{page}"
        );
        let nothing = [("version", "1"), ("hall", hall_id), ("section-0", "")];
        assert_eq!(manager.post(server, &path, &nothing).await.status(), 422);
        let chosen = [
            ("version", "1"),
            ("hall", hall_id),
            ("section-0", "stalls"),
            ("row-0-1", "rest"),
        ];
        assert_eq!(manager.post(server, &path, &chosen).await.status(), 303);
        let page = manager
            .get(server, &format!("{path}?hall={hall_id}"))
            .await
            .text()
            .await
            .unwrap();
        assert!(page.contains("<option value=\"rest\" selected>"), "{page}");
        program.publish(id).await;
        let event = id_of(&event);
        let shop = server
            .get(&format!(
                "{}?seats=stalls,rest",
                server.event_path(event).await
            ))
            .await
            .text()
            .await
            .unwrap();
        assert!(
            shop.contains("value=\"rest:B:1\"") && shop.contains("seat-gap"),
            "{shop}"
        );
        assert!(shop.contains("data-plan="), "what scripts draw");
        assert_eq!(server.count(FREE).await, 16);
    })
    .await;
}
