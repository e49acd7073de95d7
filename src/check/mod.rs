//! Verifies in the database what must never be false: no ticket sold twice, every booking
//! complete, one key one booking, no charge without a booking, money that adds up (ARCHITECTURE.md); and
//! finds work that nobody does: holds that are over, refunds that are due.
//!
//! Each rule is a statement in `check/` that returns the rows which break it, and is named after its file;
//! `free_index` compares an index with its table.
//! What must hold: all rules see one snapshot, so the result is exact under load; nothing is locked and
//! nothing is written; no rule relies on an index that may be broken, unless one event alone is checked. Rules read
//! whole tables and join them by hash: a million tickets take seconds. It repairs nothing.

mod free_index;
mod report;
mod scope;

use std::time::{Duration, Instant};

use crate::postgres::{Db, Error, Observer, Transaction};

pub use report::{Report, Violation};
pub use scope::Scope;

/// Offending rows of one rule that are reported in full; of the rest only the number is.
pub const ROWS_MAX: i64 = 20;
/// How often is looked what a rule waits for.
const LOOK: Duration = Duration::from_secs(1);

/// What a rule needs, to say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// A difference between what bookings list and what they hold: without one it cannot be broken.
    Difference,
    /// A server that does what is due.
    Server,
}

impl Needs {
    /// Why a rule with this need is skipped, if it is.
    fn missing_in(self, scope: &Scope) -> Option<&'static str> {
        match self {
            Self::Server if !scope.is_served => Some("no server runs on this data"),
            _ => None,
        }
    }
}

struct Rule {
    name: &'static str,
    offenders: &'static str,
    needs: Needs,
}

macro_rules! rules {
    ($($name:literal $(needs $needs:ident)?),* $(,)?) => {
        [$(Rule {
            name: $name,
            offenders: include_str!(concat!($name, ".sql")),
            needs: [$(Needs::$needs,)? Needs::Nothing][0],
        }),*]
    };
}

/// In the order in which they are reported.
const RULES: &[Rule] = &rules![
    "ticket_has_its_booking" needs Difference,
    "seat_in_one_booking" needs Difference,
    "booking_holds_its_quantity" needs Difference,
    "booking_holds_listed_seats" needs Difference,
    "booking_lists_a_seat_once",
    "ended_booking_holds_nothing",
    "booking_adds_up",
    "code_is_used_as_often_as_it_may",
    "booked_after_opening",
    "tier_has_its_tickets",
    "tier_shares_a_stock",
    "ticket_in_its_row",
    "event_has_its_organisation",
    "idempotency_key_once",
    "reference_once",
    "indexes_stand",
    "checks_stand",
    "confirmed_booking_is_paid",
    "charge_without_booking_is_refunded",
    "charge_is_in_both_books",
    "charge_has_its_name",
    "refund_is_in_both_books",
    "refund_confirms_nothing",
    "refunds_fit_their_charge",
    "change_adds_up",
    "difference_is_its_tickets",
    "payment_is_alone",
    "paying_has_a_payment",
    "nothing_without_its_booking",
    "answer_has_its_question",
    "called_off_event_is_over",
    "moved_event_is_where_it_is_said",
    "returned_booking_is_refunded",
    "sales_are_added_up",
    "admitted_ticket_is_sold",
    "check_in_has_its_scans",
    "hold_ends" needs Server,
    "payment_is_answered" needs Server,
    "refund_is_made" needs Server,
    "tickets_are_locked_shortly",
];

/// Returns a row if what bookings list is not what they hold.
const LISTS_AND_TICKETS_DIFFER: &str = include_str!("lists_and_tickets_differ.sql");

/// How long a rule waits for a lock.
const LOCK_SECONDS: u64 = 10;

/// Without index scans a corrupt index cannot hide a row. Sequential scans and hash joins are not what the planner
/// would choose for tables that were never analysed.
const ALL_EVENTS: &str = "SET LOCAL enable_indexscan = off;
     SET LOCAL enable_indexonlyscan = off;
     SET LOCAL enable_bitmapscan = off";
