//! Finding events, and seeing what is left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::allocator::lanes::Listener;
use boxoffice::availability::Availability;
use boxoffice::catalog::{Catalog, NewTier};
use boxoffice::postgres::Error;
use boxoffice::seating::{Position, SeatKind};
use boxoffice::types::{EventId, EventNo, SeatNo};
use boxoffice::web::api::feed::{Feeds, Topic};
use futures::future::{FutureExt, join_all};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::support::connection::Connection;
use crate::support::{Answer, general, numbered, order, text, with_server, with_settings};

fn names(page: &Value) -> Vec<String> {
    page["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| text(&event["name"]).to_owned())
        .collect()
}

#[tokio::test]
async fn upcoming_events_come_by_date_page_by_page() {
    with_server(async |server| {
        for day in [5, 3, 1, 4, 2] {
            let tier = [general("ga", 10)];
            server
                .event_with(&tier, |event| {
                    event.name = format!("Day {day}");
                    event.starts_at += chrono::Duration::days(day);
                })
                .await;
        }
        server.event_with(&[general("ga", 10)], |event| event.name = "Past".into()).await;
        server.sql("UPDATE events SET on_sale_at = now() - interval '2 days', starts_at = now() - interval '1 day' WHERE name = 'Past'").await;
        let mut seen = Vec::new();
        let mut path = "/api/events?limit=2".to_owned();
        loop {
            let page = server.read(&path).await;
            assert!(page["events"].as_array().unwrap().len() <= 2);
            seen.extend(names(&page));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/api/events?limit=2&cursor={cursor}");
        }
        assert_eq!(seen, ["Day 1", "Day 2", "Day 3", "Day 4", "Day 5"]);
    })
    .await;
}

#[tokio::test]
async fn events_at_the_same_moment_are_listed_once_each() {
    with_server(async |server| {
        let first = server.event(&[general("ga", 1)]).await;
        for _ in 0..6 {
            server.event(&[general("ga", 1)]).await;
        }
        server.sql(&format!("UPDATE events SET starts_at = (SELECT starts_at FROM events WHERE public_id = '{first}')")).await;
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = server.read(&format!("/api/events?limit=3{cursor}")).await;
            seen.extend(page["events"].as_array().unwrap().iter().map(|event| text(&event["id"]).to_owned()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn events_are_found_by_part_of_the_name_or_city_without_accents_or_case() {
    with_server(async |server| {
        server
            .event_with(&[general("ga", 10)], |event| {
                event.name = "Señor Coconut".into()
            })
            .await;
        server
            .event_with(&[general("ga", 10)], |event| {
                event.name = "100% Jazz_Night".into();
                (event.venue.name, event.venue.city) = ("Sala".into(), "São Paulo".into());
            })
            .await;
        for (query, expected) in [
            ("senor", vec!["Señor Coconut"]),
            ("SEÑOR", vec!["Señor Coconut"]),
            ("goteb", vec!["Señor Coconut"]),
            ("sao%20p", vec!["100% Jazz_Night"]),
            ("100%25", vec!["100% Jazz_Night"]),
            ("_", vec!["100% Jazz_Night"]),
            ("%25%25", vec![]),
            ("%27%20OR%20true%20--", vec![]),
            ("", vec!["Señor Coconut", "100% Jazz_Night"]),
        ] {
            assert_eq!(
                names(&server.read(&format!("/api/events?q={query}")).await),
                expected,
                "{query}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_tells_its_tiers_and_what_is_left() {
    with_server(async |server| {
        let event = server
            .event(&[numbered("vip", 100, &[4, 6]), general("ga", 50)])
            .await;
        server
            .book(&order(event, Uuid::new_v4(), &[("vip", 2)]))
            .await
            .made();
        let read = server.read(&format!("/api/events/{event}")).await;
        assert_eq!(read["venue"]["time_zone"], "Europe/Stockholm");
        assert_eq!(
            read["tiers"][0],
            json!({"tier": "vip", "name": "VIP", "price": {"amount": 10_000, "currency": "USD"},
                   "full_price": {"amount": 10_000, "currency": "USD"}, "seating": "numbered", "capacity": 100, "available": 98})
        );
        assert_eq!(read["tiers"][1]["seating"], "general");
    })
    .await;
}

#[tokio::test]
async fn availability_counts_held_and_sold_and_has_an_etag() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        let paid = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        server.pay(&paid, "4242424242424242").await.made();
        let path = format!("/api/events/{event}/availability");
        let response = server.get(&path).await;
        let etag = response.headers()["etag"].to_str().unwrap().to_owned();
        let counts: Value = response.json().await.unwrap();
        assert_eq!(
            counts["tiers"],
            json!([{"tier": "ga", "capacity": 10, "available": 5, "held": 2, "sold": 3}])
        );
        assert!(counts["as_of"].is_string());
        let again = server
            .client
            .get(format!("{}{path}", server.url))
            .header("If-None-Match", &etag);
        assert_eq!(again.send().await.unwrap().status(), 304);
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        // The server's own sale shows at once.
        assert_eq!(server.read(&path).await["tiers"][0]["available"], 4);
    })
    .await;
}

#[tokio::test]
async fn the_seat_map_shows_rows_blocks_and_states() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 12, &[2, 3])]).await;
        let seat = |row: &str, number: i64| json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": [{"tier": "vip", "row": row, "number": number}]});
        server.book(&seat("A", 2)).await.made();
        let paid = server.book(&seat("C", 1)).await.made();
        server.pay(&paid, "4242424242424242").await.made();
        let map = server.read(&format!("/api/events/{event}/seats?tier=vip")).await;
        assert_eq!(map["blocks"], json!([2, 3]));
        assert_eq!(map["available"], 10);
        assert_eq!(
            map["rows"],
            json!([{"row": "A", "seats": "fhfff"}, {"row": "B", "seats": "fffff"}, {"row": "C", "seats": "sf"}])
        );
    })
    .await;
}

#[tokio::test]
async fn places_for_wheelchairs_and_the_seats_beside_them_are_named_and_sold_like_others() {
    with_server(async |server| {
        let at = |row, number| Position { row, number };
        let tier = NewTier {
            kinds: vec![
                (at(2, 5), SeatKind::Companion),
                (at(2, 4), SeatKind::Wheelchair),
            ],
            ..numbered("vip", 12, &[2, 3])
        };
        let event = server.event(&[tier, numbered("hall", 5, &[5])]).await;
        let kinds = async |tier: &str| {
            let path = format!("/api/events/{event}/seats?tier={tier}");
            server.read(&path).await["kinds"].clone()
        };
        let wheelchair = json!({"row": "B", "number": 4, "kind": "wheelchair"});
        let companion = json!({"row": "B", "number": 5, "kind": "companion"});
        assert_eq!(kinds("vip").await, json!([wheelchair, companion]));
        assert_eq!(kinds("hall").await, json!([]));
        let seats = [4, 5].map(|number| json!({"tier": "vip", "row": "B", "number": number}));
        let order = json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": seats});
        assert_eq!(
            server.book(&order).await.made()["items"][0]["seats"],
            json!(["B-4", "B-5"])
        );
        // A tier without them is refused what is not a seat of it.
        let written = "UPDATE tiers SET wheelchair_seats = '{13}' WHERE capacity = 12";
        let client = server.db.get().await.unwrap();
        let refused = client.batch_execute(written).await.unwrap_err();
        let refused = format!("{refused:?}");
        assert!(
            refused.contains("tiers_wheelchair_seats_check"),
            "{refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_status_tells_the_version() {
    with_server(async |server| {
        let status = server.read("/api/status").await;
        assert_eq!(
            (&status["status"], &status["database"]),
            (&json!("ok"), &json!("reachable"))
        );
        assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_sends_what_is_left_at_first_and_whenever_it_changes() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server.event(&[general("ga", 10)]).await;
        let mut stream = server
            .get(&format!("/api/events/{event}/availability/stream"))
            .await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let mut text = String::new();
        let mut until = async |words: &str| {
            while !text.contains(words) {
                let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
                text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        until("event: availability\ndata: {").await;
        until("\"available\":10,\"held\":0,\"sold\":0").await;
        server
            .book(&order(event, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        until("\"available\":7,\"held\":3,\"sold\":0").await;
        // What another process sells is seen as well.
        other
            .book(&order(event, Uuid::new_v4(), &[("ga", 2)]))
            .await
            .made();
        until("\"available\":5,\"held\":5,\"sold\":0").await;
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_ends_its_streams() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server.event(&[general("ga", 10)]).await;
        let url = format!("{}/api/events/{event}/availability/stream", other.url);
        let mut stream = server.client.get(url).send().await.unwrap();
        assert_eq!(stream.status(), 200);
        stream.chunk().await.unwrap().expect("the first message");
        let end = async { while stream.chunk().await.unwrap().is_some() {} };
        tokio::join!(end, other.stop());
    })
    .await;
}

#[tokio::test]
async fn a_viewer_who_goes_leaves_the_stream_to_another_at_once() {
    with_settings(&["--streams", "1"], async |server| {
        let event = server.event(&[general("ga", 1)]).await;
        let path = format!("/api/events/{event}/availability/stream");
        let mut viewer = Connection::open(&server.url).await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        viewer.send(&request).await;
        assert_eq!(viewer.status().await, Some(200));
        assert_eq!(server.get(&path).await.status(), 503);
        // What is sent now would still arrive.
        viewer.stream.shutdown().await.unwrap();
        viewer.closed().await;
        assert_eq!(server.get(&path).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn beyond_the_limit_of_streams_viewers_are_told_to_poll() {
    with_settings(&["--streams", "1"], async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let path = format!("/api/events/{event}/availability/stream");
        let first = server.get(&path).await;
        assert_eq!(first.status(), 200);
        assert_eq!(
            Answer::of(server.get(&path).await).await.problem(503),
            "overloaded"
        );
    })
    .await;
}

#[tokio::test]
async fn a_defect_is_told_as_one_to_all_who_ask_at_once() {
    with_server(async |server| {
        let id = EventId(server.event(&[general("ga", 10)]).await);
        let catalog = Catalog::new(server.db.clone());
        server
            .sql("ALTER TABLE events RENAME COLUMN description TO gone")
            .await;
        for read in join_all((0..20).map(|_| catalog.event(id))).await {
            let error = read.unwrap_err();
            let is_defect = match &error {
                Error::Shared(error) => matches!(error.as_ref(), Error::Statement(_)),
                error => matches!(error, Error::Statement(_)),
            };
            assert!(is_defect, "{error}");
        }
        server
            .sql("ALTER TABLE events RENAME COLUMN gone TO description")
            .await;
    })
    .await;
}

#[tokio::test]
async fn viewers_of_an_event_share_its_messages_and_the_last_one_ends_them() {
    with_server(async |server| {
        let id = server.event(&[general("ga", 10)]).await;
        let event = server.app.catalog.event(EventId(id)).await.unwrap();
        let event = event.unwrap();
        let feeds = Arc::new(Feeds::new(server.app.clone()));
        let mut first = feeds.follow(event.clone(), Topic::Counts);
        let message = first.next().await.unwrap();
        // One that comes later has the last message at once, the very same bytes.
        let mut second = feeds.follow(event.clone(), Topic::Counts);
        let same = second.next().now_or_never().unwrap().unwrap();
        assert_eq!(same.as_ptr(), message.as_ptr());
        assert_eq!(feeds.count(), 1);
        // Nothing wakes them while nothing changes, over several polls of the counts.
        let wakes = tokio::time::timeout(Duration::from_millis(700), second.next());
        assert!(wakes.await.is_err(), "a message without news");
        server
            .book(&order(id, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        let message = first.next().await.unwrap();
        let same = second.next().await.unwrap();
        let text = std::str::from_utf8(&message).unwrap();
        assert!(text.contains("\"available\":7,\"held\":3,"), "{text}");
        assert_eq!(message.as_ptr(), same.as_ptr());
        drop(first);
        assert_eq!(feeds.count(), 1);
        drop(second);
        let ended = async {
            while feeds.count() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .expect("nothing runs for an event that nobody watches");
        // It begins anew for the next viewer, and ends with the server.
        let mut third = feeds.follow(event, Topic::Counts);
        third.next().await.unwrap();
        server.app.drain();
        let ended = tokio::time::timeout(Duration::from_secs(10), third.next());
        assert!(ended.await.expect("the feed ends").is_none());
        assert_eq!(feeds.count(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_messages_of_an_event_are_as_its_latest_viewer_found_it() {
    with_server(async |server| {
        let id = server.event(&[general("ga", 10)]).await;
        let event = server.app.catalog.event(EventId(id)).await.unwrap();
        let event = event.unwrap();
        let feeds = Arc::new(Feeds::new(server.app.clone()));
        let mut first = feeds.follow(event.clone(), Topic::Counts);
        first.next().await.unwrap();
        let mut changed = (*event).clone();
        changed.tiers[0].code = "floor".parse().unwrap();
        let _second = feeds.follow(Arc::new(changed), Topic::Counts);
        server
            .book(&order(id, Uuid::new_v4(), &[("ga", 3)]))
            .await
            .made();
        let message = first.next().await.unwrap();
        let text = std::str::from_utf8(&message).unwrap();
        assert!(text.contains("\"tier\":\"floor\""), "{text}");
    })
    .await;
}

/// Otherwise a task that should end would find the feed of another one and look at it without ever waiting.
#[tokio::test]
async fn a_viewer_who_comes_as_the_last_one_leaves_finds_one_task() {
    with_server(async |server| {
        let id = server.event(&[general("ga", 10)]).await;
        let event = server.app.catalog.event(EventId(id)).await.unwrap();
        let event = event.unwrap();
        server.app.availability.of(&event).await.unwrap();
        // A runtime that has no other tasks.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let feeds = {
            let _runtime = runtime.enter();
            Arc::new(Feeds::new(server.app.clone()))
        };
        let mut viewer = feeds.follow(event.clone(), Topic::Counts);
        for round in 0..20_000 {
            drop(viewer);
            let pause = Instant::now();
            while pause.elapsed() < Duration::from_nanos(100 * (round % 2_000)) {}
            viewer = feeds.follow(event.clone(), Topic::Counts);
            let settling = Instant::now();
            while runtime.metrics().num_alive_tasks() != 1 {
                assert!(settling.elapsed() < Duration::from_secs(5), "{round}");
                std::thread::yield_now();
            }
        }
        drop(viewer);
        runtime.shutdown_background();
    })
    .await;
}

#[tokio::test]
async fn the_counts_of_an_event_on_sale_outlast_a_crowd_of_others() {
    with_server(async |server| {
        let id = EventId(server.event(&[general("ga", 10)]).await);
        let event = server.app.catalog.event(id).await.unwrap().unwrap();
        let (no, tier) = (event.no, event.tiers[0].no);
        let availability = Availability::new(server.db.clone());
        assert_eq!(
            availability.of(&event).await.unwrap().tiers[0].available,
            10
        );
        let mut other = (*event).clone();
        for number in 0..30_000 {
            other.no = EventNo(no.0 + 1 + number);
            availability.known(&other);
            if number % 1_000 == 0 {
                availability.taken(no, tier, 1, &[SeatNo(1)]);
                availability.released(no, tier, &[SeatNo(1)]);
            }
        }
        availability.taken(no, tier, 3, &[]);
        let counts = availability.known(&event).expect("a count that is kept");
        assert_eq!(counts.tiers[0].available, 7);
    })
    .await;
}

/// Otherwise every expiry of the cache would cause a thundering herd.
#[tokio::test]
async fn an_event_that_many_ask_for_at_once_is_read_once() {
    with_server(async |server| {
        let id = EventId(server.event(&[general("ga", 10)]).await);
        let catalog = Catalog::new(server.db.clone());
        let all = join_all((0..50).map(|_| catalog.event(id))).await;
        let all: Vec<_> = all.into_iter().map(|read| read.unwrap().unwrap()).collect();
        assert!(all.iter().all(|event| Arc::ptr_eq(event, &all[0])));
        let nowhere = EventId(Uuid::new_v4());
        let nowhere = join_all((0..50).map(|_| catalog.event(nowhere))).await;
        assert!(nowhere.into_iter().all(|read| read.unwrap().is_none()));
    })
    .await;
}
