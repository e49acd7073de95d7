//! What is shared and what search engines read: readable addresses, heads of pages, structured data, sitemaps, feeds, and
//! the picture of a link.

use std::time::Duration;

use boxoffice::catalog::Address;
use futures::future::join_all;
use reqwest::{Response, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Server, general, numbered, order, with_server, with_settings};

const SITE: &str = "https://tickets.example";
const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "ja", "ar"];

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

/// An event with this id.
async fn event_with_id(server: &Server, name: &str, id: &str) -> Uuid {
    let made = server
        .event_with(&[general("ga", 5)], |event| event.name = name.to_owned())
        .await;
    let set = format!("UPDATE events SET public_id = '{id}' WHERE public_id = '{made}'");
    server.sql(&set).await;
    id.parse().unwrap()
}

/// The values of an attribute of the elements that begin so.
fn values<'h>(html: &'h str, begin: &str, attribute: &str) -> Vec<&'h str> {
    let elements = html.split(begin).skip(1);
    let values = elements.filter_map(|element| {
        let element = element.split('>').next()?;
        let (_, value) = element.split_once(&format!("{attribute}=\""))?;
        value.split('"').next()
    });
    values.collect()
}

#[tokio::test]
async fn every_address_that_finds_an_event_leads_to_the_readable_one() {
    with_server(async |server| {
        let id = "90611f46-32c1-46d6-a092-6f5e97371ce5";
        event_with_id(server, "Velvet Almanac: Où & Quand", id).await;
        let readable = "/events/velvet-almanac-ou-quand-goteborg-90611f46";
        let page = server.get(&format!("{readable}?seats=ga&x=%20")).await;
        assert_eq!(page.status(), StatusCode::OK);
        for (path, leads_to) in [
            (format!("/events/{id}"), readable.to_owned()),
            (
                format!("/events/{}", id.to_uppercase()),
                readable.to_owned(),
            ),
            (
                format!("/events/{}", id.replace('-', "")),
                readable.to_owned(),
            ),
            ("/events/90611f46".into(), readable.to_owned()),
            ("/events/-90611F46".into(), readable.to_owned()),
            ("/events/another-name-90611f46".into(), readable.to_owned()),
            (
                "/events/velvet-almanac-ou-quand-goteborg-90611f4632c1".into(),
                readable.to_owned(),
            ),
            (
                format!("/events/{id}?seats=ga&x=%20"),
                format!("{readable}?seats=ga&x=%20"),
            ),
            (
                format!("/de/events/{id}?seats=ga"),
                format!("/de{readable}?seats=ga"),
            ),
        ] {
            let led = server.get(&path).await;
            assert_eq!(led.status(), StatusCode::MOVED_PERMANENTLY, "{path}");
            assert_eq!(location(&led), leads_to, "{path}");
        }
        for path in [
            "/events/velvet-almanac-ou-quand-goteborg-90611f47",
            "/events/velvet-almanac-ou-quand-goteborg-90611f4633",
            "/events/velvet-almanac-ou-quand-goteborg-90611f4",
            "/events/velvet-almanac-ou-quand-goteborg",
            "/events/90611f46-",
            &format!("/events/{}-90611f46", "x".repeat(300)),
            &format!("/events/{}", Uuid::new_v4()),
        ] {
            assert_eq!(server.get(path).await.status(), 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_is_taken_at_any_address_of_its_event() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 9)]).await;
        let readable = server.event_path(event).await;
        for path in [
            readable.clone(),
            format!("/events/{event}"),
            format!("/fr{readable}"),
        ] {
            let key = Uuid::new_v4().to_string();
            let form = [("key", key.as_str()), ("qty-ga", "1")];
            let order = server.client.post(format!("{}{path}/bookings", server.url));
            let order = order.header("Origin", &server.url).form(&form);
            assert_eq!(order.send().await.unwrap().status(), 303, "{path}");
        }
        let other = format!("{}/events/nothing-00000000/bookings", server.url);
        let order = server.client.post(other).header("Origin", &server.url);
        let key = Uuid::new_v4().to_string();
        let order = order.form(&[("key", key.as_str()), ("qty-ga", "1")]);
        assert_eq!(order.send().await.unwrap().status(), 404);
    })
    .await;
}

