//! The OpenAPI document: made once from the types and annotations beside the handlers, served at /api/openapi.json.
//!
//! An annotation (`#[utoipa::path]`) names the parameters, the body, and the answers of success; its `x-problems`
//! names the causes of refusals that are its own. `refusals` makes responses of them, with the causes that many
//! endpoints share, `causes` describes each cause, `examples` has an example of each answer. `docs/openapi.json` is
//! the committed copy.
//!
//! What must hold: tests/it/openapi.rs fails if the copy differs, if a route is missing here, and if any answer of the
//! test suite does not conform. Nothing is computed here for a request but the served bytes' entity tag, once.

mod causes;
mod examples;
mod links;
mod refusals;

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::ETAG;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::organiser::{codes, events as own_events, picture, publishing, tiers};
use super::{
    answers, bookings, buyers, docs, events, feed, move_answers, organiser, payments, status,
    stream,
};
use crate::gateway::simulated::signing_key::HEADER as SIGNATURE;
use crate::report::By;
use crate::types::Fingerprint;
use crate::web::headers::{REVALIDATE, is_known};

/// What integrators must know before they read of single endpoints.
const INTRODUCTION: &str = include_str!("openapi/introduction.md");

#[derive(OpenApi)]
#[openapi(
    info(
        title = "boxoffice",
        description = INTRODUCTION,
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "This server.")),
    tags(
        (name = "events", description = "What is on, and what is free. Anybody may ask, scripts of other sites too."),
        (name = "buyers", description = "Who books."),
        (name = "bookings", description = "Tickets of one buyer and one event, held or paid for."),
        (name = "payments", description = "Charges of cards."),
        (name = "organiser", description = "An organisation's own events, from draft to sale, and what is sold: API tokens alone."),
        (name = "check-in", description = "Scans at the door, for programs that organisers use."),
        (name = "health", description = "For load balancers and monitoring."),
        (name = "documentation", description = "This document."),
    ),
    paths(
        events::list, events::get, events::availability, stream::availability, events::seats,
        buyers::create,
        bookings::book, bookings::list, bookings::get, bookings::cancel,
        move_answers::take, answers::asked, answers::get, answers::change,
        payments::pay, payments::get, payments::webhook,
        organiser::reports::report, organiser::reports::series, organiser::reports::export,
        organiser::bookings::find, organiser::bookings::history, organiser::bookings::cancel,
        organiser::blocks::list, organiser::blocks::create, organiser::blocks::change, organiser::blocks::delete,
        organiser::box_office::give, organiser::box_office::sell, organiser::box_office::due,
        organiser::box_office::given_back,
        organiser::bookings::note, organiser::changes::give_back, organiser::changes::exchange,
        organiser::changes::hand_over, organiser::call_off::begin, organiser::call_off::progress,
        organiser::moving::begin, organiser::moving::progress,
        organiser::scans::scan, organiser::scans::scan_all, organiser::scans::undo,
        organiser::gates::read, organiser::offline::list, organiser::guests::search,
        organiser::gates::create_list, organiser::gates::change_list,
        organiser::halls::list, organiser::halls::create, organiser::halls::read, organiser::halls::change,
        organiser::halls::remove, organiser::seating::set, organiser::seating::remove,
        organiser::gates::create, organiser::gates::change, organiser::gates::close,
        own_events::list, own_events::create, own_events::get, own_events::change, own_events::delete,
        own_events::duplicate, publishing::publish, publishing::progress, picture::set, picture::remove,
        tiers::add, tiers::change, tiers::remove,
        organiser::questions::get, organiser::questions::set,
        codes::list, codes::add, codes::change, codes::withdraw,
        status::status, status::alive,
        document, docs::page, docs::file,
    ),
    // Within a stream's messages.
    components(schemas(feed::SeatChangesJson, By)),
)]
struct Api;

/// The document's bytes, and their entity tag.
static SERVED: LazyLock<(Bytes, String)> = LazyLock::new(|| {
    let text = document_text();
    let hash = u128::from_be_bytes(Fingerprint::of([text.as_bytes()]).0);
    (Bytes::from(text), format!("\"{hash:032x}\""))
});

/// Read this document
///
/// OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "getDocument",
    tag = "documentation",
    responses(
        (status = 200, description = "The document.", body = Object, content_type = "application/json",
            headers(("ETag" = String))),
        (status = 304, description = "The client has it.", headers(("ETag" = String))),
    ),
    security(()),
)]
pub async fn document(request: HttpRequest) -> HttpResponse {
    let (text, etag) = &*SERVED;
    let is_known = is_known(&request, etag);
    let mut response = HttpResponseBuilder::new(match is_known {
        true => StatusCode::NOT_MODIFIED,
        false => StatusCode::OK,
    });
    response.insert_header((ETAG, etag.as_str()));
    response.insert_header(REVALIDATE);
    if is_known {
        return response.finish();
    }
    response.content_type("application/json");
    response.body(text.clone())
}

