//! Handlers of the form that pays on the page of a booking, and of what its buyer does at their bank after it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::answer_fields;
use super::booking_view::PayProblems;
use super::bookings::{access_query, booking, page_of, refuse};
use super::form::{Fields, key_field, value_of};
use super::hold_cookie;
use super::respond::see_other;
use crate::access::{Principal, Right};
use crate::app::App;
use crate::booking::{AnswersRefused, Booking};
use crate::gateway::{Action, Provider};
use crate::payment::{ChargeBy, Paid, PayError, Payment, PaymentRequest};
use crate::types::contact::{Contact, ContactInvalid};
use crate::types::{BookingId, PaymentId};
use crate::web::about::{self, Part};
use crate::web::client;
use crate::web::error::Error;
use crate::web::headers::ProviderHosts;
use crate::web::means::Means;

/// POST /bookings/{booking_id}/payments
pub async fn pay(
    app: Data<App>,
    request: HttpRequest,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let (principal, booking) = booking(&app, &request, Right::Pay).await?;
    let key = key_field(&fields)?;
    if booking.total.minor == 0 {
        return confirm_free(&app, &request, &principal, &booking, &fields).await;
    }
    let (method, contact) = match (method_of(&app, &fields), contact_of(&fields)) {
        (Ok(method), Ok(contact)) => (method, contact),
        (method, contact) => {
            let mut problems = contact.err().unwrap_or_default();
            problems.card = method
                .err()
                .map(|_| match app.gateways.current().provider() {
                    Provider::Simulated => "pay-card-problem",
                    Provider::Stripe => "pay-method-problem",
                });
            return refuse(&app, &request, &principal, &booking, &fields, problems).await;
        }
    };
    let (event, id, buyer) = (booking.event, booking.id, booking.buyer);
    let one_shot = false;
    let payment = PaymentRequest {
        event,
        booking: id,
        buyer,
        key,
        seen_moves: value_of(&fields, "moves").and_then(|moves| moves.parse().ok()),
        method,
        return_url: client::origin(&app.config, &request)
            .map(|origin| format!("{origin}{}", back_of(&request, id))),
        contact,
        answers: answer_fields::read(&fields),
        by_buyer: principal.speaks_for(buyer),
        one_shot,
    };
    // The booking's page shows what became of it, or of an earlier payment: a decline, a hold that is over, a
    // payment under way, with this form or with another card.
    match about::time(Part::Payment, app.payments.pay(&payment)).await {
        Ok(Paid { payment, .. }) => {
            let mut response = see_other(&after(&app, &request, &payment));
            if let Some(end) = payment.act_until {
                hold_cookie::prolong(&app, &request, &mut response, id, end);
            }
            Ok(response)
        }
        Err(
            PayError::HoldExpired
            | PayError::InProgress
            | PayError::MovedAgain
            | PayError::NotPending(_)
            | PayError::KeyReused,
        ) => Ok(see_other(&page_of(&request, id))),
        Err(PayError::Contact(_)) => {
            let problems = contact_missing(&fields);
            refuse(&app, &request, &principal, &booking, &fields, problems).await
        }
        Err(PayError::Answers(AnswersRefused::Wrong(wrong))) => {
            let mut problems = PayProblems::default();
            problems.answers.wrong = wrong;
            refuse(&app, &request, &principal, &booking, &fields, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the buyer goes next: to their bank or the provider's page, if a form may lead there; or to the booking's page, which has
/// the way there.
fn after(app: &App, request: &HttpRequest, payment: &Payment) -> String {
    let hosts = app.stripe.as_ref().map(ProviderHosts::of);
    let may_lead = |url: &str| {
        let is_ours = url.starts_with('/') && !url.starts_with("//");
        is_ours || hosts.is_some_and(|hosts| hosts.takes_form(url))
    };
    match &payment.action {
        Some(Action::Redirect { url }) if may_lead(url) => url.clone(),
        _ => page_of(request, payment.booking),
    }
}

/// GET /bookings/{booking_id}/return: the buyer comes back from their bank.
pub async fn come_back(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (_, booking) = booking(&app, &request, Right::Pay).await?;
    for payment in waiting(&app, &booking).await? {
        app.payments.look(payment).await?;
    }
    Ok(see_other(&page_of(&request, booking.id)))
}

/// POST /bookings/{booking_id}/payments/give-up: the buyer wants to pay otherwise than their bank asks about.
pub async fn give_up(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let (_, booking) = booking(&app, &request, Right::Pay).await?;
    for payment in waiting(&app, &booking).await? {
        app.payments.give_up(payment).await?;
    }
    Ok(see_other(&page_of(&request, booking.id)))
}

/// The payments of a booking that wait for its buyer: one at most.
async fn waiting(app: &App, booking: &Booking) -> Result<Vec<PaymentId>, Error> {
    let payments = app
        .payments
        .of_bookings(std::slice::from_ref(booking))
        .await?;
    let waiting = payments.iter().filter(|payment| payment.action.is_some());
    Ok(waiting.map(|payment| payment.id).collect())
}

/// What a form says of how it pays: a token, the number of a test card, or on the provider's page.
fn method_of(app: &App, fields: &Fields) -> Result<ChargeBy, Error> {
    let value = |name| value_of(fields, name).filter(|value| !value.is_empty());
    if value("hosted").is_some() {
        return Ok(ChargeBy::Page);
    }
    let means = Means {
        payment_method: value("payment_method"),
        card_number: value("card_number"),
        return_url: None,
    };
    Ok(means.read(app, "")?.0.into())
}

/// Confirms a hold that costs nothing: it has waited for its buyer's contact or answers alone.
async fn confirm_free(
    app: &App,
    request: &HttpRequest,
    principal: &Principal,
    booking: &Booking,
    fields: &Fields,
) -> Result<HttpResponse, Error> {
    let contact = match contact_of(fields) {
        Ok(contact) => contact,
        Err(problems) => return refuse(app, request, principal, booking, fields, problems).await,
    };
    let said = (contact, answer_fields::read(fields));
    let by_buyer = principal.speaks_for(booking.buyer);
    match app.payments.confirm_free(booking, said, by_buyer).await {
        Ok(()) | Err(PayError::HoldExpired | PayError::NotPending(_)) => {
            Ok(see_other(&page_of(request, booking.id)))
        }
        Err(PayError::Contact(_)) => {
            let problems = contact_missing(fields);
            refuse(app, request, principal, booking, fields, problems).await
        }
        Err(PayError::Answers(AnswersRefused::Wrong(wrong))) => {
            let mut problems = PayProblems::default();
            problems.answers.wrong = wrong;
            refuse(app, request, principal, booking, fields, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form says of its buyer, if anything.
fn contact_of(fields: &Fields) -> Result<Option<Contact>, PayProblems> {
    let value = |name| value_of(fields, name).unwrap_or_default();
    let (name, email) = (value("name"), value("email"));
    if name.trim().is_empty() && email.trim().is_empty() {
        return Ok(None);
    }
    Contact::new(name, email).map(Some).map_err(|error| {
        let mut problems = PayProblems::default();
        match error {
            ContactInvalid::Name => problems.name = Some("contact-name-problem"),
            ContactInvalid::Email => problems.email = Some("contact-email-problem"),
        }
        problems
    })
}

/// The event asks for a name and an address, and one of them is not there.
fn contact_missing(fields: &Fields) -> PayProblems {
    let is_empty = |name| value_of(fields, name).unwrap_or_default().trim().is_empty();
    PayProblems {
        name: is_empty("name").then_some("contact-name-missing"),
        email: is_empty("email").then_some("contact-email-missing"),
        ..PayProblems::default()
    }
}

/// Where the buyer comes back to from their bank.
fn back_of(request: &HttpRequest, id: BookingId) -> String {
    format!("/bookings/{id}/return{}", access_query(request))
}
