//! An organisation's events by JSON: from draft to sale, changed, copied, deleted; and what of them is refused.

use std::time::Duration;

use boxoffice::access::api_token::{self, NewToken, Scope};
use boxoffice::types::OrganisationNo;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Server, order, text, with_server, with_settings};

/// A program of an organisation.
pub(crate) struct Program<'s> {
    pub(crate) server: &'s Server,
    token: String,
}

impl<'s> Program<'s> {
    pub(crate) async fn new(server: &'s Server) -> Self {
        Self::of(server, None).await
    }

    async fn of(server: &'s Server, organisation: Option<OrganisationNo>) -> Self {
        let new = NewToken {
            name: "planner",
            scopes: &[Scope::EventsRead, Scope::EventsWrite],
            expires_in: Duration::from_secs(3600),
            organisation,
        };
        let client = server.db.get().await.unwrap();
        let (_, token) = api_token::create_for(&client, &new).await.unwrap();
        Self { server, token }
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let url = format!("{}/api/organiser/events{path}", self.server.url);
        let mut request = self
            .server
            .client
            .request(method, url)
            .bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn create(&self, event: &Value) -> Value {
        self.post("", event).await.made()
    }

    /// Publishes an event, and waits until it is.
    pub(crate) async fn publish(&self, id: &str) {
        let path = format!("/{id}/publish");
        let mut answer = self.ask(Method::POST, &path, None).await;
        while answer.status == 202 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            answer = self.get(&path).await;
        }
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(answer.json["status"], "published", "{}", answer.json);
    }

    /// What is sold, by a published event of these tiers.
    pub(crate) async fn published(&self, tiers: Value) -> Value {
        let event = self.create(&with_tiers(tiers)).await;
        self.publish(text(&event["id"])).await;
        self.get(&format!("/{}", text(&event["id"]))).await.json
    }

    /// Changes a tier of the event's version.
    pub(crate) async fn change_tier(&self, event: &Value, tier: &str, change: Value) -> Answer {
        let id = text(&event["id"]);
        let now = self.get(&format!("/{id}")).await.json;
        let mut change = change;
        change["version"] = now["version"].clone();
        self.patch(&format!("/{id}/tiers/{tier}"), &change).await
    }
}

pub(crate) fn with_tiers(tiers: Value) -> Value {
    json!({
        "name": "Velvet Almanac",
        "description": "Songs of the **sea**.",
        "starts_at": "2036-06-01T19:00:00Z",
        "currency": "EUR",
        "venue": {"name": "Sala do Cais", "city": "Lisbon", "country": "PT", "time_zone": "Europe/Lisbon"},
        "facts": {"genre": "concert", "doors_at": "2036-06-01T18:00:00Z", "ends_at": "2036-06-01T22:00:00Z"},
        "tiers": tiers,
    })
}

pub(crate) fn ga(capacity: i64) -> Value {
    json!({"tier": "ga", "name": "General", "price_minor": 2500, "capacity": capacity})
}

fn pointers(answer: &Answer) -> Vec<&str> {
    let errors = answer.json["errors"].as_array();
    let errors = errors.unwrap_or_else(|| panic!("{}", answer.json));
    errors.iter().map(|error| text(&error["pointer"])).collect()
}

