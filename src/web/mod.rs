//! HTTP: the whole route table, and the middleware of every request.
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
use actix_web::guard::{Any, Get, Head};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, ServiceConfig, redirect, route, scope};
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder, Route};
use futures::TryFutureExt;
use futures::future::{Either, ready};

use crate::app::App;
use crate::types::watched::{Watched, watches};
use api::feed::Feeds;
use limit::Limit;
use metrics::requests::Requests;
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
                .configure(json),
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
                .configure(html)
                .configure(admin_account)
                // Before what any name of an event could be: `new` is none.
                .configure(admin_halls)
                .configure(admin_planning)
                .configure(admin)
                .configure(admin_sales)
                .configure(admin_bookings),
        );
}

/// Under /api. The router tries the paths in this order, so the busiest one comes first.
fn json(routes: &mut ServiceConfig) {
    routes
        .service(at(
            "/bookings",
            [
                get().to(api::bookings::list),
                post().to(api::bookings::book),
            ],
        ))
        .service(
            at(
                "/events/{event_id}/availability",
                [get().to(api::events::availability)],
            )
            .wrap(headers::of_catalogue()),
        )
        .service(
            at(
                "/events/{event_id}/availability/stream",
                [get().to(api::stream::availability)],
            )
            .wrap(headers::of_catalogue()),
        )
        .service(
            at("/events/{event_id}/seats", [get().to(api::events::seats)])
                .wrap(headers::of_catalogue()),
        )
        .service(
            at("/events/{event_id}", [get().to(api::events::get)]).wrap(headers::of_catalogue()),
        )
        .service(at("/events", [get().to(api::events::list)]).wrap(headers::of_catalogue()))
        .service(at("/bookings/{booking_id}", [get().to(api::bookings::get)]))
        .service(at(
            "/bookings/{booking_id}/cancel",
            [post().to(api::bookings::cancel)],
        ))
        .service(at(
            "/bookings/{booking_id}/answers",
            [
                get().to(api::answers::get),
                patch().to(api::answers::change),
            ],
        ))
        .service(
            at(
                "/events/{event_id}/questions",
                [get().to(api::answers::asked)],
            )
            .wrap(headers::of_catalogue()),
        )
        .service(at(
            "/bookings/{booking_id}/move-answer",
            [post().to(api::move_answers::take)],
        ))
        .service(at("/buyers", [post().to(api::buyers::create)]))
        .service(at("/payments", [post().to(api::payments::pay)]))
        .service(at("/payments/webhook", [post().to(api::payments::webhook)]))
        .service(at("/payments/{payment_id}", [get().to(api::payments::get)]))
        .service(at("/status", [get().to(api::status::status)]))
        .service(
            at("/openapi.json", [get().to(api::openapi::document)]).wrap(headers::of_catalogue()),
        )
        .service(at("/docs", [get().to(api::docs::page)]).wrap(headers::of_pages()))
        .service(at("/docs/{file}", [get().to(api::docs::file)]).wrap(headers::of_pages()))
        .configure(planning)
        .configure(halls)
        .configure(sales)
        .configure(bookings_of_organisers)
        .configure(check_in)
        .default_service(route().to(error::not_found));
}

/// Under /api/organiser: what organisers withhold, give away and sell at the counter.
fn counter(routes: &mut ServiceConfig) {
    routes
        .service(at(
            "/organiser/events/{event_id}/blocks",
            [
                get().to(api::organiser::blocks::list),
                post().to(api::organiser::blocks::create),
            ],
        ))
        .service(at(
            "/organiser/events/{event_id}/blocks/{booking_id}",
            [
                patch().to(api::organiser::blocks::change),
                delete().to(api::organiser::blocks::delete),
            ],
        ))
        .service(at(
            "/organiser/events/{event_id}/complimentary",
            [post().to(api::organiser::box_office::give)],
        ))
        .service(at(
            "/organiser/events/{event_id}/box-office",
            [post().to(api::organiser::box_office::sell)],
        ))
        .service(at(
            "/organiser/events/{event_id}/hand-refunds",
            [get().to(api::organiser::box_office::due)],
        ));
}

