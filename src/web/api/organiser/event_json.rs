//! The JSON of an event as its organiser sees it, and how a change of it is read.
//!
//! What must hold: a change is a JSON Merge Patch (RFC 7396) of what the event was at the version that it names.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::catalog::Details;
use crate::catalog::organise::Own;
use crate::types::json::{self, JsonError};
use crate::types::{EventId, Timestamp};
use crate::web::error::Error;

/// An event as its organiser sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = OrganiserEvent)]
pub(super) struct OwnJson {
    id: EventId,
    /// Of its page in the shop: `/events/<address>`.
    address: String,
    /// `draft`, `publishing`, `published`, `called_off`.
    status: &'static str,
    /// Counts its changes; a change names the version that it is of.
    version: i32,
    #[schema(value_type = DateTime<Utc>)]
    created_at: Timestamp,
    /// Its picture; drawn by the pages if there is none.
    #[schema(required = true)]
    picture: Option<PictureJson>,
    #[serde(flatten)]
    details: Details,
}

/// A picture.
#[derive(Serialize, ToSchema)]
#[schema(as = Picture)]
pub(super) struct PictureJson {
    /// A hash of its content: the files are `/pictures/<name>-<width>.webp`.
    name: String,
    /// Of the largest file, in pixels.
    width: i32,
    height: i32,
}

impl From<&Own> for OwnJson {
    fn from(own: &Own) -> Self {
        let event = &own.event;
        Self {
            id: event.id,
            address: event.address.clone(),
            status: event.status.as_str(),
            version: event.version,
            created_at: event.created_at,
            picture: event.picture.as_ref().map(|picture| PictureJson {
                name: picture.name.clone(),
                width: picture.width,
                height: picture.height,
            }),
            details: own.details(),
        }
    }
}

/// What of an event or a tier is to be changed. A field that is null is unset.
#[derive(ToSchema)]
#[schema(as = EventChange)]
#[expect(dead_code, reason = "for the OpenAPI document alone")]
pub(super) struct EventChange {
    /// The version that the change is of.
    version: i32,
    /// Whether the drafts of its series are changed in the same fields: all but times and tiers.
    drafts_of_series: Option<bool>,
    #[schema(inline)]
    details: Details,
}

/// Takes the version out of a change.
///
/// # Errors
/// 422.
pub(super) fn take_version(change: &mut Map<String, Value>) -> Result<i32, Error> {
    let version = change.shift_remove("version").and_then(|it| it.as_i64());
    let version = version.and_then(|version| i32::try_from(version).ok());
    version.ok_or_else(|| Error::invalid_field("/version", "field-version"))
}

/// What `of` becomes by a change.
///
/// # Errors
/// 422, with the pointer of what does not fit.
pub(super) fn merged<T>(of: &T, change: Map<String, Value>) -> Result<T, Error>
where
    T: Serialize + serde::de::DeserializeOwned,
{
    let mut value = serde_json::to_value(of).map_err(|error| Error::defect(&error))?;
    merge(&mut value, Value::Object(change));
    let text = serde_json::to_vec(&value).map_err(|error| Error::defect(&error))?;
    json::read(&text).map_err(|error| match error {
        JsonError::NotJson(reason) => Error::not_json(reason),
        JsonError::Misfit { pointer, detail } => Error::misfit(&pointer, detail),
    })
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(fields) = target.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            fields.shift_remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_sets_what_it_names_and_unsets_what_is_null() {
        let mut event =
            json!({"name": "A", "facts": {"genre": "opera", "age_min": 12}, "list": [1, 2]});
        let change = json!({"name": "B", "facts": {"age_min": null}, "list": [3], "new": {"a": null, "b": 1}});
        merge(&mut event, change);
        let expected =
            json!({"name": "B", "facts": {"genre": "opera"}, "list": [3], "new": {"b": 1}});
        assert_eq!(event, expected);
    }
}
