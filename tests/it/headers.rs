//! Headers of answers that the table of routes in `access` does not see, and what must stand in no page.

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::support::{general, numbered, order, text, token, with_server, with_settings};

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

const HSTS: &str = "strict-transport-security";

#[tokio::test]
async fn over_https_every_answer_keeps_the_browser_from_plain_http() {
    let us = "https://tickets.example";
    with_settings(&["--public-url", us], async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let page = server.get("/").await.text().await.unwrap();
        let style = page.split('"').find(|it| it.starts_with("/static/"));
        let style = style.expect("a file").to_owned();
        for path in [
            "/",
            "/healthz",
            "/readyz",
            "/api/status",
            "/api/events",
            "/nothing",
            "/api/nothing",
            "/api/bookings",
            "/static/nothing",
            &style,
            &server.event_path(event).await,
            &format!("/api/events/{event}/availability/stream"),
        ] {
            let answer = server.get(path).await;
            let year = Some("max-age=31536000".to_owned());
            assert_eq!(header(answer.headers(), HSTS), year, "{path}");
        }
        for origin in [us, "https://evil.example"] {
            let form = server.client.post(format!("{}/buyers", server.url));
            let answer = form.header("Origin", origin).send().await.unwrap();
            assert!(answer.headers().contains_key(HSTS), "{}", answer.status());
        }
    })
    .await;
    with_server(async |server| {
        let answer = server.get("/").await;
        assert!(!answer.headers().contains_key(HSTS));
    })
    .await;
}

#[tokio::test]
async fn refusals_by_rate_and_by_size_have_the_headers_too() {
    let flags = ["--rate-limits", "on", "--limit-bookings", "1/h:1"];
    with_settings(&flags, async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let send = async |path: &str, body: String| {
            let request = server.client.post(format!("{}{path}", server.url));
            request.body(body).send().await.unwrap()
        };
        let large = send("/api/bookings", "x".repeat(100_000)).await;
        assert_eq!(large.status(), 413);
        let json = send("/api/bookings", String::new()).await;
        let page = send(&format!("/events/{event}/bookings"), String::new()).await;
        assert_eq!(
            [json.status(), page.status()],
            [StatusCode::TOO_MANY_REQUESTS; 2]
        );
        for answer in [&large, &json, &page] {
            let headers = answer.headers();
            assert_eq!(
                header(headers, "cache-control").as_deref(),
                Some("no-store")
            );
            assert_eq!(
                header(headers, "x-content-type-options").as_deref(),
                Some("nosniff")
            );
        }
        let policy = header(page.headers(), "cross-origin-opener-policy");
        assert_eq!(policy.as_deref(), Some("same-origin"));
    })
    .await;
}

#[tokio::test]
async fn what_was_public_may_still_be_stored() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 10, &[5])]).await;
        let path = format!("/api/events/{event}/availability");
        let fresh = server.get(&path).await;
        let etag = header(fresh.headers(), "etag").expect("a tag");
        let request = server.client.get(format!("{}{path}", server.url));
        let known = request.header("If-None-Match", etag).send().await.unwrap();
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let seats = server
            .get(&format!("/api/events/{event}/seats?tier=vip"))
            .await;
        let caching = |answer: &Response| header(answer.headers(), "cache-control");
        for answer in [&fresh, &known, &seats] {
            assert_eq!(caching(answer).as_deref(), Some("no-cache"));
        }
        let page = server.get("/").await.text().await.unwrap();
        let style = page.split('"').find(|it| it.starts_with("/static/"));
        let style = server.get(style.expect("a file")).await;
        let forever = "public, max-age=31536000, immutable";
        assert_eq!(caching(&style).as_deref(), Some(forever));
        assert_eq!(header(style.headers(), "vary"), None);
    })
    .await;
}

#[tokio::test]
async fn a_calendar_file_is_the_readers_alone_and_in_their_language() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let booking = server.book(&body).await.made();
        server.pay(&booking, "4242424242424242").await.made();
        let path = format!("/bookings/{}/calendar.ics", text(&booking["id"]));
        let request = server.client.get(format!("{}{path}", server.url));
        let token = token(&server.db, &booking["buyer_id"]).await;
        let file = request.bearer_auth(token).send().await.unwrap();
        assert_eq!(file.status(), StatusCode::OK);
        let headers = file.headers();
        assert_eq!(
            header(headers, "cache-control").as_deref(),
            Some("no-store")
        );
        assert_eq!(
            header(headers, "vary").as_deref(),
            Some("Accept-Language, Cookie")
        );
    })
    .await;
}

#[tokio::test]
async fn no_page_and_no_address_names_a_buyer() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 50)]).await;
        let buyer = Uuid::new_v4();
        let token = token(&server.db, &json!(buyer)).await;
        let body = order(event, buyer, &[("ga", 1)]);
        let mut bookings = Vec::new();
        for _ in 0..3 {
            bookings.push(server.book(&body).await.made());
        }
        server.pay(&bookings[1], "4242424242424242").await.made();
        server.cancel(&bookings[2]).await;
        let mut paths = vec![
            "/".to_owned(),
            server.event_path(event).await,
            "/bookings".into(),
        ];
        let ids = bookings.iter().map(|booking| text(&booking["id"]));
        paths.extend(ids.map(|id| format!("/bookings/{id}")));
        paths.push("/nothing".into());
        let id = buyer.simple().to_string();
        for path in paths {
            let request = server.client.get(format!("{}{path}", server.url));
            let cookie = format!("buyer={token}");
            let page = request.header("Cookie", cookie).send().await.unwrap();
            let page = page.text().await.unwrap().to_lowercase();
            assert!(
                !page.contains(&id[..8]) && !page.contains(&id[20..]),
                "{path}: {page}"
            );
            assert!(!page.contains(&token.to_lowercase()), "{path}");
        }
        let key = crate::support::fresh_key();
        let request = server
            .client
            .post(format!("{}/events/{event}/bookings", server.url));
        let request = request
            .header("Origin", &server.url)
            .header("Cookie", format!("buyer={token}"));
        let booked = request
            .form(&[("key", key.as_str()), ("qty-ga", "1")])
            .send()
            .await
            .unwrap();
        assert_eq!(booked.status(), 303);
        assert!(
            !header(booked.headers(), "location")
                .unwrap()
                .contains(&id[..8])
        );
    })
    .await;
}
