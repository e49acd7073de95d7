//! What readers are shown: one reads for all, what this process does is seen at once and what others do soon, and
//! while the database does not answer they are shown what was known.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::catalog::Event;
use boxoffice::types::EventId;
use boxoffice::web::api::feed::{Feeds, Topic};
use futures::future::{Either, join_all, select};
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::proxy::Proxy;
use crate::support::{Answer, Server, fresh_key, general, numbered, order, text, with_server};

/// Longer than all limits together; a test that hangs fails with it.
const LIMIT: Duration = Duration::from_secs(60);
/// Part of the statement that reads the seats of a tier.
const SEATS: &str = "ARRAY(SELECT k.seat_no";

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(LIMIT, work).await;
    done.expect("it comes to an end")
}

/// A server behind a proxy that watches this statement.
async fn behind_proxy(direct: &Server, statement: &'static str) -> (Server, Proxy) {
    let proxy = Proxy::start(direct.database_url()).await;
    proxy.watch(statement);
    (Server::start(&proxy.url(), &[]).await, proxy)
}

async fn event_of(server: &Server, id: Uuid) -> Arc<Event> {
    let event = server.app.catalog.event(EventId(id)).await.unwrap();
    event.unwrap()
}

/// An order of one seat.
fn seat(event: Uuid, row: &str, number: i64) -> Value {
    json!({"event_id": event, "buyer_id": Uuid::new_v4(), "seats": [{"tier": "vip", "row": row, "number": number}]})
}

/// The letters of all seats of the tier `vip`.
async fn letters(server: &Server, event: Uuid) -> String {
    let map = server
        .read(&format!("/api/events/{event}/seats?tier=vip"))
        .await;
    let rows = map["rows"].as_array().unwrap().iter();
    rows.map(|row| text(&row["seats"])).collect()
}

async fn until_letters(server: &Server, event: Uuid, expected: &str) {
    in_time(async { while letters(server, event).await != expected {} }).await;
}

