//! Giving some tickets of a booking back: which, then what goes back for them, then it is done.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::booking::Its;
use super::super::bookings::Row;
use super::super::form::{Fields, fresh_key};
use super::super::respond::{private_page, see_other};
use super::super::session::{Manage, May};
use super::super::shell::Shell;
use super::{
    Choice, Problems, asked, choices, chosen, may_change, may_change_money, minor_field, query,
};
use crate::app::App;
use crate::booking::{HeldTicket, plan_return};
use crate::payment::{GiveBack, PaidDifference, paid_for};
use crate::web::error::Error;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/booking_return.html")]
struct ReturnPage {
    shell: Shell,
    row: Row,
    choices: Vec<Choice>,
    problems: Problems,
    /// What is asked once more.
    question: Option<Question>,
}

/// What would be done.
struct Question {
    refund: String,
    refund_minor: i64,
    goes_back: bool,
    /// What was paid for them by hand.
    due_by_hand: Option<String>,
    key: String,
}

impl ReturnPage {
    async fn of(
        app: &App,
        request: &HttpRequest,
        may: &May<Manage>,
        its: &Its,
        tickets: &[HeldTicket],
    ) -> Result<Self, Error> {
        let format = Format::of(request);
        Ok(Self {
            shell: Shell::of(request, may, "bookings"),
            row: its.row(app, &format).await?,
            choices: choices(&its.booking, &its.event, tickets, &format),
            problems: Problems::default(),
            question: None,
        })
    }
}

/// What would be done, or why not.
fn question(
    its: &Its,
    paid: &[PaidDifference],
    tickets: &[HeldTicket],
    format: &Format,
) -> Result<Question, Error> {
    let planned = plan_return(&its.booking.items, &its.booking.lines, tickets);
    let plan = planned.map_err(|unfit| Error::of_change(unfit.into(), &its.event))?;
    let due_minor = paid_for(paid, tickets);
    Ok(Question {
        refund: format.money(its.event.money(plan.refund_minor)),
        refund_minor: plan.refund_minor,
        goes_back: plan.refund_minor > 0,
        due_by_hand: (due_minor > 0).then(|| format.money(its.event.money(due_minor))),
        key: fresh_key(),
    })
}

/// GET /admin/bookings/{booking}/return: which tickets; with some of them, what goes back.
pub async fn ask(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    may_change(&its.booking, &its.event)?;
    may_change_money(&its.booking, &its.event)?;
    let (fields, format) = (query(&request), Format::of(&request));
    let tickets = chosen(&fields, &its.event);
    let mut page = ReturnPage::of(&app, &request, &may, &its, &tickets).await?;
    let mut status = StatusCode::OK;
    if fields.iter().any(|(name, _)| name == "next") {
        let paid = app.payments.differences(&its.booking).await?;
        match question(&its, &paid, &tickets, &format) {
            Ok(question) => page.question = Some(question),
            Err(error) => {
                status = StatusCode::UNPROCESSABLE_ENTITY;
                page.problems = Problems::of(error, format.words)?;
            }
        }
    }
    private_page(status, &page)
}

/// POST /admin/bookings/{booking}/return
pub async fn give_back(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let tickets = chosen(&fields, &its.event);
    let change = GiveBack {
        asked: asked(&fields, &its.booking, "return")?,
        tickets: tickets.clone(),
        expected_minor: minor_field(&fields, "refund"),
    };
    let (by, id) = (may.actor(), its.booking.id);
    let Err(error) = app.payments.give_back(&by, &its.event, change).await else {
        let path = format!("/admin/bookings/{id}?done=tickets-returned");
        return Ok(see_other(&path));
    };
    let error = Error::of_change(error, &its.event);
    let status = StatusCode::from_u16(error.0.status).unwrap_or(StatusCode::CONFLICT);
    let mut page = ReturnPage::of(&app, &request, &may, &its, &tickets).await?;
    page.problems = Problems::of(error, Format::of(&request).words)?;
    private_page(status, &page)
}
