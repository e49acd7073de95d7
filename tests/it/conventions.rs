//! What the API keeps to on every route: methods, request ids, links, entity tags, replays.

use std::collections::BTreeSet;

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use boxoffice::access::api_token::{self, Scope};

use crate::support::connection::Connection;
use crate::support::gateway::{LATER_CARD, NO_WEBHOOKS};
use crate::support::{
    Answer, Server, as_buyer, fresh_key, general, numbered, order, text, with_server, with_settings,
};

const DECLINED_CARD: &str = "4000000000000002";

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

async fn send(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = server
        .client
        .request(method, format!("{}{path}", server.url));
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.send().await.unwrap()
}

#[tokio::test]
async fn a_path_says_which_methods_it_has() {
    with_server(async |server| {
        for (path, allow) in [
            ("/api/events", "GET, HEAD, OPTIONS"),
            ("/api/bookings", "GET, HEAD, POST, OPTIONS"),
            ("/api/payments", "POST, OPTIONS"),
            ("/healthz", "GET, HEAD, OPTIONS"),
            ("/bookings/find", "GET, HEAD, POST, OPTIONS"),
        ] {
            let origin = [("Origin", server.url.as_str())];
            let refused = send(server, Method::DELETE, path, &origin).await;
            assert_eq!(refused.status(), 405, "{path}");
            assert_eq!(header(refused.headers(), "allow"), allow, "{path}");
            let options = send(server, Method::OPTIONS, path, &[]).await;
            assert_eq!(options.status(), 204, "{path}");
            assert_eq!(header(options.headers(), "allow"), allow, "{path}");
        }
        let unknown = send(server, Method::OPTIONS, "/api/nothing", &[]).await;
        assert_eq!(Answer::of(unknown).await.problem(404), "not-found");
    })
    .await;
}

#[tokio::test]
async fn every_answer_has_the_id_of_its_request_and_a_problem_names_it() {
    with_server(async |server| {
        let mut ids = BTreeSet::new();
        for path in ["/", "/nothing", "/api/events", "/api/nothing", "/healthz"] {
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            let sent = [("X-Request-Id", "made-up"), ("traceparent", trace)];
            let answer = send(server, Method::GET, path, &sent).await;
            let id = header(answer.headers(), "x-request-id").to_owned();
            assert!(Uuid::parse_str(&id).is_ok(), "{path}: {id}");
            let body: Value = answer.json().await.unwrap_or_default();
            if path == "/api/nothing" {
                assert_eq!(body["instance"], format!("urn:uuid:{id}"));
            }
            assert!(ids.insert(id), "{path}: an id for two requests");
        }
    })
    .await;
}

