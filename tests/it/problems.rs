//! Problems say what is wrong in the reader's language; what programs read is the same in every language.

use reqwest::RequestBuilder;
use reqwest::header::ACCEPT_LANGUAGE;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Answer, Server, as_buyer, fresh_key, general, order, with_server};

/// Sends an order whose sender reads these languages.
async fn book_in(server: &Server, body: &serde_json::Value, languages: &str) -> Answer {
    let request = server.client.post(format!("{}/api/bookings", server.url));
    let request = request.header("Idempotency-Key", fresh_key());
    send(as_buyer(&server.db, request, body).await, languages).await
}

async fn send(request: RequestBuilder, languages: &str) -> Answer {
    let request = request.header(ACCEPT_LANGUAGE, languages);
    Answer::of(request.send().await.unwrap()).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_sold_out_event_says_so_in_german() {
    with_server(async |server| {
        let tiers = [general("ga", 1), general("vip", 5)];
        let event = server.event(&tiers).await;
        let wanted = order(event, Uuid::new_v4(), &[("ga", 2), ("vip", 6)]);
        let plain = server.book(&wanted).await;
        let german = book_in(server, &wanted, "de-AT").await;
        assert_eq!(german.problem(409), "sold-out");
        assert_eq!(german.json["title"], "Ausverkauft");
        let detail = "GA: noch 1 verfügbar, 2 angefragt; VIP: noch 5 verfügbar, 6 angefragt";
        assert_eq!(german.json["detail"], detail);
        let detail = "GA has 1 left, 2 were asked for; VIP has 5 left, 6 were asked for";
        assert_eq!(
            (&plain.json["title"], &plain.json["detail"]),
            (&json!("Sold out"), &json!(detail))
        );
        assert_eq!(german.json["tiers"], plain.json["tiers"]);
        for (answer, language) in [(german, "de"), (plain, "en")] {
            assert_eq!(header(&answer, "content-language"), language);
            assert_eq!(header(&answer, "vary"), "Accept-Language");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_fields_keep_their_pointers_in_arabic() {
    with_server(async |server| {
        let event = server.event(&[general("ga", 5), general("vip", 5)]).await;
        let wrong = order(event, Uuid::new_v4(), &[("ga", 0), ("nope", 1)]);
        let arabic = book_in(server, &wrong, "ar").await;
        assert_eq!(arabic.problem(422), "invalid-request");
        assert_eq!(arabic.json["title"], "الطلب غير صالح");
        assert_eq!(
            arabic.json["errors"],
            json!([
                {"pointer": "/items/0/quantity", "detail": "يجب أن يكون 1 على الأقل"},
                {"pointer": "/items/1/tier", "detail": "يجب أن يكون رمز إحدى فئات الفعالية"},
            ])
        );
        let first = "/items/0/quantity يجب أن يكون 1 على الأقل";
        assert_eq!(arabic.json["detail"], first);
        let english = server.book(&wrong).await;
        assert_eq!(
            english.json["detail"],
            "/items/0/quantity must be at least 1"
        );
        // What a parser says stays as it is.
        let misfit = json!({"event_id": event, "buyer_id": Uuid::new_v4(), "items": 7});
        let arabic = book_in(server, &misfit, "ar").await;
        let english = server.book(&misfit).await;
        assert_eq!(arabic.json["errors"], english.json["errors"]);
        assert_ne!(arabic.json["title"], english.json["title"]);
    })
    .await;
}

#[tokio::test]
async fn the_language_with_the_greatest_weight_that_is_offered_counts() {
    with_server(async |server| {
        for (languages, expected, title) in [
            ("tlh", "en", "Not found"),
            ("", "en", "Not found"),
            ("*", "en", "Not found"),
            ("de;q=0", "en", "Not found"),
            ("de;q=0.5, fr;q=0.9", "fr", "Introuvable"),
            ("tlh, es ; q=0.2, ja; q=0.3", "ja", "見つかりません"),
            ("es-MX", "es", "No encontrado"),
            ("de;q=x, \u{fffd}", "en", "Not found"),
        ] {
            for path in ["/api/nothing", "/api/events/1", "/api/bookings/1/cancel/2"] {
                let request = server.client.get(format!("{}{path}", server.url));
                let answer = send(request, languages).await;
                assert_eq!(answer.problem(404), "not-found");
                assert_eq!(answer.json["title"], title, "{languages}: {path}");
                assert_eq!(header(&answer, "content-language"), expected);
            }
        }
    })
    .await;
}
