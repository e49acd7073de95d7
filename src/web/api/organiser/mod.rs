//! What programs of organisers use: a module for each noun.

pub mod gates;
pub mod guests;
pub mod offline;
pub mod scans;

use std::sync::Arc;

use actix_web::HttpRequest;

use crate::access::api_token::Scope;
use crate::app::App;
use crate::audit::Actor;
use crate::catalog::Event;
use crate::web::error::Error;
use crate::web::{find, session};

/// The event that the path names, for a program that may do this to it, and who that is. An event of another organisation
/// than the program's is as if there were none.
///
/// # Errors
/// 401, 403, 404.
async fn event_for(
    app: &App,
    request: &HttpRequest,
    scope: Scope,
) -> Result<(Arc<Event>, Actor), Error> {
    let principal = session::of_header(app, request).await?;
    let token = principal.program(scope)?;
    let by = Actor::api_token(token.id, &token.name, token.organisation);
    let event = find::event_of_path(app, request).await?;
    if !principal.is_for(event.organisation) {
        return Err(Error::not_found("event"));
    }
    Ok((event, by))
}
