//! The rows of `scans`: recording one, reading one.
//!
//! What must hold: a nonce has one row; what was answered can be read from it.

use tokio_postgres::Row;
use uuid::Uuid;

use super::outcome::Outcome;
use super::{Inside, TicketName};
use crate::audit::Actor;
use crate::postgres::{Client, Error, Transaction};
use crate::types::{EventNo, Fingerprint, SeatNo, TierNo, Timestamp};

const RECORD: &str = include_str!("record.sql");

/// $1 event, $2 nonce.
const GET: &str = "SELECT * FROM scans WHERE event_id = $1 AND id = $2";

/// What a scan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody wants in.
    Entry,
    /// Somebody goes out.
    Exit,
    /// An earlier scan is taken back.
    Undo,
}

impl Kind {
    /// As the database and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Exit => "exit",
            Self::Undo => "undo",
        }
    }
}

/// A scan, as it is recorded.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) id: Uuid,
    pub(super) fingerprint: Fingerprint,
    pub(super) gate: Uuid,
    pub(super) list: Uuid,
    pub(super) kind: Kind,
    pub(super) scanned_at: Option<Timestamp>,
    pub(super) recorded_at: Timestamp,
    pub(super) outcome: Outcome,
    pub(super) conflict: Option<Outcome>,
    pub(super) ticket: Option<TicketName>,
    pub(super) inside: Option<Inside>,
    pub(super) other_event: Option<EventNo>,
    pub(super) undoes: Option<Uuid>,
    pub(super) undone_at: Option<Timestamp>,
}

impl Recorded {
    pub(super) fn read(row: &Row) -> Self {
        let ticket = || {
            Some(TicketName {
                tier: row.get::<_, Option<TierNo>>("tier_no")?,
                seat: row.get::<_, Option<SeatNo>>("seat_no")?,
                issue: row.get::<_, Option<i32>>("issue")?,
            })
        };
        let inside = || {
            Some(Inside {
                since: row.get::<_, Option<Timestamp>>("since")?,
                gate: row.get::<_, Option<Uuid>>("since_gate")?,
            })
        };
        Self {
            id: row.get("id"),
            fingerprint: row.get("fingerprint"),
            gate: row.get("gate_id"),
            list: row.get("list_id"),
            kind: match row.get("kind") {
                "exit" => Kind::Exit,
                "undo" => Kind::Undo,
                _ => Kind::Entry,
            },
            scanned_at: Some(row.get("scanned_at")),
            recorded_at: row.get("recorded_at"),
            outcome: Outcome::read(row.get("result")),
            conflict: row.get::<_, Option<&str>>("conflict").map(Outcome::read),
            ticket: ticket(),
            inside: inside(),
            other_event: row.get("other_event"),
            undoes: row.get("undoes"),
            undone_at: row.get("undone_at"),
        }
    }

    /// Records it within the transaction that changes what it changes; `None` if its nonce is known.
    pub(super) async fn record(
        &self,
        transaction: &Transaction<'_>,
        event: EventNo,
        by: &Actor,
    ) -> Result<Option<Self>, Error> {
        let statement = transaction.prepare_cached(RECORD).await?;
        let row = transaction
            .query_opt(
                &statement,
                &[
                    &event,
                    &self.id,
                    &self.fingerprint,
                    &self.gate,
                    &self.list,
                    &self.kind.as_str(),
                    &self.scanned_at,
                    &self.outcome.as_str(),
                    &self.conflict.map(Outcome::as_str),
                    &self.ticket.map(|ticket| ticket.tier),
                    &self.ticket.map(|ticket| ticket.seat),
                    &self.ticket.map(|ticket| ticket.issue),
                    &self.inside.map(|inside| inside.since),
                    &self.inside.map(|inside| inside.gate),
                    &self.other_event,
                    &self.undoes,
                    &by.kind.as_str(),
                    &by.id,
                    &by.name,
                ],
            )
            .await?;
        Ok(row.as_ref().map(Self::read))
    }
}

/// The scan with this nonce.
pub(super) async fn get(
    client: &Client,
    event: EventNo,
    id: Uuid,
) -> Result<Option<Recorded>, Error> {
    let statement = client.prepare_cached(GET).await?;
    let row = client.query_opt(&statement, &[&event, &id]).await?;
    Ok(row.as_ref().map(Recorded::read))
}
