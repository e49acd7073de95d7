//! The counter: tickets are chosen, then the page says what they cost and takes cash or what the terminal was paid, then
//! shows the change and the way to the tickets, beside the form of the next sale.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::fields::{Field, minor};
use super::form::{Fields, fresh_key, key_field, value_of};
use super::pick::{Pick, Picked};
use super::respond::{private_page, see_other};
use super::session::{Manage, On};
use super::shell::Shell;
use super::{alert, event_of, query};
use crate::app::App;
use crate::booking::{self, Issue, make_issue};
use crate::catalog::Event;
use crate::payment::{ByHand, Payment, Take};
use crate::types::contact::Contact;
use crate::types::{BookingId, BookingKind, IdempotencyKey};
use crate::web::error::Error;
use crate::web::issue;
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "admin/counter/sale.html")]
struct SalePage {
    shell: Shell,
    path: String,
    pick: Pick,
    sold: Option<Sold>,
    pay: Option<Pay>,
    alert: Option<String>,
}

/// What was just sold.
struct Sold {
    id: BookingId,
    reference: String,
    items: String,
    total: String,
    change: Option<String>,
    link: String,
}

/// What is about to be sold.
struct Pay {
    lines: Vec<(String, String)>,
    total: String,
    total_minor: i64,
    hidden: Vec<(String, String)>,
    back: String,
    key: String,
    is_terminal: bool,
    tendered: Field,
    reference: Field,
    name: Field,
    email: Field,
}

/// What a form asks for.
fn order(picked: &Picked, key: IdempotencyKey) -> Issue {
    Issue {
        kind: BookingKind::BoxOffice,
        key,
        items: picked.items(),
        seats: picked.seats(),
        reason: None,
        contact: None,
        terms: String::new(),
    }
}

impl Pay {
    /// Of what was picked.
    ///
    /// # Errors
    /// Why it cannot be sold, whatever is free.
    fn of(
        event: &Event,
        picked: &Picked,
        fields: &[(String, String)],
        format: &Format,
    ) -> Result<Self, Error> {
        let key = fresh_key();
        let asked = order(picked, key.parse().map_err(|_| Error::not_found("sale"))?);
        let order = make_issue(event, &asked).map_err(|refused| {
            Error::of_booking(booking::BookError::Refused(refused), event, format.now)
        })?;
        let lines = order.items.iter().filter_map(|item| {
            let tier = event.tier_no(item.tier)?;
            let seats = item.seats.iter().flatten();
            let seats: Vec<String> = seats.map(|&seat| tier.label(seat)).collect();
            let seats = if seats.is_empty() {
                String::new()
            } else {
                format!(" ({})", seats.join(", "))
            };
            let what = format!("{} × {}{seats}", format.number(item.quantity), tier.name);
            let cost = item.unit_price_minor * i64::from(item.quantity);
            Some((what, format.money(event.money(cost))))
        });
        let hidden = picked.hidden();
        let pairs: Vec<String> = hidden
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Ok(Self {
            lines: lines.collect(),
            total: format.money(event.money(order.total_minor)),
            total_minor: order.total_minor,
            back: format!("?{}", pairs.join("&")),
            hidden,
            key,
            is_terminal: value_of(fields, "method") == Some("terminal"),
            tendered: Field::of(fields, "tendered"),
            reference: Field::of(fields, "reference"),
            name: Field::of(fields, "name"),
            email: Field::of(fields, "email"),
        })
    }

    /// How it is paid and by whom; nothing if a field is wrong, which then says so.
    fn read(&mut self, event: &Event, shell: &Shell) -> Option<(ByHand, Option<Contact>)> {
        let mut contact = None;
        if !self.name.value.is_empty() || !self.email.value.is_empty() {
            match Contact::new(&self.name.value, &self.email.value) {
                Ok(read) => contact = Some(read),
                Err(_) => self.email.refuse(shell.text("counter-contact-wrong")),
            }
        }
        let by_hand = if self.is_terminal {
            let reference = Some(self.reference.value.clone());
            ByHand::Terminal {
                reference: reference.filter(|text| !text.is_empty()),
            }
        } else {
            let exponent = event.currency.exponent();
            let typed = Some(self.tendered.value.as_str()).filter(|text| !text.is_empty());
            let tendered_minor = typed.map(|text| minor(text, exponent));
            if tendered_minor == Some(None) {
                self.tendered.refuse(shell.text("plan-price-wrong"));
            }
            ByHand::Cash {
                tendered_minor: tendered_minor.flatten(),
            }
        };
        let is_right = self.email.problem.is_none() && self.tendered.problem.is_none();
        is_right.then_some((by_hand, contact))
    }

