//! Who sends a request: the bearer token of its Authorization header, on pages also the buyer's cookie.
//!
//! What must hold: an invalid header is a 401; an invalid cookie is ignored, as if none was sent, so a
//! planted one is not adopted. Under /api only the header counts, so another site cannot use the cookie
//! there. If a page is sent both, the header counts. Whoever is known here has not asked too often: a
//! handler asks once per request, as asking is counted.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::AUTHORIZATION;

use super::error::Error;
use super::{extract, limit};
use crate::access::{AuthError, Credentials, Principal};
use crate::app::App;
use crate::postgres;
use crate::types::{BookingLink, BuyerId};

/// The longest token that is looked at.
const TOKEN_MAX: usize = 256;

/// Who sends a JSON request.
///
/// # Errors
/// 401 with `unauthenticated` for a header that is not believed; 429 for who books or pays too often.
pub async fn of_header(app: &App, request: &HttpRequest) -> Result<Principal, Error> {
    let principal = match bearer(request)? {
        Some(token) => app.access.authenticate(token).await?,
        None => Principal::Nobody,
    };
    limit::check_principal(app, request, &principal)?;
    Ok(principal)
}

/// Who asks for a page.
///
/// # Errors
/// As [`of_header`], and those of the database.
pub async fn of_page(app: &App, request: &HttpRequest) -> Result<Principal, Error> {
    if request.headers().contains_key(AUTHORIZATION) {
        return of_header(app, request).await;
    }
    let Some(cookie) = request.cookie(cookie_name(app)) else {
        return Ok(Principal::Nobody);
    };
    let principal = match app.access.authenticate(cookie.value()).await {
        // An API token has no business in a cookie.
        Ok(principal @ Principal::Buyer(_)) => principal,
        Err(AuthError::Db(error)) => return Err(error.into()),
        Ok(_) | Err(_) => Principal::Nobody,
    };
    limit::check_principal(app, request, &principal)?;
    Ok(principal)
}

/// All that the request shows for a booking.
///
/// # Errors
/// Those of the database.
pub async fn credentials(
    app: &App,
    request: &HttpRequest,
    principal: Principal,
    link: BookingLink,
) -> Result<Credentials, Error> {
    let has_link = match extract::access(request) {
        Some(text) => app.access.is_link(link, &text).await?,
        None => false,
    };
    Ok(Credentials {
        principal,
        has_link,
        is_handed_over: link.no > 0,
    })
}

/// The token of the Authorization header (RFC 6750).
fn bearer(request: &HttpRequest) -> Result<Option<&str>, Error> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Error::unauthenticated("problem-two-tokens"));
    }
    let words = value.to_str().ok().and_then(|text| text.split_once(' '));
    let token = words.and_then(|(scheme, token)| {
        let is_bearer = scheme.eq_ignore_ascii_case("bearer") && token.len() <= TOKEN_MAX;
        is_bearer.then_some(token.trim())
    });
    match token {
        Some(token) => Ok(Some(token)),
        None => Err(Error::unauthenticated("problem-token-malformed")),
    }
}

/// The cookie that makes the browser this buyer.
///
/// # Errors
/// Those of the database, the first time.
pub async fn cookie(app: &App, buyer: BuyerId) -> Result<Cookie<'static>, postgres::Error> {
    let token = app.access.buyer_token(buyer).await?;
    Ok(Cookie::build(cookie_name(app), token)
        .path("/")
        .http_only(true)
        .secure(app.config.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish())
}

/// `__Host-`: neither another host of the domain nor plain HTTP can set it.
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes>
fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-buyer"
    } else {
        "buyer"
    }
}
