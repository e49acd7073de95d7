//! Who asks for an organiser's page, and what they may: extractors, one for each right.
//!
//! What must hold: without the right nothing of the handler runs; a foreign event is a 404, as if there were none; the
//! cookie counts on pages alone, never under /api.

use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, USER_AGENT};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::respond::see_other;
use crate::access::organiser::session::{Membership, SignedIn};
use crate::access::organiser::{Right, Role};
use crate::app::App;
use crate::audit::Actor;
use crate::catalog;
use crate::postgres;
use crate::types::{EventId, EventNo, OrganisationNo};
use crate::web::error::Error;
use crate::web::extract;

/// What a handler asks for, as the parameter of [`May`] and [`On`].
pub trait Asks: 'static {
    /// The right.
    const RIGHT: Right;
}

macro_rules! asks {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl Asks for $name {
            const RIGHT: Right = Right::$name;
        }
    )*};
}

asks!(
    /// To see and export.
    Read,
    /// To change events, bookings and what belongs to them.
    Manage,
    /// To say who is a member, and to make API tokens.
    Own,
    /// To let guests in.
    Scan,
);

/// Why a page is not shown.
#[derive(Debug)]
pub enum Refused {
    /// Nobody is signed in: sign in, and come back here.
    SignIn(String),
    /// They work for no organisation just now.
    Choose,
    /// Anything else.
    Problem(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Problem(error)
    }
}

impl From<postgres::Error> for Refused {
    fn from(error: postgres::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignIn(_) => f.write_str("nobody is signed in"),
            Self::Choose => f.write_str("no organisation is chosen"),
            Self::Problem(error) => error.fmt(f),
        }
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn(_) | Self::Choose => StatusCode::SEE_OTHER,
            Self::Problem(error) => error.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::SignIn(next) => {
                let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
                see_other(&format!("/admin/sign-in?next={next}"))
            }
            Self::Choose => see_other("/admin/organisations"),
            Self::Problem(error) => error.error_response(),
        }
    }
}

/// Somebody who is signed in, whatever they may.
#[derive(Debug, Clone)]
pub struct Known(pub SignedIn);

impl Known {
    /// Who makes a change, in the audit trail.
    pub fn actor(&self) -> Actor {
        let organisation = self.0.membership.as_ref().map(|member| member.organisation);
        Actor {
            organisation,
            ..Actor::organiser(self.0.organiser, &self.0.name, OrganisationNo::FIRST)
        }
    }
}

impl FromRequest for Known {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await.map(Self) })
    }
}

/// Somebody who may do this in the organisation that they work for just now.
#[derive(Debug, Clone)]
pub struct May<R> {
    /// Who.
    pub who: SignedIn,
    /// Where, and as what.
    pub membership: Membership,
    right: PhantomData<R>,
}

impl<R> May<R> {
    /// For which organisation they act.
    pub fn organisation(&self) -> OrganisationNo {
        self.membership.organisation
    }

    /// As what.
    pub fn role(&self) -> Role {
        self.membership.role
    }

    /// Who makes a change, in the audit trail.
    pub fn actor(&self) -> Actor {
        Actor::organiser(self.who.organiser, &self.who.name, self.organisation())
    }
}

impl<R: Asks> FromRequest for May<R> {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { allowed(&request).await })
    }
}

/// Somebody who may do this to the event that the path names as `{event}`; foreign events are as if there were none.
#[derive(Debug, Clone)]
pub struct On<R> {
    /// Who may.
    pub may: May<R>,
    /// The event's number.
    pub event: EventNo,
    /// Its public id.
    pub id: EventId,
}

impl<R: Asks> FromRequest for On<R> {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let may: May<R> = allowed(&request).await?;
            let id = extract::path_id(&request, "event", "event")?;
            let client = app(&request)?.db.get().await?;
            let event = catalog::owned(&client, id, may.organisation()).await?;
            let event = event.ok_or_else(|| Error::not_found("event"))?;
            Ok(Self { may, event, id })
        })
    }
}

