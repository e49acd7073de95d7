//! Allocates one order in a transaction of the caller's: one that has released the tickets of the hold which the order
//! replaces, or one that writes what belongs to an organiser's order as well.
//!
//! What must hold: the caller commits only if the order is booked, so a buyer never loses the hold without the new
//! tickets. The steps are those of a batch, with the hold's tickets among the free ones. Nothing is waited for but
//! another transaction that inserts a booking of the same buyer. Which hold may be replaced is decided by `booking`.

use std::time::Duration;

use super::batch::{Decision, FirstStep, decide};
use super::first_free::FirstFree;
use super::order::{Candidate, Stock, Verdict};
use super::statements::{Session, Statements};
use crate::postgres::{Error, Transaction};

/// Writes the order's booking within the transaction, and says what the order is answered if that is committed.
///
/// # Errors
/// Those of the database: the transaction can only be rolled back. A unique violation of `bookings_turn_key` means
/// that another transaction has just booked for the same buyer.
pub async fn allocate_in(
    transaction: &Transaction<'_>,
    stock: &Stock,
    order: Candidate<'_>,
    hold: Duration,
) -> Result<Verdict, Error> {
    let statements = Statements::prepare(transaction).await?;
    let session = Session {
        client: transaction,
        statements: &statements,
    };
    let (orders, mut first_free) = ([order], FirstFree::default());
    let found = FirstStep::of(stock, &orders, &first_free)
        .search(session)
        .await?;
    let decided = decide(session, stock, &orders, found, hold, &mut first_free).await?;
    let Decision {
        writes,
        mut verdicts,
    } = decided;
    writes.send(session).await?;
    Ok(verdicts.remove(0))
}