#[tokio::test]
async fn nobody_but_its_organiser_sees_a_draft_until_it_is_published() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.create(&with_tiers(json!([ga(20)]))).await;
        assert_eq!(
            (&event["status"], &event["version"]),
            (&json!("draft"), &json!(1))
        );
        let (id, address) = (text(&event["id"]).to_owned(), text(&event["address"]));
        let hidden = [
            format!("/api/events/{id}"),
            format!("/api/events/{id}/availability"),
            format!("/api/events/{id}/seats?tier=ga"),
            format!("/events/{address}"),
            format!("/events/{address}/picture.png"),
        ];
        let lists = [
            "/api/events",
            "/api/events?q=velvet",
            "/",
            "/sitemap-0.xml",
            "/events.atom",
            "/events.ics",
        ];
        let shows = async |path: &str| {
            let answer = server.get(path).await;
            answer.text().await.unwrap().contains(&id[..8])
        };
        for path in &hidden {
            assert_eq!(
                server.get(path).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        for path in lists {
            assert!(!shows(path).await, "{path}");
        }
        let event_id: Uuid = id.parse().unwrap();
        let body = order(event_id, Uuid::new_v4(), &[("ga", 1)]);
        assert_eq!(server.book(&body).await.problem(404), "not-found");
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 0);

        program.publish(&id).await;
        assert_eq!(server.count("SELECT count(*) FROM tickets").await, 20);
        for path in [&hidden[0], &hidden[1], &hidden[3]] {
            assert_eq!(server.get(path).await.status(), StatusCode::OK, "{path}");
        }
        let shown = server.read("/api/events?q=almanac").await;
        assert_eq!(shown["events"][0]["id"], json!(id));
        server.book(&body).await.made();
        let again = program
            .ask(Method::POST, &format!("/{id}/publish"), None)
            .await;
        assert_eq!((again.status, &again.json["tickets"]), (200, &json!(20)));
    })
    .await;
}

#[tokio::test]
async fn what_is_called_off_is_shown_and_not_sold() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(20)])).await;
        let id: Uuid = text(&event["id"]).parse().unwrap();
        let body = order(id, Uuid::new_v4(), &[("ga", 2)]);
        let key = "the same";
        server.book_with_key(key, &body).await.made();
        server
            .sql("UPDATE events SET status = 'called_off', called_off_at = now()")
            .await;
        // Others than who changed it learn of it within seconds; a sale asks the database.
        let refused = server.book(&body).await;
        assert_eq!(refused.problem(409), "called-off");
        assert_eq!(
            server.book_with_key(key, &body).await.status,
            200,
            "a replay"
        );
        server.app.catalog.forget(boxoffice::types::EventId(id));
        let page = server
            .get(&format!("/events/{}", text(&event["address"])))
            .await;
        let page = page.text().await.unwrap();
        assert!(page.contains("This event does not take place") && page.contains("EventCancelled"));
        assert!(!page.contains("id=\"order\""));
        let other = server.another().await;
        let list = other.read("/api/events").await;
        assert_eq!(list["events"][0]["status"], "called_off", "{list}");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_an_event_the_second_is_told() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(20)])).await;
        let path = format!("/{}", text(&event["id"]));
        let version = &event["version"];
        let first = json!({"version": version, "name": "Velvet Almanac: live", "facts": {"age_min": 16}});
        let changed = program.patch(&path, &first).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
        assert_eq!(changed.json["name"], "Velvet Almanac: live");
        assert_eq!(changed.json["facts"]["genre"], "concert", "what is not named stays");
        assert_eq!(changed.json["facts"]["age_min"], 16);
        let second = json!({"version": version, "description": "Other words."});
        let refused = program.patch(&path, &second).await;
        assert_eq!(refused.problem(409), "edited-meanwhile");
        assert_eq!(refused.json["version"], changed.json["version"]);
        let tier = json!({"version": version, "price_minor": 1});
        let refused = program.patch(&format!("{path}/tiers/ga"), &tier).await;
        assert_eq!(refused.problem(409), "edited-meanwhile");
        // Found by its new name, and the shop shows it at once.
        let shown = server.read("/api/events?q=live").await;
        assert_eq!(shown["events"][0]["description"], "Songs of the **sea**.");
        let unset = json!({"version": changed.json["version"], "facts": {"age_min": null}});
        assert_eq!(program.patch(&path, &unset).await.json["facts"]["age_min"], json!(null));
        let entries = "SELECT count(*) FROM audit_entries WHERE action = 'event.changed' AND before ? 'name'
                       AND before ->> 'name' = 'Velvet Almanac' AND after ->> 'name' = 'Velvet Almanac: live'";
        assert_eq!(server.count(entries).await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_change_an_event_at_once_one_does() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.create(&with_tiers(json!([ga(20)]))).await;
        let path = format!("/{}", text(&event["id"]));
        let change = |number: usize| json!({"version": 1, "name": format!("Name {number}")});
        let changes: Vec<_> = (0..8).map(change).collect();
        let answers = changes.iter().map(|change| program.patch(&path, change));
        let answers = futures::future::join_all(answers).await;
        let done: Vec<_> = answers
            .iter()
            .filter(|answer| answer.status == 200)
            .collect();
        assert_eq!(done.len(), 1);
        assert_eq!(done[0].json["version"], 2);
        for other in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(other.problem(409), "edited-meanwhile");
        }
    })
    .await;
}

