//! Handlers: the pictures that operators give events, and the one that is shown where a page is shared.
//!
//! What must hold: only files that `picture::take` has named are served; what is at their names never changes.

use std::path::Path;
use std::sync::Arc;

use actix_files::NamedFile;
use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::event_facts::EventFacts;
use super::frame::Frame;
use super::picture_view::usual_file;
use crate::app::App;
use crate::catalog::Event;
use crate::picture;
use crate::web::error::Error;
use crate::web::find;
use crate::web::headers::{IMMUTABLE, is_known};
use crate::web::view::format::Format;
use crate::web::view::poster::{Posters, Subject};

/// A picture that is drawn by the server may be kept for a day: its address changes with what it shows.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");
/// GET /pictures/{file}
pub async fn file(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let not_found = || Error::not_found("picture");
    let name = request.match_info().query("file");
    let directory = app.config.pictures_dir.as_deref();
    let directory = directory.filter(|_| picture::is_file_name(name));
    let file = directory.ok_or_else(not_found)?.join(name);
    let file = NamedFile::open(file).map_err(|_| not_found())?;
    let mut response = file.disable_content_disposition().into_response(&request);
    if response.status().is_success() || response.status().is_redirection() {
        response.headers_mut().insert(CACHE_CONTROL, IMMUTABLE);
    }
    Ok(response)
}

/// GET /events/{event}/picture.png: what is shown where the event's page is shared.
pub async fn poster(
    app: Data<App>,
    posters: Data<Posters>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let event = find::event_of_page(&app, &request).await?;
    let directory = app.config.pictures_dir.as_deref();
    let format = Format::of_path(&request);
    let event = event.in_language(format.words.tag());
    let shop = Frame::new(&request, &format).shop;
    let subject = subject(&event, &format, &shop, directory);
    let tag = format!("\"{}\"", subject.version());
    let mut response = if is_known(&request, &tag) {
        HttpResponse::NotModified().finish()
    } else {
        let png = posters.draw(subject).await?;
        HttpResponse::Ok().content_type("image/png").body(png)
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, A_DAY);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

/// Where the picture of a page in this language is.
pub(super) fn poster_path(event: &Arc<Event>, format: &Format, shop: &str) -> String {
    let format = Format::of_language(format.words, format.now);
    let version = subject(event, &format, shop, None).version();
    format!(
        "{}/events/{}/picture.png?v={version}",
        format.prefix, event.address
    )
}

fn subject(event: &Arc<Event>, format: &Format, shop: &str, directory: Option<&Path>) -> Subject {
    let facts = EventFacts::of(event, format);
    let file = event.picture.as_ref().map(usual_file);
    Subject {
        shop: shop.to_owned(),
        name: event.name.clone(),
        when: facts.date_and_time.clone(),
        venue: event.venue.name.clone(),
        city: event.venue.city.clone(),
        artwork: facts.artwork.clone(),
        picture: file.map(|file| directory.unwrap_or(Path::new("")).join(file)),
    }
}
