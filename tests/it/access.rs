//! Who may do what: every route of the route table, asked by everyone there is.

use std::collections::BTreeSet;
use std::time::Duration;

use boxoffice::access::api_token::{self, Scope};
use boxoffice::access::{self, Access};
use boxoffice::types::{BookingId, BookingLink, BuyerId};
use data_encoding::BASE64URL_NOPAD;
use futures::future::join_all;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::gateway::LATER_CARD;
use crate::support::{Answer, Server, fresh_key, general, order, text, token, with_server};

/// Everyone there is, in the order of a [`ROUTES`] row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Buyer,
    Another,
    Link,
    TokenWithScopes,
    TokenWithoutScopes,
    ExpiredToken,
    RevokedToken,
    Forged,
}

const EVERYONE: [Who; 9] = [
    Who::Nobody,
    Who::Buyer,
    Who::Another,
    Who::Link,
    Who::TokenWithScopes,
    Who::TokenWithoutScopes,
    Who::ExpiredToken,
    Who::RevokedToken,
    Who::Forged,
];

/// Method, path, and the statuses that everyone gets. `{booking}` is a pending booking of the buyer's.
type Route = (&'static str, &'static str, [u16; 9]);

/// A route that anyone may use, whatever they show.
const fn public(method: &'static str, path: &'static str, status: u16) -> Route {
    (method, path, [status; 9])
}

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    public("GET", "/healthz", 200),
    public("GET", "/readyz", 200),
    public("GET", "/api/status", 200),
    public("GET", "/api/events", 200),
    public("GET", "/api/events/{event_id}", 200),
    public("GET", "/api/events/{event_id}/availability", 200),
    public("GET", "/api/events/{event_id}/availability/stream", 200),
    public("GET", "/api/events/{event_id}/seats", 422),
    public("GET", "/api/events/{event_id}/questions", 200),
    public("POST", "/api/buyers", 201),
    public("GET", "/api/openapi.json", 200),
    public("GET", "/api/docs", 200),
    public("GET", "/api/docs/{file}", 404),
    // The gateway proves itself by its signature alone.
    public("POST", "/api/payments/webhook", 403),
    //                                                  nobody buyer another link scopes without expired revoked forged
    ("POST", "/api/bookings",                           [401,  201,  201,    401,  201,   403,    401,    401,    401]),
    ("GET", "/api/bookings",                            [401,  200,  200,    401,  200,   403,    401,    401,    401]),
    ("GET", "/api/bookings/{booking_id}",               [404,  200,  404,    200,  200,   403,    401,    401,    401]),
    ("POST", "/api/payments",                           [404,  201,  404,    201,  201,   403,    401,    401,    401]),
    ("GET", "/api/payments/{payment_id}",               [404,  200,  404,    200,  200,   403,    401,    401,    401]),
    ("GET", "/api/bookings/{booking_id}/answers",       [404,  200,  404,    403,  200,   403,    401,    401,    401]),
    ("PATCH", "/api/bookings/{booking_id}/answers",     [404,  415,  404,    403,  415,   403,    401,    401,    401]),
    ("POST", "/api/bookings/{booking_id}/cancel",       [404,  200,  404,    403,  200,   403,    401,    401,    401]),
    ("POST", "/api/bookings/{booking_id}/move-answer",  [404,  409,  404,    403,  409,   403,    401,    401,    401]),
    ("GET", "/api/organiser/bookings",                  [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("GET", "/api/organiser/bookings/{booking_id}/history", [401, 403, 403,  401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/bookings/{booking_id}/notes", [401, 403, 403,   401,  201,   403,    401,    401,    401]),
    ("POST", "/api/organiser/bookings/{booking_id}/returns", [401, 403, 403, 401,  422,   403,    401,    401,    401]),
    ("POST", "/api/organiser/bookings/{booking_id}/exchanges", [401, 403, 403, 401, 422,  403,    401,    401,    401]),
    ("POST", "/api/organiser/bookings/{booking_id}/handovers", [401, 403, 403, 401, 422,  403,    401,    401,    401]),
    ("POST", "/api/organiser/bookings/{booking_id}/cancel", [401, 403, 403,  401,  200,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/report",  [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/series",  [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/exports/{file}", [401, 403, 403, 401, 404, 403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/call-off", [401, 403,  403,    401,  404,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/call-off", [401, 403, 403,    401,  422,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/blocks",  [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/blocks", [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("PATCH", "/api/organiser/events/{event_id}/blocks/{booking_id}", [401, 403, 403, 401, 415, 403, 401, 401,    401]),
    ("DELETE", "/api/organiser/events/{event_id}/blocks/{booking_id}", [401, 403, 403, 401, 404, 403, 401, 401,   401]),
    ("POST", "/api/organiser/events/{event_id}/complimentary", [401, 403, 403, 401, 422,  403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/box-office", [401, 403, 403,  401,  422,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/hand-refunds", [401, 403, 403, 401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/bookings/{booking_id}/given-back", [401, 403, 403, 401, 200, 403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/move",    [401,  403,  403,    401,  404,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/move",   [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    // The token without the others' scopes has that of scanners.
    ("POST", "/api/organiser/events/{event_id}/scans",  [401,  403,  403,  401,  403,  422,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/scans/batch",[401,  403,  403,  401,  403,  422,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/scans/{scan_id}/undo",[401,  403,  403,  401,  403,  404,  401,  401,  401]),
    ("GET", "/api/organiser/events/{event_id}/check-in",[401,  403,  403,  401,  403,  200,  401,  401,  401]),
    ("GET", "/api/organiser/events/{event_id}/check-in/list",[401,  403,  403,  401,  403,  422,  401,  401,  401]),
    ("GET", "/api/organiser/events/{event_id}/check-in/search",[401,  403,  403,  401,  403,  422,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/check-in/lists",[401,  403,  403,  401,  422,  403,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/check-in/lists/{list_id}",[401,  403,  403,  401,  404,  403,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/check-in/gates",[401,  403,  403,  401,  422,  403,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/check-in/gates/{gate_id}",[401,  403,  403,  401,  404,  403,  401,  401,  401]),
    ("POST", "/api/organiser/events/{event_id}/check-in/gates/{gate_id}/close",[401,  403,  403,  401,  404,  403,  401,  401,  401]),
    ("GET", "/api/organiser/events",                    [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events",                   [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}",         [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("PATCH", "/api/organiser/events/{event_id}",       [401,  403,  403,    401,  415,   403,    401,    401,    401]),
    ("DELETE", "/api/organiser/events/{event_id}",      [401,  403,  403,    401,  409,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/publish", [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/publish", [401, 403,  403,    401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/duplicate", [401, 403, 403,   401,  422,   403,    401,    401,    401]),
    ("PUT", "/api/organiser/events/{event_id}/picture", [401,  403,  403,    401,  404,   403,    401,    401,    401]),
    ("DELETE", "/api/organiser/events/{event_id}/picture", [401, 403, 403,   401,  200,   403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/codes",   [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/codes",  [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("PATCH", "/api/organiser/events/{event_id}/codes/{code}", [401, 403, 403, 401, 415,  403,    401,    401,    401]),
    ("POST", "/api/organiser/events/{event_id}/codes/{code}/withdraw", [401, 403, 403, 401, 404, 403, 401,  401,    401]),
    ("POST", "/api/organiser/events/{event_id}/tiers",  [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("PATCH", "/api/organiser/events/{event_id}/tiers/{tier}", [401, 403, 403, 401, 415,  403,    401,    401,    401]),
    ("DELETE", "/api/organiser/events/{event_id}/tiers/{tier}", [401, 403, 403, 401, 409, 403,    401,    401,    401]),
    ("GET", "/api/organiser/events/{event_id}/questions", [401, 403, 403,    401,  200,   403,    401,    401,    401]),
    ("PUT", "/api/organiser/events/{event_id}/questions", [401, 403, 403,    401,  415,   403,    401,    401,    401]),
    ("GET", "/api/organiser/halls",                     [401,  403,  403,    401,  200,   403,    401,    401,    401]),
    ("POST", "/api/organiser/halls",                    [401,  403,  403,    401,  422,   403,    401,    401,    401]),
    ("GET", "/api/organiser/halls/{hall_id}",           [401,  403,  403,    401,  404,   403,    401,    401,    401]),
    ("PUT", "/api/organiser/halls/{hall_id}",           [401,  403,  403,    401,  404,   403,    401,    401,    401]),
    ("DELETE", "/api/organiser/halls/{hall_id}",        [401,  403,  403,    401,  404,   403,    401,    401,    401]),
    ("PUT", "/api/organiser/events/{event_id}/seating", [401,  403,  403,    401,  415,   403,    401,    401,    401]),
    ("DELETE", "/api/organiser/events/{event_id}/tiers/{tier}/seating", [401, 403, 403, 401, 409, 403, 401, 401,  401]),
    public("GET", "/robots.txt", 200),
    public("GET", "/sitemap.xml", 200),
    public("GET", "/sitemap-{section}.xml", 200),
    public("GET", "/events.atom", 200),
    public("GET", "/events.ics", 200),
    public("GET", "/events/{event}/picture.png", 200),
    public("GET", "/pictures/{file}", 404),
    public("GET", "/manifest.webmanifest", 200),
    public("GET", "/favicon.ico", 200),
    public("GET", "/static/{file}", 404),
    public("GET", "/tickets-worker.js", 200),
    public("GET", "/scan-worker.js", 200),
    // Pages take a cookie; what these send is the header, which counts there too.
    ("GET", "/",                                        [200,  200,  200,    200,  200,   200,    200,    200,    200]),
    ("GET", "/events/{event}",                          [200,  200,  200,    200,  200,   200,    401,    401,    401]),
    ("POST", "/events/{event}/bookings",                [303,  303,  303,    303,  303,   303,    401,    401,    401]),
    ("GET", "/bookings",                                [200,  200,  200,    200,  200,   200,    401,    401,    401]),
    ("GET", "/bookings/{booking_id}",                   [404,  200,  404,    200,  200,   403,    401,    401,    401]),
    ("GET", "/bookings/{booking_id}/calendar.ics",      [404,  404,  404,    404,  404,   403,    401,    401,    401]),
    ("POST", "/bookings/{booking_id}/payments",         [404,  303,  404,    303,  303,   403,    401,    401,    401]),
    ("POST", "/bookings/{booking_id}/payments/give-up", [404,  303,  404,    303,  303,   403,    401,    401,    401]),
    ("GET", "/bookings/{booking_id}/return",            [404,  303,  404,    303,  303,   403,    401,    401,    401]),
    public("GET", "/test-bank/{payment_id}", 404),
    public("POST", "/test-bank/{payment_id}", 404),
    ("POST", "/bookings/{booking_id}/answers",          [404,  303,  404,    403,  303,   403,    401,    401,    401]),
    ("POST", "/bookings/{booking_id}/cancel",           [404,  303,  404,    403,  303,   403,    401,    401,    401]),
    ("POST", "/bookings/{booking_id}/move-answer",           [404,  303,  404,    403,  303,   403,    401,    401,    401]),
    ("POST", "/buyers",                                 [303,  200,  200,    303,  303,   303,    401,    401,    401]),
    public("GET", "/bookings/find", 200),
    public("POST", "/bookings/find", 404),
    ("POST", "/buyers/code",                            [303,  200,  200,    303,  303,   303,    401,    401,    401]),
    ("POST", "/buyers/move",                            [404,  404,  404,    404,  404,   404,    401,    401,    401]),
];

/// What everyone shows.
struct Credentials {
    buyer: BuyerId,
    another: BuyerId,
    tokens: [(Who, String); 7],
}

impl Credentials {
    async fn of(server: &Server) -> Self {
        let [buyer, another] = [1, 2].map(|_| BuyerId::make());
        let scopes = [
            Scope::BookingsRead,
            Scope::BookingsWrite,
            Scope::EventsRead,
            Scope::EventsWrite,
        ];
        let hour = Duration::from_secs(3600);
        let db = &server.db;
        let make =
            async |scopes: &[Scope]| api_token::create(db, "test", scopes, hour).await.unwrap();
        let (_, with_scopes) = make(&scopes).await;
        let (_, without) = make(&[Scope::CheckIn]).await;
        let (expired_id, expired) = make(&scopes).await;
        let (revoked_id, revoked) = make(&scopes).await;
        let expire = format!(
            "UPDATE api_tokens SET expires_at = now() WHERE id = '{}'",
            expired_id.id
        );
        server.sql(&expire).await;
        api_token::revoke(db, revoked_id.id)
            .await
            .unwrap()
            .expect("a token");
        let own = server.app.access.buyer_token(buyer).await.unwrap();
        let forged = forge(&own);
        let tokens = [
            (
                Who::Another,
                server.app.access.buyer_token(another).await.unwrap(),
            ),
            (Who::Buyer, own),
            (Who::TokenWithScopes, with_scopes),
            (Who::TokenWithoutScopes, without),
            (Who::ExpiredToken, expired),
            (Who::RevokedToken, revoked),
            (Who::Forged, forged),
        ];
        Self {
            buyer,
            another,
            tokens,
        }
    }

    fn token(&self, who: Who) -> Option<&str> {
        let found = self.tokens.iter().find(|(owner, _)| *owner == who);
        found.map(|(_, token)| token.as_str())
    }
}

/// Another spelling of the same bytes: the last character has two bits that mean nothing.
fn respell(token: &str) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = token.split_at(token.len() - 1);
    let last = alphabet.iter().position(|&it| it == last.as_bytes()[0]);
    let last = last.expect("base64") | 1;
    format!("{rest}{}", char::from(alphabet[last]))
}

/// The same with its last character but one changed.
fn forge(token: &str) -> String {
    let at = token.len() - 2;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

async fn ask(
    server: &Server,
    who: Who,
    credentials: &Credentials,
    event: Uuid,
    route: &Route,
) -> Response {
    let (method, path, _) = route;
    let booking = server
        .book(&order(event, credentials.buyer.0, &[("ga", 1)]))
        .await
        .made();
    let id: BookingId = text(&booking["id"]).parse().unwrap();
    let mut path = path
        .replace("{event_id}", &event.to_string())
        .replace("/events/{event}", &server.event_path(event).await)
        .replace("{section}", "0")
        .replace("{tier}", "ga")
        .replace("{booking_id}", &id.to_string())
        .replace("{file}", "nothing.css");
    if path.contains("{payment_id}") {
        let paying = server.pay(&booking, LATER_CARD).await;
        path = path.replace("{payment_id}", text(&paying.json["id"]));
    }
    // Elsewhere a link is a query that the route does not know.
    if who == Who::Link && (path.contains("/bookings/") || path.starts_with("/api/payments")) {
        let link = BookingLink::first(id);
        let link = server.app.access.link(link).await.unwrap();
        path = format!("{path}?access={link}");
    }
    if who == Who::TokenWithScopes && *method == "GET" && path == "/api/bookings" {
        path = format!("{path}?on_behalf_of={}", credentials.another);
    }
    let method: Method = method.parse().unwrap();
    let mut request = server
        .client
        .request(method.clone(), format!("{}{path}", server.url))
        .header("Sec-Fetch-Site", "same-origin")
        .header("Origin", &server.url)
        .header("Idempotency-Key", fresh_key());
    if method == Method::POST {
        let mut body = match path.split('?').next().unwrap() {
            "/api/bookings" => json!({"event_id": event, "items": [{"tier": "ga", "quantity": 1}]}),
            "/api/payments" => json!({"booking_id": id, "card_number": "4242424242424242"}),
            path if path.ends_with("/notes") => json!({"text": "Rang about the lift."}),
            path if path.ends_with("/move-answer") => json!({"move": 1, "answer": "keep"}),
            path if path.ends_with("/call-off") => json!({"name": "another"}),
            _ => json!({}),
        };
        let acts_for_another = matches!(who, Who::TokenWithScopes | Who::TokenWithoutScopes);
        if path == "/api/bookings" && acts_for_another {
            body["on_behalf_of"] = json!(credentials.another);
        }
        let key = fresh_key();
        let fields = [
            ("key", key.as_str()),
            ("qty-ga", "1"),
            ("card_number", "4242424242424242"),
            ("move", "1"),
            ("answer", "keep"),
        ];
        request = if path.starts_with("/api/") {
            request.json(&body)
        } else {
            request.form(&fields)
        };
    }
    if let Some(token) = credentials.token(who) {
        request = request.bearer_auth(token);
    }
    request.send().await.expect("an answer")
}

/// What is wrong with the headers of an answer: which it must have, and whether it may be stored.
fn wrong_headers((method, path, _): &Route, answer: &Response) -> Option<String> {
    let header = |name: &str| {
        let values = answer.headers().get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
        values.join(", ")
    };
    let is_page = !path.starts_with("/api") && !["/healthz", "/readyz"].contains(path);
    let mut expected = vec![("x-content-type-options", "nosniff")];
    if is_page {
        expected.extend([
            ("content-security-policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; worker-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"),
            ("referrer-policy", "strict-origin"),
        ]);
    }
    let is_read = *method == "GET" && answer.status() == StatusCode::OK;
    let caching = match *path {
        "/" | "/events/{event}" if is_read => "private, no-cache",
        "/sitemap.xml" | "/sitemap-{section}.xml" | "/events.atom" | "/events.ics" if is_read => {
            "no-cache"
        }
        "/manifest.webmanifest" | "/favicon.ico" if is_read => "no-cache",
        "/events/{event}/picture.png" if is_read => "public, max-age=86400",
        "/api/events" | "/api/events/{event_id}" if is_read => "no-cache",
        "/api/openapi.json" | "/api/docs" if is_read => "no-cache",
        "/tickets-worker.js" | "/scan-worker.js" => "no-cache",
        "/api/events/{event_id}/availability" if is_read => "no-cache",
        _ => "no-store",
    };
    expected.push(("cache-control", caching));
    if is_page && header("content-type").starts_with("text/html") {
        let is_public = caching != "no-store";
        let vary = if is_public {
            "Accept-Language, accept-encoding"
        } else {
            "Accept-Language, Cookie"
        };
        expected.push(("vary", vary));
    }
    let is_wrong = |(name, value): &&(&str, &str)| header(name) != *value;
    let wrong = expected.iter().find(is_wrong);
    wrong.map(|(name, value)| format!("{name}: {:?}, not {value:?}", header(name)))
}

#[tokio::test]
async fn each_route_answers_each_sender_as_the_table_says_with_the_headers_that_it_must_have() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 2_000)]).await;
        server
            .sql("UPDATE events SET max_tickets_per_buyer = 10000")
            .await;
        let credentials = Credentials::of(server).await;
        let mut wrong = Vec::new();
        for route in ROUTES {
            for (who, expected) in EVERYONE.into_iter().zip(route.2) {
                let answer = ask(server, who, &credentials, event, route).await;
                let status = answer.status().as_u16();
                let is_wrong = status != expected;
                let status = is_wrong.then(|| format!("{status}, not {expected}"));
                if let Some(wrong_one) = status.or_else(|| wrong_headers(route, &answer)) {
                    wrong.push(format!("{} {} as {who:?}: {wrong_one}", route.0, route.1));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    })
    .await;
}

/// Every method and path of the route table. It is code; its text is where they stand.
pub(crate) fn served_routes() -> BTreeSet<String> {
    let top = include_str!("../../src/web/mod.rs");
    let json = include_str!("../../src/web/routes/json.rs");
    let pages = include_str!("../../src/web/routes/pages.rs");
    let mut served = BTreeSet::new();
    for (prefix, part) in [("", top), ("/api", json), ("", pages)] {
        for resource in part.split("at(").skip(1) {
            let Some(path) = resource
                .split('"')
                .nth(1)
                .filter(|path| path.starts_with('/'))
            else {
                continue;
            };
            let resource = resource.split(".service(").next().expect("a resource");
            for (method, call) in [
                ("GET", "get()"),
                ("POST", "post()"),
                ("PATCH", "patch()"),
                ("PUT", "put()"),
                ("DELETE", "delete()"),
            ] {
                if resource.contains(call) {
                    served.insert(format!("{method} {prefix}{path}"));
                }
            }
        }
    }
    served
}

#[test]
fn no_route_is_missing_from_the_table() {
    let served = served_routes();
    assert!(served.len() >= 20, "{served:?}");
    let tested: BTreeSet<_> = ROUTES
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(served, tested);
}

#[tokio::test]
async fn a_broken_token_is_refused_and_says_so() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let booked = server
            .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
            .await
            .made();
        let id: BookingId = text(&booked["id"]).parse().unwrap();
        let good = token(&server.db, &booked["buyer_id"]).await;
        let link = server
            .app
            .access
            .link(BookingLink::first(id))
            .await
            .unwrap();
        let mut headers = vec![
            "Bearer".to_owned(),
            "Bearer ".into(),
            "Basic dXNlcjpwYXNz".into(),
            format!("Token {good}"),
            format!("Bearer {good} {good}"),
            format!("Bearer {link}"),
            format!("Bearer bxb_{link}"),
            format!("Bearer {}", good.to_uppercase()),
            format!("Bearer {good}="),
            format!("Bearer {}", forge(&good)),
            format!("Bearer {}", respell(&good)),
            format!("Bearer bxt_{}", &good[4..]),
            format!("Bearer {}", "a".repeat(8 * 1024)),
            "Bearer bxb_ключ".into(),
            // No such algorithm here: a JSON Web Token that says "none".
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.".into(),
        ];
        headers.extend((0..good.len()).map(|end| format!("Bearer {}", &good[..end])));
        for header in headers {
            let request = server.client.get(format!("{}/api/bookings", server.url));
            let request = request.header("Authorization", header.as_bytes());
            let answer = Answer::of(request.send().await.unwrap()).await;
            assert_eq!(answer.problem(401), "unauthenticated", "{header}");
            assert_eq!(
                answer.headers["www-authenticate"],
                "Bearer realm=\"boxoffice\""
            );
        }
        let twice = server.client.get(format!("{}/api/bookings", server.url));
        let twice = twice
            .bearer_auth(&good)
            .header("Authorization", format!("Bearer {good}"));
        assert_eq!(
            Answer::of(twice.send().await.unwrap()).await.problem(401),
            "unauthenticated"
        );
    })
    .await;
}

#[tokio::test]
async fn a_link_opens_its_own_booking_alone() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let mut links = Vec::new();
        let mut ids = Vec::new();
        for _ in 0..2 {
            let booked = server
                .book(&order(event, Uuid::new_v4(), &[("ga", 1)]))
                .await
                .made();
            let id: BookingId = text(&booked["id"]).parse().unwrap();
            links.push(
                server
                    .app
                    .access
                    .link(BookingLink::first(id))
                    .await
                    .unwrap(),
            );
            ids.push(id);
        }
        for (n, id) in ids.iter().enumerate() {
            for (m, link) in links.iter().enumerate() {
                let answer = server
                    .get(&format!("/api/bookings/{id}?access={link}"))
                    .await;
                assert_eq!(answer.status().as_u16(), if n == m { 200 } else { 404 });
            }
            let link = forge(&links[n]);
            let answer = server
                .get(&format!("/api/bookings/{id}?access={link}"))
                .await;
            assert_eq!(answer.status().as_u16(), 404);
        }
    })
    .await;
}

#[tokio::test]
async fn a_signature_is_for_one_purpose() {
    with_server(async |server| {
        let access = &server.app.access;
        let id = Uuid::new_v4();
        let token = access.buyer_token(BuyerId(id)).await.unwrap();
        let bytes = BASE64URL_NOPAD.decode(&token.as_bytes()[4..]).unwrap();
        // As a link would be if the booking had the buyer's id: the version, a part of the signature.
        let link = BASE64URL_NOPAD.encode(&[&bytes[..2], &bytes[18..34]].concat());
        let right = access
            .link(BookingLink::first(BookingId(id)))
            .await
            .unwrap();
        assert_eq!(link.len(), right.len());
        assert!(
            access
                .is_link(BookingLink::first(BookingId(id)), &right)
                .await
                .unwrap()
        );
        assert!(
            !access
                .is_link(BookingLink::first(BookingId(id)), &link)
                .await
                .unwrap()
        );
    })
    .await;
}

#[tokio::test]
async fn a_scope_allows_what_it_says_and_no_more() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let buyer = Uuid::new_v4();
        let hour = Duration::from_secs(3600);
        for (scope, [list, read, book, pay, cancel]) in [
            (Scope::BookingsRead, [200, 200, 403, 403, 403]),
            (Scope::BookingsWrite, [403, 403, 201, 201, 200]),
            (Scope::EventsWrite, [403; 5]),
        ] {
            let made = api_token::create(&server.db, "till", &[scope], hour).await;
            let (_, token) = made.unwrap();
            let booked = server.book(&order(event, buyer, &[("ga", 1)])).await.made();
            let id = text(&booked["id"]);
            let items = json!([{"tier": "ga", "quantity": 1}]);
            let order = json!({"event_id": event, "on_behalf_of": buyer, "items": items});
            let payment = json!({"booking_id": id, "card_number": "4242424242424242"});
            for (method, path, body, status) in [
                (
                    Method::GET,
                    format!("/api/bookings?on_behalf_of={buyer}"),
                    None,
                    list,
                ),
                (Method::GET, format!("/api/bookings/{id}"), None, read),
                (Method::POST, "/api/bookings".to_owned(), Some(order), book),
                (Method::POST, "/api/payments".to_owned(), Some(payment), pay),
                (
                    Method::POST,
                    format!("/api/bookings/{id}/cancel"),
                    None,
                    cancel,
                ),
            ] {
                let request = server
                    .client
                    .request(method, format!("{}{path}", server.url));
                let request = request
                    .bearer_auth(&token)
                    .header("Idempotency-Key", fresh_key());
                let request = match &body {
                    Some(body) => request.json(body),
                    None => request,
                };
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), status, "{path} with {scope:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn on_behalf_of_is_for_tokens_with_the_scope() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 10)]).await;
        let credentials = Credentials::of(server).await;
        let book = async |who: Who, on_behalf_of: Value| {
            let items = json!([{"tier": "ga", "quantity": 1}]);
            let body = json!({"event_id": event, "items": items, "on_behalf_of": on_behalf_of});
            let request = server.client.post(format!("{}/api/bookings", server.url));
            let request = request.header("Idempotency-Key", fresh_key()).json(&body);
            let request = request.bearer_auth(credentials.token(who).unwrap());
            Answer::of(request.send().await.unwrap()).await
        };
        let another = json!(credentials.another);
        assert_eq!(
            book(Who::Buyer, another.clone()).await.problem(403),
            "forbidden"
        );
        let without = book(Who::TokenWithoutScopes, another.clone()).await;
        assert_eq!(without.problem(403), "forbidden");
        assert_eq!(without.json["scope"], "bookings:write");
        let unnamed = book(Who::TokenWithScopes, json!(null)).await;
        assert_eq!(unnamed.problem(422), "invalid-request");
        assert_eq!(unnamed.json["errors"][0]["pointer"], "/on_behalf_of");
        assert_eq!(server.count("SELECT count(*) FROM bookings").await, 0);
        let booked = book(Who::TokenWithScopes, another.clone()).await.made();
        assert_eq!(booked["buyer_id"], another);
    })
    .await;
}

#[tokio::test]
async fn what_a_replaced_secret_signed_is_believed_for_ninety_days() {
    with_server(async |server| {
        let buyer = BuyerId::make();
        let booking = BookingId::make();
        let before = server.app.access.buyer_token(buyer).await.unwrap();
        let link = server
            .app
            .access
            .link(BookingLink::first(booking))
            .await
            .unwrap();
        assert_eq!(access::rotate(&server.db).await.unwrap(), 2);
        // Another process, which has read the new secret.
        let fresh = Access::new(server.db.clone());
        let after = fresh.buyer_token(buyer).await.unwrap();
        assert_ne!(after, before);
        // This one learns of it from the token.
        for access in [&server.app.access, &fresh] {
            for token in [&before, &after] {
                let principal = access.authenticate(token).await.expect("believed");
                assert_eq!(principal.buyer(), Some(buyer));
            }
            assert!(
                access
                    .is_link(BookingLink::first(booking), &link)
                    .await
                    .unwrap()
            );
        }
        let age = "UPDATE secrets SET made_at = now() - interval '91 days' WHERE name = 'access'";
        server.sql(age).await;
        let later = Access::new(server.db.clone());
        assert!(
            later.authenticate(&before).await.is_err(),
            "90 days are over"
        );
        assert!(
            !later
                .is_link(BookingLink::first(booking), &link)
                .await
                .unwrap()
        );
        assert!(later.authenticate(&after).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_revoked_token_is_refused_within_five_seconds() {
    with_server(async |server| {
        let scopes = [Scope::BookingsRead];
        let hour = Duration::from_secs(3600);
        let (kept, text) = api_token::create(&server.db, "a till", &scopes, hour)
            .await
            .unwrap();
        // Two processes, which both believe it for a while.
        let processes = [&server.app.access, &Access::new(server.db.clone())];
        for access in processes {
            assert!(access.authenticate(&text).await.is_ok());
        }
        let used = "SELECT count(*) FROM api_tokens WHERE last_used_at IS NOT NULL";
        assert_eq!(server.count(used).await, 1);
        api_token::revoke(&server.db, kept.id)
            .await
            .unwrap()
            .expect("a token");
        let refused = processes.map(async |access| {
            while access.authenticate(&text).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let in_time = tokio::time::timeout(Duration::from_secs(5), join_all(refused)).await;
        in_time.expect("every process refuses it");
        let stored = server
            .text("SELECT string_agg(t::text, '') FROM api_tokens AS t")
            .await;
        assert!(!stored.contains(&text) && !stored.contains(&text[4..]));
    })
    .await;
}
