//! A scan: what the code is worth at this gate, and its record.
//!
//! What must hold: the statement that lets a ticket in and the record of the scan are one transaction; a nonce that is
//! known is answered from its record; the booking is locked before its ticket, as by everybody who changes both; a guest who was let in without a network is never turned into nothing: the scan
//! is recorded, as a conflict if it must be.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use uuid::Uuid;

use super::answer::{Answer, answer};
use super::gates::List;
use super::outcome::Outcome;
use super::record::{Kind, Recorded, get};
use super::{Desk, Inside, TicketName};
use crate::audit::Actor;
use crate::postgres::{AsDbError, Error, Params, Transaction};
use crate::ticket::{Refused, Ticket};
use crate::types::{EventNo, Fingerprint, Timestamp};

const ADMIT: &str = include_str!("admit.sql");

/// Locks the ticket's booking, before the ticket, as everybody does who changes both; says since when those who came in
/// before count as gone home. $1 event, $2 tier, $3 seat.
const HOLD_BOOKING: &str = "
    SELECT (SELECT moved_at FROM events WHERE event_id = $1) AS moved_at FROM bookings
    WHERE event_id = $1
      AND id = (SELECT booking_id FROM tickets WHERE event_id = $1 AND tier_no = $2 AND seat_no = $3)
    FOR KEY SHARE";

/// Whoever exchanges or hands over the ticket waits until it is known whether its guest is in, and the other way round.
/// $1 event, $2 tier, $3 seat, $4 issue.
const HOLD: &str = "
    SELECT FROM tickets
    WHERE event_id = $1 AND tier_no = $2 AND seat_no = $3 AND issue = $4 AND booking_id IS NOT NULL
    FOR SHARE";

/// A row if the ticket was issued again. $1 event, $2 tier, $3 seat, $4 issue.
const IS_NEWER: &str = "
    SELECT FROM tickets WHERE event_id = $1 AND tier_no = $2 AND seat_no = $3 AND issue > $4";

/// $1 event, $2 gate.
const POST: &str = "
    SELECT l.id, l.name, l.tiers, l.allows_reentry FROM gates AS g
    JOIN check_in_lists AS l ON l.event_id = $1 AND l.id = g.list_id
    WHERE g.event_id = $1 AND g.id = $2";

/// $1 event, $2 list, $3 tier, $4 seat, $5 issue.
const INSIDE: &str = "
    SELECT entered_at, gate_id FROM check_ins
    WHERE event_id = $1 AND list_id = $2 AND tier_no = $3 AND seat_no = $4 AND issue = $5";

/// $1 event, $2 list, $3 tier, $4 seat, $5 issue, $6 when by the scanner's clock or NULL, $7 scan. Who came in before the
/// event was moved is not in.
const LEAVE: &str = "
    UPDATE check_ins SET left_at = scan.at, last_scan = $7, recorded_at = now()
    FROM (SELECT coalesce($6::timestamptz, now()) AS at) AS scan
    WHERE event_id = $1 AND list_id = $2 AND tier_no = $3 AND seat_no = $4 AND issue = $5 AND left_at IS NULL
      AND entered_at > coalesce((SELECT moved_at FROM events WHERE event_id = $1), '-infinity')
    RETURNING entered_at, gate_id";

/// Scans of one batch that are looked at beside each other.
const AT_ONCE: usize = 4;

/// What was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The text of a code.
    Code(String),
    /// A ticket that staff have looked up.
    Ticket(TicketName),
}

/// One scan.
#[derive(Debug, Clone)]
pub struct Scan {
    /// The nonce.
    pub id: Uuid,
    /// At which gate.
    pub gate: Uuid,
    /// In or out.
    pub kind: Kind,
    /// What was scanned.
    pub named: Named,
    /// By the scanner's clock; `None` is now.
    pub scanned_at: Option<Timestamp>,
    /// Whether the guest was let in before the server was asked.
    pub let_in: bool,
}

impl Scan {
    /// What is the same in a repetition.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of([self.kind.as_str().as_bytes(), self.key().as_bytes()])
    }

    fn key(&self) -> String {
        match &self.named {
            Named::Code(code) => code.trim().to_ascii_uppercase(),
            Named::Ticket(ticket) => format!("ticket {ticket}"),
        }
    }
}

/// Why a scan is not recorded.
#[derive(Debug)]
pub enum ScanError {
    /// The event has no such gate.
    NoGate,
    /// The nonce is that of another scan.
    NonceReused,
    /// Those of the database.
    Db(Error),
}