/// Under /api/organiser: bookings, and what is done to them.
fn bookings_of_organisers(routes: &mut ServiceConfig) {
    routes.service(at(
        "/organiser/bookings/{booking_id}/given-back",
        [post().to(api::organiser::box_office::given_back)],
    ));
}

/// Under /api/organiser: what is sold.
fn sales(routes: &mut ServiceConfig) {
    counter(routes);
    routes
        .service(at(
            "/organiser/events/{event_id}/report",
            [get().to(api::organiser::reports::report)],
        ))
        .service(at(
            "/organiser/events/{event_id}/series",
            [get().to(api::organiser::reports::series)],
        ))
        .service(at(
            "/organiser/events/{event_id}/exports/{file}",
            [get().to(api::organiser::reports::export)],
        ))
        .service(at(
            "/organiser/events/{event_id}/call-off",
            [
                get().to(api::organiser::call_off::progress),
                post().to(api::organiser::call_off::begin),
            ],
        ))
        .service(at(
            "/organiser/events/{event_id}/move",
            [
                get().to(api::organiser::moving::progress),
                post().to(api::organiser::moving::begin),
            ],
        ))
        .service(at(
            "/organiser/bookings",
            [get().to(api::organiser::bookings::find)],
        ))
        .service(at(
            "/organiser/bookings/{booking_id}/history",
            [get().to(api::organiser::bookings::history)],
        ))
        .service(at(
            "/organiser/bookings/{booking_id}/cancel",
            [post().to(api::organiser::bookings::cancel)],
        ))
        .service(at(
            "/organiser/bookings/{booking_id}/returns",
            [post().to(api::organiser::changes::give_back)],
        ))
        .service(at(
            "/organiser/bookings/{booking_id}/exchanges",
            [post().to(api::organiser::changes::exchange)],
        ))
        .service(at(
            "/organiser/bookings/{booking_id}/handovers",
            [post().to(api::organiser::changes::hand_over)],
        ))
        .service(at(
            "/organiser/bookings/{booking_id}/notes",
            [post().to(api::organiser::bookings::note)],
        ));
}

/// Under /api/organiser/events: what scanners send and read.
fn check_in(routes: &mut ServiceConfig) {
    use api::organiser::{gates, guests, offline, scans};
    routes
        .service(at(
            "/organiser/events/{event_id}/scans",
            [post().to(scans::scan)],
        ))
        .service(at(
            "/organiser/events/{event_id}/scans/batch",
            [post().to(scans::scan_all)],
        ))
        .service(at(
            "/organiser/events/{event_id}/scans/{scan_id}/undo",
            [post().to(scans::undo)],
        ))
        .service(at(
            "/organiser/events/{event_id}/check-in",
            [get().to(gates::read)],
        ))
        // A list of thousands: each scanner has its own, so it is compressed for each.
        .service(
            at(
                "/organiser/events/{event_id}/check-in/list",
                [get().to(offline::list)],
            )
            .wrap(Compress::default()),
        )
        .service(at(
            "/organiser/events/{event_id}/check-in/search",
            [get().to(guests::search)],
        ))
        .service(at(
            "/organiser/events/{event_id}/check-in/lists",
            [post().to(gates::create_list)],
        ))
        .service(at(
            "/organiser/events/{event_id}/check-in/lists/{list_id}",
            [post().to(gates::change_list)],
        ))
        .service(at(
            "/organiser/events/{event_id}/check-in/gates",
            [post().to(gates::create)],
        ))
        .service(at(
            "/organiser/events/{event_id}/check-in/gates/{gate_id}",
            [post().to(gates::change)],
        ))
        .service(at(
            "/organiser/events/{event_id}/check-in/gates/{gate_id}/close",
            [post().to(gates::close)],
        ));
}

