//! Taking a scan back: somebody was let in or out by mistake.
//!
//! What must hold: only what changed a ticket last can be taken back, and only once; the scan stays, and so does the
//! record of its undoing.

use uuid::Uuid;

use super::Desk;
use super::answer::{Answer, answer};
use super::outcome::Outcome;
use super::record::{Kind, Recorded, get};
use crate::audit::Actor;
use crate::postgres::{AsDbError, Error, Transaction};
use crate::types::{EventNo, Timestamp};

/// $1 event, $2 scan. Whoever comes second waits here and finds it done.
const MARK: &str = "
    UPDATE scans SET undone_at = now()
    WHERE event_id = $1 AND id = $2 AND result IN ('admitted', 'exited') AND undone_at IS NULL";

/// $1 event, $2 list, $3 tier, $4 seat, $5 issue, $6 scan. The first entry.
const FORGET_ENTRY: &str = "
    DELETE FROM check_ins
    WHERE event_id = $1 AND list_id = $2 AND tier_no = $3 AND seat_no = $4 AND issue = $5 AND last_scan = $6
      AND left_at IS NULL AND entries = 1";

/// As before, $7 the scan that undoes. A later entry: the guest is out again.
const TAKE_BACK_ENTRY: &str = "
    UPDATE check_ins SET left_at = now(), entries = entries - 1, last_scan = $7, recorded_at = now()
    WHERE event_id = $1 AND list_id = $2 AND tier_no = $3 AND seat_no = $4 AND issue = $5 AND last_scan = $6
      AND left_at IS NULL AND entries > 1";

/// As before. The guest is still in.
const TAKE_BACK_EXIT: &str = "
    UPDATE check_ins SET left_at = NULL, last_scan = $7, recorded_at = now()
    WHERE event_id = $1 AND list_id = $2 AND tier_no = $3 AND seat_no = $4 AND issue = $5 AND last_scan = $6
      AND left_at IS NOT NULL";

/// Why a scan is not taken back.
#[derive(Debug)]
pub enum UndoError {
    /// The event has no such scan.
    NoScan,
    /// It changed nothing, or the ticket was scanned again since.
    NotLast,
    /// Those of the database.
    Db(Error),
}

impl From<Error> for UndoError {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl AsDbError for UndoError {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::NoScan | Self::NotLast => None,
        }
    }
}

/// Takes a scan back; again, it changes nothing. What is known of the scan now.
///
/// # Errors
/// [`UndoError`]; nothing has changed then.
pub async fn undo(desk: Desk<'_>, id: Uuid, by: &Actor) -> Result<Answer, UndoError> {
    let event = desk.event.no;
    let client = desk.db.get().await?;
    let scan = get(&client, event, id).await?.ok_or(UndoError::NoScan)?;
    drop(client);
    if scan.undone_at.is_none() {
        let undoing = Uuid::new_v4();
        let work = desk.db.transaction(|transaction| {
            let (scan, by) = (scan.clone(), by.clone());
            Box::pin(async move { take_back(transaction, event, &scan, undoing, &by).await })
        });
        work.await?;
    }
    let client = desk.db.get().await?;
    let scan = get(&client, event, id).await?.ok_or(UndoError::NoScan)?;
    drop(client);
    Ok(answer(desk, scan, false).await?)
}

async fn take_back(
    transaction: &Transaction<'_>,
    event: EventNo,
    scan: &Recorded,
    undoing: Uuid,
    by: &Actor,
) -> Result<(), UndoError> {
    let ticket = scan.ticket.ok_or(UndoError::NotLast)?;
    let mark = transaction.prepare_cached(MARK).await?;
    if transaction.execute(&mark, &[&event, &scan.id]).await? == 0 {
        let now = get(transaction, event, scan.id).await?;
        let is_undone = now.is_some_and(|now| now.undone_at.is_some());
        return is_undone.then_some(()).ok_or(UndoError::NotLast);
    }
    let (list, tier, seat, issue) = (&scan.list, &ticket.tier, &ticket.seat, &ticket.issue);
    let mut changed = 0;
    if scan.kind == Kind::Entry {
        let forget = transaction.prepare_cached(FORGET_ENTRY).await?;
        changed += transaction
            .execute(&forget, &[&event, list, tier, seat, issue, &scan.id])
            .await?;
    }
    if changed == 0 {
        let take_back = match scan.kind {
            Kind::Exit => TAKE_BACK_EXIT,
            Kind::Entry | Kind::Undo => TAKE_BACK_ENTRY,
        };
        let take_back = transaction.prepare_cached(take_back).await?;
        changed += transaction
            .execute(
                &take_back,
                &[&event, list, tier, seat, issue, &scan.id, &undoing],
            )
            .await?;
    }
    if changed == 0 {
        return Err(UndoError::NotLast);
    }
    let record = Recorded {
        id: undoing,
        kind: Kind::Undo,
        scanned_at: None,
        recorded_at: Timestamp::default(),
        outcome: Outcome::Undone,
        conflict: None,
        inside: None,
        other_event: None,
        undoes: Some(scan.id),
        undone_at: None,
        ..scan.clone()
    };
    record.record(transaction, event, by).await?;
    Ok(())
}
