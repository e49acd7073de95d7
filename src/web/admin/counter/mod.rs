//! What organisers do with tickets themselves: keep them off sale, give them to guests, sell them at the counter, and give
//! money back by hand. Works as plain forms, on a tablet too.
//!
//! `pick` is the choice of tickets that three of the pages have.

pub mod blocks;
pub mod by_hand;
pub mod guests;
mod pick;
pub mod sale;

use std::sync::Arc;

use actix_web::HttpRequest;

use super::session::On;
use super::{fields, form, respond, session, shell};
use crate::app::App;
use crate::catalog::Event;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::Format;
use crate::web::view::words::Words;

/// The event of the path, in the reader's language.
async fn event_of<R>(app: &App, request: &HttpRequest, on: &On<R>) -> Result<Arc<Event>, Error> {
    let event = app.catalog.event(on.id).await?;
    let event = event.ok_or_else(|| Error::not_found("event"))?.whole();
    Ok(event.in_language(Format::of(request).words.tag()))
}

/// The fields of the query: what a form holds that opens a map, or goes on.
fn query(request: &HttpRequest) -> Result<Vec<(String, String)>, Error> {
    extract::query(request)
}

/// What a refusal says on the page, if it is one that whoever reads it can do something about.
///
/// # Errors
/// The same, if it is a failure of the server.
fn alert(error: Error, words: &'static Words) -> Result<String, Error> {
    if error.0.status >= 500 && error.0.retry_after.is_none() {
        return Err(error);
    }
    let mut says: Vec<String> = vec![error.0.detail.in_words(words).into_owned()];
    if let Some((_, wrong)) = error.0.errors.first() {
        says = vec![words.text(error.0.title).to_owned()];
        says.push(wrong.in_words(words).into_owned());
    }
    let seats = error.0.fields.get("seats");
    let seats = seats.and_then(serde_json::Value::as_array);
    let labels = seats.into_iter().flatten().filter_map(|seat| {
        let (row, number) = (seat["row"].as_str()?, seat["number"].as_i64()?);
        Some(format!("{row}-{number}"))
    });
    let labels: Vec<String> = labels.collect();
    if !labels.is_empty() {
        says.push(labels.join(", "));
    }
    Ok(says.join(" "))
}