#[tokio::test]
async fn each_field_that_is_wrong_is_named() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let changed = |pointer: &str, value: Value| {
            let mut event = with_tiers(json!([ga(20)]));
            *event
                .pointer_mut(pointer)
                .unwrap_or_else(|| panic!("{pointer}")) = value;
            event
        };
        let tier = |name: &str, value: Value| {
            let mut tier = ga(20);
            tier[name] = value;
            with_tiers(json!([tier]))
        };
        for (event, pointer) in [
            (json!({}), "/name"),
            (changed("/name", json!(" ")), "/name"),
            (
                changed("/starts_at", json!("2020-01-01T00:00:00Z")),
                "/starts_at",
            ),
            (changed("/starts_at", json!("tomorrow")), "/starts_at"),
            (changed("/currency", json!("XYZ")), "/currency"),
            (
                changed("/venue/time_zone", json!("Mars/Olympus")),
                "/venue/time_zone",
            ),
            (changed("/venue/country", json!("pt")), "/venue/country"),
            (
                changed("/facts/doors_at", json!("2036-06-01T20:00:00Z")),
                "/facts/doors_at",
            ),
            (changed("/facts/genre", json!("polka")), "/facts/genre"),
            (tier("capacity", json!(0)), "/tiers/0/capacity"),
            (tier("capacity", json!(-5)), "/tiers/0/capacity"),
            (tier("capacity", json!(10_000_001)), "/tiers/0/capacity"),
            (tier("price_minor", json!(12.5)), "/tiers/0/price_minor"),
            (tier("price_minor", json!(-1)), "/tiers/0/price_minor"),
            (tier("tier", json!("GA!")), "/tiers/0/tier"),
            (tier("row_blocks", json!([0])), "/tiers/0/row_blocks"),
            (tier("min_tickets", json!(101)), "/tiers/0/min_tickets"),
            (tier("wheelchair", json!(["A-1"])), "/tiers/0/wheelchair/0"),
            (with_tiers(json!([ga(1), ga(2)])), "/tiers/1/tier"),
        ] {
            let refused = program.post("", &event).await;
            assert_eq!(refused.problem(422), "invalid-request", "{event}");
            assert!(
                pointers(&refused).contains(&pointer),
                "{pointer}: {}",
                refused.json
            );
        }
        let mut limits = ga(20);
        (limits["min_tickets"], limits["max_tickets"]) = (json!(4), json!(2));
        (limits["on_sale_at"], limits["off_sale_at"]) =
            (json!("2036-02-01T00:00:00Z"), json!("2036-01-01T00:00:00Z"));
        let refused = program.post("", &with_tiers(json!([limits]))).await;
        assert_eq!(
            pointers(&refused),
            ["/tiers/0/off_sale_at", "/tiers/0/max_tickets"]
        );
        assert_eq!(server.count("SELECT count(*) FROM events").await, 0);
        assert_eq!(server.count("SELECT count(*) FROM venues").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_sold_does_not_change_its_currency_its_rows_or_when_it_went_on_sale() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let seats = json!({"tier": "hall", "name": "Hall", "price_minor": 1, "capacity": 20, "row_blocks": [10]});
        let event = program.published(json!([seats, ga(5)])).await;
        let path = format!("/{}", text(&event["id"]));
        let version = &event["version"];
        for (change, pointer) in [
            (json!({"version": version, "currency": "USD"}), "/currency"),
            (json!({"version": version, "on_sale_at": "2036-05-01T00:00:00Z"}), "/on_sale_at"),
            (json!({"version": version, "starts_at": "2020-05-01T00:00:00Z", "on_sale_at": "2020-04-01T00:00:00Z",
                    "facts": {"doors_at": null, "ends_at": null}}), "/starts_at"),
            (json!({"version": version, "tiers": []}), "/tiers"),
            (json!({"name": "No version"}), "/version"),
        ] {
            let refused = program.patch(&path, &change).await;
            assert_eq!(refused.problem(422), "invalid-request", "{change}");
            assert_eq!(pointers(&refused), [pointer], "{}", refused.json);
        }
        let rows = program.change_tier(&event, "hall", json!({"row_blocks": [5]})).await;
        assert_eq!(pointers(&rows), ["/row_blocks"]);
        let gone = program.ask(Method::DELETE, &path, None).await;
        assert_eq!(gone.problem(409), "event-state");
        let gone = program.ask(Method::DELETE, &format!("{path}/tiers/ga"), None).await;
        assert_eq!(gone.problem(409), "event-state");
    })
    .await;
}

