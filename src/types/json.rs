//! Parses JSON from outside into a type, or returns the JSON pointer of the value that does not fit.
//!
//! What must hold: an error distinguishes text that is not JSON from JSON of the wrong shape. It knows no type
//! of the domain.

use serde::de::{DeserializeOwned, IgnoredAny};
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

/// Reads a text.
///
/// # Errors
/// [`JsonError`].
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    // The fast parser first; only a text that does not fit is parsed again to find the pointer.
    serde_json::from_slice(text).map_err(|error| {
        if let Err(error) = std::str::from_utf8(text) {
            return JsonError::NotJson(error.to_string());
        }
        // A value that does not fit may come before the point where the text stops being JSON.
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(text) {
            return JsonError::NotJson(error.to_string());
        }
        let deserializer = &mut serde_json::Deserializer::from_slice(text);
        match serde_path_to_error::deserialize::<_, T>(deserializer) {
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
    fn what_is_not_json_is_so_wherever_it_stops_to_be() {
        for text in ["", "{", r#"{"a/b": ["x""#, "\u{0}"] {
            let error = read::<Order>(text.as_bytes()).unwrap_err();
            assert!(matches!(error, JsonError::NotJson(_)), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_nested_deeper_than_serde_json_allows_is_not_read() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
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
