//! Handlers of pages under /bookings: the buyer's list, one booking with its calendar file, and the forms that
//! answer its event's questions or cancel it; `paying` has the one that pays. What a page shows is in `booking_view`.

use std::fmt::Display;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::answer_fields::{self, Asked, groups};
use super::booking_view::{BookingPage, PayProblems, Reader, items_text, seats_text};
use super::bookings_view::BookingsPage;
use super::event_facts::EventFacts;
use super::form::{Fields, value_of};
use super::frame::Frame;
use super::hold_cookie;
use super::pay_view::PayForm;
use super::respond::{BY_READER, private_page, see_other};
use crate::access::{Principal, Right};
use crate::app::App;
use crate::booking::{self, AnswersRefused, Booking, Place, Status};
use crate::catalog::{Event, questions};
use crate::gateway::Provider;
use crate::gateway::stripe::config::StripeConfig;
use crate::payment::{self, Happened, PayError, Payment};
use crate::types::BookingId;
use crate::web::error::Error;
use crate::web::headers::ProviderHosts;
use crate::web::view::calendar;
use crate::web::view::format::Format;
use crate::web::{client, extract, find, session};

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    cursor: String,
}

/// GET /bookings
pub async fn list(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let query: ListQuery = extract::query(&request)?;
    let after: Option<Place> = match query.cursor.as_str() {
        "" => None,
        text => Some(extract::parse("/cursor", text)?),
    };
    let buyer = session::of_page(&app, &request).await?.buyer();
    let listed = match buyer {
        Some(buyer) => booking::mine(&app.db, buyer, after).await?,
        None => Vec::new(),
    };
    let bookings = || listed.iter().map(|listed| &listed.booking);
    let paying = being_paid(&app, bookings()).await?;
    let format = Format::of(&request);
    let events = events_for(&app, bookings(), &format).await?;
    let frame = Frame::new(&request, &format);
    let is_first = after.is_none();
    let view = BookingsPage::new(frame, &format, buyer, is_first, &listed, &events, &paying);
    let mut response = private_page(StatusCode::OK, &view)?;
    if is_first {
        hold_cookie::keep_only(&app, &request, &mut response, bookings());
    }
    Ok(response)
}

/// GET /bookings/{booking_id}
pub async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (principal, booking) = booking(&app, &request, Right::Read).await?;
    let (status, problems) = (StatusCode::OK, PayProblems::default());
    render(&app, &request, &principal, &booking, status, problems).await
}

/// GET /bookings/{booking_id}/calendar.ics
pub async fn calendar(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (_, booking) = booking(&app, &request, Right::Read).await?;
    let format = Format::of(&request);
    let events = events_for(&app, [&booking], &format).await?;
    let (Some(event), Status::Confirmed) = (events.first(), booking.status) else {
        return Err(Error::not_found("calendar file"));
    };
    let venue = &event.venue;
    let country = format.country(&venue.country);
    let address = venue.address.as_ref();
    let street = address.map_or_else(String::new, |address| format!("{address}, "));
    let location = format!("{}, {street}{}, {country}", venue.name, venue.city);
    let mut description = items_text(&booking, event, &format);
    let seats = seats_text(&booking, event);
    if !seats.is_empty() {
        let seats = format.words.with("calendar-seats", &[("seats", &seats)]);
        description.push_str(&format!("\n{seats}"));
    }
    if let Some(before) = &EventFacts::of(event, &format).moved {
        let before = format.words.with("moved-before", &[("date", &before.from)]);
        description.push_str(&format!("\n{before}"));
    }
    let reference = [("reference", &booking.reference as &dyn Display)];
    let reference = format.words.with("calendar-reference", &reference);
    description.push_str(&format!("\n{reference}"));
    let origin = client::origin(&app.config, &request);
    let url = origin.map(|origin| format!("{origin}{}", page_of(&request, booking.id)));
    let name = format!("attachment; filename=\"{}.ics\"", booking.reference);
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header(BY_READER)
        .insert_header((CONTENT_DISPOSITION, name))
        .body(calendar::file(
            &Frame::new(&request, &format).shop,
            &booking,
            event,
            &location,
            &description,
            url.as_deref(),
        )))
}

