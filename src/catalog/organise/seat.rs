//! Gives the tiers of a draft their parts of a hall, and takes them away.
//!
//! What must hold: a row belongs to one tier at most; a tier with a part of a hall has as many tickets as that has
//! seats, and no rows of its own. The part is copied into the tier with its order of best seats: whatever becomes of the
//! hall, and of how seats are rated, the tier's seats stay.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_postgres::types::Json;
use utoipa::ToSchema;

use super::capacity::follow;
use super::own::{Own, count_version, lock};
use super::{EditError, halls};
use crate::audit::{self, Actor, Entry};
use crate::catalog::must::{Must, Wrong};
use crate::catalog::status::Status;
use crate::postgres::{Db, Error, Transaction};
use crate::seating::SeatKind;
use crate::seating::hall::Hall;
use crate::seating::plan::Plan;
use crate::types::{EventId, EventNo, HallId, SeatNo, TierNo};

/// Which tier has which rows of which hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seating {
    /// The hall.
    pub hall_id: HallId,
    /// What each tier has of it; tiers that are not named keep what they are.
    pub tiers: Vec<Part>,
}

/// What a tier has of a hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The tier's code.
    #[schema(examples("stalls"))]
    pub tier: String,
    /// Its rows.
    pub rows: Vec<TakenRows>,
}

/// Rows of one section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakenRows {
    /// The section's name.
    #[schema(examples("Stalls"))]
    pub section: String,
    /// Labels of rows; all of the section if none are given.
    #[serde(default)]
    pub rows: Option<Vec<String>>,
}

/// Gives tiers of a draft their parts of a hall. Returns the event's version then.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn seat(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: i32,
    seating: &Seating,
) -> Result<i32, EditError> {
    let (kept, details) = halls::read(db, by, seating.hall_id).await?;
    let hall = Hall::parse(&details.layout).map_err(|wrong| {
        let of_hall = |it| Wrong::of_hall("/layout", it);
        EditError::Invalid(wrong.into_iter().map(of_hall).collect())
    })?;
    let plans = plans(&hall, seating)?;
    db.transaction(|transaction| {
        let (by, plans, name) = (by.clone(), plans.clone(), kept.name.clone());
        Box::pin(async move {
            let own = lock_draft(transaction, id, &by, Some(version)).await?;
            let event = &own.event;
            let mut counts = serde_json::Map::new();
            for (at, (code, plan)) in plans.iter().enumerate() {
                let tier = event
                    .tier(code)
                    .ok_or_else(|| EditError::wrong(&format!("/tiers/{at}/tier"), Must::BeTier))?;
                if !tier.is_stock() {
                    return Err(EditError::wrong(
                        &format!("/tiers/{at}/tier"),
                        Must::BeStock,
                    ));
                }
                set_plan(transaction, (event.no, tier.no), plan).await?;
                follow(transaction, event.no, tier.no).await?;
                counts.insert(code.clone(), plan.count().into());
            }
            count_version(transaction, event.no).await?;
            let entry = Entry::new(&by, "event.seated", "event", id).of(event.organisation);
            let after = json!({"hall": name, "seats": counts});
            audit::record(transaction, &entry.event(event.no).after(after)).await?;
            Ok(event.version + 1)
        })
    })
    .await
}

/// Takes a tier of a draft out of its hall: it has as many tickets as before, without seats. Returns the event's version
/// then.
///
/// # Errors
/// [`EditError`]; nothing was changed.
pub async fn unseat(
    db: &Db,
    by: &Actor,
    id: EventId,
    version: Option<i32>,
    code: &str,
) -> Result<i32, EditError> {
    db.transaction(|transaction| {
        let (by, code) = (by.clone(), code.to_owned());
        Box::pin(async move {
            let own = lock_draft(transaction, id, &by, version).await?;
            let event = &own.event;
            let tier = event.tier(&code).ok_or(EditError::NoTier)?;
            if !tier.is_stock() {
                return Err(EditError::wrong("/tier", Must::BeStock));
            }
            let clear =
                "UPDATE tiers SET seating = 'general', plan = NULL, row_blocks = NULL, wheelchair_seats = NULL,
                                          companion_seats = NULL
                         WHERE event_id = $1 AND tier_no = $2 AND plan IS NOT NULL";
            transaction.execute(clear, &[&event.no, &tier.no]).await?;
            follow(transaction, event.no, tier.no).await?;
            count_version(transaction, event.no).await?;
            let entry = Entry::new(&by, "tier.unseated", "tier", &code).of(event.organisation);
            audit::record(transaction, &entry.event(event.no)).await?;
            Ok(event.version + 1)
        })
    })
    .await
}