impl From<Error> for ScanError {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

/// Why a transaction records nothing.
enum Attempt {
    /// The nonce is known meanwhile.
    Known,
    Db(Error),
}

impl From<Error> for Attempt {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

impl AsDbError for Attempt {
    fn as_db_error(&self) -> Option<&Error> {
        match self {
            Self::Db(error) => Some(error),
            Self::Known => None,
        }
    }
}

/// What a code is worth before anybody looks who is in.
struct Judged {
    ticket: Option<TicketName>,
    refused: Option<Outcome>,
    other_event: Option<EventNo>,
}

impl Judged {
    fn refused(outcome: Outcome, ticket: Option<TicketName>) -> Self {
        Self {
            ticket,
            refused: Some(outcome),
            other_event: None,
        }
    }
}

/// Decides and records one scan.
///
/// # Errors
/// [`ScanError`]; nothing is recorded then.
pub async fn scan(desk: Desk<'_>, scan: &Scan, by: &Actor) -> Result<Answer, ScanError> {
    let event = desk.event.no;
    let fingerprint = scan.fingerprint();
    let client = desk.db.get().await?;
    let post = client.prepare_cached(POST).await?;
    let post = client.query_opt(&post, &[&event, &scan.gate]).await?;
    let list = List::read(&post.ok_or(ScanError::NoGate)?);
    let known = get(&client, event, scan.id).await?;
    drop(client);
    if let Some(known) = known {
        return replay(desk, known, fingerprint).await;
    }
    let judged = judge(desk, scan, &list).await?;
    let work = Arc::new((scan.clone(), list, judged, by.clone()));
    let recorded = desk.db.transaction(|transaction| {
        let work = work.clone();
        Box::pin(async move {
            let (scan, list, judged, by) = &*work;
            let decided = decide(transaction, event, scan, list, judged).await?;
            let recorded = decided.record(transaction, event, by).await?;
            recorded.ok_or(Attempt::Known)
        })
    });
    match recorded.await {
        Ok(recorded) => Ok(answer(desk, recorded, false).await?),
        Err(Attempt::Db(error)) => Err(error.into()),
        Err(Attempt::Known) => {
            let known = get(&desk.db.get().await?, event, scan.id).await?;
            let vanished = || Error::Inconsistent("a scan that is recorded is gone".into());
            replay(desk, known.ok_or_else(vanished)?, fingerprint).await
        }
    }
}

/// Decides and records scans that were queued, those of one ticket in their order. The answers are in the order of the
/// scans.
///
/// # Errors
/// Those of the database: the same batch may be sent again, and what was recorded is answered alike.
pub async fn scan_all(
    desk: Desk<'_>,
    scans: &[Scan],
    by: &Actor,
) -> Result<Vec<Result<Answer, ScanError>>, Error> {
    let mut by_ticket: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // Of two scans with one nonce the first one has it.
    let mut of_nonce: HashMap<Uuid, String> = HashMap::new();
    for (at, scan) in scans.iter().enumerate() {
        let group = of_nonce.entry(scan.id).or_insert_with(|| scan.key());
        by_ticket.entry(group.clone()).or_default().push(at);
    }
    let groups = by_ticket.into_values().map(|group| async move {
        let mut answers = Vec::new();
        for at in group {
            answers.push((at, self::scan(desk, &scans[at], by).await));
        }
        answers
    });
    let groups: Vec<_> = stream::iter(groups).buffered(AT_ONCE).collect().await;
    let mut answers: Vec<_> = groups.into_iter().flatten().collect();
    answers.sort_by_key(|(at, _)| *at);
    let answers = answers.into_iter().map(|(_, answer)| match answer {
        Err(ScanError::Db(error)) => Err(error),
        answer => Ok(answer),
    });
    answers.collect()
}

/// The answer that was given before.
async fn replay(
    desk: Desk<'_>,
    known: Recorded,
    fingerprint: Fingerprint,
) -> Result<Answer, ScanError> {
    if known.fingerprint != fingerprint {
        return Err(ScanError::NonceReused);
    }
    Ok(answer(desk, known, true).await?)
}

async fn judge(desk: Desk<'_>, scan: &Scan, list: &List) -> Result<Judged, Error> {
    let event = desk.event.no;
    let (ticket, verified) = match &scan.named {
        Named::Ticket(name) => {
            let ticket = Ticket {
                event,
                tier: name.tier,
                seat: name.seat,
                issue: name.issue,
            };
            (Some(*name), desk.codes.verify_named(&ticket).await)
        }
        Named::Code(code) => {
            let read = desk.codes.read(code).await?;
            let here = read.filter(|read| read.event == event);
            let ticket = here.and_then(|read| {
                Some(TicketName {
                    tier: read.tier,
                    seat: read.seat,
                    issue: read.issue?,
                })
            });
            (ticket, desk.codes.verify(event, code).await)
        }
    };
    Ok(match verified {
        Ok(found) => {
            let ticket = TicketName {
                tier: found.ticket.tier,
                seat: found.ticket.seat,
                issue: found.ticket.issue,
            };
            let is_admitted = list.admits(found.bought);
            Judged {
                ticket: Some(ticket),
                refused: (!is_admitted).then_some(Outcome::NotThisGate),
                other_event: None,
            }
        }
        Err(Refused::OtherEvent(other)) => Judged {
            other_event: Some(other),
            ..Judged::refused(Outcome::OtherEvent, None)
        },
        Err(Refused::Forged) => Judged::refused(Outcome::Forged, None),
        Err(Refused::Replaced) => Judged::refused(Outcome::Replaced, ticket),
        Err(Refused::NotHeld) => Judged::refused(Outcome::Cancelled, ticket),
        Err(Refused::Outdated) => Judged::refused(Outcome::Outdated, ticket),
        Err(Refused::Db(error)) => return Err(error),
    })
}

/// Lets the ticket in or out if nothing is against it. What is to be recorded.
async fn decide(
    transaction: &Transaction<'_>,
    event: EventNo,
    scan: &Scan,
    list: &List,
    judged: &Judged,
) -> Result<Recorded, Error> {
    let (outcome, inside) = match (judged.refused, judged.ticket) {
        (Some(refused), _) => (refused, None),
        (None, None) => (Outcome::Forged, None),
        (None, Some(ticket)) if scan.kind == Kind::Exit => {
            leave(transaction, event, scan, list, ticket).await?
        }
        (None, Some(ticket)) => enter(transaction, event, scan, list, ticket).await?,
    };
    let is_conflict = scan.let_in && scan.kind == Kind::Entry && !outcome.is_good();
    Ok(Recorded {
        id: scan.id,
        fingerprint: scan.fingerprint(),
        gate: scan.gate,
        list: list.id,
        kind: scan.kind,
        scanned_at: scan.scanned_at,
        recorded_at: Timestamp::default(),
        outcome: if is_conflict {
            Outcome::Conflict
        } else {
            outcome
        },
        conflict: is_conflict.then_some(outcome),
        ticket: judged.ticket,
        inside,
        other_event: judged.other_event,
        undoes: None,
        undone_at: None,
    })
}

async fn enter(
    transaction: &Transaction<'_>,
    event: EventNo,
    scan: &Scan,
    list: &List,
    ticket: TicketName,
) -> Result<(Outcome, Option<Inside>), Error> {
    let TicketName { tier, seat, issue } = ticket;
    let hold_booking = transaction.prepare_cached(HOLD_BOOKING).await?;
    let hold = transaction.prepare_cached(HOLD).await?;
    let (of_booking, of_ticket): (Params, Params) =
        (&[&event, &tier, &seat], &[&event, &tier, &seat, &issue]);
    // Sent in this order, without waiting in between.
    let (booking, ticket) = tokio::join!(
        transaction.query_opt(&hold_booking, of_booking),
        transaction.query(&hold, of_ticket),
    );
    let booking = booking?;
    ticket?;
    let moved_at: Option<Timestamp> = booking.and_then(|row| row.get("moved_at"));
    let admit = transaction.prepare_cached(ADMIT).await?;
    let admitted = transaction
        .execute(
            &admit,
            &[
                &event,
                &list.id,
                &tier,
                &seat,
                &issue,
                &scan.gate,
                &scan.scanned_at,
                &scan.id,
                &list.allows_reentry,
                &moved_at,
            ],
        )
        .await?;
    if admitted == 1 {
        return Ok((Outcome::Admitted, None));
    }
    let inside = transaction.prepare_cached(INSIDE).await?;
    let row = transaction
        .query_opt(&inside, &[&event, &list.id, &tier, &seat, &issue])
        .await?;
    let inside = row.map(|row| Inside {
        since: row.get("entered_at"),
        gate: row.get("gate_id"),
    });
    if inside.is_some() {
        return Ok((Outcome::AlreadyIn, inside));
    }
    // Nobody is in: since the code was verified its booking has ended, or it has another code.
    let is_newer = transaction.prepare_cached(IS_NEWER).await?;
    let row = transaction
        .query_opt(&is_newer, &[&event, &tier, &seat, &issue])
        .await?;
    Ok(match row {
        Some(_) => (Outcome::Replaced, None),
        None => (Outcome::Cancelled, None),
    })
}

async fn leave(
    transaction: &Transaction<'_>,
    event: EventNo,
    scan: &Scan,
    list: &List,
    ticket: TicketName,
) -> Result<(Outcome, Option<Inside>), Error> {
    let TicketName { tier, seat, issue } = ticket;
    let statement = transaction.prepare_cached(LEAVE).await?;
    let row = transaction
        .query_opt(
            &statement,
            &[
                &event,
                &list.id,
                &tier,
                &seat,
                &issue,
                &scan.scanned_at,
                &scan.id,
            ],
        )
        .await?;
    Ok(row.map_or((Outcome::NotIn, None), |row| {
        let inside = Inside {
            since: row.get("entered_at"),
            gate: row.get("gate_id"),
        };
        (Outcome::Exited, Some(inside))
    }))
}