/// Under /api/organiser: events from draft to sale.
fn planning(routes: &mut ServiceConfig) {
    use api::organiser::{codes, events, picture, publishing, questions, tiers};
    routes
        .service(at(
            "/organiser/events",
            [get().to(events::list), post().to(events::create)],
        ))
        .service(at(
            "/organiser/events/{event_id}",
            [
                get().to(events::get),
                patch().to(events::change),
                delete().to(events::delete),
            ],
        ))
        .service(at(
            "/organiser/events/{event_id}/publish",
            [
                get().to(publishing::progress),
                post().to(publishing::publish),
            ],
        ))
        .service(at(
            "/organiser/events/{event_id}/duplicate",
            [post().to(events::duplicate)],
        ))
        .service(at(
            "/organiser/events/{event_id}/picture",
            [put().to(picture::set), delete().to(picture::remove)],
        ))
        .service(at(
            "/organiser/events/{event_id}/codes",
            [get().to(codes::list), post().to(codes::add)],
        ))
        .service(at(
            "/organiser/events/{event_id}/codes/{code}",
            [patch().to(codes::change)],
        ))
        .service(at(
            "/organiser/events/{event_id}/codes/{code}/withdraw",
            [post().to(codes::withdraw)],
        ))
        .service(at(
            "/organiser/events/{event_id}/tiers",
            [post().to(tiers::add)],
        ))
        .service(at(
            "/organiser/events/{event_id}/tiers/{tier}",
            [patch().to(tiers::change), delete().to(tiers::remove)],
        ))
        .service(at(
            "/organiser/events/{event_id}/questions",
            [get().to(questions::get), put().to(questions::set)],
        ));
}

/// Under /api/organiser: halls, and the seats that events have of them.
fn halls(routes: &mut ServiceConfig) {
    use api::organiser::{halls, seating};
    routes
        .service(at(
            "/organiser/halls",
            [get().to(halls::list), post().to(halls::create)],
        ))
        .service(at(
            "/organiser/halls/{hall_id}",
            [
                get().to(halls::read),
                put().to(halls::change),
                delete().to(halls::remove),
            ],
        ))
        .service(at(
            "/organiser/events/{event_id}/seating",
            [put().to(seating::set)],
        ))
        .service(at(
            "/organiser/events/{event_id}/tiers/{tier}/seating",
            [delete().to(seating::remove)],
        ));
}

/// The pages and their static files.
fn html(routes: &mut ServiceConfig) {
    routes
        .service(at("/static/{file}", [get().to(view::assets::get)]))
        .service(at("/tickets-worker.js", [get().to(view::assets::worker)]))
        .service(at("/scan-worker.js", [get().to(view::assets::scan_worker)]))
        .service(at("/", [get().to(shop::events::list)]))
        .service(at("/events/{event}", [get().to(shop::events::show)]))
        .service(at(
            "/events/{event}/bookings",
            [post().to(shop::events::book)],
        ))
        .service(at(
            "/events/{event}/picture.png",
            [get().to(shop::picture::poster)],
        ))
        .service(at("/pictures/{file}", [get().to(shop::picture::file)]))
        .service(at("/events.atom", [get().to(shop::feed::atom)]))
        .service(at("/events.ics", [get().to(shop::feed::calendar)]))
        .service(redirect("/events", "/"))
        .service(redirect("/events/", "/"))
        .service(redirect("/bookings/", "/bookings"))
        .configure(bookings)
        .service(at("/buyers", [post().to(shop::buyers::create)]))
        .service(at("/favicon.ico", [get().to(view::assets::favicon)]))
        .service(at(
            "/manifest.webmanifest",
            [get().to(shop::manifest::manifest)],
        ))
        .service(at("/robots.txt", [get().to(shop::sitemap::robots)]))
        .service(at("/sitemap.xml", [get().to(shop::sitemap::index)]))
        .service(at(
            "/sitemap-{section}.xml",
            [get().to(shop::sitemap::section)],
        ))
        .service(at("/buyers/code", [post().to(shop::retrieve::make_code)]))
        .service(at("/buyers/move", [post().to(shop::retrieve::take_over)]))
        .default_service(route().to(error::not_found));
}

