//! For which of several organisations somebody works just now.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{Known, Refused};
use super::shell::Shell;
use crate::access::organiser::session::Membership;
use crate::app::App;
use crate::web::error::Error;

#[derive(Template)]
#[template(path = "admin/organisations.html")]
struct OrganisationsPage {
    shell: Shell,
    memberships: Vec<Membership>,
}

/// GET /admin/organisations
pub async fn list(app: Data<App>, request: HttpRequest, who: Known) -> Result<HttpResponse, Error> {
    let page = OrganisationsPage {
        shell: Shell::for_known(&request, &who, "organisations"),
        memberships: app.organisers.memberships(who.0.organiser).await?,
    };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/organisations
pub async fn choose(app: Data<App>, who: Known, fields: Fields) -> Result<HttpResponse, Refused> {
    let id = value_of(&fields, "organisation").and_then(|text| text.parse().ok());
    let id = id.ok_or_else(|| Error::not_found("organisation"))?;
    if !app.organisers.work_for(&who.0, id).await? {
        return Err(Error::not_found("organisation").into());
    }
    Ok(see_other("/admin"))
}
