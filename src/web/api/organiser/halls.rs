//! Handlers under /api/organiser/halls: an organisation's halls, listed, imported, exported, changed and deleted.

use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::actor_for;
use super::event_json::{merged, take_version};
use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::organise::halls::{self, HallDetails, KeptHall};
use crate::types::{HallId, Timestamp};
use crate::web::error::Error;
use crate::web::extract::{self, Body, LongBody};

/// A hall of the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "read by the derive alone")]
struct HallPath {
    /// The hall's id.
    hall_id: HallId,
}

/// A hall without its layout.
#[derive(Serialize, ToSchema)]
#[schema(as = HallSummary)]
struct SummaryJson {
    id: HallId,
    name: String,
    /// In which building it is.
    venue: String,
    /// How many seats it has.
    seats: i32,
    /// Counts its changes.
    version: i32,
    #[schema(value_type = DateTime<Utc>)]
    changed_at: Timestamp,
}

/// The organisation's halls.
#[derive(Serialize, ToSchema)]
#[schema(as = Halls)]
struct ListJson {
    /// By venue and name; 200 at most.
    halls: Vec<SummaryJson>,
}

/// A hall.
#[derive(Serialize, ToSchema)]
#[schema(as = Hall)]
struct HallJson {
    id: HallId,
    /// Counts its changes; a change names the version that it is of.
    version: i32,
    /// How many seats it has.
    seats: i32,
    #[schema(value_type = DateTime<Utc>)]
    changed_at: Timestamp,
    #[serde(flatten)]
    details: HallDetails,
}

/// What of a hall is to be changed.
#[derive(ToSchema)]
#[schema(as = HallChange)]
#[expect(dead_code, reason = "for the OpenAPI document alone")]
struct HallChange {
    /// The version that the change is of.
    version: i32,
    #[schema(inline)]
    details: HallDetails,
}

impl From<KeptHall> for SummaryJson {
    fn from(hall: KeptHall) -> Self {
        Self {
            id: hall.id,
            name: hall.name,
            venue: hall.venue,
            seats: hall.seats,
            version: hall.version,
            changed_at: hall.changed_at,
        }
    }
}

async fn found(app: &App, by: &Actor, id: HallId) -> Result<HallJson, Error> {
    let (hall, details) = halls::read(&app.db, by, id).await?;
    Ok(HallJson {
        id: hall.id,
        version: hall.version,
        seats: hall.seats,
        changed_at: hall.changed_at,
        details,
    })
}

/// List your halls
#[utoipa::path(
    get,
    path = "/api/organiser/halls",
    operation_id = "listHalls",
    tag = "organiser",
    responses((status = 200, description = "The halls.", body = ListJson)),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden"]))),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let halls = halls::list(&app.db, &by).await?;
    let halls = halls.into_iter().map(SummaryJson::from).collect();
    Ok(HttpResponse::Ok().json(ListJson { halls }))
}

/// Draw a hall
///
/// Or import one: what an export holds is what is sent here. A hall has 1 to 20,000 seats in at most 300 rows.
#[utoipa::path(
    post,
    path = "/api/organiser/halls",
    operation_id = "createHall",
    tag = "organiser",
    request_body = HallDetails,
    responses((status = 201, description = "The hall.", body = HallJson, headers(("Location" = String)))),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden"]))),
)]
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    body: LongBody,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let details: HallDetails = extract::json(&request, &Body(body.0))?;
    let id = halls::create(&app.db, &by, &details).await?;
    let location = format!("/api/organiser/halls/{id}");
    let hall = found(&app, &by, id).await?;
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(hall))
}

/// Read a hall
///
/// `name`, `venue` and `layout` are its export: send them as a new hall to import it.
#[utoipa::path(
    get,
    path = "/api/organiser/halls/{hall_id}",
    operation_id = "getHall",
    tag = "organiser",
    params(HallPath),
    responses((status = 200, description = "The hall.", body = HallJson)),
    security(("apiToken" = ["events:read"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsRead).await?;
    let id = extract::path_id(&request, "hall_id", "hall")?;
    Ok(HttpResponse::Ok().json(found(&app, &by, id).await?))
}

/// Change a hall
///
/// Fields that are not given stay as they are; a layout is given whole. Events that use the hall keep their seats.
#[utoipa::path(
    put,
    path = "/api/organiser/halls/{hall_id}",
    operation_id = "changeHall",
    tag = "organiser",
    params(HallPath),
    request_body = HallChange,
    responses((status = 200, description = "The hall as it is now.", body = HallJson)),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found", "edited-meanwhile"]))),
)]
pub async fn change(
    app: Data<App>,
    request: HttpRequest,
    body: LongBody,
) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "hall_id", "hall")?;
    let mut change: Map<String, Value> = extract::json(&request, &Body(body.0))?;
    let version = take_version(&mut change)?;
    let (_, mut details) = halls::read(&app.db, &by, id).await?;
    if change.contains_key("layout") {
        details.layout = Default::default();
    }
    let details = merged(&details, change)?;
    halls::change(&app.db, &by, id, version, &details).await?;
    Ok(HttpResponse::Ok().json(found(&app, &by, id).await?))
}

/// Delete a hall
///
/// Events that have used it keep their seats.
#[utoipa::path(
    delete,
    path = "/api/organiser/halls/{hall_id}",
    operation_id = "deleteHall",
    tag = "organiser",
    params(HallPath),
    responses((status = 204, description = "It is gone.")),
    security(("apiToken" = ["events:write"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn remove(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let by = actor_for(&app, &request, Scope::EventsWrite).await?;
    let id = extract::path_id(&request, "hall_id", "hall")?;
    halls::delete(&app.db, &by, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
