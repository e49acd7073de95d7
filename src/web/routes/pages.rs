//! The paths of the pages of buyers, and of their static files.

use actix_web::web::{ServiceConfig, redirect, route};

use super::method::{at, get, post};
use crate::web::{error, shop, view};

/// The pages and their static files.
pub(in crate::web) fn html(routes: &mut ServiceConfig) {
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
