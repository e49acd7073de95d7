//! The responses of an operation that are refusals: its own causes, named beside its handler, and those that follow
//! from what it is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::causes::Cause;
use super::examples;

/// Adds a response for each status that the operation may be refused with.
pub(super) fn add(path: &str, operation: &mut Value) {
    let mut by_status: BTreeMap<u16, Vec<&Cause>> = BTreeMap::new();
    for (status, kind) in causes(path, operation) {
        let causes = by_status.entry(status).or_default();
        if !causes.iter().any(|cause| cause.kind == kind) {
            causes.push(Cause::of(&kind));
        }
    }
    for (status, causes) in by_status {
        operation["responses"][status.to_string()] = response(status, &causes);
    }
}

/// Status and type of each cause.
fn causes(path: &str, operation: &mut Value) -> Vec<(u16, String)> {
    let own = operation
        .as_object_mut()
        .and_then(|operation| operation.shift_remove("x-problems"));
    let own: Vec<String> = own
        .map(|own| serde_json::from_value(own).unwrap_or_default())
        .unwrap_or_default();
    let of = |kind: String| (Cause::of(&kind).statuses[0], kind);
    let mut causes: Vec<_> = own.into_iter().map(of).collect();
    let mut invalid = |statuses: &[u16]| {
        causes.extend(
            statuses
                .iter()
                .map(|&status| (status, "invalid-request".to_owned())),
        );
    };
    if path.starts_with("/api/") {
        invalid(&[406]);
    }
    if operation.get("requestBody").is_some() {
        invalid(&[400, 408, 413, 415, 422]);
    }
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if parameters
        .iter()
        .any(|parameter| parameter["in"] == "query")
    {
        invalid(&[422]);
    }
    if path.ends_with("/publish") && operation["operationId"] == "publishEvent" {
        invalid(&[422]);
    }
    if operation["tags"][0] != "health" {
        causes.push(of("too-many-requests".to_owned()));
    }
    if !["health", "documentation"].contains(&operation["tags"][0].as_str().unwrap_or_default()) {
        causes.push(of("internal-error".to_owned()));
        causes.push(of("unavailable".to_owned()));
    }
    causes
}

fn response(status: u16, causes: &[&Cause]) -> Value {
    let references: Vec<_> = causes
        .iter()
        .map(|cause| json!({"$ref": format!("#/components/schemas/{}", cause.schema_name())}))
        .collect();
    let schema = match references.as_slice() {
        [one] => one.clone(),
        several => json!({"oneOf": several}),
    };
    let lines = causes
        .iter()
        .map(|cause| format!("`{}`: {}", cause.kind, says(status, cause)));
    let examples = causes.iter().filter_map(|cause| {
        let value = examples::of_problem(cause.kind, status)?;
        Some((cause.kind.to_owned(), json!({"value": value})))
    });
    json!({
        "description": lines.collect::<Vec<_>>().join("\n\n"),
        "headers": headers(status, causes),
        "content": {"application/problem+json": {
            "schema": schema,
            "examples": examples.collect::<serde_json::Map<_, _>>(),
        }},
    })
}

/// When the cause comes, with this status.
fn says(status: u16, cause: &Cause) -> &'static str {
    match (cause.kind, status) {
        ("invalid-request", 400) => "The request cannot be read.",
        ("invalid-request", 406) => "The client accepts nothing that is sent here.",
        ("invalid-request", 408) => "The body has not arrived in time.",
        ("invalid-request", 413) => {
            "The body is longer than 64 KiB, or a batch of scans longer than 256 KiB."
        }
        ("invalid-request", 415) => "The body is not `application/json`, not in UTF-8, or packed.",
        ("invalid-request", 422) => "A field is wrong: `errors` says which, and what it must be.",
        _ => cause.when,
    }
}

fn headers(status: u16, causes: &[&Cause]) -> Value {
    let text = |says: &str, is_required: bool| json!({"description": says, "required": is_required, "schema": {"type": "string"}});
    let mut headers = json!({
        "Content-Language": text("Of `title` and `detail`: what `Accept-Language` prefers of the offered ones.", true),
    });
    let retries = causes.iter().filter(|cause| cause.retries).count();
    if retries > 0 {
        headers["Retry-After"] = json!({
            "description": "Seconds after which asking again makes sense.",
            "required": retries == causes.len(),
            "schema": {"type": "integer", "minimum": 1},
        });
    }
    match status {
        401 => headers["WWW-Authenticate"] = text("`Bearer realm=\"boxoffice\"`.", true),
        402 => headers["Idempotent-Replayed"] = text("`true` for a replay.", false),
        415 => headers["Accept-Encoding"] = text("`identity`, if the body was packed.", false),
        429 => {
            headers["RateLimit-Policy"] = text("The limit: `\"bookings\";q=200;w=10`.", true);
            headers["RateLimit"] = text("What is left of it: `\"bookings\";r=0;t=1`.", true);
        }
        _ => {}
    }
    headers
}
