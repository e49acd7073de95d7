//! Finding events: words in any order, mistyped words, filters, pages of what was found; and what a page shows of it.

use boxoffice::catalog::{Access, Facts, Genre, NewEvent, index};
use boxoffice::postgres::Db;
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Server, general, order, text, with_server};

fn names(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().expect("events");
    events.iter().map(|event| text(&event["name"])).collect()
}

/// The names of the events that a query finds.
async fn found(server: &Server, query: &str) -> Vec<String> {
    let page = server.read(&format!("/api/events?{query}")).await;
    assert_eq!(page["did_you_mean"], Value::Null, "{query}");
    names(&page).into_iter().map(str::to_owned).collect()
}

async fn page(server: &Server, path: &str) -> String {
    server.get(path).await.text().await.expect("a page")
}

/// An event for 1000 minor units, so many days after the first.
async fn event(server: &Server, name: &str, day: i64, change: impl FnOnce(&mut NewEvent)) -> Uuid {
    server
        .event_with(&[general("ga", 10)], |event| {
            event.name = name.into();
            event.starts_at += TimeDelta::days(day);
            change(event);
        })
        .await
}

/// Three events in three countries.
async fn programme(server: &Server) -> [Uuid; 3] {
    [
        event(server, "Velvet Almanac: Heim", 1, |event| {
            (event.venue.name, event.venue.city) = ("Sala do Cais".into(), "São Tomé".into());
            event.venue.country = "PT".into();
            event.facts.genre = Genre::Concert;
            event.facts.lineup = vec!["Velvet Almanac".into(), "Joana Leme".into()];
        })
        .await,
        event(server, "Glass Orchard", 2, |event| {
            event.venue.country = "AU".into();
            event.venue.city = "Sydney".into();
            event.facts.genre = Genre::Opera;
            event.facts.series = Some("glass".into());
            event.currency = "AUD".parse().unwrap();
        })
        .await,
        event(server, "Straßenfest", 3, |event| {
            event.venue.country = "DE".into();
            event.venue.city = "Berlin".into();
            event.facts.genre = Genre::Festival;
            event.facts.featured = true;
        })
        .await,
    ]
}

