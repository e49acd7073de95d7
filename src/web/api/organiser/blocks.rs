//! Handlers of blocks: tickets that an organiser keeps off sale, and gives back.

use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{caller, event, event_for};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::booking::{self, Block, BlockError, Issue, Kept, RequestedItem, RequestedSeat};
use crate::catalog::Event;
use crate::types::json;
use crate::types::{BookingId, BookingKind, EventId, Reference, Timestamp};
use crate::web::api::parameters::{EventPath, IdempotencyKeyParam};
use crate::web::error::Error;
use crate::web::extract::{self, Body};
use crate::web::issue;

/// A block of tickets that are kept off sale.
#[derive(Serialize, ToSchema)]
#[schema(as = Block)]
struct BlockJson<'a> {
    id: BookingId,
    reference: Reference,
    /// Why.
    #[schema(required = true)]
    reason: Option<&'a str>,
    #[schema(value_type = DateTime<Utc>)]
    created_at: Timestamp,
    /// Tickets that it has now; 0 once all are given back.
    tickets: i32,
    /// In the order of the event's tiers.
    items: Vec<BlockItemJson<'a>>,
}

/// The tickets of one tier.
#[derive(Serialize, ToSchema)]
#[schema(as = BlockItem)]
struct BlockItemJson<'a> {
    /// The tier's code.
    tier: &'a str,
    quantity: i32,
    /// Row and number of each, such as `A-7`; of a tier without numbered seats the number alone.
    seats: Vec<String>,
}

/// The blocks of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = Blocks)]
struct BlocksJson<'a> {
    /// The newest first; 500 at most.
    blocks: Vec<BlockJson<'a>>,
}

impl<'a> BlockJson<'a> {
    fn new(block: &'a Block, event: &'a Event) -> Self {
        let has_tickets = block.status.holds_tickets();
        let items = block.items.iter().filter(|_| has_tickets);
        let items = items.filter_map(|item| {
            let tier = event.tier_no(item.tier)?;
            Some(BlockItemJson {
                tier: tier.code.as_str(),
                quantity: item.quantity,
                seats: item.seats.iter().map(|&seat| tier.label(seat)).collect(),
            })
        });
        let items: Vec<_> = items.collect();
        Self {
            id: block.id,
            reference: block.reference,
            reason: block.reason.as_deref(),
            created_at: block.created_at,
            tickets: items.iter().map(|item| item.quantity).sum(),
            items,
        }
    }
}

/// Tickets to keep off sale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBlock)]
struct NewBlockJson {
    /// Quantities by tier, each tier once at most. With `seats` 1,000 tickets at most.
    #[serde(default, deserialize_with = "json::objects")]
    items: Vec<RequestedItem>,
    /// Named seats of numbered tiers. A tier has an entry in `items` or seats here.
    #[serde(default, deserialize_with = "json::objects")]
    seats: Vec<RequestedSeat>,
    /// Why, for organisers alone; 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, examples("Sound desk"))]
    reason: String,
}

