//! Money that is to be given back by hand, after an event was called off or dearer tickets have left their booking: whose it
//! is, and recording that it is back.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::event_of;
use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{Manage, On, Read};
use super::shell::Shell;
use crate::access::organiser::Right;
use crate::app::App;
use crate::booking::{self, Booking};
use crate::payment::{BackByHand, HandRefund, Method};
use crate::types::{BookingId, ChangeId};
use crate::web::error::Error;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/counter/by_hand.html")]
struct ByHandPage {
    shell: Shell,
    path: String,
    rows: Vec<Row>,
    may_manage: bool,
}

/// Money to give back.
struct Row {
    id: BookingId,
    reference: String,
    name: String,
    email: String,
    method: &'static str,
    terminal_reference: String,
    amount: String,
    /// The exchange for whose dearer tickets it was paid, and how much that is in minor units.
    exchange: Option<(ChangeId, i64)>,
}

/// GET /admin/events/{event}/hand-refunds
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    on: On<Read>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let due = app.payments.due_by_hand(&event).await?;
    let bookings: Vec<Booking> = due.iter().map(|one| one.booking.clone()).collect();
    let contacts = booking::contacts(&app.db, &bookings).await?;
    let format = Format::of(&request);
    let rows = due.into_iter().map(|one: HandRefund| {
        let contact = contacts.iter().find(|(id, _)| *id == one.booking.id);
        let (name, email) = contact
            .map(|(_, contact)| (contact.name.clone(), contact.email.clone()))
            .unwrap_or_default();
        Row {
            id: one.booking.id,
            reference: one.booking.reference.to_string(),
            name,
            email,
            method: format.words.text(match one.method {
                Method::Terminal => "way-terminal",
                Method::Cash | Method::Card => "way-cash",
            }),
            terminal_reference: one.terminal_reference.unwrap_or_default(),
            amount: format.money(one.amount),
            exchange: one.change.map(|change| (change, one.amount.minor)),
        }
    });
    let shell = Shell::of_event(&request, &on, &event, "hand-refunds");
    let page = ByHandPage {
        path: format!("/admin/events/{}/hand-refunds", event.id),
        rows: rows.collect(),
        may_manage: shell.may(&Right::Manage),
        shell,
    };
    private_page(StatusCode::OK, &page)
}

/// POST /admin/events/{event}/hand-refunds: one of them is back.
pub async fn given_back(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let id = value_of(&fields, "booking").and_then(|text| text.parse().ok());
    let id: BookingId = id.ok_or_else(|| Error::not_found("booking"))?;
    let change = value_of(&fields, "change").and_then(|text| text.parse().ok());
    let shown = value_of(&fields, "amount").and_then(|text| text.parse().ok());
    let back = BackByHand {
        booking: id,
        change,
        expected_minor: shown.filter(|_| change.is_some()),
    };
    let by = on.may.actor();
    let recorded = app.payments.give_back_by_hand(&by, &event, back).await;
    recorded.map_err(|error| Error::of_change(error, &event))?;
    Ok(see_other(&format!(
        "/admin/events/{}/hand-refunds?done=money-given-back",
        event.id
    )))
}
