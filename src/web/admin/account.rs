//! Somebody's own account: password, second factor, sessions.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;

use super::fields::Field;
use super::form::{Fields, value_of};
use super::invitation::password_problem;
use super::respond::{private_page, see_other};
use super::session::Known;
use super::shell::Shell;
use crate::access::limits::{Bucket, Key};
use crate::access::organiser::sign_in::Change;
use crate::app::App;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::{Format, machine_time};

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    shell: Shell,
    email: String,
    has_totp: bool,
    /// Recovery codes that are left.
    codes_left: i32,
    present: Field,
    new: Field,
    code: Field,
    sessions: Vec<Session>,
}

/// A session as it is listed.
struct Session {
    id: uuid::Uuid,
    agent: String,
    last_used_at: String,
    last_used: String,
    is_this: bool,
}

impl AccountPage {
    async fn of(app: &App, request: &HttpRequest, who: &Known) -> Result<Self, Error> {
        let format = Format::of(request);
        let sessions = app.organisers.sessions(who.0.organiser).await?;
        let sessions = sessions.into_iter().map(|session| Session {
            id: session.id,
            agent: browser(&session.agent),
            last_used_at: machine_time(session.last_used_at),
            last_used: format.date_time(session.last_used_at, Tz::UTC),
            is_this: session.id == who.0.session,
        });
        Ok(Self {
            shell: Shell::for_known(request, who, "account"),
            email: who.0.email.clone(),
            has_totp: who.0.has_totp,
            codes_left: match who.0.has_totp {
                true => app.organisers.recovery_codes_left(&who.0).await? as i32,
                false => 0,
            },
            present: Field::default(),
            new: Field::default(),
            code: Field::default(),
            sessions: sessions.collect(),
        })
    }
}

/// GET /admin/account
pub async fn show(app: Data<App>, request: HttpRequest, who: Known) -> Result<HttpResponse, Error> {
    let page = AccountPage::of(&app, &request, &who).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/account/password: every other session ends.
pub async fn change_password(
    app: Data<App>,
    request: HttpRequest,
    who: Known,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let value = |name| value_of(&fields, name).unwrap_or_default();
    app.limits
        .check(Bucket::SignIns, Key::of_account(&who.0.email))?;
    let (by, present, new) = (who.actor(), value("present"), value("new"));
    let changed = app
        .organisers
        .change_password(&by, &who.0, present, new)
        .await;
    let change = changed?;
    if change == Change::Done {
        return Ok(see_other("/admin/account?done=password-changed"));
    }
    let mut page = AccountPage::of(&app, &request, &who).await?;
    match change {
        Change::Invalid(invalid) => page.new.refuse(password_problem(&page.shell, invalid)),
        _ => page.present.refuse(page.shell.text("password-wrong")),
    }
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// POST /admin/account/sessions/{session}/end
pub async fn end_session(
    app: Data<App>,
    request: HttpRequest,
    who: Known,
) -> Result<HttpResponse, Error> {
    let session = extract::path_id(&request, "session", "session")?;
    if !app.organisers.end_session(who.0.organiser, session).await? {
        return Err(Error::not_found("session"));
    }
    Ok(see_other("/admin/account?done=session-ended"))
}

/// The page again, because a code was wrong that was to turn the second factor off.
pub(super) async fn with_wrong_code(
    app: &App,
    request: &HttpRequest,
    who: &Known,
) -> Result<HttpResponse, Error> {
    let mut page = AccountPage::of(app, request, who).await?;
    page.code.refuse(page.shell.text("second-factor-wrong"));
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What a browser calls itself, in a few words that people know.
fn browser(agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(part, _)| agent.contains(part));
        found.map(|(_, name)| *name)
    };
    let program = known(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = known(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}
