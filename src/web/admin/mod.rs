//! The organisers' pages: signing in, members, tokens, the audit trail; events and all that belongs to them.
//!
//! `session` says who asks and what they may: a handler names the right that it takes as the type of an argument,
//! [`session::May`], and that of an event which must be the organisation's as [`session::On`]; no handler decides about
//! rights by itself. `shell` is around every page. A form that is wrong is shown again with what was typed, and its
//! problems beside their fields (`fields`); one that is right is answered with a redirect to a page that says what was
//! done.

pub mod account;
pub mod audit;
pub mod booking;
pub mod bookings;
pub mod call_off;
pub mod changes;
pub mod counter;
pub mod doors;
pub mod events;
mod fields;
pub mod halls;
pub mod invitation;
pub mod members;
pub mod organisations;
pub mod planning;
pub mod report;
pub mod scan;
mod scan_view;
pub mod second_factor;
pub mod session;
pub(super) mod shell;
pub mod sign_in;
pub mod tokens;

use super::{form, frame, respond};