/// The pages of bookings, and of paying them.
fn bookings(routes: &mut ServiceConfig) {
    routes
        .service(at("/bookings", [get().to(shop::bookings::list)]))
        .service(at(
            "/bookings/find",
            [
                get().to(shop::retrieve::show),
                post().to(shop::retrieve::find),
            ],
        ))
        .service(at(
            "/bookings/{booking_id}",
            [get().to(shop::bookings::show)],
        ))
        .service(at(
            "/bookings/{booking_id}/calendar.ics",
            [get().to(shop::bookings::calendar)],
        ))
        .service(at(
            "/bookings/{booking_id}/payments",
            [post().to(shop::paying::pay)],
        ))
        .service(at(
            "/bookings/{booking_id}/payments/give-up",
            [post().to(shop::paying::give_up)],
        ))
        .service(at(
            "/bookings/{booking_id}/return",
            [get().to(shop::paying::come_back)],
        ))
        .service(at(
            "/test-bank/{payment_id}",
            [
                get().to(shop::test_bank::ask),
                post().to(shop::test_bank::answer),
            ],
        ))
        .service(at(
            "/bookings/{booking_id}/cancel",
            [post().to(shop::bookings::cancel)],
        ))
        .service(at(
            "/bookings/{booking_id}/answers",
            [post().to(shop::bookings::answer)],
        ))
        .service(at(
            "/bookings/{booking_id}/move-answer",
            [post().to(shop::move_answers::answer)],
        ));
}

/// The organisers' pages for whoever is signed in, and for whoever wants to be.
fn admin_account(routes: &mut ServiceConfig) {
    routes
        .service(at(
            "/admin/sign-in",
            [
                get().to(admin::sign_in::show),
                post().to(admin::sign_in::sign_in),
            ],
        ))
        .service(at(
            "/admin/sign-in/code",
            [
                get().to(admin::sign_in::show_code),
                post().to(admin::sign_in::enter_code),
            ],
        ))
        .service(at("/admin/sign-out", [post().to(admin::sign_in::sign_out)]))
        .service(at(
            "/admin/invitations/{code}",
            [
                get().to(admin::invitation::show),
                post().to(admin::invitation::accept),
            ],
        ))
        .service(at(
            "/admin/organisations",
            [
                get().to(admin::organisations::list),
                post().to(admin::organisations::choose),
            ],
        ))
        .service(at("/admin/account", [get().to(admin::account::show)]))
        .service(at(
            "/admin/account/password",
            [post().to(admin::account::change_password)],
        ))
        .service(at(
            "/admin/account/second-factor",
            [
                get().to(admin::second_factor::show),
                post().to(admin::second_factor::turn_on),
            ],
        ))
        .service(at(
            "/admin/account/recovery-codes",
            [post().to(admin::second_factor::renew_codes)],
        ))
        .service(at(
            "/admin/account/second-factor/off",
            [post().to(admin::second_factor::turn_off)],
        ))
        .service(at(
            "/admin/account/sessions/{session}/end",
            [post().to(admin::account::end_session)],
        ));
}

/// The organisers' pages.
fn admin(routes: &mut ServiceConfig) {
    routes
        .service(at("/admin", [get().to(admin::events::list)]))
        .service(redirect("/admin/", "/admin"))
        .service(at(
            "/admin/members",
            [
                get().to(admin::members::list),
                post().to(admin::members::invite),
            ],
        ))
        .service(at(
            "/admin/members/{organiser}/role",
            [post().to(admin::members::change_role)],
        ))
        .service(at(
            "/admin/members/{organiser}/remove",
            [post().to(admin::members::remove)],
        ))
        .service(at(
            "/admin/invitations/{invitation}/withdraw",
            [post().to(admin::members::withdraw)],
        ))
        .service(at(
            "/admin/tokens",
            [
                get().to(admin::tokens::list),
                post().to(admin::tokens::create),
            ],
        ))
        .service(at(
            "/admin/tokens/{token}/revoke",
            [post().to(admin::tokens::revoke)],
        ))
        .service(at("/scan", [get().to(admin::scan::list)]))
        .service(redirect("/scan/", "/scan"))
        .service(at(
            "/scan/{event}",
            [get().to(admin::scan::show), post().to(admin::scan::scan)],
        ))
        .service(at(
            "/scan/{event}/gates",
            [post().to(admin::scan::open_gate)],
        ))
        .configure(admin_doors)
        .service(at(
            "/scan/{event}/scans",
            [post().to(admin::scan::scan_all)],
        ))
        .service(at(
            "/scan/{event}/scans/{scan_id}/undo",
            [post().to(admin::scan::undo)],
        ))
        .service(at("/scan/{event}/list", [get().to(admin::scan::offline)]))
        .service(at("/scan/{event}/search", [get().to(admin::scan::search)]))
        .service(at("/scan/{event}/counts", [get().to(admin::scan::counts)]))
        .service(at("/admin/audit", [get().to(admin::audit::list)]))
        .service(at(
            "/admin/events/{event}/audit",
            [get().to(admin::audit::of_event)],
        ));
}

