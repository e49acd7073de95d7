//! How often a client may do what: token buckets by client address, buyer and API token, and who the client is
//! behind proxies.

use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::connection::Connection;
use crate::support::{Answer, Server, fresh_key, general, order, token, with_settings};

const BOOKINGS: &str = "SELECT count(*) FROM bookings";

/// A request of the client that a proxy reports by this header.
async fn send_from(server: &Server, header: (&str, &str), method: Method, path: &str) -> Response {
    let request = server
        .client
        .request(method, format!("{}{path}", server.url))
        .header(header.0, header.1);
    request.send().await.unwrap()
}

/// The status of a read by the client that a proxy reports by this header.
async fn read_from(server: &Server, header: (&str, &str)) -> u16 {
    let answer = send_from(server, header, Method::GET, "/api/events").await;
    answer.status().as_u16()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_burst_is_answered_then_refused_until_a_token_comes() {
    let flags = ["--rate-limits", "on", "--limit-bookings", "60/m:3"];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let book = async || {
            let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
            server.book(&body).await
        };
        for _ in 0..3 {
            let made = book().await;
            assert!(!made.headers.contains_key("ratelimit"));
            made.made();
        }
        let mut made = 3;
        // On a slow machine a token comes meanwhile.
        let refused = loop {
            match book().await {
                answer if answer.status == 201 => made += 1,
                answer => break answer,
            }
        };
        assert_eq!(refused.problem(429), "too-many-requests");
        assert_eq!(header(&refused, "retry-after"), "1");
        assert_eq!(header(&refused, "ratelimit-policy"), "\"bookings\";q=3;w=3");
        assert_eq!(header(&refused, "ratelimit"), "\"bookings\";r=0;t=1");
        assert_eq!(server.count(BOOKINGS).await, made);
        let allowed = async { while book().await.status != 201 {} };
        let patience = Duration::from_secs(20);
        let came = tokio::time::timeout(patience, allowed).await;
        came.expect("a token");
    })
    .await;
}

/// An order for one ticket, by whoever has this token, from behind the proxy, from this address.
async fn book_from(server: &Server, address: &str, token: &str, body: &Value) -> Answer {
    let request = server
        .client
        .post(format!("{}/api/bookings", server.url))
        .header("X-Forwarded-For", address)
        .header("Idempotency-Key", fresh_key())
        .bearer_auth(token)
        .json(body);
    Answer::of(request.send().await.unwrap()).await
}

/// An address has twenty bookings and payments an hour.
const TWENTY: [&str; 8] = [
    "--rate-limits",
    "on",
    "--limit-bookings",
    "1/h:20",
    "--limit-payments",
    "1/h:20",
    "--trusted-proxy",
    "127.0.0.1",
];

#[tokio::test]
async fn a_buyer_has_a_tenth_of_what_an_address_has_wherever_they_are() {
    with_settings(&TWENTY, async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let items = json!([{"tier": "ga", "quantity": 1}]);
        let body = json!({"event_id": event, "items": items});
        let [buyer, other] = [1, 2].map(|_| json!(Uuid::new_v4()));
        let (buyer, other) = (
            token(&server.db, &buyer).await,
            token(&server.db, &other).await,
        );
        for (address, token, status) in [
            ("192.0.2.1", &buyer, 201),
            ("192.0.2.2", &buyer, 201),
            ("192.0.2.3", &buyer, 429),
            ("192.0.2.1", &buyer, 429),
            ("192.0.2.1", &other, 201),
        ] {
            let answer = book_from(server, address, token, &body).await;
            assert_eq!(answer.status, status, "{address}");
        }
        let refused = book_from(server, "192.0.2.4", &buyer, &body).await;
        assert_eq!(refused.problem(429), "too-many-requests");
        assert_eq!(
            header(&refused, "ratelimit-policy"),
            "\"bookings\";q=2;w=72000"
        );
        assert_eq!(server.count(BOOKINGS).await, 3);
        // A page with the buyer's cookie draws on the same.
        let form = server
            .client
            .post(format!("{}/events/{event}/bookings", server.url))
            .header("X-Forwarded-For", "192.0.2.5")
            .header("Origin", &server.url)
            .header("Cookie", format!("buyer={buyer}"))
            .form(&[("key", "k"), ("qty-ga", "1")]);
        let page = form.send().await.unwrap();
        assert_eq!(page.status(), 429);
        assert!(
            page.text()
                .await
                .unwrap()
                .contains("That was a lot at once")
        );
        // Reading is counted by address alone, paying apart from booking.
        for _ in 0..10 {
            let list = server.client.get(format!("{}/api/bookings", server.url));
            let list = list.bearer_auth(&buyer).send().await.unwrap();
            assert_eq!(list.status(), 200);
        }
        let id: Uuid = server
            .text("SELECT min(id::text) FROM bookings")
            .await
            .parse()
            .unwrap();
        for status in [200, 200, 429] {
            let path = format!("{}/api/bookings/{id}/cancel", server.url);
            let cancel = server.client.post(path).bearer_auth(&buyer);
            assert_eq!(cancel.send().await.unwrap().status(), status);
        }
    })
    .await;
}

