//! Handlers: the page of the buyer's bank, as the simulated gateway has it (3-D Secure). No real provider leads here.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::form::{Fields, value_of};
use super::frame::Frame;
use super::respond::{private_page, see_other};
use crate::app::App;
use crate::gateway::simulated::bank::Question;
use crate::types::PaymentId;
use crate::web::error::Error;
use crate::web::extract;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "test_bank.html")]
struct BankPage {
    frame: Frame,
    path: String,
    amount: String,
    /// Whether there is something to answer yet.
    is_open: bool,
    /// Where the buyer came from.
    return_url: String,
}

/// Who has it comes from the booking's page.
#[derive(Deserialize)]
struct Secret {
    secret: Uuid,
}

/// GET /test-bank/{payment_id}?secret=
pub async fn ask(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (payment, secret, question) = question(&app, &request).await?;
    let format = Format::of(&request);
    let page = BankPage {
        frame: Frame::new(&request, &format),
        path: format!("{}/test-bank/{payment}?secret={secret}", format.prefix),
        amount: format.money(question.amount),
        is_open: question.is_open,
        return_url: question.return_url.unwrap_or_else(|| "/".to_owned()),
    };
    private_page(StatusCode::OK, &page)
}

/// POST /test-bank/{payment_id}?secret=
pub async fn answer(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (payment, secret, question) = question(&app, &request).await?;
    let agrees = value_of(&fields, "answer") == Some("yes");
    app.simulated.answer(payment, secret, agrees).await?;
    Ok(see_other(question.return_url.as_deref().unwrap_or("/")))
}

async fn question(app: &App, request: &HttpRequest) -> Result<(PaymentId, Uuid, Question), Error> {
    let payment: PaymentId = extract::path_id(request, "payment_id", "payment")?;
    let missing = || Error::not_found("payment");
    let Ok(Secret { secret }) = extract::query(request) else {
        return Err(missing());
    };
    let question = app.simulated.question(payment, secret).await?;
    Ok((payment, secret, question.ok_or_else(missing)?))
}