/// The document as it is served and committed.
pub fn document_text() -> String {
    let mut document = serde_json::to_value(Api::openapi()).unwrap_or_default();
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    merge_facts(&mut document["components"]["schemas"]);
    require_details(&mut document["components"]["schemas"]);
    merge_details(&mut document["components"]["schemas"]);
    name_translations(&mut document);
    add_readiness(&mut document);
    allow_empty(&mut document["paths"]["/api/events"]["get"]["parameters"]);
    // A booking of no ticket is refused. Of alternatives (`anyOf`) generators make a type each, without the other fields.
    document["components"]["schemas"]["NewBooking"]["not"] =
        json!({"properties": {"items": {"maxItems": 0}, "seats": {"maxItems": 0}}});
    document["components"]["securitySchemes"] = security_schemes();
    document["components"]["headers"] = json!({"X-Request-Id": {
        "description": "The request's id, for whoever looks for it in a log.",
        "required": true,
        "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    }});
    causes::add_schemas(&mut document["components"]["schemas"]);
    for (path, operation) in operations(&mut document) {
        refusals::add(&path, operation);
        complete_headers(operation);
        examples::add(operation);
        links::add(operation);
    }
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// Each operation with its path.
fn operations(document: &mut Value) -> impl Iterator<Item = (String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object_mut().into_iter().flatten();
        methods.map(move |(_, operation)| (path.clone(), operation))
    })
}

/// An event's facts are fields of the event. As parts of one schema each part would forbid the other's fields to whoever
/// forbids fields that are not named.
fn merge_facts(schemas: &mut Value) {
    let parts = schemas["Event"]["allOf"].take();
    let facts = schemas["Facts"].clone();
    let mut own = parts[1].clone();
    for (name, schema) in facts["properties"].as_object().into_iter().flatten() {
        own["properties"][name] = schema.clone();
        // What is missing where events are written; here nothing is.
        if let Some(schema) = own["properties"][name].as_object_mut() {
            schema.shift_remove("default");
        }
    }
    if let (Some(own), Some(more)) = (own["required"].as_array_mut(), facts["required"].as_array())
    {
        own.extend(more.iter().cloned());
    }
    own["description"] = schemas["Event"]["description"].take();
    schemas["Event"] = own;
    // Who writes one may name no other field; an answer may have more.
    if let Some(translation) = schemas["Translation"].as_object_mut() {
        translation.shift_remove("additionalProperties");
    }
    // Who writes them leaves out what is not known.
    if let Some(facts) = schemas["Facts"].as_object_mut() {
        facts.shift_remove("required");
    }
}

/// What whoever writes a new event, venue or tier must say. The program reads what is missing as empty, so that it can
/// name all that is wrong at once; that is no default.
fn require_details(schemas: &mut Value) {
    for (name, required) in [
        ("Details", &["name", "starts_at", "currency", "venue"][..]),
        (
            "VenueDetails",
            &["name", "city", "country", "time_zone"][..],
        ),
        ("TierDetails", &["tier", "name"][..]),
    ] {
        schemas[name]["required"] = json!(required);
        let properties = &mut schemas[name]["properties"];
        for field in required.iter().chain(&["capacity"]) {
            if let Some(schema) = properties.get_mut(*field).and_then(Value::as_object_mut) {
                schema.shift_remove("default");
            }
        }
    }
    schemas["Details"]["properties"]["starts_at"]["type"] = "string".into();
}

/// A map has the name of its Rust type; contracts call it by what is in it.
fn name_translations(document: &mut Value) {
    const TYPE: &str = "BTreeMap";
    let schemas = &mut document["components"]["schemas"];
    let mut translations = schemas[TYPE].take();
    if let Some(schemas) = schemas.as_object_mut() {
        schemas.shift_remove(TYPE);
    }
    translations["description"] = "An event's texts in other languages, by ISO 639.".into();
    if let Some(texts) = translations["additionalProperties"].as_object_mut() {
        // Each may be missing.
        texts.shift_remove("required");
    }
    schemas["Translations"] = translations;
    rename(
        document,
        &format!("#/components/schemas/{TYPE}"),
        "#/components/schemas/Translations",
    );
}

/// Lets every reference to the one be one to the other.
fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| rename(field, from, to)),
        Value::Array(list) => list.iter_mut().for_each(|entry| rename(entry, from, to)),
        Value::String(text) if text == from => to.clone_into(text),
        _ => {}
    }
}