#[tokio::test]
async fn an_event_says_how_long_its_bookings_are_held() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(20)])).await;
        let (id, version) = (text(&event["id"]), event["version"].as_i64().unwrap());
        let body = || order(id.parse().unwrap(), Uuid::new_v4(), &[("ga", 1)]);
        let held = async || {
            let booking = server.book(&body()).await.made();
            let at = |name: &str| {
                text(&booking[name])
                    .parse::<boxoffice::types::Timestamp>()
                    .unwrap()
            };
            (at("expires_at") - at("created_at")).num_seconds()
        };
        assert_eq!(held().await, 300);
        let path = format!("/{id}");
        let changed = program
            .patch(&path, &json!({"version": version, "hold_seconds": 90}))
            .await;
        assert_eq!(
            (changed.status, &changed.json["hold_seconds"]),
            (200, &json!(90))
        );
        assert_eq!(held().await, 90);
        let version = &changed.json["version"];
        for wrong in [0, 59, 86_401, -1] {
            let refused = program
                .patch(&path, &json!({"version": version, "hold_seconds": wrong}))
                .await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(pointers(&refused), ["/hold_seconds"], "{wrong}");
        }
        let unset = program
            .patch(&path, &json!({"version": version, "hold_seconds": null}))
            .await;
        assert_eq!(unset.status, 200);
        assert_eq!(held().await, 300);
    })
    .await;
}

#[tokio::test]
async fn a_draft_and_its_tiers_may_be_deleted() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let mut event = with_tiers(json!([ga(20)]));
        event["translations"] = json!({"de": {"name": "Samtalmanach", "tiers": {"ga": "Stehplatz"}}});
        let event = program.create(&event).await;
        let path = format!("/{}", text(&event["id"]));
        let more = json!({"tier": "vip", "name": "VIP", "price_minor": 9000, "capacity": 5, "position": -1});
        let added = program.post(&format!("{path}/tiers"), &more).await;
        assert_eq!(added.status, 201, "{}", added.json);
        assert_eq!(added.json["tiers"][0]["tier"], "vip", "by position");
        assert_eq!(program.post(&format!("{path}/tiers"), &more).await.status, 422);
        let left = program.ask(Method::DELETE, &format!("{path}/tiers/ga"), None).await;
        assert_eq!(left.json["tiers"].as_array().unwrap().len(), 1, "{}", left.json);
        assert_eq!(left.json["translations"]["de"]["tiers"], json!({}));
        assert_eq!(program.ask(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(program.get(&path).await.problem(404), "not-found");
        assert_eq!(program.get("").await.json["events"], json!([]));
        let kept = "SELECT count(*) FROM audit_entries WHERE action = 'event.deleted'";
        assert_eq!(server.count(kept).await, 1);
        let empty = program.create(&with_tiers(json!([]))).await;
        let empty = format!("/{}/publish", text(&empty["id"]));
        let refused = program.ask(Method::POST, &empty, None).await;
        assert_eq!(pointers(&refused), ["/tiers"]);
    })
    .await;
}

