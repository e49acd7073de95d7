//! Guests who have no code: found by reference, name or seat.

use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::desk;
use super::list::list_of_gate;
use super::scan_json::ScannedTicketJson;
use crate::app::App;
use crate::catalog::Event;
use crate::checkin::{self, Found};
use crate::types::Timestamp;
use crate::web::error::Error;
use crate::web::extract;

/// Characters that are looked for at most.
const QUERY_MAX: usize = 200;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct SearchQuery {
    /// At which gate: its list says who is in.
    gate_id: Uuid,
    /// A booking's reference, a part of a name (two letters at least), or a seat.
    #[param(min_length = 1, max_length = 200)]
    q: String,
}

/// Guests that may be meant.
#[derive(Serialize, ToSchema)]
#[schema(as = Guests)]
pub(in crate::web) struct GuestsJson<'a> {
    /// 50 at most.
    tickets: Vec<GuestJson<'a>>,
}

/// A ticket that is found.
#[derive(Serialize, ToSchema)]
#[schema(as = Guest)]
struct GuestJson<'a> {
    ticket: ScannedTicketJson<'a>,
    /// When it was let in at the gate's list.
    #[schema(required = true, value_type = Option<DateTime<Utc>>)]
    entered_at: Option<Timestamp>,
    /// When it left.
    #[schema(required = true, value_type = Option<DateTime<Utc>>)]
    left_at: Option<Timestamp>,
    /// Where it was let in.
    #[schema(required = true)]
    entered_gate_id: Option<Uuid>,
}

/// The guests that the query may mean.
///
/// # Errors
/// 404 for a gate that there is not, 422 for a query that is too long; those of the database.
pub(in crate::web) async fn answer(
    app: &App,
    request: &HttpRequest,
    event: &Event,
) -> Result<HttpResponse, Error> {
    let query: SearchQuery = extract::query(request)?;
    if !(1..=QUERY_MAX).contains(&query.q.chars().count()) {
        return Err(Error::out_of_range("/q", 1, QUERY_MAX));
    }
    let list = list_of_gate(app, event.no, query.gate_id).await?;
    let found = checkin::find(desk(app, event), list, &query.q).await?;
    let tickets = found.into_iter().filter_map(|found| guest(event, found));
    Ok(HttpResponse::Ok().json(GuestsJson {
        tickets: tickets.collect(),
    }))
}

fn guest(event: &Event, found: Found) -> Option<GuestJson<'_>> {
    Some(GuestJson {
        ticket: ScannedTicketJson::new(event, found.ticket, Some(found.holder))?,
        entered_at: found.entered_at,
        left_at: found.left_at,
        entered_gate_id: found.gate,
    })
}