/// List the blocks of an event
///
/// Those that have tickets.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/blocks",
    operation_id = "listBlocks",
    tag = "organiser",
    params(EventPath),
    responses((status = 200, description = "The blocks.", body = BlocksJson)),
    security(("apiToken" = ["bookings:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let token = caller(&app, &request, Scope::BookingsRead).await?;
    let event = event(&app, &request, &token).await?;
    let blocks = booking::blocks(&app.db, event.no).await?;
    let json = blocks.iter().map(|block| BlockJson::new(block, &event));
    Ok(HttpResponse::Ok().json(BlocksJson {
        blocks: json.collect(),
    }))
}

/// Keep tickets off sale
///
/// Takes free tickets as a booking would, all or nothing, 1,000 at most in one block; also before the sale opens and after
/// the event has begun. Buyers see them as not available. They let nobody in.
#[utoipa::path(
    post,
    path = "/api/organiser/events/{event_id}/blocks",
    operation_id = "createBlock",
    tag = "organiser",
    params(EventPath, IdempotencyKeyParam),
    request_body = NewBlockJson,
    responses(
        (status = 201, description = "The block.", body = BlockJson,
            headers(("Location" = String, description = "The block's path."))),
        (status = 200, description = "A replay: this key has made this block before. It is shown as it is now.",
            body = BlockJson, headers(("Idempotent-Replayed" = String, description = "`true`."))),
    ),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!([
        "unauthenticated", "forbidden", "not-found", "sold-out", "held-by-others", "seats-taken", "over-limit",
        "not-on-sale", "called-off", "idempotency-key-reused", "overloaded",
    ]))),
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let key = extract::idempotency_key(&request)?;
    let asked: NewBlockJson = extract::json(&request, &body)?;
    let wanted = Issue {
        kind: BookingKind::Withheld,
        key,
        items: asked.items,
        seats: asked.seats,
        reason: Some(issue::reason(&asked.reason)?),
        contact: None,
        terms: String::new(),
    };
    let made = issue::issue(&app, &by, &event, wanted).await?;
    let mut answer = match made.replayed {
        true => HttpResponse::Ok(),
        false => HttpResponse::Created(),
    };
    if made.replayed {
        answer.insert_header(("Idempotent-Replayed", "true"));
    } else {
        let path = format!(
            "/api/organiser/events/{}/blocks/{}",
            event.id, made.booking.id
        );
        answer.insert_header((LOCATION, path));
    }
    Ok(answer.json(BlockJson::new(&made.booking, &event)))
}

/// A block of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct BlockPath {
    /// The event's id.
    event_id: EventId,
    /// The block's id.
    booking_id: BookingId,
}

/// What a block is to have from now on; what it does not have is not taken. Sending the same again changes nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BlockChange)]
struct BlockChangeJson {
    /// How many tickets of these tiers it keeps at most; of other tiers it keeps what it has.
    #[serde(default, deserialize_with = "json::objects")]
    items: Vec<KeptItemJson>,
    /// Seats to give back. Those that it does not have are passed over.
    #[serde(default, deserialize_with = "json::objects")]
    seats: Vec<RequestedSeat>,
}

/// How many tickets of a tier a block keeps.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeptItem)]
struct KeptItemJson {
    /// The tier's code.
    #[schema(examples("vip"))]
    tier: String,
    /// 0 gives all of it back.
    #[schema(minimum = 0)]
    quantity: i64,
}

/// Give some tickets of a block back
///
/// They are free at once.
#[utoipa::path(
    patch,
    path = "/api/organiser/events/{event_id}/blocks/{booking_id}",
    operation_id = "changeBlock",
    tag = "organiser",
    params(BlockPath),
    request_body = BlockChangeJson,
    responses((status = 200, description = "The block as it is now.", body = BlockJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let asked: BlockChangeJson = extract::json(&request, &body)?;
    let items = asked.items.into_iter().map(|item| RequestedItem {
        tier: item.tier,
        quantity: item.quantity,
    });
    let kept = Kept {
        nothing: false,
        items: items.collect(),
        without: asked.seats,
    };
    give_back(&app, &request, (&event, &by), &kept).await
}

/// Give a block back
///
/// All of it. Its tickets are free at once. Giving it back again changes nothing and is answered alike.
#[utoipa::path(
    delete,
    path = "/api/organiser/events/{event_id}/blocks/{booking_id}",
    operation_id = "deleteBlock",
    tag = "organiser",
    params(BlockPath),
    responses((status = 200, description = "The block, without tickets.", body = BlockJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn delete(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (event, by) = event_for(&app, &request, Scope::EventsWrite).await?;
    let kept = Kept {
        nothing: true,
        ..Kept::default()
    };
    give_back(&app, &request, (&event, &by), &kept).await
}

async fn give_back(
    app: &App,
    request: &HttpRequest,
    (event, by): (&Event, &Actor),
    kept: &Kept,
) -> Result<HttpResponse, Error> {
    let id: BookingId = extract::path_id(request, "booking_id", "block")?;
    let released = booking::give_back(&app.db, by, event, id, kept).await?;
    app.lanes.released(event.no, &released);
    let block = booking::get(&app.db, id).await?;
    let block = block.ok_or(BlockError::NotFound)?;
    Ok(HttpResponse::Ok().json(BlockJson::new(&block, event)))
}
