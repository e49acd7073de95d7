//! Examples of bodies: what a real server was sent and answered, from `examples.json`.
//!
//! What must hold: each conforms to its schema; each body of success and each cause has one. Tests see to both.

use std::sync::LazyLock;

use serde_json::Value;

/// By operation: `request`, and the body of each status; by `type`, under `problems`.
static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// The example of a problem with this status.
pub(super) fn of_problem(kind: &str, status: u16) -> Option<Value> {
    let example = EXAMPLES["problems"].get(kind)?;
    (example["status"] == status).then(|| example.clone())
}

/// Adds the examples of an operation's bodies.
pub(super) fn add(operation: &mut Value) {
    let examples = &EXAMPLES[operation["operationId"].as_str().unwrap_or_default()];
    if let Some(request) = examples.get("request") {
        operation["requestBody"]["content"]["application/json"]["example"] = request.clone();
    }
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let content = response.pointer_mut("/content/application~1json");
        if let (Some(content), Some(example)) = (content, examples.get(status)) {
            content["example"] = example.clone();
        }
    }
}
