//! Shows a test each answer under /api and of the health checks, as it is about to be sent. Only in builds for tests.
//!
//! What must hold: nothing is changed about an answer; while nobody observes, nothing is done.

use std::sync::{Arc, OnceLock};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, EitherBody, MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::web::{Bytes, Data};

use crate::app::App;
use crate::web::language::OfPath;

/// An answer.
pub struct Seen {
    /// Whose it is.
    pub app: Arc<App>,
    /// The request's method.
    pub method: String,
    /// The route's path, `/api/events/{event_id}`; `None` if there is no such route.
    pub route: Option<String>,
    /// The request's path and query.
    pub address: String,
    /// The status.
    pub status: u16,
    /// The headers, by names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; `None` of one that comes in pieces.
    pub body: Option<Bytes>,
}

/// Who is shown the answers of all servers in this process.
pub static OBSERVER: OnceLock<fn(&Seen)> = OnceLock::new();

/// Shows an answer to the observer, if there is one.
pub(super) async fn show<B: MessageBody>(
    response: ServiceResponse<B>,
) -> ServiceResponse<EitherBody<B, Bytes>> {
    let is_whole = matches!(
        response.response().body().size(),
        BodySize::Sized(_) | BodySize::None
    );
    let Some(observer) = OBSERVER.get().filter(|_| is_of_interest(&response)) else {
        return response.map_into_left_body();
    };
    if !is_whole {
        if let Some(seen) = seen(&response, None) {
            observer(&seen);
        }
        return response.map_into_left_body();
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.unwrap_or_default();
    let response = ServiceResponse::new(request, head.set_body(body.clone()));
    if let Some(seen) = seen(&response, Some(body)) {
        observer(&seen);
    }
    response.map_into_right_body()
}

fn is_of_interest<B>(response: &ServiceResponse<B>) -> bool {
    let path = response.request().path();
    // What is left of a page's address whose language was taken from it.
    let is_page = response.request().extensions().contains::<OfPath>();
    !is_page && (path.starts_with("/api/") || ["/healthz", "/readyz"].contains(&path))
}

fn seen<B>(response: &ServiceResponse<B>, body: Option<Bytes>) -> Option<Seen> {
    let request = response.request();
    let app = request.app_data::<Data<App>>()?.clone().into_inner();
    let text = |value: &actix_web::http::header::HeaderValue| {
        String::from_utf8_lossy(value.as_bytes()).into_owned()
    };
    let headers = response.headers().iter();
    Some(Seen {
        app,
        method: request.method().to_string(),
        route: request.match_pattern(),
        address: request.uri().to_string(),
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        body,
    })
}