/// What organisers write of an event or a tier is a part of what they read of it, and of its change: as above, one
/// schema each.
fn merge_details(schemas: &mut Value) {
    for (name, part) in [
        ("OrganiserEvent", "Details"),
        ("EventChange", "Details"),
        ("TierChange", "TierDetails"),
        ("Hall", "HallDetails"),
        ("HallChange", "HallDetails"),
        ("PromoCode", "PromoCodeDetails"),
        ("PromoCodeChange", "PromoCodeDetails"),
    ] {
        let details = schemas[part].clone();
        let mut own = schemas[name].take();
        if let Some(parts) = own["allOf"].as_array() {
            let with_own = parts
                .iter()
                .find(|part| part["properties"]["version"].is_object());
            let description = own["description"].clone();
            own = with_own.cloned().unwrap_or_default();
            own["description"] = description;
        }
        if let Some(properties) = own["properties"].as_object_mut() {
            properties.shift_remove("details");
        }
        if let Some(required) = own["required"].as_array_mut() {
            required.retain(|name| name != "details");
        }
        for (field, schema) in details["properties"].as_object().into_iter().flatten() {
            let mut schema = schema.clone();
            // That is what a field is if whoever writes a new one does not say it: an answer has them all, and what a
            // change does not name stays.
            if let Some(schema) = schema.as_object_mut() {
                schema.shift_remove("default");
            }
            own["properties"][field] = schema;
        }
        schemas[name] = own;
    }
    // Of a venue a change may name what is another.
    let mut venue = schemas["VenueDetails"].clone();
    if let Some(venue) = venue.as_object_mut() {
        venue.shift_remove("required");
    }
    schemas["EventChange"]["properties"]["venue"] = venue;
    let Some(change) = schemas["EventChange"]["properties"].as_object_mut() else {
        return;
    };
    change.shift_remove("tiers");
    // As a JSON Merge Patch has it: null unsets a list.
    for list in change.values_mut() {
        if list["type"] == "array" {
            list["type"] = json!(["array", "null"]);
        }
    }
}

/// Forms send filters that are empty: one is as good as none.
fn allow_empty(filters: &mut Value) {
    for filter in filters.as_array_mut().into_iter().flatten() {
        let schema = filter["schema"].take();
        filter["schema"] = json!({"anyOf": [schema, {"type": "string", "maxLength": 0}]});
    }
}

/// `/readyz` is `/api/status` by another name.
fn add_readiness(document: &mut Value) {
    let mut item = document["paths"]["/api/status"].clone();
    item["get"]["operationId"] = "getReadiness".into();
    document["paths"]["/readyz"] = item;
}

/// Who may do what: see the introduction.
fn security_schemes() -> Value {
    json!({
        "buyerToken": {
            "type": "http", "scheme": "bearer",
            "description": "The token of `POST /api/buyers`. Its buyer may book, and read, pay and cancel their own \
                bookings.",
        },
        "apiToken": {
            "type": "http", "scheme": "bearer",
            "description": "A token of `boxoffice token create`, with scopes (`events:read`, `events:write`, `bookings:read`, \
                `bookings:write`, `check-in`) and an expiry. It acts for the buyer whom `on_behalf_of` names, or for the organiser. `check-in` is for scanners.",
        },
        "bookingLink": {
            "type": "apiKey", "in": "query", "name": "access",
            "description": "The signature of a booking's link. Who has it may read and pay that booking, not cancel \
                it, and sees no other.",
        },
        "webhookSignature": {
            "type": "apiKey", "in": "header", "name": SIGNATURE,
            "description": "`t=<Unix seconds>,v1=<hex>`: the HMAC-SHA-256 of `<t>.<body>` under the key that the \
                gateway and this server share. Valid for five minutes.",
        },
    })
}

/// Every answer names its request. A header whose type is an option may be missing.
fn complete_headers(operation: &mut Value) {
    for (_, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        response["headers"]["X-Request-Id"] = json!({"$ref": "#/components/headers/X-Request-Id"});
        for (name, header) in response["headers"].as_object_mut().into_iter().flatten() {
            if header.get("$ref").is_some() || header.get("required").is_some() {
                continue;
            }
            let is_optional = header["schema"]["type"].is_array();
            if is_optional {
                header["schema"] = json!({"type": "string"});
            }
            header["required"] = (!is_optional).into();
            if header.get("description").is_none() {
                header["description"] = describe(name).into();
            }
        }
    }
}

/// What a header says wherever it is.
fn describe(name: &str) -> &'static str {
    match name {
        "ETag" => "Of the content; it does not change with the time of counting.",
        "Location" => "The booking's path.",
        "Retry-After" => "Seconds after which asking again makes sense.",
        _ => "",
    }
}