#[tokio::test]
async fn an_event_is_copied_to_other_dates_with_all_that_belongs_to_it() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let mut early = ga(20);
        early["off_sale_at"] = json!("2036-05-01T19:00:00Z");
        let event = program.published(json!([early])).await;
        let path = format!("/{}/duplicate", text(&event["id"]));
        let past = json!({"starts_at": ["2036-06-02T19:00:00Z", "2020-06-02T19:00:00Z"]});
        assert_eq!(
            pointers(&program.post(&path, &past).await),
            ["/starts_at/1"]
        );
        assert_eq!(
            program.get("").await.json["events"]
                .as_array()
                .unwrap()
                .len(),
            1,
            "nothing half done"
        );
        let dates = json!({"starts_at": ["2036-06-02T19:00:00Z", "2036-06-03T20:00:00Z"]});
        let copies = program.post(&path, &dates).await.made();
        let second = program
            .get(&format!("/{}", text(&copies["events"][1])))
            .await
            .json;
        assert_eq!(second["status"], "draft");
        assert_eq!(second["facts"]["doors_at"], "2036-06-03T19:00:00Z");
        assert_eq!(second["tiers"][0]["off_sale_at"], "2036-05-03T20:00:00Z");
        let original = program.get(&format!("/{}", text(&event["id"]))).await.json;
        let series = text(&second["facts"]["series"]);
        assert!(series.starts_with("velvet-almanac-"), "{series}");
        assert_eq!(
            original["facts"]["series"], series,
            "one series with the original"
        );
        for copy in copies["events"].as_array().unwrap() {
            program.publish(text(copy)).await;
        }
        let dates = server.read(&format!("/api/events?series={series}")).await;
        assert_eq!(dates["events"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_foreign_event_is_as_if_it_did_not_exist() {
    with_server(async |server| {
        server
            .sql("INSERT INTO organisations (id, public_id, name) VALUES (7, gen_random_uuid(), 'Others')")
            .await;
        let own = Program::of(server, Some(OrganisationNo(1))).await;
        let other = Program::of(server, Some(OrganisationNo(7))).await;
        let event = own.create(&with_tiers(json!([ga(20)]))).await;
        let path = format!("/{}", text(&event["id"]));
        let change = json!({"version": 1, "name": "Mine"});
        let dates = json!({"starts_at": ["2036-06-02T19:00:00Z"]});
        for refused in [
            other.get(&path).await,
            other.patch(&path, &change).await,
            other.patch(&format!("{path}/tiers/ga"), &change).await,
            other.post(&format!("{path}/tiers"), &ga(1)).await,
            other.post(&format!("{path}/duplicate"), &dates).await,
            other.get(&format!("{path}/publish")).await,
            other.ask(Method::POST, &format!("{path}/publish"), None).await,
            other.ask(Method::DELETE, &path, None).await,
            other.ask(Method::DELETE, &format!("{path}/picture"), None).await,
        ] {
            assert_eq!(refused.problem(404), "not-found");
        }
        assert_eq!(other.get("").await.json["events"], json!([]));
        assert_eq!(own.get("").await.json["events"].as_array().unwrap().len(), 1);
        assert_eq!(Program::new(server).await.get(&path).await.status, 200, "an operator's token");
        // The venue is another's too: what is known of it stays.
        let mut elsewhere = with_tiers(json!([ga(1)]));
        elsewhere["venue"]["address"] = json!("Somewhere else 1");
        other.create(&elsewhere).await;
        assert_eq!(server.count("SELECT count(*) FROM venues WHERE address IS NULL").await, 1);
        elsewhere["venue"]["time_zone"] = json!("Europe/Berlin");
        assert_eq!(pointers(&other.post("", &elsewhere).await), ["/venue/time_zone"]);
    })
    .await;
}

#[tokio::test]
async fn tiers_are_sold_within_their_own_times_and_numbers() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let (mut early, mut late) = (ga(20), ga(20));
        (early["tier"], late["tier"]) = (json!("early"), json!("late"));
        late["on_sale_at"] = json!("2036-05-01T00:00:00Z");
        early["off_sale_at"] = json!("2036-05-01T00:00:00Z");
        (early["min_tickets"], early["max_tickets"]) = (json!(2), json!(4));
        let event = program.published(json!([early, late])).await;
        let id: Uuid = text(&event["id"]).parse().unwrap();
        let buyer = Uuid::new_v4();
        let asked = |items: &[(&str, i64)]| order(id, buyer, items);
        for (number, rule) in [(1, "at least 2"), (5, "at most 4")] {
            let refused = server.book(&asked(&[("early", number)])).await;
            assert_eq!(refused.problem(422), "invalid-request");
            assert_eq!(pointers(&refused), ["/items/0/quantity"]);
            assert!(
                text(&refused.json["detail"]).contains(rule),
                "{}",
                refused.json
            );
        }
        let refused = server.book(&asked(&[("early", 2), ("late", 1)])).await;
        assert_eq!(refused.problem(409), "not-on-sale");
        assert_eq!(
            (&refused.json["tier"], &refused.json["on_sale_at"]),
            (&json!("late"), &late["on_sale_at"])
        );
        let key = "early bird";
        server
            .book_with_key(key, &asked(&[("early", 2)]))
            .await
            .made();
        let page = server
            .get(&format!("/events/{}", text(&event["address"])))
            .await;
        let page = page.text().await.unwrap();
        assert!(
            page.contains("On sale from") && page.contains("At least 2 tickets per order"),
            "{page}"
        );
        assert!(!page.contains("qty-late"));

        let over = program
            .change_tier(
                &event,
                "early",
                json!({"off_sale_at": "2020-01-01T00:00:00Z"}),
            )
            .await;
        assert_eq!(over.status, 200, "{}", over.json);
        let refused = server.book(&asked(&[("early", 2)])).await;
        assert_eq!(refused.problem(409), "not-on-sale");
        assert_eq!(refused.json["on_sale_at"], json!(null));
        let replay = server.book_with_key(key, &asked(&[("early", 2)])).await;
        assert_eq!(
            replay.status, 200,
            "what was booked before: {}",
            replay.json
        );
    })
    .await;
}

