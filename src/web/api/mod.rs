//! JSON under /api, one file of handlers for each noun.
//!
//! The shapes are contracts with integrators: fields are added, never changed or removed. It may not
//! import `shop`, and decides nothing: a handler extracts, calls the domain, serialises.

pub mod answers;
mod booking_json;
pub mod bookings;
pub mod buyers;
pub mod docs;
pub mod events;
pub mod feed;
pub mod move_answers;
mod moved_json;
pub mod openapi;
pub mod organiser;
mod parameters;
pub mod payments;
pub mod status;
pub mod stream;
