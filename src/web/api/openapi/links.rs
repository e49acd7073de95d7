//! What can be done next with an answer: OpenAPI's links, by which a reader finds the way from an event to its tickets, and
//! a test tool goes it.

use serde_json::{Value, json};

/// Adds the links of an operation's answers.
pub(super) fn add(operation: &mut Value) {
    let links = match operation["operationId"].as_str().unwrap_or_default() {
        "listEvents" => {
            let event = "$response.body#/events/0/id";
            [(
                "200",
                of_event(event, "$response.body#/events/0/tiers/0/tier"),
            )]
            .to_vec()
        }
        "getEvent" => {
            let tier = "$response.body#/tiers/0/tier";
            [("200", of_event("$response.body#/id", tier))].to_vec()
        }
        "book" => ["200", "201", "202"]
            .map(|status| (status, of_booking()))
            .to_vec(),
        _ => return,
    };
    for (status, links) in links {
        operation["responses"][status]["links"] = links;
    }
}

fn of_event(event: &str, tier: &str) -> Value {
    json!({
        "event": {"operationId": "getEvent", "parameters": {"path.event_id": event}},
        "availability": {"operationId": "getAvailability", "parameters": {"path.event_id": event}},
        "seats": {
            "operationId": "getSeats",
            "parameters": {"path.event_id": event, "query.tier": tier},
        },
        "book": {
            "operationId": "book",
            "requestBody": {"event_id": event, "items": [{"tier": tier, "quantity": 1}]},
        },
    })
}

fn of_booking() -> Value {
    let booking = "$response.body#/id";
    json!({
        "booking": {"operationId": "getBooking", "parameters": {"path.booking_id": booking}},
        "cancel": {"operationId": "cancelBooking", "parameters": {"path.booking_id": booking}},
        "pay": {
            "operationId": "pay",
            "requestBody": {"booking_id": booking, "card_number": "4242424242424242"},
        },
    })
}
