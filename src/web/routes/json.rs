//! The paths under /api.

use actix_web::middleware::Compress;
use actix_web::web::{ServiceConfig, route};

use super::method::{at, delete, get, patch, post, put};
use crate::web::{api, error, headers};

/// Under /api. The router tries the paths in this order, so the busiest one comes first.
pub(in crate::web) fn json(routes: &mut ServiceConfig) {
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
