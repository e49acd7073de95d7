//! Giving a booking to another person.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::booking::Its;
use super::super::bookings::Row;
use super::super::fields::Field;
use super::super::form::{Fields, fresh_key, value_of};
use super::super::respond::{private_page, see_other};
use super::super::session::{Manage, May};
use super::super::shell::Shell;
use super::{Problems, asked, may_change};
use crate::app::App;
use crate::booking::{self, check_contact};
use crate::types::contact::{Contact, ContactInvalid, ContactRule};
use crate::web::error::Error;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/booking_hand_over.html")]
struct HandOverPage {
    shell: Shell,
    row: Row,
    is_asked: bool,
    is_name_required: bool,
    name: Field,
    email: Field,
    problem: Option<String>,
    key: String,
}

impl HandOverPage {
    async fn of(
        app: &App,
        request: &HttpRequest,
        may: &May<Manage>,
        its: &Its,
        fields: &[(String, String)],
    ) -> Result<Self, Error> {
        let key = value_of(fields, "key").map(str::to_owned);
        Ok(Self {
            shell: Shell::of(request, may, "bookings"),
            row: its.row(app, &Format::of(request)).await?,
            is_asked: its.event.contact != ContactRule::None,
            is_name_required: its.event.contact == ContactRule::Required,
            name: Field::of(fields, "name"),
            email: Field::of(fields, "email"),
            problem: None,
            key: key.unwrap_or_else(fresh_key),
        })
    }

    /// Who is to have it.
    ///
    /// # Errors
    /// The problems stand beside their fields.
    fn read(&mut self, rule: ContactRule) -> Result<Option<Contact>, ()> {
        if !self.is_asked {
            return Ok(None);
        }
        let contact = Contact::new(&self.name.value, &self.email.value);
        let contact = contact.map_err(|invalid| match invalid {
            ContactInvalid::Name => self.name.refuse(self.shell.text("field-contact-name")),
            ContactInvalid::Email => self.email.refuse(self.shell.text("field-contact-email")),
        })?;
        if check_contact(rule, Some(&contact), true).is_err() {
            self.name.refuse(self.shell.text("field-given"));
            return Err(());
        }
        Ok(Some(contact))
    }
}

/// GET /admin/bookings/{booking}/hand-over
pub async fn ask(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    may_change(&its.booking, &its.event)?;
    let page = HandOverPage::of(&app, &request, &may, &its, &[]).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/bookings/{booking}/hand-over
pub async fn hand_over(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let its = Its::of(&app, &request, &may).await?;
    let mut page = HandOverPage::of(&app, &request, &may, &its, &fields).await?;
    let Ok(contact) = page.read(its.event.contact) else {
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let asked = asked(&fields, &its.booking, "hand over")?;
    let (by, id) = (may.actor(), its.booking.id);
    let done = booking::transfer(&app.db, &by, &its.event, asked, contact).await;
    let Err(error) = done else {
        return Ok(see_other(&format!("/admin/bookings/{id}?done=handed-over")));
    };
    let error = Error::of_change(error, &its.event);
    let status = StatusCode::from_u16(error.0.status).unwrap_or(StatusCode::CONFLICT);
    page.problem = Problems::of(error, Format::of(&request).words)?.form;
    private_page(status, &page)
}