fn app(request: &HttpRequest) -> Result<&Data<App>, Error> {
    let app = request.app_data::<Data<App>>();
    app.ok_or_else(|| Error::defect(&"the application is not there"))
}

async fn signed_in(request: &HttpRequest) -> Result<SignedIn, Refused> {
    let found = signed_in_if_any(request).await?;
    found.ok_or_else(|| nobody(request))
}

/// Who is signed in, if anybody is.
///
/// # Errors
/// Those of the database.
pub async fn signed_in_if_any(request: &HttpRequest) -> Result<Option<SignedIn>, Error> {
    let app = app(request)?;
    match cookie(app, request) {
        Some(cookie) => Ok(app.organisers.session(&cookie).await?),
        None => Ok(None),
    }
}

/// Pages lead to signing in and back; scripts are told in words of their own.
fn nobody(request: &HttpRequest) -> Refused {
    let accepts = request.headers().get(ACCEPT);
    let accepts = accepts.and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("application/json")) {
        return Refused::Problem(Error::unauthenticated("problem-signed-out"));
    }
    let back = match (request.method(), request.query_string()) {
        (&Method::GET, "") => request.path().to_owned(),
        (&Method::GET, query) => format!("{}?{query}", request.path()),
        _ => "/admin".to_owned(),
    };
    Refused::SignIn(back)
}

async fn allowed<R: Asks>(request: &HttpRequest) -> Result<May<R>, Refused> {
    let who = signed_in(request).await?;
    let membership = who.membership.clone().ok_or(Refused::Choose)?;
    if !membership.role.may(R::RIGHT) {
        return Err(Error::forbidden("problem-role").into());
    }
    let right = PhantomData;
    Ok(May {
        who,
        membership,
        right,
    })
}

/// Where somebody goes who has signed in: a page of the organiser's side, or the first one. Never another site.
pub(super) fn destination(next: &str) -> &str {
    let is_ours = ["/admin", "/scan"].iter().any(|start| {
        let rest = next.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    });
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_ours && is_plain && next.len() <= 500 && !next.starts_with("/admin/sign-") {
        next
    } else {
        "/admin"
    }
}

/// What the browser calls itself.
pub(super) fn agent(request: &HttpRequest) -> &str {
    let agent = request.headers().get(USER_AGENT);
    agent
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// What the cookie of the session carries.
pub(super) fn cookie(app: &App, request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(cookie_name(app))?;
    Some(cookie.value().to_owned())
}

/// Puts a session into the browser, or takes it out of it.
pub(super) fn set_cookie(app: &App, response: &mut HttpResponse, session: Option<String>) {
    let age = match session {
        Some(_) => app.config.organisers.age().as_secs(),
        None => 0,
    };
    let age = Duration::seconds(i64::try_from(age).unwrap_or_default());
    let cookie = Cookie::build(cookie_name(app), session.unwrap_or_default())
        .path("/")
        .http_only(true)
        .secure(app.config.is_https())
        .same_site(SameSite::Lax)
        .max_age(age)
        .finish();
    // Fails only for a cookie that is no valid header; what sessions carry is base64.
    response.add_cookie(&cookie).ok();
}

/// As that of buyers: `__Host-` where the shop is reached by https.
fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-organiser"
    } else {
        "organiser"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_sent_to_another_site() {
        for next in ["/admin", "/admin/events/1?x=2", "/scan", "/scan?gate=b"] {
            assert_eq!(destination(next), next);
        }
        for next in [
            "",
            "//other.example",
            "https://other.example/admin",
            "/admin\\@other.example",
            "/administrator.other.example",
            "/admin/sign-in",
            "/admin\r\nSet-Cookie: a=b",
            "/bookings",
        ] {
            assert_eq!(destination(next), "/admin", "{next}");
        }
    }
}
