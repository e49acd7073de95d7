//! What is checked: all events, or one.
//!
//! What must hold: a statement is the same for both. For one event the names of the tables stand for its rows.

use tokio_postgres::Row;

use crate::postgres::{Error, Transaction};
use crate::types::EventNo;

/// Makes the tables' names stand for the rows of one event. $1 event.
const ROWS_OF_ONE_EVENT: &str = "WITH
    events AS NOT MATERIALIZED (SELECT * FROM events WHERE event_id = $1),
    tiers AS NOT MATERIALIZED (SELECT * FROM tiers WHERE event_id = $1),
    tickets AS NOT MATERIALIZED (SELECT * FROM tickets WHERE event_id = $1),
    bookings AS NOT MATERIALIZED (SELECT * FROM bookings WHERE event_id = $1),
    booking_items AS NOT MATERIALIZED (SELECT * FROM booking_items WHERE event_id = $1),
    questions AS NOT MATERIALIZED (SELECT * FROM questions WHERE event_id = $1),
    answers AS NOT MATERIALIZED (SELECT * FROM answers WHERE event_id = $1),
    booking_lines AS NOT MATERIALIZED (SELECT * FROM booking_lines WHERE event_id = $1),
    promo_codes AS NOT MATERIALIZED (SELECT * FROM promo_codes WHERE event_id = $1),
    payments AS NOT MATERIALIZED (SELECT * FROM payments WHERE event_id = $1),
    booking_changes AS NOT MATERIALIZED (SELECT * FROM booking_changes WHERE event_id = $1),
    booking_change_items AS NOT MATERIALIZED (SELECT * FROM booking_change_items WHERE event_id = $1),
    paid_differences AS NOT MATERIALIZED (SELECT * FROM paid_differences WHERE event_id = $1),
    refunds AS NOT MATERIALIZED (SELECT * FROM refunds WHERE event_id = $1),
    payment_incidents AS NOT MATERIALIZED (SELECT * FROM payment_incidents WHERE event_id = $1),
    call_offs AS NOT MATERIALIZED (SELECT * FROM call_offs WHERE event_id = $1),
    moves AS NOT MATERIALIZED (SELECT * FROM moves WHERE event_id = $1),
    move_answers AS NOT MATERIALIZED (SELECT * FROM move_answers WHERE event_id = $1),
    sales_read AS NOT MATERIALIZED (SELECT * FROM sales_read WHERE event_id = $1),
    sales_quarters AS NOT MATERIALIZED (SELECT * FROM sales_quarters WHERE event_id = $1),
    sales_ways AS NOT MATERIALIZED (SELECT * FROM sales_ways WHERE event_id = $1),
    scans AS NOT MATERIALIZED (SELECT * FROM scans WHERE event_id = $1),
    check_ins AS NOT MATERIALIZED (SELECT * FROM check_ins WHERE event_id = $1),
    gateway_charges AS NOT MATERIALIZED (
        SELECT * FROM gateway_charges WHERE payment_id IN (SELECT id FROM payments)),
    gateway_refunds AS NOT MATERIALIZED (
        SELECT * FROM gateway_refunds WHERE payment_id IN (SELECT id FROM payments)),
    gateway_part_refunds AS NOT MATERIALIZED (
        SELECT * FROM gateway_part_refunds WHERE payment_id IN (SELECT id FROM payments))";

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// One event; `None` for all, and for what belongs to none.
    pub event: Option<EventNo>,
    /// Whether a server is at work. Where none is, nobody ends holds or makes refunds, and nobody needs to.
    pub is_served: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            event: None,
            is_served: true,
        }
    }
}

impl Scope {
    /// Runs a statement over the rows of the scope.
    pub(super) async fn query(
        &self,
        transaction: &Transaction<'_>,
        statement: &str,
    ) -> Result<Vec<Row>, Error> {
        let Some(event) = self.event else {
            return transaction.query(statement, &[]).await;
        };
        let statement = format!("{ROWS_OF_ONE_EVENT}\nSELECT * FROM (\n{statement}\n) AS found");
        transaction.query(&statement, &[&event]).await
    }
}