#[tokio::test]
async fn an_event_gets_a_picture_and_nothing_that_is_none() {
    let directory =
        std::env::temp_dir().join(format!("boxoffice-tests-pictures-{}", Uuid::new_v4()));
    let flags = ["--pictures-dir", directory.to_str().unwrap()];
    with_settings(&flags, async |server| {
        let program = Program::new(server).await;
        let event = program.create(&with_tiers(json!([ga(20)]))).await;
        let path = format!("/{}/picture", text(&event["id"]));
        let url = format!("{}/api/organiser/events{path}", server.url);
        let send = async |content: Vec<u8>| {
            let request = server.client.put(&url).bearer_auth(&program.token);
            let request = request.header("Content-Type", "image/png").body(content);
            Answer::of(request.send().await.unwrap()).await
        };
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(600, 400)
            .write_to(&mut png, image::ImageFormat::Png)
            .unwrap();
        let taken = send(png.into_inner()).await;
        assert_eq!(taken.status, 200, "{}", taken.json);
        assert_eq!(
            (&taken.json["picture"]["width"], &taken.json["version"]),
            (&json!(600), &json!(2))
        );
        let file = format!(
            "/pictures/{}-480.webp",
            text(&taken.json["picture"]["name"])
        );
        assert_eq!(server.get(&file).await.status(), StatusCode::OK);
        let svg =
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        assert_eq!(send(svg).await.problem(422), "invalid-request");
        let gif = b"GIF89a/*<script>*/".to_vec();
        assert_eq!(send(gif).await.problem(422), "invalid-request");
        assert_eq!(send(bomb()).await.problem(422), "invalid-request");
        assert_eq!(
            send(vec![0; 10 * 1024 * 1024 + 1]).await.problem(413),
            "invalid-request"
        );
        let gone = program.ask(Method::DELETE, &path, None).await;
        assert_eq!(gone.json["picture"], json!(null));
    })
    .await;
    std::fs::remove_dir_all(&directory).ok();
}