/// POST /bookings/{booking_id}/answers
pub async fn answer(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (principal, booking) = booking(&app, &request, Right::Answer).await?;
    let given = answer_fields::read(&fields);
    let by_buyer = principal.speaks_for(booking.buyer);
    match booking::answer(&app.db, &booking, given, by_buyer).await? {
        Ok(()) => Ok(see_other(&page_of(&request, booking.id))),
        Err(refused @ (AnswersRefused::Over | AnswersRefused::NotYours)) => Err(refused.into()),
        Err(AnswersRefused::Wrong(wrong)) => {
            let mut problems = PayProblems::default();
            problems.answers.wrong = wrong;
            refuse(&app, &request, &principal, &booking, &fields, problems).await
        }
    }
}

/// The page with what is wrong with the form, and what was typed into it but the card number.
pub(super) async fn refuse(
    app: &App,
    request: &HttpRequest,
    principal: &Principal,
    booking: &Booking,
    fields: &Fields,
    mut problems: PayProblems,
) -> Result<HttpResponse, Error> {
    let value = |name| value_of(fields, name).unwrap_or_default().to_owned();
    problems.typed = Some((value("name"), value("email")));
    problems.answers.given = Some(answer_fields::read(fields));
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    render(app, request, principal, booking, status, problems).await
}

/// POST /bookings/{booking_id}/cancel
pub async fn cancel(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (_, booking) = booking(&app, &request, Right::Cancel).await?;
    let (event, id, buyer) = (booking.event, booking.id, booking.buyer);
    match app.payments.cancel(event, id, buyer).await {
        Ok(()) | Err(PayError::NotPending(_)) => Ok(see_other(&page_of(&request, id))),
        Err(error) => Err(error.into()),
    }
}

/// Who asks, and the booking that the path names, if they may do this to it.
pub(super) async fn booking(
    app: &App,
    request: &HttpRequest,
    right: Right,
) -> Result<(Principal, Booking), Error> {
    let principal = session::of_page(app, request).await?;
    let booking = find::booking_of_path(app, request, principal.clone(), right).await?;
    Ok((principal, booking))
}

/// The events of some bookings, in the reader's language.
async fn events_for(
    app: &App,
    bookings: impl IntoIterator<Item = &Booking>,
    format: &Format,
) -> Result<Vec<Arc<Event>>, Error> {
    let events = find::events_of(app, bookings).await?;
    let translated = |event: &Arc<Event>| event.in_language(format.words.tag());
    Ok(events.iter().map(translated).collect())
}

/// The page of a booking, with the link that the request came by.
pub(super) fn page_of(request: &HttpRequest, id: BookingId) -> String {
    format!("/bookings/{id}{}", access_query(request))
}

/// The query string that carries a booking link on, or nothing.
pub(super) fn access_query(request: &HttpRequest) -> String {
    let access = extract::access(request);
    access.map_or_else(String::new, |access| format!("?access={access}"))
}

/// The payments that are under way for some of these bookings. Few lists have any: nothing is asked for then.
async fn being_paid(
    app: &App,
    bookings: impl Iterator<Item = &Booking>,
) -> Result<Vec<Payment>, Error> {
    let paying = bookings.filter(|booking| booking.paying_until.is_some());
    let paying: Vec<Booking> = paying.cloned().collect();
    if paying.is_empty() {
        return Ok(Vec::new());
    }
    let mut payments = app.payments.of_bookings(&paying).await?;
    payments.retain(|payment| payment.status == payment::Status::Processing);
    Ok(payments)
}

