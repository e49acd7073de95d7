//! Signing in and out.
//!
//! What must hold: the answer to a wrong address and to a wrong password is the same; attempts are limited by address, by
//! the middleware, and by account, here; a session that the browser had ends when another begins.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::fields::Field;
use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{self, destination};
use super::shell::Shell;
use crate::access::limits::{Bucket, Key};
use crate::access::organiser::sign_in::Attempt;
use crate::app::App;
use crate::web::error::Error;
use crate::web::extract;

#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct SignInPage {
    shell: Shell,
    next: String,
    email: Field,
}

#[derive(Template)]
#[template(path = "admin/sign_in_code.html")]
struct CodePage {
    shell: Shell,
    next: String,
    code: Field,
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

/// GET /admin/sign-in; whoever is signed in is sent on.
pub async fn show(request: HttpRequest) -> Result<HttpResponse, Error> {
    let Next { next } = extract::query(&request)?;
    if session::signed_in_if_any(&request).await?.is_some() {
        return Ok(see_other(destination(&next)));
    }
    let shell = Shell::for_anyone(&request);
    let email = Field::default();
    let page = SignInPage { shell, next, email };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/sign-in
pub async fn sign_in(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let mut email = Field::of(&fields, "email");
    let next = value_of(&fields, "next").unwrap_or_default().to_owned();
    let password = value_of(&fields, "password").unwrap_or_default();
    app.limits
        .check(Bucket::SignIns, Key::of_account(&email.value))?;
    let agent = session::agent(&request);
    let attempt = app.organisers.sign_in(&email.value, password, agent);
    match attempt.await? {
        Attempt::Done(session) => enter(&app, &request, session, destination(&next)).await,
        Attempt::CodeNeeded(session) => {
            let next = encoded(destination(&next));
            let path = format!("/admin/sign-in/code?next={next}");
            enter(&app, &request, session, &path).await
        }
        Attempt::Wrong => {
            let shell = Shell::for_anyone(&request);
            email.refuse(shell.text("sign-in-wrong"));
            let page = SignInPage { shell, next, email };
            private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// GET /admin/sign-in/code
pub async fn show_code(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let Next { next } = extract::query(&request)?;
    if !awaits_code(&app, &request).await? {
        return Ok(see_other("/admin/sign-in"));
    }
    let page = CodePage {
        shell: Shell::for_anyone(&request),
        next,
        code: Field::default(),
    };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/sign-in/code; after a few wrong ones the password is asked for again.
pub async fn enter_code(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let next = value_of(&fields, "next").unwrap_or_default().to_owned();
    let mut code = Field::of(&fields, "code");
    let cookie = session::cookie(&app, &request).unwrap_or_default();
    let agent = session::agent(&request);
    let attempt = app.organisers.enter_code(&cookie, &code.value, agent);
    if let Attempt::Done(session) = attempt.await? {
        let mut response = see_other(destination(&next));
        session::set_cookie(&app, &mut response, Some(session));
        return Ok(response);
    }
    if !awaits_code(&app, &request).await? {
        return Ok(see_other("/admin/sign-in"));
    }
    let shell = Shell::for_anyone(&request);
    code.refuse(shell.text("second-factor-wrong"));
    code.value.clear();
    let page = CodePage { shell, next, code };
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// POST /admin/sign-out
pub async fn sign_out(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    if let Some(cookie) = session::cookie(&app, &request) {
        app.organisers.sign_out(&cookie).await?;
    }
    let mut response = see_other("/admin/sign-in?done=signed-out");
    session::set_cookie(&app, &mut response, None);
    Ok(response)
}

async fn awaits_code(app: &App, request: &HttpRequest) -> Result<bool, Error> {
    match session::cookie(app, request) {
        Some(cookie) => Ok(app.organisers.awaits_code(&cookie).await?),
        None => Ok(false),
    }
}

/// Ends the browser's session of before, and begins this one.
pub(super) async fn enter(
    app: &App,
    request: &HttpRequest,
    session: String,
    path: &str,
) -> Result<HttpResponse, Error> {
    if let Some(before) = session::cookie(app, request) {
        app.organisers.sign_out(&before).await?;
    }
    let mut response = see_other(path);
    session::set_cookie(app, &mut response, Some(session));
    Ok(response)
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
