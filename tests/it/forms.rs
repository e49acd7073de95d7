//! Forms: only those that a page of this site sends are carried out.

use boxoffice::types::BuyerId;
use reqwest::{RequestBuilder, Response};
use serde_json::json;
use uuid::Uuid;

use crate::support::{
    FREE, Server, fresh_key, general, numbered, order, text, token, with_server, with_settings,
};

/// What the browser says of where a form comes from: Origin, Sec-Fetch-Site. `{us}` is the server's address.
type Says<'a> = (Option<&'a str>, Option<&'a str>);

/// Sends a form, with these words about where it comes from.
async fn submit(server: &Server, path: &str, says: Says<'_>, cookie: &str) -> Response {
    let key = fresh_key();
    let card = "4242424242424242";
    let fields = [
        ("key", key.as_str()),
        ("qty-ga", "1"),
        ("card_number", card),
    ];
    let request = server.client.post(format!("{}{path}", server.url));
    let request = say(request, &server.url, says);
    let request = request.header("Cookie", cookie).form(&fields);
    request.send().await.unwrap()
}

fn say(mut request: RequestBuilder, us: &str, (origin, site): Says<'_>) -> RequestBuilder {
    if let Some(origin) = origin {
        request = request.header("Origin", origin.replace("{us}", us));
    }
    if let Some(site) = site {
        request = request.header("Sec-Fetch-Site", site);
    }
    request
}

const US: Option<&str> = Some("{us}");
const SAME_ORIGIN: Option<&str> = Some("same-origin");