/// What the providers have told of the charges of a booking, if any of it went back.
async fn told_of(
    app: &App,
    booking: &Booking,
    payments: &[Payment],
) -> Result<Vec<Happened>, Error> {
    let went_back =
        |payment: &Payment| payment.refunded_at.is_some() || !payment.refunds.is_empty();
    if !payments.iter().any(went_back) {
        return Ok(Vec::new());
    }
    Ok(app.payments.incidents(booking).await?)
}

/// What the event asks, and what of it is answered.
async fn asked(app: &App, event: &Event, booking: &Booking) -> Result<Asked, Error> {
    if !event.asks {
        return Ok(Asked::default());
    }
    let questions = questions(&app.db.get().await?, event.no).await?;
    let answers = booking::answers(&app.db, booking).await?;
    Ok(Asked { questions, answers })
}

/// The account whose script the page of a booking that is to be paid needs: it takes payments, or waits for its buyer.
fn account<'a>(app: &'a App, payments: &[Payment]) -> Option<&'a StripeConfig> {
    let is_stripes =
        |payment: &Payment| payment.action.is_some() && payment.provider == Provider::Stripe;
    let takes_payments = app.gateways.current().provider() == Provider::Stripe;
    let account = app.stripe.as_ref();
    account.filter(|_| takes_payments || payments.iter().any(is_stripes))
}

async fn render(
    app: &App,
    request: &HttpRequest,
    principal: &Principal,
    booking: &Booking,
    status: StatusCode,
    problems: PayProblems,
) -> Result<HttpResponse, Error> {
    let one = std::slice::from_ref(booking);
    let format = Format::of(request);
    let events = events_for(app, one, &format).await?;
    let event = events.first().ok_or_else(|| Error::not_found("event"))?;
    let is_known = principal.speaks_for(booking.buyer);
    let payments = find::payments_of(app, booking, is_known).await?;
    let told = told_of(app, booking, &payments).await?;
    let frame = Frame::new(request, &format);
    let is_buyer = principal.buyer() == Some(booking.buyer);
    let origin = client::origin(&app.config, request);
    let origin = origin.map_or_else(String::new, |origin| origin.to_string());
    let link = app.access.link(booking.link()).await?;
    let reader = Reader {
        is_buyer,
        may_answer: is_buyer || booking.link_no > 0,
        link: format!("{origin}/bookings/{}?access={link}", booking.id),
        access: access_query(request),
    };
    let tickets = match booking.status {
        Status::Confirmed => app.codes.of_booking(booking.event, booking.id).await?,
        _ => Vec::new(),
    };
    let contacts = booking::contacts(&app.db, one).await?;
    let contact = contacts.first().map(|(_, contact)| contact);
    let money = (payments.as_slice(), told.as_slice());
    let view = BookingPage::new(
        frame, &format, event, booking, &tickets, money, contact, &reader,
    );
    let asked = asked(app, event, booking).await?;
    let groups = groups(&asked, booking, event, is_buyer, &problems.answers, &format);
    let answers = match event.moved {
        Some(_) => booking::answers_to_moves(&app.db, one).await?,
        None => Vec::new(),
    };
    let view = view.asking(groups).with_problems(problems);
    let may_pay = principal.speaks_for(booking.buyer) || !access_query(request).is_empty();
    let account = view.is_payable().then(|| account(app, &payments)).flatten();
    let form = PayForm::of(app.gateways.current().as_ref(), account, booking.total);
    let view = view.moved(event, booking, &answers, &format);
    let waits = payments.iter().find(|payment| payment.action.is_some());
    let view = view.paying(form, waits.filter(|_| may_pay), account, (event, &format));
    let mut response = private_page(status, &view)?;
    if let Some(account) = account {
        ProviderHosts::of(account).open(&mut response);
    }
    if is_buyer {
        let end = waits.map_or(booking.expires_at, |payment| payment.act_until);
        let end = end.filter(|_| view.is_held());
        hold_cookie::note(app, request, &mut response, (booking, event.id), end);
    }
    Ok(response)
}
