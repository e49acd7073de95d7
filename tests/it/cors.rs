//! What scripts of other sites may do under /api: read events, and what `--cors-origin` allows its origins.

use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::json;

use crate::support::{Server, general, with_server, with_settings};

const SHOP: &str = "https://shop.example";
const SETTINGS: [&str; 4] = [
    "--cors-origin",
    SHOP,
    "--cors-origin",
    "http://localhost:3000",
];

async fn send(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", server.url);
    let request = server.client.request(method, url);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.send().await.unwrap()
}

async fn preflight(server: &Server, origin: &str, path: &str, method: &str) -> Response {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
    ];
    send(server, Method::OPTIONS, path, &headers).await
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn everybodys_scripts_may_read_events_and_nothing_else() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 1)]).await;
        for path in [
            "/api/events".to_owned(),
            format!("/api/events/{event}/availability"),
        ] {
            let read = send(server, Method::GET, &path, &[("Origin", SHOP)]).await;
            assert_eq!(
                header(read.headers(), "access-control-allow-origin"),
                "*",
                "{path}"
            );
            let asked = preflight(server, SHOP, &path, "GET").await;
            assert_eq!(asked.status(), 204, "{path}");
            assert_eq!(
                header(asked.headers(), "access-control-allow-methods"),
                "GET, HEAD, OPTIONS"
            );
            assert!(
                header(asked.headers(), "access-control-allow-headers").contains("If-None-Match")
            );
        }
        for path in [
            "/api/bookings",
            "/api/payments",
            "/api/buyers",
            "/api/nothing",
        ] {
            for answer in [
                preflight(server, SHOP, path, "POST").await,
                send(server, Method::POST, path, &[("Origin", SHOP)]).await,
            ] {
                assert_eq!(
                    header(answer.headers(), "access-control-allow-origin"),
                    "",
                    "{path}"
                );
                assert_eq!(
                    header(answer.headers(), "access-control-allow-methods"),
                    "",
                    "{path}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn scripts_of_named_origins_may_book_and_read_what_comes_of_it() {
    with_settings(&SETTINGS, async |server| {
        for (origin, is_named) in [
            (SHOP, true),
            ("http://localhost:3000", true),
            ("http://localhost:3001", false),
            ("https://shop.example.evil.example", false),
            ("null", false),
        ] {
            let allowed = if is_named { origin } else { "" };
            let asked = preflight(server, origin, "/api/bookings", "POST").await;
            let headers = asked.headers();
            assert_eq!(header(headers, "access-control-allow-origin"), allowed);
            let methods = if is_named {
                "GET, HEAD, POST, OPTIONS"
            } else {
                ""
            };
            assert_eq!(header(headers, "access-control-allow-methods"), methods);
            if is_named {
                let sent = header(headers, "access-control-allow-headers");
                assert!(
                    ["Authorization", "Content-Type", "Idempotency-Key"]
                        .iter()
                        .all(|it| sent.contains(it))
                );
                assert_eq!(header(headers, "access-control-max-age"), "600");
            }
            // Refusals, too, can be read.
            let refused = send(server, Method::POST, "/api/bookings", &[("Origin", origin)]).await;
            let headers = refused.headers();
            assert_eq!(header(headers, "access-control-allow-origin"), allowed);
            assert_eq!(
                header(headers, "access-control-expose-headers").contains("Retry-After"),
                is_named
            );
            assert_eq!(header(headers, "access-control-allow-credentials"), "");
            let varies = headers.get_all("vary").iter().any(|vary| vary == "Origin");
            assert_eq!(varies, is_named);
        }
        let made = send(server, Method::POST, "/api/buyers", &[("Origin", SHOP)]).await;
        assert_eq!(made.status(), 201);
        assert_eq!(header(made.headers(), "access-control-allow-origin"), SHOP);
        // Pages are nobody else's.
        let page = send(server, Method::GET, "/bookings", &[("Origin", SHOP)]).await;
        assert_eq!(header(page.headers(), "access-control-allow-origin"), "");
        let body: serde_json::Value = made.json().await.unwrap();
        assert_ne!(body, json!(null));
    })
    .await;
}
