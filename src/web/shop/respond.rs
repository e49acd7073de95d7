//! How a page is sent: its status, caching and security headers, and redirects.
//!
//! What must hold: a page with a buyer's data is never stored; a page loads nothing from other hosts.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::app::App;
use crate::types::BuyerId;
use crate::web::error::Error;
use crate::web::session;

/// What a page may load: files of this server and nothing else; no inline style or script.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; \
     frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// The headers of every page.
pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CONTENT_SECURITY_POLICY))
        .add(("Referrer-Policy", "same-origin"))
        .add(("X-Content-Type-Options", "nosniff"))
}

/// A page that the browser may store but must revalidate.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    respond(status, template, "private, no-cache")
}

/// A page with a buyer's data: never stored.
pub(super) fn private_page(
    status: StatusCode,
    template: &impl Template,
) -> Result<HttpResponse, Error> {
    respond(status, template, "no-store")
}

fn respond(
    status: StatusCode,
    template: &impl Template,
    caching: &str,
) -> Result<HttpResponse, Error> {
    let html = template.render()?;
    Ok(HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, caching))
        .body(html))
}

/// 303: the browser GETs that page next, so that a reload does not resubmit the form.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

/// Makes the browser this buyer.
pub(super) async fn set_buyer(
    app: &App,
    response: &mut HttpResponse,
    buyer: BuyerId,
) -> Result<(), Error> {
    let cookie = session::cookie(app, buyer).await?;
    // Fails only for a cookie that is no valid header; a token is base64.
    response.add_cookie(&cookie).ok();
    Ok(())
}