#[tokio::test]
async fn of_events_with_the_same_digits_the_name_decides_and_where_it_cannot_the_whole_id() {
    with_server(async |server| {
        let ids = [
            "90611f46-0000-46d6-a092-6f5e97371ce5",
            "90611f46-1111-46d6-a092-6f5e97371ce5",
            "90611f46-2222-46d6-a092-6f5e97371ce5",
        ];
        for (id, name) in ids.iter().zip(["Gala", "Gala", "Finale"]) {
            event_with_id(server, name, id).await;
        }
        let whole =
            |name: &str, id: &str| format!("/events/{name}-goteborg-{}", id.replace('-', ""));
        for (path, leads_to) in [
            (format!("/events/{}", ids[0]), whole("gala", ids[0])),
            (format!("/events/{}", ids[1]), whole("gala", ids[1])),
            (
                "/events/finale-goteborg-90611f46".into(),
                whole("finale", ids[2]),
            ),
            // Which was there first had this address.
            (
                "/events/gala-goteborg-90611f46".into(),
                whole("gala", ids[0]),
            ),
            ("/events/x-90611f461".into(), whole("gala", ids[1])),
        ] {
            let led = server.get(&path).await;
            assert_eq!(led.status(), 301, "{path}");
            assert_eq!(location(&led), leads_to);
            assert_eq!(server.get(&leads_to).await.status(), 200);
        }
        assert_eq!(server.get("/events/another-90611f46").await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn digits_that_are_made_up_push_out_no_event() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let path = server.event_path(event).await;
        assert_eq!(server.get(&path).await.status(), 200);
        // More than are kept, of each kind.
        let made_up: Vec<Address> = (0..11_000)
            .flat_map(|n| [format!("x-{n:08x}"), Uuid::new_v4().to_string()])
            .map(|address| address.parse().unwrap())
            .collect();
        for some in made_up.chunks(100) {
            let catalog = &server.app.catalog;
            for found in join_all(some.iter().map(|it| catalog.event_at(it))).await {
                assert!(found.unwrap().is_none());
            }
        }
        // Only what is kept can be shown now.
        server.sql("ALTER TABLE events RENAME TO away").await;
        assert_eq!(server.get(&path).await.status(), 200);
        server.sql("ALTER TABLE away RENAME TO events").await;
    })
    .await;
}

#[tokio::test]
async fn a_page_says_where_it_is_and_where_it_is_in_other_languages() {
    with_settings(&["--public-url", SITE], async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let path = server.event_path(event).await;
        for (page, own) in [
            (path.clone(), path.clone()),
            (format!("/ja{path}"), format!("/ja{path}")),
            (format!("{path}?seats=ga"), path.clone()),
            ("/".into(), "/".into()),
            ("/de/?q=g%C3%B6t&other=1".into(), "/de/?q=g%C3%B6t".into()),
        ] {
            let html = server.get(&page).await.text().await.unwrap();
            assert_eq!(
                values(&html, "<link rel=\"canonical\"", "href"),
                [format!("{SITE}{own}")]
            );
            let alternates = values(&html, "<link rel=\"alternate\" hreflang", "href");
            let bare = own.trim_start_matches("/ja").trim_start_matches("/de");
            let mut expected = LANGUAGES.map(|it| format!("{SITE}/{it}{bare}")).to_vec();
            expected.push(format!("{SITE}{bare}"));
            assert_eq!(alternates, expected, "{page}");
            assert!(html.contains("hreflang=\"x-default\""));
            assert_eq!(
                values(&html, "<meta property=\"og:url\"", "content"),
                [format!("{SITE}{own}")]
            );
            for needed in ["og:title", "og:description", "og:locale"] {
                let property = format!("<meta property=\"{needed}\"");
                assert!(
                    !values(&html, &property, "content")[0].is_empty(),
                    "{needed}"
                );
            }
        }
        let html = server.get("/bookings").await.text().await.unwrap();
        assert!(!html.contains("rel=\"canonical\""));
    })
    .await;
}

/// What is kept of an event's head is of the address by which it was asked for: nobody can put theirs there.
#[tokio::test]
async fn without_a_public_address_each_reader_is_told_the_one_that_they_use() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let path = server.event_path(event).await;
        let canonical = async |host: Option<&str>| {
            let page = server.client.get(format!("{}{path}", server.url));
            let page = match host {
                Some(host) => page.header("Host", host),
                None => page,
            };
            let html = page.send().await.unwrap().text().await.unwrap();
            values(&html, "<link rel=\"canonical\"", "href").concat()
        };
        let own = format!("{}{path}", server.url);
        assert_eq!(canonical(None).await, own);
        let other = canonical(Some("elsewhere.test")).await;
        assert_eq!(other, format!("http://elsewhere.test{path}"));
        assert_eq!(canonical(None).await, own);
    })
    .await;
}

