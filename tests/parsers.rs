//! Whatever text comes from outside: what reads it ends, does not panic, and takes a text for nothing but what it is.
//! `make fuzz` tries a million texts. Those of tokens, of codes on tickets and of the database's address are beside the
//! code.

use boxoffice::catalog::Cursor;
use boxoffice::config::{Origin, Rate};
use boxoffice::gateway::card::Card;
use boxoffice::gateway::signature::{sign, verify};
use boxoffice::gateway::simulated::NoticeJson;
use boxoffice::types::json::{self, JsonError};
use boxoffice::types::{IdempotencyKey, Reference, TierCode};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

/// JSON of any shape, with the names that bodies have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}".prop_map(Value::from),
        Just(Value::from("payment.succeeded")),
    ];
    let name = "id|type|payment_id|amount|currency|decline_code|~|/|[a-z]{0,3}";
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name, inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn parse_any_json_and_name_what_does_not_fit(body in any_json()) {
        let text = body.to_string();
        match json::read::<NoticeJson>(text.as_bytes()) {
            Ok(_) => prop_assert!(body.is_object()),
            Err(JsonError::Misfit { pointer, .. }) => {
                // It points at a value, or at one that is missing.
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                prop_assert!(body.pointer(parent).is_some());
            }
            Err(JsonError::NotJson(reason)) => prop_assert_eq!(reason, ""),
        }
    }

    #[test]
    fn parse_any_bytes_as_json_or_say_that_they_are_none(bytes in vec(any::<u8>(), 0..64)) {
        let read = json::read::<NoticeJson>(&bytes);
        let is_json = serde_json::from_slice::<Value>(&bytes).is_ok();
        let is_refused_as_such = matches!(read, Err(JsonError::NotJson(_)));
        prop_assert!(is_json || is_refused_as_such);
    }

    #[test]
    fn parse_any_text_as_a_cursor_in_its_one_spelling(
        text in "\\PC{0,60}",
        near in "-?[0-9a-f]{1,17}\\.[0-9a-f]{32}",
    ) {
        for text in [text, near] {
            if let Ok(cursor) = text.parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }
    }

    #[test]
    fn parse_any_header_and_believe_none_but_the_signature_of_this_body(
        header in "\\PC{0,80}",
        near in "t=-?[0-9]{1,20}(,v1=[0-9a-fA-F]{64}){0,7}",
        seconds in any::<i64>(),
        body in vec(any::<u8>(), 0..64),
        other in vec(any::<u8>(), 0..64),
    ) {
        let key = [7; 32];
        prop_assert_eq!(verify(&key, &header, &body), None);
        prop_assert_eq!(verify(&key, &near, &body), None);
        let signed = sign(&key, seconds, &body);
        prop_assert_eq!(verify(&key, &signed, &body), Some(seconds));
        prop_assert_eq!(verify(&key, &signed, &other).is_some(), other == body);
    }

    #[test]
    fn parse_any_text_as_what_people_type(text in "\\PC{0,300}", near in "[0-9A-Za-z _/:.-]{0,24}") {
        for text in [text, near] {
            if let Ok(reference) = text.parse::<Reference>() {
                prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            }
            if let Ok(card) = text.parse::<Card>() {
                prop_assert!((12..=19).contains(&card.number().len()));
                let shown = format!("{card:?}");
                prop_assert!(!shown.contains(card.number()));
            }
            if let Ok(code) = text.parse::<TierCode>() {
                prop_assert_eq!(code.as_str(), text.as_str());
            }
            if let Ok(key) = text.parse::<IdempotencyKey>() {
                prop_assert!((1..=255).contains(&key.as_str().chars().count()));
            }
            if let Ok(rate) = text.parse::<Rate>() {
                prop_assert!(rate.burst > 0 && !rate.interval.is_zero());
            }
            if let Ok(origin) = text.parse::<Origin>() {
                prop_assert_eq!(origin.to_string().parse::<Origin>().unwrap(), origin);
            }
        }
    }
}
