//! Changes an event, and with it the drafts of its series if that is asked for.

use super::edit::{as_json, update, wrong_now};
use super::own::lock;
use super::{EditError, difference, series};
use crate::audit::{self, Actor, Entry};
use crate::catalog::details::Details;
use crate::catalog::status::Status;
use crate::postgres::Db;
use crate::types::EventId;

/// Changes an event into what is said of it here; its tiers stay as they are. `version` is what the organiser has seen.
/// Returns the version that it is at then.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn change(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: i32,
    details: &Details,
    reach: Reach,
) -> Result<i32, EditError> {
    db.transaction(|transaction| {
        let (by, details) = (by.clone(), details.clone());
        Box::pin(async move {
            let own = lock(transaction, id, &by, Some(version)).await?;
            let before = own.details();
            let details = Details {
                tiers: before.tiers.clone(),
                ..details
            };
            let mut wrong = details.wrong();
            wrong.extend(wrong_now(&own, &details));
            if !wrong.is_empty() {
                return Err(EditError::Invalid(wrong));
            }
            let series = details.facts.series.as_ref();
            if own.event.status != Status::Draft && series != before.facts.series.as_ref() {
                series::must_be_own(transaction, &own.event, series, "/facts/series").await?;
            }
            update(transaction, &own, &details).await?;
            let (was, is) = difference(&as_json(&before), &as_json(&details));
            let entry = Entry::new(&by, "event.changed", "event", id).of(own.event.organisation);
            let entry = entry.event(own.event.no).before(was).after(is.clone());
            audit::record(transaction, &entry).await?;
            if reach == Reach::DraftsOfSeries {
                series::change_drafts(transaction, &by, &own, &as_json(&before), &is).await?;
            }
            Ok(version + 1)
        })
    })
    .await
}

/// What a change is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The event alone.
    Event,
    /// The event, and the drafts of its series.
    DraftsOfSeries,
}