async fn lock_draft(
    transaction: &Transaction<'_>,
    id: EventId,
    by: &Actor,
    version: Option<i32>,
) -> Result<Own, EditError> {
    let own = lock(transaction, id, by, version).await?;
    if own.event.status == Status::Draft {
        Ok(own)
    } else {
        Err(EditError::NoDraft)
    }
}

/// The plan of each tier, in the order in which they are named.
fn plans(hall: &Hall, seating: &Seating) -> Result<Vec<(String, Plan)>, EditError> {
    let mut wrong = Vec::new();
    let mut owners: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (t, part) in seating.tiers.iter().enumerate() {
        let at = format!("/tiers/{t}");
        if seating.tiers[..t]
            .iter()
            .any(|other| other.tier == part.tier)
        {
            wrong.push(Wrong::at(format!("{at}/tier"), Must::BeAlone));
        }
        for (p, taken) in part.rows.iter().enumerate() {
            let at = format!("{at}/rows/{p}");
            let mut sections = hall.sections.iter();
            let Some(s) = sections.position(|it| it.name == taken.section) else {
                wrong.push(Wrong::at(format!("{at}/section"), Must::BeSection));
                continue;
            };
            let rows = &hall.sections[s].rows;
            let Some(labels) = &taken.rows else {
                for r in 0..rows.len() {
                    if owners.insert((s, r), t).is_some() {
                        wrong.push(Wrong::at(format!("{at}/section"), Must::BeAlone));
                        break;
                    }
                }
                continue;
            };
            for (l, label) in labels.iter().enumerate() {
                let at = format!("{at}/rows/{l}");
                match rows.iter().position(|row| row.label == *label) {
                    None => wrong.push(Wrong::at(at, Must::BeRowOfSection)),
                    Some(r) if owners.insert((s, r), t).is_some() => {
                        wrong.push(Wrong::at(at, Must::BeAlone));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let mut plans = Vec::with_capacity(seating.tiers.len());
    for (t, part) in seating.tiers.iter().enumerate() {
        match Plan::of(hall, |s, r| owners.get(&(s, r)) == Some(&t)) {
            Some(plan) => plans.push((part.tier.clone(), plan)),
            None if wrong.is_empty() => {
                let must = Must::HaveEntries(1, crate::seating::hall::ROWS_MAX);
                wrong.push(Wrong::at(format!("/tiers/{t}/rows"), must));
            }
            None => {}
        }
    }
    if wrong.is_empty() {
        Ok(plans)
    } else {
        Err(EditError::Invalid(wrong))
    }
}

/// Gives a tier without tickets the seats of a plan.
pub(super) async fn set_plan(
    transaction: &Transaction<'_>,
    (event, tier): (EventNo, TierNo),
    plan: &Plan,
) -> Result<(), Error> {
    let text: Json<serde_json::Value> = Json(serde_json::from_str(plan.text()).unwrap_or_default());
    let capacity = plan.count() as i32;
    // For servers that know no plans.
    let widest = vec![plan.widest() as i16];
    let seats = |kind: SeatKind| {
        let of_kind = plan.kinds().filter(|(_, found)| *found == kind);
        let mut seats: Vec<SeatNo> = of_kind.map(|(seat, _)| seat).collect();
        seats.sort_unstable();
        (!seats.is_empty()).then_some(seats)
    };
    let (wheelchair, companion) = (seats(SeatKind::Wheelchair), seats(SeatKind::Companion));
    let set = "UPDATE tiers SET seating = 'numbered', row_blocks = $7, plan = $3, capacity = $4,
                                wheelchair_seats = $5, companion_seats = $6
               WHERE event_id = $1 AND tier_no = $2";
    transaction
        .execute(
            set,
            &[
                &event,
                &tier,
                &text,
                &capacity,
                &wheelchair,
                &companion,
                &widest,
            ],
        )
        .await?;
    Ok(())
}