#[tokio::test]
async fn a_form_that_is_not_of_this_site_changes_nothing() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let buyer = BuyerId::make();
        let booking = server
            .book(&order(event, buyer.0, &[("ga", 1)]))
            .await
            .made();
        let cookie = format!("buyer={}", token(&server.db, &booking["buyer_id"]).await);
        let booking = text(&booking["id"]);
        let other_port = server.url.rsplit_once(':').unwrap().0;
        for path in [
            format!("/events/{event}/bookings"),
            format!("/bookings/{booking}/payments"),
            format!("/bookings/{booking}/cancel"),
            "/buyers".to_owned(),
        ] {
            for says in [
                (None, None),
                (Some("null"), None),
                (Some(""), None),
                (Some("https://evil.example"), None),
                (Some("{us}.evil.example"), None),
                (Some("{us}/"), None),
                (Some(other_port), None),
                (Some("{us} https://evil.example"), None),
                // What one header says is not made good by the other.
                (Some("null"), SAME_ORIGIN),
                (Some("https://evil.example"), SAME_ORIGIN),
                (US, Some("cross-site")),
                (US, Some("same-site")),
                (US, Some("none")),
                (None, Some("cross-site")),
                (None, Some("same-site")),
                (None, Some("none")),
                (None, Some("")),
            ] {
                let refused = submit(server, &path, says, &cookie).await;
                assert_eq!(refused.status(), 403, "{path} {says:?}");
                assert!(!refused.headers().contains_key("set-cookie"));
                let page = refused.text().await.unwrap();
                assert!(
                    page.contains("Nothing was booked, nothing was changed"),
                    "{page}"
                );
                let is_silent = says == (None, None);
                assert_eq!(
                    page.contains("did not say from which site"),
                    is_silent,
                    "{page}"
                );
            }
        }
        let pending = "SELECT count(*) FROM bookings WHERE status = 'pending'";
        assert_eq!(server.count(pending).await, 1);
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 1);
        assert_eq!(server.count("SELECT count(*) FROM payments").await, 0);
        assert_eq!(server.count(FREE).await, 4);
        for says in [(US, None), (None, SAME_ORIGIN), (US, SAME_ORIGIN)] {
            let path = format!("/events/{event}/bookings");
            let booked = submit(server, &path, says, &cookie).await;
            assert_eq!(booked.status(), 303, "{says:?}");
        }
        assert_eq!(server.count(FREE).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_headers_of_one_name_must_both_be_right() {
    with_server(async |server| {
        let send = async |origins: [&str; 2]| {
            let mut request = server.client.post(format!("{}/buyers", server.url));
            for origin in origins {
                request = request.header("Origin", origin);
            }
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!(send([&server.url, "https://evil.example"]).await, 403);
        assert_eq!(send(["https://evil.example", &server.url]).await, 403);
    })
    .await;
}

#[tokio::test]
async fn the_public_address_is_the_only_one_that_forms_come_from_if_it_is_named() {
    let flags = ["--public-url", "https://tickets.example"];
    with_settings(&flags, async |server| {
        for (origin, status) in [
            ("https://tickets.example", 303),
            ("http://tickets.example", 403),
            ("https://tickets.example:8443", 403),
            ("{us}", 403),
        ] {
            let answer = submit(server, "/buyers", (Some(origin), None), "").await;
            assert_eq!(answer.status(), status, "{origin}");
        }
    })
    .await;
}

/// Sends a form by a proxy that writes these headers.
async fn submit_by_proxy(server: &Server, origin: &str, headers: &[(&str, &str)]) -> u16 {
    let request = server.client.post(format!("{}/buyers", server.url));
    let mut request = request.header("Origin", origin);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_proxy_says_by_which_address_a_form_came_and_only_a_trusted_one_is_believed() {
    let reported: [&[(&str, &str)]; 4] = [
        &[
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "tickets.example"),
        ],
        &[("X-Forwarded-Proto", "https"), ("Host", "tickets.example")],
        &[(
            "Forwarded",
            "for=192.0.2.1;proto=https;host=tickets.example",
        )],
        &[(
            "Forwarded",
            "host=evil.example, proto=https;host=\"tickets.example:443\"",
        )],
    ];
    let us = "https://tickets.example";
    with_settings(&["--trusted-proxy", "127.0.0.1"], async |server| {
        for headers in reported {
            assert_eq!(
                submit_by_proxy(server, us, headers).await,
                303,
                "{headers:?}"
            );
            let evil = "https://evil.example";
            assert_eq!(submit_by_proxy(server, evil, headers).await, 403);
        }
        // One of two that disagree was passed on: neither is believed.
        let both = [
            ("X-Forwarded-Host", "tickets.example"),
            ("Forwarded", "proto=https;host=evil.example"),
        ];
        assert_eq!(submit_by_proxy(server, us, &both).await, 403);
        assert_eq!(
            submit_by_proxy(server, "https://evil.example", &both).await,
            403
        );
    })
    .await;
    with_server(async |server| {
        for headers in reported {
            assert_eq!(
                submit_by_proxy(server, us, headers).await,
                403,
                "{headers:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_link_of_a_booking_begins_with_the_address_by_which_its_page_was_asked_for() {
    for (flags, headers, origin) in [
        (&[][..], &[][..], None),
        (
            &["--public-url", "https://tickets.example"],
            &[],
            Some("https://tickets.example"),
        ),
        (
            &["--trusted-proxy", "127.0.0.1"],
            &[("X-Forwarded-Proto", "https"), ("Host", "shop.example")],
            Some("https://shop.example"),
        ),
        // Nobody's word is taken for it.
        (
            &[],
            &[
                ("X-Forwarded-Host", "evil.example"),
                ("X-Forwarded-Proto", "https"),
            ],
            None,
        ),
    ] {
        with_settings(flags, async |server| {
            let event = server.event(&[general("ga", 5)]).await;
            let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
            let booking = server.book(&body).await.made();
            server.pay(&booking, "4242424242424242").await.made();
            let token = token(&server.db, &booking["buyer_id"]).await;
            let id = text(&booking["id"]);
            let url = format!("{}/bookings/{id}", server.url);
            let mut request = server.client.get(url).bearer_auth(token);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let page = request.send().await.unwrap().text().await.unwrap();
            let link = format!("{}/bookings/{id}?access=", origin.unwrap_or(&server.url));
            let shown = page.split("value=\"").find(|it| it.contains("?access="));
            assert!(
                shown.is_some_and(|it| it.starts_with(&link)),
                "{shown:?}, not {link}"
            );
        })
        .await;
    }
}

#[tokio::test]
async fn a_form_with_more_seats_or_quantities_than_any_order_has_is_refused_unread() {
    with_server(async |server| {
        let event = server.event(&[numbered("vip", 20, &[10])]).await;
        let cookie = format!("buyer={}", token(&server.db, &json!(Uuid::new_v4())).await);
        let key = fresh_key();
        // Each its own tier; seats and quantities of the same tiers, which do not agree.
        let tiers: Vec<String> = (0..2_500).map(|n| format!("t{n}")).collect();
        for (seats, quantities) in [(201, 0), (0, 201), (2_500, 0), (0, 2_500), (1_500, 1_500)] {
            let seats = tiers.iter().take(seats);
            let seats = seats.map(|tier| ("seat".to_owned(), format!("{tier}:A:1")));
            let quantities = tiers.iter().take(quantities);
            let quantities = quantities.map(|tier| (format!("qty-{tier}"), "2".to_owned()));
            let mut fields = vec![("key".to_owned(), key.clone())];
            fields.extend(seats.chain(quantities));
            let path = server.event_path(event).await;
            let request = server.client.post(format!("{}{path}/bookings", server.url));
            let request = request.header("Origin", &server.url);
            let request = request.header("Cookie", &cookie).form(&fields);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 422, "{}", fields.len());
            let page = answer.text().await.unwrap();
            assert!(
                page.contains("One booking can hold 10 tickets"),
                "{}: {page}",
                fields.len()
            );
        }
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
    })
    .await;
}
