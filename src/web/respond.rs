//! How a page is sent: its status, what a cache may do with it, and redirects. The other headers are in
//! `web::headers`.
//!
//! What must hold: a page with a buyer's data is never stored, and no search engine keeps it; every page says that it is made for the
//! reader's language.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, LOCATION, VARY};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use crate::app::App;
use crate::types::BuyerId;
use crate::web::error::Error;
use crate::web::session;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Clear-Site-Data>
pub(super) const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const NOT_FOUND_BY_SEARCHES: HeaderValue = HeaderValue::from_static("noindex");

/// What most pages fit into: one that grows is copied.
const PAGE_BYTES: usize = 24 * 1024;

/// Of what reads the same for every reader of a language.
pub(super) const BY_LANGUAGE: (HeaderName, HeaderValue) =
    (VARY, HeaderValue::from_static("Accept-Language"));
/// Of what one buyer is shown.
pub(super) const BY_READER: (HeaderName, HeaderValue) =
    (VARY, HeaderValue::from_static("Accept-Language, Cookie"));

/// A page that the browser may store but must revalidate. It reads the same with any cookie, and does not
/// vary by it: a reader who goes back to a form finds it with its key, whatever cookie they were sent since.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    Ok(rendered_page(status, render(template)?.into_bytes()))
}

/// As [`page`], of what was rendered before.
pub(super) fn rendered_page(status: StatusCode, html: Vec<u8>) -> HttpResponse {
    let mut page = respond(status, html, BY_LANGUAGE);
    let caching = HeaderValue::from_static("private, no-cache");
    page.headers_mut().insert(CACHE_CONTROL, caching);
    page
}

/// A page with a buyer's data: never stored.
pub(super) fn private_page(
    status: StatusCode,
    template: &impl Template,
) -> Result<HttpResponse, Error> {
    let mut page = respond(status, render(template)?.into_bytes(), BY_READER);
    page.headers_mut().insert(ROBOTS, NOT_FOUND_BY_SEARCHES);
    Ok(page)
}

/// The text of a page.
pub(super) fn render(template: &impl Template) -> Result<String, Error> {
    let mut html = String::with_capacity(PAGE_BYTES);
    template.render_into(&mut html)?;
    Ok(html)
}

fn respond(status: StatusCode, html: Vec<u8>, vary: (HeaderName, HeaderValue)) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(vary)
        .body(html)
}

/// 303: the browser GETs that page next, so that a reload does not resubmit the form.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .finish()
}

/// 301: the page is at this path, with the same query; a language that the request's path names is put before it.
pub(super) fn moved(path: &str, query: &str) -> HttpResponse {
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    HttpResponse::MovedPermanently()
        .insert_header((LOCATION, format!("{path}{query}")))
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
