//! What organisers say of events on their pages: a description in Markdown, other languages, several dates, wheelchair
//! places; and the lists and gates of the door.

use std::time::Duration;

use boxoffice::access::organiser::Role;
use boxoffice::types::OrganisationNo;
use serde_json::{Value, json};

use crate::organising::{Program, ga, with_tiers};
use crate::support::organiser::Organiser;
use crate::support::{Server, general, text, with_server, with_settings};

async fn manager(server: &Server) -> Organiser {
    server.organiser(Role::Manager, OrganisationNo::FIRST).await
}

async fn page(server: &Server, who: &Organiser, path: &str) -> String {
    let page = server.page_as(&who.cookie, path).await;
    assert_eq!(page.status(), 200, "{path}");
    page.text().await.unwrap()
}

/// Sends a form; its status and its page.
async fn send(
    server: &Server,
    who: &Organiser,
    path: &str,
    fields: &[(&str, &str)],
) -> (u16, String) {
    let sent = server.send_form(path, &who.cookie, fields).await;
    (sent.status().as_u16(), sent.text().await.unwrap())
}

#[tokio::test]
async fn a_description_is_shown_with_its_marks_and_told_to_machines_without_them() {
    with_settings(&["--public-url", "http://tickets.example"], async |server| {
        let program = Program::new(server).await;
        let mut event = with_tiers(json!([ga(5)]));
        let source = "# The night\n\nSongs of the **sea**.\n\n- one\n- two\n\n[More](https://a.example/x) and \
                      [less](javascript:alert(1)) <script>alert(2)</script>";
        event["description"] = json!(source);
        let event = program.create(&event).await;
        let id = text(&event["id"]).to_owned();
        program.publish(&id).await;
        let read = server.read(&format!("/api/events/{id}")).await;
        assert_eq!(read["description"], source);
        let path = server.event_path(id.parse().unwrap()).await;
        let shown = server.get(&path).await.text().await.unwrap();
        for part in [
            "<h3 dir=\"auto\">The night</h3>",
            "<strong>sea</strong>",
            "<li dir=\"auto\">one</li>",
            "<a rel=\"nofollow noopener noreferrer\" href=\"https://a.example/x\">More</a>",
            "&lt;script&gt;alert(2)",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("javascript:") && !shown.contains("<script>alert"), "{shown}");
        let (_, data) = shown.split_once("application/ld+json\">").unwrap();
        let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
        let plain = text(&data["description"]);
        assert!(plain.starts_with("The night\n\nSongs of the sea."), "{plain}");
        let calendar = server.get("/events.ics").await.text().await.unwrap();
        assert!(!calendar.contains("**"), "{calendar}");
        let feed = server.get("/events.atom").await.text().await.unwrap();
        assert!(feed.contains("Songs of the sea.") && !feed.contains("**"), "{feed}");
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_draft_shows_its_description_as_buyers_will_see_it() {
    with_server(async |server| {
        let (program, who) = (Program::new(server).await, manager(server).await);
        let event = program.create(&with_tiers(json!([ga(5)]))).await;
        let path = format!("/admin/events/{}/edit", text(&event["id"]));
        let shown = page(server, &who, &path).await;
        assert!(
            shown.contains("Songs of the <strong>sea</strong>"),
            "{shown}"
        );
        // What is refused is shown as it was typed.
        let typed = [("description", "*Now* <b>this</b>"), ("name", "")];
        let (status, shown) = send(server, &who, &path, &typed).await;
        assert_eq!(status, 422);
        assert!(shown.contains("<em>Now</em> &lt;b&gt;this"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn an_event_is_repeated_every_week_by_the_venues_clock_and_its_dates_say_what_is_left() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.published(json!([ga(5)])).await;
        let id = text(&event["id"]).to_owned();
        let path = format!("/{id}/duplicate");
        // The clocks of Lisbon go back on 26 October 2036.
        let dates = json!({"starts_at": ["2036-10-23T19:00:00Z"], "weeks": 2});
        let copies = program.post(&path, &dates).await.made();
        let copies = copies["events"].as_array().unwrap();
        let mut starts = Vec::new();
        for copy in copies {
            let copy = program.get(&format!("/{}", text(copy))).await.json;
            assert!(copy["facts"]["series"].is_string(), "{copy}");
            starts.push(text(&copy["starts_at"]).to_owned());
        }
        assert_eq!(
            starts,
            [
                "2036-10-23T19:00:00Z",
                "2036-10-30T20:00:00Z",
                "2036-11-06T20:00:00Z"
            ]
        );
        for wrong in [
            json!({"starts_at": ["2036-10-23T19:00:00Z"], "weeks": 100}),
            json!({"starts_at": ["2036-10-23T19:00:00Z", "2036-10-30T20:00:00Z"], "weeks": 1}),
        ] {
            let refused = program.post(&path, &wrong).await;
            assert_eq!(refused.problem(422), "invalid-request", "{wrong}");
            assert_eq!(refused.json["errors"][0]["pointer"], "/weeks");
        }
        program.publish(text(&copies[0])).await;
        server
            .app
            .catalog
            .forget(boxoffice::types::EventId(id.parse().unwrap()));
        let address = server.event_path(id.parse().unwrap()).await;
        let other = Server::start(server.database_url(), &[]).await;
        // The page waits for no count of another date: who comes after it is told.
        let mut rest = String::new();
        for _ in 0..200 {
            let shown = other.get(&address).await.text().await.unwrap();
            let dates = shown.split_once("More dates");
            rest = dates.unwrap_or_else(|| panic!("{shown}")).1.to_owned();
            if rest.contains("class=\"badge few\">") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(rest.contains("class=\"badge few\">Only 5 left"), "{rest}");
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_may_reach_the_drafts_of_the_series_and_leaves_their_times() {
    with_server(async |server| {
        let program = Program::new(server).await;
        let event = program.create(&with_tiers(json!([ga(5)]))).await;
        let id = text(&event["id"]).to_owned();
        let dates = json!({"starts_at": ["2036-07-01T19:00:00Z", "2036-07-08T19:00:00Z", "2036-07-15T19:00:00Z"]});
        let copies = program.post(&format!("/{id}/duplicate"), &dates).await.made();
        let copies: Vec<String> = copies["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| text(id).to_owned())
            .collect();
        // One says something of its own, one is on sale.
        let own = json!({"version": 1, "description": "The last night."});
        assert_eq!(program.patch(&format!("/{}", copies[1]), &own).await.status, 200);
        program.publish(&copies[2]).await;
        let now = program.get(&format!("/{id}")).await.json;
        let mut change = json!({"version": now["version"], "name": "Velvet Again", "drafts_of_series": true,
            "starts_at": "2036-06-02T19:00:00Z",
            "facts": {"age_min": 16, "doors_at": "2036-06-02T17:00:00Z", "ends_at": "2036-06-02T23:00:00Z"}});
        let changed = program.patch(&format!("/{id}"), &change).await;
        assert_eq!(changed.status, 200, "{}", changed.json);
        let read = async |id: &str| program.get(&format!("/{id}")).await.json;
        for (copy, name, age, description) in [
            (&copies[0], "Velvet Again", json!(16), "Songs of the **sea**."),
            (&copies[1], "Velvet Again", json!(16), "The last night."),
            (&copies[2], "Velvet Almanac", Value::Null, "Songs of the **sea**."),
        ] {
            let copy = read(copy).await;
            assert_eq!(
                (&copy["name"], &copy["facts"]["age_min"], &copy["description"]),
                (&json!(name), &age, &json!(description))
            );
            assert!(text(&copy["starts_at"]).starts_with("2036-07-"), "{copy}");
            assert!(text(&copy["facts"]["doors_at"]).starts_with("2036-07-"), "{copy}");
        }
        // Alone, unless it is said otherwise; and what is no answer is said.
        change["version"] = changed.json["version"].clone();
        change["name"] = json!("Alone");
        change["drafts_of_series"] = json!(1);
        let refused = program.patch(&format!("/{id}"), &change).await;
        assert_eq!(refused.json["errors"][0]["pointer"], "/drafts_of_series");
        change["drafts_of_series"] = json!(false);
        assert_eq!(program.patch(&format!("/{id}"), &change).await.status, 200);
        assert_eq!(read(&copies[0]).await["name"], "Velvet Again");
        let entries = "SELECT count(*) FROM audit_entries WHERE action = 'event.changed' AND after->>'name' = 'Velvet Again'";
        assert_eq!(server.count(entries).await, 3);
    })
    .await;
}

#[tokio::test]
async fn texts_in_other_languages_and_wheelchair_places_are_written_on_pages() {
    with_server(async |server| {
        let (program, who) = (Program::new(server).await, manager(server).await);
        let seats = json!({"tier": "hall", "name": "Hall", "price_minor": 1, "capacity": 20, "row_blocks": [10]});
        let event = program.create(&with_tiers(json!([seats]))).await;
        let id = text(&event["id"]).to_owned();
        let path = format!("/admin/events/{id}/languages");
        let form = page(server, &who, &path).await;
        assert!(form.contains("Songs of the **sea**.") && form.contains("Deutsch"), "{form}");
        let german = format!("{path}/de");
        let long = "x".repeat(201);
        let (status, refused) = send(server, &who, &german, &[("version", "1"), ("name", &long)]).await;
        assert_eq!(status, 422);
        assert!(refused.contains("de-name-problem") && refused.contains(&long));
        let texts = [("version", "1"), ("name", "Samt"), ("tier-hall", "Parkett")];
        assert_eq!(send(server, &who, &german, &texts).await.0, 303);
        let read = async || program.get(&format!("/{id}")).await.json;
        let now = read().await;
        assert_eq!(now["translations"]["de"]["name"], "Samt");
        assert_eq!(now["translations"]["de"]["tiers"]["hall"], "Parkett");
        assert_eq!(send(server, &who, &german, &texts).await.0, 422, "another version");
        assert_eq!(send(server, &who, &format!("{path}/xx"), &texts).await.0, 404);
        assert_eq!(send(server, &who, &german, &[("version", "2")]).await.0, 303);
        assert_eq!(read().await["translations"], json!({}));
        let tier = format!("/admin/events/{id}/tiers/hall");
        let fields = |wheelchair| {
            [
                ("version", "3"), ("name", "Hall"), ("price", "0.01"), ("capacity", "20"), ("rows", "10"),
                ("position", "0"), ("wheelchair", wheelchair), ("companion", "a-2"),
            ]
        };
        let (status, refused) = send(server, &who, &tier, &fields("Z-99")).await;
        assert_eq!(status, 422);
        assert!(refused.contains("hall-wheelchair-problem"), "{refused}");
        assert_eq!(send(server, &who, &tier, &fields("a-1, A-10")).await.0, 303);
        let now = read().await;
        assert_eq!(now["tiers"][0]["wheelchair"], json!(["A-1", "A-10"]));
        assert_eq!(now["tiers"][0]["companion"], json!(["A-2"]));
    })
    .await;
}

#[tokio::test]
async fn lists_and_gates_are_made_changed_and_closed_on_their_page() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10), general("vip", 10)]).await;
        let foreign = server.event(&[general("ga", 10)]).await;
        let who = manager(server).await;
        let scan = format!("/scan/{event}");
        let post = async |path: &str, fields: &[(&str, &str)]| {
            send(server, &who, &format!("{scan}{path}"), fields).await.0
        };
        assert_eq!(post("/lists", &[("name", " ")]).await, 422);
        assert_eq!(post("/lists", &[("name", "Friends"), ("tier", "vip"), ("reentry", "yes")]).await, 303);
        assert_eq!(post("/lists", &[("name", "All")]).await, 303);
        let list = async |name: &str| {
            server.text(&format!("SELECT id::text FROM check_in_lists WHERE name = '{name}'")).await
        };
        let (friends, all) = (list("Friends").await, list("All").await);
        for gate in ["North", "South"] {
            assert_eq!(post("/gates", &[("name", gate), ("list", &friends)]).await, 303);
        }
        let gate = server.text("SELECT id::text FROM gates WHERE name = 'North'").await;
        let shown = page(server, &who, &format!("{scan}/doors")).await;
        assert!(shown.contains("Friends") && shown.contains("North"), "{shown}");
        assert_eq!(post(&format!("/gates/{gate}"), &[("list", &all)]).await, 303);
        assert_eq!(post(&format!("/gates/{gate}"), &[("list", &gate)]).await, 404);
        assert_eq!(post(&format!("/lists/{friends}"), &[("name", "Everybody")]).await, 303);
        let changed = "SELECT count(*) FROM check_in_lists WHERE name = 'Everybody' AND tiers IS NULL AND NOT allows_reentry";
        assert_eq!(server.count(changed).await, 1);
        assert_eq!(post(&format!("/lists/{friends}/close"), &[]).await, 303);
        let open = "SELECT count(*) FROM gates WHERE closed_at IS NULL";
        assert_eq!(server.count(open).await, 1, "the one that was moved away");
        assert_eq!(post(&format!("/gates/{gate}/close"), &[]).await, 303);
        assert_eq!(server.count(open).await, 0);
        let closed = "SELECT count(*) FROM audit_entries WHERE action = 'gate.closed'";
        assert_eq!(server.count(closed).await, 2);
        assert_eq!(post(&format!("/lists/{friends}/close"), &[]).await, 303);
        assert_eq!(server.count(closed).await, 2);
        let elsewhere = format!("/scan/{foreign}/lists/{all}/close");
        assert_eq!(send(server, &who, &elsewhere, &[]).await.0, 404);
    })
    .await;
}