/// The head of a PNG of 100,000 by 100,000 pixels.
fn bomb() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(300, 300)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let mut png = png.into_inner();
    png[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
    let checksum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&checksum.to_be_bytes());
    png
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[tokio::test]
async fn a_series_that_buyers_see_is_one_organisations() {
    with_server(async |server| {
        server
            .sql("INSERT INTO organisations (id, public_id, name) VALUES (7, gen_random_uuid(), 'Others')")
            .await;
        let own = Program::of(server, Some(OrganisationNo(1))).await;
        let other = Program::of(server, Some(OrganisationNo(7))).await;
        let date = |name: &str, series: Option<&str>| {
            let mut event = with_tiers(json!([ga(20)]));
            event["name"] = json!(name);
            event["facts"]["series"] = json!(series);
            event
        };
        let first = own.create(&date("Velvet One", Some("velvet"))).await;
        own.publish(text(&first["id"])).await;
        let second = own.create(&date("Velvet Two", Some("velvet"))).await;
        own.publish(text(&second["id"])).await;
        let draft = other.create(&date("Foreign Draft", Some("velvet"))).await;
        let path = format!("/{}/publish", text(&draft["id"]));
        let refused = other.ask(Method::POST, &path, None).await;
        assert_eq!(pointers(&refused), ["/facts/series"]);
        let foreign = other.create(&date("Foreign One", None)).await;
        other.publish(text(&foreign["id"])).await;
        let path = format!("/{}", text(&foreign["id"]));
        let now = other.get(&path).await.json;
        let mut facts = now["facts"].clone();
        facts["series"] = json!("velvet");
        let change = json!({"version": now["version"], "facts": facts});
        assert_eq!(pointers(&other.patch(&path, &change).await), ["/facts/series"]);
        let dates = json!({"starts_at": ["2036-06-02T19:00:00Z"], "series": "velvet"});
        let copied = other.post(&format!("{path}/duplicate"), &dates).await;
        assert_eq!(pointers(&copied), ["/series"]);
        assert_eq!(other.get(&path).await.json["facts"]["series"], Value::Null);
        // Where an older server has let both have it, a page shows the dates of its own organisation alone.
        server.sql("UPDATE events SET series = 'velvet' WHERE name = 'Foreign One'").await;
        let page = server.event_path(text(&first["id"]).parse().unwrap()).await;
        let page = server.get(&page).await.text().await.unwrap();
        let second = server.event_path(text(&second["id"]).parse().unwrap()).await;
        assert!(page.contains(&second), "{page}");
        let foreign = server.event_path(text(&foreign["id"]).parse().unwrap()).await;
        assert!(!page.contains(&foreign), "{page}");
    })
    .await;
}
