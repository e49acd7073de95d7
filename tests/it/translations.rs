//! The organiser's texts in other languages: shown to those who read them, and found.

use std::collections::BTreeMap;

use boxoffice::catalog::{self, NewEvent, Translation};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Server, general, with_server};

fn text(words: &str) -> Option<String> {
    Some(words.to_owned())
}

/// An event in English and, but for its terms, in German.
async fn event(server: &Server) -> Uuid {
    let told = |event: &mut NewEvent| {
        event.name = "Snow Night".into();
        event.facts.terms = text("Wear boots.");
        event.facts.refund_policy = text("Until noon.");
        let german = Translation {
            name: text(" Schneenacht "),
            description: text("Ein Abend mit Streichern."),
            terms: None,
            refund_policy: text("Bis mittags."),
            tiers: BTreeMap::from([("ga".into(), "Stehplatz <oben>".into())]),
        };
        event.facts.translations = BTreeMap::from([("de".into(), german)]);
    };
    server.event_with(&[general("ga", 9)], told).await
}

async fn page(server: &Server, path: &str, languages: &str) -> String {
    let url = format!("{}{path}", server.url);
    let request = server.client.get(url).header("Accept-Language", languages);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn readers_are_shown_the_organisers_words_in_their_language() {
    with_server(async |server| {
        let event = event(server).await;
        let path = server.event_path(event).await;
        let german = page(server, &path, "de-AT").await;
        for words in [
            "<h1>Schneenacht</h1>",
            "Ein Abend mit Streichern.",
            "Bis mittags.",
            "Wear boots.",
            "Stehplatz &#60;oben&#62;",
        ] {
            assert!(german.contains(words), "{words}: {german}");
        }
        assert!(!german.contains("Snow Night<"), "{german}");
        for (path, languages) in [(path.clone(), "en"), (format!("/fr{path}"), "de")] {
            let other = page(server, &path, languages).await;
            for words in [
                "<h1>Snow Night</h1>",
                "An evening of strings.",
                "Until noon.",
            ] {
                assert!(other.contains(words), "{words}: {other}");
            }
            assert!(!other.contains("Schneenacht"), "{other}");
        }
        assert!(page(server, "/de/", "en").await.contains("Schneenacht"));
        assert!(
            page(server, "/?q=schneenacht", "en")
                .await
                .contains("Snow Night")
        );
        assert!(
            page(server, "/de/events.atom", "en")
                .await
                .contains("Schneenacht")
        );
        let json: Value = server
            .get(&format!("/api/events/{event}"))
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(json["name"], "Snow Night");
        assert_eq!(
            json["translations"]["de"],
            json!({"name": "Schneenacht", "description": "Ein Abend mit Streichern.", "terms": null,
                "refund_policy": "Bis mittags.", "tiers": {"ga": "Stehplatz <oben>"}})
        );
    })
    .await;
}

#[tokio::test]
async fn translations_that_make_no_sense_are_refused() {
    with_server(async |server| {
        let of = |language: &str, translation: Value| {
            let translation = serde_json::from_value(translation).unwrap();
            BTreeMap::from([(language.to_owned(), translation)])
        };
        for (translations, reason) in [
            (of("German", json!({})), "must be a language's code"),
            (of("DE", json!({})), "must be a language's code"),
            (
                of("de", json!({"name": " "})),
                "translations/de/name must be 1 to 200",
            ),
            (
                of("de", json!({"tiers": {"vip": "Loge"}})),
                "translations/de/tiers/vip must be the code of a tier",
            ),
            (
                of("de", json!({"tiers": {"ga": ""}})),
                "translations/de/tiers/ga must be",
            ),
            (
                of("de", json!({"terms": "x".repeat(10_001)})),
                "translations/de/terms must be",
            ),
            (
                (0..21)
                    .map(|no| (format!("a{}", (b'a' + no) as char), Translation::default()))
                    .collect(),
                "translations must have 0 to 20 entries",
            ),
        ] {
            let mut refused = server.new_event(&[general("ga", 1)]).await;
            refused.facts.translations = translations;
            let error = catalog::create(&server.db, &refused).await.unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert_eq!(server.count("SELECT count(*) FROM events").await, 0);
    })
    .await;
}
