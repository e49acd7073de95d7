//! boxoffice sells tickets for high-demand events and never sells one twice.
//!
//! The modules in reading order:
//!
//! - [`types`]: ids, money, keys; parsed once, at the edge.
//! - [`config`]: flags and environment.
//! - [`db`]: the way to PostgreSQL, its own or another.
//! - [`allocator`]: the core; gives tickets to orders and takes them back.
//!
//! Imports point one way: `web → booking, payment, catalog, availability → allocator → db →
//! types`. Only `web`, `app` and the binary know that there is HTTP.

pub mod allocator;
pub mod config;
pub mod db;
pub mod types;
