//! The page of every error: what happened, whether anything was charged, what to do next.
//!
//! What must hold: it renders the [`Problem`] that `error` made and changes neither status nor Retry-After.
//! Orders that were refused are shown on the event's page instead: see `refusal`.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, RETRY_AFTER};
use actix_web::middleware::Next;
use askama::Template;

use super::frame::Frame;
use super::respond::private_page;
use crate::web::error::{Error, Problem};
use crate::web::view::format::Format;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    title: &'static str,
    happened: String,
    /// What did not happen to the reader's money and order.
    assurance: &'static str,
    /// What to do next.
    advice: &'static str,
    /// Whether the same request may succeed when it is retried.
    can_retry: bool,
    /// The id under which a defect was logged.
    request_id: Option<String>,
}

impl ErrorPage {
    fn new(frame: Frame, problem: &Problem) -> Self {
        let (title, assurance, advice) = match problem.kind {
            "not-found" if frame.path.starts_with("/bookings/") => NO_BOOKING,
            _ => texts(problem),
        };
        let request_id = problem.fields.get("request_id");
        Self {
            frame,
            status: problem.status,
            title,
            happened: match problem.kind {
                "not-found" => "There is nothing at this address".to_owned(),
                "overloaded" | "unavailable" => {
                    "We could not get to your request in time".to_owned()
                }
                "internal-error" => "It is our mistake, and we have a note of it".to_owned(),
                // Fields are named by JSON pointer there.
                _ => problem.detail.trim_start_matches('/').to_owned(),
            },
            assurance,
            advice,
            can_retry: matches!(problem.status, 429 | 503),
            request_id: request_id.and_then(|id| id.as_str()).map(str::to_owned),
        }
    }
}

/// There is no such booking, or it is another buyer's: the reader is not told which.
const NO_BOOKING: (&str, &str, &str) = (
    "This booking cannot be shown here",
    "If it is yours, it is where it was; nothing was changed.",
    "Open it with its link, or in the browser in which you booked. Yours are under My bookings.",
);

/// Title, what did not happen, what to do next.
fn texts(problem: &Problem) -> (&'static str, &'static str, &'static str) {
    match (problem.kind, problem.status) {
        ("not-found", _) => (
            "This page does not exist",
            "Your bookings are where they were; nothing was changed.",
            "The address may be mistyped, or the event may be gone. Look for it among the upcoming events.",
        ),
        ("forbidden", _) => (
            "That is not allowed with this link",
            "Nothing was changed and nothing was charged.",
            "A booking link is for seeing a booking and paying it. Its buyer can do the rest.",
        ),
        ("other-site", _) => (
            "We did not do that",
            "Nothing was booked, nothing was changed and nothing was charged.",
            "If you meant it, do it here: begin with the upcoming events. If this page comes again, try without browser extensions, or in another browser.",
        ),
        ("overloaded" | "unavailable", _) => (
            "We are very busy just now",
            "No money is kept without a confirmed booking, and a form that is sent twice is carried out once.",
            "Reload this page in a moment: it sends the same request again.",
        ),
        ("too-many-requests", _) => (
            "That was a lot at once",
            "Nothing was booked, nothing was changed and nothing was charged.",
            "Wait a moment, then reload this page: it sends the same request again.",
        ),
        ("internal-error", _) => (
            "Something went wrong on our side",
            "No money is ever kept without a confirmed booking.",
            "Look under My bookings for what became of your order before you try again.",
        ),
        (_, 405) => (
            "That is not possible here",
            "Nothing was changed and nothing was charged.",
            "Go back to the upcoming events and take it from there.",
        ),
        (_, 413) => (
            "That was too much at once",
            "Nothing was changed and nothing was charged.",
            "Go back and try again with less.",
        ),
        ("invalid-request", _) => (
            "We could not read that",
            "Nothing was changed and nothing was charged.",
            "Go back, reload the page, and try again.",
        ),
        (_, _) => (
            problem.title,
            "Nothing was charged.",
            "Go back to see how things stand, or look under My bookings.",
        ),
    }
}

/// Leaves out the body of a problem, for which [`render_errors`] makes a page: compressing it would cost more
/// than all else of a refusal.
pub async fn leave_out_problems<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let response = next.call(request).await?;
    if response.response().extensions().contains::<Error>() {
        return Ok(response.map_body(|_, _| EitherBody::right(BoxBody::new(()))));
    }
    Ok(response.map_into_left_body())
}

/// Turns a problem into a page. Status and Retry-After stay.
pub async fn render_errors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let response = next.call(request).await?;
    let error = response.response().extensions().get::<Error>().cloned();
    let Some(error) = error else {
        return Ok(response.map_into_left_body());
    };
    let (request, response) = response.into_parts();
    let frame = Frame::new(&request, &Format::of(&request));
    let page = private_page(response.status(), &ErrorPage::new(frame, &error.0));
    let mut page = page.unwrap_or_else(|_| HttpResponse::new(response.status()));
    let headers = error.0.headers.iter();
    let names = headers.filter_map(|(name, _)| HeaderName::try_from(*name).ok());
    for name in names.chain([RETRY_AFTER]) {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    Ok(ServiceResponse::new(request, page).map_into_right_body())
}
