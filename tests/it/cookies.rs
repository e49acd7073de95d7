//! The cookie that makes a browser a buyer: how it is set, and that a planted one is not adopted.

use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use boxoffice::types::BuyerId;
use reqwest::Response;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Server, fresh_key, general, order, text, token, with_server, with_settings};

/// The cookie that an answer sets: its name, its value, and how.
fn set_cookie(answer: &Response) -> Option<(String, String, String)> {
    let mut cookies = answer.headers().get_all("set-cookie").iter();
    let cookie = cookies.next()?.to_str().unwrap();
    assert!(cookies.next().is_none(), "two cookies");
    let (name, rest) = cookie.split_once('=').unwrap();
    let (value, how) = rest.split_once("; ").unwrap();
    Some((name.to_owned(), value.to_owned(), how.to_owned()))
}

/// Books by the form of the event's page, with this cookie.
async fn book(server: &Server, event: Uuid, origin: &str, cookie: &str) -> Response {
    let request = server
        .client
        .post(format!("{}/events/{event}/bookings", server.url));
    let request = request.header("Origin", origin).header("Cookie", cookie);
    let key = fresh_key();
    let fields = [("key", key.as_str()), ("qty-ga", "1")];
    let answer = request.form(&fields).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    answer
}

/// The buyer of the only booking; it is deleted.
async fn take_buyer(server: &Server) -> BuyerId {
    let buyer = server.text("SELECT buyer_id::text FROM bookings").await;
    for statement in [
        "UPDATE tickets SET booking_id = NULL",
        "DELETE FROM booking_items",
        "DELETE FROM bookings",
    ] {
        server.sql(statement).await;
    }
    buyer.parse().unwrap()
}

#[tokio::test]
async fn a_planted_cookie_is_not_adopted() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let planted = BuyerId::make();
        let good = token(&server.db, &json!(planted)).await;
        // Signed by another installation.
        let forged = format!("{}{}", &good[..40], "A".repeat(good.len() - 40));
        for cookie in [
            format!("buyer={forged}"),
            format!("buyer={planted}"),
            format!("buyer={}", &good[..good.len() - 1]),
            "buyer=".to_owned(),
            format!("__Host-buyer={good}"),
        ] {
            let url = format!("{}{}", server.url, server.event_path(event).await);
            let page = server
                .client
                .get(url)
                .header("Cookie", &cookie)
                .send()
                .await;
            let (_, by_page, _) = set_cookie(&page.unwrap()).expect("a new buyer");
            let booked = book(server, event, &server.url, &cookie).await;
            let (name, value, _) = set_cookie(&booked).expect("a new buyer");
            assert_eq!(name, "buyer");
            let buyer = take_buyer(server).await;
            assert_ne!(buyer, planted, "{cookie}");
            let principal = server.app.access.authenticate(&value).await.unwrap();
            assert_eq!(principal.buyer(), Some(buyer));
            assert_ne!(by_page, value);
        }
        let own = book(server, event, &server.url, &format!("buyer={good}")).await;
        assert_eq!(take_buyer(server).await, planted);
        assert_eq!(set_cookie(&own).expect("it is renewed").1, good);
    })
    .await;
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host_and_to_https() {
    let us = "https://tickets.example";
    let how = "HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000";
    let how_by_https = "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=31536000";
    for (flags, us, name, how) in [
        (
            &["--public-url", us][..],
            Some(us),
            "__Host-buyer",
            how_by_https,
        ),
        (
            &["--public-url", "http://shop.example"],
            Some("http://shop.example"),
            "buyer",
            how,
        ),
        (&[], None, "buyer", how),
    ] {
        with_settings(flags, async |server| {
            let event = server.event(&[general("ga", 5)]).await;
            let us = us.unwrap_or(&server.url);
            let form = server.client.post(format!("{}/buyers", server.url));
            let form = form.header("Origin", us);
            for answer in [
                server.get(&server.event_path(event).await).await,
                form.send().await.unwrap(),
                book(server, event, us, "").await,
            ] {
                let (set, _, attributes) = set_cookie(&answer).expect("a cookie");
                assert_eq!((set.as_str(), attributes.as_str()), (name, how));
            }
            let buyer = take_buyer(server).await;
            let token = token(&server.db, &json!(buyer)).await;
            book(server, event, us, &format!("{name}={token}")).await;
            assert_eq!(take_buyer(server).await, buyer);
            // What another host of the domain, or plain HTTP, could have set.
            let other = if name == "buyer" {
                "__Host-buyer"
            } else {
                "buyer"
            };
            book(server, event, us, &format!("{other}={token}")).await;
            assert_ne!(take_buyer(server).await, buyer);
        })
        .await;
    }
}

#[tokio::test]
async fn a_cookie_counts_for_pages_alone_and_makes_nobody_an_api_token() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5)]).await;
        let body = order(event, Uuid::new_v4(), &[("ga", 1)]);
        let booking = server.book(&body).await.made();
        let buyer = token(&server.db, &booking["buyer_id"]).await;
        let hour = Duration::from_secs(3600);
        let scopes = [Scope::BookingsRead, Scope::BookingsWrite];
        let made = api_token::create(&server.db, "till", &scopes, hour).await;
        let (_, api_token) = made.unwrap();
        let id = text(&booking["id"]);
        for (path, token, status) in [
            (format!("/bookings/{id}"), &buyer, 200),
            (format!("/bookings/{id}"), &api_token, 404),
            (format!("/api/bookings/{id}"), &buyer, 404),
            ("/api/bookings".to_owned(), &buyer, 401),
        ] {
            let request = server.client.get(format!("{}{path}", server.url));
            let request = request.header("Cookie", format!("buyer={token}"));
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
        }
    })
    .await;
}