#[tokio::test]
async fn an_api_token_has_what_an_address_has_for_whomever_it_books() {
    with_settings(&TWENTY, async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let items = json!([{"tier": "ga", "quantity": 1}]);
        let hour = Duration::from_secs(3600);
        let scopes = [Scope::BookingsWrite];
        let make = async || api_token::create(&server.db, "till", &scopes, hour).await;
        let (till, other) = (make().await.unwrap().1, make().await.unwrap().1);
        for number in 0..20 {
            let body = json!({"event_id": event, "items": items, "on_behalf_of": Uuid::new_v4()});
            let address = format!("192.0.2.{number}");
            book_from(server, &address, &till, &body).await.made();
        }
        let body = json!({"event_id": event, "items": items, "on_behalf_of": Uuid::new_v4()});
        let refused = book_from(server, "198.51.100.1", &till, &body).await;
        assert_eq!(refused.problem(429), "too-many-requests");
        book_from(server, "198.51.100.1", &other, &body)
            .await
            .made();
        // Whom it has booked for can book.
        let buyer = token(&server.db, &body["on_behalf_of"]).await;
        let body = json!({"event_id": event, "items": items});
        for _ in 0..2 {
            book_from(server, "198.51.100.1", &buyer, &body)
                .await
                .made();
        }
    })
    .await;
}