/// A reader who can be shown nothing waits for the database longer than this order's deadline.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_replay_reads_does_not_outlast_its_orders_deadline() {
    with_server(async |direct| {
        let id = direct.event(&[numbered("vip", 40, &[10])]).await;
        let proxy = Proxy::start(direct.database_url()).await;
        proxy.watch("FROM bookings AS b WHERE b.id = $1");
        let server = Server::start(&proxy.url(), &["--order-deadline-ms", "1000"]).await;
        let (key, order) = (fresh_key(), seat(id, "A", 1));
        let booking = server.book_with_key(&key, &order).await.made();
        proxy.hold_back();
        let reader = server.booking(&booking);
        let replay = server.book_with_key(&key, &order);
        match in_time(select(pin!(replay), pin!(reader))).await {
            Either::Left((answer, reader)) => {
                assert_eq!(answer.problem(503), "unavailable");
                proxy.let_through();
                reader.await;
            }
            Either::Right(_) => panic!("the order was not answered at its deadline"),
        }
        let again = server.book_with_key(&key, &order).await;
        assert_eq!((again.status, &again.json["id"]), (200, &booking["id"]));
        server.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_look_at_a_seat_map_one_reads_it() {
    with_server(async |direct| {
        let id = direct.event(&[numbered("vip", 40, &[10])]).await;
        let (server, proxy) = behind_proxy(direct, SEATS).await;
        let event = event_of(&server, id).await;
        proxy.hold_back();
        let availability = &server.app.availability;
        let mut viewers = Box::pin(join_all(
            (0..200).map(|_| availability.seats(&event, &event.tiers[0])),
        ));
        // All have looked, and nobody has been answered.
        assert!(futures::poll!(viewers.as_mut()).is_pending());
        proxy.let_through();
        for seats in in_time(viewers).await {
            assert_eq!(seats.unwrap().free(), 40);
        }
        assert_eq!(proxy.executed(), 1);
        server.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_counts_at_once_leave_connections_to_other_readers() {
    with_server(async |server| {
        let mut events = Vec::new();
        for _ in 0..20 {
            let id = server.event(&[general("ga", 10)]).await;
            events.push(event_of(server, id).await);
        }
        let buyer = Uuid::new_v4();
        let body = order(events[0].id.0, buyer, &[("ga", 1)]);
        server.book(&body).await.made();
        let mut holder = server.db.get().await.unwrap();
        let holding = holder.transaction().await.unwrap();
        let lock = "LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE";
        holding.batch_execute(lock).await.unwrap();
        let counts =
            "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
                      AND query ~ 'What is left of an event'";
        let others = async {
            let some = format!("SELECT (count(*) >= 2)::int::bigint {counts}");
            server.until(&some, 1).await;
            for _ in 0..3 {
                let buyer = json!(buyer);
                let reads = (0..10).map(|_| server.read_as(&buyer, "/api/bookings"));
                join_all(reads).await;
            }
            // Of the five connections of readers.
            assert_eq!(server.count(&format!("SELECT count(*) {counts}")).await, 2);
            holding.rollback().await.unwrap();
        };
        let (_, ()) =
            in_time(async { tokio::join!(server.app.availability.of_all(&events), others) }).await;
        let all = server.app.availability.of_all(&events).await.unwrap();
        assert!(all.iter().all(|counts| counts.tiers[0].capacity == 10));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_server_does_to_seats_is_shown_at_once() {
    with_server(async |direct| {
        let event = direct.event(&[numbered("vip", 12, &[6])]).await;
        let (server, proxy) = behind_proxy(direct, SEATS).await;
        assert_eq!(letters(&server, event).await, "ffffffffffff");
        // From now on nobody can read them.
        proxy.hold_back();
        let booked = server.book(&seat(event, "A", 2)).await.made();
        assert_eq!(letters(&server, event).await, "fhffffffffff");
        let best = order(event, Uuid::new_v4(), &[("vip", 2)]);
        let best = server.book(&best).await.made();
        assert_eq!(letters(&server, event).await, "fhhhffffffff", "{best}");
        server.cancel(&booked).await;
        assert_eq!(letters(&server, event).await, "ffhhffffffff");
        // Sold by somebody else, which this server learns from a buyer who wants the same seat.
        direct.book(&seat(event, "B", 6)).await.made();
        let refused = server.book(&seat(event, "B", 6)).await;
        assert_eq!(refused.problem(409), "seats-taken");
        assert_eq!(letters(&server, event).await, "ffhhfffffffh");
        proxy.let_through();
        server.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_does_to_seats_is_shown_after_the_next_reading() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server.event(&[numbered("vip", 12, &[6])]).await;
        assert_eq!(letters(server, event).await, "ffffffffffff");
        let booked = other.book(&seat(event, "B", 1)).await.made();
        until_letters(server, event, "ffffffhfffff").await;
        other.pay(&booked, "4242424242424242").await.made();
        until_letters(server, event, "ffffffsfffff").await;
        other.cancel(&booked).await;
        until_letters(server, event, "ffffffffffff").await;
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_seat_map_is_sent_again_only_if_it_has_changed() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server.event(&[numbered("vip", 12, &[6])]).await;
        let path = format!("/api/events/{event}/seats?tier=vip");
        let ask = async |server: &Server, etag: &str| {
            let request = server.client.get(format!("{}{path}", server.url));
            let request = request.header("If-None-Match", etag);
            request.send().await.unwrap()
        };
        let etag = |response: &Response| response.headers()["etag"].to_str().unwrap().to_owned();
        let first = server.get(&path).await;
        let known = etag(&first);
        assert!(first.json::<Value>().await.unwrap()["as_of"].is_string());
        for server in [server, &other] {
            let again = ask(server, &known).await;
            assert_eq!(
                (again.status().as_u16(), etag(&again)),
                (304, known.clone())
            );
        }
        server.book(&seat(event, "A", 1)).await.made();
        let changed = ask(server, &known).await;
        assert_eq!(changed.status(), 200);
        assert_ne!(etag(&changed), known);
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_of_a_stream_is_made_once_for_all_who_follow_it() {
    with_server(async |server| {
        let id = server
            .event(&[general("ga", 10), numbered("vip", 12, &[6])])
            .await;
        let event = event_of(server, id).await;
        let vip = Topic::Seats(event.tiers[1].no);
        let feeds = Arc::new(Feeds::new(server.app.clone()));
        let follow = |topic| {
            (0..50)
                .map(|_| feeds.follow(event.clone(), topic))
                .collect()
        };
        let mut viewers: [Vec<_>; 2] = [follow(Topic::Counts), follow(vip)];
        let mut told = Vec::new();
        for round in 0..2 {
            if round > 0 {
                server.book(&seat(id, "A", 1)).await.made();
            }
            for viewers in &mut viewers {
                let messages = join_all(viewers.iter_mut().map(|viewer| in_time(viewer.next())));
                let messages = messages.await.into_iter().map(|message| message.unwrap());
                let messages: Vec<_> = messages.collect();
                // The same bytes in memory, not only equal ones.
                let first = messages[0].as_ptr();
                assert!(messages.iter().all(|message| message.as_ptr() == first));
                told.push(messages[0].clone());
            }
        }
        assert_ne!(told[0], told[2]);
        assert_ne!(told[1], told[3]);
    })
    .await;
}

/// The server-sent events of a stream, one after the other: name and data.
struct Events {
    stream: Response,
    text: String,
}

impl Events {
    async fn of(server: &Server, path: &str) -> Self {
        let stream = server.get(path).await;
        assert_eq!(stream.status(), 200);
        Self {
            stream,
            text: String::new(),
        }
    }

    /// The data of the next event of this name. Those of other names stay: which of two comes first is open.
    async fn next(&mut self, name: &str) -> Value {
        let begin = format!("event: {name}\ndata: ");
        loop {
            if let Some(start) = self.text.find(&begin)
                && let Some(length) = self.text[start..].find("\n\n")
            {
                let message: String = self.text.drain(start..start + length + 2).collect();
                let data = message.strip_prefix(&begin).expect("found by it");
                return serde_json::from_str(data).unwrap();
            }
            let chunk = in_time(self.stream.chunk()).await.unwrap();
            let chunk = chunk.expect("the stream goes on");
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_sends_the_seats_that_are_asked_for_and_then_what_changes() {
    with_server(async |server| {
        let other = server.another().await;
        let event = server
            .event(&[
                numbered("vip", 12, &[6]),
                numbered("box", 4, &[4]),
                general("ga", 5),
            ])
            .await;
        let path = format!("/api/events/{event}/availability/stream");
        let taken = server.book(&seat(event, "A", 1)).await.made();
        let mut plain = Events::of(server, &path).await;
        let mut events = Events::of(server, &format!("{path}?seats=vip,vip")).await;
        events.next("availability").await;
        let whole = json!({"tier": "vip", "seats": "hf11"});
        assert_eq!(events.next("seats").await, whole);
        server.book(&seat(event, "A", 3)).await.made();
        assert_eq!(events.next("seats").await["seats"], "-2h");
        other.book(&seat(event, "B", 6)).await.made();
        assert_eq!(events.next("seats").await["seats"], "-11h");
        server.cancel(&taken).await;
        assert_eq!(events.next("seats").await["seats"], "f");
        assert_eq!(letters(server, event).await, "ffhffffffffh");
        // Whoever comes later is told where things stand.
        let mut late = Events::of(server, &format!("{path}?seats=box,vip")).await;
        let mut maps = [late.next("seats").await, late.next("seats").await];
        maps.sort_by_key(|map| map["tier"].to_string());
        assert_eq!(
            maps,
            [
                json!({"tier": "box", "seats": "f4"}),
                json!({"tier": "vip", "seats": "f2hf8h"})
            ]
        );
        // Whoever has asked for no seats is sent none.
        plain.next("availability").await;
        assert!(!plain.text.contains("event: seats"), "{}", plain.text);
        for (seats, status) in [("nope", 404), ("ga", 422)] {
            let refused = server.get(&format!("{path}?seats={seats}")).await;
            Answer::of(refused).await.problem(status);
        }
        other.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_does_not_answer_readers_are_shown_what_was_known() {
    with_server(async |direct| {
        let event = direct
            .event(&[numbered("vip", 12, &[6]), general("ga", 50)])
            .await;
        let proxy = Proxy::start(direct.database_url()).await;
        let server = Server::start(&proxy.url(), &[]).await;
        let booked = server.book(&seat(event, "A", 2)).await.made();
        let page = direct.event_path(event).await;
        let paths = [
            "/".to_owned(),
            "/api/events".to_owned(),
            page.clone(),
            format!("{page}?seats=vip"),
            format!("/api/events/{event}"),
            format!("/api/events/{event}/availability"),
            format!("/api/events/{event}/seats?tier=vip"),
        ];
        let shows = [
            "Nordlicht Quartet",
            "\"available\":11",
            "\"available\":11",
            "value=\"vip:A:2\"",
        ];
        let read_all = async || {
            for (path, response) in paths
                .iter()
                .zip(join_all(paths.iter().map(|path| server.get(path))).await)
            {
                assert_eq!(response.status(), 200, "{path}");
                let text = response.text().await.unwrap();
                assert!(
                    shows.iter().any(|shown| text.contains(shown)),
                    "{path}: {text}"
                );
                assert!(!text.contains("\"available\":12"), "{path}: {text}");
            }
        };
        read_all().await;
        proxy.go_dark();
        let catalog = &server.app.catalog;
        in_time(async {
            // Until all is too old for a sale, and once more when the database is known not to answer.
            while catalog.event(EventId(event)).await.is_ok() {
                read_all().await;
            }
            read_all().await;
        })
        .await;
        // Nothing is known of these; nothing is sold by what was known.
        let unknown = [
            format!("/api/events/{}", Uuid::new_v4()),
            "/?q=unknown".to_owned(),
        ];
        for response in in_time(join_all(unknown.iter().map(|path| server.get(path)))).await {
            assert_eq!(response.status(), 503, "{}", response.url());
        }
        let refused = in_time(server.book(&order(event, Uuid::new_v4(), &[("ga", 1)]))).await;
        assert_eq!(refused.problem(503), "unavailable");
        proxy.light_up();
        direct.cancel(&booked).await;
        until_letters(&server, event, "ffffffffffff").await;
        server.stop().await;
    })
    .await;
}