#[tokio::test]
async fn only_a_trusted_proxy_names_a_request() {
    with_settings(&["--trusted-proxy", "127.0.0.1"], async |server| {
        for (sent, is_taken) in [
            ("edge-7.a_b~c", true),
            ("a b", false),
            ("x\"y", false),
            ("", false),
            (&"a".repeat(65), false),
        ] {
            let headers = [("X-Request-Id", sent)];
            let answer = send(server, Method::GET, "/api/nothing", &headers).await;
            let answer = Answer::of(answer).await;
            let id = header(&answer.headers, "x-request-id");
            assert_eq!(id == sent, is_taken, "{sent}");
            assert!(text(&answer.json["instance"]).ends_with(id));
        }
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (sent, is_taken) in [
            (format!("00-{trace}-00f067aa0ba902b7-01"), true),
            (format!("01-{trace}-00f067aa0ba902b7-01-more"), true),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false),
            (format!("00-{trace}"), false),
            (trace.to_owned(), false),
        ] {
            let headers = [("traceparent", sent.as_str())];
            let answer = send(server, Method::GET, "/api/nothing", &headers).await;
            let id = header(answer.headers(), "x-request-id");
            assert_eq!(id == trace, is_taken, "{sent}");
            let both = [headers[0], ("X-Request-Id", "edge-7")];
            let answer = send(server, Method::GET, "/api/nothing", &both).await;
            assert_eq!(header(answer.headers(), "x-request-id"), "edge-7");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_client_knows_is_not_sent_again_however_it_says_so() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        for path in [
            format!("/api/events/{event}"),
            format!("/api/events/{event}/availability"),
            format!("/api/events/{event}/seats?tier=vip"),
        ] {
            let first = server.get(&path).await;
            assert_eq!(header(first.headers(), "access-control-allow-origin"), "*");
            let etag = header(first.headers(), "etag").to_owned();
            assert!(!etag.is_empty(), "{path}");
            for (known, status) in [
                (etag.clone(), 304),
                (format!("W/{etag}"), 304),
                (format!("\"other\", {etag}"), 304),
                ("*".to_owned(), 304),
                ("\"other\"".to_owned(), 200),
            ] {
                let headers = [("If-None-Match", known.as_str())];
                let answer = send(server, Method::GET, &path, &headers).await;
                assert_eq!(answer.status(), status, "{path}: {known}");
            }
            server
                .book(&order(event, Uuid::new_v4(), &[("vip", 1)]))
                .await
                .made();
            let headers = [("If-None-Match", etag.as_str())];
            let answer = send(server, Method::GET, &path, &headers).await;
            assert_eq!(answer.status(), 200, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_links_to_its_next_page() {
    with_server(async |server| {
        for _ in 0..3 {
            server.event(&[general("ga", 1)]).await;
        }
        let mut path = "/api/events?q=Nordlicht&limit=1".to_owned();
        let mut seen = Vec::new();
        loop {
            let answer = Answer::of(server.get(&path).await).await;
            assert_eq!(answer.status, 200, "{path}");
            seen.push(answer.json["events"][0]["id"].clone());
            assert!(seen.len() <= 3, "{path}");
            let link = header(&answer.headers, "link");
            let Some(next) = link.strip_suffix(">; rel=\"next\"") else {
                assert!(answer.json["next_cursor"].is_null());
                break;
            };
            path = next.strip_prefix('<').unwrap().to_owned();
            assert_eq!(path.matches("cursor=").count(), 1, "{path}");
        }
        assert_eq!(seen.len(), 3);
        let each_once: BTreeSet<_> = seen.iter().map(text).collect();
        assert_eq!(each_once.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_replay_says_so_and_is_answered_like_the_first_time() {
    with_settings(&NO_WEBHOOKS, async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        for (card, status) in [(LATER_CARD, 202), (DECLINED_CARD, 402)] {
            let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
            body["payment"] = json!({"card_number": card});
            let key = fresh_key();
            let first = server.book_with_key(&key, &body).await;
            let again = server.book_with_key(&key, &body).await;
            assert_eq!((first.status, again.status), (status, status));
            assert_eq!(header(&first.headers, "idempotent-replayed"), "");
            assert_eq!(header(&again.headers, "idempotent-replayed"), "true");
            for name in ["location", "retry-after"] {
                let both = [&first, &again].map(|answer| header(&answer.headers, name));
                assert_eq!(both[0], both[1], "{name}");
                assert_eq!(both[0].is_empty(), status == 402);
            }
        }
        let buyer = Uuid::new_v4();
        let booking = server.book(&order(event, buyer, &[("ga", 1)])).await.made();
        let pay =
            json!({"booking_id": booking["id"], "buyer_id": buyer, "card_number": DECLINED_CARD});
        let key = fresh_key();
        for replayed in ["", "true"] {
            let answer = Answer::of(server.post("/api/payments", &key, &pay).await).await;
            assert_eq!(answer.problem(402), "payment-declined");
            assert_eq!(header(&answer.headers, "idempotent-replayed"), replayed);
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_and_other_charsets_are_refused_as_such() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let buyer = json!({"buyer_id": Uuid::new_v4()});
        let good = json!({"event_id": event, "items": [{"tier": "ga", "quantity": 1}]});
        let good = good.to_string().into_bytes();
        let bad = [&good[..good.len() - 1], b", \"\xff\": 1}"].concat();
        for (kind, body, status) in [
            ("application/json; charset=utf-16", &good, 415),
            ("application/json; charset=\"UTF-8\"", &good, 201),
            ("application/json; x=y", &good, 201),
            ("application/json", &bad, 400),
        ] {
            let request = server.client.post(format!("{}/api/bookings", server.url));
            let request = as_buyer(&server.db, request, &buyer).await;
            let request = request.header("Idempotency-Key", fresh_key());
            let (client, request) = request.build_split();
            let mut request = request.unwrap();
            request
                .headers_mut()
                .insert(CONTENT_TYPE, kind.parse().unwrap());
            *request.body_mut() = Some(body.clone().into());
            request.headers_mut().remove("content-length");
            let answer = Answer::of(client.execute(request).await.unwrap()).await;
            assert_eq!(answer.status, status, "{kind}: {}", answer.json);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_for_is_reported_as_it_was_asked() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10), general("vip", 10)]).await;
        for (quantities, asked) in [
            ([5_000_000_000, 1], 5_000_000_001),
            ([i64::MAX, i64::MAX], i64::MAX),
        ] {
            let items = [("ga", quantities[0]), ("vip", quantities[1])];
            let answer = server.book(&order(event, Uuid::new_v4(), &items)).await;
            assert_eq!(answer.problem(422), "over-limit");
            assert_eq!(answer.json["asked"], asked);
        }
    })
    .await;
}

#[tokio::test]
async fn the_nil_uuid_is_nobody() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let day = std::time::Duration::from_secs(86_400);
        let scopes = [Scope::BookingsRead, Scope::BookingsWrite];
        let (_, token) = api_token::create(&server.db, "test", &scopes, day)
            .await
            .unwrap();
        let mut body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        body["buyer_id"] = json!(token);
        body["on_behalf_of"] = json!(Uuid::nil());
        let answer = server.book(&body).await;
        assert_eq!(answer.problem(422), "invalid-request");
        assert_eq!(answer.json["errors"][0]["pointer"], "/on_behalf_of");
        body["on_behalf_of"] = json!(Uuid::new_v4());
        server.book(&body).await.made();
    })
    .await;
}

#[tokio::test]
async fn an_array_is_not_taken_for_an_object() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let buyer = json!(Uuid::new_v4());
        let item = json!({"tier": "ga", "quantity": 1});
        let fits = json!({"event_id": event, "items": [item], "buyer_id": buyer});
        for (field, value, pointer) in [
            ("items", json!([["ga", 1]]), "/items/0"),
            ("seats", json!([["ga", "A", 1]]), "/seats/0"),
            ("payment", json!(["4242424242424242"]), "/payment"),
            ("contact", json!(["Ana", "ana@example.org"]), "/contact"),
        ] {
            let mut body = fits.clone();
            body[field] = value;
            let answer = server.book(&body).await;
            assert_eq!(answer.problem(422), "invalid-request", "{field}");
            let error = &answer.json["errors"][0];
            assert_eq!(error["pointer"], pointer);
            assert_eq!(
                error["detail"],
                "invalid type: sequence, expected an object"
            );
        }
        let whole = json!([event, null, [item]]);
        let answer = Answer::of(server.post("/api/bookings", &fresh_key(), &whole).await).await;
        assert!([401, 422].contains(&answer.status), "{}", answer.json);
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_accepts_nothing_that_is_sent_is_told_so() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let stream = format!("/api/events/{event}/availability/stream");
        for (path, accepted, status) in [
            ("/api/events", "application/xml", 406),
            ("/api/events", "text/html, application/json;q=0", 406),
            ("/api/events", "text/html, */*;q=0.8", 200),
            ("/api/events", "application/problem+json", 200),
            (stream.as_str(), "application/json", 406),
            (stream.as_str(), "text/event-stream", 200),
            ("/api/docs", "text/html", 200),
            ("/healthz", "application/xml", 200),
        ] {
            let answer = send(server, Method::GET, path, &[("Accept", accepted)]).await;
            assert_eq!(answer.status(), status, "{path}: {accepted}");
            if status == 406 {
                assert_eq!(Answer::of(answer).await.problem(406), "invalid-request");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_http_is_answered_by_a_problem_too() {
    with_server(async |server| {
        let long = format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(140_000));
        let after = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nnonsense\r\n\r\n".to_owned();
        for (sent, status, answers) in [
            ("nonsense\r\n\r\n".to_owned(), "400 Bad Request", 1),
            ("GET / HTTP/9.9\r\n\r\n".to_owned(), "400 Bad Request", 1),
            (after, "400 Bad Request", 2),
            (long, "431 Request Header Fields Too Large", 1),
        ] {
            let mut connection = Connection::open(&server.url).await;
            connection.send(&sent).await;
            let answer = connection.rest().await;
            assert_eq!(answer.matches("HTTP/1.1 ").count(), answers, "{answer}");
            let last = &answer[answer.rfind("HTTP/1.1 ").unwrap()..];
            assert!(
                last.starts_with(&format!("HTTP/1.1 {status}\r\n")),
                "{answer}"
            );
            let (head, body) = last.split_once("\r\n\r\n").unwrap();
            assert!(
                head.contains("content-type: application/problem+json"),
                "{head}"
            );
            assert!(
                head.contains(&format!("content-length: {}\r\n", body.len())),
                "{head}"
            );
            let problem: Value = serde_json::from_str(body).unwrap();
            assert_eq!(problem["type"], "invalid-request");
            assert!(status.starts_with(&problem["status"].to_string()));
            let id = text(&problem["instance"])
                .strip_prefix("urn:uuid:")
                .unwrap();
            assert!(head.contains(&format!("x-request-id: {id}")), "{head}");
        }
    })
    .await;
}
