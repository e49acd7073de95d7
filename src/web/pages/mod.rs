//! HTML pages.

pub mod bookings;
pub mod events;
pub mod users;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

/// What a page may load: its own files and nothing else.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// Stylesheet, scripts, icons.
pub fn assets() -> actix_files::Files {
    actix_files::Files::new("/static", "static")
}

/// Turns a problem into a page.
pub async fn render_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    next.call(request).await
}