/// The rows of one event are found by the tables' keys.
const ONE_EVENT: &str = "SET LOCAL enable_seqscan = off";

/// The violations in the current data of all events; empty if there are none. Safe during a sale.
///
/// # Errors
/// Those of the database; then the check has no result.
pub async fn check(db: &Db) -> Result<Vec<Violation>, Error> {
    let report = check_scope(db, &Scope::default(), |_, _, _| {}).await?;
    Ok(report.violations)
}

/// The violations within a scope. Before each rule `progress` is told how many are done, how many there are, and
/// the rule's name.
///
/// # Errors
/// Those of the database; [`Error::Unavailable`] if a table stays locked.
pub async fn check_scope(
    db: &Db,
    scope: &Scope,
    progress: impl FnMut(usize, usize, &'static str),
) -> Result<Report, Error> {
    // It reads whole tables.
    let mut client = db.patient().get().await?;
    let transaction = client
        .transaction_in("ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let pid = transaction
        .query_one("SELECT pg_backend_pid()", &[])
        .await?
        .get(0);
    let mut last_wait = None;
    let say = |wait: String| {
        log::info!("waiting for {wait}");
        last_wait = Some(wait);
    };
    let checked = check_in(&transaction, scope, progress);
    let checked = Observer::new(db).watch(pid, LOOK, say, checked).await;
    match (checked, last_wait) {
        (Err(Error::Conflict(_)), Some(wait)) => Err(Error::Unavailable(format!(
            "a table was locked for {LOCK_SECONDS} s by {wait}"
        ))),
        (checked, _) => checked,
    }
}

async fn check_in(
    transaction: &Transaction<'_>,
    scope: &Scope,
    mut progress: impl FnMut(usize, usize, &'static str),
) -> Result<Report, Error> {
    let paths = scope.event.map_or(ALL_EVENTS, |_| ONE_EVENT);
    let settings = format!(
        "SET LOCAL statement_timeout = 0;
         SET LOCAL lock_timeout = '{LOCK_SECONDS}s';
         SET LOCAL work_mem = '64MB';
         SET LOCAL jit = off;
         SET LOCAL enable_nestloop = off;
         {paths}"
    );
    transaction.batch_execute(&settings).await?;
    let mut report = Report::default();
    let total = RULES.len() + 1;
    let is_different = !scope
        .query(transaction, LISTS_AND_TICKETS_DIFFER)
        .await?
        .is_empty();
    for (done, rule) in RULES.iter().enumerate() {
        progress(done, total, rule.name);
        match rule.needs.missing_in(scope) {
            _ if rule.needs == Needs::Difference && !is_different => {}
            Some(reason) => report.skipped.push((rule.name, reason.to_owned())),
            None => find_offenders(transaction, rule, scope, &mut report).await?,
        }
    }
    progress(RULES.len(), total, free_index::NAME);
    free_index::compare(transaction, scope, &mut report).await?;
    Ok(report)
}

async fn find_offenders(
    transaction: &Transaction<'_>,
    rule: &Rule,
    scope: &Scope,
    report: &mut Report,
) -> Result<(), Error> {
    let statement = format!(
        "SELECT row_to_json(offender)::text AS detail, count(*) OVER () AS total
         FROM (\n{}\n) AS offender LIMIT {ROWS_MAX}",
        rule.offenders
    );
    let started = Instant::now();
    let rows = scope.query(transaction, &statement).await?;
    log::debug!("{}: {:?}", rule.name, started.elapsed());
    report.violations.extend(rows.iter().map(|row| Violation {
        invariant: rule.name,
        detail: row.get("detail"),
    }));
    let total: i64 = rows.first().map_or(0, |row| row.get("total"));
    if total > ROWS_MAX {
        report.violations.push(Violation {
            invariant: rule.name,
            detail: format!("and {} more, {total} in all", total - ROWS_MAX),
        });
    }
    Ok(())
}
