//! JSON under /api/organiser: what an organisation's programs do, with an API token. What they may do is decided by
//! the token's scopes; a token of an organisation sees that organisation's events alone, an operator's all.

pub mod event_json;
pub mod events;
pub mod picture;
pub mod publishing;
pub mod tiers;

use actix_web::HttpRequest;

use crate::access::api_token::Scope;
use crate::access::{Denied, Principal};
use crate::app::App;
use crate::audit::Actor;
use crate::web::error::Error;
use crate::web::session;

/// Who asks, if they may do what takes this scope.
///
/// # Errors
/// 401 for nobody, 403 for who has not the scope.
pub(super) async fn actor(app: &App, request: &HttpRequest, scope: Scope) -> Result<Actor, Error> {
    match session::of_header(app, request).await? {
        Principal::Api(token) if token.allows(scope) => {
            Ok(Actor::api_token(token.id, &token.name, token.organisation))
        }
        Principal::Nobody => Err(Denied::Unauthenticated.into()),
        Principal::Buyer(_) | Principal::Api(_) => Err(Denied::Scope(scope).into()),
    }
}
