//! Tickets that are given to guests: the form. What was given is a booking as any other, with a link for the guest.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::fields::Field;
use super::form::{Fields, fresh_key, key_field};
use super::pick::{Pick, Picked, text};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use super::{alert, event_of, query};
use crate::app::App;
use crate::booking::Issue;
use crate::catalog::Event;
use crate::types::BookingKind;
use crate::types::contact::{Contact, ContactInvalid};
use crate::web::error::Error;
use crate::web::issue;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/counter/guests.html")]
struct GuestsPage {
    shell: Shell,
    path: String,
    pick: Pick,
    name: Field,
    email: Field,
    reason: Field,
    key: String,
    alert: Option<String>,
}

async fn page(
    app: &App,
    request: &HttpRequest,
    on: &On<Manage>,
    event: &Event,
    fields: &[(String, String)],
) -> Result<GuestsPage, Error> {
    let format = Format::of(request);
    Ok(GuestsPage {
        shell: Shell::of_event(request, on, event, "guests"),
        path: format!("/admin/events/{}/guests", event.id),
        pick: Pick::of(app, event, &Picked::of(fields), &format).await?,
        name: Field::of(fields, "name"),
        email: Field::of(fields, "email"),
        reason: Field::of(fields, "reason"),
        key: fresh_key(),
        alert: None,
    })
}

/// GET /admin/events/{event}/guests
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let page = page(&app, &request, &on, &event, &query(&request)?).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/guests
pub async fn give(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let key = key_field(&fields)?;
    let mut page = page(&app, &request, &on, &event, &fields).await?;
    let Some((contact, reason)) = page.read(&fields) else {
        return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let picked = Picked::of(&fields);
    let wanted = Issue {
        kind: BookingKind::Complimentary,
        key,
        items: picked.items(),
        seats: picked.seats(),
        reason: Some(reason),
        contact: Some(contact),
        terms: String::new(),
    };
    match issue::issue(&app, &on.may.actor(), &event, wanted).await {
        Ok(made) => Ok(see_other(&format!(
            "/admin/bookings/{}?done=tickets-given",
            made.booking.id
        ))),
        Err(error) => {
            page.alert = Some(alert(error, Format::of(&request).words)?);
            private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

impl GuestsPage {
    /// The guest and the reason; nothing if a field is wrong, which then says so.
    fn read(&mut self, fields: &Fields) -> Option<(Contact, String)> {
        let (name, email) = (text(fields, "name"), text(fields, "email"));
        let contact = Contact::new(name, email);
        match &contact {
            Err(ContactInvalid::Email) => {
                let problem = self.shell.text("contact-email-problem");
                self.email.refuse(problem);
            }
            Err(ContactInvalid::Name) => {
                let problem = self.shell.text("contact-name-problem");
                self.name.refuse(problem);
            }
            Ok(contact) if contact.name.is_empty() => {
                let problem = self.shell.text("contact-name-missing");
                self.name.refuse(problem);
            }
            Ok(_) => {}
        }
        let reason = issue::reason(text(fields, "reason")).ok();
        if reason.is_none() {
            let problem = self.shell.text("blocks-reason-wrong");
            self.reason.refuse(problem);
        }
        let is_right = self.name.problem.is_none() && self.email.problem.is_none();
        contact.ok().filter(|_| is_right).zip(reason)
    }
}