/// The pages on which lists and gates are kept.
fn admin_doors(routes: &mut ServiceConfig) {
    use admin::doors;
    routes
        .service(at("/scan/{event}/doors", [get().to(doors::show)]))
        .service(at("/scan/{event}/lists", [post().to(doors::make_list)]))
        .service(at(
            "/scan/{event}/lists/{list_id}",
            [post().to(doors::change_list)],
        ))
        .service(at(
            "/scan/{event}/lists/{list_id}/close",
            [post().to(doors::close_list)],
        ))
        .service(at(
            "/scan/{event}/gates/{gate_id}",
            [post().to(doors::change_gate)],
        ))
        .service(at(
            "/scan/{event}/gates/{gate_id}/close",
            [post().to(doors::close_gate)],
        ));
}

/// The pages of what organisers withhold, give away and sell at the counter.
fn admin_counter(routes: &mut ServiceConfig) {
    routes
        .service(at(
            "/admin/events/{event}/blocks",
            [
                get().to(admin::counter::blocks::show),
                post().to(admin::counter::blocks::withhold),
            ],
        ))
        .service(at(
            "/admin/events/{event}/blocks/{booking}",
            [post().to(admin::counter::blocks::give_back)],
        ))
        .service(at(
            "/admin/events/{event}/guests",
            [
                get().to(admin::counter::guests::show),
                post().to(admin::counter::guests::give),
            ],
        ))
        .service(at(
            "/admin/events/{event}/box-office",
            [
                get().to(admin::counter::sale::show),
                post().to(admin::counter::sale::sell),
            ],
        ));
}

/// The organisers' pages of bookings, and of what is done to them.
fn admin_bookings(routes: &mut ServiceConfig) {
    routes.service(at(
        "/admin/events/{event}/hand-refunds",
        [
            get().to(admin::counter::by_hand::list),
            post().to(admin::counter::by_hand::given_back),
        ],
    ));
}

/// The organisers' pages of what is sold.
fn admin_sales(routes: &mut ServiceConfig) {
    admin_counter(routes);
    routes
        .service(at("/admin/events/{event}", [get().to(admin::report::show)]))
        .service(at(
            "/admin/events/{event}/exports/{file}",
            [get().to(admin::report::export)],
        ))
        .service(at(
            "/admin/events/{event}/bookings",
            [get().to(admin::bookings::list)],
        ))
        .service(at(
            "/admin/events/{event}/call-off",
            [
                get().to(admin::call_off::show),
                post().to(admin::call_off::begin),
            ],
        ))
        .service(at("/admin/bookings", [get().to(admin::bookings::find)]))
        .service(at(
            "/admin/bookings/{booking}",
            [get().to(admin::booking::show)],
        ))
        .service(at(
            "/admin/bookings/{booking}/notes",
            [post().to(admin::booking::note)],
        ))
        .service(at(
            "/admin/bookings/{booking}/return",
            [
                get().to(admin::changes::give_back::ask),
                post().to(admin::changes::give_back::give_back),
            ],
        ))
        .service(at(
            "/admin/bookings/{booking}/exchange",
            [
                get().to(admin::changes::exchange::ask),
                post().to(admin::changes::exchange::exchange),
            ],
        ))
        .service(at(
            "/admin/bookings/{booking}/hand-over",
            [
                get().to(admin::changes::hand_over::ask),
                post().to(admin::changes::hand_over::hand_over),
            ],
        ))
        .service(at(
            "/admin/bookings/{booking}/cancel",
            [
                get().to(admin::booking::ask_to_cancel),
                post().to(admin::booking::cancel),
            ],
        ));
}

