//! Whether the index of the free tickets has exactly the tickets that are free in the table: the sale looks for
//! tickets nowhere else. One that is missing there is never sold; one too many is a ticket that is looked at in vain.
//!
//! The free tickets are counted and added up twice, through the index and past it. Where the extension amcheck is
//! installed, it reads the index as well: it finds entries in the wrong order, which a sum does not.
//! <https://www.postgresql.org/docs/current/amcheck.html>

use std::collections::BTreeSet;

use tokio_postgres::error::SqlState;

use super::report::{Report, Violation};
use super::scope::Scope;
use crate::postgres::{Error, Transaction};

/// What it is called as a rule.
pub(super) const NAME: &str = "free_index";

/// Numbers of a tier that differ if its tickets do.
const FREE: &str = include_str!("free_tickets.sql");
const PAST_THE_INDEX: &str = "SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = off;
    SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off";
const THROUGH_THE_INDEX: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;
    SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on";
/// The schema of amcheck, if it is installed.
const AMCHECK: &str =
    "SELECT quote_ident(n.nspname) FROM pg_extension AS x JOIN pg_namespace AS n ON n.oid = x.extnamespace
     WHERE x.extname = 'amcheck'";

/// Adds the tiers whose free tickets differ, and what amcheck finds. The last of all: an error of amcheck ends the
/// transaction.
pub(super) async fn compare(
    transaction: &Transaction<'_>,
    scope: &Scope,
    report: &mut Report,
) -> Result<(), Error> {
    transaction.batch_execute(PAST_THE_INDEX).await?;
    let in_table = free(transaction, scope).await?;
    transaction.batch_execute(THROUGH_THE_INDEX).await?;
    let in_index = free(transaction, scope).await?;
    for (path, tiers) in [
        ("in the table", in_table.difference(&in_index)),
        ("in the index", in_index.difference(&in_table)),
    ] {
        report.violations.extend(tiers.map(|tier| Violation {
            invariant: NAME,
            detail: format!("free {path}: {tier}"),
        }));
    }
    if scope.event.is_some() {
        return Ok(());
    }
    let Some(row) = transaction.query_opt(AMCHECK, &[]).await? else {
        return Ok(());
    };
    let schema: &str = row.get(0);
    let verify = format!("SELECT {schema}.bt_index_check('tickets_free'::regclass, true)");
    match transaction.batch_execute(&verify).await {
        Ok(()) => {}
        Err(Error::Statement(error)) if is_corruption(&error) => {
            report.violations.push(Violation {
                invariant: NAME,
                detail: format!("amcheck: {error}"),
            })
        }
        Err(error) => report
            .skipped
            .push((NAME, format!("the part of amcheck failed: {error}"))),
    }
    Ok(())
}

async fn free(transaction: &Transaction<'_>, scope: &Scope) -> Result<BTreeSet<String>, Error> {
    let rows = scope.query(transaction, FREE).await?;
    Ok(rows.iter().map(|row| row.get("free")).collect())
}

fn is_corruption(error: &tokio_postgres::Error) -> bool {
    let states = [SqlState::INDEX_CORRUPTED, SqlState::DATA_CORRUPTED];
    error.code().is_some_and(|code| states.contains(code))
}
