//! Pages that are kept as they were rendered: what each reader has of their own, and what must be of now.

use std::io::Read;

use boxoffice::catalog::NewEvent;
use chrono::TimeDelta;
use flate2::read::GzDecoder;
use uuid::Uuid;

use crate::support::{Server, general, order, with_server};

/// A page in gzip or as it is, as a reader with these headers gets it.
async fn read(server: &Server, path: &str, headers: &[(&str, &str)]) -> String {
    let url = format!("{}{path}", server.url);
    let request = headers
        .iter()
        .fold(server.client.get(url), |request, (name, value)| {
            request.header(*name, *value)
        });
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
    assert!(
        vary.iter().any(|vary| *vary == "accept-encoding"),
        "{vary:?}"
    );
    let is_packed = answer.headers().contains_key("content-encoding");
    let asked = headers.iter().any(|(name, _)| *name == "Accept-Encoding");
    assert_eq!(is_packed, asked);
    let body = answer.bytes().await.unwrap();
    if !is_packed {
        return String::from_utf8(body.to_vec()).unwrap();
    }
    let mut html = String::new();
    GzDecoder::new(&body[..]).read_to_string(&mut html).unwrap();
    html
}

/// What stands between two texts.
fn between<'h>(html: &'h str, before: &str, after: &str) -> &'h str {
    let (_, rest) = html.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

fn key(html: &str) -> Uuid {
    between(html, "name=\"key\" value=\"", "\"")
        .parse()
        .unwrap()
}

fn clock(html: &str) -> &str {
    between(html, "data-now=\"", "\"")
}

const GZIP: (&str, &str) = ("Accept-Encoding", "br, gzip");

#[tokio::test]
async fn each_reader_has_a_key_and_a_clock_of_their_own() {
    with_server(async |server| {
        let path = server
            .event_path(server.event(&[general("ga", 5)]).await)
            .await;
        let mut pages = Vec::new();
        for headers in [&[][..], &[GZIP], &[GZIP], &[]] {
            pages.push(read(server, &path, headers).await);
        }
        let keys: Vec<Uuid> = pages.iter().map(|html| key(html)).collect();
        for (no, key) in keys.iter().enumerate() {
            assert!(!keys[..no].contains(key), "{keys:?}");
        }
        let clocks: Vec<&str> = pages.iter().map(|html| clock(html)).collect();
        assert!(clocks.is_sorted(), "{clocks:?}");
        assert!(clocks.first() < clocks.last(), "{clocks:?}");
        let same = |html: &String| {
            let html = html.replace(&key(html).to_string(), "KEY");
            html.replace(clock(&html), "CLOCK")
        };
        for page in &pages[1..] {
            assert_eq!(same(page), same(&pages[0]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_shows_what_was_sold_before_it_was_asked_for() {
    with_server(async |server| {
        // On top of the list; the other one is below, with its counts.
        server.event(&[general("ga", 60)]).await;
        let later = |event: &mut NewEvent| event.starts_at += TimeDelta::days(1);
        let event = server.event_with(&[general("ga", 6)], later).await;
        let path = server.event_path(event).await;
        for left in (1..=6).rev() {
            let shown = read(server, &path, &[GZIP]).await;
            assert!(
                shown.contains(&format!("Only {left} left")),
                "{left}: {shown}"
            );
            let listed = read(server, "/", &[GZIP]).await;
            assert!(
                listed.contains(&format!("Only {left} left")),
                "{left}: {listed}"
            );
            let one = order(event, Uuid::new_v4(), &[("ga", 1)]);
            server.book(&one).await.made();
        }
        let held = read(server, &path, &[GZIP]).await;
        assert!(held.contains("All held by others"), "{held}");
    })
    .await;
}

#[tokio::test]
async fn a_page_is_kept_for_those_who_read_the_same() {
    with_server(async |server| {
        let path = server
            .event_path(server.event(&[general("ga", 5_000)]).await)
            .await;
        let of = async |prefix: &str, languages: &str, host: &str| {
            let headers = [("Accept-Language", languages), ("Host", host)];
            read(server, &format!("{prefix}{path}"), &headers).await
        };
        for _ in 0..2 {
            let english = of("", "en-US", "a.example").await;
            assert!(
                english.contains("lang=\"en\"") && english.contains("5,000"),
                "{english}"
            );
            assert!(english.contains("http://a.example/"), "{english}");
            assert!(!english.contains("b.example"), "{english}");
            let german = of("", "de-DE", "a.example").await;
            assert!(
                german.contains("lang=\"de\"") && german.contains("5.000"),
                "{german}"
            );
            assert!(german.contains("href=\"/bookings\""), "{german}");
            let by_path = of("/de", "de-DE", "a.example").await;
            assert!(by_path.contains("href=\"/de/bookings\""), "{by_path}");
            let swiss = of("", "de-CH", "a.example").await;
            assert!(swiss.contains("5&#39;000"), "{swiss}");
            let elsewhere = of("", "en-US", "b.example").await;
            assert!(elsewhere.contains("http://b.example/"), "{elsewhere}");
            assert!(!elsewhere.contains("a.example"), "{elsewhere}");
            let found = read(server, "/?q=nothing+like+it", &[]).await;
            assert!(found.contains("nothing like it"), "{found}");
            let all = read(server, "/", &[]).await;
            assert!(!all.contains("nothing like it"), "{all}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_many_ask_for_at_once_is_whole_for_each() {
    with_server(async |server| {
        let path = server
            .event_path(server.event(&[general("ga", 50)]).await)
            .await;
        let reads = (0..40).map(|no| {
            let path = &path;
            async move {
                let headers = if no % 2 == 0 { &[GZIP][..] } else { &[] };
                read(server, path, headers).await
            }
        });
        let pages = futures::future::join_all(reads).await;
        let mut keys: Vec<Uuid> = pages.iter().map(|html| key(html)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), pages.len());
        assert!(
            pages
                .iter()
                .all(|html| html.trim_end().ends_with("</html>"))
        );
    })
    .await;
}