/// The pages on which halls are drawn, and given to the tiers of events.
fn admin_halls(routes: &mut ServiceConfig) {
    use admin::halls::{hall, seating};
    routes
        .service(at(
            "/admin/halls",
            [get().to(hall::list), post().to(hall::create)],
        ))
        .service(at("/admin/halls/import", [post().to(hall::import)]))
        .service(at(
            "/admin/halls/{hall}",
            [get().to(hall::show), post().to(hall::save)],
        ))
        .service(at("/admin/halls/{hall}/delete", [post().to(hall::delete)]))
        .service(at("/admin/halls/{hall}/export", [get().to(hall::export)]))
        .service(at(
            "/admin/events/{event}/hall",
            [get().to(seating::show), post().to(seating::save)],
        ))
        .service(at(
            "/admin/events/{event}/tiers/{tier}/unseat",
            [post().to(seating::unseat)],
        ));
}

/// The pages on which events are planned.
fn admin_planning(routes: &mut ServiceConfig) {
    use admin::planning::{event, languages, moving, prices, publishing, questions, tier};
    routes
        .service(at(
            "/admin/events/new",
            [get().to(event::new), post().to(event::create)],
        ))
        .service(at(
            "/admin/events/{event}/edit",
            [get().to(event::edit), post().to(event::save)],
        ))
        .service(at(
            "/admin/events/{event}/languages",
            [get().to(languages::show)],
        ))
        .service(at(
            "/admin/events/{event}/languages/{language}",
            [post().to(languages::save)],
        ))
        .service(at(
            "/admin/events/{event}/move",
            [get().to(moving::show), post().to(moving::begin)],
        ))
        .service(at(
            "/admin/events/{event}/preview",
            [get().to(event::preview)],
        ))
        .service(at(
            "/admin/events/{event}/publish",
            [get().to(publishing::show), post().to(publishing::publish)],
        ))
        .service(at(
            "/admin/events/{event}/duplicate",
            [post().to(event::duplicate)],
        ))
        .service(at(
            "/admin/events/{event}/delete",
            [post().to(event::delete)],
        ))
        .service(at(
            "/admin/events/{event}/picture",
            [post().to(event::set_picture)],
        ))
        .service(at("/admin/events/{event}/prices", [get().to(prices::show)]))
        .service(at(
            "/admin/events/{event}/prices/taxes",
            [post().to(prices::save_tax)],
        ))
        .service(at(
            "/admin/events/{event}/prices/fees",
            [post().to(prices::save_fee)],
        ))
        .service(at(
            "/admin/events/{event}/prices/codes",
            [post().to(prices::save_code)],
        ))
        .service(at("/admin/events/{event}/tiers", [post().to(tier::add)]))
        .service(at(
            "/admin/events/{event}/tiers/{tier}",
            [post().to(tier::save)],
        ))
        .service(at(
            "/admin/events/{event}/tiers/{tier}/remove",
            [post().to(tier::remove)],
        ))
        .service(at(
            "/admin/events/{event}/questions",
            [get().to(questions::show), post().to(questions::save)],
        ));
}

/// A method of a path: the names that `Allow` has for it, and its handler.
struct Method {
    allow: &'static str,
    route: Route,
}

impl Method {
    fn to<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = self.route.to(handler);
        Self { route, ..self }
    }
}

/// GET and HEAD: actix-web leaves out the body of the latter.
fn get() -> Method {
    Method {
        allow: "GET, HEAD",
        route: route().guard(Any(Get()).or(Head())),
    }
}

fn patch() -> Method {
    Method {
        allow: "PATCH",
        route: web::patch(),
    }
}

fn put() -> Method {
    Method {
        allow: "PUT",
        route: web::put(),
    }
}

fn delete() -> Method {
    Method {
        allow: "DELETE",
        route: web::delete(),
    }
}

fn post() -> Method {
    Method {
        allow: "POST",
        route: web::post(),
    }
}

/// A path and its methods; OPTIONS says which they are, and any other method is 405.
fn at<const N: usize>(path: &'static str, methods: [Method; N]) -> Resource {
    let names = methods.iter().map(|method| method.allow);
    let allow: Vec<_> = names.chain(["OPTIONS"]).collect();
    let allow: Rc<str> = allow.join(", ").into();
    let resource = methods
        .into_iter()
        .map(|method| method.route)
        .fold(Resource::new(path), Resource::route)
        .app_data(metrics::requests::Route::new(path));
    resource.default_service(route().to(move |request: HttpRequest| {
        let allow = allow.clone();
        async move { error::other_method(&request, &allow) }
    }))
}
