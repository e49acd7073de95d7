//! Handler: the list by which a scanner decides without a network.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::event_for;
use crate::access::api_token::Scope;
use crate::app::App;
use crate::web::api::parameters::{EventPath, KnownParam};
use crate::web::door::list::{self, ListQuery, OfflineListJson};
use crate::web::error::Error;

/// List the sold tickets, to scan without a network
///
/// Page by page. A code that is in no page of the list is not to be let in. There are no e-mail addresses in it.
#[utoipa::path(
    get,
    path = "/api/organiser/events/{event_id}/check-in/list",
    operation_id = "listForScanners",
    tag = "check-in",
    params(EventPath, ListQuery, KnownParam),
    responses(
        (status = 200, description = "A page of the list.", body = OfflineListJson,
            headers(("ETag" = String),
                    ("Link" = Option<String>, description = "`rel=\"next\"`: the next page, if there is one."))),
        (status = 304, description = "The client has it.", headers(("ETag" = String))),
    ),
    security(("apiToken" = ["check-in"])),
    extensions(("x-problems" = json!(["unauthenticated", "forbidden", "not-found"]))),
)]
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (event, _) = event_for(&app, &request, Scope::CheckIn).await?;
    list::answer(&app, &request, &event).await
}
