//! The page of every error: what happened, whether anything was charged, what to do next.
//!
//! What must hold: it renders the [`Problem`] that `error` made and changes neither status nor Retry-After.
//! Orders that were refused are shown on the event's page instead: see `shop::refusal`.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::admin::shell::Shell;
use super::frame::Frame;
use super::respond::private_page;
use crate::web::error::{Error, Problem, UNKNOWN_SITE};
use crate::web::view::format::Format;

/// The page in the shop.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    said: Said,
}

/// The page on the organiser's side.
#[derive(Template)]
#[template(path = "admin/error.html")]
struct AdminErrorPage {
    shell: Shell,
    said: Said,
}

/// A problem in words.
struct Said {
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

impl Said {
    fn new(frame: &Frame, problem: &Problem) -> Self {
        let text = match problem.kind {
            "not-found" if is_of_organisers(&frame.path) => "admin-not-found",
            "forbidden" if is_of_organisers(&frame.path) => "role-forbidden",
            "not-found" if frame.path.starts_with("/bookings/") => "no-booking",
            _ => text_of(problem),
        };
        let say = |id| frame.text(id).to_owned();
        let happened = match (problem.kind, problem.retry_after) {
            ("not-found", _) if text == "not-found" => say("nothing-at-address"),
            ("overloaded" | "unavailable", _) => say("no-time"),
            ("internal-error", _) => say("our-mistake"),
            ("other-site", _) if problem.title == UNKNOWN_SITE => say("form-from-unknown-site"),
            ("other-site", _) => say("form-from-other-site"),
            ("too-late-to-cancel", _) => say("event-begins"),
            ("already-admitted", _) => say("ticket-was-used"),
            ("too-many-requests", Some(seconds)) => frame.count("wait-seconds", seconds as i32),
            _ => String::new(),
        };
        let request_id = problem.fields.get("request_id");
        Self {
            status: problem.status,
            title: frame.text(text),
            happened,
            assurance: frame.text(&format!("{text}.assurance")),
            advice: frame.text(&format!("{text}.advice")),
            can_retry: matches!(problem.status, 429 | 503),
            request_id: request_id.and_then(|id| id.as_str()).map(str::to_owned),
        }
    }
}

/// Whether a page of this path is one of organisers.
fn is_of_organisers(path: &str) -> bool {
    path.starts_with("/admin") || path.starts_with("/scan")
}

/// The id of the title, with what did not happen and what to do next as its attributes.
fn text_of(problem: &Problem) -> &'static str {
    match (problem.kind, problem.status) {
        ("not-found", _) => "not-found",
        ("forbidden", _) => "forbidden",
        ("other-site", _) => "other-site",
        ("overloaded" | "unavailable", _) => "busy",
        ("too-many-requests", _) => "too-many",
        ("internal-error", _) => "internal-error",
        ("too-late-to-cancel", _) => "too-late-to-cancel",
        ("already-admitted", _) => "already-admitted",
        (_, 405) => "not-possible",
        (_, 413) => "too-large",
        ("invalid-request", _) => "unreadable",
        (_, _) => "other-problem",
    }
}

/// Leaves out the body of a problem, for which [`render_errors`] makes a page: compressing it would cost more
/// than all else of a refusal.
pub(super) async fn leave_out_problems<B: MessageBody>(
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
pub(super) async fn render_errors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let response = next.call(request).await?;
    let error = response.response().extensions().get::<Error>().cloned();
    let Some(error) = error else {
        return Ok(response.map_into_left_body());
    };
    let (request, response) = response.into_parts();
    let page = page(&request, response.status(), &error.0);
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

fn page(
    request: &HttpRequest,
    status: StatusCode,
    problem: &Problem,
) -> Result<HttpResponse, Error> {
    let frame = Frame::new(request, &Format::of(request));
    let said = Said::new(&frame, problem);
    if is_of_organisers(request.path()) {
        let shell = Shell::for_anyone(request);
        return private_page(status, &AdminErrorPage { shell, said });
    }
    private_page(status, &ErrorPage { frame, said })
}
