//! Turning the second factor on and off: a secret that an app keeps, shown as a QR code, and its first code; and recovery
//! codes, shown once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::account;
use super::fields::Field;
use super::form::Fields;
use super::respond::{private_page, see_other};
use super::session::Known;
use super::shell::Shell;
use crate::access::limits::{Bucket, Key};
use crate::access::organiser::Totp;
use crate::app::App;
use crate::web::error::Error;
use crate::web::view::qr::Qr;

#[derive(Template)]
#[template(path = "admin/second_factor.html")]
struct SecondFactorPage {
    shell: Shell,
    secret: String,
    qr: Option<Qr>,
    code: Field,
}

#[derive(Template)]
#[template(path = "admin/recovery_codes.html")]
struct RecoveryCodesPage {
    shell: Shell,
    codes: Vec<String>,
}

impl SecondFactorPage {
    fn of(request: &HttpRequest, who: &Known, totp: &Totp) -> Self {
        let shell = Shell::for_known(request, who, "account");
        let link = totp.link(&shell.shop, &who.0.email);
        let secret = totp.text();
        let groups: Vec<&str> = (0..secret.len())
            .step_by(4)
            .filter_map(|from| secret.get(from..secret.len().min(from + 4)))
            .collect();
        Self {
            shell,
            qr: Qr::of(&link),
            secret: groups.join(" "),
            code: Field::default(),
        }
    }
}

/// GET /admin/account/second-factor: a secret, the same until its first code was typed.
pub async fn show(app: Data<App>, request: HttpRequest, who: Known) -> Result<HttpResponse, Error> {
    let known = app.organisers.unconfirmed_totp(&who.0).await?;
    let totp = match known {
        Some(totp) => Some(totp),
        None => app.organisers.begin_totp(&who.0).await?,
    };
    let Some(totp) = totp else {
        return Ok(see_other("/admin/account"));
    };
    private_page(StatusCode::OK, &SecondFactorPage::of(&request, &who, &totp))
}

/// POST /admin/account/second-factor: its first code.
pub async fn turn_on(
    app: Data<App>,
    request: HttpRequest,
    who: Known,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    app.limits
        .check(Bucket::SignIns, Key::of_account(&who.0.email))?;
    let mut code = Field::of(&fields, "code");
    let by = who.actor();
    let confirmed = app.organisers.confirm_totp(&by, &who.0, &code.value);
    if let Some(codes) = confirmed.await? {
        return show_codes(&request, &who, codes, "done-second-factor-on");
    }
    let Some(totp) = app.organisers.unconfirmed_totp(&who.0).await? else {
        return Ok(see_other("/admin/account"));
    };
    let mut page = SecondFactorPage::of(&request, &who, &totp);
    code.refuse(page.shell.text("second-factor-wrong"));
    page.code = code;
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// POST /admin/account/recovery-codes: new ones.
pub async fn renew_codes(
    app: Data<App>,
    request: HttpRequest,
    who: Known,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    app.limits
        .check(Bucket::SignIns, Key::of_account(&who.0.email))?;
    let (by, code) = (who.actor(), Field::of(&fields, "code"));
    let renewed = app
        .organisers
        .renew_recovery_codes(&by, &who.0, &code.value);
    match renewed.await? {
        Some(codes) => show_codes(&request, &who, codes, "done-recovery-codes"),
        None => account::with_wrong_code(&app, &request, &who).await,
    }
}

/// The only time that they are shown.
fn show_codes(
    request: &HttpRequest,
    who: &Known,
    codes: Vec<String>,
    done: &str,
) -> Result<HttpResponse, Error> {
    let mut shell = Shell::for_known(request, who, "account");
    shell.done = Some(shell.text(done));
    private_page(StatusCode::OK, &RecoveryCodesPage { shell, codes })
}

/// POST /admin/account/second-factor/off
pub async fn turn_off(
    app: Data<App>,
    request: HttpRequest,
    who: Known,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    app.limits
        .check(Bucket::SignIns, Key::of_account(&who.0.email))?;
    let code = Field::of(&fields, "code");
    if app
        .organisers
        .drop_totp(&who.actor(), &who.0, &code.value)
        .await?
    {
        return Ok(see_other("/admin/account?done=second-factor-off"));
    }
    account::with_wrong_code(&app, &request, &who).await
}
