//! boxoffice sells tickets for high-demand events and never sells one twice.
//!
//! The modules in reading order:
//!
//! - [`types`]: ids, money, keys; parsed once, at the edge.
//! - [`metrics`]: what the modules count with.
//! - [`config`]: flags, environment and the configuration file.
//! - [`cluster`]: the embedded PostgreSQL, used if no database is configured.
//! - [`postgres`]: access to PostgreSQL: pool, transactions, migrations; leases on due work.
//! - [`audit`]: who did what when, and what it was before.
//! - [`price`]: what an order costs, line by line, and what is given back; pure.
//! - [`seating`]: rows, seats, labels, neighbours: geometry, pure.
//! - [`allocator`]: the core; gives tickets to orders and releases them.
//! - [`picture`]: pictures of events, written anew for browsers.
//! - [`catalog`]: venues, events, tiers; what is sold.
//! - [`booking`]: the state machine of a booking; from a request to an order.
//! - [`gateway`]: the service that moves the money: the trait, and the simulated one; one folder each.
//! - [`payment`]: charging exactly once, refunds, recovery; for any gateway.
//! - [`access`]: who may do what: buyer tokens, booking links, API tokens.
//! - [`ticket`]: the signed code on a ticket.
//! - [`checkin`]: scans at the door, exactly once.
//! - [`availability`]: the counts that buyers see.
//! - [`report`]: what organisers see: totals, series, bookings that were found, exports.
//! - [`check`]: verifies the invariants in the database.
//! - [`fault`]: fault injection for tests.
//! - [`backup`]: the files of a backup, and whether they are whole.
//! - [`doctor`]: what an operator must change: settings of the database, the disk, limits.
//! - [`app`]: what handlers and background tasks share.
//! - [`web`]: pages and JSON; the tables of paths are in `web/routes/`.
//! - [`server`]: the process: listener, background tasks, drain.
//! - [`commands`]: the commands of the command line, one file each.
//! - [`logging`]: what is logged; one line a cause.
//!
//! Imports point one way: `web → access, booking, payment, catalog, availability → allocator →
//! seating, postgres → types`; `tests/imports.rs` reads every `use`, and a new module is
//! entered there. Only `web` and `server` serve HTTP.

pub mod access;
pub mod allocator;
pub mod app;
pub mod audit;
pub mod availability;
pub mod backup;
pub mod booking;
pub mod catalog;
pub mod check;
pub mod checkin;
pub mod cluster;
pub mod commands;
pub mod config;
pub mod doctor;
pub mod fault;
pub mod gateway;
pub mod logging;
pub mod metrics;
pub mod payment;
pub mod picture;
pub mod postgres;
pub mod price;
pub mod report;
pub mod seating;
pub mod server;
pub mod ticket;
pub mod types;
pub mod web;
