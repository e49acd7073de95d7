//! Handler: guests who have no code.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::event_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::web::api::parameters::EventPath;
use crate::web::door::guests::{self, GuestsJson, SearchQuery};
use crate::web::error::Error;

/// Find a guest
///
/// By the booking's reference, by name or by seat. What is found can be scanned by its `ticket`.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/check-in/search",
    operation_id = "findGuests",
    tag = "check-in",
    params(EventPath, SearchQuery),
    responses((status = 200, description = "Tickets of confirmed bookings.", body = GuestsJson)),
    security(("apiToken" = ["check-in"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn search(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (event, _) = event_for(&app, &request, Scope::CheckIn).await?;
    guests::answer(&app, &request, &event).await
}
