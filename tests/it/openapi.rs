//! The OpenAPI document: it is committed, it has every route and nothing else, its examples are real, and the page that
//! shows it needs nobody else. That all answers conform to it is checked in every test: `support::contract`.

use std::collections::BTreeSet;

use boxoffice::web::api::openapi::document_text;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::served_routes;
use crate::support::contract::{close, validator};
use crate::support::{general, numbered, order, with_server};

/// The committed copy. `make openapi` writes it.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");

fn document() -> Value {
    serde_json::from_str(&document_text()).unwrap()
}

/// Each operation, with its method and path.
fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), operation)
        })
    })
}

#[tokio::test]
async fn the_served_document_is_the_committed_one() {
    if std::env::var_os("WRITE_OPENAPI").is_some() {
        std::fs::write(COMMITTED, document_text()).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    with_server(async |server| {
        let answer = server.get("/api/openapi.json").await;
        assert_eq!(answer.headers()["content-type"], "application/json");
        let served = answer.text().await.unwrap();
        assert!(
            served == committed,
            "the API's contract has changed: write it with `make openapi`, and look at the difference"
        );
    })
    .await;
}

#[test]
fn whatever_the_document_refers_to_is_in_it() {
    let (document, text) = (document(), document_text());
    let pointers: BTreeSet<_> = text
        .split("\"$ref\": \"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(pointers.len() > 50, "{pointers:?}");
    let missing: Vec<_> = pointers
        .iter()
        .filter(|pointer| document.pointer(pointer).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_document_has_every_route_of_the_api_and_nothing_else() {
    let document = document();
    let documented: BTreeSet<_> = operations(&document).map(|(name, _)| name).collect();
    let is_for_programs = |route: &String| {
        route.contains(" /api/") || ["GET /healthz", "GET /readyz"].contains(&route.as_str())
    };
    let served: BTreeSet<_> = served_routes()
        .into_iter()
        .filter(is_for_programs)
        .collect();
    assert!(served.len() >= 15, "{served:?}");
    assert_eq!(documented, served);
}

#[test]
fn the_document_has_every_type_of_problem() {
    let code = include_str!("../../src/web/error.rs");
    let listed: BTreeSet<_> = code
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
        // Only forms are refused like this.
        .filter(|kind| *kind != "other-site")
        .collect();
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let documented: BTreeSet<_> = schemas
        .values()
        .filter_map(|schema| schema["properties"]["type"]["const"].as_str())
        .collect();
    assert!(listed.len() > 20, "{listed:?}");
    assert_eq!(documented, listed);
    for (name, operation) in operations(&document) {
        assert!(operation.get("x-problems").is_none(), "{name}");
        assert!(operation["summary"].is_string(), "{name} has no summary");
    }
}

#[test]
fn each_answer_and_each_problem_has_an_example_and_all_examples_conform() {
    let mut document = document();
    close(&mut document);
    let (mut shown, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, operation) in operations(&document) {
        let request = operation["requestBody"]["content"].as_object();
        let responses = operation["responses"].as_object().unwrap().values();
        let contents = responses.filter_map(|response| response["content"].as_object());
        for (kind, media) in request.into_iter().chain(contents).flatten() {
            let schema = validator(&document, &media["schema"]);
            let several = media["examples"].as_object().into_iter().flatten();
            let several = several.map(|(_, example)| &example["value"]);
            let examples: Vec<_> = media.get("example").into_iter().chain(several).collect();
            if examples.is_empty() && kind == "application/json" && !name.ends_with("openapi.json")
            {
                wrong.push(format!("{name}: a body has no example"));
            }
            for example in examples {
                shown.extend(example["type"].as_str());
                let errors = schema.iter_errors(example);
                wrong.extend(
                    errors.map(|error| format!("{name}: {} {error}", error.instance_path())),
                );
            }
        }
    }
    let schemas = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .values();
    let causes = schemas.filter_map(|schema| schema["properties"]["type"]["const"].as_str());
    wrong.extend(
        causes
            .filter(|kind| !shown.contains(kind))
            .map(|kind| format!("{kind} has no example")),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn what_streams_send_conforms_too() {
    let mut document = document();
    close(&mut document);
    with_server(async |server| {
        let tiers = [general("ga", 5), numbered("vip", 20, &[10])];
        let event = server.event(&tiers).await;
        let wanted = order(event, Uuid::new_v4(), &[("ga", 1), ("vip", 2)]);
        server.book(&wanted).await.made();
        let path = format!("/api/events/{event}/availability/stream?seats=vip");
        let mut stream = server.get(&path).await;
        let mut text = String::new();
        for (name, schema) in [("availability", "Availability"), ("seats", "SeatChanges")] {
            let schema = json!({"$ref": format!("#/components/schemas/{schema}")});
            let schema = validator(&document, &schema);
            let begin = format!("event: {name}\ndata: ");
            let message: Value = loop {
                let after = text.split_once(&begin).map(|(_, after)| after);
                if let Some((data, _)) = after.and_then(|after| after.split_once("\n\n")) {
                    break serde_json::from_str(data).unwrap();
                }
                let chunk = stream.chunk().await.unwrap().expect("a message");
                text += std::str::from_utf8(&chunk).unwrap();
            };
            let errors = schema.iter_errors(&message).map(|error| error.to_string());
            assert_eq!(errors.collect::<Vec<_>>(), [""; 0], "{message}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_nothing_inline() {
    with_server(async |server| {
        let page = server.get("/api/docs").await;
        let policy = page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'self';") && !policy.contains("unsafe"),
            "{policy}"
        );
        let page = page.text().await.unwrap();
        assert!(
            !page.contains("<style") && !page.contains("style=") && !page.contains("//"),
            "{page}"
        );
        let mut files = 0;
        for part in page
            .split(['"', '\''])
            .filter(|part| part.starts_with("/api/docs/"))
        {
            let file = server.get(part).await;
            assert_eq!(file.status(), 200, "{part}");
            let etag = file.headers()["etag"].clone();
            let again = server.client.get(format!("{}{part}", server.url));
            let again = again.header("If-None-Match", etag).send().await.unwrap();
            assert_eq!(again.status(), 304, "{part}");
            let packed = server.client.get(format!("{}{part}", server.url));
            let packed = packed
                .header("Accept-Encoding", "br, gzip")
                .send()
                .await
                .unwrap();
            if part.contains("swagger") {
                assert_eq!(coding(packed.headers()), "gzip", "{part}");
            }
            files += 1;
        }
        assert_eq!(files, 4);
        assert_eq!(server.get("/api/docs/nothing.js").await.status(), 404);
    })
    .await;
}

fn coding(headers: &HeaderMap) -> &str {
    headers
        .get("content-encoding")
        .map_or("", |coding| coding.to_str().unwrap())
}
