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
use super::{Choice, asked, choices, chosen, is_paid, minor_field, query, said};
use crate::app::App;
use crate::booking::{HeldTicket, plan_return};
use crate::payment::GiveBack;
use crate::web::error::Error;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/booking_return.html")]
struct ReturnPage {
    shell: Shell,
    row: Row,
    choices: Vec<Choice>,
    problem: Option<String>,
    /// What is asked once more.
    question: Option<Question>,
}

/// What would be done.
struct Question {
    refund: String,
    refund_minor: i64,
    goes_back: bool,
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
            problem: None,
            question: None,
        })
    }

    /// Asks, or says why not.
    fn with_question(mut self, its: &Its, tickets: &[HeldTicket], format: &Format) -> Self {
        match plan_return(&its.booking.items, tickets) {
            Ok(plan) => {
                self.question = Some(Question {
                    refund: format.money(its.event.money(plan.refund_minor)),
                    refund_minor: plan.refund_minor,
                    goes_back: plan.refund_minor > 0,
                    key: fresh_key(),
                });
            }
            Err(unfit) => {
                let error = Error::of_change(unfit.into(), &its.event);
                self.problem = said(error, format.words).ok();
            }
        }
        self
    }

    fn status(&self) -> StatusCode {
        match self.problem {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        }
    }
}

/// GET /admin/bookings/{booking}/return: which tickets; with some of them, what goes back.
pub async fn ask(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    is_paid(&its.booking, &its.event)?;
    let fields = query(&request);
    let tickets = chosen(&fields, &its.event);
    let mut page = ReturnPage::of(&app, &request, &may, &its, &tickets).await?;
    if fields.iter().any(|(name, _)| name == "next") {
        page = page.with_question(&its, &tickets, &Format::of(&request));
    }
    private_page(page.status(), &page)
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
    match app.payments.give_back(&by, &its.event, change).await {
        Ok(()) => {
            let path = format!("/admin/bookings/{id}?done=tickets-returned");
            Ok(see_other(&path))
        }
        Err(error) => {
            let error = Error::of_change(error, &its.event);
            let status = error.0.status;
            let mut page = ReturnPage::of(&app, &request, &may, &its, &tickets).await?;
            page.problem = Some(said(error, Format::of(&request).words)?);
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
            private_page(status, &page)
        }
    }
}
