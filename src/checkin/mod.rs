//! Check-in: every guest through the door once.
//!
//! An event has lists, which name the tiers that they admit, and gates, each with a list. `gates` keeps both, `scan`
//! decides what a scanned code is worth, `record` keeps it, `undo` takes a scan back, `offline` is what a scanner needs
//! to decide by itself, `find` finds guests without a code, `counts` says how many are in. Owns the tables
//! `check_in_lists`, `gates`, `scans` and `check_ins`.
//!
//! What must hold: a ticket is let in at a list by one conditional statement on the key of `check_ins`, so of two
//! scanners at the same moment one is refused; a scan has a nonce, and sent again it changes nothing and is answered
//! alike; every scan is recorded, also one that comes late and finds that somebody else is in; who came in before the event
//! was moved has gone home, and comes in once more. Who may scan is decided by `access`; which code is genuine, by `ticket`.

mod answer;
mod close;
mod counts;
mod find;
mod gates;
mod offline;
mod outcome;
mod record;
mod scan;
mod undo;

use uuid::Uuid;

use crate::catalog::{Catalog, Event};
use crate::postgres::Db;
use crate::ticket::Codes;
use crate::types::{Reference, SeatNo, TierNo, Timestamp};

pub use answer::{Answer, Told, recorded};
pub use close::close_gates_of;
pub use counts::{GateCount, counts};
pub use find::{Found, find};
pub use gates::{
    Change, GATES_MAX, Gate, GateError, List, NAME_MAX, NewGate, NewList, change_gate, change_list,
    close_gate, create_gate, create_list, gates,
};
pub use offline::{Entry, Page, Place, code_hash, page};
pub use outcome::Outcome;
pub use record::Kind;
pub use scan::{Named, Scan, ScanError, scan, scan_all};
pub use undo::{UndoError, undo};

/// What check-in works with.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The database.
    pub db: &'a Db,
    /// Verifies codes.
    pub codes: &'a Codes,
    /// Knows the events that codes of other events name.
    pub catalog: &'a Catalog,
    /// At whose doors.
    pub event: &'a Event,
}

impl Desk<'_> {
    /// When the event was moved: who came in before has gone home.
    fn moved_at(self) -> Option<Timestamp> {
        self.event.moved.as_ref().map(|moved| moved.at)
    }
}

/// A ticket as one holder has it, within its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketName {
    /// The tier whose ticket it is.
    pub tier: TierNo,
    /// Which one of the tier.
    pub seat: SeatNo,
    /// How often it had been taken.
    pub issue: i32,
}

impl std::fmt::Display for TicketName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.tier.0, self.seat.0, self.issue)
    }
}

impl std::str::FromStr for TicketName {
    type Err = crate::types::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || crate::types::Invalid::new("must be a ticket such as 1.31.1");
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or_else(invalid);
        let (tier, seat, issue) = (next()?, next()?, next()?);
        let name = Self {
            tier: TierNo(tier.parse().map_err(|_| invalid())?),
            seat: SeatNo(seat.parse().map_err(|_| invalid())?),
            issue: issue.parse().map_err(|_| invalid())?,
        };
        // One spelling only.
        (name.to_string() == text)
            .then_some(name)
            .ok_or_else(invalid)
    }
}

/// Whose ticket it is, for whoever stands at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The tier that was bought: another than the ticket's, if it shares that one's stock.
    pub bought: TierNo,
    /// The booking's reference.
    pub reference: Reference,
    /// The name that the buyer has left; may be empty.
    pub name: String,
}

/// Since when a ticket is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside {
    /// By the scanner's clock.
    pub since: Timestamp,
    /// At which gate.
    pub gate: Uuid,
}

/// A pair of columns of a booking that may be from before references were stored.
fn reference(row: &tokio_postgres::Row) -> Option<Reference> {
    let booking = row.get::<_, Option<crate::types::BookingId>>("booking_id")?;
    let stored: Option<Reference> = row.get("reference");
    Some(stored.unwrap_or_else(|| Reference::of_older(booking)))
}