    /// Puts what was refused beside its field; the rest of it is returned.
    fn refuse(
        &mut self,
        error: Error,
        shell: &Shell,
        format: &Format,
    ) -> Result<Option<String>, Error> {
        let pointers: Vec<&str> = error.0.errors.iter().map(|(at, _)| at.as_str()).collect();
        match pointers.first() {
            Some(&"/payment/tendered") => self.tendered.refuse(shell.text("counter-too-little")),
            Some(&"/payment/reference") => {
                self.reference.refuse(shell.text("counter-reference-wrong"));
            }
            _ => return Ok(Some(alert(error, format.words)?)),
        }
        Ok(None)
    }
}

async fn page(
    app: &App,
    request: &HttpRequest,
    on: &On<Manage>,
    event: &Event,
    picked: &Picked,
) -> Result<SalePage, Error> {
    let format = Format::of(request);
    Ok(SalePage {
        shell: Shell::of_event(request, on, event, "box-office"),
        path: format!("/admin/events/{}/box-office", event.id),
        pick: Pick::of(app, event, picked, &format).await?,
        sold: None,
        pay: None,
        alert: None,
    })
}

/// GET /admin/events/{event}/box-office: to choose; once tickets are chosen, what they cost.
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let fields = query(&request)?;
    let (picked, format) = (Picked::of(&fields), Format::of(&request));
    let mut page = page(&app, &request, &on, &event, &picked).await?;
    if let Some(id) = value_of(&fields, "sold").and_then(|text| text.parse().ok()) {
        page.sold = sold(&app, &event, id, &format).await?;
    }
    if value_of(&fields, "pay").is_some() && !picked.is_empty() {
        match Pay::of(&event, &picked, &fields, &format) {
            Ok(pay) => page.pay = Some(pay),
            Err(error) => page.alert = Some(alert(error, format.words)?),
        }
    } else if value_of(&fields, "pay").is_some() {
        page.alert = Some(format.words.text("counter-nothing").to_owned());
    }
    private_page(StatusCode::OK, &page)
}

/// What was just sold, if it was sold at the counter of this event.
async fn sold(
    app: &App,
    event: &Event,
    id: BookingId,
    format: &Format,
) -> Result<Option<Sold>, Error> {
    let booking = booking::get(&app.db, id).await?;
    let is_its = |booking: &booking::Booking| {
        booking.event == event.no && booking.kind == BookingKind::BoxOffice
    };
    let Some(booking) = booking.filter(is_its) else {
        return Ok(None);
    };
    let one = std::slice::from_ref(&booking);
    let payments = app.payments.of_bookings(one).await?;
    let items = booking.items.iter().filter_map(|item| {
        let tier = event.tier_no(item.tier)?;
        Some(format!("{} × {}", format.number(item.quantity), tier.name))
    });
    let items: Vec<String> = items.collect();
    let access = app.access.link(booking.id).await?;
    let change = payments.last().and_then(Payment::change);
    Ok(Some(Sold {
        id: booking.id,
        reference: booking.reference.to_string(),
        items: items.join(", "),
        total: format.money(booking.total),
        change: change.map(|change| format.money(change)),
        link: format!("/bookings/{}?access={access}", booking.id),
    }))
}

/// POST /admin/events/{event}/box-office
pub async fn sell(
    app: Data<App>,
    request: HttpRequest,
    on: On<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let event = event_of(&app, &request, &on).await?;
    let key = key_field(&fields)?;
    let (picked, format) = (Picked::of(&fields), Format::of(&request));
    let mut page = page(&app, &request, &on, &event, &picked).await?;
    let mut pay = match Pay::of(&event, &picked, &fields, &format) {
        Ok(pay) => pay,
        Err(error) => {
            page.alert = Some(alert(error, format.words)?);
            return private_page(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut costs_other = false;
    if let Some((by_hand, contact)) = pay.read(&event, &page.shell) {
        let order = Issue {
            contact,
            ..order(&picked, key)
        };
        let expected = value_of(&fields, "expected_total");
        let take = Take {
            order,
            by_hand,
            expected_minor: expected.and_then(|text| text.parse().ok()),
        };
        match issue::sell(&app, &on.may.actor(), &event, take).await {
            Ok(made) => {
                let path = format!(
                    "/admin/events/{}/box-office?sold={}",
                    event.id, made.booking.id
                );
                return Ok(see_other(&path));
            }
            Err(error) => {
                costs_other = error.0.kind == "total-differs";
                page.alert = pay.refuse(error, &page.shell, &format)?;
            }
        }
    }
    // A field is wrong: it is typed again. It costs something else: whoever sells sees it first. Tickets are gone: others
    // are chosen.
    page.pay = (page.alert.is_none() || costs_other).then_some(pay);
    private_page(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
