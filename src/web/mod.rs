//! HTTP: the middleware of every request, and around which paths of `routes` it is.
//!
//! A handler extracts, calls one function of the domain, renders; it decides nothing. Only [`error`] turns
//! errors into responses: problem+json under /api, a page elsewhere. `shop` and `admin`, the pages of buyers and of
//! organisers, and `api` do not import each other; what they share is in `find`, `session`, `extract`, `form`, `frame`,
//! `respond` and `view`. No file below it may import this one.

pub mod about;
mod accept;
pub mod admin;
pub mod api;
mod body;
mod client;
pub mod coding;
mod connection;
mod cors;
mod door;
pub mod error;
pub mod export;
pub mod extract;
mod failure;
pub mod find;
pub mod finding;
pub mod form;
mod frame;
mod headers;
mod issue;
mod language;
mod limit;
pub mod listen;
mod malformed;
mod means;
pub mod metrics;
#[cfg(feature = "fault-points")]
pub mod observe;
mod pieces;
mod request_id;
mod respond;
mod routes;
pub mod session;
pub mod shop;
pub mod traces;
pub mod upload;
pub mod view;
mod watch;

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, ServiceConfig, scope};
use futures::TryFutureExt;
use futures::future::{Either, ready};

use crate::app::App;
use crate::types::watched::{Watched, watches};
use api::feed::Feeds;
use limit::Limit;
use metrics::requests::Requests;
use routes::{admin as of_admin, at, get, json, pages};
use shop::rendered::RenderedPages;
use traces::Traces;
use view::assets::Assets;
use view::poster::Posters;
use watch::Watch;

/// What handlers share, in all web workers.
#[derive(Clone)]
pub struct State {
    app: Data<App>,
    assets: Data<Assets>,
    feeds: Data<Feeds>,
    posters: Data<Posters>,
    pages: Data<RenderedPages>,
    requests: Arc<Requests>,
    traces: Option<Arc<Traces>>,
}

impl State {
    /// One for the process; called on the runtime that runs the work behind the requests.
    pub fn new(app: Arc<App>, assets: Assets) -> Self {
        // Read before the first request waits for it.
        view::words::offered();
        Self {
            feeds: Data::new(Feeds::new(app.clone())),
            app: Data::from(app),
            posters: Data::new(Posters::new(assets.directory())),
            assets: Data::new(assets),
            pages: Data::default(),
            requests: Arc::default(),
            traces: None,
        }
    }

    /// Has requests traced.
    #[must_use]
    pub fn with_traces(self, traces: Option<Arc<Traces>>) -> Self {
        Self { traces, ..self }
    }

    /// What is counted of the requests.
    pub fn requests(&self) -> Arc<Requests> {
        self.requests.clone()
    }
}

/// Every path that boxoffice answers, with all that is around it.
pub fn app(
    state: &State,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let config = &state.app.config;
    let watch = Rc::new(Watch {
        shard: state.requests.shard(),
        trusted: config.limits.trusted_proxies.as_slice().into(),
        slow: config.log.slow_request(),
        traces: state.traces.clone(),
    });
    let app = actix_web::App::new()
        .wrap_fn(|request, service| service.call(request).map_ok(error::answer::render))
        .wrap_fn(move |request, service| {
            if watches(Watched::Requests) {
                Either::Left(watch.handle(request, service))
            } else {
                Either::Right(service.call(request))
            }
        })
        .wrap(headers::of_all(&state.app.config))
        .configure(|routes| configure(routes, state));
    #[cfg(feature = "fault-points")]
    let app = app.wrap_fn(|request, service| {
        let answer = service.call(request);
        async { Ok(observe::show(answer.await?).await) }
    });
    app
}

fn configure(routes: &mut ServiceConfig, state: &State) {
    let app = state.app.clone();
    routes
        .app_data(state.app.clone())
        .app_data(state.assets.clone())
        .app_data(state.feeds.clone())
        .app_data(state.posters.clone())
        .app_data(state.pages.clone())
        .service(
            scope("/api")
                .wrap_fn(|request, service| match accept::check(&request) {
                    Ok(()) => {
                        let answer = service.call(request);
                        Either::Left(answer.map_ok(ServiceResponse::map_into_left_body))
                    }
                    Err(error) => {
                        let refused = request.error_response(error);
                        Either::Right(ready(Ok(refused.map_into_right_body())))
                    }
                })
                .wrap(Limit(state.app.clone()))
                .wrap_fn(move |request, service| {
                    let app = app.clone();
                    let answer = service.call(request);
                    answer.map_ok(move |answer| cors::allow(answer, &app.config.cors_origins))
                })
                .configure(json::json),
        )
        .service(at("/healthz", [get().to(api::status::alive)]).wrap(Limit(state.app.clone())))
        .service(at("/readyz", [get().to(api::status::status)]).wrap(Limit(state.app.clone())))
        .service(
            scope("")
                .wrap(from_fn(form::refuse_other_sites))
                .wrap(from_fn(failure::leave_out_problems))
                .wrap(Compress::default())
                // Refused pages are not compressed: that would cost more than all else of a refusal.
                .wrap(Limit(state.app.clone()))
                .wrap(from_fn(failure::render_errors))
                .wrap(headers::of_pages())
                .wrap(from_fn(language::take_from_path))
                .configure(pages::html)
                .configure(of_admin::admin_account)
                // Before what any name of an event could be: `new` is none.
                .configure(of_admin::admin_halls)
                .configure(of_admin::admin_planning)
                .configure(of_admin::admin)
                .configure(of_admin::admin_sales)
                .configure(of_admin::admin_bookings),
        );
}
