//! boxoffice sells tickets for high-demand events and never sells one twice.
//!
//! The modules in reading order:
//!
//! - [`types`]: ids, money, keys; parsed once, at the edge.
//! - [`config`]: flags and environment.
//! - [`db`]: the way to PostgreSQL, its own or another.
//! - [`allocator`]: the core; gives tickets to orders and takes them back.
//! - [`catalog`]: venues, events, tiers; what is sold.
//! - [`booking`]: the state machine of a booking.
//! - [`payment`]: charging exactly once, and giving money back.
//! - [`secret`]: keys that all processes share.
//! - [`ticket`]: the signed code on a ticket.
//! - [`availability`]: the counts that buyers see.
//! - [`fault`]: where a server under test can be made to die.
//! - [`check`]: verifies the invariants in the database.
//! - [`app`]: what all of it makes together: a server.
//! - [`web`]: pages and JSON; the whole route table is `web/mod.rs`.
//!
//! Imports point one way: `web → booking, payment, catalog, availability → allocator → db →
//! types`. Only `web`, `app` and the binary know that there is HTTP.

pub mod allocator;
pub mod app;
pub mod availability;
pub mod booking;
pub mod catalog;
pub mod check;
pub mod config;
pub mod db;
pub mod fault;
pub mod payment;
pub mod secret;
pub mod ticket;
pub mod types;
pub mod web;
