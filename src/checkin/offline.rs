//! What a scanner needs to decide without a network: every sold ticket, with a hash of its code.
//!
//! What must hold: nobody can make a code from its hash, and no e-mail address leaves; a page is [`PAGE_ROWS`] tickets
//! at most.

use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Desk, Holder, TicketName, reference};
use crate::postgres::Error;
use crate::ticket::Ticket;
use crate::types::{EventId, Invalid, SeatNo, TierNo, Timestamp};

const SOLD: &str = include_str!("sold.sql");

/// Tickets of a page at most.
const PAGE_ROWS: usize = 5_000;

/// Bytes of a code's hash that are kept.
const HASH_BYTES: usize = 12;

/// After which ticket a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Of which tier.
    pub tier: i16,
    /// Which one of the tier.
    pub seat: i32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.tier, self.seat)
    }
}

impl std::str::FromStr for Place {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let place = || {
            let (tier, seat) = text.split_once('.')?;
            Some(Self {
                tier: tier.parse().ok()?,
                seat: seat.parse().ok()?,
            })
        };
        place().ok_or_else(|| Invalid::new("must be a next_cursor of this list"))
    }
}

/// A sold ticket.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which one.
    pub ticket: TicketName,
    /// By which its code is known.
    pub code_hash: [u8; HASH_BYTES],
    /// Whose it is.
    pub holder: Holder,
    /// When it was let in at the list.
    pub entered_at: Option<Timestamp>,
    /// When it left.
    pub left_at: Option<Timestamp>,
    /// Where it was let in.
    pub gate: Option<Uuid>,
}

/// A page of the list.
#[derive(Debug)]
pub struct Page {
    /// By tier and seat.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Place>,
}

/// A page of the event's sold tickets, with who is in at this list.
///
/// # Errors
/// Those of the database.
pub async fn page(desk: Desk<'_>, list: Uuid, after: Place) -> Result<Page, Error> {
    let event = desk.event.no;
    let client = desk.db.get().await?;
    let statement = client.prepare_cached(SOLD).await?;
    let rows = client
        .query(
            &statement,
            &[
                &event,
                &list,
                &after.tier,
                &after.seat,
                &(PAGE_ROWS as i64),
                &desk.moved_at(),
            ],
        )
        .await?;
    drop(client);
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        let ticket = read_ticket(row);
        let coded = Ticket {
            event,
            tier: ticket.tier,
            seat: ticket.seat,
            issue: ticket.issue,
        };
        let code = desk.codes.code(&coded).await?;
        entries.extend(reference(row).map(|reference| Entry {
            ticket,
            code_hash: code_hash(desk.event.id, &code),
            holder: Holder {
                bought: row.get("bought_tier_no"),
                reference,
                name: row.get("name"),
            },
            entered_at: row.get("entered_at"),
            left_at: row.get("left_at"),
            gate: row.get("gate_id"),
        }));
    }
    let last = rows.last().filter(|_| rows.len() == PAGE_ROWS);
    let next = last.map(read_ticket).map(|ticket| Place {
        tier: ticket.tier.0,
        seat: ticket.seat.0,
    });
    Ok(Page { entries, next })
}

/// Of a row with `tier_no`, `seat_no` and `issue`.
pub(super) fn read_ticket(row: &Row) -> TicketName {
    TicketName {
        tier: row.get::<_, TierNo>("tier_no"),
        seat: row.get::<_, SeatNo>("seat_no"),
        issue: row.get("issue"),
    }
}

/// The first bytes of the SHA-256 of the event's id, a space and the code in capitals. A code has 96 bits that nobody
/// can guess, so its hash says nothing of it.
pub fn code_hash(event: EventId, code: &str) -> [u8; HASH_BYTES] {
    let text = format!("{event} {}", code.trim().to_ascii_uppercase());
    let hash = Sha256::digest(text);
    let mut first = [0; HASH_BYTES];
    first.copy_from_slice(&hash[..HASH_BYTES]);
    first
}
