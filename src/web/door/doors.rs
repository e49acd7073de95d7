//! The doors of an event: lists, gates, and how many are in.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::availability::Counts;
use crate::catalog::Event;
use crate::checkin::{self, Gate, GateCount, List};
use crate::types::{EventId, TierNo, Timestamp};
use crate::web::error::Error;

/// The doors of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckIn)]
pub(in crate::web) struct CheckInJson<'a> {
    event_id: EventId,
    /// Guests who were let in without a network, and should not have been.
    conflicts: i64,
    lists: Vec<ListJson<'a>>,
    gates: Vec<GateJson>,
}

/// Who is admitted.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckInList)]
pub(in crate::web) struct ListJson<'a> {
    id: Uuid,
    name: String,
    /// The codes of the tiers that it admits; null is every tier.
    #[schema(required = true)]
    tiers: Option<Vec<&'a str>>,
    /// Whether who has left may come in again.
    allows_reentry: bool,
    /// Sold tickets that it admits, a few seconds ago.
    sold: i64,
    /// Tickets that were let in.
    entered: i64,
    /// Those of them that are in now.
    inside: i64,
}

/// Where tickets are scanned.
#[derive(Serialize, ToSchema)]
#[schema(as = Gate)]
pub(in crate::web) struct GateJson {
    id: Uuid,
    list_id: Uuid,
    name: String,
    /// When it was closed.
    #[schema(required = true, value_type = Option<DateTime<Utc>>)]
    closed_at: Option<Timestamp>,
    /// Tickets that came in last here.
    entered: i64,
    /// Those of them that are in now.
    inside: i64,
    /// When the last of them was recorded.
    #[schema(required = true, value_type = Option<DateTime<Utc>>)]
    last_at: Option<Timestamp>,
}

impl<'a> ListJson<'a> {
    pub(in crate::web) fn new(
        event: &'a Event,
        list: List,
        sold: &Counts,
        counts: &[GateCount],
    ) -> Self {
        let tiers = event.tiers.iter().filter(|tier| list.admits(tier.no));
        let sold = tiers.filter_map(|tier| sold.tier(tier.no));
        let of_list = || counts.iter().filter(|count| count.list == list.id);
        Self {
            id: list.id,
            tiers: list.tiers.as_ref().map(|tiers| codes(event, tiers)),
            allows_reentry: list.allows_reentry,
            sold: sold.map(|count| i64::from(count.sold)).sum(),
            entered: of_list().map(|count| count.tickets).sum(),
            inside: of_list().map(|count| count.inside).sum(),
            name: list.name,
        }
    }
}

impl GateJson {
    pub(in crate::web) fn new(gate: Gate, counts: &[GateCount]) -> Self {
        let of_gate = || counts.iter().filter(|count| count.gate == gate.id);
        Self {
            id: gate.id,
            list_id: gate.list,
            closed_at: gate.closed_at,
            entered: of_gate().map(|count| count.tickets).sum(),
            inside: of_gate().map(|count| count.inside).sum(),
            last_at: of_gate().map(|count| count.last_at).max(),
            name: gate.name,
        }
    }
}

fn codes<'a>(event: &'a Event, tiers: &[TierNo]) -> Vec<&'a str> {
    let tiers = tiers.iter().filter_map(|&no| event.tier_no(no));
    tiers.map(|tier| tier.code.as_str()).collect()
}

/// Lists, gates and counts.
///
/// # Errors
/// Those of the database.
pub(in crate::web) async fn answer(app: &App, event: &Event) -> Result<HttpResponse, Error> {
    let (lists, gates) = checkin::gates(&app.db, event.no).await?;
    let (counts, conflicts) = checkin::counts(&app.db, event.no).await?;
    let sold = app.availability.of(event).await?;
    let lists = lists.into_iter();
    let lists = lists.map(|list| ListJson::new(event, list, &sold, &counts));
    let gates = gates.into_iter().map(|gate| GateJson::new(gate, &counts));
    Ok(HttpResponse::Ok().json(CheckInJson {
        event_id: event.id,
        conflicts,
        lists: lists.collect(),
        gates: gates.collect(),
    }))
}