#[tokio::test]
async fn buckets_are_apart_and_health_checks_draw_on_none() {
    let mut flags = vec!["--rate-limits", "on"];
    for bucket in [
        "--limit-bookings",
        "--limit-payments",
        "--limit-reads",
        "--limit-new-buyers",
        "--limit-webhooks",
    ] {
        flags.extend([bucket, "1/h:1"]);
    }
    with_settings(&flags, async |server| {
        let id = Uuid::new_v4();
        let routes = [
            ("reads", Method::GET, "/api/events".to_owned()),
            ("bookings", Method::POST, "/api/bookings".to_owned()),
            ("payments", Method::POST, "/api/payments".to_owned()),
            ("webhooks", Method::POST, "/api/payments/webhook".to_owned()),
            ("new-buyers", Method::POST, "/buyers".to_owned()),
        ];
        let send = async |method: &Method, path: &str| {
            let url = format!("{}{path}", server.url);
            let request = server.client.request(method.clone(), url);
            Answer::of(request.send().await.unwrap()).await
        };
        for (name, method, path) in &routes {
            let first = send(method, path).await;
            assert_ne!(first.status, 429, "{name}");
        }
        for (name, method, path) in &routes {
            let second = send(method, path).await;
            assert_eq!(second.status, 429, "{name}");
            let policy = format!("\"{name}\";q=1;w=3600");
            assert_eq!(header(&second, "ratelimit-policy"), policy);
        }
        for path in [
            format!("/api/bookings/{id}/cancel"),
            format!("/bookings/{id}/cancel"),
            format!("/bookings/{id}/payments"),
            format!("/events/{id}/bookings"),
        ] {
            assert_eq!(send(&Method::POST, &path).await.status, 429, "{path}");
        }
        for path in ["/", "/nothing/here", "/api/nothing", "/static/style.css"] {
            assert_eq!(send(&Method::GET, path).await.status, 429, "{path}");
        }
        for path in ["/healthz", "/readyz", "/api/status"] {
            assert_eq!(send(&Method::GET, path).await.status, 200, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_is_refused_with_a_page() {
    let flags = ["--rate-limits", "on", "--limit-new-buyers", "1/m:1"];
    with_settings(&flags, async |server| {
        let become_buyer = || {
            let request = server.client.post(format!("{}/buyers", server.url));
            request.header("Origin", &server.url).send()
        };
        assert_eq!(become_buyer().await.unwrap().status(), 303);
        let refused = become_buyer().await.unwrap();
        assert_eq!(refused.status(), 429);
        let headers = refused.headers().clone();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["retry-after"], "60");
        assert_eq!(headers["ratelimit"], "\"new-buyers\";r=0;t=60");
        assert_eq!(headers["ratelimit-policy"], "\"new-buyers\";q=1;w=60");
        assert!(headers.contains_key("content-security-policy"));
        let page = refused.text().await.unwrap();
        assert!(page.contains("That was a lot at once"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_connection_whose_request_is_refused_can_be_used_again() {
    let flags = ["--rate-limits", "on", "--limit-bookings", "1/h:1"];
    with_settings(&flags, async |server| {
        let mut connection = Connection::open(&server.url).await;
        let body = json!({}).to_string();
        let request = format!(
            "POST /api/bookings HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut statuses = Vec::new();
        for _ in 0..4 {
            connection.send(&request).await;
            statuses.push(connection.status().await);
        }
        assert_eq!(statuses, [Some(400), Some(429), Some(429), Some(429)]);
    })
    .await;
}

#[tokio::test]
async fn who_is_no_trusted_proxy_is_one_client_whatever_it_claims() {
    let flags = ["--rate-limits", "on", "--limit-reads", "1/h:2"];
    with_settings(&flags, async |server| {
        let mut statuses = Vec::new();
        for (name, value) in [
            ("X-Forwarded-For", "192.0.2.1"),
            ("Forwarded", "for=192.0.2.2"),
            ("X-Forwarded-For", "192.0.2.3"),
            ("Forwarded", "for=192.0.2.4"),
        ] {
            statuses.push(read_from(server, (name, value)).await);
        }
        assert_eq!(statuses, [200, 200, 429, 429]);
    })
    .await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_buckets() {
    let flags = [
        "--rate-limits",
        "on",
        "--limit-reads",
        "1/h:1",
        "--trusted-proxy",
        "127.0.0.0/8,::1",
        "--trusted-proxy",
        "10.0.0.0/8",
    ];
    with_settings(&flags, async |server| {
        let forwarded_for = "X-Forwarded-For";
        for (value, status) in [
            ("192.0.2.1", 200),
            ("192.0.2.1", 429),
            ("192.0.2.2", 200),
            // What the client makes up stands before its address.
            ("198.51.100.7, 192.0.2.2", 429),
            ("192.0.2.3, 10.1.2.3, 127.0.0.2", 200),
            ("192.0.2.3", 429),
            // The first 64 bits of IPv6 are one client.
            ("2001:db8::1", 200),
            ("2001:db8::ffff:0:0:2", 429),
            ("2001:db8:0:1::1", 200),
        ] {
            let answer = read_from(server, (forwarded_for, value)).await;
            assert_eq!(answer, status, "{value}");
        }
        for (value, status) in [
            ("for=192.0.2.1", 429),
            ("for=192.0.2.11", 200),
            ("for=\"[2001:db8::abcd]:4711\";proto=https", 429),
            ("for=\"[2001:db8:0:2::1]:4711\";proto=https", 200),
            ("for=\"[2001:db8:0:2::2]\"", 429),
        ] {
            let answer = read_from(server, ("Forwarded", value)).await;
            assert_eq!(answer, status, "{value}");
        }
        // Garbage is counted on whoever passed it on: the proxy.
        for (value, status) in [("garbage", 200), ("192.0.2.77, unknown", 429), ("", 429)] {
            let answer = read_from(server, (forwarded_for, value)).await;
            assert_eq!(answer, status, "{value}");
        }
    })
    .await;
}

#[tokio::test]
async fn limits_that_are_off_refuse_nobody() {
    let (off, one) = ("off", "1/h:1");
    let flags = [
        "--rate-limits",
        off,
        "--limit-reads",
        one,
        "--limit-bookings",
        one,
    ];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        for _ in 0..3 {
            server.book(&body).await.made();
        }
        for _ in 0..20 {
            let events: Value = server.read("/api/events").await;
            assert!(events["events"].is_array());
        }
        let answer = server.post("/api/bookings", &fresh_key(), &json!({})).await;
        assert_eq!(answer.status(), 422);
    })
    .await;
}
