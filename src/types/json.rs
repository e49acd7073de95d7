//! Parses JSON from outside into a type, or returns the JSON pointer of the value that does not fit.
//!
//! What must hold: an error distinguishes text that is not JSON from JSON of the wrong shape; an array is never taken for
//! an object. It knows no type of the domain.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_path_to_error::{Path, Segment};

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON; the reason.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but a value does not fit.
    #[error("{pointer}: {detail}")]
    Misfit {
        /// RFC 6901: `/items/0/quantity`.
        pointer: String,
        /// What is wrong with it.
        detail: String,
    },
}

/// A value that is read from an object alone: what serde derives for a struct takes an array of its fields, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// For fields: `deserialize_with`.
///
/// # Errors
/// The deserializer's.
pub fn object<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Object::deserialize(deserializer).map(|object| object.0)
}

/// The same of a field that may be missing or null.
///
/// # Errors
/// The deserializer's.
pub fn optional_object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|object| object.0))
}

/// The same of an array of objects.
///
/// # Errors
/// The deserializer's.
pub fn objects<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|object| object.0).collect())
}

/// Reads a text that holds an object.
///
/// # Errors
/// [`JsonError`].
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    // The fast parser first; only a text that does not fit is parsed again to find the pointer.
    let read = serde_json::from_slice(text).map(|Object(value)| value);
    read.map_err(|error| {
        if let Err(error) = std::str::from_utf8(text) {
            return JsonError::NotJson(error.to_string());
        }
        // A value that does not fit may come before the point where the text stops being JSON.
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(text) {
            return JsonError::NotJson(error.to_string());
        }
        let deserializer = &mut serde_json::Deserializer::from_slice(text);
        match serde_path_to_error::deserialize::<_, Object<T>>(deserializer) {
            Err(error) => JsonError::Misfit {
                pointer: pointer(error.path()),
                detail: without_position(&error.inner().to_string()),
            },
            Ok(_) => JsonError::NotJson(error.to_string()),
        }
    })
}

fn pointer(path: &Path) -> String {
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Enum { variant } => Some(format!("/{variant}")),
        Segment::Unknown => None,
    };
    path.iter().filter_map(segment).collect()
}

/// The deserializer's message without line and column, which the pointer replaces.
fn without_position(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Order {
        #[serde(rename = "a/b")]
        items: Vec<u8>,
    }

    #[test]
    fn what_fits_is_read() {
        let order: Order = read(br#"{"a/b": [7]}"#).unwrap();
        assert_eq!(order, Order { items: vec![7] });
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_pointer() {
        let Err(JsonError::Misfit { pointer, detail }) = read::<Order>(br#"{"a/b": [7, "x"]}"#)
        else {
            panic!("it fits");
        };
        assert_eq!(pointer, "/a~1b/1");
        assert_eq!(detail, r#"invalid type: string "x", expected u8"#);
    }

    #[test]
    fn an_array_is_no_object_wherever_it_stands() {
        #[derive(Debug, Deserialize)]
        struct Outer {
            #[serde(deserialize_with = "object")]
            _one: Order,
            #[serde(default, deserialize_with = "optional_object")]
            _perhaps: Option<Order>,
            #[serde(default, deserialize_with = "objects")]
            _several: Vec<Order>,
        }
        let one = r#""_one": {"a/b": []}"#;
        for (text, pointer) in [
            (r#"[{"a/b": []}]"#.to_owned(), ""),
            (r#"{"_one": [[7]]}"#.to_owned(), "/_one"),
            (format!(r#"{{{one}, "_perhaps": [[7]]}}"#), "/_perhaps"),
            (format!(r#"{{{one}, "_several": [[[7]]]}}"#), "/_several/0"),
        ] {
            let expected = JsonError::Misfit {
                pointer: pointer.to_owned(),
                detail: "invalid type: sequence, expected an object".to_owned(),
            };
            assert_eq!(read::<Outer>(text.as_bytes()).unwrap_err(), expected);
        }
        let whole = format!(r#"{{{one}, "_perhaps": null, "_several": [{{"a/b": [1]}}]}}"#);
        read::<Outer>(whole.as_bytes()).unwrap();
    }

    #[test]
    fn what_is_not_json_is_so_wherever_it_stops_to_be() {
        for text in ["", "{", r#"{"a/b": ["x""#, "\u{0}"] {
            let error = read::<Order>(text.as_bytes()).unwrap_err();
            assert!(matches!(error, JsonError::NotJson(_)), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_nested_deeper_than_serde_json_allows_is_not_read() {
        let nested = |depth: usize| {
            let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
            format!("{{\"a\": {open}{close}}}")
        };
        assert!(read::<serde_json::Value>(nested(127).as_bytes()).is_ok());
        for depth in [128, 32_000] {
            let refused = read::<serde_json::Value>(nested(depth).as_bytes());
            let Err(JsonError::Misfit { detail, .. }) = refused else {
                panic!("{depth} levels are read");
            };
            assert_eq!(detail, "recursion limit exceeded");
        }
    }
}
