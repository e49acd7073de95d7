//! Limits how often one client may ask for what: an address by middleware, before anything is done for it; a
//! buyer or an API token as soon as they have proved who they are, which takes no look at the database.
//!
//! What must hold: the middleware is around every route, as it tells the connection that a request is handled; a request
//! that is allowed costs no allocation of its own, unless a proxy passes it on; one that is refused is not
//! looked at further, and its body, if it is short, is read and thrown away so that its connection can be
//! used again. Allowed answers carry no `RateLimit` headers: making them costs more than the check.

use std::future::Ready;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::Method;
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::web::Data;
use futures::future::{Either, MapOk, TryFutureExt};

use super::connection::Progress;
use super::error::Error;
use super::{body, client};
use crate::access::Principal;
use crate::access::limits::{Bucket, Exceeded, Key};
use crate::app::App;

/// The middleware.
pub(super) struct Limit(pub(super) Data<App>);

/// The middleware around a service.
pub(super) struct Limited<S> {
    app: Data<App>,
    service: S,
}

/// A refusal under way.
type Refusal<B> = Pin<Box<dyn Future<Output = Answer<B>>>>;

/// The body is the service's, or that of a refusal.
type Answer<B> = Result<ServiceResponse<EitherBody<B>>, actix_web::Error>;

impl<S, B> Transform<S, ServiceRequest> for Limit
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = Limited<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, Self::InitError>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let app = self.0.clone();
        std::future::ready(Ok(Limited { app, service }))
    }
}

impl<S, B> Service<ServiceRequest> for Limited<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = Either<MapOk<S::Future, fn(ServiceResponse<B>) -> Self::Response>, Refusal<B>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        // There is none where requests come through no network.
        if let Some(progress) = request.request().conn_data::<Rc<Progress>>() {
            progress.handle(request.headers().contains_key(TRANSFER_ENCODING));
        }
        match self.check(&request) {
            Ok(()) => {
                let answer = self.service.call(request);
                Either::Left(answer.map_ok(ServiceResponse::map_into_left_body))
            }
            Err(exceeded) => Either::Right(refuse(request, exceeded)),
        }
    }
}

impl<S> Limited<S> {
    fn check(&self, request: &ServiceRequest) -> Result<(), Exceeded> {
        let Some(bucket) = bucket(request.method(), request.path()) else {
            return Ok(());
        };
        let trusted = &self.app.config.limits.trusted_proxies;
        let address = client::address(request.peer_addr(), request.headers(), trusted);
        let checked = self.app.limits.check(bucket, Key::of_address(address));
        if checked.is_err() && trusted.is_empty() {
            warn_of_proxy(request);
        }
        checked.map(|_| ())
    }
}

/// Counts a request on whoever has proved to send it, if it books or pays; reading is counted by address alone.
///
/// # Errors
/// 429.
pub(super) fn check_principal(
    app: &App,
    request: &HttpRequest,
    principal: &Principal,
) -> Result<(), Error> {
    let bucket = bucket(request.method(), request.path());
    let bucket = bucket.filter(|it| matches!(it, Bucket::Bookings | Bucket::Payments));
    let (Some(bucket), Some(key)) = (bucket, principal.limit_key()) else {
        return Ok(());
    };
    app.limits.check(bucket, key)?;
    Ok(())
}

/// Which bucket a request draws on; none for those that ask how the server is.
fn bucket(method: &Method, path: &str) -> Option<Bucket> {
    if method.is_safe() {
        let is_health = matches!(path, "/api/status" | "/healthz" | "/readyz");
        return (!is_health).then_some(Bucket::Reads);
    }
    Some(match path {
        "/api/bookings" => Bucket::Bookings,
        "/api/payments/webhook" => Bucket::Webhooks,
        "/api/payments" => Bucket::Payments,
        "/buyers" | "/buyers/code" | "/api/buyers" => Bucket::NewBuyers,
        path if signs_in(path) => Bucket::SignIns,
        "/bookings/find" | "/buyers/move" => Bucket::Retrievals,
        // Twenty scanners behind one address scan as fast as guests walk.
        path if path.starts_with("/api/organiser/") || path.starts_with("/scan/") => Bucket::Reads,
        path if path.ends_with("/payments") || path.ends_with("/cancel") => Bucket::Payments,
        _ => Bucket::Bookings,
    })
}

/// Whether a password, a code or a link may be guessed there.
fn signs_in(path: &str) -> bool {
    let is_link = path.starts_with("/admin/invitations/") && !path.ends_with("/withdraw");
    is_link || path.starts_with("/admin/sign-in")
}

/// Answers with 429. Throws away a body that is short: otherwise actix-http closes the connection.
fn refuse<B: 'static>(mut request: ServiceRequest, exceeded: Exceeded) -> Refusal<B> {
    let (http, payload) = request.parts_mut();
    let body = body::take(http, payload);
    Box::pin(async move {
        body.await.ok();
        let refused = request.error_response(Error::from(exceeded));
        Ok(refused.map_into_right_body())
    })
}

/// Behind a proxy that is not named, all clients are one: told once, to whoever operates it.
fn warn_of_proxy(request: &ServiceRequest) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    let is_forwarded = request.headers().contains_key(client::X_FORWARDED_FOR);
    if is_forwarded && !IS_TOLD.swap(true, Ordering::Relaxed) {
        let peer = request.peer_addr();
        log::warn!(
            "{peer:?} is refused requests and sends X-Forwarded-For: if it is your proxy, name it by \
             --trusted-proxy"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_draws_on_its_bucket() {
        for (method, path, expected) in [
            (Method::GET, "/", Some(Bucket::Reads)),
            (Method::HEAD, "/api/events", Some(Bucket::Reads)),
            (Method::GET, "/api/bookings", Some(Bucket::Reads)),
            (Method::GET, "/api/status", None),
            (Method::GET, "/healthz", None),
            (Method::GET, "/readyz", None),
            (Method::POST, "/api/bookings", Some(Bucket::Bookings)),
            (Method::POST, "/events/1/bookings", Some(Bucket::Bookings)),
            (Method::POST, "/api/payments", Some(Bucket::Payments)),
            (Method::POST, "/bookings/1/payments", Some(Bucket::Payments)),
            (Method::POST, "/bookings/1/cancel", Some(Bucket::Payments)),
            (
                Method::POST,
                "/api/bookings/1/cancel",
                Some(Bucket::Payments),
            ),
            (
                Method::POST,
                "/api/payments/webhook",
                Some(Bucket::Webhooks),
            ),
            (Method::POST, "/buyers", Some(Bucket::NewBuyers)),
            (Method::POST, "/bookings/find", Some(Bucket::Retrievals)),
            (
                Method::POST,
                "/api/organiser/events/1/scans",
                Some(Bucket::Reads),
            ),
            (Method::GET, "/bookings/find", Some(Bucket::Reads)),
            (Method::POST, "/buyers/move", Some(Bucket::Retrievals)),
            (Method::POST, "/admin/sign-in", Some(Bucket::SignIns)),
            (Method::POST, "/admin/sign-in/code", Some(Bucket::SignIns)),
            (Method::POST, "/admin/invitations/x", Some(Bucket::SignIns)),
            (Method::GET, "/admin/sign-in", Some(Bucket::Reads)),
            (Method::POST, "/admin/members", Some(Bucket::Bookings)),
            (Method::DELETE, "/anything", Some(Bucket::Bookings)),
        ] {
            assert_eq!(bucket(&method, path), expected, "{method} {path}");
        }
    }
}
