//! A change of one date of a series, made to its drafts too; and whose a series is.
//!
//! What must hold: a series that buyers can see belongs to one organisation: nobody else's event becomes one of its dates,
//! by being published or once it is. (Two that publish the first date of a series at the same moment may both have it; their
//! events do not show each other's dates.) What was changed of the one becomes the same of the others, field by field; times and tiers are each
//! event's own; what is on sale is not touched. It is all of it, or nothing: one transaction with an entry for each.

use serde_json::{Map, Value};

use super::edit::{as_json, update};
use super::own::{Own, lock};
use super::{EditError, difference};
use crate::audit::{self, Actor, Entry};
use crate::catalog::details::Details;
use crate::catalog::event::Event;
use crate::catalog::must::{Must, Wrong};
use crate::postgres::Transaction;
use crate::types::EventId;

/// Drafts of a series that are changed at once.
const DRAFTS_MAX: i64 = 200;
/// Of each event its own.
const TIMES: [&str; 4] = ["starts_at", "on_sale_at", "tiers", "max_tickets_per_buyer"];
/// Within `facts`.
const OWN_FACTS: [&str; 4] = ["doors_at", "ends_at", "series", "featured"];

/// $1 organisation, $2 series, $3 the event that was changed, $4 how many at most.
const DRAFTS: &str = "
    SELECT public_id FROM events
    WHERE organisation_id = $1 AND series = $2 AND status = 'draft' AND event_id <> $3
    ORDER BY event_id LIMIT $4";

/// $1 series, $2 organisation.
const IS_ANOTHERS: &str = "
    SELECT EXISTS (SELECT FROM events WHERE series = $1 AND organisation_id <> $2 AND status <> 'draft')";

/// Fails at this field if the series is that of another organisation.
///
/// # Errors
/// [`EditError::Invalid`]; those of the database.
pub(super) async fn must_be_own(
    transaction: &Transaction<'_>,
    event: &Event,
    series: Option<&String>,
    pointer: &str,
) -> Result<(), EditError> {
    let Some(series) = series else {
        return Ok(());
    };
    let row = transaction
        .query_one(IS_ANOTHERS, &[series, &event.organisation])
        .await?;
    if row.get(0) {
        return Err(EditError::wrong(pointer, Must::BeOwnSeries));
    }
    Ok(())
}

/// Makes what was changed of an event, from `before` to the fields in `changed`, of the drafts of its series too.
pub(super) async fn change_drafts(
    transaction: &Transaction<'_>,
    by: &Actor,
    own: &Own,
    before: &Value,
    changed: &Value,
) -> Result<(), EditError> {
    let Some(series) = &own.event.facts.series else {
        return Ok(());
    };
    let event = &own.event;
    let params: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
        [&event.organisation, series, &event.no, &DRAFTS_MAX];
    for row in transaction.query(DRAFTS, &params).await? {
        let draft = lock(transaction, row.get("public_id"), by, None).await?;
        change_draft(transaction, by, &draft, before, changed).await?;
    }
    Ok(())
}

async fn change_draft(
    transaction: &Transaction<'_>,
    by: &Actor,
    draft: &Own,
    before: &Value,
    changed: &Value,
) -> Result<(), EditError> {
    let was = draft.details();
    let was_json = as_json(&was);
    let mut becomes = was_json.clone();
    take_over(&mut becomes, before, changed);
    let details: Details = serde_json::from_value(becomes).unwrap_or_else(|_| was.clone());
    let details = Details {
        tiers: was.tiers.clone(),
        ..details
    };
    let wrong = details.wrong();
    if !wrong.is_empty() {
        return Err(EditError::Invalid(of_draft(draft.event.id, wrong)));
    }
    let (old, new) = difference(&was_json, &as_json(&details));
    if new.as_object().is_some_and(Map::is_empty) {
        return Ok(());
    }
    update(transaction, draft, &details).await?;
    let event = &draft.event;
    let entry = Entry::new(by, "event.changed", "event", event.id).of(event.organisation);
    let entry = entry.event(event.no).before(old).after(new);
    audit::record(transaction, &entry).await?;
    Ok(())
}

/// Puts the fields that were changed into another event. Of objects those of their fields that were changed.
fn take_over(into: &mut Value, before: &Value, changed: &Value) {
    let (Some(into), Some(changed)) = (into.as_object_mut(), changed.as_object()) else {
        return;
    };
    for (name, value) in changed {
        if TIMES.contains(&name.as_str()) {
            continue;
        }
        if name != "facts" {
            set(into, name, value);
            continue;
        }
        let facts = into
            .entry(name)
            .or_insert_with(|| Value::Object(Map::new()));
        let (_, facts_changed) = difference(&before["facts"], value);
        for (fact, value) in facts_changed.as_object().into_iter().flatten() {
            if let (false, Some(facts)) =
                (OWN_FACTS.contains(&fact.as_str()), facts.as_object_mut())
            {
                set(facts, fact, value);
            }
        }
    }
}

fn set(into: &mut Map<String, Value>, name: &str, value: &Value) {
    if value.is_null() {
        into.shift_remove(name);
    } else {
        into.insert(name.to_owned(), value.clone());
    }
}

/// What is wrong with a draft, so that it is known which.
fn of_draft(id: EventId, wrong: Vec<Wrong>) -> Vec<Wrong> {
    let of_draft = |wrong: Wrong| Wrong::at(format!("/drafts/{id}{}", wrong.pointer), wrong.must);
    wrong.into_iter().map(of_draft).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_changed_is_taken_over_and_times_are_not() {
        let before = json!({"name": "A", "description": "x", "facts": {"doors_at": "1", "age_min": 12, "genre": "opera"}});
        let changed = json!({"name": "B", "starts_at": "9", "description": null,
                             "facts": {"doors_at": "2", "age_min": 16, "genre": "opera"}});
        let mut draft = json!({"name": "A2", "description": "y", "starts_at": "5",
                               "facts": {"doors_at": "4", "age_min": 6, "genre": "concert"}});
        take_over(&mut draft, &before, &changed);
        assert_eq!(
            draft,
            json!({"name": "B", "starts_at": "5", "facts": {"doors_at": "4", "age_min": 16, "genre": "concert"}})
        );
    }
}
