//! The buyers' HTML pages.
//!
//! A view struct per template holds what the template shows, already formatted; templates decide
//! nothing. Every page works without scripts. By nouns: `events` with `event_view`, `choice`,
//! `refusal` and `seat_map`; `bookings` and `paying` with `booking_view`, `pay_view` and
//! `bookings_view`; `retrieve` gives them back to
//! whoever has lost them, `buyers` makes new ones. `hold_cookie` tells scripts of holds, and `own_holds` asks what becomes
//! of them when more of the same event is ordered. `rendered` keeps what many ask for. What is
//! around every page, how it is sent, how forms are read and the page of every error are beside this folder: `frame`,
//! `respond`, `form`, `failure`. What others than
//! readers ask for: `sharing` is in the head of a page, `picture`, `feed`, `sitemap` and `manifest` beside the pages.

mod answer_fields;
mod booking_view;
pub mod bookings;
mod bookings_view;
pub mod buyers;
mod choice;
mod code;
mod event_details;
mod event_facts;
mod event_view;
pub mod events;
pub mod feed;
mod found;
mod hold_cookie;
mod kept;
mod list_view;
pub mod manifest;
pub mod move_answers;
mod moved_view;
mod own_holds;
mod pay_view;
pub mod paying;
pub mod picture;
mod picture_view;
mod prices_view;
mod refusal;
pub mod rendered;
pub mod retrieve;
mod seat_map;
mod sharing;
pub mod sitemap;
pub mod test_bank;

use super::{form, frame, respond};
