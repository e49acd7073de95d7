//! Verifies in the database what must never be false: no ticket sold twice, every booking
//! complete, one key one booking, no charge without a booking, money that adds up (ARCHITECTURE.md).
//!
//! Each rule is a statement in `check/` that returns the rows which break it, and is named after its file.
//! What must hold: all rules see one snapshot, so the result is exact under load; nothing is locked and
//! nothing is written; no rule relies on an index that may be broken. Rules read whole tables and join them by
//! hash: a million tickets take seconds. It repairs nothing.

use std::fmt;

use crate::postgres::{Db, Error, Transaction};

/// Offending rows of one rule that are reported in full; of the rest only the number is.
pub const ROWS_MAX: i64 = 20;

/// A row that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule: the name of its file in `check/`.
    pub invariant: &'static str,
    /// The offending row as JSON, or how many there are beyond those that were reported.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.detail)
    }
}

struct Rule {
    name: &'static str,
    offenders: &'static str,
}

macro_rules! rules {
    ($($name:literal),* $(,)?) => {
        [$(Rule { name: $name, offenders: include_str!(concat!($name, ".sql")) }),*]
    };
}

/// In the order in which they are reported.
const RULES: &[Rule] = &rules![
    "ticket_has_its_booking",
    "seat_in_one_booking",
    "booking_holds_its_quantity",
    "booking_holds_listed_seats",
    "booking_lists_a_seat_once",
    "ended_booking_holds_nothing",
    "booking_adds_up",
    "tier_has_its_tickets",
    "ticket_in_its_row",
    "idempotency_key_once",
    "reference_once",
    "unique_constraints_stand",
    "confirmed_booking_is_paid",
    "charge_without_booking_is_refunded",
    "charge_is_in_both_books",
    "refund_is_in_both_books",
    "refund_confirms_nothing",
    "payment_is_alone",
    "paying_has_a_payment",
    "nothing_without_its_booking",
];

/// Forces sequential scans and hash joins, which the planner would not choose for tables that were never
/// analysed. Without index scans a corrupt index cannot hide a row.
const SETTINGS: &str = "SET LOCAL work_mem = '64MB';
     SET LOCAL jit = off;
     SET LOCAL enable_nestloop = off;
     SET LOCAL enable_indexscan = off;
     SET LOCAL enable_indexonlyscan = off;
     SET LOCAL enable_bitmapscan = off";

/// The violations in the current data; empty if there are none. Safe during a sale.
///
/// # Errors
/// Those of the database; then the check has no result.
pub async fn check(db: &Db) -> Result<Vec<Violation>, Error> {
    let mut client = db.get().await?;
    let transaction = client
        .transaction_in("ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    transaction.batch_execute(SETTINGS).await?;
    let mut violations = Vec::new();
    for rule in RULES {
        find_offenders(&transaction, rule, &mut violations).await?;
    }
    transaction.commit().await?;
    Ok(violations)
}

async fn find_offenders(
    transaction: &Transaction<'_>,
    rule: &Rule,
    violations: &mut Vec<Violation>,
) -> Result<(), Error> {
    let statement = format!(
        "SELECT row_to_json(offender)::text AS detail, count(*) OVER () AS total
         FROM (\n{}\n) AS offender LIMIT {ROWS_MAX}",
        rule.offenders
    );
    let started = std::time::Instant::now();
    let rows = transaction.query(&statement, &[]).await?;
    log::debug!("{}: {:?}", rule.name, started.elapsed());
    violations.extend(rows.iter().map(|row| Violation {
        invariant: rule.name,
        detail: row.get("detail"),
    }));
    let total: i64 = rows.first().map_or(0, |row| row.get("total"));
    if total > ROWS_MAX {
        violations.push(Violation {
            invariant: rule.name,
            detail: format!("and {} more, {total} in all", total - ROWS_MAX),
        });
    }
    Ok(())
}
