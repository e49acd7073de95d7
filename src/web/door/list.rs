//! The list by which a scanner decides without a network: a page of sold tickets.

use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::desk;
use super::scan_json::ScannedTicketJson;
use crate::app::App;
use crate::catalog::Event;
use crate::checkin::{self, Entry, Place};
use crate::types::{EventId, EventNo, Fingerprint, Timestamp};
use crate::web::error::Error;
use crate::web::extract;
use crate::web::headers::{is_known, link_to_next};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct ListQuery {
    /// At which gate: its list says who is in.
    gate_id: Uuid,
    /// `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,5}\\.[0-9]{1,10}$")]
    cursor: Option<String>,
}

/// A page of the sold tickets of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = OfflineList)]
pub(in crate::web) struct OfflineListJson<'a> {
    event_id: EventId,
    gate_id: Uuid,
    /// By tier and seat, 5,000 at most.
    tickets: Vec<OfflineTicketJson<'a>>,
    /// For the `cursor` of the next page; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A sold ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = OfflineTicket)]
struct OfflineTicketJson<'a> {
    /// The first 12 bytes of the SHA-256 of the event's id, a space, and the code in capitals; in base64url.
    code_hash: String,
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

/// The page that the query asks for.
///
/// # Errors
/// 404 for a gate that there is not, 422 for a cursor; those of the database.
pub(in crate::web) async fn answer(
    app: &App,
    request: &HttpRequest,
    event: &Event,
) -> Result<HttpResponse, Error> {
    let query: ListQuery = extract::query(request)?;
    let after: Place = match &query.cursor {
        Some(text) => extract::parse("/cursor", text)?,
        None => Place::default(),
    };
    let list = list_of_gate(app, event.no, query.gate_id).await?;
    let page = checkin::page(desk(app, event), list, after).await?;
    let next_cursor = page.next.map(|place| place.to_string());
    let tickets = page.entries.into_iter();
    let json = OfflineListJson {
        event_id: event.id,
        gate_id: query.gate_id,
        tickets: tickets.filter_map(|entry| row(event, entry)).collect(),
        next_cursor: next_cursor.clone(),
    };
    let body = serde_json::to_vec(&json).map_err(|error| Error::defect(&error))?;
    let hash = Fingerprint::of([body.as_slice()]).0;
    let etag = format!("\"{:032x}\"", u128::from_be_bytes(hash));
    if is_known(request, &etag) {
        let mut response = HttpResponse::NotModified();
        return Ok(response.insert_header((ETAG, etag)).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, etag));
    link_to_next(&mut response, request, next_cursor);
    Ok(response.content_type("application/json").body(body))
}

fn row(event: &Event, entry: Entry) -> Option<OfflineTicketJson<'_>> {
    Some(OfflineTicketJson {
        code_hash: BASE64URL_NOPAD.encode(&entry.code_hash),
        ticket: ScannedTicketJson::new(event, entry.ticket, Some(entry.holder))?,
        entered_at: entry.entered_at,
        left_at: entry.left_at,
        entered_gate_id: entry.gate,
    })
}

/// The list of a gate, an open one or a closed one.
pub(super) async fn list_of_gate(app: &App, event: EventNo, gate: Uuid) -> Result<Uuid, Error> {
    let (_, gates) = checkin::gates(&app.db, event).await?;
    let gate = gates.into_iter().find(|it| it.id == gate);
    gate.map(|gate| gate.list)
        .ok_or_else(|| Error::not_found("gate"))
}
