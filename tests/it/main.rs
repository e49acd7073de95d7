//! Integration tests: the real server on a free port, over a database of its own.
//!
//! Each test is a sentence. Races use barriers, never sleeps; time is moved by ageing rows; and
//! each test ends with the invariants checked in its database (`support::with_server`).

#![expect(clippy::unwrap_used, reason = "a test may panic, in its helpers too")]

mod access;
mod allocation;
mod backups;
mod bad_input;
mod batches;
mod bodies;
mod bookings;
mod capacity;
mod checks;
mod clock;
mod codes;
mod commands;
mod contacts;
mod conventions;
mod cookies;
mod cors;
mod crashes;
mod distribution;
mod doctor;
mod events;
mod finding;
mod following;
mod forms;
mod headers;
mod health;
mod kept_pages;
mod lanes;
mod late_payments;
mod late_tickets;
mod limits;
mod logs;
mod metrics;
mod migrations;
mod my_bookings;
mod openapi;
mod organisers;
mod organising;
mod pages;
mod payment_races;
mod payments;
mod pictures;
mod planning;
mod plans;
mod poolers;
mod problems;
mod races;
mod readers;
mod recovery;
mod references;
mod replacing;
mod replica;
mod retention;
mod retrieving;
mod schema;
mod settings;
mod several_hosts;
mod sharing;
mod slow_clients;
mod starvation;
mod static_files;
mod stopping;
mod support;
mod theming;
mod tls;
mod traces;
mod transitions;
mod translations;
mod waits;
mod webhooks;