/// The JSON-LD of a page.
async fn data(server: &Server, path: &str) -> Value {
    let html = server.get(path).await.text().await.unwrap();
    let (_, data) = html
        .split_once("<script type=\"application/ld+json\">")
        .expect("data");
    let (data, _) = data.split_once("</script>").unwrap();
    serde_json::from_str(data).expect("JSON")
}

/// What <https://developers.google.com/search/docs/appearance/structured-data/event> requires and recommends.
fn assert_rich_result(event: &Value) {
    let text = |pointer: &str| {
        let value = event.pointer(pointer).and_then(Value::as_str);
        value
            .filter(|it| !it.is_empty())
            .unwrap_or_else(|| panic!("{pointer} of {event:#}"))
    };
    assert_eq!(text("/@context"), "https://schema.org");
    assert_eq!(text("/@type"), "Event");
    assert_eq!(text("/location/@type"), "Place");
    assert_eq!(text("/location/address/@type"), "PostalAddress");
    for needed in [
        "/name",
        "/location/name",
        "/location/address/addressLocality",
        "/description",
        "/organizer/name",
    ] {
        text(needed);
    }
    assert_eq!(text("/location/address/addressCountry").len(), 2);
    let starts_at = text("/startDate");
    let at = chrono::DateTime::parse_from_rfc3339(starts_at).expect("a time");
    assert!(
        !starts_at.ends_with('Z') && at.timestamp() > 0,
        "{starts_at}"
    );
    assert_eq!(text("/eventStatus"), "https://schema.org/EventScheduled");
    assert_eq!(
        text("/eventAttendanceMode"),
        "https://schema.org/OfflineEventAttendanceMode"
    );
    for address in ["/image/0", "/url", "/organizer/url"] {
        assert!(text(address).starts_with(SITE), "{address}");
    }
    for n in 0..event["offers"].as_array().expect("offers").len() {
        let offer = |name: &str| text(&format!("/offers/{n}/{name}"));
        assert_eq!(offer("@type"), "Offer");
        assert!(offer("price").parse::<f64>().is_ok() && offer("priceCurrency").len() == 3);
        assert!(offer("url").starts_with(SITE));
        chrono::DateTime::parse_from_rfc3339(offer("validFrom")).expect("a time");
        let states = ["InStock", "SoldOut", "OutOfStock", "PreOrder"];
        let state = offer("availability").strip_prefix("https://schema.org/");
        assert!(
            state.is_some_and(|state| states.contains(&state)),
            "{event:#}"
        );
    }
}