#[tokio::test]
async fn words_are_found_in_any_order_in_name_venue_city_country_genre_and_line_up() {
    with_server(async |server| {
        programme(server).await;
        let velvet = ["Velvet Almanac: Heim"];
        for query in [
            "q=heim+velvet",
            "q=cais",
            "q=tome+sao",
            "q=leme",
            "q=portugal",
            "q=concert+portugal",
            "q=JOANA,+almanac!",
            "q=portug+heim",
            "q=ve+al",
        ] {
            assert_eq!(found(server, query).await, velvet, "{query}");
        }
        assert_eq!(found(server, "q=strasse").await, ["Straßenfest"]);
        assert_eq!(found(server, "q=opera+sydney").await, ["Glass Orchard"]);
        // Names in the page's language, and in English on every page.
        for path in [
            "/de/?q=Australien",
            "/de/?q=Oper",
            "/de/?q=australia",
            "/ja/?q=オペラ",
            "/ar/?q=أستراليا",
        ] {
            assert!(
                page(server, path).await.contains("Glass Orchard</a>"),
                "{path}"
            );
        }
        assert_eq!(found(server, "q=velvet+berlin").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_word_finds_the_nearest_that_there_is_and_says_so() {
    with_server(async |server| {
        programme(server).await;
        for (query, meant, name) in [
            ("velvt+almanac", "velvet almanac", "Velvet Almanac: Heim"),
            ("beriln", "berlin", "Straßenfest"),
            ("glas+orchrad", "glas orchard", "Glass Orchard"),
            ("portugol", "portugal", "Velvet Almanac: Heim"),
        ] {
            let page = server.read(&format!("/api/events?q={query}")).await;
            assert_eq!(page["did_you_mean"], meant, "{query}");
            assert_eq!(names(&page), [name], "{query}");
        }
        // Every word occurs, so none is replaced; nothing is near; filters stay.
        for query in [
            "q=velvet+berlin",
            "q=xyzzyq",
            "q=velvt+xyzzyq",
            "q=velvt&country=DE",
        ] {
            let page = server.read(&format!("/api/events?{query}")).await;
            assert_eq!(
                (names(&page).len(), &page["did_you_mean"]),
                (0, &Value::Null),
                "{query}"
            );
        }
        let html = page(server, "/?q=velvt").await;
        assert!(html.contains("<a href=\"/?q=velvet\">velvet</a>"), "{html}");
    })
    .await;
}

#[tokio::test]
async fn filters_are_exact_alone_and_together() {
    with_server(async |server| {
        programme(server).await;
        for (query, expected) in [
            ("city=sao%20tome", vec!["Velvet Almanac: Heim"]),
            ("country=au", vec!["Glass Orchard"]),
            ("genre=festival", vec!["Straßenfest"]),
            ("series=glass", vec!["Glass Orchard"]),
            ("country=DE&genre=opera", vec![]),
            ("currency=AUD&price_max=999", vec![]),
            ("currency=AUD&price_max=1000", vec!["Glass Orchard"]),
            ("currency=AUD&price=10", vec!["Glass Orchard"]),
            ("currency=AUD&price=9.99", vec![]),
            (
                "q=berlin&city=&country=&genre=&from=&to=&price=&currency=EUR",
                vec!["Straßenfest"],
            ),
        ] {
            assert_eq!(found(server, query).await, expected, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn days_are_those_of_the_venue() {
    with_server(async |server| {
        let at = |zone: &str, time: &str| (zone.parse().unwrap(), time.parse().unwrap());
        for (name, (zone, starts_at)) in [
            (
                "Evening",
                at("America/New_York", "2090-03-10T23:30:00-05:00"),
            ),
            (
                "Morning",
                at("Pacific/Auckland", "2090-03-10T08:00:00+13:00"),
            ),
        ] {
            event(server, name, 0, |event| {
                (event.venue.name, event.venue.time_zone) = (name.into(), zone);
                event.starts_at = starts_at;
            })
            .await;
        }
        let both = ["Morning", "Evening"];
        assert_eq!(found(server, "from=2090-03-10&to=2090-03-10").await, both);
        assert_eq!(found(server, "from=2090-03-11").await, [""; 0]);
        assert_eq!(found(server, "to=2090-03-09").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn pages_of_what_was_found_hold_each_event_once() {
    with_server(async |server| {
        for day in 0..9 {
            let kept = |event: &mut NewEvent| {
                event.facts.genre = if day % 3 == 0 {
                    Genre::Talk
                } else {
                    Genre::Film
                };
                event.starts_at -= TimeDelta::days(day / 2);
            };
            event(server, &format!("Evening {day}"), day, kept).await;
        }
        // Some begin at one moment.
        server
            .sql("UPDATE events SET starts_at = date_trunc('day', starts_at)")
            .await;
        for limit in [1, 2] {
            let query = format!("q=evening&genre=film&country=SE&limit={limit}");
            let (mut path, mut seen) = (query.clone(), Vec::new());
            loop {
                let page = server.read(&format!("/api/events?{path}")).await;
                seen.extend(names(&page).into_iter().map(str::to_owned));
                assert!(seen.len() <= 6, "{seen:?}");
                let Some(cursor) = page["next_cursor"].as_str() else {
                    break;
                };
                path = format!("{query}&cursor={cursor}");
            }
            seen.sort_unstable();
            let films = [1, 2, 4, 5, 7, 8].map(|day| format!("Evening {day}"));
            assert_eq!(seen, films, "{limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_value_that_does_not_fit_is_named() {
    with_server(async |server| {
        let wrong = "country=Portugal&genre=polka&from=soon&price_max=-1&currency=EUR&limit=20";
        let response = server.get(&format!("/api/events?{wrong}")).await;
        assert_eq!(response.status(), 422);
        let problem: Value = response.json().await.unwrap();
        let errors = problem["errors"].as_array().unwrap();
        let pointers: Vec<&str> = errors.iter().map(|error| text(&error["pointer"])).collect();
        assert_eq!(pointers, ["/country", "/from", "/genre", "/price_max"]);
        for query in [
            "town=Lisbon",
            "from=2090-01-02&to=2090-01-01",
            "price_max=5",
            "from=0001-01-01",
            "to=%2B99999-01-01",
        ] {
            assert_eq!(
                server.get(&format!("/api/events?{query}")).await.status(),
                422,
                "{query}"
            );
        }
        // A page is told the same; what other sites add to its address says nothing.
        assert_eq!(server.get("/?from=soon").await.status(), 422);
        assert_eq!(server.get("/?utm_source=x").await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn events_of_an_older_server_are_found_by_filters_when_they_are_filled() {
    with_server(async |server| {
        programme(server).await;
        server
            .sql(
                "UPDATE events SET search_text = 'glass orchard sydney', city_key = NULL, country = NULL,
                        price_from_minor = NULL, search_version = 0 WHERE name = 'Glass Orchard'",
            )
            .await;
        let filters = "country=AU&city=Sydney&currency=AUD&price_max=10000";
        assert_eq!(found(server, "q=orchard").await, ["Glass Orchard"]);
        assert_eq!(found(server, filters).await, [""; 0]);
        let db = Db::new(server.database_url(), 2).unwrap();
        assert_eq!(index::fill(&db).await.unwrap(), 1);
        assert_eq!(index::fill(&db).await.unwrap(), 0);
        let filled = format!("{filters}&q=harbour+orchard");
        assert_eq!(found(server, &filled).await, ["Glass Orchard"]);
    })
    .await;
}

#[tokio::test]
async fn an_event_tells_what_a_buyer_wants_to_know_before_paying() {
    with_server(async |server| {
        let told = |event: &mut NewEvent| {
            event.venue.address = Some("Rua 7 & Cais".into());
            event.venue.accessibility = vec![Access::StepFree];
            event.facts = Facts {
                genre: Genre::Opera,
                doors_at: Some(event.starts_at - TimeDelta::minutes(45)),
                ends_at: Some(event.starts_at + TimeDelta::minutes(150)),
                age_min: Some(12),
                lineup: vec!["Wattle Choir".into()],
                accessibility: vec![Access::Captions],
                organiser: Some("Wattle Ltd".into()),
                terms: Some("No glass.".into()),
                refund_policy: Some("Until the start.".into()),
                series: Some("orchard".into()),
                ..Facts::default()
            };
        };
        let first = event(server, "Orchard I", 1, told).await;
        let second = event(server, "Orchard II", 2, told).await;
        let read = server.read(&format!("/api/events/{first}")).await;
        assert_eq!(read["genre"], "opera");
        assert_eq!(read["age_min"], 12);
        assert_eq!(read["venue"]["accessibility"][0], "step-free");
        assert_eq!(
            found(server, "series=orchard").await,
            ["Orchard I", "Orchard II"]
        );

        let paths = [
            server.event_path(first).await,
            server.event_path(second).await,
        ];
        let html = page(server, &paths[0]).await;
        for part in [
            "2 h 30 min",
            "12 and over",
            "Wattle Choir",
            "Step-free entrance",
            "Surtitles or captions",
            "Wattle Ltd",
            "No glass.",
            "Until the start.",
            "query=Rua%207%20%26%20Cais%2C%20G%C3%B6teborg%2C%20SE",
            &format!("href=\"{}\"", paths[1]),
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let booking = server
            .book(&order(first, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let buyer = booking["buyer_id"].clone();
        let token =
            crate::support::token(&Db::new(server.database_url(), 2).unwrap(), &buyer).await;
        let path = format!("/bookings/{}", text(&booking["id"]));
        let client = reqwest::Client::new();
        let url = format!("{}{path}", server.url);
        let html = client
            .get(url)
            .header("cookie", format!("buyer={token}"))
            .send()
            .await
            .unwrap();
        let html = html.text().await.unwrap();
        assert!(
            html.contains("Until the start.") && html.contains(&format!("{}#refunds", paths[0])),
            "{html}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_list_groups_by_date_features_one_event_and_never_ends_nowhere() {
    with_server(async |server| {
        let [velvet, _, featured] = programme(server).await;
        // What cannot be bought yet is not on top.
        event(server, "Not yet", 0, |event| {
            event.facts.featured = true;
            event.on_sale_at = Some(event.starts_at - TimeDelta::days(1));
        })
        .await;
        let path = server.event_path(featured).await;
        let html = page(server, "/").await;
        let top = html.find("class=\"featured\"").expect("one on top");
        let first = html[top..].find("/events/").unwrap() + top;
        assert!(html[first..].starts_with(&path), "{html}");
        assert_eq!(html.matches(&format!("href=\"{path}\"")).count(), 1);
        assert!(html.contains("<section class=\"group\">"));

        // Sold out, it gives way to the first that has tickets.
        server
            .book(&order(featured, Uuid::new_v4(), &[("ga", 10)]))
            .await
            .made();
        let html = page(server, "/").await;
        let top = html.find("class=\"featured\"").expect("one on top");
        let first = html[top..].find("/events/").unwrap() + top;
        let next = server.event_path(velvet).await;
        assert!(html[first..].starts_with(&next), "{html}");
        // Who looks for something is shown that.
        let html = page(server, "/?genre=opera").await;
        assert!(!html.contains("class=\"featured\""), "{html}");

        let html = page(server, "/?genre=opera&country=DE&q=glass").await;
        for part in [
            "href=\"/?q=glass&#38;genre=opera\"",
            "href=\"/?q=glass&#38;country=DE\"",
            "No event matches all of this",
            "href=\"/?q=glass\"",
            "Glass Orchard",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        for path in [
            "/?q=xyzzyq",
            "/?genre=opera&from=2090-01-01&to=2090-01-02",
            "/de/?q=xyzzyq",
        ] {
            assert!(
                page(server, path).await.contains("class=\"card\""),
                "{path}"
            );
        }
    })
    .await;
}

/// The values that a select offers, the chosen one with a star.
fn options(html: &str, name: &str) -> Vec<String> {
    let (_, select) = html.split_once(&format!("name=\"{name}\"")).expect(name);
    let (select, _) = select.split_once("</select>").unwrap();
    let options = select.split("<option value=\"").skip(1).map(|option| {
        let (value, rest) = option.split_once('"').unwrap();
        let star = if rest.starts_with(" selected") {
            "*"
        } else {
            ""
        };
        format!("{value}{star}")
    });
    options.collect()
}

#[tokio::test]
async fn the_filters_offer_what_events_to_come_have_and_what_is_chosen() {
    with_server(async |server| {
        programme(server).await;
        let over = event(server, "Over", 4, |event| {
            (event.venue.city, event.venue.country) = ("Oslo".into(), "NO".into());
            event.facts.genre = Genre::Film;
            event.currency = "NOK".parse().unwrap();
        })
        .await;
        let past = format!(
            "UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 day'
             WHERE public_id = '{over}'"
        );
        server.sql(&past).await;
        let html = page(server, "/?genre=opera&country=AU&city=sydney&price=20&currency=AUD").await;
        assert_eq!(options(&html, "genre"), ["", "concert", "opera*", "festival"]);
        assert_eq!(options(&html, "city"), ["", "Berlin", "Sydney*", "São Tomé"]);
        assert_eq!(options(&html, "country"), ["", "AU*", "DE", "PT"]);
        assert_eq!(options(&html, "currency"), ["USD", "AUD*"]);
        // One that no event has is asked for all the same.
        let html = page(server, "/?city=Nowhere").await;
        assert_eq!(options(&html, "city"), ["", "Berlin", "Sydney", "São Tomé", "Nowhere*"]);
    })
    .await;
}
