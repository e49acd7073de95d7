//! What search engines read of the whole shop: robots.txt, and the sitemap, an index of sections with every event to come
//! in every language. <https://www.sitemaps.org/protocol.html>
//!
//! What must hold: only public pages are named; a section is a bounded number of addresses, and is sent as it is written.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use futures::stream;

use super::sharing::Links;
use crate::app::App;
use crate::catalog::{Listed, Section};
use crate::config::Origin;
use crate::types::Timestamp;
use crate::web::error::Error;
use crate::web::view::format::machine_time;
use crate::web::{client, extract, headers};

/// Events that are written at once.
const PIECE_EVENTS: usize = 20;

const XML: &str = "application/xml; charset=utf-8";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// GET /robots.txt: what search engines may ask for. RFC 9309.
pub async fn robots(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let rules = "User-agent: *\nDisallow: /api/\nDisallow: /bookings\nDisallow: /*/bookings\n";
    let origin = client::origin(&app.config, &request);
    let sitemap = origin.map_or_else(String::new, |origin| {
        format!("\nSitemap: {origin}/sitemap.xml\n")
    });
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(format!("{rules}{sitemap}"))
}

#[derive(Template)]
#[template(path = "sitemap_index.xml")]
struct Index {
    origin: Origin,
    /// The number of each section, and when it changed.
    sections: Vec<(i64, String)>,
}

/// GET /sitemap.xml: the index.
pub async fn index(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let origin = known_origin(&app, &request)?;
    let sections = app.catalog.listing.sections().await?;
    let section = |section: &Section| (section.number, machine_time(section.changed_at));
    let index = Index {
        origin,
        sections: sections.iter().map(section).collect(),
    };
    Ok(HttpResponse::Ok()
        .content_type(XML)
        .insert_header(headers::REVALIDATE)
        .body(HEAD.to_owned() + &index.render()?))
}

#[derive(Template)]
#[template(path = "sitemap_urls.xml")]
struct Page {
    links: Links,
    changed_at: Option<String>,
}

impl Page {
    fn of(origin: &Origin, path: &str, changed_at: Option<Timestamp>) -> Self {
        Self {
            links: Links::of(origin, "", path),
            changed_at: changed_at.map(machine_time),
        }
    }
}

/// GET /sitemap-{section}.xml: the events of a section; with the first one the list itself.
pub async fn section(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let origin = known_origin(&app, &request)?;
    let number: u32 = extract::path_id(&request, "section", "page")?;
    let listed = app.catalog.listing.section(number.into()).await?;
    if listed.is_empty() {
        return Err(Error::not_found("page"));
    }
    let open = "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
    let list = Page::of(&origin, "/", None).render()?;
    let before = format!("{HEAD}{open}{list}");
    let pieces = (0..listed.len()).step_by(PIECE_EVENTS).map(move |first| {
        let events = listed[first..].iter().take(PIECE_EVENTS);
        let page = |event: &Listed| {
            let path = format!("/events/{}", event.address);
            Page::of(&origin, &path, Some(event.changed_at)).render()
        };
        events.map(page).collect::<Result<String, _>>()
    });
    let all = std::iter::once(Ok(before))
        .chain(pieces)
        .chain([Ok("</urlset>\n".to_owned())]);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, XML))
        .insert_header(headers::REVALIDATE)
        .streaming(stream::iter(all.map(|piece| piece.map(Bytes::from)))))
}

/// # Errors
/// 404: the addresses of a sitemap are absolute.
fn known_origin(app: &App, request: &HttpRequest) -> Result<Origin, Error> {
    client::origin(&app.config, request).ok_or_else(|| Error::not_found("page"))
}

#[cfg(test)]
mod tests {
    use crate::catalog::SECTION_EVENTS;
    use crate::web::view::words;

    /// Addresses in a section at most.
    const ADDRESSES_MAX: i64 = 10_000;

    #[test]
    fn a_section_has_no_more_addresses_than_search_engines_take() {
        let languages = words::offered().len() as i64 + 1;
        assert!((SECTION_EVENTS + 1) * languages <= ADDRESSES_MAX);
    }
}
