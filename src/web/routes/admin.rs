//! The paths of the pages of organisers.

use actix_web::web::{ServiceConfig, redirect};

use super::method::{at, get, post};
use crate::web::admin;

/// The organisers' pages for whoever is signed in, and for whoever wants to be.
pub(in crate::web) fn admin_account(routes: &mut ServiceConfig) {
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
pub(in crate::web) fn admin(routes: &mut ServiceConfig) {
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
pub(in crate::web) fn admin_doors(routes: &mut ServiceConfig) {
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
pub(in crate::web) fn admin_counter(routes: &mut ServiceConfig) {
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
pub(in crate::web) fn admin_bookings(routes: &mut ServiceConfig) {
    routes.service(at(
        "/admin/events/{event}/hand-refunds",
        [
            get().to(admin::counter::by_hand::list),
            post().to(admin::counter::by_hand::given_back),
        ],
    ));
}

/// The organisers' pages of what is sold.
pub(in crate::web) fn admin_sales(routes: &mut ServiceConfig) {
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
pub(in crate::web) fn admin_halls(routes: &mut ServiceConfig) {
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
pub(in crate::web) fn admin_planning(routes: &mut ServiceConfig) {
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