#[tokio::test]
async fn an_event_is_described_with_what_is_left_of_it() {
    with_settings(&["--public-url", SITE], async |server| {
        let tiers = [
            numbered("vip", 2, &[2]),
            general("ga", 1),
            general("late", 5),
        ];
        let event = server
            .event_with(&tiers, |event| {
                event.name = "</script><script>alert(1)</script> & \"more\"".into();
                event.starts_at = "2030-06-01T18:00:00Z".parse().unwrap();
            })
            .await;
        let path = server.event_path(event).await;
        let left = async || {
            let described = data(server, &path).await;
            assert_rich_result(&described);
            let offers = described["offers"].as_array().unwrap().iter();
            let states = offers.map(|offer| {
                let state = offer["availability"].as_str().unwrap();
                state.trim_start_matches("https://schema.org/").to_owned()
            });
            (described.clone(), states.collect::<Vec<_>>())
        };
        let (described, states) = left().await;
        assert_eq!(states, ["InStock", "InStock", "InStock"]);
        assert_eq!(
            described["name"],
            "</script><script>alert(1)</script> & \"more\""
        );
        assert_eq!(described["startDate"], "2030-06-01T20:00:00+02:00");
        assert_eq!(described["offers"][0]["price"], "100.00");
        let sold = server
            .book(&order(event, Uuid::new_v4(), &[("vip", 2)]))
            .await
            .made();
        server.pay(&sold, "4242424242424242").await.made();
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        // Counts follow within a moment.
        for _ in 0..500 {
            if left().await.1[0] == "SoldOut" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(left().await.1, ["SoldOut", "OutOfStock", "InStock"]);
        server
            .sql("UPDATE events SET on_sale_at = now() + interval '1 day'")
            .await;
        let other = Server::start(server.database_url(), &["--public-url", SITE]).await;
        let described = data(&other, &path).await;
        assert_rich_result(&described);
        let state = &described["offers"][0]["availability"];
        assert_eq!(state, "https://schema.org/PreOrder");
        other.stop().await;
        // What has begun is offered no more. What was booked was booked after the opening.
        server
            .sql("UPDATE events SET on_sale_at = now() - interval '1 day', starts_at = now() - interval '1 hour'")
            .await;
        let later = Server::start(server.database_url(), &["--public-url", SITE]).await;
        let described = data(&later, &path).await;
        assert_rich_result(&described);
        assert_eq!(described["offers"], serde_json::json!([]));
        later.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_picture_of_a_link_is_drawn_once_and_known_by_its_tag() {
    with_settings(&["--public-url", SITE], async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let path = server.event_path(event).await;
        let html = server
            .get(&format!("/de{path}"))
            .await
            .text()
            .await
            .unwrap();
        let image = values(&html, "<meta property=\"og:image\"", "content")[0];
        let image = image.strip_prefix(SITE).expect("an address of the shop");
        assert!(
            image.starts_with(&format!("/de{path}/picture.png?v=")),
            "{image}"
        );
        let drawn = server.get(image).await;
        assert_eq!(drawn.headers()["content-type"], "image/png");
        assert_eq!(drawn.headers()["cache-control"], "public, max-age=86400");
        let tag = drawn.headers()["etag"].clone();
        let version = tag.to_str().unwrap().trim_matches('"');
        assert!(
            image.ends_with(&format!("?v={version}")),
            "{image}: {version}"
        );
        // It shows what the shop is called.
        let flags = ["--public-url", SITE, "--shop-name", "Linde"];
        let other = Server::start(server.database_url(), &flags).await;
        assert_ne!(other.get(image).await.headers()["etag"], tag);
        other.stop().await;
        let png = drawn.bytes().await.unwrap();
        let size = image::load_from_memory(&png).unwrap();
        assert_eq!((size.width(), size.height()), (1200, 630));
        let text = tag.to_str().unwrap();
        for (known, status) in [
            (text.to_owned(), 304),
            (format!("\"other\", W/{text}"), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
        ] {
            let again = server.client.get(format!("{}{image}", server.url));
            let again = again.header("If-None-Match", &known).send().await.unwrap();
            assert_eq!(again.status(), status, "{known}");
        }
        // Another language says the date in other words; any reader of a language is shown the same.
        let of = async |path: String, language: &str| {
            let request = server
                .client
                .get(format!("{}{path}/picture.png", server.url));
            let answer = request
                .header("Accept-Language", language)
                .send()
                .await
                .unwrap();
            answer.headers()["etag"].clone()
        };
        assert_eq!(of(format!("/de{path}"), "fr-CA").await, tag);
        assert_ne!(of(path.clone(), "de").await, tag);
        assert_eq!(of(path.clone(), "de").await, of(path, "fr").await);
    })
    .await;
}

#[tokio::test]
async fn names_that_no_font_has_are_drawn_all_the_same() {
    with_server(async |server| {
        for name in [
            "𓀀𓀁𓀂",
            "星空室内管弦楽団",
            "أم كلثوم",
            "<&\"'>",
            "\u{1}\u{2}",
            &"long ".repeat(39),
            &"x".repeat(200),
        ] {
            let tiers = [general("ga", 5)];
            let event = server
                .event_with(&tiers, |event| event.name = name.to_owned())
                .await;
            let path = format!("{}/picture.png", server.event_path(event).await);
            let drawn = server.get(&path).await;
            assert_eq!(drawn.status(), 200, "{name}");
            image::load_from_memory(&drawn.bytes().await.unwrap()).unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_sitemap_names_every_public_page_in_every_language_and_no_other() {
    with_settings(&["--public-url", SITE], async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let over = server.event(&[general("ga", 5)]).await;
        let end = format!("UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 day' WHERE public_id = '{over}'");
        server.sql(&end).await;
        // In a later section.
        server.sql("ALTER TABLE events ALTER COLUMN event_id RESTART WITH 2000").await;
        let later = server.event(&[general("ga", 5)]).await;
        let robots = server.get("/robots.txt").await.text().await.unwrap();
        assert!(robots.ends_with(&format!("\nSitemap: {SITE}/sitemap.xml\n")), "{robots}");
        let index = server.get("/sitemap.xml").await.text().await.unwrap();
        let sections: Vec<_> = index.split("<loc>").skip(1).map(|it| it.split('<').next().unwrap()).collect();
        assert_eq!(sections, [0, 2].map(|number| format!("{SITE}/sitemap-{number}.xml")));
        assert!(index.contains("<lastmod>20"), "{index}");
        let section = server.get("/sitemap-0.xml").await;
        assert_eq!(section.headers()["content-type"], "application/xml; charset=utf-8");
        let section = section.text().await.unwrap();
        let path = server.event_path(event).await;
        let named: Vec<_> = section.split("<loc>").skip(1).map(|it| it.split('<').next().unwrap()).collect();
        let mut expected = Vec::new();
        for page in ["/", &path] {
            expected.extend(LANGUAGES.map(|language| format!("{SITE}/{language}{page}")));
            expected.push(format!("{SITE}{page}"));
        }
        assert_eq!(named, expected);
        assert_eq!(section.matches("hreflang=\"x-default\"").count(), named.len());
        assert_eq!(section.matches("</url>").count(), named.len());
        let section = server.get("/sitemap-2.xml").await.text().await.unwrap();
        assert_eq!(section.matches(&format!("{}</loc>", server.event_path(later).await)).count(), 7);
        assert!(!section.contains(&format!("{path}<")));
        for path in ["/sitemap-1.xml", "/sitemap-x.xml", "/sitemap--1.xml", "/sitemap-99999999999.xml"] {
            assert_eq!(server.get(path).await.status(), 404, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn feeds_have_what_the_search_finds_with_absolute_addresses() {
    with_settings(&["--public-url", SITE], async |server| {
        let tiers = [general("ga", 5)];
        let event = server
            .event_with(&tiers, |event| {
                event.name = "Salt & <Pepper>\u{1}, live".into()
            })
            .await;
        server
            .event_with(&tiers, |event| event.name = "Something else".into())
            .await;
        let html = server.get("/de/?q=pepper").await.text().await.unwrap();
        let feeds =
            [("application/atom+xml", "atom"), ("text/calendar", "ics")].map(|(kind, end)| {
                let begin = format!("<link rel=\"alternate\" type=\"{kind}\"");
                let named = values(&html, &begin, "href")[0].to_owned();
                assert_eq!(named, format!("{SITE}/de/events.{end}?q=pepper"));
                named.strip_prefix(SITE).unwrap().to_owned()
            });
        let url = format!("{SITE}/de{}", server.event_path(event).await);
        let atom = server.get(&feeds[0]).await;
        assert_eq!(
            atom.headers()["content-type"],
            "application/atom+xml; charset=utf-8"
        );
        let atom: atom_syndication::Feed = atom.text().await.unwrap().parse().expect("Atom");
        assert_eq!(atom.entries.len(), 1);
        assert_eq!(atom.entries[0].title.as_str(), "Salt & <Pepper>, live");
        assert_eq!(atom.entries[0].links[0].href, url);
        assert_eq!(atom.entries[0].id, format!("urn:uuid:{event}"));
        let calendar = server.get(&feeds[1]).await.text().await.unwrap();
        let unfolded = calendar.replace("\r\n ", "");
        assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 1);
        assert!(
            unfolded.contains(&format!("\r\nURL:{url}\r\n")),
            "{unfolded}"
        );
        assert!(unfolded.contains(&format!("\r\nUID:{event}@boxoffice\r\n")));
        assert!(
            unfolded.contains("\r\nSUMMARY:Salt & <Pepper>\\, live\r\n"),
            "{unfolded}"
        );
        let all = server.get("/events.ics").await.text().await.unwrap();
        assert_eq!(all.matches("BEGIN:VEVENT").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_shop_can_be_put_on_a_home_screen() {
    with_server(async |server| {
        let html = server.get("/fr/").await.text().await.unwrap();
        let manifest = values(&html, "<link rel=\"manifest\"", "href")[0];
        assert_eq!(manifest, "/fr/manifest.webmanifest");
        let manifest = server.get(manifest).await;
        assert_eq!(
            manifest.headers()["content-type"],
            "application/manifest+json"
        );
        let manifest: Value = manifest.json().await.unwrap();
        assert_eq!(
            (&manifest["lang"], &manifest["start_url"]),
            (&"fr".into(), &"/fr/".into())
        );
        let icons = manifest["icons"].as_array().unwrap().iter();
        let icons = icons.map(|icon| icon["src"].as_str().unwrap().to_owned());
        let linked = ["<link rel=\"icon\"", "<link rel=\"apple-touch-icon\""];
        let linked = linked.iter().flat_map(|begin| values(&html, begin, "href"));
        for icon in icons
            .chain(linked.map(str::to_owned))
            .chain(["/favicon.ico".into()])
        {
            assert_eq!(server.get(&icon).await.status(), 200, "{icon}");
        }
    })
    .await;
}
